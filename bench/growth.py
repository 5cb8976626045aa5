"""How the cost of training grows: time and peak memory against steps, batch, hidden size and layers, measured and drawn.

    cargo build --release -p tidegate-train --example time_growth
    python bench/growth.py --output bench/growth.json --picture docs/images/growth.svg

Every point trains one batch again and again; time is the median of a pass forward and back with its update, memory the
most bytes that were held at once, by the count of the program's allocator. The exponent of a curve is the slope of its
logarithm over its last decade: 1 is linear, 2 quadratic, 0 constant.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from html import escape
from pathlib import Path

import machine
import options
from engine_process import TARGET

PROGRAM = TARGET / "release" / "examples" / "time_growth"

# What a curve runs over, and what stays the same along it.
CURVES = {"steps": ["batch", "hidden", "layers"], "batch": ["steps", "hidden", "layers"],
          "hidden": ["batch", "steps", "layers"], "layers": ["batch", "steps", "hidden"]}
MEASURES = {"median_seconds": "seconds a pass", "peak_bytes": "peak memory"}
METHODS = {
    "whole": ("whole tape", "#0072b2"),
    "limited": ("in parts, {limit} allowed", "#d55e00"),
    "least": ("in parts, as little memory as can be", "#009e73"),
    "truncated": ("truncated to windows of {window} steps", "#8a5a9e"),
}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=options.threads, default=os.cpu_count(), help="threads (default: all)")
    parser.add_argument("--seconds", type=options.seconds, default=1.0, help="time to fill for each point (default 1)")
    parser.add_argument("--output", type=options.target, help="also write the figures to this JSON file")
    parser.add_argument("--picture", type=options.target, help="also draw them into this SVG file")
    parser.add_argument("--figures", type=Path, help="take the figures of this JSON file instead of measuring")
    return parser.parse_args()


def measure(arguments):
    if not PROGRAM.exists():
        sys.exit(f"{PROGRAM} is missing: cargo build --release -p tidegate-train --example time_growth")
    command = [str(PROGRAM), "--threads", str(arguments.threads), "--seconds", str(arguments.seconds)]
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode != 0:
        sys.exit(f"{PROGRAM.name} failed:\n{finished.stderr.strip()}")
    document = {"machine": machine.name(), **json.loads(finished.stdout)}
    document["exponents"] = [
        {"curve": curve, "method": method, "measure": measure, "exponent": round(exponent(points, curve, measure), 2) + 0.0}
        for curve, method, points in curves(document) for measure in MEASURES]
    return document


def curves(document):
    """Every curve's name, method and points."""
    for curve in CURVES:
        for method in METHODS:
            points = [point for point in document["points"] if (point["curve"], point["method"]) == (curve, method)]
            if points:
                yield curve, method, points


def exponent(points, curve, measure):
    """Slope of the logarithms, by least squares over the last decade."""
    largest = max(point[curve] for point in points)
    last = [(math.log(point[curve]), math.log(point[measure])) for point in points if 11 * point[curve] > largest]
    mean_x, mean_y = (sum(values) / len(last) for values in zip(*last))
    return sum((x - mean_x) * (y - mean_y) for x, y in last) / sum((x - mean_x) ** 2 for x, _ in last)


def report(document):
    print(f"{document['machine']}, {document['threads']} threads, {document['instruction_set']}\n")
    print(f"{'curve':<8}{'method':<11}{'time grows as':<15}memory grows as")
    exponents = {(row["curve"], row["method"], row["measure"]): row["exponent"] for row in document["exponents"]}
    for curve, method, _ in curves(document):
        time, memory = (exponents[curve, method, measure] for measure in MEASURES)
        print(f"{curve:<8}{method:<11}{f'{curve}^{time:.2f}':<15}{curve}^{memory:.2f}")


# The picture: a column for each curve, time above, memory below, all scales logarithmic.
LEFT, TOP, WIDTH, HEIGHT, GAP = 74, 130, 246, 220, 26
LINE, INK, FAINT = "#d9d9d9", "#222222", "#666666"


def draw(document):
    panels = list(CURVES)
    total = (LEFT + len(panels) * (WIDTH + GAP) + 10, TOP + 2 * HEIGHT + 3 * GAP + 44)
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total[0]} {total[1]}" width="{total[0]}" height="{total[1]}" '
           f'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="{INK}">',
           f'<rect width="{total[0]}" height="{total[1]}" fill="#ffffff"/>',
           text(LEFT, 26, "Training a GRU: how time and memory grow with the work", size=17, weight="bold"),
           text(LEFT, 46, f"One pass forward and back over a batch of sequences, with its update: {document['machine']}, "
                          f"{document['threads']} threads, {document['instruction_set']}.", fill=FAINT),
           text(LEFT, 63, "All scales are logarithmic. The number at the end of a line is its exponent over the last decade: "
                          "1 is linear, 2 quadratic, 0 constant.", fill=FAINT)]
    at = LEFT
    for method, (label, colour) in METHODS.items():
        label = label.format(limit=words(document["limit_bytes"]), window=document["window"])
        svg.append(f'<line x1="{at}" y1="86" x2="{at + 24}" y2="86" stroke="{colour}" stroke-width="2.5"/>')
        svg.append(text(at + 30, 90, label))
        at += 62 + 6.2 * len(label)
    for row, (measure, title) in enumerate(MEASURES.items()):
        values = [point[measure] for point in document["points"]]
        range_y = (math.floor(math.log10(min(values)) * 2) / 2, math.ceil(math.log10(max(values)) * 2) / 2)
        for column, curve in enumerate(panels):
            x, y = LEFT + column * (WIDTH + GAP), TOP + row * (HEIGHT + 2 * GAP)
            svg += panel(document, curve, measure, (x, y), range_y, first=column == 0, title=title)
    return "\n".join(svg + ["</svg>", ""])


def panel(document, curve, measure, corner, range_y, first, title):
    x, y = corner
    lines = {method: points for name, method, points in curves(document) if name == curve}
    inputs = sorted({point[curve] for points in lines.values() for point in points})
    low, high = math.log10(inputs[0]), math.log10(inputs[-1])
    across = lambda value: x + 8 + (math.log10(value) - low) / (high - low) * (WIDTH - 52)
    up = lambda value: y + HEIGHT - (math.log10(value) - range_y[0]) / (range_y[1] - range_y[0]) * HEIGHT
    svg = [f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="{LINE}"/>']
    for tick, label in ticks(measure, range_y):
        svg.append(f'<line x1="{x}" y1="{up(tick):.1f}" x2="{x + WIDTH}" y2="{up(tick):.1f}" stroke="{LINE}" stroke-width="0.7"/>')
        if first:
            svg.append(text(x - 6, up(tick) + 4, label, anchor="end"))
    # As many labels as have room.
    stride = 2 if len(inputs) > 5 else 1
    for value in inputs[::-1][::stride]:
        svg.append(f'<line x1="{across(value):.1f}" y1="{y + HEIGHT}" x2="{across(value):.1f}" y2="{y + HEIGHT + 4}" stroke="{FAINT}"/>')
        svg.append(text(across(value), y + HEIGHT + 17, f"{value:,}", anchor="middle"))
    if measure == "median_seconds":
        same = next(iter(lines.values()))[0]
        fixed = ", ".join(f"{name} {same[name]}" for name in CURVES[curve])
        svg.append(text(x, y - 8, curve if curve != "hidden" else "hidden size", weight="bold"))
        svg.append(text(x + WIDTH, y - 8, fixed, anchor="end", fill=FAINT, size=11))
    if first:
        svg.append(text(x + 8, y + 17, title, fill=FAINT))
    exponents = {row["method"]: row["exponent"] for row in document["exponents"] if (row["curve"], row["measure"]) == (curve, measure)}
    ends = []
    for method, points in lines.items():
        colour = METHODS[method][1]
        path = " ".join(f"{across(point[curve]):.1f},{up(point[measure]):.1f}" for point in points)
        svg.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>')
        svg += [f'<circle cx="{across(point[curve]):.1f}" cy="{up(point[measure]):.1f}" r="2.6" fill="{colour}"/>' for point in points]
        ends.append([up(points[-1][measure]), f"{exponents[method]:.2f}", colour])
    # Labels of lines that end close together are moved apart, the middle of them staying where it is.
    ends.sort()
    centre = sum(end[0] for end in ends) / len(ends)
    for index in range(1, len(ends)):
        ends[index][0] = max(ends[index][0], ends[index - 1][0] + 13)
    moved = sum(end[0] for end in ends) / len(ends) - centre
    for height, label, colour in ends:
        svg.append(text(across(inputs[-1]) + 8, min(height - moved, y + HEIGHT - 6) + 4, label, fill=colour, weight="bold"))
    return svg


def ticks(measure, range_y):
    if measure == "median_seconds":
        names = {-4: "0.1 ms", -3: "1 ms", -2: "10 ms", -1: "0.1 s", 0: "1 s", 1: "10 s"}
        found = [(10.0**power, name) for power, name in names.items()]
    else:
        found = [(float(1 << shift), words(1 << shift)) for shift in range(16, 36, 2)]
    return [(value, name) for value, name in found if range_y[0] <= math.log10(value) <= range_y[1]]


def words(amount):
    for shift, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if amount >= 1 << shift:
            return f"{amount / (1 << shift):g} {unit}"
    return f"{amount} bytes"


def text(x, y, words, anchor="start", size=12, weight="normal", fill=INK):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{fill}">'
            f"{escape(words)}</text>")


def replace(path, contents):
    temporary = path.with_suffix(".tmp")
    temporary.write_text(contents, encoding="utf-8")
    temporary.replace(path)


def main():
    arguments = parse()
    document = options.read(arguments.figures) if arguments.figures else measure(arguments)
    try:
        report(document)
    except KeyError as missing:
        sys.exit(f"{arguments.figures} holds no {missing}, and so no figures of this program")
    if arguments.output:
        points = ",\n".join("  " + json.dumps(point) for point in document["points"])
        rest = json.dumps({key: value for key, value in document.items() if key != "points"}, indent=1)
        replace(arguments.output, rest[:-2] + ',\n "points": [\n' + points + "\n ]\n}\n")
    if arguments.picture:
        replace(arguments.picture, draw(document))


if __name__ == "__main__":
    main()
