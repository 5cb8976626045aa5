"""Rounds of turns: every engine times every case once a round, those of one shape one after the other."""

import contextlib
import sys
from collections import defaultdict

import checking


def groups(cases):
    """Cases of one work and shape stand together: their ratios are taken round by round."""
    found = defaultdict(list)
    for case in cases:
        found[case.work, case.shape].append(case)
    return list(found.values())


def measure(cases, engines, folder, rounds, seconds, lock=None):
    """Answers of each engine to each case, one a round: `{(engine, case): [answer, …]}`."""
    answers = defaultdict(list)
    for group in groups(cases):
        with held(lock):
            for case in group:
                checking.prepare(case, folder / case.name, engines)
                checking.check(case, folder / case.name, engines)
    turns = {id(group): [(name, case) for case in group for name in engines if timed(name, case)] for group in groups(cases)}
    for turn in range(rounds):
        for number, order in enumerate(turns.values(), 1):
            progress(f"round {turn + 1} of {rounds}, shape {number} of {len(turns)}")
            with held(lock):
                # Who was first is last in the next round.
                for name, case in order if turn % 2 == 0 else reversed(order):
                    answers[name, case].append(engines[name].ask("time", case, folder=str(folder / case.name), seconds=seconds))
    progress("")
    return answers


def timed(name, case):
    """The cell before PyTorch's is timed for Tidegate alone."""
    return checking.computes(name, case) and (case.cell != "gru-before" or name == "tidegate")


@contextlib.contextmanager
def held(lock):
    """Holds a file's lock, if there is one, for as long as engines work."""
    if lock is None:
        yield
        return
    import fcntl

    with open(lock, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def peak(engines, lock=None):
    """GFLOP/s of fused multiply-adds per thread by instruction set, all threads busy."""
    with held(lock):
        return engines["tidegate"].ask("peak")
