"""Model files between Python and the command."""

import copy
import json
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tidegate

Command = Callable[..., subprocess.CompletedProcess[str]]


def features(*shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


@pytest.fixture(scope="module")
def folder(command: Command, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models of every kind that the command trains."""
    folder = tmp_path_factory.mktemp("models")
    lines = """
        generate gestures --recordings 24 -o gestures.csv
        train classify gestures.csv --hidden 6 --epochs 1 -o classify.safetensors
        generate machine -o machine.csv
        train detect machine.csv --time time --targets temperature --hidden 6 --epochs 1 -o detect.safetensors
        generate text --sentences 60 -o harbour.txt
        train next harbour.txt --hidden 6 --epochs 1 -o next.safetensors
        generate load --rows 700 -o load.csv
        train forecast load.csv --known temperature --window 96 --horizon 24 --hidden 6 --epochs 1 -o forecast.safetensors
        compare --task adding --length 6 --sequences 60 --cells gru --epochs 1 --seeds 1 --question none --out compare
    """
    for line in lines.strip().splitlines():
        command(*line.split(), folder=folder)
    return folder


@pytest.mark.parametrize("task", ["classify", "detect", "next", "forecast", None])
def test_every_model_of_the_command_is_loaded(folder: Path, task: str | None) -> None:
    path = folder / (f"{task}.safetensors" if task else "compare/gru-seed1.safetensors")
    for given in (path, str(path)):
        model = tidegate.load(given)
        assert model.task == task
    assert isinstance(model, tidegate.ForecastNetwork if task == "forecast" else tidegate.Model)
    if task:
        assert task in model.description
        assert f"{task}" in repr(model).lower()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert other.to_bytes() == model.to_bytes()
    # What was read is written as it was.
    again = folder / "again.safetensors"
    model.save(again)
    assert again.read_bytes() == path.read_bytes() == model.to_bytes()


@pytest.mark.parametrize("cell", [tidegate.Gru(2, 5, reset="before"), tidegate.Lstm(2, 5, layers=2), tidegate.Mgu(2, 5)], ids=repr)
@pytest.mark.parametrize("outputs", [3, None])
def test_the_command_shows_the_gates_of_a_model_of_python(
    command: Command, tmp_path: Path, cell: Any, outputs: int | None
) -> None:
    model = tidegate.Model(cell, outputs)
    model.save(tmp_path / "model.safetensors")
    x = features(12, 2)
    np.save(tmp_path / "x.npy", x)
    command("gates", "model.safetensors", "x.npy", "--out", "gates", folder=tmp_path)
    gates = model.trace(x)
    assert gates["hidden"].shape == (cell.configuration["layers"], 12, 5)
    for name, layers in gates.items():
        for layer, values in enumerate(layers):
            np.testing.assert_array_equal(np.load(tmp_path / f"gates/layer{layer}_{name}.npy"), values)


def test_tokens_of_a_next_step_model_give_what_the_command_shows(command: Command, folder: Path) -> None:
    command("gates", "next.safetensors", "harbour.txt", "--out", "letters", folder=folder)
    model = tidegate.load(folder / "next.safetensors")
    assert isinstance(model, tidegate.Model)
    tokens = np.load(folder / "letters/input.npy").astype(np.int64)
    np.testing.assert_array_equal(model.trace(tokens)["update_gate"][0], np.load(folder / "letters/layer0_update_gate.npy"))
    assert model(tokens)[0].shape == (*tokens.shape, model.configuration["outputs"])


def test_a_forecast_network_gives_quantiles_that_do_not_cross(folder: Path) -> None:
    network = tidegate.load(folder / "forecast.safetensors")
    assert isinstance(network, tidegate.ForecastNetwork)
    sizes = network.configuration
    past, known = features(96, 5, sizes["past_size"]), features(24, 5, sizes["known_size"])
    quantiles = network(past, known)
    assert quantiles.shape == (5, 24, sizes["targets"], sizes["levels"])
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    swapped = network(past.swapaxes(0, 1), known.swapaxes(0, 1), batch_first=True)
    np.testing.assert_array_equal(swapped, quantiles)
    np.testing.assert_array_equal(network(past[:, 2], known[:, 2]), quantiles[2])
    refused: list[tuple[Any, Any, type[Exception], str]] = [
        (past, None, ValueError, "known is missing"),
        (past[:95], known, ValueError, r"past has shape \(95, 5, .*96"),
        (past, known[:3], ValueError, r"known has shape \(3, 5, .*24"),
        (past, known[:, :3], ValueError, "not of the same windows"),
        (past.astype(np.float64), known, TypeError, "past.astype"),
        (past * np.float32(np.nan), known, ValueError, "past"),
    ]
    for each_past, each_known, error, message in refused:
        with pytest.raises(error, match=message):
            network(each_past, each_known)
    weights = {name: 0 * weight for name, weight in network.state_dict().items()}
    network.load_state_dict(weights)
    assert not np.array_equal(network(past, known), quantiles)


def test_outputs_are_the_head_of_what_is_read() -> None:
    gru = tidegate.Gru(3, 7, layers=2, bidirectional=True)
    x, lengths = features(6, 4, 3), [6, 2, 5, 1]
    hidden, state = gru(x, lengths=lengths)
    final = np.concatenate(list(state.hidden[2:]), axis=-1)
    mean = hidden.sum(axis=0) / np.array(lengths)[:, None]
    for readout, read in (("every_step", hidden), ("last_step", final), ("mean", mean)):
        model = tidegate.Model(gru, 2, readout=readout)
        weights = model.state_dict()
        outputs, end = model(x, lengths=lengths)
        expected = read @ weights["head.weight"].T + weights["head.bias"]
        if readout == "every_step":
            for row, length in enumerate(lengths):
                expected[length:, row] = 0
        # Sums of fourteen products in another order.
        np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(end.hidden, state.hidden)
        swapped = model(x.swapaxes(0, 1), lengths=lengths, batch_first=True)[0]
        np.testing.assert_array_equal(swapped, outputs.swapaxes(0, 1) if readout == "every_step" else outputs)


def test_tokens_are_looked_up() -> None:
    gru = tidegate.Gru(3, 7)
    model = tidegate.Model(gru, vocabulary=10)
    tokens = np.array([[1, 9], [0, 3]])
    embedding = model.state_dict()["embedding.weight"]
    np.testing.assert_array_equal(model(tokens)[0], gru(embedding[tokens])[0])
    np.testing.assert_array_equal(model(tokens.T, batch_first=True)[0], model(tokens)[0].swapaxes(0, 1))
    refused: list[tuple[Any, type[Exception], str]] = [
        (np.array([[1, 10]]), ValueError, "token 10"),
        (np.array([[-1, 1]]), ValueError, "-1"),
        (np.array([[2**40, 1]]), ValueError, str(2**40)),
        (np.zeros((2, 2, 3), np.float32), TypeError, "float32"),
        (np.zeros((2, 2, 3), np.int64), ValueError, r"\[steps, batch\]"),
        (np.zeros((0, 2), np.int64), ValueError, "at least one step"),
    ]
    for given, error, message in refused:
        with pytest.raises(error, match=message):
            model(given)
    with pytest.raises(TypeError, match="int64"):
        tidegate.Model(gru, 2)(tokens)


def test_what_a_model_says_about_itself_is_kept(tmp_path: Path) -> None:
    model = tidegate.Model(tidegate.Gru(3, 7), 2, description={"data": "none"})
    model.description = {**model.description, "by": "test"}
    model.load_state_dict({name: 2 * weight for name, weight in model.state_dict().items()})
    model.save(tmp_path / "model.safetensors")
    again = tidegate.load(tmp_path / "model.safetensors")
    assert again.description == {"data": "none", "by": "test"}
    assert again.task is None
    np.testing.assert_array_equal(again(features(5, 3))[0], model(features(5, 3))[0])


def test_pytorchs_own_reader_of_safetensors_reads_a_model_file(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    model = tidegate.Model(tidegate.Lstm(3, 7), 2)
    model.save(tmp_path / "model.safetensors")
    tensors = load_file(tmp_path / "model.safetensors")
    assert tensors.keys() == model.state_dict().keys()
    for name, weight in model.state_dict().items():
        np.testing.assert_array_equal(tensors[name], weight)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cut short|announces|safetensors"),
        (b"PK\x03\x04" * 100, "header"),
        (b"\xff" * 64, "header"),
        (b"\x02\0\0\0\0\0\0\0{}", "safetensors|tidegate"),
    ],
)
def test_a_damaged_file_is_a_value_error_that_names_it(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as raised:
        tidegate.load(path)
    assert "damaged.safetensors" in str(raised.value)


def test_every_shorter_file_is_refused(tmp_path: Path) -> None:
    whole = tidegate.Model(tidegate.Gru(1, 2), 1).to_bytes()
    path = tmp_path / "short.safetensors"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError):
            tidegate.load(path)


def test_files_that_cannot_be_opened_are_os_errors_with_number_and_path(tmp_path: Path) -> None:
    missing = tmp_path / "missing.safetensors"
    with pytest.raises(FileNotFoundError) as raised:
        tidegate.load(missing)
    assert (raised.value.errno, raised.value.filename) == (2, str(missing))
    with pytest.raises(IsADirectoryError):
        tidegate.load(tmp_path)
    model = tidegate.Model(tidegate.Gru(1, 2), 1)
    with pytest.raises(FileNotFoundError):
        model.save(tmp_path / "no folder" / "model.safetensors")
    with pytest.raises(OSError):
        model.save(tmp_path)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: tidegate.Model(tidegate.Gru(3, 7), 0), ValueError, "outputs: 0"),
        (lambda: tidegate.Model(tidegate.Gru(3, 7), 2, readout="first"), ValueError, "'first' is none of"),
        (lambda: tidegate.Model(tidegate.Gru(3, 7), 2, vocabulary=0), ValueError, "vocabulary: 0"),
        (lambda: tidegate.Model("gru", 2), TypeError, "str"),
        (lambda: tidegate.ForecastNetwork(), TypeError, "tidegate.load"),
    ],
)
def test_models_without_sense_are_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_the_configuration_is_that_of_the_file(tmp_path: Path) -> None:
    model = tidegate.Model(tidegate.Gru(3, 7), 2, readout="mean")
    header = json.loads(model.to_bytes()[8:].split(b"\n")[0][: int.from_bytes(model.to_bytes()[:8], "little")])
    assert json.loads(header["__metadata__"]["tidegate"])["model"] == model.configuration
