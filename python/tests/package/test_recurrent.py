"""Recurrent layers over arrays, beside PyTorch's with the same weights."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch

import tidegate

# Values lie in −1 to 1; sums of some hundred products in another order differ by a few units in the last place.
TOLERANCE = 1e-6

KINDS: dict[str, tuple[type[Any], type[Any], dict[str, Any], dict[str, Any]]] = {
    "gru": (tidegate.Gru, torch.nn.GRU, {}, {}),
    "lstm": (tidegate.Lstm, torch.nn.LSTM, {}, {}),
    "rnn": (tidegate.Rnn, torch.nn.RNN, {}, {}),
    "relu": (tidegate.Rnn, torch.nn.RNN, {"activation": "relu"}, {"nonlinearity": "relu"}),
}


def features(*shape: int, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def pair(kind: str, layers: int, bidirectional: bool) -> tuple[Any, Any]:
    ours, theirs, options, their_options = KINDS[kind]
    network = ours(3, 7, layers=layers, bidirectional=bidirectional, seed=5, **options)
    peer = theirs(3, 7, num_layers=layers, bidirectional=bidirectional, **their_options)
    peer.load_state_dict({name: torch.from_numpy(value) for name, value in network.state_dict().items()})
    return network, peer.requires_grad_(False)


def states(kind: str, layers: int, bidirectional: bool, *batch: int) -> tuple[tidegate.State, Any]:
    shape = (layers * (1 + bidirectional), *batch, 7)
    hidden, cell = features(*shape, seed=2), features(*shape, seed=3)
    if kind == "lstm":
        return tidegate.State(hidden, cell), (torch.from_numpy(hidden), torch.from_numpy(cell))
    return tidegate.State(hidden), torch.from_numpy(hidden)


def assert_state(kind: str, found: tidegate.State, expected: Any) -> None:
    hidden, cell = expected if kind == "lstm" else (expected, None)
    np.testing.assert_allclose(found.hidden, hidden, rtol=0, atol=TOLERANCE)
    if cell is None:
        assert found.cell is None
    else:
        np.testing.assert_allclose(found.cell, cell, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_states_are_pytorchs(kind: str, layers: int, bidirectional: bool) -> None:
    network, peer = pair(kind, layers, bidirectional)
    ours, theirs = states(kind, layers, bidirectional, 4)
    x = features(6, 4, 3)
    kept = copy.deepcopy(ours)
    for given, expected in ((None, peer(torch.from_numpy(x))), (ours, peer(torch.from_numpy(x), theirs))):
        output, state = network(x, given)
        np.testing.assert_allclose(output, expected[0], rtol=0, atol=TOLERANCE)
        assert_state(kind, state, expected[1])
    # The caller's state is the caller's.
    np.testing.assert_array_equal(ours.hidden, kept.hidden)


@pytest.mark.parametrize("kind", KINDS)
def test_one_sequence_alone_needs_no_axis_for_a_batch(kind: str) -> None:
    network, peer = pair(kind, 2, True)
    ours, theirs = states(kind, 2, True)
    output, state = network(features(6, 3), ours)
    expected, expected_state = peer(torch.from_numpy(features(6, 3)), theirs)
    assert output.shape == (6, 14)
    np.testing.assert_allclose(output, expected, rtol=0, atol=TOLERANCE)
    assert_state(kind, state, expected_state)


@pytest.mark.parametrize("kind", KINDS)
def test_a_ragged_batch_is_a_packed_sequence(kind: str) -> None:
    network, peer = pair(kind, 2, True)
    x, lengths = features(6, 4, 3), [3, 6, 1, 4]
    packed = torch.nn.utils.rnn.pack_padded_sequence(torch.from_numpy(x), torch.tensor(lengths), enforce_sorted=False)
    expected, expected_state = peer(packed)
    expected, _ = torch.nn.utils.rnn.pad_packed_sequence(expected, total_length=6)
    for given in (lengths, np.array(lengths), tuple(lengths)):
        output, state = network(x, lengths=given)
        np.testing.assert_allclose(output, expected, rtol=0, atol=TOLERANCE)
        assert_state(kind, state, expected_state)


def test_batch_first_changes_the_order_of_axes_and_no_bit() -> None:
    network, _ = pair("lstm", 2, True)
    x = features(6, 4, 3)
    output, state = network(x, lengths=[3, 6, 1, 4])
    swapped, swapped_state = network(np.ascontiguousarray(x.swapaxes(0, 1)), lengths=[3, 6, 1, 4], batch_first=True)
    np.testing.assert_array_equal(swapped, output.swapaxes(0, 1))
    np.testing.assert_array_equal(swapped_state.hidden, state.hidden)
    np.testing.assert_array_equal(swapped_state.cell, state.cell)
    gates = network.trace(x)
    for name, gate in network.trace(np.ascontiguousarray(x.swapaxes(0, 1)), batch_first=True).items():
        np.testing.assert_array_equal(gate, gates[name].swapaxes(1, 2))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def test_a_reset_gate_before_the_product_is_that_of_cho_and_others() -> None:
    network = tidegate.Gru(3, 7, reset="before", seed=5)
    w = {name: value.astype(np.float64) for name, value in network.state_dict().items()}
    x, h = features(6, 3), np.zeros(7)
    output, _ = network(x)
    for step in range(6):
        inputs = (w["weight_ih_l0"] @ x[step] + w["bias_ih_l0"]).reshape(3, 7)
        matrices, biases = w["weight_hh_l0"].reshape(3, 7, 7), w["bias_hh_l0"].reshape(3, 7)
        r, z = (sigmoid(inputs[k] + matrices[k] @ h + biases[k]) for k in (0, 1))
        n = np.tanh(inputs[2] + matrices[2] @ (r * h) + biases[2])
        h = (1 - z) * n + z * h
        np.testing.assert_allclose(output[step], h, rtol=0, atol=TOLERANCE)


def test_a_minimal_gated_unit_keeps_where_its_forget_gate_is_zero() -> None:
    network = tidegate.Mgu(3, 7, seed=5)
    gates = network.trace(features(6, 3))
    previous = np.concatenate([np.zeros((1, 1, 7)), gates["hidden"][:, :-1]], axis=1)
    expected = (1 - gates["forget_gate"]) * previous + gates["forget_gate"] * gates["candidate"]
    np.testing.assert_allclose(gates["hidden"], expected, rtol=0, atol=TOLERANCE)


def test_peepholes_let_the_gates_see_the_cell_state() -> None:
    network = tidegate.Lstm(3, 7, peepholes=True, seed=5)
    weights = network.state_dict()
    assert weights["peephole_l0"].shape == (3, 7)
    blind = tidegate.Lstm(3, 7)
    blind.load_state_dict({name: value for name, value in weights.items() if name != "peephole_l0"})
    x = features(6, 3)
    assert not np.array_equal(network(x)[0], blind(x)[0])
    network.load_state_dict({**weights, "peephole_l0": np.zeros((3, 7), np.float32)})
    np.testing.assert_array_equal(network(x)[0], blind(x)[0])


def test_zoneout_mixes_in_the_old_state_by_its_expectation() -> None:
    plain, network = tidegate.Rnn(3, 7, seed=5), tidegate.Rnn(3, 7, zoneout=0.25, seed=5)
    x, state = features(1, 3), tidegate.State(features(1, 7, seed=2))
    expected = 0.25 * state.hidden + 0.75 * plain(x, state)[0]
    np.testing.assert_allclose(network(x, state)[0], expected, rtol=0, atol=TOLERANCE)


def test_the_trace_shows_every_gate_of_every_layer_and_direction() -> None:
    names = {
        tidegate.Gru: {"reset_gate", "update_gate", "candidate", "hidden"},
        tidegate.Lstm: {"input_gate", "forget_gate", "candidate", "output_gate", "cell", "hidden"},
        tidegate.Rnn: {"candidate", "hidden"},
        tidegate.Mgu: {"forget_gate", "candidate", "hidden"},
    }
    x = features(6, 4, 3)
    for kind, expected in names.items():
        network = kind(3, 7, layers=2, bidirectional=True)
        gates = network.trace(x)
        assert set(gates) == expected
        assert all(gate.shape == (4, 6, 4, 7) for gate in gates.values())
        # The top layer's two directions are the output's two halves.
        np.testing.assert_array_equal(np.concatenate(list(gates["hidden"][2:]), axis=-1), network(x)[0])


def test_the_update_gate_keeps() -> None:
    network = tidegate.Gru(3, 7, seed=5)
    x, state = features(6, 3), tidegate.State(features(1, 7, seed=2))
    gates = network.trace(x, state)
    previous = np.concatenate([state.hidden[:, None], gates["hidden"][:, :-1]], axis=1)
    expected = (1 - gates["update_gate"]) * gates["candidate"] + gates["update_gate"] * previous
    np.testing.assert_allclose(gates["hidden"], expected, rtol=0, atol=TOLERANCE)


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second, other = (tidegate.Lstm(3, 7, seed=seed) for seed in (1, 1, 2))
    for name, weight in first.state_dict().items():
        np.testing.assert_array_equal(weight, second.state_dict()[name])
        assert not np.array_equal(weight, other.state_dict()[name])
        assert abs(weight).max() <= 7**-0.5


@pytest.mark.parametrize("network", [tidegate.Gru(3, 7, reset="before", layers=2), tidegate.Lstm(3, 7, peepholes=True)], ids=repr)
def test_copies_and_pickles_compute_the_same_bits(network: Any) -> None:
    x = features(6, 4, 3)
    for other in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
        assert type(other) is type(network)
        assert other.configuration == network.configuration
        np.testing.assert_array_equal(other(x)[0], network(x)[0])
    other = copy.deepcopy(network)
    other.load_state_dict({name: 0 * weight for name, weight in network.state_dict().items()})
    assert not np.array_equal(other(x)[0], network(x)[0])


def test_the_representation_says_what_is_not_the_default() -> None:
    assert repr(tidegate.Gru(3, 7)) == "Gru(3, 7)"
    assert repr(tidegate.Gru(3, 7, layers=2, reset="before")) == "Gru(3, 7, layers=2, reset='before')"
    network = tidegate.Lstm(3, 7, bidirectional=True, peepholes=True, zoneout_cell=0.5)
    assert eval(repr(network), {"Lstm": tidegate.Lstm}).configuration == network.configuration


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: tidegate.Gru(0, 7), ValueError, "input_size: 0"),
        (lambda: tidegate.Gru(3, -7), ValueError, "hidden_size: -7"),
        (lambda: tidegate.Gru(3, 7.5), TypeError, "hidden_size: expected an integer, found float"),
        (lambda: tidegate.Gru(3, 7, layers=0), ValueError, "layers: 0"),
        (lambda: tidegate.Gru(3, 7, reset="behind"), ValueError, "'behind' is none of 'after', 'before'"),
        (lambda: tidegate.Rnn(3, 7, activation="gelu"), ValueError, "'gelu' is none of 'tanh', 'relu'"),
        (lambda: tidegate.Gru(3, 7, zoneout=1.0), ValueError, "zoneout: 1.0"),
        (lambda: tidegate.Gru(3, 7, zoneout=float("nan")), ValueError, "zoneout: nan"),
        (lambda: tidegate.Gru(3, 7, seed=-1), ValueError, "seed: -1"),
        (lambda: tidegate.Gru(2**40, 2**40), ValueError, "does not fit this machine"),
    ],
)
def test_options_without_sense_are_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()
