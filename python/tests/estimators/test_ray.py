"""The example of Ray on a cluster of two nodes, which the test starts on this machine."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

ray = pytest.importorskip("ray")

SMALL: dict[str, Any] = {"window": 24, "horizon": 6, "epochs": 2, "hidden": 8, "n_jobs": 1}


@pytest.fixture(scope="module")
def example(project: Path) -> ModuleType:
    path = project / "python/examples/ray_series.py"
    specification = importlib.util.spec_from_file_location("ray_series", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # Ray's workers find it by its name.
    sys.modules["ray_series"] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cluster(project: Path) -> Iterator[Any]:
    """Two nodes with a core each."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        paths = [*sys.path, str(project / "python/examples")]
        variables = {"PYTHONPATH": os.pathsep.join(str(Path(path).resolve()) for path in paths if path)}
        ray.init(address=cluster.address, runtime_env={"env_vars": variables}, logging_level="warning")
        cluster.wait_for_nodes()
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


def test_a_cluster_of_two_nodes_gives_the_bits_that_one_process_gives(cluster: Any, example: ModuleType) -> None:
    assert len([node for node in ray.nodes() if node["Alive"]]) == 2
    tables = example.generated(6, rows=200)
    forecasters, nodes = example.fit_all(tables, SMALL)
    assert len(nodes) == 2
    expected = {name: example.Forecaster(**SMALL).fit(table) for name, table in tables.items()}
    for name, table in tables.items():
        pd.testing.assert_frame_equal(forecasters[name].predict(table), expected[name].predict(table), check_exact=True)

    scores = example.score_all(tables, forecasters, actors=2)
    assert scores["series"].tolist() == sorted(tables)
    alone = [expected[name].evaluate(tables[name])["model"]["mae_in_units"] for name in sorted(tables)]
    assert np.array_equal(scores["mae"].to_numpy(), np.array(alone))
