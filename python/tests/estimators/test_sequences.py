"""Sequences of every form, files, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

import tidegate
from tidegate import SequenceClassifier, SequenceRegressor

SMALL: dict[str, Any] = {"hidden": 8, "epochs": 5}


def sequences(lengths: list[int], channels: int = 2, seed: int = 0) -> list[Any]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=(length, channels)) for length in lengths]


X = np.stack(sequences([6] * 20))
Y = np.arange(20) % 2


def probabilities(X: Any) -> Any:
    return SequenceClassifier(**SMALL).fit(X, Y).predict_proba(X)


def test_an_array_a_list_of_arrays_and_nested_lists_are_the_same() -> None:
    expected = probabilities(X)
    for other in (list(X), tuple(X), X.tolist(), np.asfortranarray(X), X.astype(np.float32)):
        assert np.array_equal(probabilities(other), expected)


def test_a_table_is_sequences_of_one_channel() -> None:
    table = X[:, :, 0]
    expected = probabilities(table[:, :, np.newaxis])
    assert np.array_equal(probabilities(table), expected)
    frame = pd.DataFrame(table, columns=[f"step {step}" for step in range(6)])
    fitted = SequenceClassifier(**SMALL).fit(frame, Y)
    assert np.array_equal(fitted.predict_proba(frame), expected)
    assert fitted.feature_names_in_.tolist() == list(frame.columns)
    assert fitted.n_features_in_ == 6
    # Other lengths of the same channel are sequences too.
    assert fitted.predict(sequences([3, 9], channels=1)).shape == (2,)


def test_sequences_of_different_lengths_are_read_as_they_are() -> None:
    ragged = sequences([3, 9, 4, 5] * 5)
    fitted = SequenceClassifier(**SMALL).fit(ragged, Y)
    assert fitted.n_features_in_ == 2
    together = fitted.predict_proba(ragged)
    alone = np.concatenate([fitted.predict_proba([one]) for one in ragged])
    assert np.array_equal(together, alone)
    objects = np.empty(20, dtype=object)
    objects[:] = ragged
    assert np.array_equal(fitted.predict_proba(objects), together)


@pytest.mark.parametrize("classes", [["b", "a"], ["10", "9"], [10, -9], [1.0, -2.0], [True, False]])
def test_classes_keep_their_type_and_order_also_in_a_file(classes: list[Any], tmp_path: Path) -> None:
    y = np.array(classes)[Y]
    fitted = SequenceClassifier(**SMALL).fit(X, y)
    assert fitted.classes_.tolist() == sorted(classes)
    fitted.save(tmp_path / "model.safetensors")
    loaded = SequenceClassifier.load(tmp_path / "model.safetensors")
    assert loaded.classes_.dtype == fitted.classes_.dtype
    assert np.array_equal(loaded.predict_proba(X), fitted.predict_proba(X))
    assert np.array_equal(loaded.predict(X), fitted.predict(X))
    # A class has the probability that its name says, whatever the order of the names.
    learnt = SequenceClassifier(hidden=8, epochs=80, patience=None, dropout=0).fit(X, y)
    assert learnt.score(X, y) > 0.7


def test_regression_gives_one_number_or_several_and_is_read_back(tmp_path: Path) -> None:
    y = 100 + 10 * X[:, :, 0].mean(axis=1)
    one = SequenceRegressor(hidden=16, epochs=60, dropout=0, input_dropout=0).fit(X, y)
    assert one.predict(X).shape == (20,)
    assert one.score(X, y) > 0.5
    several = SequenceRegressor(**SMALL).fit(X, np.stack([y, -y], axis=1))
    assert several.predict(X).shape == (20, 2)
    for fitted in (one, several):
        fitted.save(tmp_path / "model.safetensors")
        loaded = SequenceRegressor.load(tmp_path / "model.safetensors")
        assert np.array_equal(loaded.predict(X), fitted.predict(X))
    assert tidegate.load(tmp_path / "model.safetensors") is not None
    with pytest.raises(ValueError, match="expected classify: tidegate.SequenceRegressor.load reads it"):
        SequenceClassifier.load(tmp_path / "model.safetensors")


def test_the_history_says_what_happened_in_each_epoch() -> None:
    fitted = SequenceClassifier(**SMALL).fit(X, Y)
    assert [record["epoch"] for record in fitted.history_] == [1, 2, 3, 4, 5]
    best = [record["valid_loss"] for record in fitted.history_ if record["best"]]
    assert best == sorted(best, reverse=True)


@pytest.mark.parametrize("make", [SequenceClassifier, SequenceRegressor])
def test_sequences_that_do_not_fit_are_refused_with_their_place(make: Callable[..., Any]) -> None:
    def fit(X: Any, y: Any = Y) -> Any:
        return make(**SMALL).fit(X, y)

    broken = X.copy()
    broken[3, 2, 1] = np.nan
    cases: list[tuple[Any, Any, type[Exception], str]] = [
        (broken, Y, ValueError, r"X\[3\], step 2, channel 1 is NaN"),
        (np.where(np.isnan(broken), 1e300, broken), Y, ValueError, r"X\[3\], step 2, channel 1 is inf"),
        ([*X[:19], np.zeros((4, 3))], Y, ValueError, r"X\[19\] has 3 channels, and X\[0\] has 2"),
        ([*X[:19], np.zeros((0, 2))], Y, ValueError, r"X\[19\] has no steps"),
        ([np.zeros((4, 0))] * 20, Y, ValueError, r"X\[0\] has no channels"),
        (np.zeros((20, 0, 2)), Y, ValueError, r"X\[0\] has no steps"),
        ([], [], ValueError, "(?i)(expected 2D array|0 sample)"),
        (np.zeros((0, 4, 2)), [], ValueError, "0 sample"),
        (X, Y[:19], ValueError, "inconsistent numbers of samples"),
        (X, None, ValueError, "requires y to be passed"),
        (X[0, 0], Y, ValueError, "Expected 2D array, got 1D array"),
        ([np.zeros((4, 2), dtype=complex)] * 20, Y, TypeError, r"X\[0\] has the dtype complex128"),
        ([np.full((4, 2), "a")] * 20, Y, TypeError, r"X\[0\] has the dtype"),
        ([np.full((4, 2), {}, dtype=object)] * 20, Y, TypeError, r"X\[0\] holds something that is no number"),
        (["a", "b"] * 10, Y, ValueError, "could not convert string to float"),
    ]
    for given, y, error, message in cases:
        with pytest.raises(error, match=message):
            fit(given, y)


def test_classes_that_cannot_be_learnt_are_refused() -> None:
    for y, message in [
        (np.zeros(20, dtype=int), "y has one class: 0"),
        (np.arange(20), "(?i)no two|class"),
        (np.linspace(0, 1, 20), "Unknown label type"),
        (np.where(Y == 1, np.nan, 1.0), "(?i)NaN"),
    ]:
        with pytest.raises(ValueError, match=message):
            SequenceClassifier(**SMALL).fit(X, y)


def test_what_differs_from_training_is_refused() -> None:
    fitted = SequenceClassifier(**SMALL).fit(X, Y)
    for given, message in [
        (X[:, :, :1], "X has 1 channels, but SequenceClassifier is expecting 2 channels"),
        (X[:, :, 0], "X has 1 channels, but SequenceClassifier is expecting 2 channels"),
        ([X[0], X[1][:, :1]], r"X\[1\] has 1 channels"),
    ]:
        with pytest.raises(ValueError, match=message):
            fitted.predict(given)
    with pytest.raises(ValueError, match=r"y\[1\] is .*7.*, a class that was not trained on: the classes are \[0, 1\]"):
        fitted.score(X[:3], [0, 7, 1])
    for make in (SequenceClassifier, SequenceRegressor):
        for call in (make().predict, make().save):
            with pytest.raises(NotFittedError):
                call(X if call.__name__ == "predict" else "model.safetensors")


def test_a_model_of_another_task_is_refused_with_what_loads_it(tmp_path: Path) -> None:
    SequenceClassifier(**SMALL).fit(X, Y).save(tmp_path / "classify")
    SequenceRegressor(**SMALL).fit(X, Y).save(tmp_path / "regress")
    tidegate.Model(tidegate.Gru(2, 3)).save(tmp_path / "none")
    for estimator, task, loads in [
        (SequenceRegressor, "classify", "SequenceClassifier.load"),
        (tidegate.Forecaster, "classify", "SequenceClassifier.load"),
        (SequenceClassifier, "regress", "SequenceRegressor.load"),
        (SequenceClassifier, "none", "tidegate.load"),
    ]:
        with pytest.raises(ValueError, match=f"{task}: the task of the model is {task}, expected .*: .*{loads} reads it"):
            estimator.load(tmp_path / task)
    with pytest.raises(FileNotFoundError):
        SequenceRegressor.load(tmp_path / "missing")


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"hidden": 0}, ValueError, "hidden=0 lies outside of 1 to 16384"),
        ({"hidden": 8.0}, TypeError, "hidden=8.0 is no whole number"),
        ({"cell": "transformer"}, ValueError, "cell='transformer' is none of 'rnn', "),
        ({"dropout": 1.0}, ValueError, "dropout=1.0 has to be at least 0 and below 1"),
        ({"learning_rate": 0}, ValueError, "learning_rate=0 has to be above 0"),
        ({"learning_rate": float("nan")}, ValueError, "learning_rate=nan"),
        ({"validation": 1.5}, ValueError, "validation=1.5"),
        ({"patience": True}, TypeError, "patience=True"),
        ({"n_jobs": 0}, ValueError, "n_jobs=0"),
        ({"random_state": -1}, ValueError, "random_state=-1"),
        ({"callback": 3}, TypeError, "callback=3 cannot be called"),
    ],
)
def test_parameters_out_of_range_are_refused_by_name(
    parameters: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        SequenceClassifier(**{**SMALL, **parameters}).fit(X, Y)


def test_a_failed_fit_leaves_the_estimator_as_it_was() -> None:
    fitted = SequenceClassifier(**SMALL).fit(X, Y)
    before = fitted.predict_proba(X)
    with pytest.raises(ValueError, match="is NaN"):
        fitted.fit(np.full((20, 3, 4), np.nan), Y)
    assert np.array_equal(fitted.predict_proba(X), before)
    assert fitted.n_features_in_ == 2
