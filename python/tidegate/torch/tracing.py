"""The gates of a module over an input, as tensors of the form of its outputs."""

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from tidegate import _engine

if TYPE_CHECKING:
    from tidegate.torch.layers import _Layers


def trace(module: "_Layers", input: Any, hx: Any) -> dict[str, Any]:
    """What ``module.trace`` gives."""
    packed = input if isinstance(input, PackedSequence) else None
    rows = input.data if packed is not None else input
    hidden, cell = module._split_state(hx) if hx is not None else (None, None)
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
    arguments = (
        rows.contiguous(),
        None if packed is None else packed.batch_sizes,
        None if hidden is None else hidden.contiguous(),
        None if cell is None else cell.contiguous(),
        [weight.contiguous() for weight in module._prepared_weights()],
        module._kind(),
        module.num_layers,
        module.bidirectional,
        module._rates(),
        None,
    )

    def formed(values: Tensor) -> Any:
        values = values.reshape(*rows.shape[:-1], module.hidden_size)
        if packed is not None:
            return PackedSequence(values, packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)
        if not batched:
            return values.squeeze(1)
        return values.transpose(0, 1) if swapped else values

    gates = _engine.torch_trace(arguments, torch.get_num_threads())
    return {
        f"{name}_l{layer}{'_reverse' if reverse else ''}": formed(torch.from_numpy(values))
        for name, layer, reverse, values in gates
    }
