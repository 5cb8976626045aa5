"""One forecaster for each series, trained over a Ray cluster, and scored with Ray Data.

    python ray_series.py                       # a cluster on this machine
    python ray_series.py --address HOST:6379   # a cluster that was started before

An estimator is an ordinary object: Ray pickles it, its model travels as the bytes of a model file, and the same seed gives
the same bits on every machine of one kind.
"""

import argparse
from typing import Any

import numpy as np
import pandas as pd
import ray
import ray.data

from tidegate import Forecaster

# Each task has one core: it trains on one thread, and Ray runs as many tasks as the cluster has cores.
OPTIONS: dict[str, Any] = {"window": 48, "horizon": 12, "epochs": 20, "hidden": 32, "n_jobs": 1}


def generated(count: int, rows: int = 600) -> dict[str, pd.DataFrame]:
    """Series of hourly load, each with its own level, daily course and trend."""
    tables = {}
    for index in range(count):
        generator = np.random.default_rng(index)
        hours = np.arange(rows)
        course = np.sin(2 * np.pi * (hours / 24 + generator.random()))
        load = 10 + 5 * generator.random() + (1 + generator.random()) * course + hours * 0.002 * generator.normal()
        tables[f"plant {index}"] = pd.DataFrame(
            {
                "time": pd.date_range("2024-01-01", periods=rows, freq="h"),
                "load": load + generator.normal(scale=0.2, size=rows),
            }
        )
    return tables


def fit(table: pd.DataFrame, options: dict[str, Any]) -> tuple[Forecaster, str]:
    """The forecaster of a series, and the node of the cluster that it was trained on."""
    return Forecaster(**options).fit(table), ray.get_runtime_context().get_node_id()


def fit_all(tables: dict[str, pd.DataFrame], options: dict[str, Any]) -> tuple[dict[str, Forecaster], set[str]]:
    """The forecaster of each series, and the nodes that took part."""
    task = ray.remote(num_cpus=1, scheduling_strategy="SPREAD")(fit)
    found = ray.get([task.remote(table, options) for table in tables.values()])
    forecasters = dict(zip(tables, (forecaster for forecaster, _ in found), strict=True))
    return forecasters, {node for _, node in found}


class Scorer:
    """What an actor of Ray Data holds: it measures the series of a batch, each with its own forecaster."""

    def __init__(self, forecasters: dict[str, Forecaster]) -> None:
        self.forecasters = forecasters

    def __call__(self, batch: pd.DataFrame) -> pd.DataFrame:
        rows = []
        for name, table in batch.groupby("series", sort=False):
            errors = self.forecasters[str(name)].evaluate(table.drop(columns="series"))
            own, naive = (errors[method]["mae_in_units"] for method in ("model", "seasonal_naive"))
            rows.append({"series": name, "mae": own, "seasonal_naive": naive})
        return pd.DataFrame(rows)


def score_all(tables: dict[str, pd.DataFrame], forecasters: dict[str, Forecaster], actors: int) -> pd.DataFrame:
    """The mean absolute error of each series on its test part, beside that of the seasonal naive forecast."""
    # A block for each series, so that a batch is a whole series.
    blocks = [table.assign(series=name) for name, table in tables.items()]
    scores = ray.data.from_pandas(blocks).map_batches(
        Scorer,
        fn_constructor_args=(forecasters,),
        batch_size=None,
        batch_format="pandas",
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=actors),
    )
    return scores.to_pandas().sort_values("series", ignore_index=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", help="a cluster that was started before")
    parser.add_argument("--series", type=int, default=8, help="number of series")
    arguments = parser.parse_args()
    ray.init(address=arguments.address, include_dashboard=False)
    tables = generated(arguments.series)
    forecasters, nodes = fit_all(tables, OPTIONS)
    print(f"{len(forecasters)} forecasters were trained on {len(nodes)} nodes.")
    print(score_all(tables, forecasters, actors=max(1, len(nodes))).to_string(index=False))


if __name__ == "__main__":
    main()
