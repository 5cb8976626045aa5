"""``GRU``, ``LSTM`` and ``RNN``: PyTorch's modules of the same names, with forward and backward in Tidegate's engine.

They are subclasses of ``torch.nn.RNNBase``, so that parameters, initialisation, ``state_dict``, ``repr`` and pickling are
PyTorch's. They are no ``torch.nn.GRU``, ``LSTM`` or ``RNN``, because ``torch.compile`` breaks its graph at each of these.
"""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from tidegate.torch import checks
from tidegate.torch.running import draw_seed, run
from tidegate.torch.tracing import trace

_State = tuple[Tensor | None, Tensor | None]


class _Layers(torch.nn.RNNBase):
    """What the three modules have in common: everything but the cell."""

    # Defaults of the class, so that a module whose class `accelerate` changes has them too.
    recurrent_dropout: float = 0.0
    zoneout: float = 0.0
    _carries_cell: ClassVar[bool] = False

    def _set_noise(self, recurrent_dropout: float, zoneout: float) -> None:
        self.recurrent_dropout = checks.rate("recurrent_dropout", recurrent_dropout)
        self.zoneout = checks.rate("zoneout", zoneout)
        checks.rate("dropout", self.dropout)

    def _kind(self) -> str:
        raise NotImplementedError

    def _rates(self) -> tuple[float, float, float, float]:
        dropout = self.dropout if self.num_layers > 1 else 0.0
        return dropout, self.recurrent_dropout, self.zoneout, 0.0

    def _weights(self) -> list[Tensor]:
        """The weights in PyTorch's order; those that a parametrisation computes are computed."""
        parameters = self._parameters
        try:
            weights = [parameters[name] for name in self._flat_weights_names]
        except KeyError:
            weights = [getattr(self, name) for name in self._flat_weights_names]
        return weights  # type: ignore[return-value]

    def _refuse_dimensions(self, input: Tensor) -> Exception:
        name = type(self).__name__
        return ValueError(f"{name}: Expected input to be 2D or 3D, got {input.dim()}D instead")

    def _split_state(self, hx: Any) -> _State:
        """Hidden and cell state of the argument ``hx``."""
        return hx, None

    def _check(self, input: Tensor, state: _State, sequences: Any, weight: Tensor) -> None:
        """Raises PyTorch's exceptions where sizes, dtypes or devices do not fit."""
        if input.dtype != weight.dtype and not torch.is_autocast_enabled("cpu"):
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). "
                f"Convert input: input.to({weight.dtype}), or convert model: model.to({input.dtype})"
            )
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )
        for part, tensor in enumerate(state):
            if tensor is None:
                continue
            directions = 2 if self.bidirectional else 1
            expected = (self.num_layers * directions, sequences, self.hidden_size)
            if tensor.shape != expected:
                name = f"hidden[{part}]" if self._carries_cell else "hidden"
                raise RuntimeError(f"Expected {name} size {expected}, got {list(tensor.shape)}")
        checks.same_device(input, *state, weight)

    def forward(self, input: Any, hx: Any = None) -> Any:
        """Outputs and final state, as of PyTorch's module.

        ``input`` is ``[T, B, I]`` (``[B, T, I]`` with ``batch_first``), ``[T, I]`` or a ``PackedSequence``; the state is
        ``[layers · directions, B, H]``, of an LSTM a pair of them. Values that are not finite raise ``ValueError``.
        """
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        hidden, cell = self._split_state(hx) if hx is not None else (None, None)
        self._check_dimensions(input, hidden, cell)
        batched = input.dim() == 3
        if not batched:
            input = input.unsqueeze(1)
            hidden = None if hidden is None else hidden.unsqueeze(1)
            cell = None if cell is None else cell.unsqueeze(1)
        elif self.batch_first:
            input = input.transpose(0, 1)
        output, hidden, cell = self._run(input, None, hidden, cell, input.shape[1])
        if not batched:
            output, hidden = output.squeeze(1), hidden.squeeze(1)
            cell = cell.squeeze(1) if self._carries_cell else cell
        elif self.batch_first:
            output = output.transpose(0, 1)
        return output, ((hidden, cell) if self._carries_cell else hidden)

    def _forward_packed(self, input: PackedSequence, hx: Any) -> Any:
        data, batch_sizes, sorted_indices, unsorted_indices = input
        hidden, cell = self._split_state(hx) if hx is not None else (None, None)
        if data.dim() != 2:
            raise RuntimeError(f"input must have 2 dimensions, got {data.dim()}")
        if sorted_indices is not None:
            hidden = None if hidden is None else hidden.index_select(1, sorted_indices)
            cell = None if cell is None else cell.index_select(1, sorted_indices)
        output, hidden, cell = self._run(data, batch_sizes, hidden, cell, int(batch_sizes[0]))
        if unsorted_indices is not None:
            hidden = hidden.index_select(1, unsorted_indices)
            cell = cell.index_select(1, unsorted_indices) if self._carries_cell else cell
        packed = PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices)
        return packed, ((hidden, cell) if self._carries_cell else hidden)

    def _check_dimensions(self, input: Tensor, hidden: Tensor | None, cell: Tensor | None) -> None:
        """Raises PyTorch's exceptions where input or state have too many or too few axes, or the input has no steps."""
        dimensions = input.dim()
        if dimensions not in (2, 3):
            raise self._refuse_dimensions(input)
        self._check_state_dimensions(dimensions, hidden, cell)
        if input.shape[1 if dimensions == 3 and self.batch_first else 0] == 0:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")

    def _check_state_dimensions(self, dimensions: int, hidden: Tensor | None, cell: Tensor | None) -> None:
        if hidden is None or (hidden.dim() == dimensions and (cell is None or cell.dim() == dimensions)):
            return
        kind = "batched" if dimensions == 3 else "unbatched"
        if cell is None:
            raise RuntimeError(
                f"For {kind} {dimensions}-D input, hx should also be {dimensions}-D but got {hidden.dim()}-D tensor"
            )
        raise RuntimeError(
            f"For {kind} {dimensions}-D input, hx and cx should also be {dimensions}-D but got "
            f"({hidden.dim()}-D, {cell.dim()}-D) tensors"
        )

    def _run(
        self,
        input: Tensor,
        batch_sizes: Tensor | None,
        hidden: Tensor | None,
        cell: Tensor | None,
        sequences: Any,
    ) -> tuple[Tensor, Tensor, Any]:
        """The engine over time-major or packed rows."""
        input, hidden, cell, weights = self._prepared(input, hidden, cell, sequences)
        rates = self._rates()
        seed = draw_seed() if any(rates) and self.training else None
        return run(
            input,
            batch_sizes,
            hidden,
            cell,
            weights,
            self._kind(),
            self.num_layers,
            self.bidirectional,
            rates,
            seed,
        )

    def _prepared(
        self, input: Tensor, hidden: Tensor | None, cell: Tensor | None, sequences: Any
    ) -> tuple[Tensor, Tensor | None, Tensor | None, list[Tensor]]:
        """Input, initial state and weights as the engine takes them; raises where they do not fit."""
        if self.proj_size:
            raise _no_projections(self.proj_size)
        weights = self._weights()
        first = weights[0]
        self._check(input, (hidden, cell), sequences, first)
        if first.dtype is not torch.float32 or not first.is_cpu:
            weights = [checks.as_float32(weight, "a weight") for weight in weights]
        return (
            checks.as_float32(input, "input"),
            None if hidden is None else checks.as_float32(hidden, "the initial hidden state"),
            None if cell is None else checks.as_float32(cell, "the initial cell state"),
            weights,
        )

    def trace(self, input: Any, hx: Any = None) -> dict[str, Tensor]:
        """What every gate, candidate and state does over ``input``, in inference and without gradients.

        The tensors have the form of the module's output behind a first axis of layers · directions, in the order of the state's:
        ``[layers · directions, T, B, H]``; of a ``PackedSequence`` ``[layers · directions, N, H]`` in the order of its rows. They
        are ``reset_gate``, ``update_gate``, ``candidate`` of a GRU, whose update gate of 1 keeps the old state; ``input_gate``,
        ``forget_gate``, ``candidate``, ``output_gate``, ``cell`` of an LSTM; ``candidate`` of an RNN; and ``hidden`` of each.
        """
        with torch.no_grad():
            return trace(self, input, hx)

    def flatten_parameters(self) -> None:
        """Nothing: the engine packs the weights itself."""

    def extra_repr(self) -> str:
        text: str = super().extra_repr()
        if self.recurrent_dropout:
            text += f", recurrent_dropout={self.recurrent_dropout}"
        if self.zoneout:
            text += f", zoneout={self.zoneout}"
        return text


class GRU(_Layers):
    """``torch.nn.GRU`` in Tidegate's engine.

    Its arguments are those of ``torch.nn.GRU``, and by keyword ``reset``: ``"after"`` the recurrent product as in cuDNN, or
    ``"before"`` it as in Cho et al. 2014 (arXiv 1406.1078); ``recurrent_dropout``: the probability of zeroing a unit of the
    previous hidden state where it enters the products, with one mask for a sequence (Gal & Ghahramani 2016, arXiv 1512.05287);
    ``zoneout``: the probability that a unit keeps its previous state (Krueger et al. 2017, arXiv 1606.01305).
    """

    reset: str = "after"

    def __init__(
        self, *args: Any, reset: str = "after", recurrent_dropout: float = 0.0, zoneout: float = 0.0, **kwargs: Any
    ) -> None:
        _refuse_projections(kwargs)
        super().__init__("GRU", *args, **kwargs)
        self.reset = checks.reset(reset)
        self._set_noise(recurrent_dropout, zoneout)

    def _kind(self) -> str:
        return "gru" if self.reset == "after" else "gru_reset_before"

    def extra_repr(self) -> str:
        text = super().extra_repr()
        return text if self.reset == "after" else f"{text}, reset={self.reset}"


class LSTM(_Layers):
    """``torch.nn.LSTM`` in Tidegate's engine, without projections.

    Its arguments are those of ``torch.nn.LSTM``, and by keyword ``recurrent_dropout`` and ``zoneout`` as of :class:`GRU`, and
    ``zoneout_cell``: the zoneout of the cell state.
    """

    zoneout_cell: float = 0.0
    _carries_cell = True

    def __init__(
        self,
        *args: Any,
        recurrent_dropout: float = 0.0,
        zoneout: float = 0.0,
        zoneout_cell: float = 0.0,
        **kwargs: Any,
    ) -> None:
        proj_size = args[7] if len(args) > 7 else kwargs.get("proj_size", 0)
        if proj_size:
            raise _no_projections(proj_size)
        super().__init__("LSTM", *args, **kwargs)
        self._set_noise(recurrent_dropout, zoneout)
        self.zoneout_cell = checks.rate("zoneout_cell", zoneout_cell)

    def _kind(self) -> str:
        return "lstm"

    def _rates(self) -> tuple[float, float, float, float]:
        dropout, recurrent_dropout, zoneout, _ = super()._rates()
        return dropout, recurrent_dropout, zoneout, self.zoneout_cell

    def _split_state(self, hx: Any) -> _State:
        hidden, cell = hx
        return hidden, cell

    def extra_repr(self) -> str:
        text = super().extra_repr()
        return f"{text}, zoneout_cell={self.zoneout_cell}" if self.zoneout_cell else text


class RNN(_Layers):
    """``torch.nn.RNN`` in Tidegate's engine.

    Its arguments are those of ``torch.nn.RNN``, and by keyword ``recurrent_dropout`` and ``zoneout`` as of :class:`GRU`.
    """

    nonlinearity: str

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        *args: Any,
        recurrent_dropout: float = 0.0,
        zoneout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        _refuse_projections(kwargs)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, *args, **kwargs)
        self.nonlinearity = nonlinearity
        self._set_noise(recurrent_dropout, zoneout)

    def _refuse_dimensions(self, input: Tensor) -> Exception:
        return ValueError(f"RNN: Expected input to be 2D or 3D, got {input.dim()}D tensor instead")

    def _kind(self) -> str:
        return self.mode.lower()


def _no_projections(size: int) -> NotImplementedError:
    return NotImplementedError(f"tidegate.torch has no projections, but proj_size is {size}: use torch.nn.LSTM")


def _refuse_projections(arguments: dict[str, Any]) -> None:
    if "proj_size" in arguments:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
