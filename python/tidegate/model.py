"""Model files: those that the command wrote, and those that Python writes for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from tidegate import _checks
from tidegate import _engine as engine
from tidegate.recurrent import RecurrentLayers, State

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from tidegate.recurrent import Floats, Lengths

__all__ = ["ForecastNetwork", "Model", "load"]

# What a file's description has a key for.
_TASKS = ("forecast", "classify", "detect", "next", "regress")


def load(path: str | os.PathLike[str]) -> Model | ForecastNetwork:
    """The network in a model file, whichever command wrote it.

    A forecaster's file holds a ``ForecastNetwork``, every other file a ``Model``. ``task`` says what it was trained for. Reading
    runs no code from the file and takes no more memory than the file can fill.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is damaged or no model file.
    """
    network = engine.load_network(path)
    if isinstance(network, engine.ForecastNetwork):
        return ForecastNetwork._over(network)
    return Model._over(network)


class _Saved:
    """What the networks of all model files have in common."""

    _engine: Any

    @property
    def configuration(self) -> dict[str, Any]:
        """Everything that the parameters' names and shapes follow from, as the file writes it."""
        configuration: dict[str, Any] = json.loads(self._engine.configuration)
        return configuration

    @property
    def task(self) -> str | None:
        """What it was trained for: ``"forecast"``, ``"classify"``, ``"detect"``, ``"next"``, ``"regress"``, or
        ``None`` where the file says nothing."""
        description = self._engine.description
        return next((task for task in _TASKS if task in description), None)

    def state_dict(self) -> dict[str, Floats]:
        """Copies of the parameters by name."""
        parameters: dict[str, Floats] = self._engine.state_dict()
        return parameters

    def load_state_dict(self, state_dict: Mapping[str, Floats]) -> None:
        """Replaces every parameter; the old ones stay if one does not fit.

        Raises:
            TypeError: If a parameter is no array of ``float32``.
            ValueError: If a name is missing or has no place, or a parameter has another shape or is not finite.
        """
        self._engine.load_state_dict(state_dict)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model file, which the command ``tidegate`` and ``tidegate.load`` read.

        It is written beside ``path`` first and then takes its name: a file that stood there before stays as it is if
        something goes wrong.

        Raises:
            OSError: If the file cannot be written.
        """
        self._engine.save(path)

    def to_bytes(self) -> bytes:
        """The bytes of the model file."""
        contents: bytes = self._engine.to_bytes()
        return contents


class Model(_Saved):
    """An input layer (features, or an embedding of tokens), recurrent layers and, mostly, a dense head.

    Args:
        recurrent: The recurrent layers, whose weights are copied. With a vocabulary, their input is the embedding.
        outputs: Number of outputs of the head. Without it there is no head: the outputs are the hidden states, or what the readout
            makes of them.
        readout: Where the head reads: at ``"every_step"``, from the state at the ``"last_step"``, from the ``"mean"`` of the hidden states
            over a sequence's steps, or from their mean weighted by ``"attention"``.
        vocabulary: Number of tokens, if the model reads tokens.
        description: What is to be kept in the file about the model, by key.
        seed: Of the initial weights of head, attention and embedding.

    Pickling and ``copy.deepcopy`` keep everything. Threads may share an object: a call computes with the parameters that there
    were when it began. The interpreter lock is released meanwhile.

    Raises:
        ValueError: If an option has a value that makes no sense.
    """

    _engine: engine.Model

    def __init__(
        self,
        recurrent: RecurrentLayers,
        outputs: int | None = None,
        *,
        readout: Literal["every_step", "last_step", "mean", "attention"] = "every_step",
        vocabulary: int | None = None,
        description: Mapping[str, str] | None = None,
        seed: int = 0,
    ) -> None:
        if not isinstance(recurrent, RecurrentLayers):
            raise TypeError(f"recurrent: expected a Gru, Lstm, Mgu or Rnn, found {type(recurrent).__name__}")
        input_layer: dict[str, Any] = {"kind": "features"}
        if vocabulary is not None:
            size = _checks.size("vocabulary", vocabulary)
            input_layer = {"kind": "embedding", "vocabulary": size, "size": recurrent.input_size}
        configuration = {
            "input": input_layer,
            "recurrent": recurrent.configuration,
            "head": "none" if outputs is None else "dense",
            "outputs": recurrent.output_size if outputs is None else _checks.size("outputs", outputs),
            "readout": _checks.one_of("readout", readout, ("every_step", "last_step", "mean", "attention")),
        }
        self._engine = engine.Model(json.dumps(configuration), _checks.seed(seed))
        parameters = self._engine.state_dict()
        parameters.update({f"recurrent.{name}": value for name, value in recurrent.state_dict().items()})
        self._engine.load_state_dict(parameters)
        if description is not None:
            self._engine.description = dict(description)

    @classmethod
    def _over(cls, network: engine.Model) -> Model:
        model = cls.__new__(cls)
        model._engine = network
        return model

    @property
    def description(self) -> dict[str, str]:
        """What its maker says about the model, by key: a copy. Assign a dictionary to replace it."""
        return self._engine.description

    @description.setter
    def description(self, description: Mapping[str, str]) -> None:
        self._engine.description = dict(description)

    def __call__(
        self,
        x: Floats | NDArray[np.integer[Any]],
        state: State | Floats | tuple[Floats, Floats] | None = None,
        lengths: Lengths | None = None,
        *,
        batch_first: bool = False,
    ) -> tuple[Floats, State]:
        """Runs the model over whole sequences, without dropout.

        Args:
            x: ``float32`` features ``[steps, batch, input_size]``, or tokens of any integer dtype ``[steps, batch]``; of one sequence
                ``[steps, input_size]`` or ``[steps]``. Features are as the model's training scaled them.
            state: The state before the first step, zeros if missing.
            lengths: Number of steps of each sequence of a ragged batch, in any order.
            batch_first: Whether ``x`` and the outputs of every step have the batch's axis first.

        Returns:
            The outputs, ``[steps, batch, outputs]`` if the head reads every step and else ``[batch, outputs]``, and the state at each
            sequence's end.

        Raises:
            TypeError: If an array has another dtype.
            ValueError: If a shape or a token does not fit, there is no sequence or no step, or a value is not finite.
        """
        return self._engine.forward(x, state, lengths, batch_first)

    def trace(
        self,
        x: Floats | NDArray[np.integer[Any]],
        state: State | Floats | tuple[Floats, Floats] | None = None,
        lengths: Lengths | None = None,
        *,
        batch_first: bool = False,
    ) -> dict[str, Floats]:
        """What every gate of the recurrent layers did, as ``Gru.trace`` returns it."""
        return self._engine.trace(x, state, lengths, batch_first)

    def stream(self, batch: int | None = None) -> engine.Stream:
        """A ``Stream`` that is fed step by step; with ``batch``, that many side by side.

        Raises:
            ValueError: If the model reads whole sequences: it is bidirectional or pools over the steps.
        """
        return engine.Stream(self, batch)

    def __repr__(self) -> str:
        configuration = self.configuration
        recurrent = configuration["recurrent"]
        inputs = recurrent["input_size"]
        if configuration["input"]["kind"] == "embedding":
            inputs = f"tokens of {configuration['input']['vocabulary']}"
        task = f", for {self.task}" if self.task else ""
        layers = f"{recurrent['cell']['name']} {recurrent['hidden_size']}"
        return f"<tidegate.Model {inputs} -> {layers} -> {configuration['outputs']} at {configuration['readout']}{task}>"


class ForecastNetwork(_Saved):
    """The network of a forecaster: from a window of a series to quantiles of the rows that follow it.

    It reads and gives numbers as its training scaled them; ``tidegate.Forecaster`` does that for tables. Made by ``tidegate.load``.
    """

    _engine: engine.ForecastNetwork

    def __init__(self) -> None:
        raise TypeError("a ForecastNetwork is made by tidegate.load")

    @classmethod
    def _over(cls, network: engine.ForecastNetwork) -> ForecastNetwork:
        made = cls.__new__(cls)
        made._engine = network
        return made

    @property
    def description(self) -> dict[str, str]:
        """What its maker says about the network, by key: a copy."""
        return self._engine.description

    def __call__(self, past: Floats, known: Floats | None = None, *, batch_first: bool = False) -> Floats:
        """Forecasts windows.

        Args:
            past: What is known up to now, ``[window, windows, past_size]``, or ``[window, past_size]`` of one window; the targets first.
            known: What is known ahead, ``[horizon, windows, known_size]``, if the network reads any.
            batch_first: Whether the windows' axis of ``past`` and ``known`` comes first.

        Returns:
            ``[windows, horizon, targets, levels]``, or ``[horizon, targets, levels]`` of one window.

        Raises:
            TypeError: If an array is not of ``float32``.
            ValueError: If a shape does not fit or a value is not finite.
        """
        return self._engine.forward(past, known, batch_first)

    def __repr__(self) -> str:
        configuration = self.configuration
        recurrent = configuration["recurrent"]
        sizes = f"{configuration['window']} -> {configuration['horizon']} rows"
        return f"<tidegate.ForecastNetwork {sizes}, {recurrent['cell']['name']} {recurrent['hidden_size']}>"
