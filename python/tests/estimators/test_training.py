"""What happens while an estimator trains: progress, callbacks, interruptions, other threads."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

from tidegate import Forecaster, SequenceClassifier, SequenceRegressor

X = np.random.default_rng(0).normal(size=(40, 30, 2))
Y = (X[:, :, 0].sum(axis=1) > 0).astype(int)
TABLE = {"load": np.sin(np.arange(400) / 5) + np.arange(400) / 100}
# So long that it does not end by itself.
ENDLESS: dict[str, Any] = {"epochs": 1_000_000, "patience": None}
FITS = {
    "classifier": lambda **options: SequenceClassifier(**options).fit(X, Y),
    "regressor": lambda **options: SequenceRegressor(**options).fit(X, Y),
    "forecaster": lambda **options: Forecaster(window=24, horizon=4, **options).fit(TABLE),
}
fits = pytest.mark.parametrize("fit", FITS.values(), ids=FITS)


@fits
def test_a_callback_is_given_each_epoch(fit: Any) -> None:
    records: list[dict[str, Any]] = []
    fitted = fit(hidden=8, epochs=3, callback=records.append)
    assert [record["epoch"] for record in records] == [1, 2, 3]
    assert records == fitted.history_


@fits
def test_what_a_callback_raises_ends_the_training(fit: Any) -> None:
    def stop(record: dict[str, Any]) -> None:
        raise LookupError(f"enough after {record['epoch']}")

    with pytest.raises(LookupError, match="enough after 1"):
        fit(hidden=8, **ENDLESS, callback=stop)


@fits
def test_ctrl_c_ends_the_training_and_other_threads_run_meanwhile(fit: Any) -> None:
    counted = 0
    ended = threading.Event()

    def interrupt() -> None:
        nonlocal counted
        for _ in range(20):
            time.sleep(0.01)
            counted += 1
        os.kill(os.getpid(), signal.SIGINT)
        ended.set()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        fit(hidden=64, **ENDLESS)
    thread.join()
    assert counted == 20 and ended.is_set()


def test_an_interrupted_estimator_is_as_it_was() -> None:
    fitted = SequenceClassifier(hidden=8, epochs=2).fit(X, Y)
    before = fitted.predict_proba(X)

    def interrupt(record: dict[str, Any]) -> None:
        if record["epoch"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitted.set_params(**ENDLESS, callback=interrupt).fit(X[:, :, :1], Y)
    assert np.array_equal(fitted.predict_proba(X), before)
    assert len(fitted.history_) == 2


def test_training_runs_in_a_thread_and_in_a_forked_process() -> None:
    code = """
import multiprocessing, sys
import numpy as np
from concurrent.futures import ThreadPoolExecutor
from tidegate import SequenceClassifier
X = np.random.default_rng(0).normal(size=(20, 10, 2))
Y = np.arange(20) % 2
def fit(_):
    return SequenceClassifier(hidden=8, epochs=2).fit(X, Y).predict_proba(X).tobytes()
expected = fit(0)
with ThreadPoolExecutor(2) as threads:
    assert list(threads.map(fit, range(2))) == [expected] * 2
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map_async(fit, range(2)).get(timeout=60) == [expected] * 2
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_verbose_shows_a_line_for_each_epoch_where_there_is_no_tqdm(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    fitted = SequenceClassifier(hidden=8, epochs=2, verbose=True).fit(X, Y)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("epoch 2/2: training ")
    assert f"validation {fitted.history_[1]['valid_loss']:.4g}" in lines[1]


def test_a_bar_counts_the_epochs_where_tqdm_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    SequenceClassifier(hidden=8, epochs=3, verbose=True).fit(X, Y)
    last = capsys.readouterr().err.rpartition("\r")[2]
    assert last.startswith("training: 100%")
    assert "3/3" in last and "validation=" in last


def test_without_scikit_learn_the_message_says_what_to_install() -> None:
    code = """
import sys
sys.modules["sklearn"] = None
import tidegate
try:
    tidegate.SequenceClassifier
except ModuleNotFoundError as error:
    assert "pip install 'tidegate[estimators]'" in str(error), error
else:
    raise SystemExit("it was imported")
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_one_estimator_serves_several_threads_while_it_is_saved() -> None:
    from concurrent.futures import ThreadPoolExecutor

    fitted = SequenceClassifier(hidden=16, epochs=2).fit(X, Y)
    expected, size = fitted.predict_proba(X), len(pickle.dumps(fitted))
    with ThreadPoolExecutor(4) as threads:
        predictions = [threads.submit(fitted.predict_proba, X) for _ in range(20)]
        copies = [threads.submit(pickle.dumps, fitted) for _ in range(20)]
        assert all(np.array_equal(one.result(), expected) for one in predictions)
        assert all(len(one.result()) == size for one in copies)


def test_the_threads_of_the_environment_change_no_bit() -> None:
    code = """
import numpy as np, sys
from tidegate import SequenceClassifier
X = np.random.default_rng(0).normal(size=(40, 30, 2))
Y = (X[:, :, 0].sum(axis=1) > 0).astype(int)
sys.stdout.write(SequenceClassifier(hidden=8, epochs=2).fit(X, Y)._model.to_bytes().hex())
"""
    expected = SequenceClassifier(hidden=8, epochs=2).fit(X, Y)._model.to_bytes().hex()
    for threads in ("1", "3"):
        paths = os.pathsep.join(path for path in sys.path if path)
        environment = {**os.environ, "PYTHONPATH": paths, "RAYON_NUM_THREADS": threads}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert done.stdout == expected, done.stderr
