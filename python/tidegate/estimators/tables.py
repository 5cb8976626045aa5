"""Tables in and out: of pandas, polars, pyarrow and whatever else speaks the Arrow PyCapsule interface, and of NumPy."""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from tidegate._engine import Frame, Table

# Units of times that Arrow has.
_UNITS = ("s", "ms", "us", "ns")


def table_of(data: Any) -> Table:
    """The columns of a table: an object with ``__arrow_c_stream__`` (a data frame of pandas or polars, a table of pyarrow, a
    relation of DuckDB), or a dictionary of NumPy arrays. An index of pandas is columns too, unless it
    is one of whole numbers without a name, which count rows.

    Raises:
        TypeError: it is no table, or a column holds what is neither number, text nor time.
        ValueError: a number is infinite, a time cannot be told in microseconds, columns have one name or differ in length;
            with row and column.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, Mapping):
        return Table.of_columns([_column(name, values) for name, values in data.items()])
    if _is_pandas(data):
        frame = _without_index(data)
        if not _has("pyarrow"):
            return Table.of_columns([_column(name, frame[name].to_numpy()) for name in frame.columns])
        return Table.of_stream(frame.__arrow_c_stream__())
    if hasattr(data, "__arrow_c_stream__"):
        return Table.of_stream(data.__arrow_c_stream__())
    hint = ": call collect() first" if type(data).__name__ == "LazyFrame" else ""
    raise TypeError(
        f"{type(data).__name__} is no table{hint}; give a data frame of pandas or polars, a table of pyarrow, another object "
        "with __arrow_c_stream__, or a dictionary of NumPy arrays"
    )


def frame_like(data: Any, frame: Frame) -> Any:
    """The rows as an object of the library that ``data`` is of: pandas, polars, pyarrow or a dictionary; else as an object
    with ``__arrow_c_stream__``. Points in time have the time zone that they have in ``data``."""
    if isinstance(data, Mapping):
        return {name: _array(kind, values) for name, kind, values in frame.columns()}
    if _is_pandas(data):
        return _to_pandas(data, frame)
    library = type(data).__module__.partition(".")[0]
    if library == "polars":
        return _to_polars(data, frame)
    if library == "pyarrow":
        import pyarrow

        return pyarrow.table(frame)
    return frame


def _column(name: Any, values: Any) -> tuple[str, str, Any]:
    if not isinstance(name, str):
        raise TypeError(f"the column {name!r} has a name that is no str")
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"column {name!r} has the shape {array.shape}: one value a row is expected")
    kind = array.dtype.kind
    if kind in "fiub":
        return name, "number", np.ascontiguousarray(array, dtype=np.float64)
    if kind == "M":
        unit = np.datetime_data(array.dtype)[0]
        if unit not in _UNITS:
            array, unit = array.astype("datetime64[s]"), "s"
        return name, unit, np.ascontiguousarray(array).view(np.int64)
    texts = array.tolist()
    for row, value in enumerate(texts):
        if value is None or (isinstance(value, float) and np.isnan(value)):
            texts[row] = None
        elif not isinstance(value, str):
            raise TypeError(
                f"row {row + 1}, column {name!r}: {value!r} is neither a number, a text nor a time: give the array a dtype"
            )
    return name, "text", texts


def _array(kind: str, values: Any) -> Any:
    if kind == "text":
        return np.array(values, dtype=str)
    if kind in ("civil", "instant"):
        return values.view("datetime64[us]")
    if kind == "date":
        return values.view("datetime64[us]").astype("datetime64[D]")
    return values


def _has(package: str) -> bool:
    from importlib.util import find_spec

    return package in sys.modules or find_spec(package) is not None


def _is_pandas(data: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def _without_index(data: Any) -> Any:
    import pandas

    index = data.index
    # Numbers without a name count rows, also where rows were joined, sorted or left out.
    counts = index.nlevels == 1 and index.name is None and pandas.api.types.is_integer_dtype(index.dtype)
    return data.reset_index(drop=True) if counts else data.reset_index()


def _to_pandas(data: Any, frame: Frame) -> Any:
    import pandas

    input_frame = _without_index(data)
    columns: dict[str, Any] = {}
    for name, kind, values in frame.columns():
        if kind == "instant":
            times = pandas.Series(pandas.to_datetime(values.view("datetime64[us]"), utc=True))
            zone = getattr(input_frame[name].dtype, "tz", None) if name in input_frame else None
            columns[name] = times if zone is None else times.dt.tz_convert(zone)
        elif kind == "text":
            columns[name] = values
        else:
            columns[name] = values.view("datetime64[us]") if kind in ("civil", "date") else values
    result = pandas.DataFrame(columns)
    index = [name for name in input_frame.columns if name not in data.columns and name in columns]
    if not index:
        return result
    result = result.set_index(index)
    result.index.names = [name if name in data.index.names else None for name in index]
    return result


def _to_polars(data: Any, frame: Frame) -> Any:
    import polars

    result = polars.DataFrame(frame)
    for name, dtype in result.schema.items():
        zone = getattr(data.schema.get(name), "time_zone", None)
        if zone is not None and isinstance(dtype, polars.Datetime) and dtype.time_zone is not None:
            result = result.with_columns(polars.col(name).dt.convert_time_zone(zone))
    return result
