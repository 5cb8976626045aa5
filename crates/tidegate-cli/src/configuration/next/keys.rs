//! Every key of a run of next-step training.

use crate::configuration::allowed::Allowed;
use crate::configuration::key::{Key, key};
use crate::configuration::shared_keys::{
    CELL, CLIP, LAYERS, LEARNING_RATE, PATIENCE, SEED, STEPS, THREADS, WEIGHT_DECAY, count, number,
};

/// The sections, in the order of the file.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    (
        "data",
        "The file of text or of music, and what its tokens are",
    ),
    (
        "split",
        "Which part of a text is held back; a file of music says it itself",
    ),
    ("model", "The network"),
    ("training", "How the network is trained"),
];

/// All keys, in the order of the file.
pub(super) const KEYS: &[Key] = &[
    key(
        "data",
        "file",
        Allowed::Text("the path of a file"),
        "The file of text or of music; a relative path begins in the folder where tidegate runs",
    )
    .word("none", "it is named on the command line"),
    key(
        "data",
        "tokens",
        Allowed::Choice(&["characters", "bytes", "music"]),
        "What is predicted one after another: the characters of a text in UTF-8, its bytes, \
         whatever they mean, or the notes of music",
    )
    .option("tokens")
    .word("auto", "music where the file holds it, else characters"),
    key(
        "data",
        "transpose",
        count(0, 48),
        "Semitones by which each training piece of music is moved at most, down and up, to every \
         shift within the range of all of them",
    )
    .option("transpose"),
    key(
        "split",
        "validation",
        number(0.0, false, 1.0, false),
        "Share of a text that is held back at its end, to keep the best epoch by",
    )
    .option("validation"),
    key(
        "split",
        "test",
        number(0.0, true, 1.0, false),
        "Share of a text behind that, on which the model is measured in the end",
    )
    .option("test"),
    CELL,
    key(
        "model",
        "hidden",
        count(1, 16_384),
        "Hidden units of a layer",
    )
    .option("hidden"),
    key(
        "model",
        "embedding",
        count(1, 16_384),
        "Numbers that stand for a token",
    )
    .option("embedding"),
    LAYERS,
    key(
        "model",
        "dropout",
        number(0.0, true, 1.0, false),
        "Share of the units that are left out at random in training, before the head and between \
         layers",
    )
    .option("dropout"),
    key(
        "model",
        "recurrent_dropout",
        number(0.0, true, 1.0, false),
        "Share of the previous hidden state that is left out at random in training, the same units \
         at all steps of a window",
    )
    .option("recurrent-dropout"),
    key(
        "training",
        "epochs",
        count(1, 1_000_000),
        "Passes over the training part at most; the learning rate falls along half a cosine over \
         all of them",
    )
    .option("epochs")
    .word(
        "auto",
        "24; up to 200 where a pass makes so few updates that there would be less than 1000",
    ),
    PATIENCE,
    key(
        "training",
        "batch",
        count(1, 1_000_000),
        "Streams that the training part of a text is cut into at most, to be read side by side; \
         pieces of music that are",
    )
    .option("batch"),
    key(
        "training",
        "window",
        STEPS,
        "Tokens of an update: gradients reach back to the beginning of a window, the hidden state is \
         carried on to the next",
    )
    .option("window"),
    LEARNING_RATE,
    CLIP,
    WEIGHT_DECAY,
    SEED,
    THREADS,
];
