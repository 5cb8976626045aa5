"""A classifier of whole sequences."""

import json
import os
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, column_or_1d

from tidegate._engine import ClassifyModel
from tidegate.estimators.parameters import SEQUENCES, Check, checked, choice, seed_of, threads_of
from tidegate.estimators.progress import Callback, progress
from tidegate.estimators.sequences import check_labels_given, sequences_of, unchanged_on_failure

_CHECKS: dict[str, Check] = {"class_weights": choice("equal", "balanced"), **SEQUENCES}


class SequenceClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Sorts whole sequences into classes: ``tidegate train classify`` as an estimator.

    ``X`` is an array ``[n, steps, channels]``, a list of arrays ``[steps, channels]`` of any lengths, or a table
    ``[n, steps]`` of one channel, as all tables of scikit-learn are. It has to be finite. Everything is computed in
    ``float32``. A share of each class is held back (``validation``): the epoch with the lowest loss on it is kept, and the
    probabilities are calibrated on it by a temperature.

    The parameters are those of the command's configuration, by the same names and with the same defaults.

    Args:
        cell: ``"gru"``, ``"gru-before"``, ``"lstm"``, ``"lstm-peephole"``, ``"rnn"``, ``"rnn-relu"`` or ``"mgu"``.
        hidden: Units of a layer, in each direction.
        layers: Recurrent layers.
        directions: ``"both"`` or ``"forward"``.
        pooling: What a class is read from: the ``"last"`` hidden state, their ``"mean"``, or their mean weighted by
            ``"attention"``.
        dropout: Share of units left out before the head and between layers, in training.
        input_dropout: Share of values of the channels left out, in training.
        recurrent_dropout: Share of the previous hidden state left out, the same at all steps of a sequence, in training.
        class_weights: ``"equal"``: every sequence counts the same in the loss; ``"balanced"``: every class.
        epochs: Passes over the training sequences at most.
        patience: Training ends after so many epochs without a lower validation loss; ``None`` for never.
        batch: Sequences of an update.
        learning_rate: Of AdamW.
        clip: Limit on the norm of the whole gradient; ``None`` for none.
        weight_decay: How far each update shrinks the parameters, times the learning rate.
        validation: Share of each class that is held back.
        random_state: Seed of all random numbers, a generator of NumPy to draw one from, or ``None`` to draw it from NumPy's
            own. The same seed gives the same bits, at any number of threads.
        n_jobs: Threads of the training; ``None`` for what the machine offers (or ``RAYON_NUM_THREADS``), -1 for its cores.
        verbose: Whether progress is shown.
        callback: Called with a dictionary after each epoch, whose keys are those of ``history_``. What it raises ends the
            training.

    Attributes:
        classes_: The classes, sorted.
        n_features_in_: Columns of a table, or channels of sequences.
        feature_names_in_: Names of the columns of a data frame.
        history_: A dictionary for each epoch: ``epoch``, ``train_loss``, ``valid_loss``, ``learning_rate``, ``updates``,
            ``seconds``, ``best``. Empty if the model was loaded.

    Ctrl-C ends ``fit`` before its next batch with ``KeyboardInterrupt``; the estimator is then as it was before ``fit``.
    """

    def __init__(
        self,
        *,
        cell: str = "gru",
        hidden: int = 128,
        layers: int = 1,
        directions: str = "both",
        pooling: str = "mean",
        dropout: float = 0.5,
        input_dropout: float = 0.2,
        recurrent_dropout: float = 0.3,
        class_weights: str = "equal",
        epochs: int = 100,
        patience: int | None = 20,
        batch: int = 16,
        learning_rate: float = 3e-3,
        clip: float | None = 1.0,
        weight_decay: float = 0.01,
        validation: float = 0.1,
        random_state: Any = 1,
        n_jobs: int | None = None,
        verbose: bool | int = False,
        callback: Callback | None = None,
    ) -> None:
        self.cell = cell
        self.hidden = hidden
        self.layers = layers
        self.directions = directions
        self.pooling = pooling
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.recurrent_dropout = recurrent_dropout
        self.class_weights = class_weights
        self.epochs = epochs
        self.patience = patience
        self.batch = batch
        self.learning_rate = learning_rate
        self.clip = clip
        self.weight_decay = weight_decay
        self.validation = validation
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.callback = callback

    def fit(self, X: Any, y: Any) -> Self:
        """Trains on sequences ``X`` with a class each, ``y``.

        Raises:
            TypeError: a parameter or ``X`` is of another type.
            ValueError: a parameter is out of its range; ``X`` or ``y`` does not fit: NaN, no steps, other channels, one class
                alone, no class with two sequences.
            FloatingPointError: a number stops being finite in training.
        """
        with unchanged_on_failure(self):
            return self._fit(X, y)

    def _fit(self, X: Any, y: Any) -> Self:
        options = {**checked(self, _CHECKS), "seed": seed_of(self.random_state)}
        check_labels_given(self, y)
        sequences = sequences_of(self, X, None)
        y = check_array(y, ensure_2d=False, dtype=None, ensure_min_samples=0, input_name="y", estimator=self)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        check_consistent_length(sequences, y)
        classes, indices = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least two classes, and y has one class: {classes.tolist()[0]!r}"
            )
        names = [str(name) for name in classes]
        with progress(self.verbose, self.callback, options["epochs"]) as callback:
            model, history = ClassifyModel.fit(
                sequences, [names[index] for index in indices], options, threads_of(self.n_jobs), callback
            )
        self._model = model
        self.classes_ = classes
        self.history_ = history
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The probability of each class of ``classes_``, ``[n, classes]``.

        Raises:
            sklearn.exceptions.NotFittedError: before ``fit``.
            ValueError: ``X`` does not fit what was trained on.
        """
        check_is_fitted(self)
        sequences = sequences_of(self, X, self._model.channels)
        found = self._model.probabilities(sequences)
        names = self._model.classes
        return found[:, [names.index(str(name)) for name in self.classes_]]

    def predict_log_proba(self, X: Any) -> npt.NDArray[np.float64]:
        """The logarithms of ``predict_proba``."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The most probable class of each sequence, ``[n]``."""
        indices = np.argmax(self.predict_proba(X), axis=1)
        return self.classes_[indices]  # type: ignore[no-any-return]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of sequences that are sorted right.

        Raises:
            ValueError: ``y`` holds a class that training did not see, or does not fit ``X``.
        """
        check_is_fitted(self)
        y = column_or_1d(y)
        unknown = np.flatnonzero(~np.isin(y, self.classes_))
        if len(unknown) > 0:
            place = int(unknown[0])
            raise ValueError(
                f"y[{place}] is {y[place]!r}, a class that was not trained on: the classes are {self.classes_.tolist()}"
            )
        return float(super().score(X, y, sample_weight))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model file, which ``tidegate classify`` and ``tidegate evaluate`` read too.

        Raises:
            OSError: the file cannot be written; one that stood there before is as it was.
        """
        check_is_fitted(self)
        note = {"classes": self.classes_.dtype.str, "columns": self.n_features_in_ if self._reads_tables else None}
        self._model.note = json.dumps(note)
        self._model.save(os.fspath(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Reads a model file that ``save`` or ``tidegate train classify`` wrote. Classes that the command trained on are
        texts. The parameters are the defaults: they do not matter until ``fit``.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no such model.
        """
        model = ClassifyModel.load(os.fspath(path))
        estimator = cls()
        note = json.loads(model.note or "{}")
        columns = note.get("columns")
        estimator._model = model
        estimator._reads_tables = columns is not None
        estimator.n_features_in_ = model.channels if columns is None else columns
        estimator.classes_ = _classes(model.classes, note.get("classes"))
        estimator.history_ = []
        return estimator

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def _classes(names: list[str], dtype: str | None) -> npt.NDArray[Any]:
    """The classes of these names, of the dtype that they had."""
    kind = "U" if dtype is None else np.dtype(dtype).kind
    if kind == "b":
        return np.sort(np.array([name == "True" for name in names]))
    if kind in "iuf":
        return np.sort(np.array(names).astype(dtype))
    return np.sort(np.array(names, dtype=object if kind == "O" else str))
