"""Training beside a process that keeps one core busy: what it slows by, and what the lost share of CPU allows.

    python bench/busy.py --output bench/results.json

The other process spins; its own CPU time over the wall time says what share of a core it got. Engines that ran on all cores before are
left with `cores - share`, so a slowdown of `cores / (cores - share)` is what nobody can avoid.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import checking
import engine_process
import options
from document import put
from measuring import held
from shapes import Case

SHAPES = [(32, 100, 64, 128), (64, 100, 128, 256)]
# Alone it would spin for ever: it ends with the bench, whose end closes its input.
SPINNER = "import threading, sys, os\nthreading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()\nwhile True: pass"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engines", nargs="+", choices=["tidegate", "pytorch"], default=["tidegate", "pytorch"])
    parser.add_argument("--rounds", type=options.count, default=3, help="turns of each engine, alone and beside the spinner (default 3)")
    parser.add_argument("--seconds", type=options.seconds, default=1.0, help="time to fill per figure and turn (default 1)")
    parser.add_argument("--lock", type=Path, help="hold this file's lock while engines work")
    parser.add_argument("--output", type=options.results, help="put the figures into this JSON file, under `busy`")
    return parser.parse_args()


def cpu_seconds(process):
    """CPU time that a process has used, as Linux counts it."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def beside_spinner(work):
    """What `work` returns beside a spinning process, and the share of a core that this one got meanwhile."""
    spinner = subprocess.Popen([sys.executable, "-c", SPINNER], stdin=subprocess.PIPE)
    try:
        time.sleep(0.3)
        before, start = cpu_seconds(spinner), time.monotonic()
        result = work()
        return result, (cpu_seconds(spinner) - before) / (time.monotonic() - start)
    finally:
        spinner.kill()
        spinner.wait()


def main():
    arguments = parse()
    if not Path("/proc/self/stat").exists():
        sys.exit("the other process's CPU time is read from /proc, which this system lacks")
    cores = os.cpu_count()
    cases = [Case(cell, "training", *shape) for shape in SHAPES for cell in ("gru", "lstm")]
    figures = []
    try:
        engines, missing = engine_process.start(arguments.engines, cores)
    except engine_process.EngineMissing as error:
        sys.exit(str(error))
    print(*missing, f"Training on {cores} threads beside a process that spins on one core",
          f"{'cell':<6}{'shape':<18}{'engine':<10}{'alone ms':>10}{'beside ms':>10}{'slowdown':>10}{'its CPU':>9}{'allowed':>9}", sep="\n")
    try:
        with tempfile.TemporaryDirectory() as folder:
            for case in cases:
                place = Path(folder) / case.name
                checking.prepare(case, place, engines)
                with held(arguments.lock):
                    checking.check(case, place, engines)
                    for name, engine in engines.items():
                        figures.append(measure(case, place, engine, arguments, cores))
                        show(case, name, figures[-1])
    except (checking.Different, engine_process.EngineFailed) as error:
        sys.exit(str(error))
    finally:
        engine_process.close(engines)
    if arguments.output:
        put(arguments.output, "busy", figures)


def measure(case, folder, engine, arguments, cores):
    alone, beside, shares = [], [], []
    for _ in range(arguments.rounds):
        def turn():
            return engine.ask("time", case, folder=str(folder), seconds=arguments.seconds)["mean_seconds"]

        alone.append(turn())
        seconds, share = beside_spinner(turn)
        beside.append(seconds)
        shares.append(share)
    share = statistics.median(shares)
    return {"engine": engine.name, "cell": case.cell, "batch": case.batch, "steps": case.steps, "input": case.input, "hidden": case.hidden,
            "threads": cores, "alone_seconds": statistics.median(alone), "beside_seconds": statistics.median(beside),
            "slowdown": statistics.median(b / a for a, b in zip(alone, beside, strict=True)),
            "spinner_share": share, "allowed_slowdown": cores / (cores - share)}


def show(case, name, figure):
    print(f"{case.cell:<6}{','.join(map(str, case.shape)):<18}{name:<10}{1e3 * figure['alone_seconds']:>10.2f}{1e3 * figure['beside_seconds']:>10.2f}"
          f"{figure['slowdown']:>10.2f}{figure['spinner_share']:>9.0%}{figure['allowed_slowdown']:>9.2f}", flush=True)


if __name__ == "__main__":
    main()
