"""The equations of every cell as plain loops over PyTorch tensors, slow and readable; autograd gives the gradients.

Shapes: x is [B, I], hidden and cell are [B, H]. `weights` maps "weight_ih", "weight_hh", "bias_ih", "bias_hh"
(and "peephole") to the tensors of one layer and direction.
"""

import torch


def _activation(name):
    return {"tanh": torch.tanh, "relu": torch.relu}[name]


def gru(kind, weights, x, hidden, _cell):
    """Blocks r, z, n. The update gate z keeps the old state."""
    input_r, input_z, input_n = (x @ weights["weight_ih"].T + weights["bias_ih"]).chunk(3, dim=1)
    weight_r, weight_z, weight_n = weights["weight_hh"].chunk(3)
    bias_r, bias_z, bias_n = weights["bias_hh"].chunk(3)
    reset = torch.sigmoid(input_r + hidden @ weight_r.T + bias_r)
    update = torch.sigmoid(input_z + hidden @ weight_z.T + bias_z)
    if kind["reset"] == "after":
        recurrent = reset * (hidden @ weight_n.T + bias_n)
    else:
        recurrent = (reset * hidden) @ weight_n.T + bias_n
    candidate = _activation(kind["candidate"])(input_n + recurrent)
    return (1 - update) * candidate + update * hidden, None


def lstm(kind, weights, x, hidden, cell):
    """Blocks i, f, g, o. Peephole rows i, f, o: i and f see the old cell, o sees the new one."""
    both = x @ weights["weight_ih"].T + weights["bias_ih"] + hidden @ weights["weight_hh"].T + weights["bias_hh"]
    input_gate, forget, candidate, output = both.chunk(4, dim=1)
    if kind["peepholes"]:
        input_gate = input_gate + weights["peephole"][0] * cell
        forget = forget + weights["peephole"][1] * cell
    new_cell = torch.sigmoid(forget) * cell + torch.sigmoid(input_gate) * torch.tanh(candidate)
    if kind["peepholes"]:
        output = output + weights["peephole"][2] * new_cell
    return torch.sigmoid(output) * torch.tanh(new_cell), new_cell


def rnn(kind, weights, x, hidden, _cell):
    both = x @ weights["weight_ih"].T + weights["bias_ih"] + hidden @ weights["weight_hh"].T + weights["bias_hh"]
    return _activation(kind["activation"])(both), None


def mgu(_kind, weights, x, hidden, _cell):
    """Blocks f, n: the minimal gated unit of Zhou et al. 2016, arXiv 1603.09420."""
    input_f, input_n = (x @ weights["weight_ih"].T + weights["bias_ih"]).chunk(2, dim=1)
    weight_f, weight_n = weights["weight_hh"].chunk(2)
    bias_f, bias_n = weights["bias_hh"].chunk(2)
    forget = torch.sigmoid(input_f + hidden @ weight_f.T + bias_f)
    candidate = torch.tanh(input_n + (forget * hidden) @ weight_n.T + bias_n)
    return (1 - forget) * hidden + forget * candidate, None


STEPS = {"gru": gru, "lstm": lstm, "rnn": rnn, "mgu": mgu}


def run(case, weights, x, lengths, hidden, cell):
    """Whole sequences [T, B, I] through all layers and directions.

    Past the end of a sequence the state is kept and the output is zero, so that the backward direction starts at the
    true end and an empty sequence hands its initial state on. Returns output [T, B, D*H], final hidden, final cell.
    """
    step = STEPS[case.cell["name"]]
    lengths = torch.tensor(lengths)
    finals = []
    for layer in range(case.layers):
        outputs = []
        for direction in range(case.directions):
            suffix = f"_l{layer}" + ("_reverse" if direction == 1 else "")
            own = {name.removesuffix(suffix): value for name, value in weights.items()
                   if name.removesuffix(suffix) + suffix == name and name.removesuffix(suffix) != name}
            index = layer * case.directions + direction
            state = (hidden[index], cell[index] if case.carries_cell else None)
            output = [None] * case.steps
            order = range(case.steps) if direction == 0 else reversed(range(case.steps))
            for t in order:
                alive = (t < lengths)[:, None]
                new = step(case.cell, own, x[t], *state)
                output[t] = torch.where(alive, new[0], torch.zeros_like(new[0]))
                state = tuple(None if old is None else torch.where(alive, fresh, old)
                              for fresh, old in zip(new, state))
            outputs.append(torch.stack(output))
            finals.append(state)
        x = torch.cat(outputs, dim=2)
    final_cell = torch.stack([state[1] for state in finals]) if case.carries_cell else None
    return x, torch.stack([state[0] for state in finals]), final_cell
