"""Outputs compared before anything is timed: an engine that computes something else fails the bench."""

from case_files import numpy

from case_files import read, weight_tensors, write_case
from engine_process import READ_ONNX, TITLES

# Who is right, in this order: the first that runs the cell.
REFERENCES = ["pytorch", "onnxruntime", "tidegate"]
TOLERANCE = 1e-4
SUPPORTED = {
    "pytorch": {"gru", "lstm"},
    "onnxruntime": {"gru", "gru-before", "lstm"},
    "openvino": {"gru", "gru-before", "lstm"},
    "rten": {"gru", "lstm"},
    "tidegate": {"gru", "gru-before", "lstm"},
    "naive": {"gru"},
}
TRAINING = {"tidegate", "pytorch"}


class Different(Exception):
    """An engine whose values are not the reference's."""


def computes(name, case):
    """Whether an engine can do the work of a case."""
    return case.cell in SUPPORTED[name] and (case.work != "training" or name in TRAINING)


def prepare(case, folder, names):
    """Writes the files of a case that the named engines need."""
    write_case(case, folder)
    if READ_ONNX & set(names) and case.work != "training":
        from onnx_model import write_onnx

        write_onnx(case, folder)


def check(case, folder, engines):
    """Runs a case once in every engine that can, and compares the values; returns the largest difference by engine."""
    able = [name for name in engines if computes(name, case)]
    reference = next((name for name in REFERENCES if name in able), None)
    values = {}
    for name in able:
        engines[name].ask("check", case, folder=str(folder), file=str(folder / f"{name}.f32"))
        values[name] = read(folder / f"{name}.f32")
    found = {}
    for name in able:
        if name != reference:
            found[name] = compare(case, name, values[name], reference, values[reference])
    return found


def compare(case, name, values, reference, expected):
    """The largest difference of two engines' values; raises Different beyond the tolerance.

    Outputs differ by their absolute value, weight gradients relative to the largest value of their tensor.
    """
    if len(values) != len(expected):
        raise Different(f"{TITLES[name]}: {case}: {len(values)} values where {TITLES[reference]} has {len(expected)}")
    count = len(expected) - (case.parameters if case.work == "training" else 0)
    parts = {"output": (values[:count], expected[:count], 1)}
    if case.work == "training":
        theirs = weight_tensors(case, values[count:])
        for tensor, right in weight_tensors(case, expected[count:]).items():
            parts[f"gradient of {tensor}"] = (theirs[tensor], right, float(numpy.abs(right).max()))
    worst = 0.0
    for what, (one, other, scale) in parts.items():
        difference = float(numpy.abs(one - other).max()) / scale
        if not difference <= TOLERANCE:
            raise Different(f"{TITLES[name]}: {case}: the {what} differs from {TITLES[reference]}'s by {difference:.2e}, "
                            f"more than {TOLERANCE:.0e}: its times would be those of something else")
        worst = max(worst, difference)
    return worst
