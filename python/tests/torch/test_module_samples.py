"""The samples that PyTorch's tests of all modules (test/test_modules.py) take from ``ModuleInfo``, given to ours."""

import copy
import io
import pickle
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector
from torch.nn.utils.rnn import PackedSequence
from torch.utils._pytree import tree_map

import tidegate.torch

NAMES = ["RNN", "GRU", "LSTM", "RNNCell", "GRUCell", "LSTMCell"]


def samples(name: str, kind: str, training: bool = True, **options: Any) -> list[Any]:
    common_modules = pytest.importorskip("torch.testing._internal.common_modules", reason="expecttest is not installed")
    info = next(each for each in common_modules.module_db if each.module_cls is getattr(torch.nn, name))
    return list(
        getattr(info, f"module_{kind}_func")(
            info, device="cpu", dtype=torch.float32, requires_grad=kind == "inputs", training=training, **options
        )
    )


def pairs(name: str, training: bool = True, packed: bool = False) -> list[tuple[Any, Any, Any]]:
    """Our module, PyTorch's with the same weights, and the sample; of layers also the packed samples if asked for."""
    found = []
    options = {"with_packed_sequence": True} if packed and not name.endswith("Cell") else {}
    for sample in samples(name, "inputs", training, **options):
        construction = sample.constructor_input
        if construction.kwargs.get("proj_size"):
            continue
        module = getattr(tidegate.torch, name)(*construction.args, **construction.kwargs).train(training)
        reference = getattr(torch.nn, name)(*construction.args, **construction.kwargs).train(training)
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


def widened(value: Any) -> Any:
    if not isinstance(value, Tensor) or not value.is_floating_point():
        return value
    return value.detach().double().requires_grad_(value.requires_grad)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_every_sample_gives_the_results_and_gradients_of_pytorch(name: str, training: bool, assert_close: Any) -> None:
    for module, reference, sample in pairs(name, training, packed=True):
        results, expected = call(module, sample), call(reference, sample)
        assert_close(results, expected)
        assert all(one.is_contiguous() or not other.is_contiguous() for one, other in zip(results, expected, strict=True))
        # The references of the samples know no packed sequence.
        if sample.reference_fn is not None and isinstance(sample.forward_input.args[0], Tensor):
            assert_close(results, flat(sample.reference_fn(reference, *sample.forward_input.args)))
        # Inputs reach ±9, where gates saturate and PyTorch's own gradients lose 1.6e-5 in float32: float64 tells what is right.
        exact = tree_map(widened, (sample.forward_input.args, sample.forward_input.kwargs))
        gradients = []
        for each, (args, kwargs) in [
            (module, (sample.forward_input.args, sample.forward_input.kwargs)),
            (reference.double(), exact),
        ]:
            wanted = [tensor for tensor in flat([*args, *kwargs.values()]) if tensor.requires_grad]
            assert wanted
            total = sum(result.sin().sum() for result in flat(each(*args, **kwargs)))
            gradients.append([each.float() for each in torch.autograd.grad(total, [*wanted, *each.parameters()])])
        assert_close(*gradients)


@pytest.mark.parametrize("name", NAMES)
def test_every_weight_alone_gets_the_gradient_that_it_gets_among_all(name: str) -> None:
    for module, _, sample in pairs(name):
        parameters = list(module.parameters())

        def gradient(*wanted: Tensor, module: Any = module, sample: Any = sample) -> tuple[Tensor, ...]:
            for parameter in module.parameters():
                parameter.requires_grad_(any(parameter is each for each in wanted))
            return torch.autograd.grad(sum(result.sin().sum() for result in call(module, sample)), wanted)

        for parameter, expected in zip(parameters, gradient(*parameters), strict=True):
            assert torch.equal(gradient(parameter)[0], expected)


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_sample_gives_the_same_in_a_graph_of_aot_autograd(name: str, dynamic: bool) -> None:
    from functorch.compile import aot_function, nop

    for module, _, sample in pairs(name):
        arguments = sample.forward_input

        def run(weights: dict[str, Tensor], given: Any, named: Any, module: Any = module) -> Any:
            return torch.func.functional_call(module, weights, given, named)

        weights = dict(module.named_parameters())
        compiled = aot_function(run, nop, num_params_buffers=len(weights), dynamic=dynamic)
        gradients = []
        for each in (compiled, run):
            results = flat(each(weights, arguments.args, arguments.kwargs))
            total = sum(result.sin().sum() for result in results)
            gradients.append([*results, *torch.autograd.grad(total, list(weights.values()))])
        assert all(torch.equal(*each) for each in zip(*gradients, strict=True))


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


def saved(value: Any, weights_only: bool) -> Any:
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=weights_only)


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_survives_pickling_saving_copying_and_state_dicts(name: str) -> None:
    for module, reference, sample in pairs(name):
        expected = call(module, sample)
        state_dict = saved(module.state_dict(), weights_only=True)
        assert list(state_dict) == list(reference.state_dict())
        twins = [pickle.loads(pickle.dumps(module)), saved(module, weights_only=False), copy.deepcopy(module)]
        for loaded in (reference.state_dict(), state_dict):
            twins.append(type(module)(*sample.constructor_input.args, **sample.constructor_input.kwargs))
            twins[-1].load_state_dict(loaded)
        for twin in (*twins, module.to("cpu"), module.float(), module.to(memory_format=torch.contiguous_format)):
            assert all(torch.equal(*each) for each in zip(call(twin, sample), expected, strict=True))
            assert [name for name, _ in twin.named_parameters()] == [name for name, _ in reference.named_parameters()]


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_moved_modules_keep_their_parameters_and_move_their_gradients(name: str, swap: bool) -> None:
    module, _, sample = pairs(name)[0]
    before = torch.__future__.get_swap_module_params_on_conversion()
    torch.__future__.set_swap_module_params_on_conversion(swap)
    try:
        expected, held = call(module, sample), list(module.parameters())
        expected[0].sum().backward()
        for dtype in (torch.float64, torch.float16, torch.float32):
            assert module.to(device="cpu", dtype=dtype) is module
            assert all(each.dtype == each.grad.dtype == dtype for each in module.parameters())
            assert all(one is other for one, other in zip(module.parameters(), held, strict=True))
    finally:
        torch.__future__.set_swap_module_params_on_conversion(before)
    # The weights were rounded to float16 on the way.
    torch.testing.assert_close(call(module, sample), expected, atol=1e-2, rtol=0)


@pytest.mark.parametrize("name", NAMES)
def test_only_noise_asks_whether_the_module_is_in_training(name: str) -> None:
    module = getattr(tidegate.torch, name)(3, 5)
    del module.training
    assert flat(module(torch.randn(4, 3)))


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
    for _, reference, sample in pairs(name):
        construction = sample.constructor_input

        def make(construction: Any = construction, **more: Any) -> Any:
            return getattr(tidegate.torch, name)(*construction.args, **{**construction.kwargs, **more})

        wide = make(device="meta", dtype=torch.float64)
        assert all(each.is_meta and each.dtype == torch.float64 for each in wide.parameters())
        with torch.device("meta"):
            module = make()
        assert all(each.is_meta for each in module.parameters())
        assert [each.shape for each in module.parameters()] == [each.shape for each in reference.parameters()]
        module.to_empty(device="cpu")
        assert all(each.device.type == "cpu" and isinstance(each, torch.nn.Parameter) for each in module.parameters())
        module.load_state_dict(reference.state_dict())
        assert [each.shape for each in call(module, sample)] == [each.shape for each in call(reference, sample)]
        module.reset_parameters()
        assert not torch.equal(module.state_dict()[next(iter(reference.state_dict()))], next(reference.parameters()))


@pytest.mark.parametrize("name", NAMES)
def test_a_module_on_the_meta_device_gives_shapes(name: str) -> None:
    module, reference = (getattr(home, name)(3, 5, device="meta") for home in (tidegate.torch, torch.nn))
    input = torch.empty(4, 3, device="meta")
    for one, other in zip(flat(module(input)), flat(reference(input)), strict=True):
        assert one.shape == other.shape and one.is_meta


def spread(tensor: Tensor) -> Tensor:
    """The same values with gaps between them."""
    return tensor.detach().repeat_interleave(2, dim=-1)[..., ::2].requires_grad_(tensor.requires_grad)


@pytest.mark.parametrize("name", NAMES)
def test_inputs_states_gradients_and_weights_that_are_not_contiguous_give_the_same(name: str) -> None:
    for module, _, sample in pairs(name):
        arguments = sample.forward_input
        spread_out = tree_map(spread, (arguments.args, arguments.kwargs))
        assert not all(each.is_contiguous() for each in flat([*spread_out[0], *spread_out[1].values()]))
        results = call(module, sample)
        output_gradients = [torch.randn_like(each) for each in results]
        expected = None
        for strided_weights in (False, True):
            if strided_weights:
                for parameter in module.parameters():
                    parameter.data = torch.empty(*parameter.shape, 2)[..., 0].copy_(parameter.detach())
            for positional, named in ((arguments.args, arguments.kwargs), spread_out):
                for of_results in (output_gradients, [spread(each) for each in output_gradients]):
                    found = flat(module(*positional, **named))
                    wanted = [*flat([*positional, *named.values()]), *module.parameters()]
                    found += torch.autograd.grad(found, wanted, of_results)
                    expected = expected or found
                    assert all(torch.equal(*each) for each in zip(found, expected, strict=True))
