"""What is timed: cells, shapes and the arithmetic of one call."""

from dataclasses import dataclass

BLOCKS = {"gru": 3, "gru-before": 3, "lstm": 4}
CELLS = list(BLOCKS)
WORKS = ["forward", "training", "step"]
SEQUENCES = ["1,100,1,32", "32,100,1,64", "16,784,1,128", "32,100,64,128", "64,100,128,256", "128,50,256,512"]
STEP_SIZES = [16, 32, 64, 128, 256]
STEPS = [f"1,1,{size},{size}" for size in STEP_SIZES]
# A step is checked over as many consecutive steps, each with an input of its own.
CHECKED_STEPS = 16


@dataclass(frozen=True)
class Case:
    """One layer of a cell over a batch of sequences, and what is done with it."""

    cell: str
    work: str
    batch: int
    steps: int
    input: int
    hidden: int

    @property
    def shape(self):
        return self.batch, self.steps, self.input, self.hidden

    @property
    def blocks(self):
        return BLOCKS[self.cell]

    @property
    def parameters(self):
        return self.blocks * self.hidden * (self.input + self.hidden + 2)

    @property
    def name(self):
        return "_".join(map(str, (self.cell, self.work, *self.shape)))

    def __str__(self):
        return f"{self.cell} {self.work} at ({', '.join(map(str, self.shape))})"

    @property
    def operations(self):
        """Floating-point operations of one call, two for a multiply-add; element-wise work is not counted.

        The products of the forward pass; training adds as many for the weight gradients, and those of the recurrent gradient.
        """
        rows = self.batch * self.steps * self.blocks * self.hidden
        forward = 2 * rows * (self.input + self.hidden)
        return forward if self.work != "training" else 2 * forward + 2 * rows * self.hidden


def parse_shape(text):
    """The four sizes of `batch,steps,input,hidden`; raises ValueError."""
    try:
        sizes = tuple(int(size) for size in text.split(","))
    except ValueError:
        sizes = ()
    if len(sizes) != 4 or min(sizes) < 1:
        raise ValueError(f"{text!r} is not batch,steps,input,hidden: four whole numbers above 0")
    return sizes
