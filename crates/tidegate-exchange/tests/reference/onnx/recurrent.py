"""Writes `recurrent.json`: GRU, LSTM and RNN nodes over a grid of all attributes, with ONNX Runtime's outputs.

Every pair of options stands in some case. ONNX Runtime refuses `layout` 1, which only moves axes: such cases hold its outputs
of the same node with `layout` 0, moved. Run with onnx 1.23, onnxruntime 1.32 and numpy 2:

    python recurrent.py
"""

import itertools
import json
import pathlib
import random

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

STEPS, BATCH, INPUT, HIDDEN = 4, 3, 2, 3
BLOCKS = {"GRU": 3, "LSTM": 4, "RNN": 1}
ACTIVATIONS = {
    "GRU": [None, ["Sigmoid", "Relu"], ["HardSigmoid", "ScaledTanh"], ["Softsign", "Elu"]],
    "LSTM": [None, ["Sigmoid", "Tanh", "Relu"], ["HardSigmoid", "LeakyRelu", "Softsign"], ["Sigmoid", "ThresholdedRelu", "Softplus"]],
    "RNN": [None, ["Relu"], ["Affine"], ["Sigmoid"], ["LeakyRelu"], ["ScaledTanh"], ["Elu"]],
}
ALPHAS = {"LeakyRelu": 0.2, "ThresholdedRelu": 0.1, "ScaledTanh": 1.5, "HardSigmoid": 0.3, "Elu": 0.7, "Affine": 0.6}
BETAS = {"ScaledTanh": 0.8, "HardSigmoid": 0.4, "Affine": 0.1}


def options(kind):
    grid = {
        "direction": ["forward", "reverse", "bidirectional"],
        "layout": [0, 1],
        "clip": [None, 0.25],
        "activations": ACTIVATIONS[kind],
        "lengths": [False, True],
        "initial": [False, True],
        "bias": [False, True],
    }
    if kind == "GRU":
        grid["linear_before_reset"] = [0, 1]
    if kind == "LSTM":
        grid["peepholes"] = [False, True]
        grid["input_forget"] = [0, 1]
    return grid


def pairs_of(case):
    return {((a, repr(case[a])), (b, repr(case[b]))) for a, b in itertools.combinations(sorted(case), 2)}


def covering(grid, chance):
    """Cases until every pair of two options' values stands in one: each the best of many drawn."""
    keys = list(grid)
    missing = set()
    for case in itertools.product(*grid.values()):
        missing |= pairs_of(dict(zip(keys, case)))
    while missing:
        drawn = [{key: chance.choice(values) for key, values in grid.items()} for _ in range(200)]
        best = max(drawn, key=lambda case: len(pairs_of(case) & missing))
        missing -= pairs_of(best)
        yield best


def model_of(kind, case, numbers, layout):
    directions = 2 if case["direction"] == "bidirectional" else 1
    rows = BLOCKS[kind] * HIDDEN
    attributes = {"hidden_size": HIDDEN, "direction": case["direction"]}
    if layout:
        attributes["layout"] = 1
    if case["clip"] is not None:
        attributes["clip"] = case["clip"]
    for name in ("linear_before_reset", "input_forget"):
        if case.get(name):
            attributes[name] = 1
    if case["activations"]:
        names = case["activations"] * directions
        attributes["activations"] = names
        attributes["activation_alpha"] = [ALPHAS[name] for name in names if name in ALPHAS]
        attributes["activation_beta"] = [BETAS[name] for name in names if name in BETAS]
        for name in ("activation_alpha", "activation_beta"):
            if not attributes[name]:
                del attributes[name]

    def values(*shape):
        return numbers.uniform(-0.9, 0.9, shape).astype(numpy.float32)

    weights = {"W": values(directions, rows, INPUT), "R": values(directions, rows, HIDDEN)}
    if case["bias"]:
        weights["B"] = values(directions, 2 * rows)
    inputs = {"X": 2 * values(STEPS, BATCH, INPUT)}
    if case["lengths"]:
        inputs["sequence_lens"] = numpy.array([3, 4, 1], dtype=numpy.int32)
    states = ["initial_h", "initial_c"] if kind == "LSTM" else ["initial_h"]
    if case["initial"]:
        for state in states:
            inputs[state] = values(directions, BATCH, HIDDEN)
    if case.get("peepholes"):
        weights["P"] = values(directions, 3 * HIDDEN)
    names = ["X", "W", "R", "B", "sequence_lens", *states, *(["P"] if kind == "LSTM" else [])]
    given = [name if name in inputs or name in weights else "" for name in names]
    while not given[-1]:
        given.pop()
    outputs = ["Y", "Y_h", "Y_c"] if kind == "LSTM" else ["Y", "Y_h"]
    node = helper.make_node(kind, given, outputs, **attributes)

    def port(name):
        kind = TensorProto.INT32 if name == "sequence_lens" else TensorProto.FLOAT
        axes = {"sequence_lens": 1, "Y": 4}.get(name, 3)
        return helper.make_tensor_value_info(name, kind, [None] * axes)

    graph = helper.make_graph(
        [node],
        kind,
        [port(name) for name in inputs],
        [port(name) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10), inputs


def batch_first(name, value):
    if name == "Y":
        return value.transpose(2, 0, 1, 3)
    return value.swapaxes(0, 1) if value.ndim == 3 else value


def written(value):
    value = numpy.ascontiguousarray(value)
    return {"type": str(value.dtype), "shape": list(value.shape), "values": [v.item() for v in value.ravel()]}


def main():
    cases = []
    for kind in BLOCKS:
        for index, case in enumerate(covering(options(kind), random.Random(7))):
            name = f"{kind.lower()}_{index}"
            seed = [ord(letter) for letter in name]
            model, inputs = model_of(kind, case, numpy.random.default_rng(seed), 0)
            session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
            names = [output.name for output in session.get_outputs()]
            outputs = dict(zip(names, session.run(None, inputs)))
            if case["layout"]:
                model, inputs = model_of(kind, case, numpy.random.default_rng(seed), 1)
                inputs = {name: batch_first(name, value) for name, value in inputs.items()}
                outputs = {name: batch_first(name, value) for name, value in outputs.items()}
            onnx.checker.check_model(model)
            cases.append(
                {
                    "name": name,
                    "options": case,
                    "model": model.SerializeToString().hex(),
                    "inputs": {name: written(value) for name, value in inputs.items()},
                    "outputs": {name: written(value) for name, value in outputs.items()},
                }
            )
    lines = ",\n".join(json.dumps(case) for case in cases)
    pathlib.Path(__file__).with_name("recurrent.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
