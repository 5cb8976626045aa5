"""What PyTorch's own tests check of its recurrent modules within the rest of PyTorch: autocast, tracing, export, compilation,
control flow, profiling, subclasses; checked of ours."""

import copy
import inspect
import io
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
from torch.utils._pytree import tree_leaves, tree_map

import tidegate.torch

LAYERS = ["RNN", "GRU", "LSTM"]
CELLS = ["RNNCell", "GRUCell", "LSTMCell"]


class Packing(torch.nn.Module):
    """A model that packs what it is given and unpacks what comes out."""

    def __init__(self, recurrent: Any) -> None:
        super().__init__()
        self.recurrent = recurrent

    def forward(self, input: Tensor, lengths: Tensor, state: Any) -> Tensor:
        output, _ = self.recurrent(pack_padded_sequence(input, lengths), state)
        return pad_packed_sequence(output)[0]


def state_of(name: str, *shape: int) -> Any:
    return (torch.randn(shape), torch.randn(shape)) if name.startswith("LSTM") else torch.randn(shape)


@pytest.mark.parametrize("name", LAYERS)
def test_narrow_weights_take_wide_input_under_autocast_alone(name: str) -> None:
    arguments = torch.randn(1, 2, 1), state_of(name, 2, 2, 1)
    words = []
    for home in (torch.nn, tidegate.torch):
        module = getattr(home, name)(1, 1, 2).to(torch.bfloat16)
        with pytest.raises(ValueError) as refused:
            module(*arguments)
        words.append(str(refused.value))
        with torch.autocast("cpu"):
            assert module(*arguments)[0].shape == (1, 2, 1)
    assert words[0] == words[1]


@pytest.mark.filterwarnings("ignore:.*torch.jit.*", "ignore:.*Converting a tensor.*")
@pytest.mark.parametrize("name", LAYERS)
def test_a_traced_model_serves_other_lengths_after_it_was_saved(name: str) -> None:
    model = Packing(getattr(tidegate.torch, name)(10, 20, 2))
    example = torch.randn(5, 3, 10), torch.tensor([3, 2, 1]), state_of(name, 2, 3, 20)
    traced = torch.jit.trace(model, example)
    file = io.BytesIO()
    torch.jit.save(traced, file)
    file.seek(0)
    loaded = torch.jit.load(file)
    input = torch.randn(7, 4, 10), torch.tensor([7, 3, 2, 1]), state_of(name, 2, 4, 20)
    expected = model(*input)
    assert torch.equal(traced(*input), expected) and torch.equal(loaded(*input), expected)


@pytest.mark.filterwarnings("ignore:.*torch.jit.*", "ignore:.*Converting a tensor.*")
@pytest.mark.parametrize("name", [*LAYERS, *CELLS])
def test_a_traced_module_is_trained_as_the_module(name: str) -> None:
    module = getattr(tidegate.torch, name)(3, 5)
    input = torch.randn(4, 3)
    traced = torch.jit.trace(module, input)
    gradients = []
    for each in (traced, module):
        total = sum(result.sin().sum() for result in tree_leaves(each(input)))
        gradients.append(torch.autograd.grad(total, list(module.parameters())))
    assert all(torch.equal(*each) for each in zip(*gradients, strict=True))


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_exported_without_a_break(name: str, strict: bool) -> None:
    module, input = getattr(tidegate.torch, name)(4, 5), torch.rand(5, 4)
    program = torch.export.export(module, (input,), strict=strict)
    for one, other in zip(tree_leaves(program.module()(input)), tree_leaves(module(input)), strict=True):
        assert torch.equal(one, other)


def test_a_compiled_lstm_reads_inputs_with_strides_of_their_own() -> None:
    module = tidegate.torch.LSTM(64, 64, num_layers=2, bidirectional=True)
    input = torch.randn(64, 4, 92).permute(2, 1, 0)
    assert input.stride() == (1, 92, 368)
    compiled = torch.compile(module, backend="aot_eager", fullgraph=True)
    for one, other in zip(tree_leaves(compiled(input)), tree_leaves(module(input)), strict=True):
        assert torch.equal(one, other)


def test_a_frozen_graph_of_inductor_serves_other_lengths() -> None:
    import torch._inductor.config

    module = tidegate.torch.LSTM(2, 5, 3, bidirectional=True).eval()
    state = state_of("LSTM", 6, 2, 5)
    with torch.no_grad(), torch._inductor.config.patch(freezing=True):
        compiled = torch.compile(module, fullgraph=True)
        for arguments in [(torch.randn(3, 2, 2), state), (torch.randn(6, 2, 2),)]:
            for one, other in zip(tree_leaves(compiled(*arguments)), tree_leaves(module(*arguments)), strict=True):
                assert torch.equal(one, other)
        assert not any(torch._is_functional_tensor(weight) for weight in copy.deepcopy(compiled)._flat_weights)


def test_a_compiled_layer_takes_packed_sequences_in_any_order_with_a_state() -> None:
    module = tidegate.torch.LSTM(12, 10, bidirectional=True, batch_first=True).eval()
    packed = pack_padded_sequence(
        torch.randn(5, 9, 12), torch.tensor([1, 4, 9, 2, 4]), batch_first=True, enforce_sorted=False
    )
    state = state_of("LSTM", 2, 5, 10)
    with torch.no_grad():
        compiled, eager = torch.compile(module, backend="aot_eager")(packed, state), module(packed, state)
    for one, other in zip(tree_leaves(compiled), tree_leaves(eager), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", [*LAYERS, *CELLS])
def test_fake_tensors_have_the_shapes_of_results_and_gradients(name: str) -> None:
    from torch._subclasses import FakeTensorMode

    with FakeTensorMode():
        module = getattr(tidegate.torch, name)(2, 3)
        shape = (1, 5, 3) if name in LAYERS else (5, 3)
        input = torch.randn((4, 5, 2) if name in LAYERS else (5, 2))
        results = tree_leaves(module(input, state_of(name, *shape)))
        results[0].sum().backward()
    assert [each.shape for each in results] == [*([(4, 5, 3)] if name in LAYERS else []), *[shape] * (2 if "LSTM" in name else 1)]
    assert all(each.grad.shape == each.shape for each in module.parameters())


class Lent:
    """A value that is no tensor and takes part in the functions of PyTorch."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.tensor, name)
        return (lambda *given, **named: lent(value(*given, **named))) if inspect.isroutine(value) else value

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, given: Any = (), named: Any = None) -> Any:
        given, named = tree_map(lambda each: each.tensor if isinstance(each, Lent) else each, (given, named or {}))
        return lent(function(*given, **named))


def lent(results: Any) -> Any:
    return tree_map(lambda each: Lent(each) if isinstance(each, Tensor) else each, results)


class Marked(Tensor):
    """A subclass without any behaviour of its own."""


@pytest.mark.parametrize("name", [*LAYERS, *CELLS])
def test_inputs_that_override_the_functions_of_pytorch_are_taken_and_given_back(name: str) -> None:
    module, input = getattr(tidegate.torch, name)(10, 20), torch.randn(5, 10)
    expected = tree_leaves(module(input))
    for one, other in zip(tree_leaves(module(Lent(input))), expected, strict=True):
        assert isinstance(one, Lent) and torch.equal(one.tensor, other)
    for one, other in zip(tree_leaves(module(input.as_subclass(Marked))), expected, strict=True):
        assert type(one) is Marked and torch.equal(one.as_subclass(Tensor), other)


@pytest.mark.parametrize("name", LAYERS)
def test_the_profiler_groups_the_calls_of_a_layer_by_the_shapes_of_their_input(name: str) -> None:
    module = getattr(tidegate.torch, name)(10, 20)
    with torch.autograd.profiler.profile(record_shapes=True) as profile:
        for steps in (5, 5, 7):
            module(torch.randn(steps, 3, 10))
    calls = {
        tuple(event.input_shapes[0]): event.count
        for event in profile.key_averages(group_by_input_shape=True)
        if event.key == "_Recurrent"
    }
    assert calls == {(5, 3, 10): 2, (7, 3, 10): 1}
    assert "_Recurrent" in profile.table(sort_by="self_cpu_time_total", row_limit=10)


@pytest.mark.parametrize("name", CELLS[:2])
def test_a_cell_stands_in_a_branch_of_a_condition(name: str) -> None:
    linear, cell = torch.nn.Linear(4, 4), getattr(tidegate.torch, name)(4, 4)
    branches = {True: lambda input: linear(input.square().sin().abs()), False: lambda input: cell((input + 42).cos())}
    for which, branch in branches.items():
        input = torch.randn(4, requires_grad=True)
        found = torch.cond(torch.tensor(which), branches[True], branches[False], (input,))
        assert torch.equal(found, branch(input))
        assert torch.equal(*(torch.autograd.grad(each.sum(), input)[0] for each in (found, branch(input))))


def test_a_scan_over_the_equation_gives_the_outputs_of_a_layer(assert_close: Any) -> None:
    from torch._higher_order_ops.scan import scan

    module = tidegate.torch.RNN(5, 7)
    input, state = torch.randn(4, 2, 5), torch.randn(2, 7)
    w_ih, w_hh, b_ih, b_hh = (parameter.detach() for parameter in module.parameters())

    def step(state: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
        new = torch.tanh(row @ w_ih.T + b_ih + state @ w_hh.T + b_hh)
        return new, new.clone()

    last, outputs = scan(step, state, input, dim=0)
    with torch.no_grad():
        found, final = module(input, state[None])
    assert_close([found, final[0]], [outputs, last])


@pytest.mark.parametrize("name", LAYERS)
def test_a_graph_module_takes_a_layer_and_drops_it_unused(name: str) -> None:
    graph = torch.fx.symbolic_trace(torch.nn.Sequential(torch.nn.Linear(3, 3)))
    assert graph.add_submodule("more.recurrent", getattr(tidegate.torch, name)(10, 20, 2))
    assert isinstance(graph.get_submodule("more.recurrent"), torch.nn.RNNBase)
    graph.delete_all_unused_submodules()
    assert [each for each, _ in graph.named_modules()] == ["", "0"]


@pytest.mark.parametrize("name", LAYERS)
def test_packed_outputs_are_packed_sequences_to_functions_over_tensors(name: str) -> None:
    from torch.distributed.utils import _apply_to_tensors

    output, _ = getattr(tidegate.torch, name)(5, 5)(pack_padded_sequence(torch.rand(5, 1, 5), torch.tensor([4])))
    assert isinstance(output, PackedSequence)
    filled = _apply_to_tensors(lambda tensor: tensor.detach().fill_(2), output)
    assert isinstance(filled, PackedSequence)
    assert torch.equal(filled.data, torch.full((4, 5), 2.0))


def test_samples_expanded_by_their_weights_are_refused_and_not_summed() -> None:
    from torch.nn.utils._per_sample_grad import call_for_per_sample_grads

    module = tidegate.torch.GRU(3, 5, batch_first=True)
    with pytest.raises(RuntimeError, match="Expanded Weights"):
        call_for_per_sample_grads(module, batch_size=2)(torch.randn(2, 4, 3))
