"""Outputs and all gradients equal those of PyTorch's modules, over every option."""

import itertools
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

INPUTS, UNITS, STEPS, SEQUENCES = 3, 5, 6, 4
LENGTHS = {"packed": [6, 6, 3, 1], "packed_unsorted": [3, 6, 1, 6]}
MODULES = {
    "GRU": lambda **options: torch.nn.GRU(INPUTS, UNITS, **options),
    "LSTM": lambda **options: torch.nn.LSTM(INPUTS, UNITS, **options),
    "RNN_TANH": lambda **options: torch.nn.RNN(INPUTS, UNITS, **options),
    "RNN_RELU": lambda **options: torch.nn.RNN(INPUTS, UNITS, nonlinearity="relu", **options),
}
GRID = list(itertools.product(MODULES, (1, 2), *[(False, True)] * 4))


def leaves(*shape: int, count: int = 1) -> list[Tensor]:
    return [torch.randn(*shape).requires_grad_() for _ in range(count)]


def flat(results: Any) -> list[Tensor]:
    """The tensors of outputs and states, however they are nested."""
    if isinstance(results, Tensor):
        return [results]
    if isinstance(results, PackedSequence):
        return [results.data]
    return [tensor for result in results for tensor in flat(result)]


def results_and_gradients(module: Any, input: Any, state: Any, inputs: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """What the module returns, and the gradients of a sum that weighs every value differently."""
    results = flat(module(input, state))
    total = sum((result * torch.linspace(-1, 1, result.numel()).reshape(result.shape)).sum() for result in results)
    for tensor in (*inputs, *module.parameters()):
        tensor.grad = None
    total.backward()
    return [result.detach() for result in results], [tensor.grad for tensor in (*inputs, *module.parameters())]


@pytest.mark.parametrize("form", ["batched", "unbatched", "packed", "packed_unsorted"])
@pytest.mark.parametrize(("kind", "layers", "bidirectional", "bias", "batch_first", "state_given"), GRID)
def test_outputs_and_gradients_equal_those_of_pytorch(
    kind: str,
    layers: int,
    bidirectional: bool,
    bias: bool,
    batch_first: bool,
    state_given: bool,
    form: str,
    assert_close: Any,
    accelerated: Any,
) -> None:
    reference = MODULES[kind](num_layers=layers, bidirectional=bidirectional, bias=bias, batch_first=batch_first)
    module = accelerated(reference)
    batched = form != "unbatched"
    shape = [SEQUENCES, STEPS, INPUTS] if batch_first else [STEPS, SEQUENCES, INPUTS]
    inputs = leaves(*(shape if batched else [STEPS, INPUTS]))
    parts = 2 if kind == "LSTM" else 1
    rows = [layers * (1 + bidirectional), *([SEQUENCES] if batched else []), UNITS]
    if state_given:
        inputs += leaves(*rows, count=parts)
    state = None if not state_given else inputs[1] if parts == 1 else tuple(inputs[1:])

    def arranged() -> Any:
        if form not in LENGTHS:
            return inputs[0]
        return pack_padded_sequence(inputs[0], LENGTHS[form], batch_first, enforce_sorted=form == "packed")

    expected, expected_gradients = results_and_gradients(reference, arranged(), state, inputs)
    found, found_gradients = results_and_gradients(module, arranged(), state, inputs)
    assert_close(found, expected, "results")
    assert_close(found_gradients, expected_gradients, "gradients")
    with torch.no_grad():
        for one, other in zip(flat(module(arranged(), state)), found, strict=True):
            assert torch.equal(one, other), "inference gives the bits of training"


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("sizes", [(1, 100, 1, 32), (7, 30, 40, 65), (33, 20, 17, 128)])
def test_sizes_that_threads_and_whole_vectors_split_differently_agree_with_pytorch(
    kind: str, sizes: tuple[int, int, int, int], assert_close: Any, accelerated: Any
) -> None:
    batch, steps, inputs, units = sizes
    options = {"nonlinearity": "relu"} if kind == "RNN_RELU" else {}
    reference = getattr(torch.nn, kind.split("_")[0])(inputs, units, **options)
    module = accelerated(reference)
    tensors = leaves(steps, batch, inputs)
    expected = results_and_gradients(reference, tensors[0], None, tensors)
    found = results_and_gradients(module, tensors[0], None, tensors)
    assert_close(found, expected)


@pytest.mark.parametrize("kind", ["GRUCell", "LSTMCell", "RNNCell"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("state_given", [True, False])
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_cells_equal_those_of_pytorch(
    kind: str, bias: bool, batched: bool, state_given: bool, nonlinearity: str, assert_close: Any, accelerated: Any
) -> None:
    if nonlinearity == "relu" and kind != "RNNCell":
        pytest.skip("the cell has no choice of activation")
    options = {"nonlinearity": nonlinearity} if kind == "RNNCell" else {}
    reference = getattr(torch.nn, kind)(INPUTS, UNITS, bias=bias, **options)
    module = accelerated(reference)
    rows = [SEQUENCES] if batched else []
    inputs = leaves(*rows, INPUTS)
    parts = 2 if kind == "LSTMCell" else 1
    if state_given:
        inputs += leaves(*rows, UNITS, count=parts)
    state = None if not state_given else inputs[1] if parts == 1 else tuple(inputs[1:])
    expected = results_and_gradients(reference, inputs[0], state, inputs)
    found = results_and_gradients(module, inputs[0], state, inputs)
    assert_close(found, expected)


def test_cells_step_by_step_equal_the_layer_over_the_sequence(assert_close: Any) -> None:
    import tidegate.torch

    layer, cell = tidegate.torch.GRU(INPUTS, UNITS), tidegate.torch.GRUCell(INPUTS, UNITS)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    input = torch.randn(STEPS, SEQUENCES, INPUTS)
    state, outputs = torch.zeros(SEQUENCES, UNITS), []
    for row in input:
        state = cell(row, state)
        outputs.append(state)
    assert torch.equal(torch.stack(outputs), layer(input)[0])


@pytest.mark.parametrize("kind", MODULES)
def test_gradients_of_one_result_alone_equal_those_of_pytorch(kind: str, assert_close: Any, accelerated: Any) -> None:
    reference = MODULES[kind](num_layers=2)
    module = accelerated(reference)
    input = torch.randn(STEPS, SEQUENCES, INPUTS)
    for which in range(3 if kind == "LSTM" else 2):
        gradients = []
        for each in (reference, module):
            each.zero_grad()
            flat(each(input))[which].sin().sum().backward()
            gradients.append([parameter.grad for parameter in each.parameters()])
        assert_close(gradients[1], gradients[0], f"of result {which}")


def test_inputs_with_any_strides_give_the_bits_of_contiguous_ones(accelerated: Any) -> None:
    module = accelerated(torch.nn.GRU(INPUTS, UNITS))
    wide = torch.randn(STEPS, SEQUENCES, 2 * INPUTS)
    for view in (wide[..., ::2], wide.transpose(0, 1)[..., :INPUTS], wide[:, :1, :INPUTS].expand(-1, 3, -1)):
        assert torch.equal(module(view)[0], module(view.contiguous())[0])
    transposed = torch.nn.Parameter(module.weight_hh_l0.detach().t().contiguous().t())
    expected = module(wide[..., :INPUTS])[0]
    module.weight_hh_l0 = transposed
    assert torch.equal(module(wide[..., :INPUTS])[0], expected)


def test_evaluation_ignores_dropout(assert_close: Any, accelerated: Any) -> None:
    reference = torch.nn.LSTM(INPUTS, UNITS, 2, dropout=0.5).eval()
    input = torch.randn(STEPS, SEQUENCES, INPUTS)
    assert_close(accelerated(reference)(input)[0], reference(input)[0])


@pytest.mark.parametrize("missing", ["bias_ih", "bias_hh"])
@pytest.mark.parametrize("name", ["GRUCell", "LSTMCell", "RNNCell"])
def test_cells_with_one_bias_equal_those_of_pytorch(name: str, missing: str, accelerated: Any, assert_close: Any) -> None:
    plain = getattr(torch.nn, name)(3, 5)
    setattr(plain, missing, None)
    ours, input = accelerated(plain), torch.randn(2, 3)
    results = []
    for module in (ours, plain):
        state = module(input)
        state = torch.cat(state) if isinstance(state, tuple) else state
        results.append([state, *torch.autograd.grad(state.sin().sum(), list(module.parameters()))])
    assert_close(*results)
