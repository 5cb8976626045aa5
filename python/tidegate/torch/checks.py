"""What the engine cannot compute, said with the exceptions that PyTorch raises and with what to do about it."""

from numbers import Real

import torch
from torch import Tensor

_ROUNDS_TO_ONE = 1 - 2**-25
"""The least number that is 1 in float32, in which the engine computes."""


def as_float32(tensor: Tensor, what: str) -> Tensor:
    """``tensor`` in float32 on the CPU, as the engine computes. Under ``torch.autocast`` a tensor of less precision is widened.

    Raises ``NotImplementedError``, a ``RuntimeError``, for another dtype or device.
    """
    if tensor.dtype is torch.float32 and (tensor.is_cpu or tensor.is_meta):
        return tensor
    if not (tensor.is_cpu or tensor.is_meta):
        raise NotImplementedError(
            f"tidegate.torch computes on the CPU, but {what} of shape {tuple(tensor.shape)} lies on {tensor.device}: "
            "move module and tensors to the CPU, or use PyTorch's own module on this device, which loads the same state_dict"
        )
    if tensor.dtype in (torch.bfloat16, torch.float16) and torch.is_autocast_enabled("cpu"):
        return tensor.float()
    raise NotImplementedError(
        f"tidegate.torch computes in torch.float32, but {what} of shape {tuple(tensor.shape)} has dtype {tensor.dtype}: "
        "convert module and tensors with .float(), or use PyTorch's own module, which loads the same state_dict"
    )


def same_device(input: Tensor, hidden: Tensor | None, cell: Tensor | None, weight: Tensor) -> None:
    """Raises PyTorch's ``RuntimeError`` where the state or the weights lie on another device than the input."""
    if input.is_cpu and weight.is_cpu and (hidden is None or hidden.is_cpu) and (cell is None or cell.is_cpu):
        return
    for kind, tensor in [("hidden", hidden), ("hidden", cell), ("parameter", weight)]:
        if tensor is not None and tensor.device != input.device:
            raise RuntimeError(
                f"Input and {kind} tensors are not at the same device, "
                f"found input tensor at {input.device} and {kind} tensor at {tensor.device}"
            )


def rate(name: str, value: float) -> float:
    """``value`` as a probability from 0 to below 1 in float32; raises ``TypeError`` or ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} should be a number, got: {type(value).__name__}")
    number = float(value)
    if not 0 <= number < 1 or drops_everything(number):
        raise ValueError(f"{name} should be a number from 0 to below 1 in float32, got {value}")
    return number


def drops_everything(rate: float) -> bool:
    """Whether ``rate`` is 1 in float32."""
    return rate >= _ROUNDS_TO_ONE


def reset(value: str) -> str:
    """``value`` as the place where the reset gate acts; raises ``ValueError``."""
    if value not in ("after", "before"):
        raise ValueError(f"reset should be 'after' or 'before', got {value!r}")
    return value
