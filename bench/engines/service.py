"""The loop of an engine's process: one JSON request a line in, one JSON answer a line out.

    {"action": "check", "case": {…}, "folder": "…", "file": "…"}     writes the case's values to `file`, raw f32
    {"action": "time", "case": {…}, "folder": "…", "seconds": 0.3}   times it

What `check` writes: the outputs `[T, B, H]`, for training followed by the weight gradients in the order of the weights.
The first line out says what the engine is, or that it is missing.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from case_files import write
from shapes import Case

LEAST_RUNS = 3
LEAST_STEPS = 5_000
MOST_STEPS = 100_000
STEPS_TOGETHER = 50


def serve(load):
    """Answers requests until the input ends. `load(threads)` gives the engine's greeting and the function that makes a prepared
    case, an object with `outputs()` and `run()`, or raises ImportError."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    threads = parser.parse_args().threads
    try:
        greeting, prepare = load(threads)
    except ImportError as error:
        answer({"missing": str(error)})
        return
    answer(greeting)
    prepared = {}
    for line in sys.stdin:
        request = json.loads(line)
        case = Case(**request["case"])
        if case not in prepared:
            prepared[case] = prepare(case, Path(request["folder"]))
        if request["action"] == "check":
            write(request["file"], prepared[case].outputs())
            answer({})
        elif case.work == "step":
            answer(time_steps(prepared[case].run, request["seconds"]))
        else:
            answer(time_runs(prepared[case].run, request["seconds"]))


def answer(message):
    print(json.dumps(message), flush=True)


def time_runs(run, seconds):
    """Median over the runs that fill `seconds`, after a warm-up of a fifth of that."""
    clock = time.perf_counter
    end = clock() + seconds / 5
    run()
    while clock() < end:
        run()
    durations = []
    end = clock() + seconds
    while len(durations) < LEAST_RUNS or clock() < end:
        start = clock()
        run()
        durations.append(clock() - start)
    return {"median_seconds": statistics.median(durations), "mean_seconds": statistics.fmean(durations), "runs": len(durations)}


def time_steps(run, seconds):
    """Median from groups of steps, 99.9th percentile from single ones, less the clock's own median cost."""
    clock = time.perf_counter_ns

    def single(call, count, end):
        durations, before = [], clock()
        while len(durations) < count and (len(durations) < LEAST_STEPS or before < end):
            call()
            now = clock()
            durations.append(now - before)
            before = now
        return durations

    own = statistics.median(single(lambda: None, LEAST_STEPS, 0))
    single(run, LEAST_STEPS, 0)
    groups, begin = [], clock()
    while len(groups) < 20 or clock() < begin + 0.5e9 * seconds:
        start = clock()
        for _ in range(STEPS_TOGETHER):
            run()
        groups.append((clock() - start) / STEPS_TOGETHER)
    durations = sorted(single(run, MOST_STEPS, clock() + 1e9 * seconds))
    high = durations[int(0.999 * len(durations))]
    return {"median_seconds": statistics.median(groups) / 1e9, "p999_seconds": max(high - own, 0) / 1e9,
            "clock_seconds": own / 1e9, "runs": len(durations)}
