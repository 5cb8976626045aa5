"""What PyTorch's own tests check of the arguments, states and gradients of its recurrent modules, checked of ours.

docs/pytorch.md says which test each stands for, and which cannot apply.
"""

from typing import Any

import pytest
import torch
from torch import Tensor
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


@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"batch_first": True}])
@pytest.mark.parametrize("name", LAYERS)
def test_what_does_not_fit_raises_the_words_of_pytorch(name: str, options: dict[str, bool]) -> None:
    module, reference = (getattr(home, name)(3, 5, 2, **options) for home in (tidegate.torch, torch.nn))
    rows = 4 if options.get("bidirectional") else 2
    shape = (4, 6, 3) if options.get("batch_first") else (6, 4, 3)
    input, without_steps = torch.randn(shape), torch.randn([0 if size == 6 else size for size in shape])

    def states(*shape: int, device: str = "cpu") -> list[Any]:
        """States of which one part at least has this shape."""
        wrong, right = torch.randn(shape, device=device), torch.randn(rows, 4, 5)
        return [(wrong, wrong), (wrong, right), (right, wrong)] if name == "LSTM" else [wrong]

    attempts: list[tuple[Tensor, Any]] = [
        (torch.randn(*shape[:2], 7), None),
        (torch.randn(3), None),
        (torch.randn(1, *shape), None),
        (without_steps, None),
        (input.double(), None),
        (torch.randn(shape, device="meta"), None),
        *((torch.randn(*shape[:2], 7), state) for state in states(rows, 4, 5)),
        *((torch.randn(7, 7, 3), state) for state in states(rows, 4, 5)),
        *((torch.randn(shape, device="meta"), state) for state in states(rows, 4, 5)),
        *((torch.randn(4, 3), state) for state in states(rows, 1, 5)),
        *((input, state) for sizes in [(rows, 7, 5), (rows, 4, 7), (7, 4, 5), (rows, 5)] for state in states(*sizes)),
        *((input, state) for state in states(rows, 4, 5, device="meta")),
    ]
    for given, state in attempts:
        with pytest.raises((RuntimeError, ValueError)) as expected:
            reference(given, state)
        with pytest.raises(expected.type) as found:
            module(given, state)
        assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("name", CELLS)
def test_sizes_and_devices_that_do_not_fit_a_cell_are_refused_and_never_broadcast(name: str) -> None:
    def attempt(make: Any, input: Tensor, state: Any) -> None:
        with pytest.raises(RuntimeError):
            make(10, 20)(input, state)

    right = torch.randn(3, 20)
    for home in (torch.nn, tidegate.torch):
        make = getattr(home, name)
        for shape in [(3, 1), (3, 11), (1, 10)]:
            attempt(make, torch.randn(shape), (right, right) if name == "LSTMCell" else right)
        for wrong in (torch.randn(1, 20), torch.randn(3, 1), torch.randn(3, 21), torch.randn(3, 20, device="meta")):
            parts = [(wrong, right), (right, wrong), (wrong, wrong)] if name == "LSTMCell" else [wrong]
            for state in parts:
                attempt(make, torch.randn(3, 10), state)
        attempt(make, torch.randn(3, 10, device="meta"), None)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", CELLS)
def test_gradients_through_the_steps_of_a_cell_equal_those_of_pytorch(
    name: str, bias: bool, accelerated: Any, assert_close: Any
) -> None:
    reference = getattr(torch.nn, name)(10, 20, bias=bias)
    input, first = torch.randn(3, 10), torch.randn(2, 3, 20)
    results = []
    for cell in (accelerated(reference), reference):
        state = tuple(first) if name == "LSTMCell" else first[0]
        for _ in range(6):
            state = cell(input, state)
        total = sum(each.sum() for each in flat(state))
        results.append([*flat(state), *torch.autograd.grad(total, list(cell.parameters()))])
    assert_close(*results)


@pytest.mark.parametrize(
    ("name", "options"), [*((name, {}) for name in CELLS), ("RNNCell", {"nonlinearity": "relu"})]
)
def test_a_cell_without_units_gives_an_empty_state(name: str, options: dict[str, str]) -> None:
    cell = getattr(tidegate.torch, name)(10, 0, **options)
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


@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize(
    ("lengths", "sorted_"),
    [
        ([5], True),
        ([5], False),
        ([10, 10, 6, 2, 2, 1, 1], True),
        ([10, 10, 6, 2, 2, 1, 1], False),
        ([2, 1, 3, 2, 10, 5, 3], False),
    ],
)
@pytest.mark.parametrize("name", LAYERS)
def test_packed_sequences_agree_with_each_sequence_alone(
    name: str, lengths: list[int], sorted_: bool, given: bool, assert_close: Any
) -> None:
    module = getattr(tidegate.torch, name)(3, 4, 2, bidirectional=True)
    padded = torch.randn(max(lengths), len(lengths), 3, requires_grad=True)
    first = torch.randn(2, 4, len(lengths), 4) if given else None

    def state_of(rows: slice) -> Any:
        parts = None if first is None else first[:, :, rows]
        return None if parts is None else tuple(parts) if name == "LSTM" else parts[0]

    packed, final = module(pack_padded_sequence(padded, lengths, enforce_sorted=sorted_), state_of(slice(None)))
    output, found_lengths = pad_packed_sequence(packed)
    assert found_lengths.tolist() == lengths
    total = torch.zeros(())
    for row, length in enumerate(lengths):
        alone, alone_final = module(padded[:length, row : row + 1], state_of(slice(row, row + 1)))
        assert torch.equal(output[:length, row : row + 1], alone)
        assert not output[length:, row].any()
        for one, other in zip(flat(final), flat(alone_final), strict=True):
            assert torch.equal(one[:, row : row + 1], other)
        total = total + alone.sum()
    wanted = [padded, *module.parameters()]
    assert_close(torch.autograd.grad(output.sum(), wanted), torch.autograd.grad(total, wanted))


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
    assert tidegate.torch.RNN(3, 5).nonlinearity == "tanh"
    assert tidegate.torch.RNN(3, 5, 1, "relu").nonlinearity == "relu"
    assert tidegate.torch.RNN(3, 5, nonlinearity="relu").mode == "RNN_RELU"
    cell = tidegate.torch.RNNCell(3, 5, nonlinearity="garbage")
    with pytest.raises(RuntimeError, match="Unknown nonlinearity: garbage"):
        cell(torch.randn(2, 3))
