"""Times the example of Ray: one forecaster for each series, on a cluster of one node and of two, with one core each.

    make bench-python
    .venv/bin/python bench/ray_series.py --output bench/ray_series.json

Both clusters run on this machine. Rounds take turns; a cluster's first training is not timed: Ray starts its workers then.
"""

import argparse
import importlib.util
import json
import os
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path

import machine
import options

EXAMPLE = Path(__file__).resolve().parent.parent / "python" / "examples" / "ray_series.py"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=options.count, default=64, help="series of a round (default 64)")
    parser.add_argument("--rows", type=options.count, default=4000, help="rows of a series (default 4000)")
    parser.add_argument("--rounds", type=options.count, default=3, help="rounds (default 3)")
    parser.add_argument("--output", type=options.target, help="also write the figures to this JSON file")
    return parser.parse_args()


def example():
    specification = importlib.util.spec_from_file_location("ray_example", EXAMPLE)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    # Its functions travel by value: this folder has a module of the example's name.
    import ray.cloudpickle

    sys.modules["ray_example"] = module
    ray.cloudpickle.register_pickle_by_value(module)
    return module


def seconds_on(nodes, module, tables):
    """Of one round on a new cluster, once its workers run."""
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        for _ in range(nodes - 1):
            cluster.add_node(num_cpus=1)
        paths = [str(Path(path).resolve()) for path in sys.path if path]
        ray.init(address=cluster.address, logging_level="warning",
                 runtime_env={"env_vars": {"PYTHONPATH": os.pathsep.join(paths)}})
        cluster.wait_for_nodes()
        few = dict(list(tables.items())[: 2 * nodes])
        module.fit_all(few, module.OPTIONS)
        start = time.perf_counter()
        _, used = module.fit_all(tables, module.OPTIONS)
        seconds = time.perf_counter() - start
        if len(used) != nodes:
            sys.exit(f"{len(used)} nodes of {nodes} took part")
        return seconds
    finally:
        ray.shutdown()
        cluster.shutdown()


def main():
    arguments = parse()
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    module = example()
    tables = module.generated(arguments.series, arguments.rows)
    seconds = {1: [], 2: []}
    for round_ in range(arguments.rounds):
        for nodes in (1, 2) if round_ % 2 == 0 else (2, 1):
            seconds[nodes].append(seconds_on(nodes, module, tables))
            print(f"{nodes} nodes: {seconds[nodes][-1]:.2f} s", file=sys.stderr)
    ratios = [one / two for one, two in zip(seconds[1], seconds[2], strict=True)]
    document = {
        "machine": machine.name(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in ("ray", "numpy", "pandas", "scikit-learn")},
        "series": arguments.series,
        "rows": arguments.rows,
        "options": module.OPTIONS,
        "seconds": {str(nodes): [round(one, 3) for one in times] for nodes, times in seconds.items()},
        "median_seconds": {str(nodes): round(statistics.median(times), 3) for nodes, times in seconds.items()},
        "speed_up": round(statistics.median(ratios), 2),
    }
    print(json.dumps(document, indent=1))
    if arguments.output:
        arguments.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
