"""Gated recurrent networks, GRU first.

Everything is loaded when it is first asked for: ``import tidegate`` imports neither NumPy nor any other package.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tidegate import estimators as estimators
    from tidegate import exchange as exchange
    from tidegate import torch as torch
    from tidegate._engine import VERSION as __version__
    from tidegate._engine import Stream
    from tidegate.estimators import Forecaster as Forecaster
    from tidegate.estimators import SequenceClassifier as SequenceClassifier
    from tidegate.estimators import SequenceRegressor as SequenceRegressor
    from tidegate.model import ForecastNetwork, Model, load
    from tidegate.recurrent import Gru, Lstm, Mgu, Rnn, State

# Where each name is defined.
_HOMES = {
    "ForecastNetwork": "tidegate.model",
    "Forecaster": "tidegate.estimators",
    "Gru": "tidegate.recurrent",
    "Lstm": "tidegate.recurrent",
    "Mgu": "tidegate.recurrent",
    "Model": "tidegate.model",
    "Rnn": "tidegate.recurrent",
    "SequenceClassifier": "tidegate.estimators",
    "SequenceRegressor": "tidegate.estimators",
    "State": "tidegate.recurrent",
    "Stream": "tidegate._engine",
    "load": "tidegate.model",
}
_MODULES = ("estimators", "exchange", "torch")

# What NumPy suffices for. The rest asks for other packages, and a star would import them.
__all__ = [
    "ForecastNetwork",
    "Gru",
    "Lstm",
    "Mgu",
    "Model",
    "Rnn",
    "State",
    "Stream",
    "__version__",
    "load",
]


def __getattr__(name: str) -> object:
    """The attribute from its home, kept here afterwards (PEP 562)."""
    from importlib import import_module

    value: object
    if name == "__version__":
        value = import_module("tidegate._engine").VERSION
    elif name in _MODULES:
        value = import_module(f"tidegate.{name}")
    elif name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'tidegate' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_MODULES, *__all__})
