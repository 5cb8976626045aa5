//! Every key of a run that trains a classifier.

use crate::configuration::allowed::Allowed;
use crate::configuration::key::{Key, key};
use crate::configuration::shared_keys::{
    CELL, CLIP, COLUMN, COLUMNS, LAYERS, LEARNING_RATE, PATIENCE, SEED, THREADS, WEIGHT_DECAY,
    count, number,
};

/// The sections, in the order of the file.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("data", "The recordings, and what their columns are for"),
    (
        "split",
        "Which recordings are held back to validate, and cross-validation",
    ),
    ("model", "The network"),
    ("training", "How the network is trained"),
];

/// A share of units from 0, below 1.
const SHARE: Allowed = number(0.0, true, 1.0, false);

/// All keys, in the order of the file.
pub(super) const KEYS: &[Key] = &[
    key(
        "data",
        "file",
        Allowed::Text("the path of a file or of a folder"),
        "The recordings: a file .ts, CSV, Parquet, JSON lines or .npy, or a folder of .npy; a \
         relative path begins in the folder where tidegate runs",
    )
    .word("none", "it is named on the command line"),
    key(
        "data",
        "id",
        COLUMN,
        "The column, or key, that tells recordings apart",
    )
    .option("id")
    .word("auto", "found by name or content"),
    key(
        "data",
        "time",
        COLUMN,
        "The column of a table that orders the steps of a recording",
    )
    .option("time")
    .word(
        "auto",
        "found by name or content; without one, the order of the rows",
    ),
    key(
        "data",
        "channels",
        COLUMNS,
        "The columns, or keys, that are read",
    )
    .option("channels")
    .word("all", "every column of numbers that has no other role"),
    key(
        "data",
        "label",
        COLUMN,
        "The column, or key, with the classes",
    )
    .option("label")
    .word("auto", "found by name"),
    key(
        "data",
        "every_step",
        Allowed::Flag,
        "Each step has a class of its own, not the whole recording",
    )
    .option("every-step"),
    key(
        "data",
        "part",
        Allowed::Text("the name of a part"),
        "Which part of a JSON document is read, such as train",
    )
    .option("part")
    .word("none", "the document has no parts"),
    key(
        "split",
        "validation",
        number(0.0, false, 1.0, false),
        "Share of the recordings of each class that is held back, to keep the best epoch by and \
         to find the temperature of the probabilities",
    )
    .option("validation"),
    key(
        "split",
        "folds",
        count(2, 1_000),
        "Cross-validation: so many further models are trained, each on the recordings but one \
         part, and measured on that part",
    )
    .option("folds")
    .word("none", "no cross-validation"),
    CELL,
    key(
        "model",
        "hidden",
        count(1, 16_384),
        "Hidden units of a layer, in each direction",
    )
    .option("hidden"),
    LAYERS,
    key(
        "model",
        "directions",
        Allowed::Choice(&["both", "forward"]),
        "How layers run through a recording: both ways, or forward alone",
    )
    .option("directions"),
    key(
        "model",
        "pooling",
        Allowed::Choice(&["last", "mean", "attention"]),
        "What of a recording its class is read from: the last hidden state, the mean over all \
         steps, or the mean weighted by attention; without meaning where each step has a class",
    )
    .option("pooling"),
    key(
        "model",
        "dropout",
        SHARE,
        "Share of the units that are left out at random in training, before the head and between \
         layers",
    )
    .option("dropout"),
    key(
        "model",
        "input_dropout",
        SHARE,
        "Share of the values of the channels that are left out at random in training",
    )
    .option("input-dropout"),
    key(
        "model",
        "recurrent_dropout",
        SHARE,
        "Share of the previous hidden state that is left out at random in training, the same units \
         at all steps of a recording",
    )
    .option("recurrent-dropout"),
    key(
        "training",
        "class_weights",
        Allowed::Choice(&["equal", "balanced"]),
        "What counts the same in the loss: every recording (equal), or every class, however rare \
         (balanced)",
    )
    .option("class-weights"),
    key(
        "training",
        "epochs",
        count(1, 1_000_000),
        "Passes over the training recordings at most",
    )
    .option("epochs"),
    PATIENCE,
    key(
        "training",
        "batch",
        count(1, 1_000_000),
        "Recordings of an update",
    )
    .option("batch"),
    LEARNING_RATE,
    CLIP,
    WEIGHT_DECAY,
    SEED,
    THREADS,
];
