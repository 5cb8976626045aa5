"""The custom operators, as autograd, ``torch.compile``, ``torch.export`` and their kin know them."""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.checkpoint import checkpoint

import tidegate.torch
from tidegate.torch import operators

MODULES = [tidegate.torch.GRU, tidegate.torch.LSTM, tidegate.torch.RNN]


def weights(units: int, inputs: int, blocks: int, requires_grad: bool = True) -> list[Tensor]:
    shapes = [(blocks * units, inputs), (blocks * units, units), (blocks * units,), (blocks * units,)]
    return [(0.5 * torch.randn(shape)).requires_grad_(requires_grad) for shape in shapes]


@pytest.mark.parametrize("kind", ["gru", "gru_reset_before", "lstm", "rnn_tanh", "rnn_relu"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("given", [False, True])
def test_the_operator_passes_the_checks_of_pytorch(kind: str, packed: bool, given: bool) -> None:
    blocks = {"gru": 3, "lstm": 4, "rnn": 1}[kind.split("_")[0]]
    input = torch.randn(*([5] if packed else [3, 2]), 4, requires_grad=given)
    sizes = torch.tensor([2, 2, 1]) if packed else None
    hidden = torch.randn(1, 2, 3, requires_grad=True) if given else None
    cell = torch.randn(1, 2, 3, requires_grad=True) if given and kind == "lstm" else None
    rates, seed = ([0.0, 0.3, 0.2, 0.0], torch.tensor(5)) if given else ([0.0] * 4, None)
    arguments = (input, sizes, hidden, cell, weights(3, 4, blocks), kind, 1, False, rates, seed, True)
    if packed and hidden is None:
        # How many sequences there are is in the values of batch_sizes, which no graph knows before it runs.
        checks = ("test_schema", "test_autograd_registration")
        torch.library.opcheck(operators.recurrent, arguments, test_utils=checks)
    else:
        torch.library.opcheck(operators.recurrent, arguments)
    plain = [tensor.detach() if isinstance(tensor, Tensor) else tensor for tensor in arguments[:4]]
    _, _, _, tape = operators.recurrent(*arguments)
    output_gradient = torch.randn(*input.shape[:-1], 3)
    backward = (*plain, [w.detach() for w in arguments[4]], *arguments[5:10], tape, output_gradient, None, None, True)
    torch.library.opcheck(operators.recurrent_backward, backward, test_utils=("test_schema", "test_autograd_registration"))


@pytest.mark.parametrize("module", MODULES)
def test_a_whole_graph_is_compiled_with_outputs_and_gradients_of_eager(module: Any) -> None:
    network = torch.nn.Sequential(torch.nn.Linear(3, 4))
    recurrent, head = module(4, 5, 2, bidirectional=True), torch.nn.Linear(10, 1)

    def loss(input: Tensor) -> Tensor:
        output, _ = recurrent(torch.relu(network(input)))
        return head(output).square().mean()

    parameters = [*network.parameters(), *recurrent.parameters(), *head.parameters()]
    input = torch.randn(6, 2, 3)
    expected = loss(input)
    gradients = torch.autograd.grad(expected, parameters)
    compiled = torch.compile(loss, fullgraph=True, backend="aot_eager")
    found = compiled(input)
    assert torch.allclose(found, expected, atol=1e-6)
    for one, other in zip(torch.autograd.grad(found, parameters), gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_one_compiled_graph_serves_all_lengths_and_batches() -> None:
    module = tidegate.torch.GRU(3, 5)
    graphs = 0

    def counting(graph: Any, inputs: Any) -> Any:
        nonlocal graphs
        graphs += 1
        return graph

    compiled = torch.compile(module, fullgraph=True, dynamic=True, backend=counting)
    for steps, batch in [(4, 2), (5, 3), (9, 7)]:
        input = torch.randn(steps, batch, 3)
        assert torch.equal(compiled(input)[0], module(input)[0])
    assert graphs == 1


def test_inductor_compiles_a_training_step() -> None:
    module = tidegate.torch.GRU(3, 5)
    twin = copy.deepcopy(module)
    compiled = torch.compile(twin, fullgraph=True)
    input = torch.randn(6, 2, 3)
    for each in (module, compiled):
        each(input)[0].square().sum().backward()
    for one, other in zip(module.parameters(), twin.parameters(), strict=True):
        assert torch.allclose(one.grad, other.grad, atol=1e-5)


def test_noise_of_a_compiled_module_follows_from_the_seed() -> None:
    module = tidegate.torch.GRU(3, 5, 2, dropout=0.3, recurrent_dropout=0.3, zoneout=0.2)
    compiled = torch.compile(module, fullgraph=True, backend="aot_eager")
    input = torch.randn(6, 2, 3)
    results = []
    for each in (module, compiled):
        torch.manual_seed(4)
        output, _ = each(input)
        results.append([output, *torch.autograd.grad(output.square().sum(), module.parameters())])
    assert all(torch.equal(*each) for each in zip(*results, strict=True))


def test_cells_are_compiled() -> None:
    cell = tidegate.torch.LSTMCell(3, 5)
    input = torch.randn(2, 3)
    expected = cell(input)
    found = torch.compile(cell, fullgraph=True, backend="aot_eager")(input)
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def test_an_exported_program_computes_the_same() -> None:
    module = tidegate.torch.GRU(3, 5).eval()
    input = torch.randn(6, 2, 3)
    program = torch.export.export(module, (input,))
    assert torch.equal(program.module()(input)[0], module(input)[0])


def test_a_traced_module_computes_the_same() -> None:
    module = tidegate.torch.GRU(3, 5).eval()
    input = torch.randn(6, 2, 3)
    with torch.no_grad():
        traced = torch.jit.trace(module, input)
    assert torch.equal(traced(torch.ones(6, 2, 3))[0], module(torch.ones(6, 2, 3))[0])


@pytest.mark.parametrize("options", [{}, {"recurrent_dropout": 0.3, "zoneout": 0.2}])
def test_a_second_backward_pass_gives_the_same_bits(options: dict[str, float]) -> None:
    module = tidegate.torch.GRU(3, 5, **options)
    output, _ = module(torch.randn(6, 2, 3))
    total = output.square().sum()
    first = torch.autograd.grad(total, module.parameters(), retain_graph=True)
    second = torch.autograd.grad(total, module.parameters())
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def test_a_copy_of_a_tape_is_no_tape_and_gives_the_same_bits() -> None:
    arguments = (torch.randn(4, 2, 3), None, None, None, weights(5, 3, 3, False), "gru", 1, False, [0.0] * 4, None)
    output, _, _, tape = operators.recurrent(*arguments, True)
    gradients = torch.ones_like(output), None, None, True
    copied = operators.recurrent_backward(*arguments, tape.clone(), *gradients)
    missing = operators.recurrent_backward(*arguments, tape.new_empty(0), *gradients)
    taken = operators.recurrent_backward(*arguments, tape, *gradients)
    for found in (copied, missing):
        assert torch.equal(found[0], taken[0])
        assert all(torch.equal(one, other) for one, other in zip(found[3], taken[3], strict=True))


@pytest.mark.parametrize("module", [*MODULES, tidegate.torch.GRUCell])
def test_a_derivative_of_a_gradient_is_refused_and_says_what_to_do(module: Any) -> None:
    network = module(3, 5)
    input = torch.randn(4, 3, requires_grad=True)
    result = network(input)
    total = (result[0] if isinstance(result, tuple) else result).square().sum()
    (gradient,) = torch.autograd.grad(total, input, create_graph=True)
    with pytest.raises(NotImplementedError, match=r"tidegate\.torch computes first derivatives only"):
        gradient.sum().backward()


def test_a_checkpointed_module_gives_the_same_gradients() -> None:
    module = tidegate.torch.GRU(3, 5, 2, dropout=0.5)
    input = torch.randn(6, 2, 3, requires_grad=True)
    gradients = []
    for call in (module, lambda value: checkpoint(module, value, use_reentrant=False)):
        torch.manual_seed(3)
        gradients.append(torch.autograd.grad(call(input)[0].square().sum(), [input, *module.parameters()]))
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))


def test_functional_call_and_function_transforms_take_other_weights() -> None:
    module = tidegate.torch.GRU(3, 5)
    input = torch.randn(6, 2, 3)
    other = {name: torch.zeros_like(value) for name, value in module.named_parameters()}
    assert torch.equal(torch.func.functional_call(module, other, input)[0], torch.zeros(6, 2, 5))

    def loss(parameters: dict[str, Tensor]) -> Tensor:
        return torch.func.functional_call(module, parameters, input)[0].square().sum()

    parameters = {name: value.detach() for name, value in module.named_parameters()}
    found = torch.func.grad(loss)(parameters)
    expected = torch.autograd.grad(module(input)[0].square().sum(), module.parameters())
    for one, gradient in zip(found.values(), expected, strict=True):
        assert torch.allclose(one, gradient, atol=1e-6)


def test_weights_changed_between_forward_and_backward_are_refused_as_by_pytorch() -> None:
    module = tidegate.torch.GRU(3, 5)
    output, _ = module(torch.randn(6, 2, 3))
    with torch.no_grad():
        module.weight_hh_l0.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        output.sum().backward()


def test_outputs_may_be_changed_in_place_as_those_of_pytorch() -> None:
    module = tidegate.torch.GRU(3, 5)
    input = torch.randn(6, 2, 3)
    gradients = []
    for change in (torch.relu, torch.relu_):
        output, _ = module(input)
        gradients.append(torch.autograd.grad(change(output).sum(), module.parameters()))
    assert all(torch.equal(one, other) for one, other in zip(*gradients, strict=True))


def test_weights_written_through_data_count_in_the_next_call() -> None:
    module = tidegate.torch.GRU(3, 5)
    input = torch.randn(6, 2, 3)
    module(input)
    for parameter in module.parameters():
        parameter.data.zero_()
    assert torch.equal(module(input)[0], torch.zeros(6, 2, 5))


def test_hooks_of_outputs_and_parameters_see_their_gradients() -> None:
    module = tidegate.torch.GRU(3, 5)
    seen = []
    module.weight_ih_l0.register_hook(lambda gradient: seen.append(gradient.shape))
    module.register_full_backward_hook(lambda *_: seen.append("module"))
    output, _ = module(torch.randn(6, 2, 3, requires_grad=True))
    output.sum().backward()
    assert set(seen) == {module.weight_ih_l0.shape, "module"}


def test_frozen_weights_get_no_gradient() -> None:
    module = tidegate.torch.GRU(3, 5)
    module.weight_ih_l0.requires_grad_(False)
    module(torch.randn(6, 2, 3))[0].sum().backward()
    assert module.weight_ih_l0.grad is None and module.weight_hh_l0.grad is not None
    module.requires_grad_(False)
    assert not module(torch.randn(6, 2, 3))[0].requires_grad
    input = torch.randn(6, 2, 3, requires_grad=True)
    module(input)[0].sum().backward()
    assert input.grad is not None


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_without_gradients_no_tape_is_kept_and_inputs_that_want_some_are_no_fault(
    mode: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tidegate.torch.GRU(3, 5)
    input = torch.randn(6, 2, 3, requires_grad=True)
    forward = operators.forward
    records, tapes = [], []

    def spy(*arguments: Any) -> Any:
        results = forward(*arguments)
        records.append(arguments[-1])
        tapes.append(results[-1])
        return results

    monkeypatch.setattr(operators, "forward", spy)
    with mode():
        output, state = module(input)
    assert not output.requires_grad and not state.requires_grad
    assert records == [False] and tapes == [None]


def test_calls_from_several_threads_give_the_same_bits() -> None:
    module = tidegate.torch.GRU(16, 32)
    inputs = [torch.randn(40, 4, 16) for _ in range(8)]

    def step(input: Tensor) -> list[Tensor]:
        output, _ = module(input)
        return [output.detach(), *torch.autograd.grad(output.square().sum(), module.parameters())]

    with ThreadPoolExecutor(4) as executor:
        found = list(executor.map(step, inputs))
    for one, other in zip(found, map(step, inputs), strict=True):
        assert all(torch.equal(*each) for each in zip(one, other, strict=True))


def test_a_packed_sequence_is_compiled_without_its_packing() -> None:
    module = tidegate.torch.GRU(3, 5)
    packed = pack_padded_sequence(torch.randn(4, 2, 3), [4, 2])
    compiled = torch.compile(module, backend="eager")
    assert torch.equal(compiled(packed)[0].data, module(packed)[0].data)
