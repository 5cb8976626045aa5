"""DistributedDataParallel trains the modules in two processes as one process would, in the documented example."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

pytestmark = pytest.mark.skipif(
    not (torch.distributed.is_available() and torch.distributed.is_gloo_available()), reason="PyTorch was built without gloo"
)


def run(project: Path, processes: int, *arguments: str) -> str:
    """Output of the example in so many processes."""
    script = str(project / "python/examples/distributed_data_parallel.py")
    command = [sys.executable]
    if processes > 1:
        command += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OMP_NUM_THREADS": "1",
    }
    finished = subprocess.run(
        [*command, script, *arguments], capture_output=True, text=True, timeout=300, env=environment
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_two_processes_train_to_the_weights_of_one_and_of_pytorch(project: Path, tmp_path: Path) -> None:
    options = ("--steps", "12", "--hidden", "16", "--length", "20")
    weights = {}
    for name, processes, more in [("one", 1, []), ("two", 2, []), ("pytorch", 1, ["--plain"])]:
        file = tmp_path / f"{name}.pt"
        output = run(project, processes, *options, *more, "--save", str(file))
        assert ("recurrent: runs in Tidegate's engine" in output) == (name != "pytorch")
        assert f"{processes} process(es), 12 updates" in output
        weights[name] = torch.load(file)
    for name, expected in weights["one"].items():
        # Means of two halves are rounded differently from the mean of the whole, and Adam divides by the size of a gradient.
        assert torch.allclose(weights["two"][name], expected, atol=1e-4), name
        assert torch.allclose(weights["pytorch"][name], expected, atol=1e-4), name


LENGTHS = [3, 7, 5, 1]


def packed(inputs: Tensor, lengths: list[int], rows: slice) -> PackedSequence:
    return pack_padded_sequence(inputs[:, rows], lengths[rows], enforce_sorted=False)


def gradients_of_a_process(rank: int, folder: str) -> None:
    """One of two processes, each with half of the batch."""
    import tidegate.torch

    torch.distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    torch.manual_seed(0)
    module = tidegate.torch.LSTM(3, 5, 2, bidirectional=True)
    inputs = torch.randn(7, 4, 3)
    trained = torch.nn.parallel.DistributedDataParallel(module)
    trained(inputs[:, 2 * rank : 2 * rank + 2])[0].square().mean().backward()
    torch.save({name: value.grad for name, value in module.named_parameters()}, f"{folder}/{rank}.pt")
    module.zero_grad()
    trained(packed(inputs, LENGTHS, slice(2 * rank, 2 * rank + 2)))[0].data.square().sum().backward()
    torch.save({name: value.grad for name, value in module.named_parameters()}, f"{folder}/packed{rank}.pt")
    # What still held the process group would keep its threads running while Python ends.
    del trained
    gc.collect()
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def test_gradients_of_two_processes_are_those_of_one(tmp_path: Path) -> None:
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('distributed', {__file__!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "module.gradients_of_a_process(int(sys.argv[1]), sys.argv[2])\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(rank), str(tmp_path)], env=environment, stderr=subprocess.PIPE)
        for rank in range(2)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors.decode()
    import tidegate.torch

    torch.manual_seed(0)
    module = tidegate.torch.LSTM(3, 5, 2, bidirectional=True)
    inputs = torch.randn(7, 4, 3)
    module(inputs)[0].square().mean().backward()
    expected = {name: value.grad for name, value in module.named_parameters()}
    module.zero_grad()
    # The gradients of the processes are averaged, of which each has the sum over its sequences.
    module(packed(inputs, LENGTHS, slice(None)))[0].data.square().sum().div(2).backward()
    of_packed = {name: value.grad for name, value in module.named_parameters()}
    for rank in range(2):
        for file, of_one in ((f"{rank}.pt", expected), (f"packed{rank}.pt", of_packed)):
            found = torch.load(tmp_path / file)
            for name, gradient in of_one.items():
                assert torch.allclose(found[name], gradient, atol=1e-6), (file, name)
