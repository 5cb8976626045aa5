"""One door to the engine for all modules.

Two ways lead through it. Ordinary tensors in eager PyTorch go by an ``autograd.Function``: the dispatcher takes longer than the
engine for a small network. Whatever must see the operator goes by ``torch.ops.tidegate.recurrent``: ``torch.compile``,
``torch.export``, tracing, tensor subclasses, dispatch modes and function transforms.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch._functorch.pyfunctorch import temporarily_pop_interpreter_stack
from torch.autograd import forward_ad

from tidegate.torch import operators

_PLAIN = (Tensor, torch.nn.Parameter)
_dispatch_modes = torch._C._len_torch_dispatch_stack
_transforms = torch._C._are_functorch_transforms_active
_tracing = torch._C._get_tracing_state
_is_batched = torch._C._functorch.is_batchedtensor
# What is_grads_batched and vectorize make is another tensor than that of torch.vmap.
_is_legacy_batched = torch._C._functorch.is_legacy_batchedtensor


class _Recurrent(torch.autograd.Function):
    """The operator ``tidegate::recurrent`` without the dispatcher."""

    @staticmethod
    def forward(
        ctx: Any,
        input: Tensor,
        batch_sizes: Tensor | None,
        hidden: Tensor | None,
        cell: Tensor | None,
        kind: str,
        layers: int,
        bidirectional: bool,
        rates: Sequence[float],
        seed: Tensor | None,
        *weights: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        arguments = input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed
        output, final, final_cell, tape = operators.forward(*arguments, True)
        operators.save(ctx, arguments, tape)
        return output, final, final_cell

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> Any:
        given = [gradient for gradient in gradients if gradient is not None]
        if any(_is_legacy_batched(gradient) or _is_batched(gradient) for gradient in given):
            _refuse_batches()
        if forward_ad._current_level >= 0 and _carries_tangent(given):
            _refuse_forward_mode()
        # The backward pass of a graph that is to be differentiated again must be seen by autograd.
        seen = torch.is_grad_enabled() or any(_is_lazy(gradient) for gradient in given)
        run = operators.recurrent_backward if seen else operators.backward
        input_gradient, initial, initial_cell, weights = operators.gradients(ctx, run, *gradients)
        return (input_gradient, None, initial, initial_cell, None, None, None, None, None, *weights)


class _Transformed(torch.autograd.Function):
    """The same for ``torch.func.grad`` and its kin, which ask for a forward pass without a context."""

    @staticmethod
    def forward(*arguments: Any) -> tuple[Tensor | None, ...]:
        in_order: tuple[Any, ...] = (*_in_order(arguments), True)
        return operators.forward(*in_order)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        ctx.mark_non_differentiable(output[3])
        operators.save(ctx, _in_order(inputs), output[3])

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> Any:
        def run(*arguments: Any) -> tuple[Any, ...]:
            input, initial, cell, *weights = _TransformedBackward.apply(*arguments[:4], *arguments[5:], *arguments[4])
            return input, initial, cell, weights

        input_gradient, initial, initial_cell, weights = operators.gradients(ctx, run, *gradients[:3])
        return (input_gradient, None, initial, initial_cell, None, None, None, None, None, *weights)

    @staticmethod
    def vmap(*_: Any) -> Any:
        _refuse_batches()


class _TransformedBackward(torch.autograd.Function):
    """Gradients that know of no gradient of theirs."""

    @staticmethod
    def forward(*arguments: Any) -> tuple[Tensor | None, ...]:
        in_order: tuple[Any, ...] = (*arguments[:4], arguments[14:], *arguments[4:14])
        *gradients, of_weights = operators.backward(*in_order)
        return *gradients, *of_weights

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """Nothing is saved: there is no second derivative."""

    @staticmethod
    def backward(ctx: Any, *_: Tensor | None) -> Any:
        operators.refuse_second_derivative()

    @staticmethod
    def jvp(ctx: Any, *_: Tensor | None) -> Any:
        _refuse_forward_mode()

    @staticmethod
    def vmap(*_: Any) -> Any:
        _refuse_batches()


def _refuse_batches() -> None:
    raise NotImplementedError(
        "tidegate.torch takes no batch of gradients or calls by torch.vmap, as is_grads_batched=True, vectorize=True, "
        "torch.func.jacrev and torch.func.hessian do: take one gradient after another, or run this module as PyTorch's own, "
        "which loads the same state_dict"
    )


def _carries_tangent(tensors: Sequence[Tensor]) -> bool:
    """Whether a derivative is to be carried along with a value, in this function transform or in one around it."""
    if any(forward_ad.unpack_dual(tensor).tangent is not None for tensor in tensors):
        return True
    if not _transforms():
        return False
    level = torch._C._functorch.maybe_current_level()
    with temporarily_pop_interpreter_stack():
        return _carries_tangent(
            [
                torch._C._functorch.get_unwrapped(tensor)
                if torch._C._functorch.maybe_get_level(tensor) == level
                else tensor
                for tensor in tensors
            ]
        )


def _refuse_forward_mode() -> None:
    """Raises: the engine would lose the derivative."""
    raise NotImplementedError(
        "tidegate.torch has no forward-mode derivative (torch.autograd.forward_ad, torch.func.jvp, torch.func.jacfwd): "
        "take the derivative backward, or run this module as PyTorch's own, which loads the same state_dict"
    )


def _in_order(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments of the operator, of which a function takes the weights last and one by one."""
    return *arguments[:4], arguments[9:], *arguments[4:9]


def run(
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
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Outputs, final hidden and final cell state; the arguments are those of ``tidegate::recurrent``."""
    if forward_ad._current_level >= 0 and _carries_tangent(
        [tensor for tensor in (input, hidden, cell, *weights) if tensor is not None]
    ):
        _refuse_forward_mode()
    record = torch.is_grad_enabled() and (
        any(weight.requires_grad for weight in weights)
        or any(tensor is not None and tensor.requires_grad for tensor in (input, hidden, cell))
    )
    if record and _transforms():
        output, final, final_cell, _ = _Transformed.apply(
            input, batch_sizes, hidden, cell, kind, layers, bidirectional, rates, seed, *weights
        )
        return output, final, final_cell
    if _must_be_seen(input, hidden, cell, weights):
        if _tracing() is not None:
            if torch.onnx.is_in_onnx_export():
                raise NotImplementedError(
                    "tidegate.torch is written to ONNX by PyTorch's exporter of captured programs: torch.onnx.export(..., dynamo=True)"
                )
            # torch.jit.trace checks its graph in a pass without gradients, in which no tape would be asked for.
            record = False
        output, final, final_cell, _ = operators.recurrent(
            input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed, record
        )
        return output, final, final_cell
    if record:
        output, final, final_cell = _Recurrent.apply(
            input, batch_sizes, hidden, cell, kind, layers, bidirectional, rates, seed, *weights
        )
        return output, final, final_cell
    output, final, final_cell, _ = operators.forward(
        input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed, False
    )
    return output, final, final_cell


def _must_be_seen(
    input: Tensor, hidden: Tensor | None, cell: Tensor | None, weights: Sequence[Tensor]
) -> bool:
    """Whether something watches for operators, so that the engine must be called as one."""
    if torch.compiler.is_compiling() or _dispatch_modes() or _transforms() or _tracing() is not None:
        return True
    if not input.is_cpu:
        return True
    return not (
        all(type(weight) in _PLAIN for weight in weights)
        and type(input) in _PLAIN
        and not _is_lazy(input)
        and (hidden is None or (type(hidden) in _PLAIN and not _is_lazy(hidden)))
        and (cell is None or (type(cell) in _PLAIN and not _is_lazy(cell)))
    )


def _is_lazy(tensor: Tensor) -> bool:
    """Whether the values of ``tensor`` are not what its memory holds: the dispatcher makes them for an operator."""
    return tensor.is_neg() or tensor._is_zerotensor()


def draw_seed() -> Tensor:
    """A seed for the noise of one pass, from PyTorch's own generator: ``torch.manual_seed`` makes a run repeat."""
    return torch.randint(-(2**63), 2**63 - 1, (), device="cpu")
