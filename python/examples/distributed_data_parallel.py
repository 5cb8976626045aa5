"""PyTorch's DistributedDataParallel trains a model whose GRU runs in Tidegate's engine, in several processes.

    torchrun --nproc-per-node 2 python/examples/distributed_data_parallel.py --steps 100

Every process reads its share of each batch; PyTorch averages the gradients over them, so that all hold the same weights. A
module of tidegate.torch is an ordinary module: nothing here is said to the engine but the one line with `accelerate`. Without
torchrun the script trains in one process.
"""

import argparse
import gc
import os
import time

import tidegate.torch
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


class Counter(nn.Module):
    """Tells, at the end of a sequence of zeros and ones, the share of ones in its second half."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.recurrent = nn.GRU(1, hidden_size, batch_first=True)
        self.head = nn.Linear(hidden_size, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        _, state = self.recurrent(inputs)
        return self.head(state[-1])


def batch_of(step: int, sequences: int, length: int) -> tuple[Tensor, Tensor]:
    """The same batch in every process."""
    generator = torch.Generator().manual_seed(step)
    inputs = torch.randint(2, (sequences, length, 1), generator=generator).float()
    return inputs, inputs[:, length // 2 :].mean(1)


def train(arguments: argparse.Namespace, rank: int, processes: int) -> None:
    """Trains one process's copy of the model on its share of each batch."""
    torch.manual_seed(0)
    model: nn.Module = Counter(arguments.hidden)
    if not arguments.plain:
        report = tidegate.torch.accelerate(model)
        if rank == 0:
            print(report)
    trained = DistributedDataParallel(model) if processes > 1 else model
    optimiser = torch.optim.Adam(trained.parameters(), 0.003)
    share = arguments.sequences // processes
    start = time.perf_counter()
    for step in range(arguments.steps):
        inputs, targets = batch_of(step, share * processes, arguments.length)
        own = slice(rank * share, (rank + 1) * share)
        optimiser.zero_grad()
        loss = nn.functional.mse_loss(trained(inputs[own]), targets[own])
        loss.backward()
        optimiser.step()
    seconds = time.perf_counter() - start
    if processes > 1:
        torch.distributed.all_reduce(loss.detach())
    if rank == 0:
        mean = loss.item() / processes
        print(f"{processes} process(es), {arguments.steps} updates in {seconds:.2f} s, last loss {mean:.6f}")
        if arguments.save:
            torch.save(model.state_dict(), arguments.save)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100, help="updates (default 100)")
    parser.add_argument("--sequences", type=int, default=64, help="sequences of a batch, over all processes (default 64)")
    parser.add_argument("--length", type=int, default=60, help="steps of a sequence (default 60)")
    parser.add_argument("--hidden", type=int, default=64, help="units (default 64)")
    parser.add_argument("--threads", type=int, help="threads of each process (default: its share of the cores)")
    parser.add_argument("--plain", action="store_true", help="leave the GRU to PyTorch")
    parser.add_argument("--save", help="write the weights to this file at the end")
    arguments = parser.parse_args()

    processes = int(os.environ.get("WORLD_SIZE", 1))
    if processes > 1:
        torch.distributed.init_process_group("gloo")
    # Processes on one machine share its cores.
    torch.set_num_threads(arguments.threads or max(1, (os.cpu_count() or 1) // processes))
    train(arguments, int(os.environ.get("RANK", 0)), processes)
    if processes > 1:
        # The model is gone: what still held the process group would keep its threads running while Python ends.
        gc.collect()
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
