"""Recurrent layers over NumPy arrays: ``Gru``, ``Lstm``, ``Rnn`` and ``Mgu``.

Arrays are of ``float32``. A batch of sequences is time-major, ``[steps, batch, features]``, or ``[batch, steps, features]``
with ``batch_first=True``; one sequence alone is ``[steps, features]``. The caller owns the state: a call takes one, leaves
it as it is and returns the state at the end.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from tidegate import _checks
from tidegate import _engine as engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float32]
    Lengths: TypeAlias = Sequence[int] | NDArray[np.integer[Any]]

__all__ = ["Gru", "Lstm", "Mgu", "Rnn", "State"]

Activation: TypeAlias = Literal["tanh", "relu"]


class State(NamedTuple):
    """The recurrent state of every layer and direction.

    ``hidden`` is ``[layers * directions, batch, hidden_size]``; ``cell`` has the same shape for an LSTM and is ``None`` for
    the other cells. Without a batch, the batch's axis is missing.
    """

    hidden: Floats
    cell: Floats | None = None


class RecurrentLayers:
    """What all recurrent layers have in common. Make a ``Gru``, ``Lstm``, ``Rnn`` or ``Mgu``.

    Pickling and ``copy.deepcopy`` keep options and weights. Threads may share an object: a call computes with the weights
    that there were when it began. The interpreter lock is released meanwhile.
    """

    _engine: engine.Recurrent

    def __init__(self, cell: dict[str, Any], options: dict[str, Any], seed: int) -> None:
        self._engine = engine.Recurrent(json.dumps({"cell": cell, **options}), _checks.seed(seed))

    @property
    def configuration(self) -> dict[str, Any]:
        """Cell, options and sizes, as a model file writes them."""
        configuration: dict[str, Any] = json.loads(self._engine.configuration)
        return configuration

    @property
    def input_size(self) -> int:
        """Number of features of a step."""
        return int(self.configuration["input_size"])

    @property
    def hidden_size(self) -> int:
        """Number of units of each layer and direction."""
        return int(self.configuration["hidden_size"])

    @property
    def output_size(self) -> int:
        """Number of outputs of a step: ``hidden_size`` of each direction."""
        configuration = self.configuration
        return int(configuration["hidden_size"]) * (1 + bool(configuration["bidirectional"]))

    def __call__(
        self,
        x: Floats,
        state: State | Floats | tuple[Floats, Floats] | None = None,
        lengths: Lengths | None = None,
        *,
        batch_first: bool = False,
    ) -> tuple[Floats, State]:
        """Runs the layers over whole sequences.

        Args:
            x: ``float32`` features, ``[steps, batch, input_size]`` or, of one sequence, ``[steps, input_size]``. Read where
                they lie if they lie in C order, else copied into it.
            state: The state before the first step, zeros if missing: a ``State``, a hidden state alone, or for an LSTM
                ``(hidden, cell)``.
            lengths: Number of steps of each sequence of a ragged batch, in any order. What stands behind a sequence's end is
                not read. A sequence of length 0 keeps its state.
            batch_first: Whether ``x`` and the output are ``[batch, steps, features]``.

        Returns:
            The top layer's hidden states ``[steps, batch, directions * hidden_size]``, zero behind a sequence's end, and the
            state at each sequence's end.

        Raises:
            TypeError: If an array is not of ``float32``.
            ValueError: If a shape does not fit, there is no sequence or no step, or a value is not finite.
        """
        return self._engine.forward(x, state, lengths, batch_first)

    def trace(
        self,
        x: Floats,
        state: State | Floats | tuple[Floats, Floats] | None = None,
        lengths: Lengths | None = None,
        *,
        batch_first: bool = False,
    ) -> dict[str, Floats]:
        """Runs the layers as a call does and returns what every gate did.

        Each array is ``[layers * directions, steps, batch, hidden_size]``, or ``[layers * directions, steps, hidden_size]`` of
        one sequence; with ``batch_first=True`` the batch stands before the steps. The names are the field's:

        - GRU: ``reset_gate``, ``update_gate``, ``candidate``, ``hidden``. An update gate of 1 keeps the old state.
        - LSTM: ``input_gate``, ``forget_gate``, ``candidate``, ``output_gate``, ``cell``, ``hidden``. A forget gate of 1 keeps
          the old cell state.
        - RNN: ``candidate``, ``hidden``.
        - MGU: ``forget_gate``, ``candidate``, ``hidden``. A forget gate of 0 keeps the old state.

        Raises:
            TypeError: As for a call.
            ValueError: As for a call.
        """
        return self._engine.trace(x, state, lengths, batch_first)

    def stream(self, batch: int | None = None) -> engine.Stream:
        """A ``Stream`` that is fed step by step; with ``batch``, that many side by side.

        Raises:
            ValueError: If the layers are bidirectional.
        """
        return engine.Stream(self, batch)

    def state_dict(self) -> dict[str, Floats]:
        """Copies of the weights by PyTorch's names: ``weight_ih_l0``, ``weight_hh_l0``, ``bias_ih_l0``, ``bias_hh_l0``, ``…_l1`` for
        further layers, ``…_reverse`` for the backward direction, and ``peephole_l0`` of an LSTM with peepholes."""
        return self._engine.state_dict()

    def load_state_dict(self, state_dict: Mapping[str, Floats]) -> None:
        """Replaces every weight; the old ones stay if one does not fit.

        Raises:
            TypeError: If a weight is no array of ``float32``.
            ValueError: If a name is missing or has no place, or a weight has another shape or is not finite.
        """
        self._engine.load_state_dict(state_dict)

    def __repr__(self) -> str:
        configuration = self.configuration
        cell = configuration.pop("cell")
        sizes = [str(configuration.pop(name)) for name in ("input_size", "hidden_size")]
        del cell["name"]
        options = {**configuration, **cell}
        given = [f"{name}={value!r}" for name, value in options.items() if value != _DEFAULTS[name]]
        return f"{type(self).__name__}({', '.join(sizes + given)})"


_DEFAULTS: dict[str, Any] = {
    "layers": 1,
    "bidirectional": False,
    "dropout": 0.0,
    "recurrent_dropout": 0.0,
    "zoneout": 0.0,
    "zoneout_cell": 0.0,
    "reset": "after",
    "candidate": "tanh",
    "activation": "tanh",
    "peepholes": False,
}


class Gru(RecurrentLayers):
    """Gated recurrent units (Cho et al. 2014).

    The update gate keeps: where it is 1, a unit's old state stays.

    Args:
        input_size: Number of features of a step.
        hidden_size: Number of units of each layer and direction.
        layers: Number of layers; each reads the outputs of the one below.
        bidirectional: Whether each layer also runs backwards; the outputs of both directions stand side by side.
        reset: Where the reset gate acts: ``"after"`` the recurrent product, as in PyTorch, cuDNN and Keras, or ``"before"`` it, as
            in Cho et al. 2014.
        candidate: Activation of the candidate, ``"tanh"`` or ``"relu"``.
        zoneout: Probability with which training kept a unit's old state; its expectation is computed here.
        seed: Of the initial weights, uniform in ±1/√hidden_size.

    Raises:
        ValueError: If an option has a value that makes no sense.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        reset: Literal["after", "before"] = "after",
        candidate: Activation = "tanh",
        zoneout: float = 0.0,
        seed: int = 0,
    ) -> None:
        cell = {
            "name": "gru",
            "reset": _checks.one_of("reset", reset, ("after", "before")),
            "candidate": _checks.one_of("candidate", candidate, ("tanh", "relu")),
        }
        options = _options(input_size, hidden_size, layers, bidirectional, zoneout=zoneout)
        super().__init__(cell, options, seed)


class Lstm(RecurrentLayers):
    """Long short-term memory (Hochreiter & Schmidhuber 1997). The forget gate keeps: where it is 1, the old cell state stays.

    Args:
        input_size: Number of features of a step.
        hidden_size: Number of units of each layer and direction.
        layers: Number of layers; each reads the outputs of the one below.
        bidirectional: Whether each layer also runs backwards; the outputs of both directions stand side by side.
        peepholes: Whether the gates also see the cell state, by one weight per unit and gate: ``peephole_l0 [3, hidden_size]`` in
            the order input, forget, output (Gers et al. 2002).
        zoneout: Probability with which training kept a unit's old hidden state; its expectation is computed here.
        zoneout_cell: The same for the cell state.
        seed: Of the initial weights, uniform in ±1/√hidden_size.

    Raises:
        ValueError: If an option has a value that makes no sense.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        peepholes: bool = False,
        zoneout: float = 0.0,
        zoneout_cell: float = 0.0,
        seed: int = 0,
    ) -> None:
        cell = {"name": "lstm", "peepholes": bool(peepholes)}
        options = _options(input_size, hidden_size, layers, bidirectional, zoneout=zoneout, zoneout_cell=zoneout_cell)
        super().__init__(cell, options, seed)


class Rnn(RecurrentLayers):
    """Plain recurrent cells (Elman 1990).

    Args:
        input_size: Number of features of a step.
        hidden_size: Number of units of each layer and direction.
        layers: Number of layers; each reads the outputs of the one below.
        bidirectional: Whether each layer also runs backwards; the outputs of both directions stand side by side.
        activation: Of the hidden state, ``"tanh"`` or ``"relu"``.
        zoneout: Probability with which training kept a unit's old state; its expectation is computed here.
        seed: Of the initial weights, uniform in ±1/√hidden_size.

    Raises:
        ValueError: If an option has a value that makes no sense.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        activation: Activation = "tanh",
        zoneout: float = 0.0,
        seed: int = 0,
    ) -> None:
        cell = {"name": "rnn", "activation": _checks.one_of("activation", activation, ("tanh", "relu"))}
        options = _options(input_size, hidden_size, layers, bidirectional, zoneout=zoneout)
        super().__init__(cell, options, seed)


class Mgu(RecurrentLayers):
    """Minimal gated units (Zhou et al. 2016). The forget gate writes: where it is 0, the old state stays.

    Args:
        input_size: Number of features of a step.
        hidden_size: Number of units of each layer and direction.
        layers: Number of layers; each reads the outputs of the one below.
        bidirectional: Whether each layer also runs backwards; the outputs of both directions stand side by side.
        zoneout: Probability with which training kept a unit's old state; its expectation is computed here.
        seed: Of the initial weights, uniform in ±1/√hidden_size.

    Raises:
        ValueError: If an option has a value that makes no sense.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        zoneout: float = 0.0,
        seed: int = 0,
    ) -> None:
        options = _options(input_size, hidden_size, layers, bidirectional, zoneout=zoneout)
        super().__init__({"name": "mgu"}, options, seed)


def _options(input_size: int, hidden_size: int, layers: int, bidirectional: bool, **rates: float) -> dict[str, Any]:
    sizes = {"input_size": input_size, "hidden_size": hidden_size, "layers": layers}
    return {
        **{name: _checks.size(name, size) for name, size in sizes.items()},
        "bidirectional": bool(bidirectional),
        **{name: _checks.rate(name, rate) for name, rate in rates.items()},
    }
