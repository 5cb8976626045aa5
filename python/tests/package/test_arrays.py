"""Arrays that are not what a network reads, and arrays that are, in every layout of memory."""

import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch

import tidegate


def features(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


GRU = tidegate.Gru(3, 7)
LSTM = tidegate.Lstm(3, 7)
X = features(6, 4, 3)


def refusal(error: type[Exception], *arguments: Any, network: Any = GRU, **options: Any) -> str:
    with pytest.raises(error) as raised:
        network(*arguments, **options)
    with pytest.raises(error):
        network.trace(*arguments, **options)
    return str(raised.value)


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int64, np.bool_, np.complex64, object])
def test_another_dtype_is_a_type_error_that_says_how_to_convert(dtype: Any) -> None:
    message = refusal(TypeError, X.astype(dtype))
    assert np.dtype(dtype).name in message
    assert "(6, 4, 3)" in message
    assert "x.astype(np.float32)" in message


def test_another_byte_order_is_another_dtype() -> None:
    assert "byte order" in refusal(TypeError, X.astype(">f4"))


@pytest.mark.parametrize("x", [[[0.0, 1.0, 2.0]], None, "x", 1.0, torch.zeros(6, 4, 3)], ids=["list", "none", "text", "number", "tensor"])
def test_what_is_no_array_is_a_type_error_that_names_its_type(x: Any) -> None:
    message = refusal(TypeError, x)
    assert type(x).__name__ in message
    assert "np.asarray(x, dtype=np.float32)" in message


def test_states_of_another_dtype_are_named() -> None:
    hidden = np.zeros((1, 4, 7))
    assert "state.hidden" in refusal(TypeError, X, hidden)
    assert "state.cell" in refusal(TypeError, X, (hidden.astype(np.float32), hidden), network=LSTM)


def unaligned(x: np.ndarray[Any, np.dtype[np.float32]]) -> np.ndarray[Any, np.dtype[np.float32]]:
    memory = np.zeros(x.nbytes + 1, np.uint8)[1:]
    view = memory.view(np.float32).reshape(x.shape)
    view[...] = x
    assert not view.flags.aligned
    return view


@pytest.mark.parametrize(
    "lay",
    [
        np.asfortranarray,
        lambda x: np.ascontiguousarray(x.transpose(2, 1, 0)).transpose(2, 1, 0),
        lambda x: np.ascontiguousarray(x[::-1])[::-1],
        lambda x: np.repeat(x, 2, axis=2)[:, :, ::2],
        unaligned,
    ],
    ids=["fortran", "transposed", "backwards", "strided", "unaligned"],
)
def test_every_layout_of_memory_gives_the_same_bits(lay: Any) -> None:
    x = lay(X)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(GRU(x)[0], GRU(X)[0])
    hidden = features(1, 4, 7)
    np.testing.assert_array_equal(GRU(X, lay(hidden))[0], GRU(X, hidden)[0])


def test_an_array_in_c_order_is_not_copied() -> None:
    network, x = tidegate.Gru(256, 1), features(100, 4, 256)

    def allocated(x: Any) -> int:
        # NumPy tells of its arrays' memory.
        tracemalloc.start()
        network(x)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert allocated(x) < x.nbytes / 4
    assert allocated(np.asfortranarray(x)) >= x.nbytes


def test_an_array_that_cannot_be_written_is_read() -> None:
    x = X.copy()
    x.flags.writeable = False
    np.testing.assert_array_equal(GRU(x)[0], GRU(X)[0])


def test_one_row_for_all_steps_is_read_as_often() -> None:
    x = np.broadcast_to(X[:1], X.shape)
    np.testing.assert_array_equal(GRU(x)[0], GRU(np.ascontiguousarray(x))[0])


@pytest.mark.parametrize("shape", [(6, 4, 2), (6, 4), (3,), (), (1, 6, 4, 3)])
def test_another_shape_is_named_beside_the_expected_one(shape: tuple[int, ...]) -> None:
    message = refusal(ValueError, np.zeros(shape, np.float32))
    assert str(shape) in message
    assert "[steps, batch, 3] or [steps, 3]" in message
    assert "[batch, steps, 3] or [steps, 3]" in refusal(ValueError, np.zeros(shape, np.float32), batch_first=True)


def test_sequences_without_a_step_are_refused() -> None:
    assert "(0, 4, 3), but a sequence needs at least one step" in refusal(ValueError, X[:0])
    assert "(4, 0, 3)" in refusal(ValueError, np.zeros((4, 0, 3), np.float32), batch_first=True)
    assert "(0, 3)" in refusal(ValueError, X[:0, 0])


def test_a_batch_without_a_sequence_is_refused() -> None:
    assert "(6, 0, 3), but there has to be at least one sequence" in refusal(ValueError, X[:, :0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_named_with_its_place(value: float) -> None:
    x = X.copy()
    x[4, 2, 1] = value
    assert "step 4, sequence 2, feature 1" in refusal(ValueError, x)
    swapped = np.ascontiguousarray(x.swapaxes(0, 1))
    assert "step 4, sequence 2, feature 1" in refusal(ValueError, swapped, batch_first=True)
    hidden = np.zeros((1, 4, 7), np.float32)
    hidden[0, 2, 5] = value
    assert "sequence 2, unit 5" in refusal(ValueError, X, hidden)


def test_what_stands_behind_a_sequences_end_is_not_read() -> None:
    x = X.copy()
    x[4:, 2] = np.nan
    lengths = [6, 6, 4, 6]
    np.testing.assert_array_equal(GRU(x, lengths=lengths)[0], GRU(X, lengths=lengths)[0])


@pytest.mark.parametrize(
    ("hidden", "message"),
    [((2, 4, 7), "(2, 4, 7), expected (1, 4, 7)"), ((1, 3, 7), "(1, 3, 7), expected"), ((4, 7), "(4, 7), expected (1, 4, 7)")],
)
def test_a_state_of_another_shape_is_named_beside_the_expected_one(hidden: tuple[int, ...], message: str) -> None:
    assert message in refusal(ValueError, X, np.zeros(hidden, np.float32))
    assert message in refusal(ValueError, X, (np.zeros(hidden, np.float32), np.zeros((1, 4, 7), np.float32)), network=LSTM)


def test_a_cell_state_belongs_to_an_lstm_alone() -> None:
    hidden = np.zeros((1, 4, 7), np.float32)
    assert "no cell state" in refusal(ValueError, X, (hidden, hidden))
    assert "(hidden, cell)" in refusal(ValueError, X, hidden, network=LSTM)
    assert "(hidden, cell)" in refusal(ValueError, X, (hidden,), network=LSTM)


@pytest.mark.parametrize(
    ("lengths", "error", "message"),
    [
        ([6, 6, 6], ValueError, "3 given for 4 sequences"),
        ([6, 7, 6, 6], ValueError, "sequence 1 is said to have 7 steps, but the batch has 6"),
        ([6, -1, 6, 6], ValueError, "-1 is negative"),
        ([6, 2.5, 6, 6], TypeError, "float"),
        (np.array([6.0, 6.0, 6.0, 6.0]), TypeError, "float64"),
        (6, TypeError, "int"),
    ],
)
def test_lengths_that_do_not_fit_are_refused(lengths: Any, error: type[Exception], message: str) -> None:
    assert message in refusal(error, X, lengths=lengths)


def test_one_sequence_alone_takes_no_lengths() -> None:
    assert "(6, 3)" in refusal(ValueError, X[:, 0], lengths=[6])


def test_weights_that_do_not_fit_leave_the_old_ones() -> None:
    network = tidegate.Gru(3, 7, seed=5)
    weights = network.state_dict()
    bad = weights["weight_hh_l0"].copy()
    bad[2, 1] = np.nan
    missing = {name: weight for name, weight in weights.items() if name != "bias_hh_l0"}
    refused: list[tuple[Any, type[Exception], str]] = [
        ({**weights, "weight_ih_l0": weights["weight_ih_l0"].T}, ValueError, r"weight_ih_l0 has shape \(3, 21\), expected \(21, 3\)"),
        ({**weights, "weight_hh_l0": bad}, ValueError, r"weight_hh_l0\[2, 1\]"),
        ({**weights, "weight_ih_l1": bad}, ValueError, "without a place: weight_ih_l1"),
        (missing, ValueError, "missing: bias_hh_l0"),
        ({**weights, "bias_ih_l0": weights["bias_ih_l0"].astype(np.float64)}, TypeError, "bias_ih_l0"),
        ({**weights, "bias_ih_l0": torch.from_numpy(weights["bias_ih_l0"])}, TypeError, "Tensor"),
        (list(weights), TypeError, "list"),
    ]
    for state_dict, error, message in refused:
        with pytest.raises(error, match=message):
            network.load_state_dict(state_dict)
    for name, weight in network.state_dict().items():
        np.testing.assert_array_equal(weight, weights[name])


def test_what_a_network_hands_out_is_a_copy() -> None:
    network = tidegate.Gru(3, 7)
    expected = network(X)[0]
    for weight in network.state_dict().values():
        weight[...] = 0
    np.testing.assert_array_equal(network(X)[0], expected)


@pytest.mark.parametrize(
    ("work", "message"),
    [
        ("tidegate.Rnn(1, 2048)(np.zeros((2**20, 1), np.float32))", "(1048576, 2048)"),
        ("tidegate.Rnn(1, 2048, bidirectional=True)(np.zeros((2**18, 1), np.float32))", "(262144, 4096)"),
        ("tidegate.Gru(1, 2048).trace(np.zeros((2**17, 1), np.float32))", "trace"),
        ("tidegate.Gru(1, 60_000)", "10800540000 weights"),
        ("tidegate.Model(tidegate.Gru(1, 2), 2**32)", "parameters"),
        ("tidegate.Gru(1, 32).stream(2**40)", "1099511627776 streams"),
        ("tidegate.Gru(1, 32).stream(2**62)", "4611686018427387904 streams"),
    ],
)
def test_what_is_beyond_the_memory_is_a_memory_error(work: str, message: str) -> None:
    code = f"""
import resource
import numpy as np
import tidegate

np.zeros(1) @ np.zeros(1)
resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
try:
    {work}
except MemoryError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert message in run.stdout
