"""The custom operators ``tidegate::recurrent`` and ``tidegate::recurrent_backward``, and what autograd knows of them.

``recurrent(input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed, record)`` runs a recurrent
network over ``input``, ``[T, B, I]``, or with ``batch_sizes`` over the packed rows ``[N, I]`` of a ``PackedSequence``.
``hidden`` and ``cell`` are the initial state ``[layers · directions, B, H]``, zeros where they are missing; ``weights`` stand in
PyTorch's order, with or without biases; ``kind`` is ``gru``, ``gru_reset_before``, ``lstm``, ``rnn_tanh`` or ``rnn_relu``;
``rates`` are those of dropout, recurrent dropout, and zoneout of the hidden and of the cell state, which are sampled from ``seed``
if there is one. It returns the outputs, the final hidden and cell state (empty for a cell without one) and, if it is to
``record``, an opaque tensor: the tape that a backward pass takes. A backward pass without it computes the forward pass again.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from tidegate import _engine

_EngineArguments = tuple[
    Tensor, Tensor | None, Tensor | None, Tensor | None, Sequence[Tensor], str, int, bool, Sequence[float], int | None
]

_ARGUMENTS = (
    "Tensor input, Tensor? batch_sizes, Tensor? hidden, Tensor? cell, Tensor[] weights, "
    "str kind, int layers, bool bidirectional, float[] rates, Tensor? seed"
)

_library: Any = torch.library.Library("tidegate", "DEF")
_library.define(f"recurrent({_ARGUMENTS}, bool record) -> (Tensor output, Tensor hidden, Tensor cell, Tensor tape)")
_library.define(
    f"recurrent_backward({_ARGUMENTS}, Tensor tape, Tensor? output_gradient, Tensor? hidden_gradient, "
    "Tensor? cell_gradient, bool with_input) -> "
    "(Tensor input_gradient, Tensor hidden_gradient, Tensor cell_gradient, Tensor[] weight_gradients)"
)


def _state_shape(
    input: Tensor, batch_sizes: Tensor | None, hidden: Tensor | None, weights: Sequence[Tensor], layers: int, bidirectional: bool
) -> Sequence[int]:
    if hidden is not None:
        return hidden.shape
    sequences = input.shape[1] if batch_sizes is None else _sequences(batch_sizes)
    return layers * (2 if bidirectional else 1), sequences, weights[1].shape[1]


def _results(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Tensors for the outputs and the final state."""
    shape = _state_shape(input, batch_sizes, hidden, weights, layers, bidirectional)
    directions = 2 if bidirectional else 1
    output = input.new_empty((*input.shape[:-1], directions * weights[1].shape[1]))
    return output, input.new_empty(shape), input.new_empty(shape) if kind == "lstm" else None


def _sequences(batch_sizes: Tensor) -> int:
    return int(batch_sizes[0].item()) if batch_sizes.shape[0] else 0


def _plain(tensor: Tensor | None) -> Tensor | None:
    """The tensor with its values side by side in memory, as the engine reads them."""
    return None if tensor is None else tensor.contiguous()


def _engine_arguments(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    cell: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
    rates: Sequence[float],
    seed: Tensor | None,
) -> _EngineArguments:
    return (
        input.contiguous(),
        _plain(batch_sizes),
        _plain(hidden),
        _plain(cell),
        [weight.contiguous() for weight in weights],
        kind,
        layers,
        bidirectional,
        rates,
        None if seed is None else int(seed.item()),
    )


def forward(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    cell: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
    rates: Sequence[float],
    seed: Tensor | None,
    record: bool,
) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
    """``tidegate::recurrent`` on the CPU, with ``None`` for what there is not."""
    output, final, final_cell = _results(input, batch_sizes, hidden, weights, kind, layers, bidirectional)
    arguments = _engine_arguments(
        input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed
    )
    results = [output, final] if final_cell is None else [output, final, final_cell]
    buffer = _engine.torch_forward(arguments, record, torch.get_num_threads(), results)
    return output, final, final_cell, None if buffer is None else torch.frombuffer(buffer, dtype=torch.uint8)


def _forward(input: Tensor, *arguments: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same as an operator, which returns tensors alone."""
    output, final, final_cell, tape = forward(input, *arguments)
    return (
        output,
        final,
        input.new_empty(0) if final_cell is None else final_cell,
        input.new_empty(0, dtype=torch.uint8) if tape is None else tape,
    )


def fake_forward(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    cell: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
    rates: Sequence[float],
    seed: Tensor | None,
    record: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The results of ``tidegate::recurrent`` without their values."""
    output, final, final_cell = _results(input, batch_sizes, hidden, weights, kind, layers, bidirectional)
    tape = input.new_empty(1 if record else 0, dtype=torch.uint8)
    return output, final, input.new_empty(0) if final_cell is None else final_cell, tape


def backward(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    cell: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
    rates: Sequence[float],
    seed: Tensor | None,
    tape: Tensor | None,
    output_gradient: Tensor | None,
    hidden_gradient: Tensor | None,
    cell_gradient: Tensor | None,
    with_input: bool,
) -> tuple[Tensor | None, Tensor | None, Tensor | None, list[Tensor]]:
    """``tidegate::recurrent_backward`` on the CPU, with ``None`` for what there is not and for states that were not given."""
    arguments = _engine_arguments(
        input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed
    )
    input_gradient = input.new_empty(input.shape) if with_input else None
    states: list[Tensor] = []
    if hidden is not None or cell is not None:
        shape = _state_shape(input, batch_sizes, hidden, weights, layers, bidirectional)
        states = [input.new_empty(shape) for _ in range(2 if kind == "lstm" else 1)]
    weight_gradients = [weight.new_empty(weight.shape) for weight in weights]
    _engine.torch_backward(
        arguments,
        tape.data_ptr() if tape is not None and tape.numel() else None,
        torch.get_num_threads(),
        (_plain(output_gradient), _plain(hidden_gradient), _plain(cell_gradient) if kind == "lstm" else None),
        input_gradient,
        states,
        weight_gradients,
    )
    return (
        input_gradient,
        states[0] if hidden is not None else None,
        states[1] if cell is not None else None,
        weight_gradients,
    )


def _backward(input: Tensor, *arguments: Any) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """The same as an operator, which returns tensors alone."""
    *gradients, of_weights = backward(input, *arguments)
    first, second, third = (input.new_empty(0) if each is None else each for each in gradients)
    return first, second, third, of_weights


def _fake_backward(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    cell: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
    rates: Sequence[float],
    seed: Tensor | None,
    tape: Tensor,
    output_gradient: Tensor | None,
    hidden_gradient: Tensor | None,
    cell_gradient: Tensor | None,
    with_input: bool,
) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    return (
        input.new_empty(input.shape if with_input else (0,)),
        input.new_empty((0,) if hidden is None else hidden.shape),
        input.new_empty((0,) if cell is None else cell.shape),
        [weight.new_empty(weight.shape) for weight in weights],
    )


_library.impl("recurrent", _forward, "CPU")
_library.impl("recurrent_backward", _backward, "CPU")
torch.library.register_fake("tidegate::recurrent", fake_forward, lib=_library)
torch.library.register_fake("tidegate::recurrent_backward", _fake_backward, lib=_library)

recurrent = torch.ops.tidegate.recurrent.default
recurrent_backward = torch.ops.tidegate.recurrent_backward.default


def save(ctx: Any, arguments: Sequence[Any], tape: Tensor | None) -> None:
    """Saves what :func:`gradients` needs: the arguments of the operator and its tape."""
    input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed = arguments
    ctx.save_for_backward(input, batch_sizes, hidden, cell, seed, tape, *weights)
    ctx.options = kind, layers, bidirectional, rates
    ctx.set_materialize_grads(False)


def gradients(
    ctx: Any,
    run: Any,
    output_gradient: Tensor | None,
    hidden_gradient: Tensor | None,
    cell_gradient: Tensor | None,
) -> tuple[Tensor | None, Tensor | None, Tensor | None, list[Tensor]]:
    """Gradients of input, initial hidden and cell state, and weights, by ``run``: the operator or its implementation."""
    input, batch_sizes, hidden, cell, seed, tape, *weights = ctx.saved_tensors
    kind, layers, bidirectional, rates = ctx.options
    with_input = ctx.needs_input_grad[0]
    input_gradient, initial, initial_cell, weight_gradients = run(
        input,
        batch_sizes,
        hidden,
        cell,
        weights,
        kind,
        layers,
        bidirectional,
        rates,
        seed,
        tape,
        output_gradient,
        hidden_gradient,
        cell_gradient,
        with_input,
    )
    return (
        input_gradient if with_input else None,
        None if hidden is None else initial,
        None if cell is None else initial_cell,
        weight_gradients,
    )


def _set_up(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    save(ctx, inputs[:10], output[3])


def _differentiate(
    ctx: Any, output: Tensor | None, hidden: Tensor | None, cell: Tensor | None, tape: Tensor | None
) -> tuple[Any, ...]:
    input_gradient, initial, initial_cell, weights = gradients(ctx, recurrent_backward, output, hidden, cell)
    return input_gradient, None, initial, initial_cell, weights, None, None, None, None, None, None


def refuse_second_derivative(*_: Any) -> Any:
    """Raises for a derivative of a gradient."""
    raise NotImplementedError(
        "tidegate.torch computes first derivatives only: for a derivative of a gradient (create_graph=True, "
        "torch.autograd.grad of a gradient) run this module as PyTorch's own, torch.nn.GRU, LSTM or RNN, which loads the "
        "same state_dict"
    )


torch.library.register_autograd("tidegate::recurrent", _differentiate, setup_context=_set_up, lib=_library)
torch.library.register_autograd("tidegate::recurrent_backward", refuse_second_derivative, lib=_library)
