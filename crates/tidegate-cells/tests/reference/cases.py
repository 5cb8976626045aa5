"""The cases of the reference vectors. One case becomes one file, `<name>.json`, beside this script.

`source` says what computes the case: "torch" is PyTorch's own module (nn.GRU, nn.LSTM, nn.RNN), "loop" is
the plain loop of `loops.py`, for the cells that PyTorch does not have and for empty sequences, which it refuses.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    source: str
    cell: dict
    input_size: int
    hidden_size: int
    steps: int
    batch: int
    layers: int = 1
    bidirectional: bool = False
    lengths: list | None = None
    initial_state: bool = True
    seed: int = 1

    @property
    def directions(self):
        return 2 if self.bidirectional else 1

    @property
    def blocks(self):
        """Blocks of rows in weight_ih and weight_hh: r, z, n (GRU); i, f, g, o (LSTM); f, n (MGU); one (RNN)."""
        return {"gru": 3, "lstm": 4, "mgu": 2, "rnn": 1}[self.cell["name"]]

    @property
    def carries_cell(self):
        return self.cell["name"] == "lstm"

    def weight_shapes(self):
        """Name and shape of every tensor, in PyTorch's naming; `peephole` rows are i, f, o."""
        rows = self.blocks * self.hidden_size
        shapes = {}
        for layer in range(self.layers):
            inputs = self.input_size if layer == 0 else self.hidden_size * self.directions
            for direction in range(self.directions):
                suffix = f"_l{layer}" + ("_reverse" if direction == 1 else "")
                shapes["weight_ih" + suffix] = [rows, inputs]
                shapes["weight_hh" + suffix] = [rows, self.hidden_size]
                shapes["bias_ih" + suffix] = [rows]
                shapes["bias_hh" + suffix] = [rows]
                if self.cell.get("peepholes"):
                    shapes["peephole" + suffix] = [3, self.hidden_size]
        return shapes

    def state_shape(self):
        return [self.layers * self.directions, self.batch, self.hidden_size]

    def input_shape(self):
        return [self.steps, self.batch, self.input_size]

    def output_shape(self):
        return [self.steps, self.batch, self.hidden_size * self.directions]


def gru(reset="after", candidate="tanh"):
    return {"name": "gru", "reset": reset, "candidate": candidate}


def lstm(peepholes=False):
    return {"name": "lstm", "peepholes": peepholes}


def rnn(activation="tanh"):
    return {"name": "rnn", "activation": activation}


MGU = {"name": "mgu"}

CASES = [
    Case("gru_one_unit", "torch", gru(), 1, 1, 1, 1, initial_state=False),
    Case("gru_one_layer", "torch", gru(), 3, 5, 7, 4),
    Case("gru_33_units", "torch", gru(), 17, 33, 6, 3, initial_state=False),
    Case("gru_two_layers_ragged", "torch", gru(), 1, 16, 12, 9, layers=2,
         lengths=[12, 1, 7, 12, 3, 9, 2, 11, 5], initial_state=False),
    Case("gru_three_layers_bidirectional_ragged", "torch", gru(), 3, 5, 9, 5, layers=3, bidirectional=True,
         lengths=[4, 9, 1, 8, 5]),
    Case("gru_empty_sequences", "loop", gru(), 3, 5, 6, 5, layers=2, bidirectional=True, lengths=[0, 6, 3, 0, 1]),
    Case("gru_reset_before", "loop", gru("before"), 1, 33, 4, 2),
    Case("gru_reset_before_two_layers_bidirectional_ragged", "loop", gru("before"), 3, 5, 8, 5, layers=2,
         bidirectional=True, lengths=[3, 8, 0, 5, 1]),
    Case("gru_relu_candidate", "loop", gru("after", "relu"), 3, 19, 6, 3, lengths=[6, 2, 5]),
    Case("gru_reset_before_relu_candidate", "loop", gru("before", "relu"), 3, 5, 6, 3, bidirectional=True),
    Case("lstm_one_unit", "torch", lstm(), 1, 1, 2, 1, seed=2),
    Case("lstm_one_layer_ragged", "torch", lstm(), 3, 5, 23, 9, lengths=[23, 4, 17, 1, 9, 22, 23, 2, 13],
         initial_state=False),
    Case("lstm_33_units", "torch", lstm(), 3, 33, 5, 2, initial_state=False),
    Case("lstm_bidirectional_ragged", "torch", lstm(), 17, 16, 8, 3, bidirectional=True, lengths=[2, 8, 5]),
    Case("lstm_three_layers_bidirectional", "torch", lstm(), 1, 5, 4, 2, layers=3, bidirectional=True),
    Case("lstm_peepholes", "loop", lstm(True), 3, 19, 7, 4),
    Case("lstm_peepholes_two_layers_bidirectional_ragged", "loop", lstm(True), 3, 5, 8, 5, layers=2,
         bidirectional=True, lengths=[8, 0, 3, 1, 6]),
    Case("rnn_tanh_33_units", "torch", rnn(), 1, 33, 23, 1, initial_state=False),
    Case("rnn_tanh_two_layers_bidirectional_ragged", "torch", rnn(), 17, 16, 11, 4, layers=2, bidirectional=True,
         lengths=[11, 1, 6, 10]),
    Case("rnn_relu_two_layers_ragged", "torch", rnn("relu"), 3, 19, 6, 5, layers=2, lengths=[1, 6, 4, 2, 6]),
    Case("mgu", "loop", MGU, 3, 19, 7, 4),
    Case("mgu_two_layers_bidirectional_ragged", "loop", MGU, 3, 5, 8, 5, layers=2, bidirectional=True,
         lengths=[2, 8, 0, 7, 1]),
]
