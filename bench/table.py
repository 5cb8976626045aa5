"""The figures as tables: plain for the terminal, Markdown for the README, and the means that sum them up."""

from engine_process import TITLES
from shapes import CELLS, WORKS
from statistic import NOISY, geometric_mean, ratio

CELL_TITLES = {"gru": "GRU", "gru-before": "GRU, reset before", "lstm": "LSTM"}
WORK_TITLES = {"training": "Forward + backward", "forward": "Forward", "step": "One step, batch 1"}


def by_key(results):
    """Results by (work, cell, engine, shape)."""
    return {(result["work"], result["cell"], result["engine"], shape_of(result)): result for result in results}


def shape_of(result):
    return result["batch"], result["steps"], result["input"], result["hidden"]


def distinct(values):
    return list(dict.fromkeys(values))


def compared(results):
    """`(work, cell, engine, shape, ratio)` of every peer: how many times Tidegate's time it took, round by round."""
    found = by_key(results)
    for (work, cell, engine, shape), result in found.items():
        ours = found.get((work, cell, "tidegate", shape))
        if engine != "tidegate" and ours:
            yield work, cell, engine, shape, ratio(ours["rounds_seconds"], result["rounds_seconds"])


def summary(results):
    """Ratios over the shapes: `{"what", "geometric_mean", "least", "most", "ratios": {shape: ratio}}`."""
    lines, peers = {}, list(compared(results))
    for work, cell, engine, shape, value in peers:
        lines.setdefault(f"{work} {cell}: {TITLES[engine]} / Tidegate", {})[shape] = value
    for work in ("forward", "step"):
        for cell in CELLS:
            best = {}
            for a_work, a_cell, engine, shape, value in peers:
                if (a_work, a_cell) == (work, cell) and engine != "pytorch":
                    best[shape] = min(best.get(shape, value), value)
            lines[f"{work} {cell}: best engine that reads ONNX / Tidegate"] = best
    found = by_key(results)
    for work in WORKS:
        for one, other, what in (("lstm", "gru", "Tidegate's GRU / its LSTM"),
                                 ("gru", "gru-before", "Tidegate's reset before / after the product")):
            line = lines[f"{work}: {what}"] = {}
            for a_work, cell, engine, shape in found:
                if (a_work, cell, engine) == (work, one, "tidegate") and (work, other, engine, shape) in found:
                    line[shape] = ratio(found[work, one, engine, shape]["rounds_seconds"], found[work, other, engine, shape]["rounds_seconds"])
    return [{"what": what, "geometric_mean": geometric_mean(line.values()), "least": min(line.values()), "most": max(line.values()),
             "ratios": {",".join(map(str, shape)): value for shape, value in line.items()}}
            for what, line in lines.items() if line]


def plain(document):
    """Everything, for the terminal."""
    machine, results = document["machine"], document["results"]
    peaks = ", ".join(f"{name} {value:.0f}" for name, value in machine["fma_peak_gflops_per_thread"].items())
    versions = ", ".join(f"{TITLES[name]} {version}" for name, version in machine["versions"].items())
    lines = [f"{machine['name']}, {machine['cores']} cores, {machine['instruction_set']}; FMA peak of a thread in GFLOP/s: {peaks}",
             versions, *document["left_out"]]
    ratios = {key[:4]: key[4] for key in compared(results)}
    for work in WORKS:
        some = [result for result in results if result["work"] == work]
        if not some:
            continue
        last = f"{'p99.9':>10}" if work == "step" else f"{'GFLOP/s':>10}{'of peak':>9}"
        lines += ["", f"{WORK_TITLES[work]}, {some[0]['threads']} thread(s)",
                  f"{'cell':<12}{'shape':<18}{'engine':<14}{'ms' if work != 'step' else 'µs':>10}{last}{'ratio':>9}"]
        shapes = distinct(map(shape_of, some))
        for result in sorted(some, key=lambda result: (shapes.index(shape_of(result)), CELLS.index(result["cell"]))):
            shape = shape_of(result)
            value = ratios.get((work, result["cell"], result["engine"], shape))
            figures = (f"{1e6 * result['p999_seconds']:>10.3f}" if work == "step"
                       else f"{result['gflops']:>10.1f}{result['peak_share']:>9.0%}")
            lines.append(f"{result['cell']:<12}{','.join(map(str, shape)):<18}{result['engine']:<14}"
                         f"{scaled(result):>10.4g}{figures}{f'{value:.2f}×' if value else '':>9}"
                         + (f"  noisy, spread {result['spread']:.0%}" if result["spread"] > NOISY else ""))
    lines += ["", "Ratios over the shapes: geometric mean (least to most)"]
    lines += [f"  {line['what']:<68}{line['geometric_mean']:>8.2f}  ({line['least']:.2f} to {line['most']:.2f})" for line in document["summary"]]
    return "\n".join(lines)


def scaled(result):
    """Milliseconds, or microseconds of a step."""
    return result["median_seconds"] * (1e6 if result["work"] == "step" else 1e3)


def markdown(document):
    """The tables of the README."""
    machine, results = document["machine"], document["results"]
    found = by_key(results)
    versions = ", ".join(f"{TITLES[name]} {version}" for name, version in machine["versions"].items() if name != "tidegate")
    peak = machine["fma_peak_gflops_per_thread"].get(machine["instruction_set"])
    lines = [f"{machine['name']}, {machine['cores']} cores, {machine['instruction_set']}"
             + (f", {peak:.0f} GFLOP/s of fused multiply-adds a core" if peak else "") + f". {versions}.", *document["left_out"], ""]
    for work in ("training", "forward", "step"):
        some = [result for result in results if result["work"] == work]
        engines = [name for name in TITLES if any(result["engine"] == name for result in some)]
        cells = [cell for cell in CELLS if cell != "gru-before" and any(result["cell"] == cell for result in some)]
        if not some:
            continue
        threads = some[0]["threads"]
        unit = "µs" if work == "step" else "ms"
        lines += [f"**{WORK_TITLES[work]}**, {unit}, {threads} thread{'s' if threads > 1 else ''}"
                  + ("; Tidegate's 99.9th percentile in brackets:" if work == "step" else ":"), ""]
        head = "input = hidden" if work == "step" else "batch, steps, input, hidden"
        lines += [f"| {head} | cell | {' | '.join(TITLES[name] for name in engines)} |", "|---|---|" + "--:|" * len(engines)]
        for shape in distinct(shape_of(result) for result in some):
            for cell in cells:
                row = [cell_text(found.get((work, cell, name, shape)), found.get((work, cell, "tidegate", shape))) for name in engines]
                first = str(shape[3]) if work == "step" else ", ".join(map(str, shape))
                lines.append(f"| {first if cell == cells[0] else ''} | {CELL_TITLES[cell]} | {' | '.join(row)} |")
        lines.append("")
    lines.append("× is how many times Tidegate's time, round by round" + ("; ~ marks a figure whose rounds spread by more than 20 %."
                 if any(result["spread"] > NOISY for result in results) else "."))
    return "\n".join(lines)


def cell_text(result, ours):
    if result is None:
        return ""
    text = ("~" if result["spread"] > NOISY else "") + digits(scaled(result))
    if result["engine"] == "tidegate":
        return f"**{text}**" + (f" ({digits(1e6 * result['p999_seconds'])})" if result["work"] == "step" else "")
    return f"{text} ({times(ratio(ours['rounds_seconds'], result['rounds_seconds']))})" if ours else text


def digits(value):
    """Three significant digits without an exponent."""
    return f"{value:.0f}" if value >= 99.95 else f"{value:.3g}"


def times(value):
    return f"{value:.0f}×" if value >= 10 else f"{value:.1f}×" if value >= 1.95 else f"{value:.2f}×"


def markers(name):
    """The lines of a Markdown file between which the table `name` stands."""
    return f"<!-- {name} -->\n", f"<!-- /{name} -->"


def has_markers(path, name="bench"):
    start, end = markers(name)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return False
    return start in text and end in text.split(start, 1)[1]


def between_markers(text, table, name="bench"):
    """`text` with `table` between its markers."""
    start, end = markers(name)
    before, rest = text.split(start, 1)
    return before + start + table + "\n" + end + rest.split(end, 1)[1]
