"""Networks of Keras give the numbers that they give at home, and go back."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

import tidegate
from tidegate import exchange

# Both compute in float32 with their own exponentials; outputs are at most near 1.
BOUND = 1e-5

RNG = np.random.default_rng(3)

CELLS = {
    "gru": (keras.layers.GRU, {}),
    "gru reset before": (keras.layers.GRU, {"reset_after": False}),
    "gru relu": (keras.layers.GRU, {"activation": "relu"}),
    "lstm": (keras.layers.LSTM, {}),
    "rnn": (keras.layers.SimpleRNN, {}),
    "rnn relu": (keras.layers.SimpleRNN, {"activation": "relu"}),
    "gru without bias": (keras.layers.GRU, {"use_bias": False}),
}


def filled(model):
    """Biases that are not zero, so that each of them counts."""
    model.set_weights([weight + RNG.uniform(-0.3, 0.3, weight.shape) for weight in model.get_weights()])
    return model


def compare(model, x, tmp_path):
    network = exchange.from_keras(model)
    expected = np.asarray(model.predict(x, verbose=0))
    found = network(x, batch_first=True)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=BOUND, rtol=0)
    back = exchange.to_keras(network)
    np.testing.assert_allclose(np.asarray(back.predict(x, verbose=0)), expected, atol=BOUND, rtol=0)
    return network


@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("sequences", [False, True], ids=["last", "every"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_gives_keras_numbers(cell, sequences, bidirectional, tmp_path):
    kind, options = CELLS[cell]

    def layer(units, sequences):
        layer = kind(units, return_sequences=sequences, **options)
        return keras.layers.Bidirectional(layer) if bidirectional else layer

    model = keras.Sequential([keras.Input((None, 3)), layer(5, True), layer(5, sequences), keras.layers.Dense(2)])
    x = RNG.standard_normal((4, 7, 3)).astype(np.float32)
    network = compare(filled(model), x, tmp_path)
    network.save(tmp_path / "model.safetensors")
    again = exchange.read(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again(x, batch_first=True), network(x, batch_first=True))


def test_embedding_activations_and_pooling_give_keras_numbers(tmp_path):
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(11, 4),
            keras.layers.Dropout(0.5),
            keras.layers.GRU(6, return_sequences=True),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(5, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    tokens = RNG.integers(0, 11, (4, 7))
    network = compare(filled(model), tokens, tmp_path)
    assert network.description["layers"] == ["embedding", "gru", "mean", "dense", "relu", "dense", "softmax"]


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_a_file_is_read_as_the_model_that_it_holds(name, tmp_path):
    entry = keras.Input((None, 3))
    hidden = keras.layers.Bidirectional(keras.layers.LSTM(4, return_sequences=True))(entry)
    hidden = keras.layers.Dropout(0.5)(keras.layers.GRU(4)(hidden))
    model = filled(keras.Model(entry, keras.layers.Dense(1, activation="sigmoid")(hidden)))
    model.save(tmp_path / name)
    x = RNG.standard_normal((2, 5, 3)).astype(np.float32)
    found = exchange.read(tmp_path / name)
    np.testing.assert_allclose(found(x, batch_first=True), np.asarray(model.predict(x, verbose=0)), atol=BOUND, rtol=0)
    np.testing.assert_array_equal(exchange.from_keras(model)(x), found(x))


def test_the_command_runs_a_model_over_arrays_of_keras(command, tmp_path):
    model = filled(keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(4, return_sequences=True)]))
    model.save(tmp_path / "model.keras")
    x = np.random.default_rng(3).standard_normal((2, 5, 3)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    for words in ([], ["--step"]):
        command("run", "model.keras", "x.npy", "-o", "y.npy", *words, folder=tmp_path)
        np.testing.assert_allclose(np.load(tmp_path / "y.npy"), np.asarray(model.predict(x, verbose=0)), atol=BOUND, rtol=0)


def test_a_model_that_went_to_keras_comes_back_from_its_file(tmp_path):
    x = RNG.standard_normal((6, 2, 3)).astype(np.float32)
    network = exchange.Network(tidegate.Model(tidegate.Gru(3, 5, layers=2, seed=1), 2, seed=2))
    exchange.to_keras(network).save(tmp_path / "model.keras")
    np.testing.assert_array_equal(exchange.read(tmp_path / "model.keras")(x), network(x))


def test_a_file_of_weights_alone_says_what_to_do(tmp_path):
    model = filled(keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(4)]))
    model.save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(ValueError, match="call its load_weights") as refusal:
        exchange.read(tmp_path / "model.weights.h5")
    assert 'model.save("model.keras")' in str(refusal.value)
    built = keras.Sequential([keras.Input((None, 3)), keras.layers.GRU(4)])
    built.load_weights(tmp_path / "model.weights.h5")
    built.save(tmp_path / "model.keras")
    x = RNG.standard_normal((2, 5, 3)).astype(np.float32)
    np.testing.assert_array_equal(exchange.read(tmp_path / "model.keras")(x), exchange.from_keras(model)(x))


def test_a_functional_model_is_read_where_it_is_a_chain():
    entry = keras.Input((None, 3))
    hidden = keras.layers.GRU(4, return_sequences=True)(entry)
    chain = keras.Model(entry, keras.layers.Dense(2)(hidden))
    x = RNG.standard_normal((2, 5, 3)).astype(np.float32)
    found = exchange.from_keras(chain)(x, batch_first=True)
    np.testing.assert_allclose(found, np.asarray(chain.predict(x, verbose=0)), atol=BOUND, rtol=0)
    branched = keras.Model(entry, keras.layers.Add()([hidden, keras.layers.Dense(4)(hidden)]))
    with pytest.raises(ValueError, match="no chain"):
        exchange.from_keras(branched)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (keras.layers.GRU(2, recurrent_activation="hard_sigmoid"), "recurrent_activation hard_sigmoid"),
        (keras.layers.LSTM(2, go_backwards=True), "go_backwards"),
        (keras.layers.LSTM(2, activation="relu"), "the activation relu"),
        (keras.layers.Bidirectional(keras.layers.GRU(2), merge_mode="sum"), "merge_mode sum"),
        (keras.layers.Bidirectional(keras.layers.GRU(2, activation="elu"), name="both"), r"layer both \(GRU\): the activation elu"),
        (keras.layers.Conv1D(2, 2), "Conv1D"),
        (keras.layers.Dense(2, activation="gelu"), "the activation gelu"),
    ],
)
def test_what_is_not_computed_is_named(layer, message, tmp_path):
    model = keras.Sequential([keras.Input((4, 3)), layer])
    with pytest.raises(ValueError, match=message):
        exchange.from_keras(model)
    for name in ("model.keras", "model.h5"):
        model.save(tmp_path / name)
        with pytest.raises(ValueError, match=message):
            exchange.read(tmp_path / name)


def test_a_branch_and_a_class_of_its_own_are_refused_in_files_too(tmp_path):
    class Own(keras.layers.Dense):
        pass

    entry = keras.Input((None, 3))
    hidden = keras.layers.GRU(4, return_sequences=True, name="state")(entry)
    branched = keras.Model(entry, keras.layers.Add(name="sum")([hidden, keras.layers.Dense(4)(hidden)]))
    own = keras.Sequential([entry, Own(2, name="mine")])
    for model, message in ((branched, "layer sum, which does not read .* alone"), (own, "mine, a Own whose code is not in the file")):
        model.save(tmp_path / "model.keras")
        with pytest.raises(ValueError, match=message):
            exchange.read(tmp_path / "model.keras")


def test_what_is_no_model_is_a_type_error():
    with pytest.raises(TypeError, match="found int"):
        exchange.from_keras(3)
