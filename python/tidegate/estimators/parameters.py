"""Checks of the estimators' parameters: what a parameter may be is said here, once for each kind."""

import math
import numbers
import operator
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sklearn.utils import check_random_state

Check = Callable[[str, Any], Any]

# Where whole numbers end that every part of the engine can count with.
MOST = 1_000_000
# Seeds that random generators of NumPy give.
SEEDS = 2**31 - 1


def whole(least: int, most: int = MOST) -> Check:
    """A whole number between two."""

    def check(name: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, numbers.Integral):
            raise TypeError(f"{name}={value!r} is no whole number")
        number = operator.index(value)
        if not least <= number <= most:
            raise ValueError(f"{name}={value!r} lies outside of {least} to {most}")
        return number

    return check


def real(least: float, most: float = math.inf, *, with_least: bool, with_most: bool = False) -> Check:
    """A finite number between two, which may be allowed themselves."""

    def check(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise TypeError(f"{name}={value!r} is no number")
        number = float(value)
        above = number >= least if with_least else number > least
        below = number <= most if with_most else number < most
        if not (math.isfinite(number) and above and below):
            start = "at least" if with_least else "above"
            end = "" if math.isinf(most) else f" and {'at most' if with_most else 'below'} {most:g}"
            raise ValueError(f"{name}={value!r} has to be {start} {least:g}{end}")
        return number

    return check


def choice(*words: str) -> Check:
    """One of some words."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{name}={value!r} is no str")
        if value not in words:
            raise ValueError(f"{name}={value!r} is none of {', '.join(map(repr, words))}")
        return value

    return check


def text(name: str, value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise TypeError(f"{name}={value!r} is no str")
    return value


def texts(name: str, value: Any) -> list[str]:
    """Any texts; one alone stands for itself."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Sequence) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name}={value!r} is no list of str")
    return list(value)


def levels(name: str, value: Any) -> list[float]:
    """Levels of quantiles: between 0 and 1, each above the one before."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{name}={value!r} is no list of numbers")
    between = real(0, 1, with_least=False)
    found = [between(name, level) for level in value]
    if not found or any(one >= other for one, other in zip(found, found[1:], strict=False)):
        raise ValueError(f"{name}={value!r} has to be at least one level, each above the one before")
    return found


def optional(check: Check) -> Check:
    """The same, or ``None``."""
    return lambda name, value: None if value is None else check(name, value)


SHARE = real(0, 1, with_least=True)
POSITIVE = real(0, with_least=False)
CELL = choice("rnn", "rnn-relu", "lstm", "lstm-peephole", "gru", "gru-before", "mgu")

# What training is told, whatever is trained.
TRAINING: dict[str, Check] = {
    "patience": optional(whole(1)),
    "learning_rate": POSITIVE,
    "clip": optional(POSITIVE),
    "weight_decay": real(0, with_least=True),
}

# The parameters of the estimators of whole sequences.
SEQUENCES: dict[str, Check] = {
    "validation": real(0, 1, with_least=False),
    "cell": CELL,
    "hidden": whole(1, 16_384),
    "layers": whole(1, 64),
    "directions": choice("both", "forward"),
    "pooling": choice("last", "mean", "attention"),
    "dropout": SHARE,
    "input_dropout": SHARE,
    "recurrent_dropout": SHARE,
    "epochs": whole(1),
    "batch": whole(1),
    **TRAINING,
}


def checked(estimator: Any, checks: dict[str, Check]) -> dict[str, Any]:
    """The estimator's parameters of these names, as Rust takes them.

    Raises:
        TypeError: a parameter is of another type.
        ValueError: a parameter is out of its range.
    """
    return {name: check(name, getattr(estimator, name)) for name, check in checks.items()}


def seed_of(random_state: Any) -> int:
    """The seed: a whole number as it is, or the next number of a generator of NumPy (``None`` for NumPy's own)."""
    if isinstance(random_state, numbers.Integral) and not isinstance(random_state, bool):
        return whole(0, 2**63 - 1)("random_state", random_state)  # type: ignore[no-any-return]
    return int(check_random_state(random_state).randint(SEEDS))


def threads_of(n_jobs: Any) -> int | None:
    """Threads: ``None`` for those that all computations share, -1 for as many as the machine has cores."""
    if n_jobs is None:
        return None
    if isinstance(n_jobs, numbers.Integral) and n_jobs == -1:
        return os.cpu_count() or 1
    return whole(1, 1024)("n_jobs", n_jobs)  # type: ignore[no-any-return]
