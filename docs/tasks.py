"""Measures classifiers, detectors and next-step models on public data, and writes the tables of docs/tasks-results.md.

`python3 docs/tasks.py measure DATA TIDEGATE [part ...]` runs the command TIDEGATE on the files below the folder DATA, with the
seeds 1, 2 and 3 and the defaults, and keeps what it prints in docs/tasks-results.json; parts are vowels, shakespeare,
chorales and streams. Without arguments the tables are written, between their markers; with `--check` nothing is written,
and the exit status is 1 where a table is not what the runs say.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).parent
RUNS = FOLDER / "tasks-results.json"
PAGE = FOLDER / "tasks-results.md"
MARKER = "<!-- {} -->"
SEEDS = [1, 2, 3]
STREAMS = ["machine_temperature_system_failure", "ec2_request_latency_system_failure"]
# Readings of the stream by which speed is measured: the file's, again and again.
READINGS = 300_000


class Command:
    """The command, in a folder of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = str(pathlib.Path(program).resolve()), folder

    def run(self, *words, **options):
        words = [self.program, *map(str, words)]
        return subprocess.run(words, cwd=self.folder, check=True, stdout=subprocess.PIPE, **options).stdout

    def json(self, *words):
        return json.loads(self.run(*words, "--json"))


def vowels(tidegate, data):
    runs = []
    for seed in SEEDS:
        begin = time.monotonic()
        train = data / "japanese_vowels/JapaneseVowels_TRAIN.ts"
        tidegate.run("train", "classify", train, "--seed", seed, "-o", "vowels.safetensors")
        seconds = time.monotonic() - begin
        test = data / "japanese_vowels/JapaneseVowels_TEST.ts"
        metrics = tidegate.json("evaluate", "vowels.safetensors", test)["metrics"]
        keys = ["accuracy", "macro_f1", "negative_log_likelihood", "expected_calibration_error"]
        runs.append({"seed": seed, "seconds": seconds, **{key: metrics[key] for key in keys}})
    return runs


def shakespeare(tidegate, data):
    runs = []
    for seed in SEEDS:
        text = data / "tinyshakespeare/input.txt"
        begin = time.monotonic()
        train = tidegate.json("train", "next", text, "--seed", seed, "-o", "text.safetensors")
        seconds = time.monotonic() - begin
        speed = tidegate.json("generate", "text.safetensors", "--length", 500_000)
        nats = train["validation"]["metrics"]["nats_per_character"]
        runs.append(
            {
                "seed": seed,
                "seconds": seconds,
                "nats_per_character": nats,
                "parameters": train["parameters"],
                "characters_per_second": speed["tokens_per_second"],
            }
        )
    return runs


def chorales(tidegate, data):
    runs = []
    for seed in SEEDS:
        music = data / "polyphonic_music/jsb_chorales.json"
        begin = time.monotonic()
        tidegate.run("train", "next", music, "--seed", seed, "-o", "bach.safetensors")
        seconds = time.monotonic() - begin
        metrics = tidegate.json("evaluate", "bach.safetensors", music)["metrics"]
        words = ["generate", "bach.safetensors", "--length", 4_000, "--seed", seed, "--midi", f"bach-{seed}.mid"]
        distance = tidegate.json(*words)["statistics"]["distance"]
        runs.append({"seed": seed, "seconds": seconds, "nats_per_step": metrics["nats_per_step"], **distance})
    return runs


def streams(tidegate, data):
    runs = []
    for name in STREAMS:
        readings = data / f"nab/{name}.csv"
        for seed in SEEDS:
            columns = ["--time", "timestamp", "--targets", "value"]
            begin = time.monotonic()
            tidegate.run("train", "detect", readings, *columns, "--seed", seed, "-o", "stream.safetensors")
            seconds = time.monotonic() - begin
            labels = data / "nab/labels.json"
            metrics = tidegate.json("evaluate", "stream.safetensors", readings, "--labels", labels)["metrics"]
            runs.append({"data": name, "seed": seed, "seconds": seconds, **metrics, "readings_per_minute": speed(tidegate, readings)})
    return runs


def speed(tidegate, readings):
    """Readings a minute, from standard input to standard output."""
    header, *lines = readings.read_text().splitlines()
    lines = (lines * (READINGS // len(lines) + 1))[:READINGS]
    text = "\n".join([header, *lines, ""]).encode()
    begin = time.monotonic()
    printed = tidegate.run("detect", "stream.safetensors", input=text)
    seconds = time.monotonic() - begin
    assert printed.count(b"\n") == READINGS + 1, "a line for each reading, and a header"
    return READINGS / seconds * 60


PARTS = {"vowels": vowels, "shakespeare": shakespeare, "chorales": chorales, "streams": streams}


def spread(values, digits):
    mean = statistics.mean(values)
    return f"{mean:,.{digits}f}" + (f" ± {statistics.stdev(values):,.{digits}f}" if len(values) > 1 else "")


def table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def column(runs, key, digits, factor=1):
    return spread([run[key] * factor for run in runs], digits)


def tables(kept):
    found = {}
    runs = kept["vowels"]
    found["vowels"] = table(
        ["test accuracy", "each seed", "macro F1", "negative log-likelihood", "calibration error", "seconds of training"],
        [
            [
                column(runs, "accuracy", 4),
                ", ".join(f"{run['accuracy']:.4f}" for run in runs),
                column(runs, "macro_f1", 4),
                column(runs, "negative_log_likelihood", 3),
                column(runs, "expected_calibration_error", 3),
                column(runs, "seconds", 1),
            ]
        ],
    )
    runs = kept["shakespeare"]
    found["shakespeare"] = table(
        ["parameters", "nats per character", "each seed", "minutes of training", "characters a second"],
        [
            [
                f"{runs[0]['parameters']:,}",
                column(runs, "nats_per_character", 4),
                ", ".join(f"{run['nats_per_character']:.4f}" for run in runs),
                column(runs, "seconds", 1, 1 / 60),
                column(runs, "characters_per_second", 0),
            ]
        ],
    )
    runs = kept["chorales"]
    kinds = ["voices", "melodic_intervals", "harmonic_intervals", "durations"]
    found["chorales"] = table(
        ["test nats per step", "minutes of training", *(kind.replace("_", " ") for kind in kinds)],
        [
            [
                column(runs, "nats_per_step", 3),
                column(runs, "seconds", 1, 1 / 60),
                *(column(runs, kind, 3) for kind in kinds),
            ]
        ],
    )
    rows = []
    for run in kept["streams"]:
        rows.append(
            [
                run["data"],
                str(run["seed"]),
                f"{run['windows_met']} of {run['windows']}",
                str(run["false_alarms"]),
                f"{run['false_alarms_a_month']:.2f}",
                f"{run['precision']:.2f} / {run['recall']:.2f}",
                f"{run['nab_score']:.1f}",
                f"{run['readings_per_minute'] / 1e6:.1f}",
            ]
        )
    found["streams"] = table(
        [
            "stream",
            "seed",
            "windows met",
            "false alarms",
            "a month",
            "precision / recall",
            "NAB score",
            "million readings a minute",
        ],
        rows,
    )
    return found


def written(page, kept):
    for name, text in tables(kept).items():
        start, end = MARKER.format(name), MARKER.format("/" + name)
        before, rest = page.split(start, 1)
        page = before + start + "\n" + text + "\n" + end + rest.split(end, 1)[1]
    return page


def main(arguments):
    kept = json.loads(RUNS.read_text()) if RUNS.exists() else {}
    if arguments[:1] == ["measure"]:
        data, program, *parts = arguments[1:]
        for part in parts or PARTS:
            with tempfile.TemporaryDirectory() as folder:
                kept[part] = PARTS[part](Command(program, folder), pathlib.Path(data).resolve())
            RUNS.write_text(json.dumps(kept, indent=1) + "\n")
        return 0
    page = PAGE.read_text()
    new = written(page, kept)
    if arguments[:1] == ["--check"]:
        return int(new != page)
    PAGE.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
