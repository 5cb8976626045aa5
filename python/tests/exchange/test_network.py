"""Networks over arrays: whole, step by step, and with arguments that do not fit."""

import copy
import csv
import pickle

import numpy as np
import pytest

import tidegate
from tidegate import exchange

RNG = np.random.default_rng(5)


def network(readout="every_step", **options):
    return exchange.Network(tidegate.Model(tidegate.Gru(3, 4, seed=1, **options), 2, readout=readout, seed=2))


def test_a_network_of_a_model_gives_its_bits_over_ragged_batches():
    x = RNG.standard_normal((6, 3, 3)).astype(np.float32)
    model = tidegate.Model(tidegate.Gru(3, 4, seed=1), 2, seed=2)
    found = exchange.Network(model)(x, lengths=[6, 1, 4])
    np.testing.assert_array_equal(found, model(x, lengths=[6, 1, 4])[0])
    swapped = exchange.Network(model)(np.ascontiguousarray(x.swapaxes(0, 1)), lengths=[6, 1, 4], batch_first=True)
    np.testing.assert_array_equal(swapped, found.swapaxes(0, 1))
    np.testing.assert_array_equal(exchange.Network(model)(x[:, 0]), found[:, 0])


def test_a_stream_gives_the_bits_of_the_whole_and_goes_back_to_a_snapshot():
    x = RNG.standard_normal((6, 2, 3)).astype(np.float32)
    whole = network()(x)
    stream = network().stream(2)
    kept = None
    for step in range(6):
        if step == 4:
            kept = stream.snapshot()
        np.testing.assert_array_equal(stream.step(x[step]), whole[step])
    stream.restore(kept)
    np.testing.assert_array_equal(stream.step(x[4]), whole[4])
    stream.reset()
    np.testing.assert_array_equal(stream.step(x[0]), whole[0])
    assert stream.batch == 2 and len(kept) == 1
    with pytest.raises(ValueError, match="expected 1"):
        stream.restore([])


def test_layers_that_need_whole_sequences_are_not_streamed():
    with pytest.raises(ValueError, match=r"layer 1 \(gru\) runs backwards"):
        network(bidirectional=True).stream()
    with pytest.raises(ValueError, match=r"layer 2 \(mean\) pools"):
        network("mean").stream()
    with pytest.raises(ValueError, match="at least one stream"):
        network().stream(0)


def test_arguments_that_do_not_fit_are_refused_with_their_shapes():
    with pytest.raises(TypeError, match="float64"):
        network()(np.zeros((4, 3)))
    with pytest.raises(ValueError, match=r"\(4, 2\)"):
        network()(np.zeros((4, 2), np.float32))
    with pytest.raises(ValueError, match="not finite"):
        network()(np.full((4, 3), np.nan, np.float32))
    with pytest.raises(ValueError, match=r"\(2,\), expected \(3,\)"):
        network().stream().step(np.zeros(2, np.float32))
    with pytest.raises(TypeError, match="tidegate.Model"):
        exchange.Network(3)
    with pytest.raises(ValueError, match="preset"):
        network().to_onnx("x.onnx", preset="steps")
    with pytest.raises(TypeError, match="list of names"):
        exchange.from_state_dict({}, layers="gru")
    with pytest.raises(ValueError, match="'before'"):
        exchange.from_state_dict({}, reset="never")


RECORDINGS = RNG.normal(50.0, 20.0, (20, 6, 2)).astype(np.float32)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "classifier.safetensors"
    fitted = tidegate.SequenceClassifier(hidden=4, epochs=2).fit(RECORDINGS, np.arange(20) % 3)
    fitted.save(path)
    return fitted, path


def test_a_classifiers_file_goes_from_raw_channels_to_probabilities_as_the_command_runs_it(classifier, command, tmp_path):
    fitted, path = classifier
    read = exchange.read(path)
    found = read(RECORDINGS, batch_first=True)
    # Channels are scaled in single precision here, in double precision there.
    np.testing.assert_allclose(found, fitted.predict_proba(RECORDINGS), atol=1e-5, rtol=0)
    bare = exchange.Network(tidegate.load(path))
    assert np.abs(bare(RECORDINGS, batch_first=True) - found).max() > 0.1
    logits = exchange.read(path, scaled=True, logits=True)
    np.testing.assert_array_equal(logits(RECORDINGS), bare(RECORDINGS))
    np.save(tmp_path / "x.npy", RECORDINGS.swapaxes(0, 1))
    command("run", path, "x.npy", "-o", "y.npy", folder=tmp_path)
    np.testing.assert_array_equal(np.load(tmp_path / "y.npy"), found)
    with pytest.raises(ValueError, match=r"layer 1 \(scale\)"):
        read.save(tmp_path / "again.safetensors")


def test_a_regressors_file_gives_targets_in_their_units(tmp_path):
    targets = 1000 + 30 * np.arange(20.0)
    fitted = tidegate.SequenceRegressor(hidden=4, epochs=2).fit(RECORDINGS, targets)
    fitted.save(tmp_path / "regressor.safetensors")
    found = exchange.read(tmp_path / "regressor.safetensors")(RECORDINGS, batch_first=True)
    np.testing.assert_allclose(found[:, 0], fitted.predict(RECORDINGS), rtol=1e-5)
    assert tidegate.load(tmp_path / "regressor.safetensors").task == "regress"


def test_keywords_that_say_nothing_about_a_file_are_refused(classifier, tmp_path):
    network().save(tmp_path / "model.safetensors")
    network().to_onnx(tmp_path / "model.onnx")
    network().to_rtneural(tmp_path / "model.json")
    for name, keyword in [
        ("model.safetensors", {"scaled": True}),
        ("model.safetensors", {"logits": True}),
        ("model.onnx", {"logits": True}),
        ("model.json", {"scaled": True}),
        ("model.onnx", {"reset": "after"}),
        (classifier[1], {"layers": ["gru"]}),
    ]:
        with pytest.raises(ValueError, match=next(iter(keyword))) as error:
            exchange.read(tmp_path / name, **keyword)
        assert str(tmp_path / name) in str(error.value)


def test_every_error_over_a_file_names_it(tmp_path, monkeypatch):
    def names(error, path, call):
        with pytest.raises(error) as found:
            call(path)
        assert str(found.value).count(str(path)) == 1, found.value

    for contents in (b"", b"\x08\x08\xff\xff\xff", b"0.5,1\n2,3\n", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"{}", b"\x09" + bytes(7) + b"{{{{{"):
        (tmp_path / "damaged").write_bytes(contents)
        names(ValueError, tmp_path / "damaged", exchange.read)
    names(FileNotFoundError, tmp_path / "missing", exchange.read)
    whole = network(bidirectional=True)
    names(ValueError, tmp_path / "x.json", whole.to_rtneural)
    names(ValueError, tmp_path / "x.onnx", lambda path: whole.to_onnx(path, preset="step"))
    nowhere = tmp_path / "nowhere" / "file"
    for write in (whole.save, whole.to_onnx, whole.to_torch, network().to_rtneural):
        names(FileNotFoundError, nowhere, write)
    names(FileNotFoundError, nowhere, lambda path: exchange.save_state_dict(whole.to_state_dict(), path))
    # A name that is part of a word of the message.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").write_bytes(b"0.5\n")
    with pytest.raises(ValueError, match="^a: the file is of no kind that is read: it begins with text"):
        exchange.read("a")


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_networks_and_streams_are_copied_and_pickled_with_their_states(again, classifier):
    x = RNG.standard_normal((6, 2, 3)).astype(np.float32)
    made = network()
    np.testing.assert_array_equal(again(made)(x), made(x))
    joined = exchange.read(classifier[1])
    np.testing.assert_array_equal(again(joined)(RECORDINGS), joined(RECORDINGS))
    stream = made.stream(2)
    for step in range(3):
        stream.step(x[step])
    other = again(stream)
    assert other.batch == 2
    expected = [stream.step(x[step]) for step in range(3, 6)]
    for step in range(3, 6):
        np.testing.assert_array_equal(other.step(x[step]), expected[step - 3])
    np.testing.assert_array_equal(expected, made(x)[3:])


def test_files_that_cannot_be_read_or_written_raise_what_python_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        exchange.read(tmp_path / "missing.onnx")
    with pytest.raises(IsADirectoryError):
        exchange.read(tmp_path)
    (tmp_path / "damaged").write_bytes(b"\x08\x08\xff\xff\xff")
    with pytest.raises(ValueError):
        exchange.read(tmp_path / "damaged")
    with pytest.raises(FileNotFoundError):
        network().to_rtneural(tmp_path / "nowhere" / "x.json")
    with pytest.raises(ValueError, match="runs backwards"):
        network(bidirectional=True).to_rtneural(tmp_path / "x.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged"]


def test_onnx_files_come_back(tmp_path):
    x = RNG.standard_normal((6, 2, 3)).astype(np.float32)
    for preset in ("sequence", "step"):
        network().to_onnx(tmp_path / "model.onnx", preset=preset)
    network().to_onnx(tmp_path / "model.onnx")
    np.testing.assert_allclose(exchange.read(tmp_path / "model.onnx")(x), network()(x), atol=1e-6, rtol=0)


@pytest.mark.parametrize("name", ["gru", "gru_torch", "lstm_torch"])
def test_networks_of_rtneural_give_their_recorded_outputs(shared, name, tmp_path):
    folder = shared("models/rtneural")

    def column(kind):
        with (folder / f"{name}_{kind}_python.csv").open() as file:
            return np.array([[float(row[0])] for row in csv.reader(file)], np.float32)

    found = exchange.read(folder / f"{name}.json")
    np.testing.assert_allclose(found(column("x")), column("y"), atol=1e-5, rtol=0)
    found.to_rtneural(tmp_path / "again.json")
    np.testing.assert_allclose(exchange.read(tmp_path / "again.json")(column("x")), column("y"), atol=1e-5, rtol=0)


def test_a_network_that_no_model_file_holds_is_refused_by_layer(shared, tmp_path):
    with pytest.raises(ValueError, match=r"layer 1 \(dense\)"):
        exchange.read(shared("models/rtneural/gru.json")).save(tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="16 units, but its weights have 20"):
        exchange.read(shared("models/rtneural/bad_lstm.json"))
