"""Writes `operators.json`: every operator beside the recurrent ones, in each form that its operator sets give it, with the outputs
of the standard's own reference implementation (`onnx.reference`), or, where that lacks an old operator set, of the operator's
newest form, which says the same with inputs instead of attributes. Run with onnx 1.23 and numpy 2:

    python operators.py
"""

import json
import pathlib

import numpy
import onnx
from onnx import helper
from onnx.reference import ReferenceEvaluator

NUMBERS = numpy.random.default_rng(3)
NEWEST = onnx.defs.onnx_opset_version()


def floats(*shape):
    return NUMBERS.uniform(-2, 2, shape).astype(numpy.float32)


def whole(*values):
    return numpy.array(values, dtype=numpy.int64)


def cases():
    """Operator, operator set, inputs, attributes, and number of outputs."""
    x, y = floats(2, 3, 4), floats(2, 3, 4)
    for name in ("Abs", "Neg", "Exp", "Relu", "Tanh", "Sigmoid", "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Softplus", "Softsign", "HardSigmoid", "HardSwish", "Reciprocal"):
        yield name, NEWEST, [x], {}, 1
    yield "LeakyRelu", 7, [x], {"alpha": 0.3}, 1
    yield "ThresholdedRelu", 10, [x], {"alpha": 0.5}, 1
    yield "Elu", 7, [x], {"alpha": 0.5}, 1
    yield "Selu", 7, [x], {"alpha": 1.5, "gamma": 1.1}, 1
    yield "HardSigmoid", 7, [x], {"alpha": 0.4, "beta": 0.3}, 1
    for name in ("Sqrt", "Log"):
        yield name, NEWEST, [abs(x) + 0.1], {}, 1
    for name in ("Add", "Sub", "Mul", "Div", "PRelu"):
        yield name, NEWEST, [x, y], {}, 1
        yield name, 14, [x, floats(3, 1)], {}, 1
        if name != "PRelu":
            yield name, 14, [floats(4), x], {}, 1
            yield name, 14, [numpy.float32(1.5), x], {}, 1
            yield name, 14, [whole(7, -7, 9), whole(2, 2, -4)], {}, 1
    yield "Pow", 15, [abs(x), y], {}, 1
    yield "Pow", 15, [x, whole(2)], {}, 1
    for name in ("Max", "Min"):
        yield name, 13, [x, y, floats(4)], {}, 1
    for name in ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"):
        yield name, 19 if name == "Equal" else 16, [whole(1, 2, 3), whole(3, 2, 1)], {}, 1
        yield name, 19 if name == "Equal" else 16, [x, floats(1)], {}, 1
    for name in ("And", "Or"):
        yield name, 7, [x > 0, y > 0], {}, 1
    yield "Not", 1, [x > 0], {}, 1
    yield "Where", 16, [x > 0, x, floats(4)], {}, 1
    yield "Clip", 13, [x, numpy.float32(-0.5), numpy.float32(0.7)], {}, 1
    yield "Clip", 13, [x, numpy.float32(-0.5)], {}, 1
    yield "Clip", 7, [x], {"min": -0.5, "max": 0.7}, 1
    yield "MatMul", 13, [x, floats(4, 5)], {}, 1
    yield "MatMul", 13, [x, floats(2, 4, 2)], {}, 1
    yield "MatMul", 13, [floats(2, 1, 3, 4), floats(3, 4, 2)], {}, 1
    yield "MatMul", 13, [floats(4), floats(2, 4, 2)], {}, 1
    yield "MatMul", 13, [x, floats(4)], {}, 1
    yield "MatMul", 13, [floats(4), floats(4)], {}, 1
    yield "Gemm", 13, [floats(3, 4), floats(4, 2)], {}, 1
    yield "Gemm", 11, [floats(4, 3), floats(2, 4), floats(2)], {"transA": 1, "transB": 1, "alpha": 0.5, "beta": 2.0}, 1
    yield "Gemm", 9, [floats(3, 4), floats(4, 2), floats(3, 1)], {}, 1
    for name in ("Softmax", "LogSoftmax"):
        yield name, 13, [x], {}, 1
        yield name, 13, [x], {"axis": 0}, 1
        yield name, 11, [x], {}, 1
        yield name, 11, [x], {"axis": 2}, 1
    for name in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"):
        yield name, 11, [x], {"axes": [1]}, 1
        yield name, 11, [x], {"axes": [0, -1], "keepdims": 0}, 1
        yield name, 11, [x], {}, 1
        yield name, 20, [x, whole(1)], {"keepdims": 0}, 1
        yield name, 20, [x, whole()], {"noop_with_empty_axes": 1}, 1
    yield "BatchNormalization", 15, [x, floats(3), floats(3), floats(3), abs(floats(3))], {"epsilon": 1e-3}, 1
    yield "Reshape", NEWEST, [x, whole(4, -1)], {}, 1
    yield "Reshape", 7, [x, whole(0, -1)], {}, 1
    yield "Reshape", 14, [floats(2, 0, 3), whole(0, 6)], {"allowzero": 1}, 1
    yield "Flatten", NEWEST, [x], {}, 1
    yield "Flatten", 11, [x], {"axis": -1}, 1
    yield "Flatten", 11, [x], {"axis": 0}, 1
    yield "Squeeze", 11, [floats(1, 3, 1)], {"axes": [0]}, 1
    yield "Squeeze", 13, [floats(1, 3, 1), whole(-1)], {}, 1
    yield "Squeeze", NEWEST, [floats(1, 3, 1)], {}, 1
    yield "Unsqueeze", 11, [x], {"axes": [0, 4]}, 1
    yield "Unsqueeze", NEWEST, [x, whole(-1, 1)], {}, 1
    yield "Transpose", NEWEST, [x], {}, 1
    yield "Transpose", 7, [x], {"perm": [1, 2, 0]}, 1
    yield "Slice", 9, [x], {"starts": [1, -3], "ends": [2, 100], "axes": [0, 2]}, 1
    yield "Slice", 9, [x], {"starts": [1], "ends": [2]}, 1
    yield "Slice", 13, [x, whole(1), whole(-1)], {}, 1
    yield "Slice", 13, [x, whole(-1, 0), whole(-100, 3), whole(2, 1), whole(-2, 2)], {}, 1
    yield "Slice", 13, [x, whole(3), whole(1), whole(2)], {}, 1
    yield "Concat", 13, [x, y, x], {"axis": 1}, 1
    yield "Concat", 13, [whole(1, 2), whole(3)], {"axis": -1}, 1
    yield "Split", 11, [x], {"axis": 2, "split": [1, 3]}, 2
    yield "Split", 13, [x, whole(1, 3)], {"axis": -1}, 2
    yield "Split", 13, [x], {"axis": 2}, 2
    yield "Split", 18, [floats(7)], {"num_outputs": 3}, 3
    yield "Gather", 13, [x, whole(1, -1, 0)], {"axis": 1}, 1
    yield "Gather", 13, [x, numpy.array([[0, 1], [1, 1]], dtype=numpy.int32)], {}, 1
    yield "Gather", 13, [x, numpy.array(-1)], {"axis": 2}, 1
    yield "Expand", 13, [floats(3, 1), whole(2, 1, 4)], {}, 1
    yield "Tile", 13, [floats(2, 3), whole(2, 3)], {}, 1
    yield "Identity", NEWEST, [whole(1, 2)], {}, 1
    yield "Dropout", 7, [x], {"ratio": 0.4}, 1
    yield "Dropout", 22, [x, numpy.float32(0.4)], {}, 1
    yield "Shape", NEWEST, [x], {}, 1
    yield "Shape", 15, [x], {"start": -2, "end": 3}, 1
    yield "Size", 13, [x], {}, 1
    yield "Constant", 13, [], {"value_floats": [1.5, -2.0]}, 1
    yield "Constant", 13, [], {"value_ints": [1, -2]}, 1
    yield "Constant", 13, [], {"value_float": 1.5}, 1
    yield "Constant", 13, [], {"value_int": 7}, 1
    yield "ConstantOfShape", 9, [whole(2, 3)], {}, 1
    yield "ConstantOfShape", 9, [whole(2)], {"value": helper.make_tensor("v", 7, [1], [4])}, 1
    yield "Range", 11, [numpy.array(1), numpy.array(10), numpy.array(4)], {}, 1
    yield "Range", 11, [numpy.array(3), numpy.array(-3), numpy.array(-2)], {}, 1
    for to in (1, 6, 7, 9):
        yield "Cast", 13, [x], {"to": to}, 1
        yield "Cast", 13, [x > 0], {"to": to}, 1
        yield "Cast", 13, [whole(0, 1, -3)], {"to": to}, 1
    yield "CastLike", 19, [whole(0, 1, -3), x], {}, 1


def model_of(name, version, inputs, attributes, outputs):
    names = [f"x{index}" for index in range(len(inputs))]
    results = [f"y{index}" for index in range(outputs)]

    def port(name, value):
        kind = helper.np_dtype_to_tensor_dtype(value.dtype)
        return helper.make_tensor_value_info(name, kind, [None] * value.ndim)

    node = helper.make_node(name, names, results, **attributes)
    arrays = [numpy.asarray(value) for value in inputs]
    found = reference(name, version, arrays, attributes, outputs)
    graph = helper.make_graph([node], name, [port(*one) for one in zip(names, arrays)], [port(*one) for one in zip(results, found)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", max(version, 7))], ir_version=10)
    onnx.checker.check_model(model)
    return model, dict(zip(names, arrays)), dict(zip(results, found))


def reference(name, version, arrays, attributes, outputs):
    attributes = dict(attributes)
    if name in ("Softmax", "LogSoftmax") and version < 13:
        # All axes from one on, as one.
        axis = attributes.pop("axis", 1)
        flat = arrays[0].reshape(int(numpy.prod(arrays[0].shape[:axis])), -1)
        return [reference(name, 13, [flat], {}, 1)[0].reshape(arrays[0].shape)]
    moved = {"Clip": ["min", "max"], "Squeeze": ["axes"], "Unsqueeze": ["axes"], "Split": ["split"], "Slice": ["starts", "ends", "axes"]}
    if name.startswith("Reduce"):
        moved[name] = ["axes"]
    for key in moved.get(name, []):
        if key in attributes:
            value = attributes.pop(key)
            arrays = [*arrays, numpy.float32(value) if name == "Clip" else whole(*value)]
            version = 20
    if name == "Dropout":
        return [arrays[0]]
    names = [f"x{index}" for index in range(len(arrays))]
    results = [f"y{index}" for index in range(outputs)]
    node = helper.make_node(name, names, results, **attributes)
    ports = [helper.make_tensor_value_info(one, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape) for one, value in zip(names, arrays)]
    graph = helper.make_graph([node], name, ports, [helper.make_value_info(one, helper.make_tensor_type_proto(1, None)) for one in results])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", max(version, 13))], ir_version=10)
    return [numpy.asarray(value) for value in ReferenceEvaluator(model).run(None, dict(zip(names, arrays)))]


def written(value):
    value = numpy.ascontiguousarray(value).reshape(value.shape)
    return {"type": str(value.dtype), "shape": list(value.shape), "values": [v.item() for v in value.ravel()]}


def main():
    records = []
    for name, version, inputs, attributes, outputs in cases():
        model, inputs, outputs = model_of(name, version, inputs, attributes, outputs)
        records.append(
            {
                "name": f"{name} of operator set {version}, {len(records)}",
                "model": model.SerializeToString().hex(),
                "inputs": {name: written(value) for name, value in inputs.items()},
                "outputs": {name: written(value) for name, value in outputs.items()},
            }
        )
    lines = ",\n".join(json.dumps(record) for record in records)
    pathlib.Path(__file__).with_name("operators.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(records)} cases")


if __name__ == "__main__":
    main()
