"""Times Tidegate beside PyTorch on the CPU: the same shapes and threads, in one run, turn by turn.

    python bench/run.py --threads 2 --rounds 5

Each round times every shape once with each engine, one after the other, so that a machine whose speed drifts slows both.
The table shows the median over the rounds of each engine's own median, their ratio round by round, and how far the rounds
spread; a spread above 20 % is marked, for the machine was not quiet. `--output` also writes the figures as JSON, and `--readme` puts the training rows
into a file, between the lines <!-- bench --> and <!-- /bench -->.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TIDEGATE = HERE.parent / "target" / "release" / "examples" / "time_recurrence"
SHAPES = ["1,100,1,32", "32,100,1,64", "16,784,1,128", "32,100,64,128", "64,100,128,256", "128,50,256,512"]
NOISY = 0.2


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", nargs="+", choices=["gru", "lstm"], default=["gru", "lstm"])
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of each engine (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each engine (default 5)")
    parser.add_argument("--seconds", type=float, default=0.4, help="time to fill per figure and turn (default 0.4)")
    parser.add_argument("--shapes", nargs="+", default=SHAPES, metavar="B,T,I,H", help="batch, steps, input, hidden")
    parser.add_argument("--output", type=Path, help="also write the figures to this JSON file")
    parser.add_argument("--readme", type=Path, help="also put a table into this Markdown file")
    return parser.parse_args()


def run(command):
    try:
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    except subprocess.CalledProcessError as error:
        sys.exit(f"{command[0]} failed:\n{error.stderr.strip()}")


def tidegate(cell, arguments):
    """Seconds by (shape, work), and what measured them."""
    results = run([str(TIDEGATE), "--cell", cell, "--threads", str(arguments.threads),
                   "--shapes", ";".join(arguments.shapes), "--seconds", str(arguments.seconds)])
    seconds = {(",".join(str(result[key]) for key in ("batch", "steps", "input", "hidden")), result["work"]):
               result["median_seconds"] for result in results}
    return seconds, results[0]["instruction_set"]


def pytorch(cell, arguments):
    """Seconds by (shape, work), and what measured them."""
    document = run([sys.executable, str(HERE / "pytorch_recurrent.py"), "--cell", cell, "--threads",
                   str(arguments.threads), "--seconds", str(arguments.seconds), "--shapes", *arguments.shapes])
    seconds = {}
    for result in document["results"]:
        shape = ",".join(str(result[key]) for key in ("batch", "steps", "input_size", "hidden_size"))
        for work in ("forward", "training"):
            seconds[shape, work] = result[f"{work}_ms"] / 1e3
    return seconds, document["version"]


def spread(values):
    return (max(values) - min(values)) / statistics.median(values)


def machine():
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            name = next((line.split(":", 1)[1].strip() for line in info if line.startswith("model name")), name)
    except OSError:
        pass
    return f"{name}, {os.cpu_count()} cores"


def main():
    arguments = parse()
    if not TIDEGATE.exists():
        sys.exit(f"{TIDEGATE} is missing: cargo build --release -p tidegate-cells --example time_recurrence")
    figures, table = [], []
    print(f"{machine()}; {arguments.threads} threads; median milliseconds of {arguments.rounds} rounds\n")
    for cell in arguments.cells:
        rounds = []
        for turn in range(arguments.rounds):
            # Each engine is first in every other round.
            if turn % 2 == 0:
                ours, theirs = tidegate(cell, arguments), pytorch(cell, arguments)
            else:
                theirs, ours = pytorch(cell, arguments), tidegate(cell, arguments)
            rounds.append((ours[0], theirs[0]))
            versions = {"tidegate": ours[1], "pytorch": theirs[1]}
        print(f"{cell:<5} {'batch,steps,input,hidden':<26}{'work':<10}{'Tidegate':>10}{'PyTorch':>10}{'ratio':>8}")
        for shape in arguments.shapes:
            for work in ("forward", "training"):
                ours = [first[shape, work] for first, _ in rounds]
                theirs = [second[shape, work] for _, second in rounds]
                ratio = statistics.median(b / a for a, b in zip(ours, theirs))
                noisy = max(spread(ours), spread(theirs)) > NOISY
                note = f"  spread {spread(ours):.0%} and {spread(theirs):.0%}" if noisy else ""
                print(f"{'':<6}{shape:<26}{work:<10}{1e3 * statistics.median(ours):>10.3f}"
                      f"{1e3 * statistics.median(theirs):>10.3f}{ratio:>7.1f}×{note}")
                if work == "training":
                    table.append((cell, shape, statistics.median(ours), statistics.median(theirs), ratio))
                batch, steps, input_size, hidden = map(int, shape.split(","))
                for engine, seconds in (("tidegate", ours), ("pytorch", theirs)):
                    figures.append({"engine": engine, "version": versions[engine], "cell": cell, "work": work, "batch": batch, "steps": steps,
                                    "input": input_size, "hidden": hidden, "threads": arguments.threads,
                                    "median_seconds": statistics.median(seconds), "spread": round(spread(seconds), 3)})
    if arguments.output:
        replace(arguments.output, json.dumps({"machine": machine(), "figures": figures}, indent=1) + "\n")
    if arguments.readme:
        lines = [f"{machine()}, {arguments.threads} threads, {versions['tidegate']}, PyTorch {versions['pytorch']}:", "",
                 "| cell | batch, steps, input, hidden | Tidegate | PyTorch | ratio |", "|---|---|---|---|---|"]
        lines += [f"| {cell.upper()} | {shape.replace(',', ', ')} | {1e3 * ours:.3g} ms | {1e3 * theirs:.3g} ms | {ratio:.1f} |"
                  for cell, shape, ours, theirs, ratio in table]
        before, rest = arguments.readme.read_text(encoding="utf-8").split("<!-- bench -->\n", 1)
        after = rest.split("<!-- /bench -->", 1)[1]
        text = before + "<!-- bench -->\n" + "\n".join(lines) + "\n<!-- /bench -->" + after
        replace(arguments.readme, text)


def replace(path, text):
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    main()
