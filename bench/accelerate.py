"""What `tidegate.torch.accelerate` does to a PyTorch model: forward and backward before and after, and the loss that it trains to.

    make bench-python

A model and its accelerated copy run in one process, turn by turn, with the same weights, inputs and threads. A call is
`output, state = gru(input)` and `output.backward(gradient)`; the figure of a turn is the median of its calls, the speed-up the
median over rounds of the ratio within a round. Before, both train from the same weights with Adam, and their losses are compared.
Where a speed-up or the losses miss what they are held to, the exit status is 1.
"""

import argparse
import copy
import json
import os
import statistics
import sys
import time

import machine
import measuring
import options
import table
from document import replace
from shapes import parse_shape
from statistic import ratio, spread

try:
    import tidegate.torch
    import torch
except ImportError as error:
    sys.exit(f"{error}: `make bench-python` sets up its environment")

# batch, steps, input, hidden, and the least speed-up that each is held to.
SHAPES = {(1, 100, 1, 32): 50.0, (16, 784, 1, 128): 5.0, (32, 100, 64, 128): 3.5}
TRAINING_STEPS = 15
# Both models train in float32 from the same weights and differ in the order of their additions alone.
LOSS_TOLERANCE = 1e-4


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", nargs="+", metavar="B,T,I,H", help="batch, steps, input, hidden (default: those of the table)")
    parser.add_argument("--threads", type=options.threads, default=os.cpu_count(), help="threads (default: all)")
    parser.add_argument("--rounds", type=options.count, default=7, help="turns of each model (default 7)")
    parser.add_argument("--seconds", type=options.seconds, default=0.5, help="time to fill in each turn (default 0.5)")
    parser.add_argument("--lock", help="hold this file's lock while models work, on a machine shared with others that do")
    parser.add_argument("--output", type=options.target, help="also write the figures to this JSON file")
    parser.add_argument("--pages", type=options.target, nargs="+", default=[], help="put the table into these Markdown files, between the lines <!-- accelerate --> and <!-- /accelerate -->")
    arguments = parser.parse_args()
    for page in arguments.pages:
        if not table.has_markers(page, "accelerate"):
            parser.error(f"{page} has no lines <!-- accelerate --> and <!-- /accelerate -->")
    return arguments


def train(model, inputs, targets):
    """Losses of a short training of the model and a linear head."""
    torch.manual_seed(1)
    head = torch.nn.Linear(model.hidden_size, 1)
    optimiser = torch.optim.Adam([*model.parameters(), *head.parameters()], 0.003)
    losses = []
    for _ in range(TRAINING_STEPS):
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(head(model(inputs)[0]), targets)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def turn(model, inputs, gradient, seconds):
    """The median time of a call, of calls that fill `seconds`."""
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        model.zero_grad()
        start = time.perf_counter()
        output, _ = model(inputs)
        output.backward(gradient)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(shape, arguments):
    batch, steps, size, hidden = shape
    torch.manual_seed(0)
    plain = torch.nn.GRU(size, hidden)
    accelerated = copy.deepcopy(plain)
    tidegate.torch.accelerate(accelerated)
    inputs = torch.randn(steps, batch, size)
    gradient = 0.1 * torch.randn(steps, batch, hidden)
    targets = inputs[..., :1].cumsum(0).tanh()
    losses = [train(copy.deepcopy(model), inputs, targets) for model in (plain, accelerated)]
    difference = max(abs(one - other) for one, other in zip(*losses, strict=True))
    rounds = {"pytorch": [], "tidegate": []}
    models = [("pytorch", plain), ("tidegate", accelerated)]
    for number in range(arguments.rounds):
        # Who was first is last in the next round.
        for name, model in models if number % 2 == 0 else reversed(models):
            turn(model, inputs, gradient, 0.0)
            rounds[name].append(turn(model, inputs, gradient, arguments.seconds))
    return {
        "batch": batch, "steps": steps, "input": size, "hidden": hidden,
        "median_seconds": {name: statistics.median(times) for name, times in rounds.items()},
        "spread": {name: spread(times) for name, times in rounds.items()},
        "speed_up": ratio(rounds["tidegate"], rounds["pytorch"]),
        "least_speed_up": SHAPES.get(shape),
        "rounds_seconds": rounds,
        "first_loss": losses[0][0], "last_loss": {"pytorch": losses[0][-1], "tidegate": losses[1][-1]},
        "largest_loss_difference": difference,
    }


def faults(result):
    """What of a result is not as it is held to be."""
    shape = ",".join(str(result[key]) for key in ("batch", "steps", "input", "hidden"))
    least, found, difference = result["least_speed_up"], result["speed_up"], result["largest_loss_difference"]
    if least is not None and not found >= least:
        yield f"{shape}: the speed-up is {found:.3g}, but should be at least {least:.3g}"
    if not difference <= LOSS_TOLERANCE:
        yield f"{shape}: the losses differ by {difference:.1e}, but should by {LOSS_TOLERANCE:.0e} at most"


def markdown(results, arguments):
    """The table of the README."""
    lines = [f"GRU, forward + backward, {arguments.threads} threads, PyTorch {torch.__version__}, {machine.name()}; `make bench-python` measures it:", "",
             "| batch, steps, input, hidden | PyTorch, ms | accelerated, ms | | largest difference of the loss in training |", "|---|--:|--:|--:|--:|"]
    for result in results:
        times = result["median_seconds"]
        shape = ", ".join(str(result[key]) for key in ("batch", "steps", "input", "hidden"))
        lines.append(f"| {shape} | {1e3 * times['pytorch']:.3g} | {1e3 * times['tidegate']:.3g} | **{result['speed_up']:.3g}×** | {result['largest_loss_difference']:.0e} |")
    return "\n".join(lines)


def main():
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    shapes = [parse_shape(text) for text in arguments.shapes] if arguments.shapes else SHAPES
    print(f"GRU, forward + backward, {arguments.threads} thread(s), PyTorch {torch.__version__}")
    print(f"{'shape':18}{'PyTorch ms':>12}{'Tidegate ms':>13}{'speed-up':>10}   loss of both after {TRAINING_STEPS} steps, largest difference")
    results = []
    for shape in shapes:
        with measuring.held(arguments.lock):
            result = measure(shape, arguments)
        results.append(result)
        times = result["median_seconds"]
        losses = result["last_loss"]
        noisy = " noisy" if max(result["spread"].values()) > 0.2 else ""
        print(f"{','.join(map(str, shape)):18}{1e3 * times['pytorch']:12.3f}{1e3 * times['tidegate']:13.3f}{result['speed_up']:9.1f}×"
              f"   {losses['pytorch']:.6f} {losses['tidegate']:.6f}, {result['largest_loss_difference']:.1e}{noisy}", flush=True)
    if arguments.output:
        document = {"machine": machine.name(), "cores": os.cpu_count(), "threads": arguments.threads, "pytorch": torch.__version__,
                    "tidegate": tidegate.__version__, "rounds": arguments.rounds, "seconds": arguments.seconds, "results": results}
        replace(arguments.output, json.dumps(document, indent=1) + "\n")
    for page in arguments.pages:
        replace(page, table.between_markers(page.read_text(encoding="utf-8"), markdown(results, arguments), "accelerate"))
    missed = [fault for result in results for fault in faults(result)]
    if missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
