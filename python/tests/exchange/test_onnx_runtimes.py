"""What is written as ONNX runs in ONNX Runtime and OpenVINO: every cell, readout and preset."""

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

import tidegate
from tidegate import exchange

# Both sides compute in float32, with their own exponentials and orders of summation.
BOUND = 5e-6

STEPS, BATCH, FEATURES, UNITS = 7, 3, 3, 5

CELLS = {
    "gru": (tidegate.Gru, {}),
    "gru-before": (tidegate.Gru, {"reset": "before"}),
    "gru-relu": (tidegate.Gru, {"candidate": "relu"}),
    "lstm": (tidegate.Lstm, {}),
    "lstm-peepholes": (tidegate.Lstm, {"peepholes": True}),
    "rnn": (tidegate.Rnn, {}),
    "mgu": (tidegate.Mgu, {}),
}
# OpenVINO leaves the peepholes of an LSTM out, without a word.
OPENVINO = [name for name in CELLS if name != "lstm-peepholes"]


def network(cell, readout="every_step", **options):
    kind, own = CELLS[cell]
    return exchange.Network(tidegate.Model(kind(FEATURES, UNITS, seed=1, **own, **options), 2, readout=readout, seed=2))


RUNTIMES = ["onnxruntime", "openvino"]
BOTH = [(runtime, cell) for runtime in RUNTIMES for cell in (CELLS if runtime == "onnxruntime" else OPENVINO)]


def states(model):
    """Zeros for every state that the file takes, by name."""
    graph = onnx.load(model).graph
    sizes = {value.name: [size.dim_value or BATCH for size in value.type.tensor_type.shape.dim] for value in graph.input[1:]}
    return {name: np.zeros(size, np.float32) for name, size in sizes.items()}


@pytest.mark.parametrize("readout", ["every_step", "last_step", "mean", "attention"])
@pytest.mark.parametrize(("layers", "bidirectional"), [(1, False), (2, True)])
@pytest.mark.parametrize(("runtime", "cell"), BOTH)
def test_whole_sequences_give_what_the_network_gives(tmp_path, runtime, cell, layers, bidirectional, readout, runtimes):
    made = network(cell, readout, layers=layers, bidirectional=bidirectional)
    path = tmp_path / "network.onnx"
    made.to_onnx(path)
    onnx.checker.check_model(path, full_check=True)
    x = np.random.default_rng(3).standard_normal((STEPS, BATCH, FEATURES)).astype(np.float32)
    found = runtimes[runtime](path)({"input": x, **states(path)})
    np.testing.assert_allclose(found["output"], made(x), rtol=0, atol=BOUND)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(("runtime", "cell"), BOTH)
def test_steps_with_their_states_give_what_a_stream_gives(tmp_path, runtime, cell, layers, runtimes):
    made = network(cell, layers=layers)
    path = tmp_path / "step.onnx"
    made.to_onnx(path, preset="step")
    onnx.checker.check_model(path, full_check=True)
    run, carried, stream = runtimes[runtime](path), states(path), made.stream(BATCH)
    for x in np.random.default_rng(4).standard_normal((STEPS, BATCH, FEATURES)).astype(np.float32):
        found = run({"input": x, **carried})
        np.testing.assert_allclose(found.pop("output"), stream.step(x), rtol=0, atol=BOUND)
        carried = {name.replace("final", "initial"): value for name, value in found.items()}


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_sequence_goes_on_from_the_final_states_of_its_last_part(tmp_path, runtime, runtimes):
    made = network("lstm", layers=2)
    path = tmp_path / "network.onnx"
    made.to_onnx(path)
    run, carried = runtimes[runtime](path), states(path)
    x = np.random.default_rng(5).standard_normal((STEPS, BATCH, FEATURES)).astype(np.float32)
    parts = []
    for part in (x[:3], x[3:]):
        found = run({"input": part, **carried})
        parts.append(found.pop("output"))
        carried = {name.replace("final", "initial"): value for name, value in found.items()}
    np.testing.assert_allclose(np.concatenate(parts), made(x), rtol=0, atol=BOUND)
