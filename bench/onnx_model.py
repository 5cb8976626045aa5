"""A case as an ONNX file with one GRU or LSTM operator, for the engines that read ONNX."""

from case_files import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

from case_files import read_case

# ONNX's order of the blocks, as indices into PyTorch's: GRU z, r, h of r, z, n; LSTM i, o, f, c of i, f, g, o.
ORDER = {"gru": [1, 0, 2], "gru-before": [1, 0, 2], "lstm": [0, 3, 1, 2]}


def write_onnx(case, folder):
    """Writes `model.onnx`: `x` `[T, B, I]` to `y` `[T, 1, B, H]`, or for a step `x`, `h` (and `c`) to the next `h` (and `c`)."""
    _, _, weights = read_case(case, folder)

    def blocks(tensor):
        return tensor.reshape(case.blocks, case.hidden, -1)[ORDER[case.cell]].reshape(tensor.shape)

    initializers = [
        numpy_helper.from_array(blocks(weights["weight_ih"])[None], "w"),
        numpy_helper.from_array(blocks(weights["weight_hh"])[None], "r"),
        numpy_helper.from_array(numpy.concatenate([blocks(weights["bias_ih"]), blocks(weights["bias_hh"])])[None], "b"),
    ]
    state = [1, case.batch, case.hidden]
    inputs, outputs = [value("x", [case.steps, case.batch, case.input])], []
    takes, gives = ["x", "w", "r", "b"], []
    if case.work == "step":
        names = ["h", "c"] if case.cell == "lstm" else ["h"]
        inputs += [value(name, state) for name in names]
        outputs += [value(f"next_{name}", state) for name in names]
        takes += ["", *names]
        gives = ["", *(f"next_{name}" for name in names)]
    else:
        outputs.append(value("y", [case.steps, 1, case.batch, case.hidden]))
        gives = ["y"]
    options = {"hidden_size": case.hidden}
    if case.cell != "lstm":
        options["linear_before_reset"] = int(case.cell == "gru")
    node = helper.make_node("LSTM" if case.cell == "lstm" else "GRU", takes, gives, **options)
    graph = helper.make_graph([node], case.cell, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / "model.onnx")


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
