"""Writes the files beside it, with pyarrow 26.0, pandas 3.1 and NumPy 2.4: python3 make_files.py"""
from pathlib import Path

import numpy as np
import pandas as pd

folder = Path(__file__).parent
hours = pd.date_range("2016-07-01", periods=24, freq="h")
frame = pd.DataFrame({
    "load": np.sin(np.arange(24) / 4).round(3),
    "count": pd.array([None if hour == 5 else hour for hour in range(24)], dtype="Int64"),
    "place": pd.Categorical(["north" if hour % 3 else "south" for hour in range(24)]),
    "weekday": hours.day_name(),
    "holiday": hours.hour == 0,
}, index=pd.DatetimeIndex(hours.tz_localize("Asia/Seoul"), name="measured"))
frame.to_parquet(folder / "pandas.parquet")
frame.reset_index().to_feather(folder / "pandas.feather")
np.savez_compressed(
    folder / "numpy.npz",
    ds=hours.to_numpy().astype("datetime64[s]"),
    load=frame["load"].to_numpy(dtype=np.float32),
    weather=np.arange(48).reshape(24, 2),
    place=np.array(frame["place"], dtype=str),
)
