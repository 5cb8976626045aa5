"""Times PyTorch's nn.GRU or nn.LSTM on the CPU and prints JSON, one object for the run.

    python bench/pytorch_recurrent.py --cell gru --threads 2 --shapes 1,100,1,32 32,100,64,128

A shape is batch,steps,input size,hidden size. Per shape: the median, in milliseconds, of a forward pass without
gradients (`forward_ms`) and of forward and backward together (`training_ms`), after a warm-up, over as many repeats as
fill `--seconds`, at least 7. The weights ask for gradients, the input does not; the loss gradient is given and not
computed, so that nothing but the layer is timed.
"""

import argparse
import json
import statistics
import time

import torch

MODULES = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
SHAPES = ["1,100,1,32", "32,100,1,64", "32,100,64,128", "64,100,128,256"]
WARM_UPS = 3
LEAST_REPEATS = 7


def shape(text):
    try:
        sizes = [int(size) for size in text.split(",")]
    except ValueError:
        sizes = []
    if len(sizes) != 4 or min(sizes) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not batch,steps,input,hidden: four whole numbers above 0")
    return sizes


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cell", choices=sorted(MODULES), default="gru")
    parser.add_argument("--threads", type=int, default=1, help="threads inside PyTorch (default 1)")
    parser.add_argument("--shapes", type=shape, nargs="+", metavar="B,T,I,H", default=[shape(text) for text in SHAPES])
    parser.add_argument("--seconds", type=float, default=1.0, help="time to fill with repeats, per figure (default 1)")
    arguments = parser.parse_args()
    if arguments.threads < 1:
        parser.error("--threads must be at least 1")
    return arguments


def median_ms(run, seconds):
    """Median duration of `run` in milliseconds, and the number of repeats."""
    for _ in range(WARM_UPS):
        run()
    durations = []
    end = time.perf_counter() + seconds
    while len(durations) < LEAST_REPEATS or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        durations.append(time.perf_counter() - start)
    return 1e3 * statistics.median(durations), len(durations)


def measure(cell, batch, steps, input_size, hidden_size, seconds):
    torch.manual_seed(1)
    module = MODULES[cell](input_size, hidden_size)
    x = torch.randn(steps, batch, input_size)
    gradient = torch.randn(steps, batch, hidden_size)

    def forward():
        with torch.inference_mode():
            module(x)

    def training():
        module.zero_grad(set_to_none=True)
        module(x)[0].backward(gradient)

    forward_ms, forward_repeats = median_ms(forward, seconds)
    training_ms, training_repeats = median_ms(training, seconds)
    return {
        "batch": batch, "steps": steps, "input_size": input_size, "hidden_size": hidden_size,
        "forward_ms": round(forward_ms, 4), "forward_repeats": forward_repeats,
        "training_ms": round(training_ms, 4), "training_repeats": training_repeats,
    }


def main():
    arguments = parse()
    torch.set_num_threads(arguments.threads)
    results = [measure(arguments.cell, *sizes, arguments.seconds) for sizes in arguments.shapes]
    print(json.dumps({"library": "torch", "version": torch.__version__, "cell": arguments.cell,
                      "threads": arguments.threads, "results": results}, indent=2))


if __name__ == "__main__":
    main()
