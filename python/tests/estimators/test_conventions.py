"""The estimators keep scikit-learn's conventions: its own checks, pipelines, searches, copies."""

import pickle
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from tidegate import SequenceClassifier, SequenceRegressor

# Small and quick; the checks are not about how well the defaults learn.
SMALL: dict[str, Any] = {"hidden": 16, "epochs": 30, "dropout": 0.0, "recurrent_dropout": 0.0, "input_dropout": 0.0}
CHECKED = [SequenceClassifier(**SMALL), SequenceRegressor(**SMALL)]


def expected_failed_checks(estimator: Any) -> dict[str, str]:
    """The checks that cannot hold, with the reason: none."""
    return {}


@parametrize_with_checks(CHECKED, expected_failed_checks=expected_failed_checks)
def test_the_checks_of_scikit_learn_hold(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture(scope="module")
def task() -> tuple[Any, Any]:
    """Sequences whose first channel rises or falls."""
    generator = np.random.default_rng(3)
    y = generator.integers(0, 2, 40)
    slopes = np.where(y == 1, 1.0, -1.0)[:, None] * np.linspace(-1, 1, 12)
    X = np.stack([slopes, np.zeros_like(slopes)], axis=2) + generator.normal(scale=0.3, size=(40, 12, 2))
    return X, y


def test_parameters_can_be_read_set_and_cloned() -> None:
    for estimator in (SequenceClassifier(hidden=5), SequenceRegressor(hidden=5)):
        assert estimator.get_params()["hidden"] == 5
        assert clone(estimator.set_params(layers=2)).get_params() == estimator.get_params()
        with pytest.raises(ValueError, match="Invalid parameter 'units'"):
            estimator.set_params(units=3)


def test_an_estimator_works_at_the_end_of_a_pipeline_and_in_cross_validation() -> None:
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), SequenceClassifier(**SMALL))
    scores = cross_val_score(pipeline, X, y, cv=3)
    assert scores.mean() > 0.85


def test_a_grid_is_searched_in_two_processes(task: tuple[Any, Any]) -> None:
    X, y = task
    search = GridSearchCV(SequenceClassifier(**SMALL, n_jobs=1), {"cell": ["gru", "rnn"]}, cv=2, n_jobs=2)
    search.fit(X, y)
    alone = clone(search.best_estimator_).fit(X, y)
    assert np.array_equal(search.predict_proba(X), alone.predict_proba(X))


@pytest.mark.parametrize("estimator", CHECKED, ids=lambda estimator: type(estimator).__name__)
def test_what_was_pickled_predicts_the_same_bits(estimator: Any, task: tuple[Any, Any], tmp_path: Any) -> None:
    X, y = task
    fitted = clone(estimator).fit(X, y)
    joblib.dump(fitted, tmp_path / "estimator.joblib")
    for copy in (pickle.loads(pickle.dumps(fitted)), joblib.load(tmp_path / "estimator.joblib")):
        assert np.array_equal(copy.predict(X), fitted.predict(X))
        assert copy.history_ == fitted.history_


@pytest.mark.parametrize("estimator", CHECKED, ids=lambda estimator: type(estimator).__name__)
def test_the_same_seed_gives_the_same_bits_at_any_number_of_threads(estimator: Any, task: tuple[Any, Any]) -> None:
    X, y = task
    noisy = clone(estimator).set_params(dropout=0.5, recurrent_dropout=0.3, epochs=4)

    def found(**parameters: Any) -> Any:
        fitted = clone(noisy).set_params(**parameters).fit(X, y)
        return fitted._model.to_bytes()

    first = found(n_jobs=1)
    assert found(n_jobs=2) == first
    assert found(n_jobs=None) == first
    assert found(n_jobs=3) == first
    assert found(random_state=2) != first
    # A generator gives the seed that it would give.
    drawn = np.random.RandomState(7).randint(2**31 - 1)
    assert found(random_state=np.random.RandomState(7)) == found(random_state=int(drawn))
