"""What PyTorch's own tests check of the weights of its recurrent modules, checked of ours."""

import copy
import gc
from typing import Any

import pytest
import torch
from torch.nn.utils import prune
from torch.utils._pytree import tree_leaves

import tidegate.torch

LAYERS = ["RNN", "GRU", "LSTM"]
PARAMETERS = ["bias_hh_l0", "bias_ih_l0", "weight_hh_l0", "weight_ih_l0"]


def test_pruned_weights_are_used_and_given_back() -> None:
    module = tidegate.torch.LSTM(32, 32)
    input = torch.randn(4, 2, 32)
    before = module(input)[0]
    prune.l1_unstructured(module, "weight_ih_l0", 0.5)
    assert sum(isinstance(each, torch.nn.Parameter) for each in module._flat_weights) == 3
    pruned = module(input)[0]
    assert not torch.equal(pruned, before)
    pruned.sum().backward()
    assert module.weight_ih_l0_orig.grad[module.weight_ih_l0_mask == 0].abs().sum() == 0
    prune.remove(module, "weight_ih_l0")
    assert sum(isinstance(each, torch.nn.Parameter) for each in module._flat_weights) == 4
    assert sorted(module._parameters) == sorted(dict(module.named_parameters())) == PARAMETERS
    assert torch.equal(module(input)[0], pruned)


@pytest.mark.parametrize("weight", ["weight_ih_l0", "weight_hh_l0"])
@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated")
def test_a_norm_of_weights_leaves_the_results_and_is_taken_away_again(weight: str, assert_close: Any) -> None:
    module, input = tidegate.torch.LSTM(32, 32), torch.randn(4, 2, 32)
    expected = tree_leaves(module(input))
    torch.nn.utils.weight_norm(module, name=weight)
    assert sum(isinstance(each, torch.nn.Parameter) for each in module._flat_weights) == 3
    assert_close(tree_leaves(module(input)), expected)
    torch.nn.utils.remove_weight_norm(module, name=weight)
    assert sum(isinstance(each, torch.nn.Parameter) for each in module._flat_weights) == 4
    assert sorted(module._parameters) == sorted(dict(module.named_parameters())) == PARAMETERS
    assert_close(tree_leaves(module(input)), expected)


@pytest.mark.parametrize("norm", [torch.nn.utils.weight_norm, torch.nn.utils.parametrizations.weight_norm])
@pytest.mark.filterwarnings("ignore:.*weight_norm.*deprecated")
def test_normed_weights_are_trained_as_in_pytorch(norm: Any, assert_close: Any) -> None:
    reference = torch.nn.GRU(3, 5)
    module = tidegate.torch.GRU(3, 5)
    module.load_state_dict(reference.state_dict())
    gradients = []
    input = torch.randn(6, 2, 3)
    for each in (norm(module, "weight_hh_l0"), norm(reference, "weight_hh_l0")):
        each(input)[0].square().sum().backward()
        gradients.append({name: value.grad for name, value in each.named_parameters()})
    assert gradients[0].keys() == gradients[1].keys()
    for name in gradients[0]:
        assert_close(gradients[0][name], gradients[1][name], name)


def test_all_weights_and_flat_weights_are_those_of_pytorch() -> None:
    module, reference = (home.GRU(3, 5, 2, bidirectional=True) for home in (tidegate.torch, torch.nn))
    assert [[each.shape for each in group] for group in module.all_weights] == [
        [each.shape for each in group] for group in reference.all_weights
    ]
    assert module._flat_weights_names == reference._flat_weights_names
    module.flatten_parameters()
    assert all(one is other for one, other in zip(module._flat_weights, module.parameters(), strict=True))


def test_shared_memory_and_assigned_parameters_are_used() -> None:
    module = tidegate.torch.GRU(3, 5)
    module.share_memory()
    assert module.weight_ih_l0.is_shared()
    module.weight_ih_l0 = torch.nn.Parameter(torch.zeros(15, 3))
    other = tidegate.torch.GRU(3, 5)
    other.load_state_dict(module.state_dict(), assign=True)
    input = torch.randn(4, 2, 3)
    assert torch.equal(module(input)[0], other(input)[0])


@pytest.mark.parametrize("name", LAYERS)
def test_a_weight_that_gets_memory_of_its_own_gives_the_same(name: str) -> None:
    module = getattr(tidegate.torch, name)(10, 20, batch_first=True)
    input, state = torch.randn(5, 4, 10, requires_grad=True), torch.randn(2, 1, 5, 20, requires_grad=True)

    def results() -> list[torch.Tensor]:
        output, final = module(input, tuple(state) if name == "LSTM" else state[0])
        return [output, *tree_leaves(final), *torch.autograd.grad(output.sum(), [input, state, *module.parameters()])]

    expected = results()
    memory = module.weight_hh_l0.detach().clone()
    with torch.no_grad():
        module.weight_hh_l0.set_(memory)
    for _ in range(2):
        assert all(torch.equal(*each) for each in zip(results(), expected, strict=True))
    memory[:] = 4
    assert torch.equal(module.weight_hh_l0, memory), "the module holds the memory, no copy of it"
    assert not torch.equal(results()[0], expected[0])


@pytest.mark.parametrize("name", LAYERS)
def test_weights_that_are_tied_are_trained_as_in_pytorch(name: str, accelerated: Any, assert_close: Any) -> None:
    reference = getattr(torch.nn, name)(10, 20, bidirectional=True)
    results = []
    for module in (accelerated(reference), reference):
        module.bias_ih_l0_reverse = module.bias_ih_l0
        assert len(list(module.parameters())) == 7
        optimiser = torch.optim.SGD(module.parameters(), 0.1)
        torch.manual_seed(5)
        input = torch.randn(5, 4, 10)
        module(input)[0].sum().backward()
        optimiser.step()
        results.append([module(input)[0], *module.parameters()])
    assert_close(*results)


def test_a_weight_may_be_missing_while_the_module_is_moved() -> None:
    module, input = tidegate.torch.LSTM(10, 6, 2), torch.randn(3, 2, 10)
    expected, weight = module(input)[0], module.weight_hh_l0
    del module.weight_hh_l0
    assert not hasattr(module, "weight_hh_l0")
    module.to("cpu").double().float()
    module.weight_hh_l0 = weight
    assert torch.equal(module(input)[0], expected)


@pytest.mark.parametrize("name", LAYERS)
def test_modules_that_were_pickled_before_there_were_projections_are_read(name: str) -> None:
    module, loaded = (getattr(tidegate.torch, name)(2, 3) for _ in range(2))
    input = torch.randn(32, 5, 2)
    expected = module(input)[0]
    state = dict(module.__dict__)
    del state["proj_size"]
    loaded.__setstate__(state)
    assert torch.equal(loaded(input)[0], expected)


@pytest.mark.parametrize("name", LAYERS)
def test_loading_a_state_dict_leaves_no_cycle_of_references(name: str) -> None:
    module = getattr(tidegate.torch, name)(16, 16, bidirectional=True)
    gc.collect()
    module.load_state_dict(copy.deepcopy(module).state_dict())
    assert gc.collect() == 0
