"""Checks, without PyTorch, that the checked-in reference vectors are those that `cases.py` describes.

Every case has its file and every file its case; configuration, tensor names and shapes agree; float32 values are
exact; nothing lies past the end of a sequence; together the files stay small. Exit status 1 names what is wrong.
"""

import json
import math
import pathlib
import struct
import sys

from cases import CASES

FOLDER = pathlib.Path(__file__).resolve().parent
TOTAL_BYTES = 1_500_000
CONFIGURATION = ["name", "cell", "input_size", "hidden_size", "layers", "bidirectional", "steps", "batch", "lengths"]


def float32_exact(number):
    """Nine significant digits identify one float32: reading and writing again gives the same text."""
    nearest = struct.unpack("<f", struct.pack("<f", number))[0]
    return float(f"{nearest:.9g}") == number


def problems_of_tensor(name, tensor, shape, exact):
    if tensor["shape"] != list(shape):
        yield f"{name} has shape {tensor['shape']}, expected {list(shape)}"
    if len(tensor["values"]) != math.prod(shape):
        yield f"{name} holds {len(tensor['values'])} values, expected {math.prod(shape)}"
    if exact and not all(map(float32_exact, tensor["values"])):
        yield f"{name} holds values that are no float32"


def problems_of(case, file):
    for key in CONFIGURATION:
        if file[key] != getattr(case, key):
            yield f"{key} is {file[key]}, expected {getattr(case, key)}"
    state = {"hidden": case.state_shape()} | ({"cell": case.state_shape()} if case.carries_cell else {})
    given = {"weights": case.weight_shapes(), "initial_state": state, "final_state_gradient": state,
             "input": case.input_shape(), "output_gradient": case.output_shape()}
    computed = {"weight_gradients": case.weight_shapes(), "initial_state_gradient": state, "final_state": state,
                "input_gradient": case.input_shape(), "output": case.output_shape()}
    for part, shapes, exact in [(file, given, True), (file["expected"], computed, False)]:
        for key, shape in shapes.items():
            if isinstance(shape, dict):
                if list(part[key]) != list(shape):
                    yield f"{key} holds {', '.join(part[key])}, expected {', '.join(shape)}"
                    continue
                for name in shape:
                    yield from problems_of_tensor(f"{key} {name}", part[key][name], shape[name], exact)
            else:
                yield from problems_of_tensor(key, part[key], shape, exact)
    for key in ["output", "input_gradient"]:
        values = file["expected"][key]["values"]
        width = len(values) // (case.steps * case.batch)
        for row, length in enumerate(case.lengths or []):
            for step in range(length, case.steps):
                start = (step * case.batch + row) * width
                if any(values[start:start + width]):
                    yield f"{key} is not zero at step {step} of sequence {row}, whose length is {length}"


def main():
    problems = []
    for case in CASES:
        path = FOLDER / f"{case.name}.json"
        try:
            file = json.loads(path.read_text(encoding="utf-8"))
            problems += [f"{path.name}: {problem}" for problem in problems_of(case, file)]
        except (OSError, ValueError, KeyError) as error:
            problems.append(f"{path.name}: {type(error).__name__}: {error}")
    names = {case.name for case in CASES}
    files = sorted(FOLDER.glob("*.json"))
    problems += [f"{path.name}: no such case in cases.py" for path in files if path.stem not in names]
    total = sum(path.stat().st_size for path in files)
    if total > TOTAL_BYTES:
        problems.append(f"the vectors take {total} bytes together, at most {TOTAL_BYTES} are allowed")
    if problems:
        sys.exit("\n".join([*problems, "run `make vectors` to write the vectors anew"]))
    print(f"{len(files)} reference vectors, {total / 1e6:.2f} MB: they fit their cases")


if __name__ == "__main__":
    main()
