"""Times one step of a stream in Python: what a loop pays that feeds a network value by value.

    make wheel && .venv/bin/python -m pip install dist/*.whl
    .venv/bin/python bench/python_step.py

Each figure is the median over rounds of the time for one step, in nanoseconds: with an output array of its own, and with `out=`.
"""

import argparse
import statistics
import time

import numpy as np

import tidegate


def nanoseconds(step, steps, rounds):
    measured = []
    for _ in range(rounds):
        begin = time.perf_counter_ns()
        for _ in range(steps):
            step()
        measured.append((time.perf_counter_ns() - begin) / steps)
    return statistics.median(measured)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="rounds of each figure (default 21)")
    parser.add_argument("--steps", type=int, default=10_000, help="steps of each round (default 10000)")
    arguments = parser.parse_args()
    print(f"tidegate {tidegate.__version__}, numpy {np.__version__}, {arguments.rounds} rounds of {arguments.steps} steps")
    print(f"{'network':<22}{'new array':>12}{'out=':>12}")
    for kind in (tidegate.Gru, tidegate.Lstm):
        for hidden in (32, 64):
            network = kind(1, hidden)
            x, out = np.zeros(1, np.float32), np.zeros(hidden, np.float32)
            stream = network.stream()
            figures = [
                nanoseconds(lambda: stream.step(x), arguments.steps, arguments.rounds),
                nanoseconds(lambda: stream.step(x, out=out), arguments.steps, arguments.rounds),
            ]
            print(f"{network!r:<22}" + "".join(f"{figure:>9.0f} ns" for figure in figures))


if __name__ == "__main__":
    main()
