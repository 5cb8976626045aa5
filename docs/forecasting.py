"""Writes the tables of docs/forecasting-results.md, between its markers, from the runs in docs/forecasting-results.json.

A run is added with `python3 docs/forecasting.py add RUN.json ...`, where RUN.json is what `tidegate train forecast --json` or
`tidegate evaluate --json` printed. Without arguments the tables are written; with `--check` nothing is written, and the
exit status is 1 where a table is not what the runs say.
"""

import json
import pathlib
import statistics
import sys

FOLDER = pathlib.Path(__file__).parent
RUNS = FOLDER / "forecasting-results.json"
PAGE = FOLDER / "forecasting-results.md"
MARKER = "<!-- {} -->"
# MSE / MAE of SegRNN as Lin et al. 2023 (arXiv 2308.11200) publish them for ETTh1, by window and horizon.
PUBLISHED = {
    (96, 96): (0.368, 0.395),
    (96, 192): (0.408, 0.419),
    (96, 336): (0.444, 0.440),
    (96, 720): (0.446, 0.457),
}
# MSE of others with a window of 96, as their papers publish it.
OTHERS = {
    "iTransformer": {96: 0.386, 192: 0.441, 336: 0.487, 720: 0.503},
    "DLinear": {96: 0.386, 192: 0.437, 336: 0.481, 720: 0.519},
    "PatchTST": {96: 0.414, 192: 0.460, 336: 0.501, 720: 0.500},
}


def record(document):
    """What is kept of a run."""
    return {
        "data": pathlib.Path(document["data"]).name,
        "label": document.get("label"),
        "window": document["window"],
        "horizon": document["horizon"],
        "seed": document["seed"],
        "loss": document["loss"]["name"],
        "mse": document["metrics"]["mse"],
        "mae": document["metrics"]["mae"],
        "best_epoch": document["best_epoch"],
    }


def spread(values):
    mean = statistics.mean(values)
    if len(values) == 1:
        return f"{mean:.3f}"
    return f"{mean:.3f} ± {statistics.stdev(values):.3f}"


def etth1(runs):
    rows = {}
    for run in runs:
        if run["data"] == "ETTh1.csv":
            rows.setdefault((run["window"], run["horizon"], run["loss"]), []).append(run)
    lines = [
        "| window | horizon | seeds | Tidegate MSE | Tidegate MAE | SegRNN's paper | " + " | ".join(OTHERS) + " |",
        "|---|---|---|---|---|---|" + "---|" * len(OTHERS),
    ]
    for (window, horizon, loss), group in sorted(rows.items()):
        seeds = ", ".join(str(run["seed"]) for run in sorted(group, key=lambda run: run["seed"]))
        published = PUBLISHED.get((window, horizon))
        paper = f"{published[0]} / {published[1]}" if published else "–"
        others = [str(values[horizon]) if window == 96 and horizon in values else "–" for values in OTHERS.values()]
        trained = "" if loss == "squared" else f" ({loss} loss)"
        lines.append(
            f"| {window} | {horizon}{trained} | {seeds} | {spread([run['mse'] for run in group])} | "
            f"{spread([run['mae'] for run in group])} | {paper} | " + " | ".join(others) + " |"
        )
    return "\n".join(lines)


def labelled(runs):
    """Runs with a label, and the baselines of the same windows."""
    rows = {}
    for run in runs:
        if run.get("label"):
            rows.setdefault((run["data"], run["label"]), []).append(run)
    lines = ["| data | forecast | seeds | MSE | MAE |", "|---|---|---|---|---|"]
    for (data, label), group in sorted(rows.items()):
        seeds = ", ".join(str(run["seed"]) for run in group if run["seed"] is not None) or "–"
        lines.append(
            f"| {data} | {label} | {seeds} | {spread([run['mse'] for run in group])} | "
            f"{spread([run['mae'] for run in group])} |"
        )
    return "\n".join(lines)


def written(page, runs):
    for name, table in [("etth1", etth1(runs)), ("labelled", labelled(runs))]:
        start, end = MARKER.format(name), MARKER.format("/" + name)
        before, rest = page.split(start, 1)
        page = before + start + "\n" + table + "\n" + end + rest.split(end, 1)[1]
    return page


def main(arguments):
    runs = json.loads(RUNS.read_text())
    if arguments[:1] == ["add"]:
        for path in arguments[1:]:
            path, _, label = path.partition("=")
            document = json.loads(pathlib.Path(path).read_text())
            runs.append(record({**document, "label": label or None}))
        RUNS.write_text("[\n" + ",\n".join("  " + json.dumps(run) for run in runs) + "\n]\n")
    page = PAGE.read_text()
    new = written(page, runs)
    if arguments[:1] == ["--check"]:
        return int(new != page)
    PAGE.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
