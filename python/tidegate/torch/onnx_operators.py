"""The operator ``tidegate::recurrent`` as operators of ONNX, for ``torch.onnx.export``, which decomposes what it does not know.

Operators as in ``GRU``, ``LSTM`` and ``RNN`` of the ONNX standard: input ``[T, B, I]``, state ``[directions, B, H]``, weights of
the directions stacked, gates in the order z, r, h of a GRU and i, o, f, c of an LSTM; ``linear_before_reset`` is 1 where the reset
gate acts after the recurrent product.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch._decomp import register_decomposition
from torch.fx.experimental.proxy_tensor import get_proxy_mode

from tidegate.torch import operators

# Name of the operator, and of each gate in ONNX's order its place in PyTorch's.
_OPERATORS = {
    "gru": ("GRU", (1, 0, 2)),
    "gru_reset_before": ("GRU", (1, 0, 2)),
    "lstm": ("LSTM", (0, 3, 1, 2)),
    "rnn_tanh": ("RNN", (0,)),
    "rnn_relu": ("RNN", (0,)),
}


def _recurrent(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    cell: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
    rates: Sequence[float],
    seed: Tensor | None,
    record: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """``tidegate::recurrent`` as nodes of ONNX, one for each layer; there is no tape.

    The table of decompositions is read elsewhere too: by whoever decomposes a graph, which keeps the operator, and by fake tensors
    with symbolic sizes, which ask for shapes.

    Raises:
        NotImplementedError: packed sequences, noise of training, or zoneout, which acts by its expectation in evaluation.
    """
    if not torch.onnx.is_in_onnx_export():
        if get_proxy_mode() is not None:
            return NotImplemented  # type: ignore[no-any-return]
        return operators.fake_forward(
            input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed, record
        )
    if batch_sizes is not None:
        raise NotImplementedError("a PackedSequence cannot be written to ONNX: give the module a padded tensor")
    if seed is not None:
        raise NotImplementedError("dropout and zoneout of training cannot be written to ONNX: call eval() first")
    if any(rates[2:]):
        raise NotImplementedError(
            "the expectation of zoneout cannot be written to ONNX, whose operators have none: set the module's zoneout and "
            "zoneout_cell to 0 to leave it out"
        )
    nothing = input.new_empty(0)
    directions = 2 if bidirectional else 1
    of_direction = len(weights) // (layers * directions)
    finals, final_cells = [], []
    for layer in range(layers):
        first = layer * directions
        own = weights[first * of_direction : (first + directions) * of_direction]
        states = [None if state is None else state[first : first + directions] for state in (hidden, cell)]
        input, *final = _layer(input, states, [own[k::of_direction] for k in range(of_direction)], kind)
        finals.append(final[0])
        final_cells += final[1:]
    return input, _joined(finals), _joined(final_cells) if final_cells else nothing, nothing


def _layer(
    input: Tensor, states: Sequence[Tensor | None], weights: Sequence[Sequence[Tensor]], kind: str
) -> tuple[Tensor, ...]:
    """Outputs ``[T, B, directions · H]`` and final states of one layer; ``weights`` are of each kind those of the directions."""
    operator, order = _OPERATORS[kind]
    directions = len(weights[0])
    steps, sequences, _ = input.shape
    units = weights[1][0].shape[1]
    stacked = [torch.stack([_in_order(weight, order) for weight in each]) for each in weights]
    attributes: dict[str, Any] = {
        "hidden_size": units,
        "direction": "bidirectional" if directions == 2 else "forward",
    }
    if operator == "GRU":
        attributes["linear_before_reset"] = int(kind == "gru")
    if kind == "rnn_relu":
        attributes["activations"] = ["Relu"] * directions
    carried = 2 if operator == "LSTM" else 1
    state = (directions, sequences, units)
    output, *final = torch.onnx.ops.symbolic_multi_out(
        operator,
        (input, *stacked[:2], torch.cat(stacked[2:], 1) if stacked[2:] else None, None, *states[:carried]),
        attributes,
        dtypes=[input.dtype] * (1 + carried),
        shapes=[(steps, directions, sequences, units)] + [state] * carried,
    )
    return output.transpose(1, 2).flatten(2), *final


def _in_order(weight: Tensor, order: Sequence[int]) -> Tensor:
    units = weight.shape[0] // len(order)
    return torch.cat([weight[gate * units : (gate + 1) * units] for gate in order]) if len(order) > 1 else weight


def _joined(states: Sequence[Tensor]) -> Tensor:
    return torch.cat(list(states)) if len(states) > 1 else states[0]


register_decomposition(operators.recurrent)(_recurrent)
