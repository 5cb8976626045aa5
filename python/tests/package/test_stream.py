"""Streams: step by step, with the bits of the whole sequence."""

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import tidegate


def features(*shape: int, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


NETWORKS: list[Any] = [
    tidegate.Gru(3, 7, layers=2),
    tidegate.Gru(3, 16, reset="before"),
    tidegate.Lstm(3, 7, layers=2, peepholes=True),
    tidegate.Rnn(3, 32),
    tidegate.Mgu(3, 7),
    tidegate.Model(tidegate.Gru(3, 7), 2),
    # Wide enough for the interpreter lock to be released within a step.
    tidegate.Lstm(3, 300),
]


@pytest.mark.parametrize("network", NETWORKS, ids=repr)
def test_steps_have_the_bits_of_the_whole_sequence(network: Any) -> None:
    x = features(20, 4, 3)
    outputs, state = network(x)
    stream = network.stream(4)
    for step, expected in zip(x, outputs, strict=True):
        np.testing.assert_array_equal(stream.step(step), expected)
    np.testing.assert_array_equal(stream.snapshot().hidden, state.hidden)
    alone = network.stream()
    for step, expected in zip(x[:, 1], outputs[:, 1], strict=True):
        np.testing.assert_array_equal(alone.step(step), expected)


def test_a_head_that_reads_the_last_step_reads_each_as_if_it_were_the_last() -> None:
    model = tidegate.Model(tidegate.Gru(3, 7), 2, readout="last_step")
    x = features(5, 3)
    stream = tidegate.Stream(model)
    for step in range(5):
        np.testing.assert_array_equal(stream.step(x[step]), model(x[: step + 1])[0])


def test_tokens_are_numbers_or_arrays_of_any_integer_dtype() -> None:
    model = tidegate.Model(tidegate.Gru(3, 7), 2, vocabulary=10)
    tokens = np.array([[1, 9], [0, 3]])
    outputs, _ = model(tokens)
    alone = model.stream()
    np.testing.assert_array_equal(alone.step(1), outputs[0, 0])
    np.testing.assert_array_equal(alone.step(np.array(0, np.uint8)), outputs[1, 0])
    for dtype in (np.int8, np.int32, np.int64, np.uint64):
        stream = model.stream(2)
        np.testing.assert_array_equal(stream.step(tokens[0].astype(dtype)), outputs[0])
    for wrong, error in ((10, ValueError), (-1, ValueError), (2**40, ValueError), (1.5, TypeError)):
        with pytest.raises(error):
            alone.step(wrong)
    with pytest.raises(TypeError, match="float32"):
        alone.step(features(1))


def test_a_snapshot_leads_back_to_where_it_was_taken() -> None:
    stream = tidegate.Lstm(3, 7).stream(2)
    x = features(6, 2, 3)
    for step in x[:3]:
        stream.step(step)
    snapshot = stream.snapshot()
    expected = [stream.step(step) for step in x[3:]]
    stream.restore(snapshot)
    np.testing.assert_array_equal([stream.step(step) for step in x[3:]], expected)
    # A snapshot is a state like any other.
    output, _ = tidegate.Lstm(3, 7)(x[3:], snapshot)
    np.testing.assert_array_equal(output, expected)


def test_reset_starts_again() -> None:
    stream = tidegate.Lstm(3, 7).stream()
    x = features(4, 3)
    first = [stream.step(step) for step in x]
    stream.reset()
    assert not stream.snapshot().hidden.any()
    np.testing.assert_array_equal([stream.step(step) for step in x], first)


def test_an_output_is_written_where_the_caller_says() -> None:
    network = tidegate.Gru(3, 7)
    stream, beside = network.stream(), network.stream()
    out = np.zeros(7, np.float32)
    for step in features(4, 3):
        assert stream.step(step, out=out) is out
        np.testing.assert_array_equal(out, beside.step(step))


def test_every_output_is_an_array_of_its_own() -> None:
    stream = tidegate.Gru(3, 7).stream()
    first = stream.step(features(3))
    kept = first.copy()
    stream.step(features(3, seed=2))
    np.testing.assert_array_equal(first, kept)


def test_a_stream_keeps_the_weights_that_it_was_made_with() -> None:
    network = tidegate.Gru(3, 7)
    x = features(3)
    stream, expected = network.stream(), network.stream().step(x)
    network.load_state_dict({name: 0 * weight for name, weight in network.state_dict().items()})
    for each in (pickle.loads(pickle.dumps(stream)), stream):
        np.testing.assert_array_equal(each.step(x), expected)


@pytest.mark.parametrize("network", [*NETWORKS[:2], NETWORKS[5]], ids=repr)
@pytest.mark.parametrize("batch", [None, 2])
def test_copies_and_pickles_go_on_from_the_same_state(network: Any, batch: int | None) -> None:
    stream = network.stream(batch)
    shape = (3,) if batch is None else (batch, 3)
    stream.step(features(*shape))
    others = [pickle.loads(pickle.dumps(stream)), copy.deepcopy(stream), copy.copy(stream)]
    for step in features(3, *shape, seed=2):
        expected = stream.step(step)
        for other in others:
            np.testing.assert_array_equal(other.step(step), expected)
    assert others[0].batch == batch
    assert repr(others[0]) == repr(stream)


def test_a_step_that_is_refused_leaves_the_state() -> None:
    stream = tidegate.Gru(3, 7).stream(2)
    stream.step(features(2, 3))
    before = stream.snapshot().hidden
    x = features(2, 3)
    x[1, 2] = np.nan
    flat = np.zeros((2, 7, 2), np.float32)[:, :, 0]
    readonly = np.zeros((2, 7), np.float32)
    readonly.flags.writeable = False
    misaligned = np.zeros(4 * 14 + 1, np.uint8)[1:].view(np.float32).reshape(2, 7)
    refused: list[tuple[Any, Any, type[Exception], str]] = [
        (x, None, ValueError, "sequence 1, feature 2"),
        (features(2, 4), None, ValueError, r"x has shape \(2, 4\), expected \(2, 3\)"),
        (features(3), None, ValueError, r"x has shape \(3,\), expected \(2, 3\)"),
        (features(2, 3).astype(np.float64), None, TypeError, r"x.astype\(np.float32\)"),
        ([[1.0] * 3] * 2, None, TypeError, "list"),
        (features(2, 3), np.zeros((2, 6), np.float32), ValueError, r"out has shape \(2, 6\), expected \(2, 7\)"),
        (features(2, 3), np.zeros((2, 7)), TypeError, "out: .*float32"),
        (features(2, 3), flat, ValueError, "out: .*side by side"),
        (features(2, 3), misaligned, ValueError, "out: .*addresses"),
        (features(2, 3), readonly, ValueError, "out is read-only"),
    ]
    for given, out, error, message in refused:
        with pytest.raises(error, match=message):
            stream.step(given, out=out)
        np.testing.assert_array_equal(stream.snapshot().hidden, before)


def test_an_output_that_overlaps_the_input_is_refused() -> None:
    stream = tidegate.Gru(7, 7).stream()
    memory = features(9)
    with pytest.raises(ValueError, match="shares memory with x"):
        stream.step(memory[:7], out=memory[2:])


@pytest.mark.parametrize(
    ("state", "error", "message"),
    [
        (np.zeros((1, 3, 7), np.float32), ValueError, r"\(1, 3, 7\), expected \(1, 2, 7\)"),
        (np.zeros((1, 2, 7)), TypeError, "float64"),
        (np.full((1, 2, 7), np.nan, np.float32), ValueError, "finite"),
        (None, TypeError, "None"),
    ],
)
def test_a_state_that_does_not_fit_is_not_restored(state: Any, error: type[Exception], message: str) -> None:
    stream = tidegate.Gru(3, 7).stream(2)
    stream.step(features(2, 3))
    before = stream.snapshot().hidden
    with pytest.raises(error, match=message):
        stream.restore(state)
    np.testing.assert_array_equal(stream.snapshot().hidden, before)


@pytest.mark.parametrize(
    ("network", "batch", "error", "message"),
    [
        (tidegate.Gru(3, 7, bidirectional=True), None, ValueError, "bidirectional"),
        (tidegate.Model(tidegate.Gru(3, 7, bidirectional=True), 2), None, ValueError, "bidirectional"),
        (tidegate.Model(tidegate.Gru(3, 7), 2, readout="mean"), None, ValueError, "pools"),
        (tidegate.Gru(3, 7), 0, ValueError, "batch is 0"),
        (tidegate.Gru(3, 7), -1, OverflowError, "negative"),
        (np.zeros(3), None, TypeError, "ndarray"),
    ],
)
def test_networks_that_cannot_be_stepped_are_refused(network: Any, batch: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        tidegate.Stream(network, batch)
