"""``torch.onnx.export`` of models with modules of ``tidegate.torch``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import tidegate.torch

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning")

FEATURES, UNITS = 3, 5
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "gru": (tidegate.torch.GRU, {}),
    "gru reset before": (tidegate.torch.GRU, {"reset": "before"}),
    "lstm": (tidegate.torch.LSTM, {}),
    "rnn tanh": (tidegate.torch.RNN, {}),
    "rnn relu": (tidegate.torch.RNN, {"nonlinearity": "relu"}),
}
CELLS = {
    "gru": (tidegate.torch.GRUCell, {}),
    "gru reset before": (tidegate.torch.GRUCell, {"reset": "before"}),
    "lstm": (tidegate.torch.LSTMCell, {}),
    "rnn relu": (tidegate.torch.RNNCell, {"nonlinearity": "relu"}),
}


def flat(results: Any) -> list[Tensor]:
    return [results] if isinstance(results, Tensor) else [tensor for each in results for tensor in flat(each)]


def exported(module: Any, arguments: tuple[Any, ...], path: Path, open_axes: Any = None) -> Any:
    """The graph that PyTorch writes."""
    torch.onnx.export(
        module.eval(), arguments, path, dynamo=True, dynamic_shapes=open_axes, external_data=False, verbose=False
    )
    onnx.checker.check_model(path)
    return onnx.load(path).graph


def in_onnx_runtime(path: Path, arguments: tuple[Any, ...]) -> list[Any]:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_inputs()]
    return session.run(None, dict(zip(names, [tensor.numpy() for tensor in flat(arguments)], strict=True)))  # type: ignore[no-any-return]


def recurrent_nodes(graph: Any) -> list[Any]:
    return [node for node in graph.node if node.op_type in ("GRU", "LSTM", "RNN")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("options", "with_state"),
    [
        ({}, False),
        ({"num_layers": 2, "batch_first": True, "dropout": 0.5}, True),
        ({"num_layers": 2, "bidirectional": True, "bias": False}, False),
        ({"bidirectional": True, "batch_first": True}, True),
    ],
    ids=["plain", "deep", "without bias", "both directions"],
)
def test_every_layer_becomes_an_operator_of_onnx_for_all_lengths_and_batches(
    kind: str, options: dict[str, Any], with_state: bool, tmp_path: Path, assert_close: Any
) -> None:
    layer, own = KINDS[kind]
    module = layer(FEATURES, UNITS, **options, **own)
    layers = options.get("num_layers", 1)

    def arguments(steps: int, batch: int) -> tuple[Any, ...]:
        input = torch.randn((batch, steps, FEATURES) if module.batch_first else (steps, batch, FEATURES))
        shape = (layers * (2 if module.bidirectional else 1), batch, UNITS)
        state: Any = torch.randn(shape)
        if kind == "lstm":
            state = (state, torch.randn(shape))
        return (input, state) if with_state else (input,)

    batch, steps = torch.export.Dim("batch"), torch.export.Dim("steps")
    axes: tuple[Any, ...] = ({0: batch, 1: steps} if module.batch_first else {0: steps, 1: batch},)
    if with_state:
        axes += (({1: batch}, {1: batch}) if kind == "lstm" else {1: batch},)
    graph = exported(module, arguments(7, 3), tmp_path / "model.onnx", axes)

    nodes = recurrent_nodes(graph)
    assert len(nodes) == layers
    for node in nodes:
        attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
        assert attributes["direction"] == (b"bidirectional" if module.bidirectional else b"forward")
        if node.op_type == "GRU":
            assert attributes["linear_before_reset"] == (kind == "gru")

    others = arguments(4, 2)
    with torch.no_grad():
        expected = flat(module(*others))
    found = [torch.from_numpy(array) for array in in_onnx_runtime(tmp_path / "model.onnx", others)]
    assert_close(found, expected, kind)


@pytest.mark.parametrize("kind", CELLS)
def test_cells_become_operators_of_one_step(kind: str, tmp_path: Path, assert_close: Any) -> None:
    cell, own = CELLS[kind]
    module = cell(FEATURES, UNITS, **own)
    state: Any = torch.randn(2, UNITS)
    if kind == "lstm":
        state = (state, torch.randn(2, UNITS))
    arguments = torch.randn(2, FEATURES), state
    graph = exported(module, arguments, tmp_path / "cell.onnx")
    assert len(recurrent_nodes(graph)) == 1
    with torch.no_grad():
        expected = flat(module(*arguments))
    found = [torch.from_numpy(array) for array in in_onnx_runtime(tmp_path / "cell.onnx", arguments)]
    assert_close(found, expected, kind)


class Reader(torch.nn.Module):
    """A recurrent layer and a dense one, over ``[batch, steps, features]``."""

    def __init__(self, recurrent: torch.nn.Module) -> None:
        super().__init__()
        self.recurrent = recurrent
        self.head = torch.nn.Linear(UNITS, 2)

    def forward(self, input: Tensor) -> Any:
        return self.head(self.recurrent(input)[0])


class Turning(Reader):
    """The same, with the steps first in its outputs alone, or in its inputs alone."""

    def forward(self, input: Tensor) -> Any:
        return super().forward(input).transpose(0, 1)


@pytest.mark.parametrize("batch_first", [True, False])
def test_the_command_gives_outputs_in_the_order_of_the_file(
    batch_first: bool, tmp_path: Path, command: Callable[..., Any]
) -> None:
    module = Turning(tidegate.torch.GRU(FEATURES, UNITS, batch_first=batch_first))
    first, second = torch.export.Dim("first"), torch.export.Dim("second")
    exported(module, (torch.randn(3, 7, FEATURES),), tmp_path / "model.onnx", ({0: first, 1: second},))
    for sizes in ((5, 5), (4, 6)):
        input = torch.randn(*sizes, FEATURES)
        np.save(tmp_path / "input.npy", input.numpy())
        (expected,) = in_onnx_runtime(tmp_path / "model.onnx", (input,))
        for words in ([], ["--step"]):
            command("run", "model.onnx", "input.npy", "-o", "output.npy", *words, folder=tmp_path)
            np.testing.assert_allclose(np.load(tmp_path / "output.npy"), expected, rtol=0, atol=1e-5)


def test_rows_of_tokens_are_steps_in_whichever_order_the_file_is(tmp_path: Path, command: Callable[..., Any]) -> None:
    class Tokens(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding(7, FEATURES)
            self.reader = Reader(tidegate.torch.GRU(FEATURES, UNITS, batch_first=True))

        def forward(self, tokens: Tensor) -> Any:
            return self.reader(self.embedding(tokens))

    batch, steps = torch.export.Dim("batch"), torch.export.Dim("steps")
    exported(Tokens(), (torch.randint(7, (3, 4)),), tmp_path / "model.onnx", ({0: batch, 1: steps},))
    tokens = torch.randint(7, (1, 6))
    (tmp_path / "tokens.csv").write_text("".join(f"{token}\n" for token in tokens[0].tolist()))
    (expected,) = in_onnx_runtime(tmp_path / "model.onnx", (tokens,))
    for words in ([], ["--step"]):
        command("run", "model.onnx", "tokens.csv", "-o", "output.npy", *words, folder=tmp_path)
        np.testing.assert_allclose(np.load(tmp_path / "output.npy").reshape(expected.shape), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", [torch.nn.GRU, torch.nn.LSTM, torch.nn.RNN])
def test_the_command_runs_an_accelerated_models_file_in_the_files_own_order(
    kind: Any, tmp_path: Path, command: Callable[..., Any], accelerated: Callable[[Any], Any]
) -> None:
    module = accelerated(Reader(kind(FEATURES, UNITS, batch_first=True)))
    batch, steps = torch.export.Dim("batch"), torch.export.Dim("steps")
    graph = exported(module, (torch.randn(3, 7, FEATURES),), tmp_path / "model.onnx", ({0: batch, 1: steps},))
    assert len(recurrent_nodes(graph)) == 1
    input = torch.randn(4, 6, FEATURES)
    np.save(tmp_path / "input.npy", input.numpy())
    (expected,) = in_onnx_runtime(tmp_path / "model.onnx", (input,))
    for words in ([], ["--step"]):
        command("run", "model.onnx", "input.npy", "-o", "output.npy", *words, folder=tmp_path)
        np.testing.assert_allclose(np.load(tmp_path / "output.npy"), expected, rtol=0, atol=1e-5)


def test_a_captured_program_is_written_too(tmp_path: Path, assert_close: Any) -> None:
    module = tidegate.torch.LSTM(FEATURES, UNITS, 2).eval()
    input = torch.randn(4, 2, FEATURES)
    torch.onnx.export(torch.export.export(module, (input,), strict=True), dynamo=True, verbose=False).save(
        tmp_path / "model.onnx"
    )
    with torch.no_grad():
        expected = flat(module(input))
    found = [torch.from_numpy(array) for array in in_onnx_runtime(tmp_path / "model.onnx", (input,))]
    assert_close(found, expected)


def test_whoever_else_decomposes_a_graph_keeps_the_operator() -> None:
    module, steps = tidegate.torch.LSTM(FEATURES, UNITS).eval(), torch.export.Dim("steps")
    program = torch.export.export(module, (torch.randn(4, 2, FEATURES),), dynamic_shapes=({0: steps},))
    program = program.run_decompositions(torch._decomp.decomposition_table)
    assert tidegate.torch.operators.recurrent in [node.target for node in program.graph.nodes]
    input = torch.randn(6, 2, FEATURES)
    assert torch.equal(program.module()(input)[0], module(input)[0])


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_what_has_no_place_in_a_file_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    module = tidegate.torch.GRU(FEATURES, UNITS, 2, dropout=0.5, batch_first=True)
    input = torch.randn(2, 4, FEATURES)
    with pytest.raises(NotImplementedError, match="dynamo=True"):
        torch.onnx.export(module.eval(), (input,), tmp_path / "model.onnx", dynamo=False)

    with pytest.raises(Exception, match="call eval"):
        torch.onnx.export(module.train(), (input,), tmp_path / "model.onnx", dynamo=True, verbose=False)
    zoned = [
        (tidegate.torch.GRU(FEATURES, UNITS, zoneout=0.2, batch_first=True), input),
        (tidegate.torch.LSTM(FEATURES, UNITS, zoneout_cell=0.2, batch_first=True), input),
        (tidegate.torch.GRUCell(FEATURES, UNITS, zoneout=0.2), input[:, 0]),
    ]
    for module, given in zoned:
        with pytest.raises(Exception, match="expectation of zoneout"):
            torch.onnx.export(module.eval(), (given,), tmp_path / "model.onnx", dynamo=True, verbose=False)
    assert not list(tmp_path.iterdir())
