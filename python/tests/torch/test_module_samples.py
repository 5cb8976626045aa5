"""The samples that PyTorch's tests of all modules (test/test_modules.py) take from ``ModuleInfo``, given to ours."""

import copy
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector
from torch.nn.utils.rnn import PackedSequence

import tidegate.torch

NAMES = ["RNN", "GRU", "LSTM", "RNNCell", "GRUCell", "LSTMCell"]


def samples(name: str, kind: str) -> list[Any]:
    common_modules = pytest.importorskip("torch.testing._internal.common_modules", reason="expecttest is not installed")
    info = next(each for each in common_modules.module_db if each.module_cls is getattr(torch.nn, name))
    return list(
        getattr(info, f"module_{kind}_func")(
            info, device="cpu", dtype=torch.float32, requires_grad=kind == "inputs", training=True
        )
    )


def pairs(name: str) -> list[tuple[Any, Any, Any]]:
    """Our module, PyTorch's with the same weights, and the sample."""
    found = []
    for sample in samples(name, "inputs"):
        construction = sample.constructor_input
        if construction.kwargs.get("proj_size"):
            continue
        module = getattr(tidegate.torch, name)(*construction.args, **construction.kwargs)
        reference = getattr(torch.nn, name)(*construction.args, **construction.kwargs)
        reference.load_state_dict(module.state_dict())
        found.append((module, reference, sample))
    assert found
    return found


def flat(results: Any) -> list[Tensor]:
    if isinstance(results, PackedSequence):
        return [results.data]
    return [results] if isinstance(results, Tensor) else [each for result in results for each in flat(result)]


def call(module: Any, sample: Any) -> list[Tensor]:
    return flat(module(*sample.forward_input.args, **sample.forward_input.kwargs))


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_gives_the_results_and_gradients_of_pytorch(name: str, assert_close: Any) -> None:
    for module, reference, sample in pairs(name):
        if sample.reference_fn is not None:
            expected = sample.reference_fn(reference, *sample.forward_input.args)
            assert_close(call(module, sample), flat(expected))
        gradients = []
        for each in (module, reference):
            results = call(each, sample)
            total = sum(result.sin().sum() for result in results)
            gradients.append(torch.autograd.grad(total, each.parameters()))
        assert_close(*gradients)


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_of_an_error_raises_what_pytorch_raises(name: str) -> None:
    for sample in samples(name, "error_inputs"):
        inputs, construct = sample.module_error_input, getattr(tidegate.torch, name)
        construction = inputs.constructor_input
        if "CONSTRUCTION" in str(sample.error_on):
            with pytest.raises(sample.error_type, match=sample.error_regex):
                construct(*construction.args, **construction.kwargs)
            continue
        module = construct(*construction.args, **construction.kwargs)
        with pytest.raises(sample.error_type, match=sample.error_regex):
            module(*inputs.forward_input.args, **inputs.forward_input.kwargs)


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_survives_pickling_copying_and_state_dicts(name: str) -> None:
    for module, reference, sample in pairs(name):
        expected = call(module, sample)
        loaded = type(module)(*sample.constructor_input.args, **sample.constructor_input.kwargs)
        loaded.load_state_dict(reference.state_dict())
        for twin in (pickle.loads(pickle.dumps(module)), copy.deepcopy(module), loaded, module.to("cpu"), module.float()):
            assert all(torch.equal(*each) for each in zip(call(twin, sample), expected, strict=True))
            assert [name for name, _ in twin.named_parameters()] == [name for name, _ in reference.named_parameters()]


@pytest.mark.parametrize("name", NAMES)
def test_construction_draws_the_numbers_of_pytorch_and_leaves_its_generator_alike(name: str) -> None:
    for _, _, sample in pairs(name):
        made = []
        for home in (torch.nn, tidegate.torch):
            torch.manual_seed(3)
            module = getattr(home, name)(*sample.constructor_input.args, **sample.constructor_input.kwargs)
            made.append((parameters_to_vector(module.parameters()), torch.rand(1), repr(module)))
        assert torch.equal(made[0][0], made[1][0]) and torch.equal(made[0][1], made[1][1])
        assert made[0][2] == made[1][2]


@pytest.mark.parametrize("name", NAMES)
def test_device_and_dtype_reach_the_parameters(name: str) -> None:
    module = getattr(tidegate.torch, name)(3, 5, device="meta", dtype=torch.float64)
    assert all(each.is_meta and each.dtype == torch.float64 for each in module.parameters())
    restored = module.to_empty(device="cpu").float()
    restored.reset_parameters()
    assert all(each.device.type == "cpu" for each in restored.parameters())
    assert call(restored, type("Sample", (), {"forward_input": type("F", (), {"args": (torch.randn(4, 3),), "kwargs": {}})}))


@pytest.mark.parametrize("name", NAMES)
def test_a_module_on_the_meta_device_gives_shapes(name: str) -> None:
    module, reference = (getattr(home, name)(3, 5, device="meta") for home in (tidegate.torch, torch.nn))
    input = torch.empty(4, 3, device="meta")
    for one, other in zip(flat(module(input)), flat(reference(input)), strict=True):
        assert one.shape == other.shape and one.is_meta


@pytest.mark.parametrize("name", NAMES)
def test_inputs_and_weights_that_are_not_contiguous_give_the_same(name: str) -> None:
    for module, _, sample in pairs(name):
        expected = call(module, sample)
        for parameter in module.parameters():
            strided = torch.empty(*parameter.shape, 2)[..., 0].copy_(parameter.detach())
            parameter.data = strided
        assert all(torch.equal(*each) for each in zip(call(module, sample), expected, strict=True))
