"""Tidegate's GRU forced to each instruction set, beside the peak of that set and a naive loop, on one thread.

    python bench/instruction_sets.py --output bench/results.json

Each set reaches a share of its own peak; plain code has no peak and is compared with three nested loops compiled as they stand.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import checking
import engine_process
import options
from document import put
from measuring import held
from shapes import Case
from statistic import ratio

SHAPE = (32, 100, 64, 128)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=options.count, default=5, help="turns of each (default 5)")
    parser.add_argument("--seconds", type=options.seconds, default=0.3, help="time to fill per figure and turn (default 0.3)")
    parser.add_argument("--lock", type=Path, help="hold this file's lock while engines work")
    parser.add_argument("--output", type=options.results, help="put the figures into this JSON file, under `instruction_sets`")
    return parser.parse_args()


def run(arguments, folder):
    """Median seconds by (set, work) round by round, and the peaks."""
    works = [Case("gru", work, *SHAPE) for work in ("forward", "training")]
    engines = {}
    try:
        plain = engines["naive"] = engine_process.EngineProcess("naive", 1)
        peaks = plain.ask("peak")
        for name in [*peaks, "portable"]:
            engines[name] = engine_process.EngineProcess("tidegate", 1, {"TIDEGATE_INSTRUCTION_SET": name})
        with held(arguments.lock):
            for case in works:
                checking.prepare(case, folder / case.name, ["tidegate"])
            forward = works[0]
            for name in engines:
                if name != "naive":
                    checking.check(forward, folder / forward.name, {"tidegate": engines[name], "naive": plain})
        seconds = {}
        for _ in range(arguments.rounds):
            with held(arguments.lock):
                for name, engine in engines.items():
                    for case in works if name != "naive" else works[:1]:
                        answer = engine.ask("time", case, folder=str(folder / case.name), seconds=arguments.seconds)
                        seconds.setdefault((name, case), []).append(answer["median_seconds"])
        return seconds, peaks
    finally:
        engine_process.close(engines)


def main():
    arguments = parse()
    try:
        with tempfile.TemporaryDirectory() as folder:
            seconds, peaks = run(arguments, Path(folder))
    except (checking.Different, engine_process.EngineFailed, engine_process.EngineMissing) as error:
        sys.exit(str(error))
    best = max(peaks, key=peaks.get, default=None)
    figures = []
    print(f"GRU at {SHAPE}, 1 thread\n{'set':<12}{'work':<10}{'ms':>9}{'GFLOP/s':>9}{'of own peak':>12}{'to ' + str(best):>11}{'naive loop':>12}")
    for (name, case), rounds in seconds.items():
        median = statistics.median(rounds)
        rate = case.operations / median / 1e9
        share = rate / peaks[name] if name in peaks else None
        top = statistics.median(seconds[best, case]) if best else None
        relative = share / (case.operations / top / 1e9 / peaks[best]) if share and top else None
        loops = seconds.get(("naive", case))
        speedup = ratio(rounds, loops) if loops else None
        figures.append({"instruction_set": name, "work": case.work, "median_seconds": median, "gflops": rate, "peak_share": share,
                        "share_of_best_share": relative, "times_naive": speedup})
        print(f"{name:<12}{case.work:<10}{1e3 * median:>9.3f}{rate:>9.1f}{percent(share):>12}{percent(relative):>11}"
              f"{f'{speedup:.1f}×' if speedup else '':>12}")
    if arguments.output:
        put(arguments.output, "instruction_sets", figures)


def percent(value):
    return f"{value:.0%}" if value else ""


if __name__ == "__main__":
    main()
