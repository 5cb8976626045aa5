"""Weights, inputs and output gradients of a case, in files that every engine reads: raw little-endian f32.

`weights.f32` holds PyTorch's tensors one after the other: weight_ih, weight_hh, bias_ih, bias_hh. `input.f32` is
`[T, B, I]`, `gradient.f32` `[T, B, H]`. A case of one step has `CHECKED_STEPS` inputs, and the first of them is timed.
"""

import sys

from shapes import CHECKED_STEPS

try:
    import numpy
except ImportError:
    sys.exit("numpy is not installed: `make bench-engines` sets up the environment of the bench")


def write_case(case, folder):
    """Writes the files of `case` into `folder`, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.default_rng(1)
    steps = CHECKED_STEPS if case.work == "step" else case.steps
    bound = case.hidden**-0.5
    write(folder / "weights.f32", random.uniform(-bound, bound, case.parameters))
    write(folder / "input.f32", random.standard_normal((steps, case.batch, case.input)))
    write(folder / "gradient.f32", 0.1 * random.standard_normal((steps, case.batch, case.hidden)))


def write(path, values):
    numpy.asarray(values, dtype="<f4").tofile(path)


def read(path):
    return numpy.fromfile(path, dtype="<f4")


def weight_tensors(case, weights):
    """The parts of a flat weight vector by PyTorch's names."""
    rows = case.blocks * case.hidden
    shapes = {"weight_ih": (rows, case.input), "weight_hh": (rows, case.hidden), "bias_ih": (rows,), "bias_hh": (rows,)}
    tensors, offset = {}, 0
    for name, shape in shapes.items():
        size = int(numpy.prod(shape))
        tensors[name] = weights[offset : offset + size].reshape(shape)
        offset += size
    return tensors


def read_case(case, folder):
    """Input `[T, B, I]`, output gradient `[T, B, H]` and weights by name."""
    inputs = read(folder / "input.f32").reshape(-1, case.batch, case.input)
    gradient = read(folder / "gradient.f32").reshape(-1, case.batch, case.hidden)
    return inputs, gradient, weight_tensors(case, read(folder / "weights.f32"))
