#!/usr/bin/env python3
"""Writes docs/study.md, its pictures and the summary in the README from the folders that `tidegate compare --out` wrote.

    python3 docs/study.py --study "Generated tasks=DIR" --study "JSB Chorales=DIR" --published jsb-20k=DIR ...

Every figure on the page is read from `report.json` or `comparison.json`; the published ones beside them are named with their source.
"""

import argparse
import html
import json
import math
import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
START, END = "<!-- study -->\n", "<!-- /study -->"

CELLS = {"rnn": "RNN", "rnn-relu": "RNN, relu", "lstm": "LSTM", "lstm-peephole": "LSTM, peepholes", "gru": "GRU",
         "gru-before": "GRU, reset before", "mgu": "MGU"}
TASKS = {"adding": "Adding problem", "copy": "Copy memory", "order": "Temporal order", "mackey-glass": "Mackey-Glass", "music": "Music"}
EQUAL = {"parameters": "parameters", "hidden": "hidden size"}
FINDINGS = {"holds": "**holds**", "does_not_hold": "**does not hold**", "undecided": "undecided"}
SENTENCES = {
    "gru_overcomes_long_term_dependencies": "A GRU overcomes the long-term dependency problem of the plain RNN",
    "lstm_overcomes_long_term_dependencies": "An LSTM overcomes the long-term dependency problem of the plain RNN",
    "gru_is_a_lighter_lstm": "A GRU is a lighter LSTM: two gates instead of three",
    "gru_trains_in_less_time": "A GRU trains in less time than an LSTM",
    "lstm_is_stronger_with_much_data": "An LSTM is stronger than a GRU where data is plentiful",
    "gru_learns_from_little_data": "A GRU learns more than an LSTM from little data",
}
MEASURES = {
    "longest_lag": "longest lag solved", "parameters": "parameters", "multiply_adds": "multiply-adds", "tape_bytes": "bytes of tape",
    "test_loss": "test loss", "updates_to_target": "updates to target", "seconds_per_update": "seconds per update",
    "seconds_to_target": "seconds to target",
}
OMISSIONS = {
    "lag_is_given": "its lag cannot be chosen, so that there is no longest one; how far the gradient reaches back is shown",
    "too_few_sequences": "too few training sequences to train on shares of them",
    "diverged": "every run diverged",
    "no_common_target": "no loss that a GRU and an LSTM both reached",
    "cell_missing": "a cell was not compared",
    "unpaired_runs": "not every seed has a run of both cells that can be compared",
    "lags_out_of_range": "runs of both cells solved no lag, or all that were tested",
    "unlike_times": "runs had different numbers of threads",
    "single_seed": "a single seed has no spread",
    "not_asked": "not asked",
}
# Pictures of a question that are not folded away.
UNFOLDED = 3

# Test losses in nats per step, or mean squared errors, as published: rnn, gru, lstm.
PUBLISHED = {
    "jsb-20k": ("JSB Chorales, about 20,000 parameters", "Chung et al. 2014", {"rnn": 9.10, "gru": 8.54, "lstm": 8.67}),
    "nottingham-20k": ("Nottingham, about 20,000 parameters", "Chung et al. 2014", {"rnn": 3.13, "gru": 3.23, "lstm": 3.20}),
    "jsb-300k": ("JSB Chorales, about 300,000 parameters", "Bai et al. 2018", {"rnn": 8.91, "gru": 8.43, "lstm": 8.45}),
    "nottingham-1m": ("Nottingham, about 1,000,000 parameters", "Bai et al. 2018", {"rnn": 4.05, "gru": 3.46, "lstm": 3.29}),
    "adding-600": ("Adding problem, 600 steps, about 70,000 parameters", "Bai et al. 2018", {"rnn": 0.177, "gru": 5.3e-5, "lstm": 0.164}),
}


def number(value, digits=3):
    """With so many significant digits."""
    if value is None:
        return "–"
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    exponent = math.floor(math.log10(abs(value)))
    if exponent < -4:
        return f"{value / 10**exponent:.{digits - 1}f}e{exponent}"
    return f"{value:,.{max(0, digits - 1 - exponent)}f}"


def spread(value, digits=4):
    """Mean ± deviation, both up to the deviation's second significant digit."""
    if value is None:
        return "diverged"
    mean, deviation = value["mean"], value["standard_deviation"]
    if not deviation:
        return number(mean, digits)
    last = math.floor(math.log10(deviation)) - 1
    first = math.floor(math.log10(abs(mean))) if mean else last
    if first < -4:
        decimals = max(0, first - last)
        return f"{mean / 10**first:.{decimals}f}e{first} ± {deviation / 10**first:.{decimals}f}e{first}"
    return f"{mean:,.{max(0, -last)}f} ± {deviation:.{max(0, -last)}f}"


def table(headings, rows):
    lines = ["| " + " | ".join(headings) + " |", "|---" + "|--:" * (len(headings) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def interval(piece):
    if not piece["interval"] or not piece["pairs"]:
        return "exact" if not piece["pairs"] else "–"
    low, high = piece["interval"]
    if low is None or high is None:
        return f"at most {ratio(high)}" if low is None else f"at least {ratio(low)}"
    return f"{ratio(low)} to {ratio(high)}"


def cells(piece):
    return f"{CELLS[piece['cell']]} / {CELLS[piece['other']]}"


def ratio(value):
    """Three digits, and one more just above 1, where a small difference counts."""
    return number(value, 4 if 1 <= value < 1.1 else 3)


def verdict_in_words(verdict):
    pieces = verdict["evidence"]
    if not pieces:
        return "no evidence"
    counts = {finding: sum(piece["finding"] == finding for piece in pieces) for finding in FINDINGS}
    return f"{FINDINGS[verdict['finding']]} ({counts['holds']} for, {counts['does_not_hold']} against, {counts['undecided']} open)"


def verdicts(reports):
    """A row for each sentence, a column for each study."""
    rows = [[SENTENCES[of_one[0]["sentence"]], *map(verdict_in_words, of_one)] for of_one in zip(*(report["verdicts"] for _, report in reports))]
    return table(["sentence", *[name for name, _ in reports]], rows)


def evidence(report):
    rows = []
    for verdict in report["verdicts"]:
        for piece in verdict["evidence"]:
            share = "" if piece["share"] == 1 else f", 1/{piece['share']} of the data"
            task = TASKS.get(piece["task"], piece["task"])
            rows.append([SENTENCES[verdict["sentence"]], f"{MEASURES[piece['measure']]}, {cells(piece)}", f"{task}, equal {EQUAL[piece['equal']]}{share}",
                         ratio(piece["ratio"]), interval(piece), str(piece["pairs"] or "–"), FINDINGS[piece["finding"]]])
    return table(["sentence", "measure", "on", "ratio", f"{report['confidence']:.0%} interval", "pairs", "says"], rows)


def memory(answer, seeds):
    parts = []
    for task in answer["tasks"]:
        rows = []
        for cell in task["cells"]:
            longest = [lag or 0 for lag in cell["longest_lag"]]
            least, most = min(longest), max(longest)
            span = f"{least} to {most}" if least < most else str(most or "none")
            losses = [f"{number(loss['mean'] if loss else None)} ({solved}/{seeds})" for loss, solved in zip(cell["test_loss"], cell["solved"])]
            rows.append([CELLS[cell["cell"]], span, *losses])
        parts.append(f"**{TASKS[task['key']]}**: {task['loss']}, within {task['updates']:,} updates; in brackets the seeds that solved it.\n\n"
                     + table(["cell", "longest lag solved", *[f"lag {lag}" for lag in task["lags"]]], rows))
    return "\n".join(parts)


def structure(answer):
    rows = [[row["task"], CELLS[row["cell"]], EQUAL[row["equal"]], str(row["gates"]), f"{row['hidden_size']:,}", f"{row['parameters']:,}",
             f"{row['multiply_adds']:,}", f"{row['padded_multiply_adds']:,}", f"{row['state_bytes']:,}", f"{row['weight_bytes']:,}",
             f"{row['allocated_tape_bytes_per_step']:,.0f}"] for row in answer["rows"]]
    return table(["task", "cell", "equal", "gates", "units", "parameters", "multiply-adds a step", "padded", "bytes of state",
                  "bytes of weights", "bytes of tape a step"], rows)


def time(answer):
    rows = [[task["task"], CELLS[cell["cell"]], EQUAL[task["equal"]], f"{cell['hidden_size']:,}", number(1e3 * cell["seconds_per_update"]["mean"]),
             number(cell["seconds_per_epoch"]["mean"]), number(task["target_loss"]), f"{cell['reached']}/{cell['runs']}",
             number(cell["updates_to_target"]["mean"]) if cell["updates_to_target"] else "–",
             number(cell["seconds_to_target"]["mean"]) if cell["seconds_to_target"] else "–"]
            for task in answer["tasks"] for cell in task["cells"]]
    return table(["task", "cell", "equal", "units", "ms an update", "s an epoch", "target loss", "runs there", "updates to it", "s to it"], rows)


def data(answer):
    parts = []
    for task in answer["tasks"]:
        shares = [f"{'1' if share == 1 else f'1/{share}'} ({sequences:,})" for share, sequences in zip(task["shares"], task["sequences"])]
        rows = [[CELLS[cell["cell"]], *[spread(loss) for loss in cell["test_loss"]]] for cell in task["cells"]]
        crossings = "".join(f"Below about {crossing['sequences']:,.0f} sequences {CELLS[crossing['first']]} has the lower mean, above it "
                            f"{CELLS[crossing['second']]}. " for crossing in task["crossings"])
        parts.append(f"**{task['task']}**: {task['loss']}. {crossings}\n\n" + table(["cell", *shares], rows))
    return "\n".join(parts)


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def pictures(folder, name, question):
    """Copies a question's pictures, and shows them; all but the first few are folded away."""
    target = HERE / "images" / "study" / slug(name)
    target.mkdir(parents=True, exist_ok=True)
    shown = []
    for picture in sorted(folder.glob(f"{question}-*.svg"), key=lambda path: int(path.stem.rsplit("-", 1)[1])):
        shutil.copy(picture, target / picture.name)
        title = html.unescape(re.search(r"<title>(.*?)</title>", picture.read_text(encoding="utf-8"), re.DOTALL)[1])
        shown.append(f"![{title}](images/study/{slug(name)}/{picture.name})\n")
    text = "\n".join(shown[:UNFOLDED])
    if rest := shown[UNFOLDED:]:
        text += f"\n<details><summary>{len(rest)} more pictures</summary>\n\n" + "\n".join(rest) + "\n</details>\n"
    return text


def left_out(answer):
    return "\n".join(f"Left out: {omission.get('task', 'all')}: {OMISSIONS[omission['reason']]}.\n" for omission in answer.get("omissions", ()))


def section(name, folder, report):
    shutil.rmtree(HERE / "images" / "study" / slug(name), ignore_errors=True)
    tuned = sum(summary["tuning_runs"] for experiment in report["experiments"] for summary in experiment["summary"])
    finals = sum(len(experiment["rows"]) for experiment in report["experiments"])
    parts = [f"## {name}\n",
             f"{finals} final runs with {report['seeds']} seeds and {tuned} tuning runs, effort `{report['effort']}`, {report['machine']['threads']} threads, "
             f"{report['machine']['instruction_set']}, Tidegate {report['machine']['version']}.\n"]
    for title, key, write in (("How long a cell remembers", "memory", lambda a: memory(a, report["seeds"])), ("What a cell is made of", "structure", structure),
                              ("How long it takes to train", "time", time), ("How much data it needs", "data", data)):
        if report[key]:
            parts += [f"### {title}\n", write(report[key]), left_out(report[key]), pictures(folder, name, key)]
    parts += ["### The evidence\n", evidence(report)]
    return "\n".join(part for part in parts if part)


def published(folders):
    rows = []
    for key, folder in folders:
        what, source, figures = PUBLISHED[key]
        report = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
        for summary in report["summary"]:
            seeds = summary["seeds"]
            rows.append([what, CELLS[summary["cell"]], f"{summary['parameters']:,}", spread(summary["test_loss"]), str(seeds),
                         number(figures.get(summary["cell"])), source])
    return table(["setting", "cell", "parameters", "test loss here", "seeds", "published", "source"], rows)


def attempts(folders):
    """Runs that were made to find why a figure stays behind."""
    rows = []
    for what, folder in folders:
        for summary in json.loads((folder / "comparison.json").read_text(encoding="utf-8"))["summary"]:
            rows.append([what, CELLS[summary["cell"]], str(summary["hidden_size"]), number(summary["epochs"], 9).split(".")[0],
                         *(spread(summary[loss]) for loss in ("train_loss", "valid_loss", "test_loss")), str(summary["seeds"])])
    return table(["attempt", "cell", "units", "epochs", "training loss", "validation loss", "test loss", "seeds"], rows)


def pairs(values):
    return [(name, Path(folder)) for name, folder in (value.split("=", 1) for value in values)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", action="append", default=[], metavar="NAME=DIR", help="a folder with a report.json")
    parser.add_argument("--published", action="append", default=[], metavar="KEY=DIR",
                        help=f"a folder with a comparison.json, beside published figures: {', '.join(PUBLISHED)}")
    parser.add_argument("--attempt", action="append", default=[], metavar="WHAT=DIR",
                        help="a folder with a comparison.json of runs that were made to find why a figure stays behind")
    options = parser.parse_args()
    folders = pairs(options.study)
    if not folders:
        sys.exit("name at least one --study")
    reports = [(name, json.loads((folder / "report.json").read_text(encoding="utf-8"))) for name, folder in folders]
    page = ["# What the textbooks say of GRU, LSTM and RNN, and what was measured\n",
            (HERE / "study-introduction.md").read_text(encoding="utf-8"), "## The verdicts\n", verdicts(reports)]
    page += [section(name, folder, report) for (name, folder), (_, report) in zip(folders, reports)]
    if options.published:
        page += ["## Beside published figures\n", published(pairs(options.published))]
        page.append((HERE / "study-published.md").read_text(encoding="utf-8"))
    if options.attempt:
        page.append(attempts(pairs(options.attempt)))
    (HERE / "study.md").write_text("\n".join(page), encoding="utf-8")
    readme = HERE.parent / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(START)
    _, after = rest.split(END)
    readme.write_text(before + START + verdicts(reports) + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
