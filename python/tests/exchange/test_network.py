"""Networks over arrays: whole, step by step, and with arguments that do not fit."""

import csv

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
