"""The gates of a module over an input, as tensors of the form of its outputs."""

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from tidegate import _engine

if TYPE_CHECKING:
    from tidegate.torch.layers import _Layers


def trace(module: "_Layers", input: Any, hx: Any) -> dict[str, Tensor]:
    """What ``module.trace`` gives."""
    packed = input if isinstance(input, PackedSequence) else None
    rows = input.data if packed is not None else input
    hidden, cell = module._split_state(hx) if hx is not None else (None, None)
    if packed is None:
        module._check_dimensions(rows, hidden, cell)
    batched = packed is not None or rows.dim() == 3
    swapped = packed is None and batched and module.batch_first
    if not batched:
        rows = rows.unsqueeze(1)
        hidden = None if hidden is None else hidden.unsqueeze(1)
        cell = None if cell is None else cell.unsqueeze(1)
    elif swapped:
        rows = rows.transpose(0, 1)
    if packed is not None and packed.sorted_indices is not None:
        hidden = None if hidden is None else hidden.index_select(1, packed.sorted_indices)
        cell = None if cell is None else cell.index_select(1, packed.sorted_indices)
    sequences = rows.shape[1] if packed is None else int(packed.batch_sizes[0])
    rows, hidden, cell, weights = module._prepared(rows, hidden, cell, sequences)
    arguments = (
        _in_memory(rows),
        None if packed is None else packed.batch_sizes,
        None if hidden is None else _in_memory(hidden),
        None if cell is None else _in_memory(cell),
        [_in_memory(weight) for weight in weights],
        module._kind(),
        module.num_layers,
        module.bidirectional,
        module._rates(),
        None,
    )

    found: dict[str, list[Tensor]] = {}
    for name, values in _engine.torch_trace(arguments, torch.get_num_threads()):
        rows_of_gate = torch.from_numpy(values).reshape(*rows.shape[:-1], module.hidden_size)
        if not batched:
            rows_of_gate = rows_of_gate.squeeze(1)
        elif swapped:
            rows_of_gate = rows_of_gate.transpose(0, 1)
        found.setdefault(name, []).append(rows_of_gate)
    return {name: torch.stack(gates) for name, gates in found.items()}


def _in_memory(tensor: Tensor) -> Tensor:
    """The values of ``tensor`` side by side in memory, as the engine reads them."""
    return tensor.resolve_neg().contiguous()
