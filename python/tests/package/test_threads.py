"""The interpreter lock, signals, threads and forks."""

import multiprocessing
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

import tidegate


def features(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


def ticks_during(work: Any) -> int:
    """How often another thread got the interpreter lock meanwhile; at most once or twice if the lock was held."""
    ticks, done = 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            time.sleep(0.0005)
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    before = ticks
    work()
    after = ticks
    done.set()
    thread.join()
    return after - before


def test_other_threads_run_while_a_network_computes() -> None:
    x = features(400, 32, 64)
    network = tidegate.Gru(64, 256)
    model = tidegate.Model(network, 2)
    stream = network.stream(16384)
    rows = features(16384, 64)
    for work in (lambda: network(x), lambda: network.trace(x), lambda: model(x), lambda: stream.step(rows)):
        assert ticks_during(work) > 5


def test_threads_share_one_network_and_change_its_weights() -> None:
    network = tidegate.Gru(3, 7, seed=1)
    x = features(50, 3)
    weights = [network.state_dict(), tidegate.Gru(3, 7, seed=2).state_dict()]
    expected = []
    for state_dict in weights:
        network.load_state_dict(state_dict)
        expected.append(network(x)[0].tobytes())
    failures: list[object] = []

    def call() -> None:
        failures.extend(1 for _ in range(200) if network(x)[0].tobytes() not in expected)

    def change() -> None:
        for step in range(200):
            network.load_state_dict(weights[step % 2])

    threads = [threading.Thread(target=work) for work in (call, change, call, change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_steps_of_several_threads_follow_one_another() -> None:
    # A memory that adds up: relu(h + x) with weights of one.
    for width in (1, 600):
        network = tidegate.Rnn(1, width, activation="relu")
        zeros = {name: 0 * weight for name, weight in network.state_dict().items()}
        ones = np.ones((width, 1), np.float32)
        network.load_state_dict({**zeros, "weight_ih_l0": ones, "weight_hh_l0": np.eye(width, dtype=np.float32)})
        stream = network.stream()
        one = np.ones(1, np.float32)
        threads = [threading.Thread(target=lambda: [stream.step(one) for _ in range(100)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        np.testing.assert_array_equal(stream.snapshot().hidden, np.full((1, width), 400, np.float32))


def test_an_interrupt_stops_a_long_computation() -> None:
    code = """
import numpy as np
import tidegate

long, many = np.zeros((1_000_000, 1, 4), np.float32), np.zeros((1000, 1000, 4), np.float32)
gru, both = tidegate.Gru(4, 512), tidegate.Gru(4, 512, bidirectional=True)
# A minute of work each.
for network, x in ((gru, long), (tidegate.Model(gru, 1), long), (both, many), (tidegate.Model(both, 1, readout="mean"), many)):
    print("begun", flush=True)
    try:
        network(x)
        print("ended", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    for _ in range(4):
        assert run.stdout.readline() == "begun\n"
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        assert run.stdout.readline() == "interrupted\n"
    assert run.wait() == 0


def in_child(network: Any, x: Any, expected: bytes) -> None:
    assert network(x)[0].tobytes() == expected


def test_a_forked_process_computes_too() -> None:
    network, x = tidegate.Gru(64, 256), features(50, 32, 64)
    # Large enough for all threads.
    expected = network(x)[0].tobytes()
    child = multiprocessing.get_context("fork").Process(target=in_child, args=(network, x, expected))
    child.start()
    child.join(60)
    stuck = child.is_alive()
    child.kill()
    assert not stuck
    assert child.exitcode == 0


def test_long_sequences_are_run_in_parts_with_the_bits_of_the_whole() -> None:
    # Wide enough for several parts; a stream runs each step alone.
    network = tidegate.Gru(1, 1024)
    x = features(900, 1)
    output, state = network(x)
    stream = network.stream()
    for step in x[:-1]:
        stream.step(step)
    np.testing.assert_array_equal(stream.step(x[-1]), output[-1])
    np.testing.assert_array_equal(stream.snapshot().hidden, state.hidden)
    batch = np.stack([x, x], axis=1)
    ragged, states = network(batch, lengths=[900, 500])
    np.testing.assert_array_equal(ragged[:, 0], output)
    np.testing.assert_array_equal(ragged[:500, 1], output[:500])
    assert not ragged[500:, 1].any()
    np.testing.assert_array_equal(states.hidden[:, 1], network(x[:500])[1].hidden)
    for readout, expected in (("every_step", slice(None)), ("last_step", -1)):
        model = tidegate.Model(network, readout=readout)
        np.testing.assert_array_equal(model(x)[0], output[expected])
    np.testing.assert_array_equal(model(batch, lengths=[900, 500])[0], states.hidden[0])
    batch[800, 0, 0] = np.nan
    for each in (network, model):
        with pytest.raises(ValueError, match="step 800, sequence 0, feature 0"):
            each(batch)


def test_batches_that_are_read_whole_are_run_in_groups_with_the_bits_of_each_sequence() -> None:
    # Wide enough for several groups.
    network = tidegate.Lstm(1, 512, bidirectional=True)
    x, lengths = features(250, 9, 1), [250, 3, 249, 250, 1, 120, 250, 0, 7]
    state = tidegate.State(features(2, 9, 512), features(2, 9, 512)[::-1].copy())
    output, end = network(x, state, lengths)
    pooled = tidegate.Model(network, readout="mean")
    every = tidegate.Model(network)
    pooled_output, _ = pooled(x, state, lengths)
    np.testing.assert_array_equal(every(x, state, lengths)[0], output)
    for row, length in enumerate(lengths):
        alone = slice(row, row + 1)
        own = tidegate.State(state.hidden[:, alone], state.cell[:, alone])
        expected, expected_end = network(x[:, alone], own, [length])
        np.testing.assert_array_equal(output[:, alone], expected)
        np.testing.assert_array_equal(end.hidden[:, alone], expected_end.hidden)
        np.testing.assert_array_equal(end.cell[:, alone], expected_end.cell)
        np.testing.assert_array_equal(pooled_output[alone], pooled(x[:, alone], own, [length])[0])
    x[200, 6] = np.nan
    for each in (network, pooled):
        with pytest.raises(ValueError, match="step 200, sequence 6, feature 0"):
            each(x, state, lengths)


def test_a_token_beyond_the_vocabulary_is_named_with_its_place_in_the_whole_sequence() -> None:
    model = tidegate.Model(tidegate.Gru(1, 1024), 1, vocabulary=10)
    tokens = np.zeros((900, 2), np.int64)
    tokens[800, 1] = 10
    with pytest.raises(ValueError, match="sequence 1, step 800: token 10"):
        model(tokens)
    assert model(tokens, lengths=[900, 800])[0].shape == (900, 2, 1)
