"""Writes `exports/*.onnx`: networks as PyTorch's two exporters and Keras write them, and `exports.json` with ONNX Runtime's
outputs. Keras, on PyTorch, writes recurrent layers as one product and activation after the other, step by step.

What the exporters note about the source code beside the graph (`doc_string`, `metadata_props`) is removed. Run with torch 2.15,
keras 3.15, onnx 1.23, onnxscript 0.7 and onnxruntime 1.32:

    python exports.py
"""

import json
import os
import pathlib
import warnings

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy
import onnx
import onnxruntime
import torch
from torch import nn

HERE = pathlib.Path(__file__).parent


class Classifier(nn.Module):
    """Recurrent layers, then one row per sequence (`readout`) or all rows, a dense layer and an activation."""

    def __init__(self, cell, readout, layers=1, bidirectional=False, batch_first=True, tokens=0, activation="softmax"):
        super().__init__()
        self.embedding = nn.Embedding(tokens, 4) if tokens else None
        self.recurrent = cell(4, 6, layers, batch_first=batch_first, bidirectional=bidirectional)
        self.readout, self.batch_first, self.activation = readout, batch_first, activation
        self.head = nn.Linear(12 if bidirectional else 6, 3)

    def forward(self, x):
        if self.embedding is not None:
            x = self.embedding(x)
        rows, state = self.recurrent(x)
        state = state[0] if isinstance(state, tuple) else state
        if self.readout == "last":
            rows = rows[:, -1] if self.batch_first else rows[-1]
        elif self.readout == "state":
            rows = torch.cat([state[-2], state[-1]], 1) if self.recurrent.bidirectional else state[-1]
        elif self.readout == "mean":
            rows = rows.mean(1 if self.batch_first else 0)
        rows = self.head(rows)
        if self.activation == "softmax":
            return torch.softmax(torch.relu(rows), -1)
        return torch.sigmoid(rows)


class States(nn.Module):
    """Recurrent layers with their states in and out."""

    def __init__(self, cell, layers, bidirectional=False):
        super().__init__()
        self.recurrent = cell(4, 6, layers, bidirectional=bidirectional)

    def forward(self, x, hidden, cell=None):
        if cell is None:
            return self.recurrent(x, hidden)
        rows, (hidden, cell) = self.recurrent(x, (hidden, cell))
        return rows, hidden, cell


class Step(nn.Module):
    """One step of a cell, which exporters write as products and activations."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(4, 6)
        self.head = nn.Linear(6, 2)

    def forward(self, x, hidden):
        hidden = self.cell(x, hidden)
        return self.head(hidden), hidden


def cases():
    """Name, module, arguments and, for each argument, its open axes."""
    x, tokens = torch.randn(3, 5, 4), torch.randint(0, 11, (3, 5))
    time_major = torch.randn(5, 3, 4)
    open_axes = [{0: "batch", 1: "steps"}]
    time_axes = [{0: "steps", 1: "batch"}]
    state = {1: "batch"}
    yield "gru_last", Classifier(nn.GRU, "last"), (x,), open_axes
    yield "lstm_state_bidirectional", Classifier(nn.LSTM, "state", 2, True), (x,), open_axes
    yield "rnn_mean", Classifier(nn.RNN, "mean", batch_first=False), (time_major,), time_axes
    yield "gru_tokens_bidirectional", Classifier(nn.GRU, "all", bidirectional=True, tokens=11, activation="sigmoid"), (tokens,), open_axes
    yield "gru_states", States(nn.GRU, 2), (time_major, torch.randn(2, 3, 6)), [*time_axes, state]
    yield "lstm_states", States(nn.LSTM, 1, True), (time_major, torch.randn(2, 3, 6), torch.randn(2, 3, 6)), [*time_axes, state, state]
    yield "gru_cell", Step(), (torch.randn(3, 4), torch.randn(3, 6)), [{0: "batch"}, {0: "batch"}]


def clean(path):
    model = onnx.load(path)
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer):
        part.ClearField("doc_string")
        if hasattr(part, "metadata_props"):
            part.ClearField("metadata_props")
    onnx.save(model, path)


def export(module, arguments, axes, dynamo, path):
    names = ["x", "hidden", "cell"][: len(arguments)]
    if dynamo:
        sizes = {name: torch.export.Dim.AUTO for name in ("batch", "steps")}
        shapes = tuple({axis: sizes[name] for axis, name in one.items()} for one in axes)
        torch.onnx.export(
            module, arguments, path, dynamo=True, input_names=names, dynamic_shapes=shapes, external_data=False, verbose=False
        )
    else:
        torch.onnx.export(module, arguments, path, dynamo=False, input_names=names, dynamic_axes=dict(zip(names, axes)))
    clean(path)


def written(value):
    value = numpy.ascontiguousarray(value)
    return {"type": str(value.dtype), "shape": list(value.shape), "values": [v.item() for v in value.ravel()]}


def keras_cases():
    keras.utils.set_random_seed(1)
    for name, layer in (("gru", keras.layers.GRU(4)), ("lstm", keras.layers.LSTM(4, return_sequences=True))):
        model = keras.Sequential([keras.Input((6, 3)), layer, keras.layers.Dense(2, activation="softmax")])
        yield f"{name}_keras", model, numpy.random.default_rng(2).normal(size=(2, 6, 3)).astype(numpy.float32)


def record(path, arguments):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    inputs = {given.name: argument for given, argument in zip(session.get_inputs(), arguments)}
    outputs = dict(zip([output.name for output in session.get_outputs()], session.run(None, inputs)))
    return {
        "name": path.stem,
        "inputs": {name: written(value) for name, value in inputs.items()},
        "outputs": {name: written(value) for name, value in outputs.items()},
    }


def main():
    warnings.filterwarnings("ignore")
    torch.manual_seed(0)
    (HERE / "exports").mkdir(exist_ok=True)
    records = []
    for name, module, arguments, axes in cases():
        module.eval()
        for exporter in ("script", "dynamo"):
            path = HERE / "exports" / f"{name}_{exporter}.onnx"
            export(module, arguments, axes, exporter == "dynamo", path)
            records.append(record(path, [argument.numpy() for argument in arguments]))
    for name, model, argument in keras_cases():
        path = HERE / "exports" / f"{name}.onnx"
        model.predict(argument, verbose=0)
        model.export(path, format="onnx", verbose=False)
        clean(path)
        records.append(record(path, [argument]))
    lines = ",\n".join(json.dumps(record) for record in records)
    (HERE / "exports.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
