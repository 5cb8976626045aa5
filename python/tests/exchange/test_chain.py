"""From PyTorch through the command to ONNX Runtime and OpenVINO: the same numbers at each station.

A model is trained in PyTorch, exported to ONNX by PyTorch, imported by the command, run whole and fed step by step, exported
again and run in the two runtimes. PyTorch cannot export a GRU whose reset gate acts before the product: that one comes as
the parameters of a module of ``tidegate.torch``.
"""

import numpy as np
import pytest

onnxruntime = pytest.importorskip("onnxruntime")
openvino = pytest.importorskip("openvino")
torch = pytest.importorskip("torch")
pytest.importorskip("onnxscript")

import tidegate
import tidegate.torch

# Outputs are near 1, and every station computes in float32 with its own exponential and its own order of summation: over 12 steps
# of 16 units their differences stay below a hundred rounding errors of 6e-8 each.
BOUND = 1e-5

STEPS, BATCH, FEATURES, UNITS = 12, 3, 4, 16


class Module(torch.nn.Module):
    """Recurrent layers and a dense one, over ``[steps, batch, features]``."""

    def __init__(self, recurrent, directions):
        super().__init__()
        self.recurrent = recurrent
        self.head = torch.nn.Linear(directions * UNITS, 2)

    def forward(self, x):
        return self.head(self.recurrent(x)[0])


def trained(module):
    """A few updates towards a running mean, so that the weights are no initial ones."""
    x = torch.randn(30, 8, FEATURES)
    target = (torch.cumsum(x, 0) / torch.arange(1, 31).reshape(-1, 1, 1))[..., :2]
    optimiser = torch.optim.Adam(module.parameters(), lr=0.01)
    losses = []
    for _ in range(5):
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(module(x), target)
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    return module.eval()


def exported(module, x, path):
    """The ONNX file that PyTorch writes, with any number of steps and sequences.

    Of a plain RNN its newer exporter writes the products of each step by themselves, for one number of steps; the older one writes the
    operator.
    """
    if isinstance(module.recurrent, torch.nn.RNN):
        axes = {"x": {0: "steps", 1: "batch"}}
        torch.onnx.export(module, (x,), path, dynamo=False, input_names=["x"], dynamic_axes=axes)
        return
    axes = {0: torch.export.Dim("steps", min=2), 1: torch.export.Dim("batch")}
    torch.onnx.export(module, (x,), path, dynamic_shapes={"x": axes}, external_data=False, verbose=False)


def in_onnx_runtime(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feeds = {"input": x}
    for port in session.get_inputs():
        if port.name != "input":
            feeds[port.name] = np.zeros((port.shape[0], x.shape[1], port.shape[2]), np.float32)
    return session.run(["output"], feeds)[0]


def stepped_in_onnx_runtime(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    states = [port for port in session.get_inputs() if port.name != "input"]
    feeds = {port.name: np.zeros((port.shape[0], x.shape[1], port.shape[2]), np.float32) for port in states}
    names = ["output", *(name.replace("initial", "final") for name in feeds)]
    outputs = []
    for step in x:
        output, *after = session.run(names, {"input": step, **feeds})
        outputs.append(output)
        feeds = dict(zip(feeds, after, strict=True))
    return np.stack(outputs)


def in_openvino(path, x):
    # Its default on some processors is bfloat16.
    model = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    feeds = {"input": x}
    for port in model.inputs:
        name = port.get_any_name()
        if name != "input":
            shape = port.get_partial_shape()
            feeds[name] = np.zeros((shape[0].get_length(), x.shape[1], shape[2].get_length()), np.float32)
    return model(feeds)[model.output("output")]


MODELS = {
    "gru": (torch.nn.GRU, {}),
    "gru reset before": (tidegate.torch.GRU, {"reset": "before"}),
    "lstm": (torch.nn.LSTM, {}),
    "rnn tanh": (torch.nn.RNN, {}),
    "rnn relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
}


# PyTorch's exporters warn of their own parts.
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::UserWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("name", MODELS)
def test_every_station_gives_the_numbers_of_pytorch(command, name, layers, bidirectional, tmp_path):
    kind, options = MODELS[name]
    torch.manual_seed(layers + 10 * bidirectional)
    recurrent = kind(FEATURES, UNITS, layers, bidirectional=bidirectional, **options)
    module = trained(Module(recurrent, 1 + bidirectional))
    x = torch.randn(STEPS, BATCH, FEATURES)
    with torch.no_grad():
        expected = module(x).numpy()
    x = x.numpy()
    np.save(tmp_path / "x.npy", x)

    def run(*words, status=0):
        done = command(*words, folder=tmp_path, status=status)
        return done.stdout + done.stderr

    def outputs(*words):
        run("run", *words, "-o", "y.npy")
        return np.load(tmp_path / "y.npy")

    if name == "gru reset before":
        tidegate.exchange.save_state_dict(module.state_dict(), tmp_path / "state.safetensors")
        source, words = "state.safetensors", ["--reset", "before"]
    else:
        exported(module, torch.from_numpy(x), tmp_path / "pytorch.onnx")
        source, words = "pytorch.onnx", []
        near(in_onnx_runtime_of_pytorch(tmp_path / source, x), expected, "PyTorch's own ONNX file")
    run("import", source, "-o", "model.safetensors", *words)
    near(outputs(source, "x.npy", *words), expected, "what was imported")
    whole = outputs("model.safetensors", "x.npy")
    near(whole, expected, "the model, whole")
    model = tidegate.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(model(x)[0], whole)

    if bidirectional:
        said = run("run", "model.safetensors", "x.npy", "--step", status=1)
        assert "runs backwards in time too" in said
        said = run("export", "model.safetensors", "-o", "step.onnx", "--preset", "step", status=1)
        assert "needs whole sequences" in said
        assert not (tmp_path / "step.onnx").exists()
    else:
        np.testing.assert_array_equal(outputs("model.safetensors", "x.npy", "--step"), whole)
        run("export", "model.safetensors", "-o", "step.onnx", "--preset", "step")
        near(stepped_in_onnx_runtime(tmp_path / "step.onnx", x), expected, "ONNX Runtime, step by step")

    said = run("export", "model.safetensors", "-o", "model.onnx")
    assert "Read and run again, its outputs" in " ".join(said.split())
    near(in_onnx_runtime(tmp_path / "model.onnx", x), expected, "ONNX Runtime")
    near(in_openvino(tmp_path / "model.onnx", x), expected, "OpenVINO")
    near(outputs("model.onnx", "x.npy"), expected, "the exported file, run by the command")


def in_onnx_runtime_of_pytorch(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def near(found, expected, station):
    difference = np.abs(found - expected).max()
    assert found.shape == expected.shape and difference <= BOUND, f"{station}: {difference}"
