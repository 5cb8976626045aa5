"""Times Tidegate beside its peers on the CPU: the same weights, inputs and threads, in one run, turn by turn.

    python bench/run.py
    python bench/run.py --cells gru --shapes 32,100,64,128 --works training --engines tidegate pytorch --rounds 3

Outputs are compared before anything is timed. Each round gives every engine a turn at every case, and the order turns round with the
rounds. A figure is the median over the rounds of the median in each; a ratio is taken round by round; a spread over 20 % of
the median is marked, for the machine was not quiet. Sequences run on `--threads` threads, steps on one.
"""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

import checking
import engine_process
import machine
import measuring
import options
import picture
import table
from document import as_text, replace
from shapes import CELLS, SEQUENCES, STEPS, WORKS, Case, parse_shape
from statistic import spread

ENGINES = ["tidegate", "pytorch", "onnxruntime", "openvino", "rten"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--cells", nargs="+", choices=CELLS, default=CELLS)
    parser.add_argument("--works", nargs="+", choices=WORKS, default=WORKS)
    parser.add_argument("--shapes", nargs="+", type=shape, metavar="B,T,I,H",
                        help="batch, steps, input, hidden; with batch and steps 1, one step (default: those of the tables)")
    parser.add_argument("--threads", type=options.threads, default=os.cpu_count(), help="threads of each engine for sequences (default: all)")
    parser.add_argument("--rounds", type=options.count, default=5, help="turns of each engine (default 5)")
    parser.add_argument("--seconds", type=options.seconds, default=0.3, help="time to fill per figure and turn (default 0.3)")
    parser.add_argument("--instruction-set", choices=["avx512", "avx2", "neon", "portable"], help="force Tidegate's instruction set")
    parser.add_argument("--lock", type=Path, help="hold this file's lock while engines work, on a machine shared with others that do")
    parser.add_argument("--from", dest="source", type=Path, metavar="RESULTS", help="measure nothing and show the figures of this JSON file")
    parser.add_argument("--output", type=options.target, help="write the figures to this JSON file")
    parser.add_argument("--readme", type=options.target, help="put the tables into this Markdown file, between the lines <!-- bench --> and <!-- /bench -->")
    parser.add_argument("--picture", type=options.target, help="draw the ratios into this SVG file")
    arguments = parser.parse_args()
    if "tidegate" not in arguments.engines:
        parser.error("--engines: tidegate must be one of them, for it measures the machine's peak")
    if arguments.readme and not arguments.readme.is_file():
        parser.error(f"{arguments.readme}: no such file")
    if arguments.readme and not table.has_markers(arguments.readme):
        parser.error(f"{arguments.readme} has no lines <!-- bench --> and <!-- /bench -->")
    return arguments


def shape(text):
    try:
        return parse_shape(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def cases(arguments):
    """What is asked for: shapes of one step are steps, all others sequences."""
    found = []
    for sizes in arguments.shapes or [parse_shape(text) for text in SEQUENCES + STEPS]:
        works = ["step"] if sizes[:2] == (1, 1) else ["forward", "training"]
        found += [Case(cell, work, *sizes) for work in works if work in arguments.works for cell in arguments.cells]
    return found


def figures(answers, threads, peak):
    """One entry of the results file per engine and case."""
    for (engine, case), rounds in answers.items():
        medians = [answer["median_seconds"] for answer in rounds]
        median = statistics.median(medians)
        rate = case.operations / median / 1e9
        yield {
            "engine": engine, "cell": case.cell, "work": case.work,
            "batch": case.batch, "steps": case.steps, "input": case.input, "hidden": case.hidden, "threads": threads,
            "median_seconds": median,
            "p999_seconds": statistics.median(answer["p999_seconds"] for answer in rounds) if case.work == "step" else None,
            "spread": round(spread(medians), 3), "gflops": round(rate, 2), "peak_share": round(rate / (peak * threads), 4),
            "runs": sum(answer["runs"] for answer in rounds), "rounds_seconds": medians,
        }


def run(arguments, folder):
    """The results document, and a line for each engine that is left out."""
    environment = {"TIDEGATE_INSTRUCTION_SET": arguments.instruction_set} if arguments.instruction_set else {}
    wanted = cases(arguments)
    results, description, missing = [], None, []
    for threads, some in ((arguments.threads, [case for case in wanted if case.work != "step"]),
                          (1, [case for case in wanted if case.work == "step"])):
        if not some:
            continue
        engines, missing = engine_process.start(arguments.engines, threads, environment)
        try:
            peaks = measuring.peak(engines, arguments.lock)
            description = description or machine.describe(engines, peaks)
            # Code without vector instructions is measured by the machine's highest peak.
            peak = peaks.get(description["instruction_set"]) or max(peaks.values())
            answers = measuring.measure(some, engines, folder, arguments.rounds, arguments.seconds, arguments.lock)
            results += figures(answers, threads, peak)
        finally:
            engine_process.close(engines)
    return {"machine": description, "results": results}, missing


def measured(arguments):
    """The whole document, from a run or from the file of one; ends the program where there is none."""
    if arguments.source:
        document = options.read(arguments.source)
        try:
            return {**document, "summary": table.summary(document["results"]), "machine": {**document["machine"]}}
        except (KeyError, TypeError, ValueError):
            sys.exit(f"{arguments.source} holds no results of this program")
    if not cases(arguments):
        sys.exit("nothing to time: no shape is of a work that --works names")
    try:
        with tempfile.TemporaryDirectory() as folder:
            document, missing = run(arguments, Path(folder))
    except (checking.Different, engine_process.EngineFailed, engine_process.EngineMissing) as error:
        sys.exit(str(error))
    return {**document, "left_out": missing, "summary": table.summary(document["results"])}


def main():
    arguments = parse()
    document = measured(arguments)
    try:
        print(table.plain(document))
    except KeyError as missing:
        sys.exit(f"{arguments.source} holds no {missing}, and so no results of this program")
    if arguments.output:
        replace(arguments.output, as_text(document))
    if arguments.readme:
        replace(arguments.readme, table.between_markers(arguments.readme.read_text(encoding="utf-8"), table.markdown(document)))
    if arguments.picture:
        replace(arguments.picture, picture.draw(document))


if __name__ == "__main__":
    main()
