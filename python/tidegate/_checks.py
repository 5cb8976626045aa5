"""Options of constructors, checked before the engine sees them: an error names the option and what is accepted."""

from operator import index
from typing import SupportsIndex

__all__ = ["one_of", "rate", "seed", "size"]


def size(name: str, value: SupportsIndex) -> int:
    """An integer of any kind, 1 or more."""
    number = _integer(name, value)
    if not 1 <= number < 2**63:
        raise ValueError(f"{name}: {number} is not a size: it must be at least 1")
    return number


def seed(value: SupportsIndex) -> int:
    """An integer of 64 bits without a sign."""
    number = _integer("seed", value)
    if not 0 <= number < 2**64:
        raise ValueError(f"seed: {number} is not from 0 to 2**64 - 1")
    return number


def rate(name: str, value: float) -> float:
    """A probability below 1."""
    number = float(value)
    if not 0.0 <= number < 1.0:
        raise ValueError(f"{name}: {number} is not a probability from 0 to below 1")
    return number


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """One of some words."""
    if value not in allowed:
        raise ValueError(f"{name}: {value!r} is none of {', '.join(map(repr, allowed))}")
    return value


def _integer(name: str, value: SupportsIndex) -> int:
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"{name}: expected an integer, found {type(value).__name__}") from None
