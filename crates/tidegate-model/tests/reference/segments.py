"""Writes segments.json: forecasts and gradients of the segment-wise network (SegRNN, Lin et al. 2023, arXiv 2308.11200),
written here from the paper's equations, that the tests of this crate compare with.

    python3 -m venv venv && venv/bin/pip install "torch==2.15.*"
    venv/bin/python segments.py
"""

import json
import pathlib

import torch
from torch import nn

torch.manual_seed(3)
torch.set_num_threads(1)
LENGTH, WINDOW, HORIZON, TARGETS, WIDTH, WINDOWS = 4, 12, 8, 3, 6, 5


class Segments(nn.Module):
    def __init__(self, recurrent):
        super().__init__()
        self.segment = nn.Linear(LENGTH, WIDTH)
        self.recurrent = recurrent(WIDTH, WIDTH, batch_first=True)
        self.position = nn.Parameter(torch.randn(HORIZON // LENGTH, WIDTH // 2))
        self.target = nn.Parameter(torch.randn(TARGETS, WIDTH // 2))
        self.head = nn.Linear(WIDTH, LENGTH)

    def forward(self, past):
        """past [B, WINDOW, TARGETS] -> [B, HORIZON, TARGETS]"""
        last = past[:, -1:, :].detach()
        pairs = (past - last).transpose(1, 2).reshape(-1, WINDOW // LENGTH, LENGTH)
        _, state = self.recurrent(torch.relu(self.segment(pairs)))
        steps = HORIZON // LENGTH
        queries = torch.cat(
            [self.position[None].expand(TARGETS, -1, -1), self.target[:, None].expand(-1, steps, -1)], dim=-1
        )
        queries = queries[None].expand(past.shape[0], -1, -1, -1).reshape(-1, 1, WIDTH)
        repeat = lambda value: value.repeat_interleave(steps, dim=1)
        state = tuple(map(repeat, state)) if isinstance(state, tuple) else repeat(state)
        output, _ = self.recurrent(queries, state)
        return self.head(output[:, 0]).view(past.shape[0], TARGETS, HORIZON).transpose(1, 2) + last


def numbers(tensor):
    return [round(float(value), 7) for value in tensor.detach().flatten()]


def case(cell, recurrent):
    model = Segments(recurrent)
    past = torch.randn(WINDOWS, WINDOW, TARGETS)
    weights = torch.randn(WINDOWS, HORIZON, TARGETS)
    forecast = model(past)
    (forecast * weights).sum().backward()
    names = {name: name for name in dict(model.named_parameters())}
    names.update(position="position.weight", target="target.weight")
    parameters = dict(model.named_parameters())
    return {
        "cell": cell,
        "parameters": {names[name]: numbers(value) for name, value in parameters.items()},
        "gradients": {names[name]: numbers(value.grad) for name, value in parameters.items()},
        "past": numbers(past.transpose(0, 1)),
        "weights": numbers(weights),
        "forecast": numbers(forecast),
    }


document = {
    "length": LENGTH, "window": WINDOW, "horizon": HORIZON, "targets": TARGETS, "width": WIDTH, "windows": WINDOWS,
    "cases": [case("gru", nn.GRU), case("lstm", nn.LSTM)],
}
path = pathlib.Path(__file__).with_name("segments.json")
path.write_text(json.dumps(document) + "\n")
