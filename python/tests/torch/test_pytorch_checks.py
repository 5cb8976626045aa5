"""What PyTorch's own tests check of its recurrent modules (test/test_nn.py, test/test_autograd.py, test/nn), checked of ours.

docs/pytorch.md says which test each stands for, and which cannot apply.
"""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils import prune
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

import tidegate.torch

LAYERS = ["RNN", "GRU", "LSTM"]
CELLS = ["RNNCell", "GRUCell", "LSTMCell"]


def flat(results: Any) -> list[Tensor]:
    if isinstance(results, PackedSequence):
        return [results.data]
    return [results] if isinstance(results, Tensor) else [each for result in results for each in flat(result)]


@pytest.mark.parametrize("name", LAYERS)
def test_a_state_of_zeros_is_that_which_is_not_given(name: str) -> None:
    module = getattr(tidegate.torch, name)(30, 20, 2)
    input, zeros = torch.randn(10, 32, 30), torch.zeros(2, 32, 20)
    given = module(input, (zeros, zeros) if name == "LSTM" else zeros)
    for one, other in zip(flat(given), flat(module(input)), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", LAYERS)
def test_wrong_sizes_of_input_and_state_raise_as_in_pytorch(name: str) -> None:
    module, reference = (getattr(home, name)(3, 5, 2) for home in (tidegate.torch, torch.nn))

    def pair(state: Tensor) -> Any:
        return (state, state) if name == "LSTM" else state

    good = torch.randn(4, 2, 3)
    attempts = [
        (torch.randn(4, 2, 4), None),
        (torch.randn(4), None),
        (torch.randn(1, 4, 2, 3), None),
        (good, pair(torch.randn(2, 3, 5))),
        (good, pair(torch.randn(2, 2, 6))),
        (good, pair(torch.randn(1, 2, 5))),
        (good, pair(torch.randn(2, 5))),
        (torch.randn(4, 3), pair(torch.randn(2, 1, 5))),
        (torch.randn(0, 2, 3), None),
        (good.double(), None),
    ]
    for input, state in attempts:
        with pytest.raises((RuntimeError, ValueError)) as expected:
            reference(input, state)
        with pytest.raises(expected.type) as found:
            module(input, state)
        shapes = [] if state is None else [str(list(each.shape)) for each in flat(state)[:1]]
        assert str(found.value)
        if shapes and "Expected hidden" in str(expected.value):
            assert shapes[0] in str(found.value)


@pytest.mark.parametrize("name", CELLS)
def test_cells_do_not_broadcast(name: str) -> None:
    cell = getattr(tidegate.torch, name)(10, 20)
    for input, hidden in [((3, 10), (1, 20)), ((1, 10), (3, 20)), ((3, 1), (3, 20)), ((3, 10), (3, 1))]:
        state = torch.randn(hidden)
        with pytest.raises(RuntimeError):
            cell(torch.randn(input), (state, state) if name == "LSTMCell" else state)


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_without_units_gives_an_empty_state(name: str) -> None:
    cell = getattr(tidegate.torch, name)(10, 0)
    state = torch.randn(3, 0)
    found = cell(torch.randn(3, 10), (state, state) if name == "LSTMCell" else state)
    assert all(each.shape == (3, 0) for each in flat(found))


@pytest.mark.parametrize("name", LAYERS)
def test_an_empty_batch_gives_empty_results_as_in_pytorch(name: str) -> None:
    module, reference = (getattr(home, name)(3, 5, 2) for home in (tidegate.torch, torch.nn))
    input = torch.randn(4, 0, 3, requires_grad=True)
    expected, found = flat(reference(input)), flat(module(input))
    assert [each.shape for each in found] == [each.shape for each in expected]
    found[0].sum().backward()
    assert all(torch.equal(each.grad, torch.zeros_like(each)) for each in module.parameters())


@pytest.mark.parametrize("name", LAYERS)
def test_a_graph_that_is_kept_gives_the_same_gradients_again(name: str) -> None:
    module = getattr(tidegate.torch, name)(10, 20, num_layers=2)
    input = torch.randn(5, 6, 10, requires_grad=True)
    total = module(input)[0].sum()
    first = torch.autograd.grad(total, [input, *module.parameters()], retain_graph=True)
    for _ in range(2):
        again = torch.autograd.grad(total, [input, *module.parameters()], retain_graph=True)
        assert all(torch.equal(*each) for each in zip(first, again, strict=True))


@pytest.mark.parametrize("which", [0, 1])
def test_one_gradient_of_an_lstm_cell_is_enough(which: int) -> None:
    input = torch.randn(1, 2, requires_grad=True)
    tidegate.torch.LSTMCell(2, 3)(input)[which].sum().backward()
    assert input.grad is not None and input.grad.abs().sum() > 0


@pytest.mark.parametrize("name", LAYERS)
def test_inputs_get_gradients_where_weights_are_frozen(name: str) -> None:
    module = getattr(tidegate.torch, name)(2, 3).requires_grad_(False)
    input = torch.randn(1, 1, 2, requires_grad=True)
    module(input)[0].sum().backward()
    assert input.grad is not None and input.grad.abs().sum() > 0


@pytest.mark.parametrize("name", LAYERS)
def test_packed_sequences_agree_with_each_sequence_alone(name: str) -> None:
    module = getattr(tidegate.torch, name)(3, 5, 2, bidirectional=True)
    lengths = [7, 4, 9, 1]
    padded = torch.zeros(9, 4, 3)
    for row, length in enumerate(lengths):
        padded[:length, row] = torch.randn(length, 3)
    packed, state = module(pack_padded_sequence(padded, lengths, enforce_sorted=False))
    output, found_lengths = pad_packed_sequence(packed)
    assert found_lengths.tolist() == lengths
    for row, length in enumerate(lengths):
        alone, alone_state = module(padded[:length, row])
        assert torch.equal(output[:length, row], alone)
        assert not output[length:, row].any()
        for one, other in zip(flat(state), flat(alone_state), strict=True):
            assert torch.equal(one[:, row], other)


def test_dropout_outside_of_zero_to_one_is_refused() -> None:
    for name in LAYERS:
        for dropout in (-0.1, 1.1, "0.5", True):
            with pytest.raises(ValueError, match="dropout should be a number in range"):
                getattr(tidegate.torch, name)(3, 5, 2, dropout=dropout)


def test_dropout_that_is_changed_later_counts() -> None:
    module = tidegate.torch.GRU(3, 5, 2)
    input = torch.randn(6, 2, 3)
    expected = module(input)[0]
    module.dropout = 0.5
    assert not torch.equal(module(input)[0], expected)
    module.dropout = 0.0
    assert torch.equal(module(input)[0], expected)


def test_dropout_without_a_second_layer_warns_as_in_pytorch() -> None:
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
        tidegate.torch.LSTM(3, 5, dropout=0.5)


def test_projections_are_refused_and_say_what_to_do() -> None:
    for name in ("GRU", "RNN"):
        with pytest.raises(ValueError, match="proj_size argument is only supported for LSTM"):
            getattr(tidegate.torch, name)(3, 5, proj_size=2)
    with pytest.raises(NotImplementedError, match=r"use torch\.nn\.LSTM"):
        tidegate.torch.LSTM(3, 5, proj_size=2)
    with pytest.raises(NotImplementedError, match="proj_size is 2"):
        tidegate.torch.LSTM(3, 5, 1, True, False, 0.0, False, 2)
    assert tidegate.torch.LSTM(3, 5, 1, True, False, 0.0, False, 0).hidden_size == 5
    assert tidegate.torch.LSTM(3, 5, proj_size=0).proj_size == 0


def test_an_activation_that_is_unknown_is_refused() -> None:
    for make in (tidegate.torch.RNN, torch.nn.RNN):
        with pytest.raises(ValueError, match="Unknown nonlinearity 'garbage'"):
            make(3, 5, nonlinearity="garbage")
    assert tidegate.torch.RNN(3, 5, 1, "relu").nonlinearity == "relu"
    cell = tidegate.torch.RNNCell(3, 5, nonlinearity="garbage")
    with pytest.raises(RuntimeError, match="Unknown nonlinearity: garbage"):
        cell(torch.randn(2, 3))


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
    assert "weight_ih_l0" in dict(module.named_parameters())
    assert torch.equal(module(input)[0], pruned)


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
