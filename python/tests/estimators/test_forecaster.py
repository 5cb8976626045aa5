"""Forecasts of tables."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from tidegate import Forecaster

SMALL: dict[str, Any] = {"epochs": 3, "hidden": 8, "window": 24, "horizon": 6}


def series(rows: int = 300, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    time = pd.date_range("2024-01-01", periods=rows, freq="h")
    holiday = (np.arange(rows) // 24 % 7 == 0).astype(float)
    load = 10 + np.sin(np.arange(rows) * 2 * np.pi / 24) + 3 * holiday + generator.normal(scale=0.1, size=rows)
    return pd.DataFrame({"time": time, "load": load, "wind": generator.normal(size=rows), "holiday": holiday})


def test_a_good_forecaster_beats_the_naive_ones() -> None:
    # A sum of two seasons, of which the seasonal naive forecast knows one.
    rows = np.arange(900)
    load = np.sin(rows * 2 * np.pi / 24) + np.sin(rows * 2 * np.pi / 60)
    table = pd.DataFrame({"time": pd.date_range("2024-01-01", periods=900, freq="h"), "load": load})
    fitted = Forecaster(epochs=60, hidden=32, window=120, horizon=12, dropout=0.0, learning_rate=5e-3).fit(table)
    assert (fitted.targets_, fitted.time_, fitted.window_, fitted.horizon_) == (["load"], "time", 120, 12)
    assert fitted.season_ == 24
    assert fitted.score(table) > 0.5
    methods = fitted.evaluate(table)
    assert list(methods) == ["model", "naive", "seasonal_naive", "drift"]
    assert methods["model"]["mae_in_units"] < methods["naive"]["mae_in_units"]  # type: ignore[operator]
    assert "coverage_0.8" in methods["model"]


def test_what_is_left_to_the_data_is_settled() -> None:
    fitted = Forecaster(epochs=1, hidden=8, targets="load").fit(series())
    assert (fitted.window_, fitted.horizon_, fitted.season_) == (72, 24, 24)


def test_several_series_are_told_apart_by_a_column() -> None:
    table = pd.concat([series(seed=seed).assign(plant=name) for seed, name in enumerate(["north", "south"])])
    fitted = Forecaster(**SMALL, series="plant", targets=["load"]).fit(table)
    assert fitted.series_ == "plant"
    forecast = fitted.predict(table)
    assert list(forecast) == ["plant", "time", "load", "load_0.1", "load_0.5", "load_0.9"]
    assert forecast["plant"].tolist() == ["north"] * 6 + ["south"] * 6
    alone = fitted.predict(table[table["plant"] == "south"])
    assert alone["load"].tolist() == forecast["load"].tolist()[6:]


def test_covariates_of_the_past_and_known_ones_are_read() -> None:
    table = series()
    fitted = Forecaster(**SMALL, targets=["load"], past=["wind"], known=["holiday"], calendar="auto").fit(table)
    ahead = table.copy()
    ahead.loc[ahead.index[-6:], ["load", "wind"]] = np.nan
    forecast = fitted.predict(ahead)
    assert forecast["time"].tolist() == table["time"].tolist()[-6:]
    ahead.loc[ahead.index[-6:], "holiday"] += 1
    assert forecast["load"].tolist() != fitted.predict(ahead)["load"].tolist()
    with pytest.raises(ValueError, match="(?i)known ahead|holiday"):
        fitted.predict(table)


def test_quantiles_rise_and_are_those_asked_for() -> None:
    fitted = Forecaster(**SMALL, targets="load", loss="quantile", quantiles=(0.05, 0.5, 0.95)).fit(series())
    forecast = fitted.predict(series())
    assert (forecast["load_0.05"] <= forecast["load_0.5"]).all()
    assert (forecast["load_0.5"] <= forecast["load_0.95"]).all()
    assert forecast["load"].tolist() == forecast["load_0.5"].tolist()


def test_parameters_files_and_copies(tmp_path: Path) -> None:
    estimator = Forecaster(**SMALL, targets="load")
    assert clone(estimator).get_params() == estimator.get_params()
    fitted = estimator.fit(series())
    expected = fitted.predict(series())
    fitted.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    for other in (loaded, pickle.loads(pickle.dumps(fitted)), clone(estimator).fit(series())):
        pd.testing.assert_frame_equal(other.predict(series()), expected)
    assert (loaded.window_, loaded.targets_, loaded.history_) == (24, ["load"], [])
    assert fitted.history_[0]["epoch"] == 1


def test_the_same_seed_gives_the_same_bits_at_any_number_of_threads() -> None:
    def found(**parameters: Any) -> bytes:
        return Forecaster(**SMALL, targets="load", **parameters).fit(series())._model.to_bytes()

    first = found(n_jobs=1)
    assert found(n_jobs=2) == found() == first
    assert found(random_state=2) != first


@pytest.mark.parametrize(
    ("parameters", "change", "error", "message"),
    [
        ({"targets": ["lode"]}, {}, ValueError, "lode"),
        ({"split": "0.7,0.2"}, {}, ValueError, "split"),
        ({"quantiles": (0.9, 0.1)}, {}, ValueError, "each above the one before"),
        ({"quantiles": 3}, {}, TypeError, "quantiles=3 is no list of numbers"),
        ({"quantiles": (0.0, 0.5)}, {}, ValueError, "quantiles"),
        ({"model": "transformer"}, {}, ValueError, "model='transformer' is none of 'segment', 'direct'"),
        ({"window": 1000}, {}, ValueError, "1000"),
        ({"known": "holiday", "past": "holiday"}, {}, ValueError, "holiday"),
        ({"targets": 3}, {}, TypeError, "targets=3 is no list of str"),
        ({}, {"load": np.nan}, ValueError, "load"),
        ({}, {"load": np.inf}, ValueError, 'row 6, column "load"'),
        ({}, {"load": "much"}, (ValueError, TypeError), "load"),
    ],
)
def test_what_does_not_fit_is_refused(
    parameters: dict[str, Any], change: dict[str, Any], error: Any, message: str
) -> None:
    table = series()
    for name, value in change.items():
        table[name] = table[name].astype(object)
        table.loc[5, name] = value
        if not isinstance(value, str):
            table[name] = table[name].astype(float)
    estimator = Forecaster(**{**SMALL, "targets": ["load"], **parameters})
    with pytest.raises(error, match=message):
        estimator.fit(table)
    with pytest.raises(NotFittedError):
        estimator.predict(table)


def test_a_table_that_differs_from_training_is_refused() -> None:
    fitted = Forecaster(**SMALL, targets="load").fit(series())
    with pytest.raises(ValueError, match="load"):
        fitted.predict(series().rename(columns={"load": "demand"}))
    with pytest.raises(ValueError, match="24 rows"):
        fitted.predict(series(rows=10))
    with pytest.raises(ValueError, match="targets are columns"):
        Forecaster(**SMALL).fit(series(), [1, 2])  # type: ignore[arg-type]


def test_forecasts_are_those_of_the_command(command: Callable[..., Any], tmp_path: Path) -> None:
    import json

    table = series()[["time", "load"]]
    table.to_csv(tmp_path / "load.csv", index=False)
    table.to_parquet(tmp_path / "load.parquet")
    fitted = Forecaster(**SMALL, random_state=3).fit(table)
    words = ["--epochs", "3", "--hidden", "8", "--window", "24", "--horizon", "6", "--seed", "3"]
    command("train", "forecast", "load.csv", "-o", "command.safetensors", *words, folder=tmp_path)
    fitted.save(tmp_path / "python.safetensors")
    expected = json.loads(command("forecast", "command.safetensors", "load.csv", "--json", folder=tmp_path).stdout)
    channel = expected["series"][0]["channels"][0]
    for estimator in (fitted, Forecaster.load(tmp_path / "command.safetensors")):
        forecast = estimator.predict(table)
        assert forecast["load"].tolist() == channel["point"]
        assert forecast[["load_0.1", "load_0.5", "load_0.9"]].to_numpy().tolist() == channel["quantiles"]
    own = json.loads(command("forecast", "python.safetensors", "load.parquet", "--json", folder=tmp_path).stdout)
    assert own["series"][0]["channels"] == expected["series"][0]["channels"]
    errors = json.loads(command("evaluate", "python.safetensors", "load.csv", "--json", folder=tmp_path).stdout)
    measured = fitted.evaluate(table)
    assert measured["model"]["mae_in_units"] == errors["metrics"]["mae_in_units"]
    assert measured["seasonal_naive"]["mase"] == errors["baselines"]["seasonal_naive"]["mase"]
