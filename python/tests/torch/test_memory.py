"""Memory of tensors that is not there is never read, and what is kept between calls is counted."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import tidegate.torch
from tidegate import _engine


def freed() -> Tensor:
    tensor = torch.randn(4, 2, 3)
    tensor.untyped_storage().resize_(0)
    return tensor


def freed_behind_an_offset() -> Tensor:
    whole = torch.randn(100)
    tensor = whole[7:31].reshape(4, 2, 3)
    whole.untyped_storage().resize_(0)
    return tensor


def cut() -> Tensor:
    tensor = torch.randn(4, 2, 3)
    tensor.untyped_storage().resize_(tensor.nbytes - 4)
    return tensor


NO_MEMORY = "has no memory for its values"


@pytest.mark.parametrize("make", [freed, freed_behind_an_offset, cut])
def test_inputs_whose_storage_is_gone_are_refused(make: Callable[[], Tensor]) -> None:
    module = tidegate.torch.GRU(3, 5)
    with pytest.raises(ValueError, match=f"input {NO_MEMORY}"):
        module(make())
    with pytest.raises(ValueError, match=f"input {NO_MEMORY}"), torch.no_grad():
        module(make())


def test_weights_that_are_views_of_a_freed_buffer_are_refused() -> None:
    module = tidegate.torch.GRU(3, 5)
    flat, offset = torch.randn(1000), 5
    for parameter in module.parameters():
        parameter.data = flat[offset : offset + parameter.numel()].view(parameter.shape)
        offset += parameter.numel()
    input = torch.randn(4, 2, 3)
    before = flat.untyped_storage().nbytes()
    expected = module(input)[0]
    kept = flat.clone()
    flat.untyped_storage().resize_(0)
    with pytest.raises(ValueError, match=f"a weight {NO_MEMORY}"):
        module(input)
    flat.untyped_storage().resize_(before)
    flat.copy_(kept)
    assert torch.equal(module(input)[0], expected)


def test_gradients_and_outputs_whose_storage_is_gone_are_refused() -> None:
    module = tidegate.torch.GRU(3, 5)
    output, _ = module(torch.randn(4, 2, 3))
    gradient = torch.ones(4, 2, 5)
    gradient.untyped_storage().resize_(0)
    with pytest.raises(ValueError, match=f"the gradient of the output {NO_MEMORY}"):
        output.backward(gradient)
    arguments = (torch.randn(4, 2, 3), None, None, None, list(module.parameters()), "gru", 1, False, [0.0] * 4, None)
    with pytest.raises(ValueError, match=f"an output {NO_MEMORY}"):
        _engine.torch_forward(arguments, False, 1, [gradient, torch.empty(1, 2, 5)])


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("name", ["GRU", "LSTM", "RNN"])
def test_zero_tensors_without_memory_are_zeros(name: str, requires_grad: bool) -> None:
    module = getattr(tidegate.torch, name)(3, 5).requires_grad_(requires_grad)
    zeros = torch._efficientzerotensor((4, 2, 3))
    state = torch._efficientzerotensor((1, 2, 5))
    hx = (state, state) if name == "LSTM" else state
    expected = module(torch.zeros(4, 2, 3))[0]
    assert torch.equal(module(zeros)[0], expected)
    assert torch.equal(module(zeros[1:])[0], expected[:3])
    assert torch.equal(module(torch.zeros(4, 2, 3), hx)[0], expected)


def test_gradients_that_are_zero_tensors_or_lazily_negated_count_as_their_values() -> None:
    module, input = tidegate.torch.GRU(3, 5), torch.randn(4, 2, 3)
    lazy = torch.randn(4, 2, 5, dtype=torch.complex64).conj().imag
    assert lazy.is_neg()
    for gradient, plain in [
        (torch._efficientzerotensor((4, 2, 5)), torch.zeros(4, 2, 5)),
        (lazy, lazy.resolve_neg().contiguous()),
    ]:
        found, expected = (torch.autograd.grad(module(input)[0], module.parameters(), each) for each in (gradient, plain))
        assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def test_the_engine_itself_refuses_zero_tensors() -> None:
    module = tidegate.torch.GRU(3, 5)
    for zeros in (torch._efficientzerotensor((4, 2, 3)), torch._efficientzerotensor((5, 2, 3))[1:]):
        arguments = (zeros, None, None, None, list(module.parameters()), "gru", 1, False, [0.0] * 4, None)
        with pytest.raises(ValueError, match=f"input {NO_MEMORY}"):
            _engine.torch_forward(arguments, False, 1, [torch.empty(4, 2, 5), torch.empty(1, 2, 5)])


def test_networks_that_are_forgotten_while_in_use_leave_nothing_counted() -> None:
    module = tidegate.torch.GRU(8, 64)
    tidegate.torch.release_memory()
    outputs: list[Any] = [module(torch.randn(50, 16, 8))[0] for _ in range(2)]
    other = tidegate.torch.RNN(1, 1)
    with torch.no_grad():
        # More networks than are remembered: all are forgotten on the way, that of the tapes above too.
        for index in range(1100):
            other.zoneout = (index + 1) / 4096
            other(torch.zeros(1, 1, 1))
    outputs.clear()
    tidegate.torch.release_memory()
    assert tidegate.torch.kept_memory() == 0
