"""What DistributedDataParallel gives a model whose GRU runs in Tidegate's engine: one process and two, one thread in each.

    make bench-python

It runs `python/examples/distributed_data_parallel.py`, turn by turn, and takes the seconds that the script says its updates took;
the speed-up is the median over rounds of the ratio within a round.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import machine
import measuring
import options
from statistic import ratio, spread

EXAMPLE = Path(__file__).resolve().parents[1] / "python/examples/distributed_data_parallel.py"
SIZES = {"sequences": 128, "length": 300, "hidden": 128, "steps": 30}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=options.count, default=5, help="turns of each (default 5)")
    parser.add_argument("--lock", help="hold this file's lock while processes work, on a machine shared with others that do")
    parser.add_argument("--output", type=options.target, help="also write the figures to this JSON file")
    return parser.parse_known_args()[0]


def turn(processes):
    """Seconds of the updates of one run."""
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    sizes = [text for name, value in SIZES.items() for text in (f"--{name}", str(value))]
    command = [sys.executable, *launch, str(EXAMPLE), *sizes, "--threads", "1"]
    finished = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if finished.returncode != 0:
        sys.exit(f"{EXAMPLE.name} failed:\n{finished.stderr.strip()}")
    return float(re.search(r"updates in ([0-9.]+) s", finished.stdout)[1])


def main():
    arguments = parse()
    rounds = {1: [], 2: []}
    for number in range(arguments.rounds):
        for processes in (1, 2) if number % 2 == 0 else (2, 1):
            with measuring.held(arguments.lock):
                rounds[processes].append(turn(processes))
    speed_up = ratio(rounds[2], rounds[1])
    print(f"GRU in DistributedDataParallel over gloo, {SIZES}, one thread in each process")
    for processes, seconds in rounds.items():
        noisy = " noisy" if spread(seconds) > 0.2 else ""
        print(f"{processes} process(es): {statistics.median(seconds):.2f} s{noisy}")
    print(f"speed-up of two: {speed_up:.2f}×")
    if arguments.output:
        document = {"machine": machine.name(), "cores": os.cpu_count(), **SIZES, "speed_up": speed_up,
                    "rounds_seconds": {str(processes): seconds for processes, seconds in rounds.items()}}
        arguments.output.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
