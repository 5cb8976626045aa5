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

Arguments = tuple[
    Tensor,
    Tensor | None,
    Tensor | None,
    Tensor | None,
    Sequence[Tensor],
    str,
    int,
    bool,
    Sequence[float],
    Tensor | None,
]

_ARGUMENTS = (
    "Tensor input, Tensor? batch_sizes, Tensor? hidden, Tensor? cell, Tensor[] weights, "
    "str kind, int layers, bool bidirectional, float[] rates, Tensor? seed"
)

_library = torch.library.Library("tidegate", "DEF")
_library.define(f"recurrent({_ARGUMENTS}, bool record) -> (Tensor output, Tensor hidden, Tensor cell, Tensor tape)")
_library.define(
    f"recurrent_backward({_ARGUMENTS}, Tensor tape, Tensor? output_gradient, Tensor? hidden_gradient, "
    "Tensor? cell_gradient, bool with_input) -> "
    "(Tensor input_gradient, Tensor hidden_gradient, Tensor cell_gradient, Tensor[] weight_gradients)"
)


def _results(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    """Tensors for the outputs and the final state."""
    directions = 2 if bidirectional else 1
    size = weights[1].shape[1]
    output = input.new_empty((*input.shape[:-1], directions * size))
    state_shape: Sequence[int]
    if hidden is not None:
        state_shape = hidden.shape
    else:
        sequences = input.shape[1] if batch_sizes is None else _sequences(batch_sizes)
        state_shape = (layers * directions, sequences, size)
    final = input.new_empty(state_shape)
    return output, final, input.new_empty(state_shape if kind == "lstm" else (0,))


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
) -> tuple[object, ...]:
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
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """``tidegate::recurrent`` on the CPU."""
    output, final, final_cell = _results(input, batch_sizes, hidden, weights, kind, layers, bidirectional)
    arguments = _engine_arguments(
        input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed
    )
    results = [output, final, final_cell] if kind == "lstm" else [output, final]
    buffer = _engine.torch_forward(arguments, record, torch.get_num_threads(), results)
    tape = input.new_empty(0, dtype=torch.uint8) if buffer is None else torch.frombuffer(buffer, dtype=torch.uint8)
    return output, final, final_cell, tape


def _fake_forward(
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
    results = _results(input, batch_sizes, hidden, weights, kind, layers, bidirectional)
    return *results, input.new_empty(1 if record else 0, dtype=torch.uint8)


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
    tape: Tensor,
    output_gradient: Tensor | None,
    hidden_gradient: Tensor | None,
    cell_gradient: Tensor | None,
    with_input: bool,
) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """``tidegate::recurrent_backward`` on the CPU."""
    arguments = _engine_arguments(
        input, batch_sizes, hidden, cell, weights, kind, layers, bidirectional, rates, seed
    )
    results = _gradients(
        input, batch_sizes, hidden, weights, kind, layers, bidirectional, with_input
    )
    input_gradient, initial, initial_cell, weight_gradients = results
    _engine.torch_backward(
        arguments,
        tape.data_ptr() if tape.numel() == 1 else None,
        torch.get_num_threads(),
        (_plain(output_gradient), _plain(hidden_gradient), _plain(cell_gradient) if kind == "lstm" else None),
        input_gradient if with_input else None,
        [initial, initial_cell] if kind == "lstm" else [initial],
        weight_gradients,
    )
    return results


def _gradients(
    input: Tensor,
    batch_sizes: Tensor | None,
    hidden: Tensor | None,
    weights: Sequence[Tensor],
    kind: str,
    layers: int,
    bidirectional: bool,
    with_input: bool,
) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """Tensors for the gradients."""
    state_shape: Sequence[int]
    if hidden is not None:
        state_shape = hidden.shape
    else:
        sequences = input.shape[1] if batch_sizes is None else _sequences(batch_sizes)
        state_shape = (layers * (2 if bidirectional else 1), sequences, weights[1].shape[1])
    return (
        input.new_empty(input.shape if with_input else (0,)),
        input.new_empty(state_shape),
        input.new_empty(state_shape if kind == "lstm" else (0,)),
        [weight.new_empty(weight.shape) for weight in weights],
    )


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
    return _gradients(input, batch_sizes, hidden, weights, kind, layers, bidirectional, with_input)


_library.impl("recurrent", forward, "CPU")
_library.impl("recurrent_backward", backward, "CPU")
torch.library.register_fake("tidegate::recurrent", _fake_forward, lib=_library)
torch.library.register_fake("tidegate::recurrent_backward", _fake_backward, lib=_library)

recurrent = torch.ops.tidegate.recurrent.default
recurrent_backward = torch.ops.tidegate.recurrent_backward.default


def save(ctx: Any, arguments: Sequence[Any], tape: Tensor) -> None:
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


def _backward(
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


torch.library.register_autograd("tidegate::recurrent", _backward, setup_context=_set_up, lib=_library)
torch.library.register_autograd("tidegate::recurrent_backward", refuse_second_derivative, lib=_library)
