"""Writes `models/*`: models as Keras saves them, and `models.json` with the outputs that Keras gives, time first.

Some of them stand for what is refused: weights without a model, integers, bfloat16, branches, an older kind of archive. Run with
keras 3.15, torch 2.15 and h5py 3.16:

    python models.py
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy
from keras import Sequential, layers

HERE = pathlib.Path(__file__).parent
STEPS, BATCH, FEATURES, VOCABULARY = 5, 2, 3, 7

random = numpy.random.default_rng(5)


def features():
    return keras.Input((None, FEATURES))


def filled(model):
    """Weights of which each counts: no bias is zero. A few bits each, so that the files can be compared by eye."""
    model.set_weights([numpy.round(random.uniform(-0.8, 0.8, weight.shape) * 64) / 64 for weight in model.get_weights()])
    return model


def trained(model):
    """The same after a step of an optimiser, whose state is saved with it."""
    model.compile("adam", "mse", metrics=["mae"])
    outputs = model.compute_output_shape((BATCH, STEPS, FEATURES))
    model.fit(numpy.ones((BATCH, STEPS, FEATURES)), numpy.zeros([BATCH, *outputs[1:]]), verbose=0)
    return model


def functional():
    x = features()
    return keras.Model(x, layers.Dense(2)(layers.GRU(4, return_sequences=True)(x)))


def branches():
    x = features()
    hidden = layers.GRU(4)(x)
    return keras.Model(x, layers.Add()([layers.Dense(4)(hidden), hidden]))


def initialised():
    """A layer whose state another layer gives."""
    x = features()
    _, state = layers.GRU(4, return_sequences=True, return_state=True)(x)
    return keras.Model(x, layers.GRU(4)(x, initial_state=state))


def of(policy, *chain):
    keras.config.set_dtype_policy(policy)
    model = Sequential([features(), *(layer() for layer in chain)])
    keras.config.set_dtype_policy("float32")
    return model


def quantised():
    model = Sequential([features(), layers.Dense(2)])
    model.quantize("int8")
    return model


READ = {
    "gru_functional.keras": functional(),
    "gru_reset_before.keras": Sequential([features(), layers.GRU(4, reset_after=False, activation="relu"), layers.Dense(1)]),
    "lstm_two_layers.keras": Sequential(
        [features(), layers.LSTM(4, return_sequences=True, use_bias=False), layers.Dropout(0.1), layers.LSTM(3), layers.Dense(2, "sigmoid")]
    ),
    "rnn_both.keras": Sequential([features(), layers.Bidirectional(layers.SimpleRNN(3)), layers.Dense(2)]),
    "tokens.keras": Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(VOCABULARY, 4),
            layers.GRU(3, return_sequences=True, dropout=0.1, recurrent_dropout=0.1),
            layers.GlobalAveragePooling1D(),
            layers.Dense(3, "softmax"),
        ]
    ),
    "nested.keras": trained(
        Sequential(
            [
                features(),
                layers.LSTM(3, return_sequences=True, name="first"),
                Sequential([layers.Dense(4, "relu"), layers.Dense(2)]),
                layers.TimeDistributed(layers.Dense(3)),
                layers.Dense(2),
            ]
        )
    ),
    "half.keras": of("float16", lambda: layers.Dense(4), lambda: layers.Dense(2)),
    "gru_both.h5": Sequential([features(), layers.Bidirectional(layers.GRU(3, return_sequences=True)), layers.GRU(2)]),
    "rnn_trained.h5": trained(Sequential([features(), layers.SimpleRNN(4, return_sequences=True), layers.Dense(2)])),
    "functional.h5": functional(),
}

REFUSED = {
    "quantised.keras": quantised(),
    "bfloat16.keras": of("bfloat16", lambda: layers.Dense(2)),
    "branches.keras": branches(),
    "initialised.keras": initialised(),
    "nested.h5": Sequential([features(), Sequential([layers.Dense(2)])]),
    "not_built.keras": Sequential([layers.GRU(2)]),
}


def main():
    folder = HERE / "models"
    folder.mkdir(exist_ok=True)
    records = {}
    for name, model in READ.items():
        half = name.startswith("half")
        filled(model).save(folder / name)
        if name.startswith("tokens"):
            x = random.integers(0, VOCABULARY, (BATCH, STEPS))
        else:
            x = numpy.round(random.standard_normal((BATCH, STEPS, FEATURES)) * 64) / 64
        if half:
            # What the weights are, 32-bit floats hold; what a 16-bit product loses is not read.
            wide = Sequential([features(), layers.Dense(4), layers.Dense(2)])
            wide.set_weights([weight.astype("float32") for weight in model.get_weights()])
            model = wide
        y = numpy.asarray(model.predict(x, verbose=0))
        every_step = y.ndim == 3
        records[name] = {
            "inputs": numpy.swapaxes(x, 0, 1).ravel().tolist(),
            "outputs": (numpy.swapaxes(y, 0, 1) if every_step else y).ravel().tolist(),
        }
    for name, model in REFUSED.items():
        model.save(folder / name)
    READ["lstm_two_layers.keras"].save_weights(folder / "lstm.weights.h5")
    lines = (f" {json.dumps(name)}: {json.dumps(record)}" for name, record in records.items())
    (HERE / "models.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
