"""Tables of every library, in and out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tidegate import Forecaster
from tidegate._engine import Table
from tidegate.estimators.tables import table_of

HOURS = np.datetime64("2024-01-01T00", "us") + np.arange(300) * np.timedelta64(1, "h")
LOAD = 10 + np.sin(np.arange(300) * 2 * np.pi / 24) + np.random.default_rng(0).normal(scale=0.1, size=300)
COLUMNS = {"time": HOURS, "load": LOAD}


@pytest.fixture(scope="module")
def forecaster() -> Forecaster:
    return Forecaster(epochs=2, hidden=8, window=24, horizon=6).fit(COLUMNS)


def test_a_table_goes_in_and_comes_out_in_its_own_library(forecaster: Forecaster) -> None:
    expected = forecaster.predict(COLUMNS)
    names = ["time", "load", "load_0.1", "load_0.5", "load_0.9"]
    assert list(expected) == names
    assert expected["time"].dtype == "datetime64[us]"
    assert expected["time"][0] == HOURS[-1] + np.timedelta64(1, "h")

    frame = forecaster.predict(pd.DataFrame(COLUMNS))
    assert isinstance(frame, pd.DataFrame) and list(frame) == names
    assert all(np.array_equal(frame[name].to_numpy(), expected[name]) for name in names)

    polars = forecaster.predict(pl.DataFrame(COLUMNS))
    assert isinstance(polars, pl.DataFrame) and polars.columns == names
    assert all(np.array_equal(polars[name].to_numpy(), expected[name]) for name in names)

    arrow = forecaster.predict(pa.table(COLUMNS))
    assert isinstance(arrow, pa.Table) and arrow.column_names == names
    assert all(np.array_equal(arrow[name].to_numpy(), expected[name]) for name in names)

    class Stream:
        """As much as the interface asks for, and nothing more."""

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.table(COLUMNS).__arrow_c_stream__(requested_schema)

    capsule = forecaster.predict(Stream())
    assert pa.table(capsule).equals(arrow)
    # The rows can be read as often as one likes.
    assert pl.DataFrame(capsule).equals(polars)


def test_relations_of_duckdb_are_tables(forecaster: Forecaster) -> None:
    duckdb = pytest.importorskip("duckdb")
    frame = pd.DataFrame(COLUMNS)
    relation = duckdb.connect().query("select * from frame order by time")
    if not hasattr(relation, "__arrow_c_stream__"):
        pytest.skip("this version of DuckDB has no Arrow PyCapsule interface")
    forecast = pa.table(forecaster.predict(relation))
    assert forecast["load"].to_pylist() == forecaster.predict(frame)["load"].tolist()


def test_an_index_of_pandas_is_columns_and_comes_back_as_an_index(forecaster: Forecaster) -> None:
    frame = pd.DataFrame(COLUMNS).set_index("time")
    forecast = forecaster.predict(frame)
    assert forecast.index.name == "time"
    assert forecast.index[0] == frame.index[-1] + pd.Timedelta(hours=1)
    # Some rows of a frame, whose index is no count any more.
    later = pd.DataFrame(COLUMNS).iloc[100:]
    assert np.array_equal(forecaster.predict(later)["load"], forecast["load"])


def test_without_pyarrow_pandas_is_read_through_numpy(
    forecaster: Forecaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.DataFrame(COLUMNS)
    expected = forecaster.predict(frame)
    monkeypatch.setattr("tidegate.estimators.tables._has", lambda package: False)
    pd.testing.assert_frame_equal(forecaster.predict(frame), expected)


def test_points_in_time_keep_their_zone() -> None:
    frame = pd.DataFrame({"time": pd.to_datetime(HOURS).tz_localize("UTC").tz_convert("Asia/Seoul"), "load": LOAD})
    fitted = Forecaster(epochs=1, hidden=8, window=24, horizon=6).fit(frame)
    forecast = fitted.predict(frame)
    assert str(forecast["time"].dt.tz) == "Asia/Seoul"
    assert forecast["time"][0] == frame["time"].iloc[-1] + pd.Timedelta(hours=1)
    polars = pl.DataFrame(COLUMNS).with_columns(pl.col("time").dt.replace_time_zone("UTC"))
    polars = polars.with_columns(pl.col("time").dt.convert_time_zone("Asia/Seoul"))
    zoned = fitted.predict(polars)
    assert zoned.schema["time"] == pl.Datetime("us", "Asia/Seoul")
    assert np.array_equal(zoned["load"].to_numpy(), forecast["load"].to_numpy())


def test_times_that_are_texts_or_dates_come_back_as_such() -> None:
    days = np.datetime64("2024-01-01") + np.arange(200)
    values = LOAD[:200]
    options: dict[str, Any] = {"epochs": 1, "hidden": 8, "window": 14, "horizon": 7}
    texts = {"day": np.array([str(day) for day in days]), "y": values}
    fitted = Forecaster(**options).fit(texts)
    assert fitted.predict(texts)["day"][0] == str(days[-1] + 1)
    dates = pl.DataFrame({"day": [date.fromisoformat(str(day)) for day in days], "y": values})
    forecast = Forecaster(**options).fit(dates).predict(dates)
    assert forecast["day"].dtype == pl.Date
    assert forecast["day"][0] == date(2024, 7, 19)


def test_without_times_rows_are_counted(forecaster: Forecaster) -> None:
    fitted = Forecaster(epochs=1, hidden=8, window=24, horizon=6).fit({"load": LOAD})
    assert fitted.time_ is None
    assert fitted.predict({"load": LOAD})["row"].tolist() == list(range(300, 306))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 2, None], pa.int8()),
        pa.array([1.5, None, 2.5], pa.float32()),
        pa.array([True, False, None]),
        pa.array([Decimal("1.25"), None, Decimal("-3.5")], pa.decimal128(10, 2)),
        pa.array(["a", "b", None]).dictionary_encode(),
        pa.array(["a", "a text that is too long to stand in a view", None], pa.string_view()),
        pa.array(["a", "b", None], pa.large_string()),
        pa.array([datetime(2024, 1, 1), datetime(2024, 1, 2), None], pa.timestamp("ms", "Asia/Seoul")),
        pa.array([date(2024, 1, 1), None, date(2024, 1, 2)], pa.date32()),
        pa.chunked_array([[1.0], [2.0, None]]),
    ],
    ids=lambda column: str(column.type),
)
def test_columns_of_every_type_are_read(column: Any) -> None:
    table = pa.table({"x": column})
    assert len(table_of(table)) == 3
    assert len(table_of(table.slice(1))) == 2
    if not isinstance(column.type, (pa.Decimal128Type, pa.DictionaryType)):
        assert len(table_of(pl.DataFrame(table))) == 3
    assert len(table_of(table.to_pandas())) == 3


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        (pa.table({"x": [1.0, float("inf")]}), ValueError, r'row 2, column "x": inf is infinite'),
        (pa.table({"x": [[1.0], [2.0]]}), TypeError, r'column "x" holds lists or other nested values'),
        (pa.table({"x": [b"a"]}), TypeError, r'column "x" holds bytes'),
        (pa.table({"x": pa.array([1], pa.timestamp("ns"))}), ValueError, r'row 1, column "x": the time'),
        (pa.table([[1], [2]], names=["x", "x"]), ValueError, 'both called "x"'),
        (pa.table({"x": pa.array([], pa.float64())}), ValueError, "there are no rows"),
        (pa.table({}), ValueError, "there are no rows"),
        ({}, ValueError, "there are no rows"),
        ({"x": [1.0, 2.0], "y": [1.0]}, ValueError, 'the columns "x" and "y" have 2 and 1 rows'),
        ({"x": np.zeros((2, 2))}, ValueError, r"column 'x' has the shape \(2, 2\)"),
        ({"x": [{}, "a"]}, TypeError, r"row 1, column 'x': \{\} is neither"),
        ({"x": [1.0, float("-inf")]}, ValueError, r'row 2, column "x": -inf is infinite'),
        ({"x": np.array([1], "m8[s]")}, TypeError, "column 'x'"),
        ({1: [1.0]}, TypeError, "the column 1 has a name that is no str"),
        ([1.0, 2.0], TypeError, "list is no table"),
        (None, TypeError, "NoneType is no table"),
        ("data.csv", TypeError, "str is no table"),
        (pl.Series("x", [1.0]), TypeError, "a stream of one column is no table: give a data frame"),
        (pd.Series([1.0], name="x"), TypeError, "a stream of one column is no table: give a data frame"),
        (pl.LazyFrame({"x": [1.0]}), TypeError, r"LazyFrame is no table: call collect\(\) first"),
    ],
)
def test_tables_that_are_not_read_are_refused_with_column_and_row(
    table: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        table_of(table)


def test_a_stream_is_read_once_and_one_that_fails_is_an_error() -> None:
    capsule = pa.table({"x": [1.0]}).__arrow_c_stream__()
    assert len(Table.of_stream(capsule)) == 1
    with pytest.raises(ValueError, match="Arrow stream"):
        Table.of_stream(capsule)
    schema = pa.schema({"x": pa.float64()})

    def batches() -> Any:
        yield pa.record_batch({"x": [1.0]}, schema=schema)
        raise OSError("the connection is lost")

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(ValueError, match="the connection is lost"):
        table_of(reader)
    with pytest.raises((TypeError, ValueError)):
        Table.of_stream(pa.schema({"x": pa.float64()}).__arrow_c_schema__())


def test_damaged_columns_are_errors_and_no_crash() -> None:
    # Offsets that run backwards, text that is no UTF-8, keys beyond the dictionary: as a careless producer may make them.
    offsets = pa.py_buffer(np.array([0, 3, 1], np.int32))
    backwards = pa.Array.from_buffers(pa.utf8(), 2, [None, offsets, pa.py_buffer(b"abc")])
    no_text = pa.Array.from_buffers(
        pa.utf8(), 1, [None, pa.py_buffer(np.array([0, 2], np.int32)), pa.py_buffer(b"\xff\xfe")]
    )
    keys = pa.DictionaryArray.from_arrays(pa.array([7], pa.int32()), pa.array(["a"]), safe=False)
    for column in (backwards, no_text, keys):
        with pytest.raises(ValueError, match="Arrow stream"):
            table_of(pa.table({"x": column}))


def test_row_numbers_of_pandas_are_no_column_after_joining_or_leaving_out() -> None:
    frame = pd.DataFrame(COLUMNS)
    halves = [frame[:150].reset_index(drop=True), frame[150:].reset_index(drop=True)]
    for rows in (pd.concat(halves), frame[frame.index >= 100]):
        assert Forecaster(epochs=1, hidden=4, window=24, horizon=6).fit(rows).targets_ == ["load"]
