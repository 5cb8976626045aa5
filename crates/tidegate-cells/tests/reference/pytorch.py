"""Writes the reference vectors, `*.json` beside this script, with PyTorch 2.15 on the CPU.

    python pytorch.py            all cases
    python pytorch.py mgu ...    the named ones

Weights, inputs, initial states and the gradients that come in are random float32 values, written with 9 significant
digits, which is enough to read them back exactly. Everything else is computed from these values in float64. Before a
case is written,
- the plain loop and PyTorch's module must agree to 1e-12 (where PyTorch has the cell), and
- the same computation in float32 must stay within 2e-6, so that a bound of 1e-5 tests the reader and not the case.
"""

import json
import pathlib
import sys

import torch

import loops
from cases import CASES

FOLDER = pathlib.Path(__file__).resolve().parent
MODULES = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "rnn": torch.nn.RNN}


def draw(case):
    """Random float32 tensors: weights, input, initial state, gradients of the output and of the final state."""
    generator = torch.Generator().manual_seed(case.seed)

    def normal(shape):
        return torch.randn(shape, generator=generator, dtype=torch.float32)

    def uniform(shape, bound):
        return (2 * torch.rand(shape, generator=generator, dtype=torch.float32) - 1) * bound

    def state(filled=True):
        values = {"hidden": normal(case.state_shape())}
        if case.carries_cell:
            values["cell"] = normal(case.state_shape())
        return values if filled else {name: torch.zeros_like(value) for name, value in values.items()}

    recurrent_bound = case.hidden_size**-0.5
    weights = {name: uniform(shape, 0.5 if name.startswith(("bias", "peephole")) else recurrent_bound)
               for name, shape in case.weight_shapes().items()}
    return {
        "weights": weights,
        "input": normal(case.input_shape()),
        "initial_state": state(case.initial_state),
        "output_gradient": normal(case.output_shape()),
        "final_state_gradient": state(),
    }


def run_module(case, weights, x, lengths, hidden, cell):
    """PyTorch's own module; same arguments and results as `loops.run`."""
    kind = dict(case.cell)
    options = {"nonlinearity": kind["activation"]} if kind["name"] == "rnn" else {}
    module = MODULES[kind["name"]](case.input_size, case.hidden_size, case.layers, bidirectional=case.bidirectional,
                                   dtype=x.dtype, **options)
    initial = (hidden, cell) if case.carries_cell else hidden
    if case.lengths is not None:
        x = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    output, final = torch.func.functional_call(module, weights, (x, initial))
    if case.lengths is not None:
        output, _ = torch.nn.utils.rnn.pad_packed_sequence(output, total_length=case.steps)
    return (output, *final) if case.carries_cell else (output, final, None)


def compute(case, drawn, run, dtype):
    """Outputs, final state and all gradients of `run` in the given precision, by name."""
    def leaf(value):
        return value.to(dtype).clone().requires_grad_()

    weights = {name: leaf(value) for name, value in drawn["weights"].items()}
    x = leaf(drawn["input"])
    initial = {name: leaf(value) for name, value in drawn["initial_state"].items()}
    lengths = case.lengths if case.lengths is not None else [case.steps] * case.batch
    output, hidden, cell = run(case, weights, x, lengths, initial["hidden"], initial.get("cell"))
    final = {"hidden": hidden} | ({"cell": cell} if case.carries_cell else {})
    loss = (output * drawn["output_gradient"].to(dtype)).sum()
    for name, value in final.items():
        loss = loss + (value * drawn["final_state_gradient"][name].to(dtype)).sum()
    loss.backward()
    return {
        "output": output.detach(),
        "final_state": {name: value.detach() for name, value in final.items()},
        "input_gradient": x.grad,
        "initial_state_gradient": {name: value.grad for name, value in initial.items()},
        "weight_gradients": {name: value.grad for name, value in weights.items()},
    }


def flatten(values, prefix=""):
    if torch.is_tensor(values):
        return {prefix: values}
    return {key: tensor for name, value in values.items() for key, tensor in flatten(value, f"{prefix}/{name}").items()}


def worst_difference(actual, expected):
    """The largest difference, relative to the largest magnitude in its tensor, and the tensor's name."""
    actual = flatten(actual)
    return max(((actual[name].double() - value).abs().max().item() / max(value.abs().max().item(), 1e-30), name)
               for name, value in flatten(expected).items())


def encode(value):
    if torch.is_tensor(value):
        values = ",".join(f"{number:.9g}" for number in value.flatten().tolist())
        return f'{{"shape":{json.dumps(list(value.shape))},"values":[{values}]}}'
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{json.dumps(name)}: {encode(item)}" for name, item in value.items()) + "\n}"
    return json.dumps(value)


def write(case):
    drawn = draw(case)
    expected = compute(case, drawn, run_module if case.source == "torch" else loops.run, torch.float64)
    notes = []
    if case.source == "torch":
        difference, name = worst_difference(compute(case, drawn, loops.run, torch.float64), expected)
        notes.append(f"loop {difference:.1e}")
        if difference > 1e-12:
            raise SystemExit(f"{case.name}: the loop and PyTorch's module differ by {difference:.1e} in {name}")
    difference, name = worst_difference(compute(case, drawn, loops.run, torch.float32), expected)
    notes.append(f"float32 {difference:.1e}")
    if difference > 2e-6:
        raise SystemExit(f"{case.name}: float32 differs by {difference:.1e} in {name}; choose another seed")

    file = {
        "name": case.name,
        "source": f"torch {torch.__version__.split('+')[0]}, "
                  + ("its module" if case.source == "torch" else "a plain loop with autograd") + ", float64",
        "cell": case.cell,
        "input_size": case.input_size,
        "hidden_size": case.hidden_size,
        "layers": case.layers,
        "bidirectional": case.bidirectional,
        "steps": case.steps,
        "batch": case.batch,
        "lengths": case.lengths,
    } | drawn | {"expected": expected}
    path = FOLDER / f"{case.name}.json"
    path.write_text(encode(file) + "\n", encoding="utf-8")
    print(f"{path.name:60} {path.stat().st_size / 1e3:7.1f} kB   {', '.join(notes)}")


def main():
    torch.set_num_threads(1)
    chosen = sys.argv[1:]
    unknown = set(chosen) - {case.name for case in CASES}
    if unknown:
        raise SystemExit(f"no such case: {', '.join(sorted(unknown))}; cases.py lists them")
    for case in CASES:
        if not chosen or case.name in chosen:
            write(case)


if __name__ == "__main__":
    main()
