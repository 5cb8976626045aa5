"""Sequences as the estimators take them: an array, a table, or a list of arrays of different lengths."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_array, validate_data

Floats = npt.NDArray[np.float32]
# An array [n, steps, channels], or arrays [steps, channels].
Sequences = Floats | list[Floats]


def is_list_of_sequences(X: Any) -> bool:
    """Whether the items are sequences of their own, and not the rows of a table."""
    if isinstance(X, np.ndarray):
        return X.ndim == 1 and X.dtype == object and len(X) > 0 and np.ndim(X[0]) == 2
    return isinstance(X, (list, tuple)) and len(X) > 0 and getattr(X[0], "ndim", None) == 2


def sequences_of(estimator: Any, X: Any, channels: int | None) -> Sequences:
    """``X`` as ``float32``. At ``fit``, ``channels`` is ``None``, and the estimator learns ``n_features_in_``; later it is
    the number that was trained on.

    Raises:
        TypeError: sparse matrices, or sequences that are no numbers.
        ValueError: another number of axes, channels or columns; NaN or infinite numbers, where they are said by their place
            in ``X``, or are said by Rust, which looks at every sequence.
    """
    if is_list_of_sequences(X):
        found: Sequences = [_sequence(index, sequence) for index, sequence in enumerate(X)]
        _note(estimator, found[0].shape[1], channels)
        return found
    if getattr(X, "ndim", None) == 3 or (isinstance(X, (list, tuple)) and _depth(X) == 3):
        array = check_array(
            X, dtype=np.float32, order="C", allow_nd=True, ensure_all_finite=False, input_name="X", estimator=estimator
        )
        _note(estimator, array.shape[2], channels)
        return array  # type: ignore[no-any-return]
    if channels is not None and not estimator._reads_tables:
        table = check_array(X, dtype=np.float32, order="C", input_name="X", estimator=estimator)
        _check_channels(estimator, 1, channels)
    else:
        table = validate_data(estimator, X, dtype=np.float32, order="C", reset=channels is None)
        if channels is None:
            estimator._reads_tables = True
    return table[:, :, np.newaxis]  # type: ignore[no-any-return]


def _depth(X: Any) -> int:
    depth = 0
    while isinstance(X, (list, tuple)) and len(X) > 0:
        depth, X = depth + 1, X[0]
    return depth


def _sequence(index: int, sequence: Any) -> Floats:
    array = np.asarray(sequence)
    if array.dtype.kind not in "fiub" and not (array.dtype == object and array.size > 0):
        raise TypeError(f"X[{index}] has the dtype {array.dtype}: numbers are expected")
    if array.ndim != 2:
        raise ValueError(f"X[{index}] has the shape {array.shape}: [steps, channels] is expected")
    try:
        return np.ascontiguousarray(array, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise TypeError(f"X[{index}] holds something that is no number: {error}") from error


def _note(estimator: Any, found: int, channels: int | None) -> None:
    if channels is not None:
        _check_channels(estimator, found, channels)
        return
    estimator._reads_tables = False
    estimator.n_features_in_ = found
    # Names of columns, of an earlier table.
    if hasattr(estimator, "feature_names_in_"):
        del estimator.feature_names_in_


def _check_channels(estimator: Any, found: int, channels: int) -> None:
    if found != channels:
        name = type(estimator).__name__
        raise ValueError(f"X has {found} channels, but {name} is expecting {channels} channels a step")


def check_labels_given(estimator: Any, y: Any) -> None:
    """Refuses ``None``, as scikit-learn does."""
    if y is None:
        raise ValueError(
            f"This {type(estimator).__name__} estimator requires y to be passed, but the target y is None."
        )


@contextmanager
def unchanged_on_failure(estimator: Any) -> Iterator[None]:
    """Leaves the estimator as it was where training fails or is interrupted."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
