"""Networks of PyTorch give the numbers that they give at home, from modules and from files, and go back."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import tidegate
import tidegate.torch
from tidegate import exchange

# Both compute in float32 with their own exponentials; outputs are at most near 1.
BOUND = 1e-5


class Classifier(torch.nn.Module):
    def __init__(self, cell=torch.nn.GRU, **options):
        super().__init__()
        self.emb = torch.nn.Embedding(9, 4)
        self.rnn = cell(4, 6, **options)
        self.drop = torch.nn.Dropout(0.5)
        self.fc1 = torch.nn.Linear(6, 5)
        self.act = torch.nn.ReLU()
        self.fc2 = torch.nn.Linear(5, 3)

    def forward(self, x):
        hidden = self.rnn(self.emb(x))[0][-1]
        return torch.softmax(self.fc2(self.act(self.fc1(self.drop(hidden)))), -1)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize(
    ("cell", "options"),
    [
        (torch.nn.GRU, {}),
        (tidegate.torch.GRU, {"reset": "before"}),
        (torch.nn.LSTM, {}),
        (torch.nn.RNN, {}),
        (torch.nn.RNN, {"nonlinearity": "relu"}),
    ],
    ids=["gru", "gru-before", "lstm", "rnn", "rnn-relu"],
)
def test_a_bare_recurrent_module_becomes_a_network_and_a_model(cell, options, layers, bidirectional, bias):
    torch.manual_seed(0)
    module = cell(3, 5, layers, bidirectional=bidirectional, bias=bias, **options).eval()
    x = torch.randn(7, 4, 3)
    with torch.no_grad():
        expected = module(x)[0].numpy()
    network = exchange.from_torch(module)
    np.testing.assert_allclose(network(x.numpy()), expected, atol=BOUND, rtol=0)
    np.testing.assert_array_equal(network.to_model()(x.numpy())[0], network(x.numpy()))
    if "reset" in options:
        with pytest.raises(ValueError, match="reset gate before the product"):
            network.to_state_dict()


def test_a_module_with_activations_is_read_in_the_order_that_is_said(tmp_path):
    torch.manual_seed(0)
    module = Classifier().eval()
    order = ["emb", "rnn", "last", "fc1", "act", "fc2", "softmax"]
    with pytest.raises(ValueError, match="layers="):
        exchange.from_torch(module)
    with pytest.raises(TypeError, match="expected a list of names, found a str"):
        exchange.from_torch(module, layers=",".join(order))
    network = exchange.from_torch(module, layers=order)
    tokens = torch.randint(0, 9, (7, 4))
    with torch.no_grad():
        expected = module(tokens).numpy()
    np.testing.assert_allclose(network(tokens.numpy()), expected, atol=BOUND, rtol=0)

    exchange.save_state_dict(module.state_dict(), tmp_path / "state.safetensors")
    words = [{"act": "relu"}.get(word, word) for word in order]
    found = exchange.read(tmp_path / "state.safetensors", layers=words)
    np.testing.assert_array_equal(found(tokens.numpy()), network(tokens.numpy()))

    network.to_torch(tmp_path / "written.safetensors")
    again = exchange.read(tmp_path / "written.safetensors")
    np.testing.assert_array_equal(again(tokens.numpy()), network(tokens.numpy()))

    namespace = {}
    exec(network.torch_source(), namespace)
    back = namespace["Network"]().eval()
    back.load_state_dict({name: torch.from_numpy(array) for name, array in network.to_state_dict().items()})
    with torch.no_grad():
        np.testing.assert_allclose(back(tokens).numpy(), expected, atol=BOUND, rtol=0)


@pytest.mark.parametrize("cell", [torch.nn.GRUCell, torch.nn.LSTMCell, torch.nn.RNNCell])
def test_a_single_cell_is_a_recurrent_layer(cell):
    torch.manual_seed(0)
    module = cell(3, 5)
    network = exchange.from_torch(module)
    x = torch.randn(3)
    with torch.no_grad():
        hidden = module(x)
    hidden = hidden[0] if isinstance(hidden, tuple) else hidden
    np.testing.assert_allclose(network.stream().step(x.numpy()), hidden.numpy(), atol=BOUND, rtol=0)


def test_other_dtypes_are_read_where_nothing_is_lost(tmp_path):
    safetensors = pytest.importorskip("safetensors.torch")
    torch.manual_seed(0)
    for dtype in (torch.float16, torch.bfloat16):
        state = {name: value.to(dtype) for name, value in torch.nn.GRU(3, 4).state_dict().items()}
        safetensors.save_file(state, tmp_path / "half.safetensors")
        found = exchange.read(tmp_path / "half.safetensors").to_state_dict()
        for name, value in state.items():
            np.testing.assert_array_equal(found[f"gru.{name}"], value.float().numpy())
        assert exchange.from_state_dict(state).to_state_dict().keys() == found.keys()
    doubles = torch.nn.GRU(3, 4).double()
    state = {name: value + 1e-12 for name, value in doubles.state_dict().items()}
    safetensors.save_file(state, tmp_path / "double.safetensors")
    with pytest.raises(ValueError, match="64-bit floats"):
        exchange.read(tmp_path / "double.safetensors")
    with pytest.raises(ValueError, match="float64"):
        exchange.from_state_dict(state)


def test_a_pickle_is_refused_with_the_way_to_a_file_that_is_read(tmp_path):
    torch.save(torch.nn.GRU(3, 4).state_dict(), tmp_path / "model.pt")
    with pytest.raises(ValueError, match=r"save_state_dict\(torch.load\(path, weights_only=True\)"):
        exchange.read(tmp_path / "model.pt")


def test_a_module_in_place_of_its_parameters_is_refused_with_the_way(tmp_path):
    for call in (exchange.from_state_dict, lambda module: exchange.save_state_dict(module, tmp_path / "x.safetensors")):
        with pytest.raises(TypeError, match=r"found a GRU: give it module\.state_dict\(\)"):
            call(torch.nn.GRU(3, 4))
        with pytest.raises(TypeError, match="found a list$"):
            call([])
    assert not list(tmp_path.iterdir())


def test_what_is_not_read_is_named():
    with pytest.raises(ValueError, match="proj_size"):
        exchange.from_torch(torch.nn.LSTM(3, 4, proj_size=2))
    with pytest.raises(ValueError, match="LayerNorm"):
        exchange.from_torch(torch.nn.Sequential(torch.nn.LayerNorm(3)))
    with pytest.raises(ValueError, match="zoneout"):
        exchange.from_torch(tidegate.torch.GRU(3, 4, zoneout=0.1))
    with pytest.raises(TypeError, match="torch.nn.Module"):
        exchange.from_torch({})
    with pytest.raises(TypeError, match="int64"):
        exchange.from_state_dict({"weight": torch.zeros(3, dtype=torch.int64)})
    with pytest.raises(ValueError, match="must be finite"):
        exchange.from_state_dict({name: value * float("nan") for name, value in torch.nn.GRU(3, 4).state_dict().items()})


class Residual(torch.nn.Module):
    """A recurrent layer beside which its input passes."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = torch.nn.GRU(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.gru(x)[0]


class Probability(torch.nn.Module):
    """A head on the last step, as a probability."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = torch.nn.GRU(4, 6, batch_first=True)
        self.head = torch.nn.Linear(6, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.head(self.gru(x)[0][:, -1]))


def test_a_module_whose_forward_is_no_chain_of_its_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="outputs differ from those of a chain of its parts"):
        exchange.from_torch(Residual())
    with pytest.raises(ValueError, match=r"forward gives \[3, 1\] where a chain of its parts gives \[3, 5, 1\]"):
        exchange.from_torch(Probability())


def test_a_subclass_of_a_layer_and_a_limited_embedding_are_refused_by_name() -> None:
    class Double(torch.nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 2 * super().forward(x)

    with pytest.raises(ValueError, match="Double, which is not read"):
        exchange.from_torch(Double(3, 2))
    limited = torch.nn.Sequential(torch.nn.Embedding(9, 4, max_norm=0.5), torch.nn.GRU(4, 4))
    with pytest.raises(ValueError, match="max_norm"):
        exchange.from_torch(limited)
