"""Forecasts of the series of a table."""

import os
from collections.abc import Sequence
from typing import Any, Self

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from tidegate._engine import ForecastModel
from tidegate.estimators.parameters import (
    CELL,
    SHARE,
    TRAINING,
    Check,
    checked,
    choice,
    levels,
    optional,
    real,
    seed_of,
    text,
    texts,
    threads_of,
    whole,
)
from tidegate.estimators.progress import Callback, progress
from tidegate.estimators.sequences import unchanged_on_failure
from tidegate.estimators.tables import frame_like, table_of

_CHECKS: dict[str, Check] = {
    "time": optional(text),
    "date_order": optional(choice("day_first", "month_first")),
    "series": optional(text),
    "targets": optional(texts),
    "past": texts,
    "known": texts,
    "static": texts,
    "calendar": choice("none", "auto"),
    "missing": choice("refuse", "mask", "forward-fill", "linear", "drop"),
    "season": optional(whole(1)),
    "split": text,
    "gap": whole(0),
    "model": choice("segment", "direct"),
    "cell": CELL,
    "hidden": optional(whole(1, 16_384)),
    "layers": whole(1, 64),
    "segment": optional(whole(1)),
    "dropout": SHARE,
    "normalise": choice("none", "last", "instance"),
    "window": optional(whole(1)),
    "horizon": optional(whole(1)),
    "loss": choice("squared", "absolute", "quantile"),
    "epochs": optional(whole(1)),
    "batch": optional(whole(1)),
    "decay": optional(real(0, 1, with_least=False, with_most=True)),
    "decay_from": whole(1),
    "quantiles": levels,
    **TRAINING,
}


class Forecaster(BaseEstimator):  # type: ignore[misc]
    """Forecasts the series of a table, with quantiles: ``tidegate train forecast`` as an estimator.

    A table is a data frame of pandas or polars, a table of pyarrow, any other object with ``__arrow_c_stream__``, or a
    dictionary of NumPy arrays. It holds one series, a row for each step, or several below each other, told apart by the
    column ``series``. Each series is split by time (``split``): the network is trained on the windows of the first part,
    the epoch with the lowest loss on the second part is kept, and ``evaluate`` and ``score`` measure on the third.

    The parameters are those of the command's configuration, by the same names and with the same defaults. ``None`` leaves
    to the data what the configuration calls ``"auto"``.

    Args:
        time: The column of times; found by name or content.
        date_order: ``"day_first"`` or ``"month_first"``, for texts such as 1/7/2016.
        series: The column that tells series apart; found by name or content.
        targets: The columns that are forecast; every column of numbers that has no other role.
        past: Columns that are known up to the present only.
        known: Columns that are known ahead over the horizon too. A table to ``predict`` from has rows for the horizon, in
            which the targets are missing.
        static: Columns with one value for each series.
        calendar: Features of the calendar: ``"none"``, or those that fit the frequency (``"auto"``).
        missing: What is done with missing values: ``"refuse"``, ``"mask"``, ``"forward-fill"``, ``"linear"`` or ``"drop"``.
        season: Steps of a season; what fits the frequency.
        split: Rows (``"8640,2880,2880"``), shares, or the times at which validation and test begin
            (``"2017-07-01,2017-11-01"``).
        gap: Steps left out between two parts.
        model: ``"segment"``: a step of the network is a segment of the window (SegRNN); ``"direct"``: a row.
        cell: ``"gru"``, ``"gru-before"``, ``"lstm"``, ``"lstm-peephole"``, ``"rnn"``, ``"rnn-relu"`` or ``"mgu"``.
        hidden: Units of a layer.
        layers: Recurrent layers.
        segment: Rows of a segment.
        dropout: Share of units left out before the head and between layers, in training.
        normalise: What is taken from each window and given back: ``"none"``, its ``"last"`` value, or its mean and
            deviation (``"instance"``).
        window: Rows that are read.
        horizon: Rows that are forecast.
        loss: ``"squared"``, ``"absolute"`` or ``"quantile"``.
        epochs: Passes over the training windows at most.
        patience: Training ends after so many epochs without a lower validation loss; ``None`` for never.
        batch: Windows of an update.
        learning_rate: Of AdamW, in the first epoch.
        decay: The learning rate is multiplied by it in each epoch from ``decay_from`` on.
        decay_from: The first epoch with a reduced learning rate, from 1.
        clip: Limit on the norm of the whole gradient; ``None`` for none.
        weight_decay: How far each update shrinks the parameters, times the learning rate.
        quantiles: Levels of the quantiles.
        random_state: Seed of all random numbers, a generator of NumPy to draw one from, or ``None`` to draw it from NumPy's
            own. The same seed gives the same bits, at any number of threads.
        n_jobs: Threads of the training; ``None`` for what the machine offers (or ``RAYON_NUM_THREADS``), -1 for its cores.
        verbose: Whether progress is shown.
        callback: Called with a dictionary after each epoch, whose keys are those of ``history_``. What it raises ends the
            training.

    Attributes:
        targets_: The columns that are forecast.
        time_: The column of times, if there is one.
        series_: The column that tells series apart, if there is one.
        window_: Rows that are read.
        horizon_: Rows that are forecast.
        season_: Steps of a season.
        notes_: What is peculiar about the table that was trained on.
        history_: A dictionary for each epoch: ``epoch``, ``train_loss``, ``valid_loss``, ``learning_rate``, ``updates``,
            ``seconds``, ``best``. Empty if the model was loaded.

    Ctrl-C ends ``fit`` before its next batch with ``KeyboardInterrupt``; the estimator is then as it was before ``fit``.
    """

    def __init__(
        self,
        *,
        time: str | None = None,
        date_order: str | None = None,
        series: str | None = None,
        targets: Sequence[str] | None = None,
        past: Sequence[str] = (),
        known: Sequence[str] = (),
        static: Sequence[str] = (),
        calendar: str = "none",
        missing: str = "refuse",
        season: int | None = None,
        split: str = "0.7,0.1,0.2",
        gap: int = 0,
        model: str = "segment",
        cell: str = "gru",
        hidden: int | None = None,
        layers: int = 1,
        segment: int | None = None,
        dropout: float = 0.5,
        normalise: str = "last",
        window: int | None = None,
        horizon: int | None = None,
        loss: str = "squared",
        epochs: int | None = None,
        patience: int | None = 10,
        batch: int | None = None,
        learning_rate: float = 1e-3,
        decay: float | None = None,
        decay_from: int = 3,
        clip: float | None = None,
        weight_decay: float = 0.0,
        quantiles: Sequence[float] = (0.1, 0.5, 0.9),
        random_state: Any = 1,
        n_jobs: int | None = None,
        verbose: bool | int = False,
        callback: Callback | None = None,
    ) -> None:
        self.time = time
        self.date_order = date_order
        self.series = series
        self.targets = targets
        self.past = past
        self.known = known
        self.static = static
        self.calendar = calendar
        self.missing = missing
        self.season = season
        self.split = split
        self.gap = gap
        self.model = model
        self.cell = cell
        self.hidden = hidden
        self.layers = layers
        self.segment = segment
        self.dropout = dropout
        self.normalise = normalise
        self.window = window
        self.horizon = horizon
        self.loss = loss
        self.epochs = epochs
        self.patience = patience
        self.batch = batch
        self.learning_rate = learning_rate
        self.decay = decay
        self.decay_from = decay_from
        self.clip = clip
        self.weight_decay = weight_decay
        self.quantiles = quantiles
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.callback = callback

    def fit(self, table: Any, y: None = None) -> Self:
        """Trains on the series of a table. ``y`` is there for scikit-learn's sake: the targets are columns of the table.

        Raises:
            TypeError: a parameter is of another type, or ``table`` is no table.
            ValueError: a parameter is out of its range, or the table does not fit: with column and row.
            FloatingPointError: a number stops being finite in training.
        """
        if y is not None:
            raise ValueError("y is given, but the targets are columns of the table: name them by the parameter targets")
        with unchanged_on_failure(self):
            options = {**checked(self, _CHECKS), "seed": seed_of(self.random_state)}
            columns = table_of(table)
            with progress(self.verbose, self.callback, options["epochs"]) as callback:
                model, history, notes = ForecastModel.fit(columns, options, threads_of(self.n_jobs), callback)
            self._keep(model)
            self.history_ = history
            self.notes_ = notes
        return self

    def predict(self, table: Any) -> Any:
        """What comes after each series of a table that is at least as long as the window.

        Returns:
            A table of the same library: a row for each step of each series, with the series (if the model tells several
            apart), the time (or ``row``, counted from 0, where there are no times), and for each target the forecast under
            the target's name and its quantiles, such as ``load_0.1``. Forecasts are means, or medians where ``loss`` is not
            ``"squared"``.

        Raises:
            sklearn.exceptions.NotFittedError: before ``fit``.
            TypeError: ``table`` is no table.
            ValueError: the table does not fit what was trained on.
        """
        check_is_fitted(self)
        return frame_like(table, self._model.predict(table_of(table)))

    def evaluate(self, table: Any) -> dict[str, dict[str, float | None]]:
        """Errors on the test part of a table that was trained on; on all rows where it holds none that were trained on.

        Returns:
            For ``model`` and the baselines ``naive``, ``seasonal_naive`` and ``drift`` the measures by name: ``mse`` and
            ``mae`` on the scale of the network, ``mse_in_units``, ``mae_in_units``, ``mase``, ``smape``,
            ``weighted_quantile_loss`` and ``coverage_0.8`` (of the interval between the quantiles 0.1 and 0.9). ``None``
            where a measure is not defined. ``pandas.DataFrame(…).T`` makes a table of it.

        Raises:
            sklearn.exceptions.NotFittedError: before ``fit``.
            ValueError: the table does not fit, or nothing in it can be measured.
        """
        check_is_fitted(self)
        _, _, methods = self._model.evaluate(table_of(table))
        return methods

    def score(self, table: Any, y: None = None) -> float:
        """How much smaller the mean absolute error is than that of the seasonal naive forecast, as a share: 1 is without
        error, 0 no better than repeating the last season, below 0 worse. Measured where ``evaluate`` measures.

        Raises:
            ValueError: as ``evaluate``, or the seasonal naive forecast is without error.
        """
        methods = self.evaluate(table)
        own, naive = (methods[name]["mae_in_units"] for name in ("model", "seasonal_naive"))
        if own is None or not naive:
            raise ValueError("the seasonal naive forecast has no error to compare with")
        return 1 - own / naive

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the model file, which ``tidegate forecast``, ``evaluate`` and ``backtest`` read too.

        Raises:
            OSError: the file cannot be written; one that stood there before is as it was.
        """
        check_is_fitted(self)
        self._model.save(os.fspath(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Reads a model file that ``save`` or ``tidegate train forecast`` wrote. The parameters are the defaults: they do not
        matter until ``fit``.

        Raises:
            OSError: the file cannot be read.
            ValueError: it holds no such model.
        """
        estimator = cls()
        estimator._keep(ForecastModel.load(os.fspath(path)))
        estimator.history_ = []
        estimator.notes_ = []
        return estimator

    def _keep(self, model: ForecastModel) -> None:
        self._model = model
        self.targets_ = model.targets
        self.time_ = model.time
        self.series_ = model.series
        self.window_ = model.window
        self.horizon_ = model.horizon
        self.season_ = model.season

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_model")
