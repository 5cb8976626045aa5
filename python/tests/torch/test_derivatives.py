"""Derivatives that the engine does not have are refused by their names, never zero."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad

import tidegate.torch

MODULES = [tidegate.torch.GRU, tidegate.torch.LSTM, tidegate.torch.RNN]
CELLS = [tidegate.torch.GRUCell, tidegate.torch.LSTMCell, tidegate.torch.RNNCell]


def dual(function: Callable[[Tensor], Tensor], input: Tensor) -> Any:
    with forward_ad.dual_level():
        return forward_ad.unpack_dual(function(forward_ad.make_dual(input, torch.ones_like(input)))).tangent


def outputs(module: Any, input: Tensor) -> Tensor:
    results = module(input)
    return results[0] if isinstance(results, tuple) else results


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("make", [*MODULES, *CELLS])
@pytest.mark.parametrize(
    "derive",
    [
        dual,
        lambda function, input: torch.func.jvp(function, (input,), (torch.ones_like(input),)),
        lambda function, input: torch.func.jacfwd(function)(input),
    ],
    ids=["dual_level", "jvp", "jacfwd"],
)
def test_forward_mode_derivatives_are_refused_with_what_to_do(derive: Any, make: Any, frozen: bool) -> None:
    module = make(3, 5).requires_grad_(not frozen)
    with pytest.raises(NotImplementedError, match="no forward-mode derivative .*: take the derivative backward"):
        derive(lambda input: outputs(module, input), torch.randn(4, 3))


def test_forward_mode_derivatives_of_weights_are_refused() -> None:
    module = tidegate.torch.GRU(3, 5)
    weights = {name: weight.detach() for name, weight in module.named_parameters()}
    tangents = {name: torch.ones_like(weight) for name, weight in weights.items()}
    input = torch.randn(4, 3)
    with pytest.raises(NotImplementedError, match="no forward-mode derivative"):
        torch.func.jvp(lambda given: torch.func.functional_call(module, given, input)[0], (weights,), (tangents,))


def test_forward_mode_derivatives_of_gradients_are_refused() -> None:
    module, input, gradient = tidegate.torch.GRU(3, 5), torch.randn(4, 3, requires_grad=True), torch.ones(4, 5)
    words = "no forward-mode derivative"
    with forward_ad.dual_level(), pytest.raises(NotImplementedError, match=words):
        torch.autograd.grad(module(input)[0], input, forward_ad.make_dual(gradient, gradient))
    _, pull = torch.func.vjp(lambda input: module(input)[0], input)
    with pytest.raises(NotImplementedError, match=words):
        torch.func.jvp(pull, (gradient,), (gradient,))


def test_values_without_a_tangent_pass_where_forward_mode_is_on() -> None:
    module, input = tidegate.torch.GRU(3, 5), torch.randn(4, 3)
    with forward_ad.dual_level():
        output, _ = module(input)
        output.sum().backward()
    assert torch.equal(output, module(input)[0])
    assert module.weight_ih_l0.grad is not None


def batched(function: Callable[[Tensor], Tensor], input: Tensor) -> Any:
    input = input.requires_grad_()
    output = function(input)
    each = torch.eye(output.numel()).reshape(-1, *output.shape)
    return torch.autograd.grad(output, input, each, is_grads_batched=True)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("make", [*MODULES, *CELLS])
@pytest.mark.parametrize(
    "derive",
    [
        batched,
        lambda function, input: torch.autograd.functional.jacobian(function, input, vectorize=True),
        lambda function, input: torch.func.jacrev(function)(input),
        lambda function, input: torch.func.vmap(torch.func.grad(lambda row: function(row).sum()))(input[None]),
    ],
    ids=["is_grads_batched", "vectorize", "jacrev", "vmap"],
)
def test_batched_gradients_are_refused_with_what_to_do(derive: Any, make: Any, frozen: bool) -> None:
    module = make(3, 5).requires_grad_(not frozen)
    with pytest.raises(NotImplementedError, match=r"no batch of gradients .*: take one gradient after another"):
        derive(lambda input: outputs(module, input), torch.randn(4, 3))


@pytest.mark.parametrize("frozen", [False, True])
def test_hessians_are_refused(frozen: bool) -> None:
    module = tidegate.torch.GRU(3, 5).requires_grad_(not frozen)
    with pytest.raises(NotImplementedError, match=r"tidegate\.torch .* run this module as PyTorch's own"):
        torch.func.hessian(lambda input: module(input)[0].sum())(torch.randn(4, 3))


def test_tangents_of_a_transform_around_another_are_refused() -> None:
    module, one = tidegate.torch.GRU(3, 5).requires_grad_(False), torch.ones(())

    def inner(input: Tensor) -> Tensor:
        return torch.func.jvp(lambda factor: factor * module(input)[0].sum(), (one,), (one,))[1]

    input = torch.randn(4, 3)
    torch.testing.assert_close(inner(input), module(input)[0].sum())
    with pytest.raises(NotImplementedError, match="no forward-mode derivative"):
        torch.func.jvp(inner, (input,), (input,))
    with pytest.raises(NotImplementedError, match="no forward-mode derivative"):
        torch.func.jvp(torch.func.grad(lambda input: module(input)[0].sum()), (input,), (input,))


def test_a_jacobian_row_by_row_is_that_of_pytorch(assert_close: Any, accelerated: Any) -> None:
    plain, input = torch.nn.GRU(3, 5), torch.randn(4, 3)
    jacobians = [
        torch.autograd.functional.jacobian(lambda each, module=module: module(each)[0], input)
        for module in (accelerated(plain), plain)
    ]
    assert_close(*jacobians)
