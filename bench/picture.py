"""The ratios as a picture: plain SVG that reads in light and in dark surroundings.

    python bench/picture.py bench/results.json docs/images/bench.svg
"""

import json
import math
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from engine_process import TITLES
from statistic import NOISY
from table import CELL_TITLES, by_key, compared, distinct

PANELS = [("training", "gru"), ("training", "lstm"), ("forward", "gru"), ("forward", "lstm"), ("step", "gru"), ("step", "lstm")]
WORKS = {"training": "Forward + backward", "forward": "Forward", "step": "One step, batch 1"}
MARKS = {"pytorch": "circle", "onnxruntime": "square", "openvino": "triangle", "rten": "diamond"}
TICKS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000]
WIDTH, LEFT, GAP, RIGHT = 920, 180, 26, 22
TOP, ROW, PANEL_HEAD, PANEL_FOOT = 84, 21, 30, 40

STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #3b4048; }
  .title { font-size: 16px; font-weight: 600; fill: #1f2328; } .head { font-weight: 600; fill: #1f2328; }
  .small { font-size: 11px; fill: #656d76; } .value { font-size: 10.5px; fill: #3b4048; }
  .grid { stroke: #8c959f; stroke-opacity: .22; } .one { stroke: #1a7f6b; stroke-width: 2; } .link { stroke: #8c959f; stroke-opacity: .45; }
  .ours { fill: #1a7f6b; } .pytorch { fill: #d9480f; } .onnxruntime { fill: #1c6fd1; } .openvino { fill: #8a3ffc; } .rten { fill: #b58900; }
  .pale { fill-opacity: .4; }
  @media (prefers-color-scheme: dark) {
    text, .value { fill: #c9d1d9; } .title, .head { fill: #f0f6fc; } .small { fill: #9198a1; } .one { stroke: #3fc9ab; } .ours { fill: #3fc9ab; }
    .pytorch { fill: #ff8a57; } .onnxruntime { fill: #6cb0ff; } .openvino { fill: #c29bff; } .rten { fill: #e3bd45; }
  }
"""


def draw(document):
    """The picture as SVG text."""
    results = document["results"]
    found = by_key(results)
    ratios = {key[:4]: key[4] for key in compared(results)}
    present = [engine for engine in MARKS if any(key[2] == engine for key in ratios)]
    # Room on the right for the figure beside the last mark.
    high = 5 * max([*ratios.values(), 2])
    low = 0.8 * min([*ratios.values(), 1])
    ticks = [value for value in TICKS if low <= value <= high]
    noisy = {key for key, result in found.items() if result["spread"] > NOISY}
    inner = (WIDTH - LEFT - GAP - RIGHT) / 2

    def place(column, value):
        start = LEFT + column * (inner + GAP)
        return start + inner * math.log(max(value, low) / low) / math.log(high / low)

    machine = document["machine"]
    parts = [text(16, 28, "Time of other engines relative to Tidegate's", "title"),
             text(16, 47, f"{machine['name']}, {machine['cores']} cores, {machine['instruction_set']}; "
                  "the same weights and threads on every side; logarithmic axis, right of the line: slower than Tidegate", "small")]
    x = 16
    for name in ["tidegate", *present]:
        if name == "tidegate":
            parts.append(f'<line class="one" x1="{x + 4}" y1="58" x2="{x + 4}" y2="72"/>')
        else:
            parts.append(mark(name, x + 4, 65))
        parts.append(text(x + 14, 69, TITLES[name], ""))
        x += 34 + 7 * len(TITLES[name])
    if noisy:
        parts.append(text(x + 14, 69, "pale: rounds spread by more than 20 %", "small"))
    y = TOP
    for work in distinct(work for work, _ in PANELS):
        shapes = distinct(key[3] for key in found if key[0] == work)
        columns = [cell for a_work, cell in PANELS if a_work == work and any(key[:2] == (work, cell) for key in ratios)]
        if not columns:
            continue
        top, bottom = y + PANEL_HEAD, y + PANEL_HEAD + ROW * len(shapes)
        threads = next(result["threads"] for result in results if result["work"] == work)
        parts.append(text(16, top - 10, "input = hidden" if work == "step" else "batch, steps, input, hidden", "small"))
        for row, shape in enumerate(shapes):
            label = str(shape[3]) if work == "step" else ", ".join(map(str, shape))
            parts.append(text(LEFT - 10, top + ROW * (row + 0.5) + 4, label, "", "end"))
        for column, cell in enumerate(columns):
            title = f"{WORKS[work]}, {CELL_TITLES[cell]}, {threads} thread{'s' if threads > 1 else ''}"
            parts.append(text(place(column, low), top - 10, title, "head"))
            for value in ticks:
                parts.append(f'<line class="{"one" if value == 1 else "grid"}" x1="{place(column, value):.1f}" y1="{top}" '
                             f'x2="{place(column, value):.1f}" y2="{bottom}"/>')
                parts.append(text(place(column, value), bottom + 15, f"{value:g}×", "small", "middle"))
            for row, shape in enumerate(shapes):
                parts += dots(ratios, work, cell, shape, noisy, lambda value, column=column: place(column, value),
                              top + ROW * (row + 0.5))
        y = bottom + PANEL_FOOT
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y - 8}" role="img" '
            f'aria-label="Time of other engines relative to Tidegate">\n<style>{STYLE}</style>\n' + "\n".join(parts) + "\n</svg>\n")


def dots(ratios, work, cell, shape, noisy, place, y):
    """One row: a mark for each peer, pale where the machine was not quiet, and the ratios of the nearest and the farthest."""
    values = {engine: ratios[work, cell, engine, shape] for engine in MARKS if (work, cell, engine, shape) in ratios}
    if not values:
        return []
    least, most = min(values.values()), max(values.values())
    parts = [f'<line class="link" x1="{place(min(least, 1)):.1f}" y1="{y}" x2="{place(most):.1f}" y2="{y}"/>']
    ours = (work, cell, "tidegate", shape) in noisy
    parts += [mark(engine, place(value), y, ours or (work, cell, engine, shape) in noisy) for engine, value in values.items()]
    parts.append(text(place(most) + 8, y + 4, number(least) if least == most else f"{number(least)} to {number(most)}", "value"))
    return parts


def number(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def mark(engine, x, y, pale=False):
    style = f"{engine} pale" if pale else engine
    points = {"square": [(-4, -4), (4, -4), (4, 4), (-4, 4)], "triangle": [(0, -5), (5, 4), (-5, 4)], "diamond": [(0, -5.5), (5, 0), (0, 5.5), (-5, 0)]}
    if MARKS[engine] == "circle":
        return f'<circle class="{style}" cx="{x:.1f}" cy="{y}" r="4.4"/>'
    corners = " ".join(f"{x + dx:.1f},{y + dy}" for dx, dy in points[MARKS[engine]])
    return f'<polygon class="{style}" points="{corners}"/>'


def text(x, y, content, style, anchor="start"):
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: picture.py RESULTS.json PICTURE.svg")
    Path(sys.argv[2]).write_text(draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
