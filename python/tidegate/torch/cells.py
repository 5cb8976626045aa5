"""``GRUCell``, ``LSTMCell`` and ``RNNCell``: PyTorch's modules of the same names, one step at a time in Tidegate's engine."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from tidegate.torch import checks
from tidegate.torch.running import draw_seed, run


class _Cell(torch.nn.RNNCellBase):
    """What the three modules have in common: everything but the cell."""

    # Defaults of the class, so that a module whose class `accelerate` changes has them too.
    recurrent_dropout: float = 0.0
    zoneout: float = 0.0
    _carries_cell: ClassVar[bool] = False

    def _set_noise(self, recurrent_dropout: float, zoneout: float) -> None:
        self.recurrent_dropout = checks.rate("recurrent_dropout", recurrent_dropout)
        self.zoneout = checks.rate("zoneout", zoneout)

    def _kind(self) -> str:
        raise NotImplementedError

    def _rates(self) -> tuple[float, float, float, float]:
        return 0.0, self.recurrent_dropout, self.zoneout, 0.0

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """The next state from ``input``, ``[B, I]`` or ``[I]``, and the state, ``[B, H]`` or ``[H]``, of an LSTM a pair."""
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        hidden, cell = (hx if self._carries_cell else (hx, None)) if hx is not None else (None, None)
        for part, state in enumerate((hidden, cell)):
            if state is not None and state.dim() not in (1, 2):
                what = f"hx[{part}]" if self._carries_cell else "hidden"
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {state.dim()}D instead")
        batched = input.dim() == 2
        if not batched:
            input = input.unsqueeze(0)
        hidden, cell = (self._as_rows(state, input, batched) for state in (hidden, cell))
        weights = [self.weight_ih, self.weight_hh]
        self._check(input, hidden, cell, weights[0])
        if self.hidden_size == 0:
            nothing = input.new_empty((input.shape[0], 0) if batched else (0,))
            return (nothing, nothing.clone()) if self._carries_cell else nothing
        rates = self._rates()
        seed = draw_seed() if any(rates) and self.training else None
        biases = self.bias_ih, self.bias_hh
        given = next((bias for bias in biases if bias is not None), None)
        if given is not None:
            # The engine has both biases or none: one that is missing is zero.
            weights += [torch.zeros_like(given) if bias is None else bias for bias in biases]
        _, final, final_cell = run(
            checks.as_float32(input, "input").unsqueeze(0),
            None,
            None if hidden is None else checks.as_float32(hidden, "the hidden state"),
            None if cell is None else checks.as_float32(cell, "the cell state"),
            [checks.as_float32(weight, "a weight") for weight in weights],
            self._kind(),
            1,
            False,
            rates,
            seed,
        )
        states = [
            state.squeeze(0) if batched else state.reshape(-1) for state in (final, final_cell) if state is not None
        ]
        return (states[0], states[1]) if self._carries_cell else states[0]

    def _as_rows(self, state: Tensor | None, input: Tensor, batched: bool) -> Tensor | None:
        """A state as ``[1, B, H]``."""
        if state is None:
            return None
        if batched and state.dim() == 1:
            raise RuntimeError(
                f"Input batch size {input.shape[0]} doesn't match a hidden state of shape {tuple(state.shape)}"
            )
        if not batched and state.dim() == 2:
            raise RuntimeError(f"For unbatched 1-D input, hx should also be 1-D but got a tensor of shape {tuple(state.shape)}")
        return (state if state.dim() == 2 else state.unsqueeze(0)).unsqueeze(0)

    def _check(self, input: Tensor, hidden: Tensor | None, cell: Tensor | None, weight: Tensor) -> None:
        """Raises PyTorch's exceptions where sizes or devices do not fit."""
        if input.shape[1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {input.shape[1]} expected {self.input_size}"
            )
        for part, state in enumerate((hidden, cell)):
            if state is None:
                continue
            if state.shape[1] != input.shape[0]:
                raise RuntimeError(
                    f"Input batch size {input.shape[0]} doesn't match hidden{part} batch size {state.shape[1]}"
                )
            if state.shape[2] != self.hidden_size:
                raise RuntimeError(
                    f"hidden{part} has inconsistent hidden_size: got {state.shape[2]}, expected {self.hidden_size}"
                )
        checks.same_device(input, hidden, cell, weight)

    def extra_repr(self) -> str:
        text: str = super().extra_repr()
        if self.recurrent_dropout:
            text += f", recurrent_dropout={self.recurrent_dropout}"
        if self.zoneout:
            text += f", zoneout={self.zoneout}"
        return text


class GRUCell(_Cell, torch.nn.GRUCell):
    """``torch.nn.GRUCell`` in Tidegate's engine, with the further arguments ``reset``, ``recurrent_dropout`` and ``zoneout`` of
    :class:`tidegate.torch.GRU` by keyword. The noise of every step is drawn anew."""

    reset: str = "after"

    def __init__(
        self, *args: Any, reset: str = "after", recurrent_dropout: float = 0.0, zoneout: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reset = checks.reset(reset)
        self._set_noise(recurrent_dropout, zoneout)

    def _kind(self) -> str:
        return "gru" if self.reset == "after" else "gru_reset_before"

    def extra_repr(self) -> str:
        text = super().extra_repr()
        return text if self.reset == "after" else f"{text}, reset={self.reset}"


class LSTMCell(_Cell, torch.nn.LSTMCell):
    """``torch.nn.LSTMCell`` in Tidegate's engine, with the further arguments ``recurrent_dropout``, ``zoneout`` and
    ``zoneout_cell`` of :class:`tidegate.torch.LSTM` by keyword. The noise of every step is drawn anew."""

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
        super().__init__(*args, **kwargs)
        self._set_noise(recurrent_dropout, zoneout)
        self.zoneout_cell = checks.rate("zoneout_cell", zoneout_cell)

    def _kind(self) -> str:
        return "lstm"

    def _rates(self) -> tuple[float, float, float, float]:
        return 0.0, self.recurrent_dropout, self.zoneout, self.zoneout_cell

    def extra_repr(self) -> str:
        text = super().extra_repr()
        return f"{text}, zoneout_cell={self.zoneout_cell}" if self.zoneout_cell else text


class RNNCell(_Cell, torch.nn.RNNCell):
    """``torch.nn.RNNCell`` in Tidegate's engine, with the further arguments ``recurrent_dropout`` and ``zoneout`` of
    :class:`tidegate.torch.GRU` by keyword. The noise of every step is drawn anew."""

    def __init__(
        self, *args: Any, recurrent_dropout: float = 0.0, zoneout: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._set_noise(recurrent_dropout, zoneout)

    def _kind(self) -> str:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return f"rnn_{self.nonlinearity}"
