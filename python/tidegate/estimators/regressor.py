"""Regression of whole sequences."""

import json
import os
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, column_or_1d

from tidegate._engine import RegressModel
from tidegate.estimators.parameters import SEQUENCES, checked, seed_of, threads_of
from tidegate.estimators.progress import Callback, progress
from tidegate.estimators.sequences import check_labels_given, sequences_of, unchanged_on_failure


class SequenceRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Gives a number, or several, for each whole sequence.

    ``X`` is an array ``[n, steps, channels]``, a list of arrays ``[steps, channels]`` of any lengths, or a table
    ``[n, steps]`` of one channel, as all tables of scikit-learn are. It has to be finite. Everything is computed in
    ``float32``. What is kept small is the mean squared error of the targets, each scaled by mean and deviation of its
    training sequences. A share of the sequences is held back (``validation``): the epoch with the lowest error on it is kept.

    The network and its training are those of ``SequenceClassifier``, with the same parameters and defaults.

    Args:
        cell: ``"gru"``, ``"gru-before"``, ``"lstm"``, ``"lstm-peephole"``, ``"rnn"``, ``"rnn-relu"`` or ``"mgu"``.
        hidden: Units of a layer, in each direction.
        layers: Recurrent layers.
        directions: ``"both"`` or ``"forward"``.
        pooling: What the numbers are read from: the ``"last"`` hidden state, their ``"mean"``, or their mean weighted by
            ``"attention"``.
        dropout: Share of units left out before the head and between layers, in training.
        input_dropout: Share of values of the channels left out, in training.
        recurrent_dropout: Share of the previous hidden state left out, the same at all steps of a sequence, in training.
        epochs: Passes over the training sequences at most.
        patience: Training ends after so many epochs without a lower validation loss; ``None`` for never.
        batch: Sequences of an update.
        learning_rate: Of AdamW.
        clip: Limit on the norm of the whole gradient; ``None`` for none.
        weight_decay: How far each update shrinks the parameters, times the learning rate.
        validation: Share of the sequences that is held back.
        random_state: Seed of all random numbers, a generator of NumPy to draw one from, or ``None`` to draw it from NumPy's
            own. The same seed gives the same bits, at any number of threads.
        n_jobs: Threads of the training; ``None`` for what the machine offers (or ``RAYON_NUM_THREADS``), -1 for its cores.
        verbose: Whether progress is shown.
        callback: Called with a dictionary after each epoch, whose keys are those of ``history_``. What it raises ends the
            training.

    Attributes:
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
        """Trains on sequences ``X`` with a number each, ``y`` ``[n]``, or several, ``[n, targets]``.

        Raises:
            TypeError: a parameter or ``X`` is of another type.
            ValueError: a parameter is out of its range; ``X`` or ``y`` does not fit: NaN, no steps, other channels.
            FloatingPointError: a number stops being finite in training.
        """
        with unchanged_on_failure(self):
            return self._fit(X, y)

    def _fit(self, X: Any, y: Any) -> Self:
        options = {**checked(self, SEQUENCES), "class_weights": "equal", "seed": seed_of(self.random_state)}
        check_labels_given(self, y)
        sequences = sequences_of(self, X, None)
        y = check_array(y, ensure_2d=False, dtype=np.float64, input_name="y", estimator=self)
        if y.ndim == 1 or y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        check_consistent_length(sequences, y)
        if len(y) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least two sequences, one of them to validate on, and X has 1 sample"
            )
        targets = np.ascontiguousarray(y.reshape(len(y), -1))
        with progress(self.verbose, self.callback, options["epochs"]) as callback:
            model, history = RegressModel.fit(sequences, targets, options, threads_of(self.n_jobs), callback)
        self._model = model
        self._gives_vectors = y.ndim == 2
        self.history_ = history
        return self

    def predict(self, X: Any) -> npt.NDArray[np.float64]:
        """The number of each sequence, ``[n]``, or its numbers, ``[n, targets]``, as ``y`` was at ``fit``.

        Raises:
            sklearn.exceptions.NotFittedError: before ``fit``.
            ValueError: ``X`` does not fit what was trained on.
        """
        check_is_fitted(self)
        sequences = sequences_of(self, X, self._model.channels)
        found = self._model.predict(sequences)
        return found if self._gives_vectors else found[:, 0]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a model file. No subcommand of ``tidegate`` predicts with it; ``tidegate.load`` opens its network.

        Raises:
            OSError: the file cannot be written; one that stood there before is as it was.
        """
        check_is_fitted(self)
        note = {"vectors": self._gives_vectors, "columns": self.n_features_in_ if self._reads_tables else None}
        self._model.note = json.dumps(note)
        self._model.save(os.fspath(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Reads a model file that ``save`` wrote. The parameters are the defaults: they do not matter until ``fit``.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no such model.
        """
        model = RegressModel.load(os.fspath(path))
        estimator = cls()
        note = json.loads(model.note or "{}")
        columns = note.get("columns")
        estimator._model = model
        estimator._reads_tables = columns is not None
        estimator._gives_vectors = note.get("vectors", model.targets > 1)
        estimator.n_features_in_ = model.channels if columns is None else columns
        estimator.history_ = []
        return estimator

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.target_tags.multi_output = True
        return tags
