"""What PyTorch's modules do not have, ``reset="before"``, recurrent dropout and zoneout, against the equations in plain PyTorch.

The masks of a pass depend on its seed, which ``torch.manual_seed`` sets, and on layer, sequence, step and unit alone, whatever
the cell. So a probe, a network whose outputs show its masks, tells those that another network draws.
"""

from typing import Any

import pytest
import torch
from torch import Tensor

import tidegate.torch

INPUTS, UNITS, STEPS, SEQUENCES = 3, 6, 7, 4
MODULES = {
    "gru": (tidegate.torch.GRU, {}),
    "gru_reset_before": (tidegate.torch.GRU, {"reset": "before"}),
    "lstm": (tidegate.torch.LSTM, {}),
    "rnn_tanh": (tidegate.torch.RNN, {}),
    "rnn_relu": (tidegate.torch.RNN, {"nonlinearity": "relu"}),
}


def cell_step(kind: str, x: Tensor, h: Tensor, masked: Tensor, c: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    """The equations of one step; ``masked`` is the previous hidden state as it enters the products."""
    w_ih, w_hh, b_ih, b_hh = weights
    if kind == "gru_reset_before":
        (xr, xz, xn), (hr, hz) = (x @ w_ih.T + b_ih).chunk(3, 1), (masked @ w_hh[: 2 * UNITS].T + b_hh[: 2 * UNITS]).chunk(2, 1)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        n = torch.tanh(xn + (r * masked) @ w_hh[2 * UNITS :].T + b_hh[2 * UNITS :])
        return (1 - z) * n + z * h, c
    gates, recurrent = x @ w_ih.T + b_ih, masked @ w_hh.T + b_hh
    if kind == "gru":
        (xr, xz, xn), (hr, hz, hn) = gates.chunk(3, 1), recurrent.chunk(3, 1)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        return (1 - z) * torch.tanh(xn + r * hn) + z * h, c
    if kind == "lstm":
        i, f, g, o = (gates + recurrent).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
    return torch.tanh(gates + recurrent) if kind == "rnn_tanh" else torch.relu(gates + recurrent), c


def plain(
    kind: str, module: Any, input: Tensor, recurrent: Tensor | float, keep: Tensor | float, keep_cell: Tensor | float
) -> tuple[Tensor, list[Tensor]]:
    """Outputs and final state of one layer. ``recurrent`` multiplies the previous hidden state where it enters the
    products; ``keep`` and ``keep_cell``, ``[T, B, H]`` or one number, are the shares of the previous state that zoneout keeps."""
    weights = [getattr(module, f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    h = c = torch.zeros(input.shape[1], UNITS)
    outputs = []
    for step, x in enumerate(input):
        new, new_c = cell_step(kind, x, h, h * recurrent, c, weights)
        share, share_c = (each[step] if isinstance(each, Tensor) else each for each in (keep, keep_cell))
        h, c = share * h + (1 - share) * new, share_c * c + (1 - share_c) * new_c
        outputs.append(h)
    return torch.stack(outputs), [h, c] if kind == "lstm" else [h]


def probe(**options: float) -> Any:
    module = tidegate.torch.RNN(1, UNITS, nonlinearity="relu", **options)
    for parameter in module.parameters():
        torch.nn.init.zeros_(parameter)
    return module


def recurrent_mask(rate: float, seed: int) -> Tensor:
    """``[B, H]``: an identity as recurrent weights hands out the masked state."""
    module = probe(recurrent_dropout=rate)
    torch.nn.init.eye_(module.weight_hh_l0)
    torch.manual_seed(seed)
    return module(torch.zeros(1, SEQUENCES, 1), torch.ones(1, SEQUENCES, UNITS))[0][0].detach()


def zoneout_mask(rate: float, seed: int) -> Tensor:
    """``[T, B, H]``: 1 where a state that would grow at every step did not."""
    module = probe(zoneout=rate)
    torch.nn.init.ones_(module.weight_ih_l0)
    torch.manual_seed(seed)
    output = module(torch.arange(1.0, STEPS + 1).reshape(-1, 1, 1).expand(-1, SEQUENCES, 1))[0].detach()
    return (output.diff(dim=0, prepend=torch.zeros(1, SEQUENCES, UNITS)) == 0).float()


def cell_zoneout_mask(rate: float, seed: int) -> Tensor:
    """``[T, B, H]``: 1 where a cell state that would grow at every step did not, as the hidden state of the next step shows."""
    module = tidegate.torch.LSTM(1, UNITS, zoneout_cell=rate)
    for parameter in module.parameters():
        torch.nn.init.zeros_(parameter)
    with torch.no_grad():
        # The gates are open, and the candidate adds a little.
        module.bias_ih_l0.view(4, UNITS)[:] = torch.tensor([[100.0], [100.0], [0.1], [100.0]])
    torch.manual_seed(seed)
    output = module(torch.zeros(STEPS + 1, SEQUENCES, 1))[0].detach()
    return (output.diff(dim=0) == 0).float()


def results(output: Tensor, state: list[Tensor], module: Any, input: Tensor) -> list[Tensor]:
    weighted = output * torch.linspace(-1, 1, output.numel()).reshape(output.shape)
    total = weighted.sum() + sum(each.square().sum() for each in state)
    return [output.detach(), *(each.detach() for each in state), *torch.autograd.grad(total, [input, *module.parameters()])]


def states(kind: str, state: Any) -> list[Tensor]:
    return [part[0] for part in state] if kind == "lstm" else [state[0]]


@pytest.mark.parametrize(
    ("kind", "recurrent", "zoneout", "zoneout_cell"),
    [
        *((kind, *rates, 0.0) for kind in MODULES for rates in [(0.0, 0.0), (0.4, 0.0), (0.0, 0.3), (0.4, 0.3)]),
        *(("lstm", *rates, 0.2) for rates in [(0.0, 0.0), (0.4, 0.0), (0.0, 0.3), (0.4, 0.3)]),
    ],
)
def test_training_follows_the_equations(
    kind: str, recurrent: float, zoneout: float, zoneout_cell: float, assert_close: Any
) -> None:
    make, options = MODULES[kind]
    more = {"zoneout_cell": zoneout_cell} if zoneout_cell else {}
    module = make(INPUTS, UNITS, recurrent_dropout=recurrent, zoneout=zoneout, **options, **more)
    input = torch.randn(STEPS, SEQUENCES, INPUTS, requires_grad=True)
    mask = recurrent_mask(recurrent, 11) if recurrent else 1.0
    keep = zoneout_mask(zoneout, 11) if zoneout else 0.0
    keep_cell = cell_zoneout_mask(zoneout_cell, 11) if zoneout_cell else 0.0
    torch.manual_seed(11)
    output, state = module(input)
    found = results(output, states(kind, state), module, input)
    expected = results(*plain(kind, module, input, mask, keep, keep_cell), module, input)
    assert_close(found, expected)


@pytest.mark.parametrize("kind", MODULES)
def test_inference_keeps_the_expected_share_of_the_state(kind: str, assert_close: Any) -> None:
    make, options = MODULES[kind]
    cell_rate = 0.2 if kind == "lstm" else 0.0
    more = {"zoneout_cell": cell_rate} if kind == "lstm" else {}
    module = make(INPUTS, UNITS, recurrent_dropout=0.4, zoneout=0.3, **options, **more).eval()
    input = torch.randn(STEPS, SEQUENCES, INPUTS, requires_grad=True)
    output, state = module(input)
    expected = results(*plain(kind, module, input, 1.0, 0.3, cell_rate), module, input)
    assert_close(results(output, states(kind, state), module, input), expected)


def test_masks_drop_at_their_rates() -> None:
    count = STEPS * SEQUENCES * UNITS
    for seed in range(3):
        for kept in (zoneout_mask(0.3, seed), cell_zoneout_mask(0.3, seed)):
            # Four standard deviations of a share of so many draws.
            assert abs(float(kept.mean()) - 0.3) < 4 * (0.3 * 0.7 / count) ** 0.5
        mask = recurrent_mask(0.4, seed)
        assert all(value == 0 or value == pytest.approx(1 / 0.6) for value in mask.flatten().tolist())


def test_dropout_between_layers_zeroes_at_its_rate_and_keeps_the_mean() -> None:
    module = tidegate.torch.RNN(1, 50, 2, nonlinearity="relu", dropout=0.3)
    for parameter in module.parameters():
        torch.nn.init.zeros_(parameter)
    torch.nn.init.ones_(module.bias_ih_l0)
    torch.nn.init.eye_(module.weight_ih_l1)
    output = module(torch.zeros(40, 50, 1))[0].detach()
    dropped = float((output == 0).float().mean())
    assert abs(dropped - 0.3) < 4 * (0.3 * 0.7 / output.numel()) ** 0.5
    assert sorted(output.unique().tolist()) == pytest.approx([0.0, 1 / 0.7])


@pytest.mark.parametrize("option", ["dropout", "recurrent_dropout", "zoneout", "zoneout_cell"])
def test_the_same_seed_gives_the_same_noise_and_another_call_another(option: str) -> None:
    module = tidegate.torch.LSTM(INPUTS, UNITS, 2, **{option: 0.5})
    input = torch.randn(STEPS, SEQUENCES, INPUTS)
    torch.manual_seed(5)
    first, again = module(input)[0], module(input)[0]
    assert not torch.equal(first, again)
    torch.manual_seed(5)
    assert torch.equal(module(input)[0], first)
    torch.manual_seed(5)
    with torch.no_grad():
        assert torch.equal(module(input)[0], first), "training mode drops without gradients too"
    module.eval()
    assert torch.equal(module(input)[0], module(input)[0])


@pytest.mark.parametrize("kind", ["GRU", "LSTM", "RNN"])
def test_cells_have_the_noise_of_a_layer_of_one_step(kind: str) -> None:
    options = {"recurrent_dropout": 0.4, "zoneout": 0.3} | ({"zoneout_cell": 0.2} if kind == "LSTM" else {})
    layer = getattr(tidegate.torch, kind)(INPUTS, UNITS, **options)
    cell = getattr(tidegate.torch, f"{kind}Cell")(INPUTS, UNITS, **options)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    input, hidden = torch.randn(SEQUENCES, INPUTS), torch.randn(SEQUENCES, UNITS)
    state = (hidden, hidden) if kind == "LSTM" else hidden
    rows = (hidden[None], hidden[None]) if kind == "LSTM" else hidden[None]
    torch.manual_seed(2)
    found = cell(input, state)
    torch.manual_seed(2)
    _, final = layer(input[None], rows)
    for one, other in zip(found if kind == "LSTM" else [found], states(kind.lower(), final), strict=True):
        assert torch.equal(one, other)


def test_gates_add_up_to_the_state(assert_close: Any) -> None:
    module = tidegate.torch.GRU(INPUTS, UNITS, 2, bidirectional=True, batch_first=True)
    input = torch.randn(SEQUENCES, STEPS, INPUTS)
    gates = module.trace(input)
    assert set(gates) == {"reset_gate", "update_gate", "candidate", "hidden"}
    assert all(gate.shape == (4, SEQUENCES, STEPS, UNITS) for gate in gates.values())
    assert torch.equal(torch.cat([gates["hidden"][2], gates["hidden"][3]], 2), module(input)[0])
    z, n, h = (gates[name][0] for name in ("update_gate", "candidate", "hidden"))
    before = torch.cat([torch.zeros(SEQUENCES, 1, UNITS), h[:, :-1]], 1)
    assert_close(h, (1 - z) * n + z * before)


@pytest.mark.parametrize("form", ["unbatched", "packed"])
def test_a_trace_has_the_form_of_the_outputs(form: str) -> None:
    module = tidegate.torch.LSTM(INPUTS, UNITS)
    rows = torch.randn(STEPS, INPUTS) if form == "unbatched" else torch.randn(STEPS, 3, INPUTS)
    input = rows if form == "unbatched" else torch.nn.utils.rnn.pack_padded_sequence(rows, [2, 7, 4], enforce_sorted=False)
    state = [torch.randn(1, *rows.shape[1:-1], UNITS) for _ in range(2)]
    output, _ = module(input, tuple(state))
    gates = module.trace(input, tuple(state))
    assert set(gates) == {"input_gate", "forget_gate", "candidate", "output_gate", "cell", "hidden"}
    hidden = output if form == "unbatched" else output.data
    assert torch.equal(gates["hidden"][0], hidden)
    assert torch.allclose(gates["output_gate"] * gates["cell"].tanh(), hidden[None], atol=1e-6)
