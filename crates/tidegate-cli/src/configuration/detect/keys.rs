//! Every key of a run that fits a detector of anomalies.

use crate::configuration::allowed::Allowed;
use crate::configuration::key::{Key, key};
use crate::configuration::shared_keys::{
    CELL, CLIP, COLUMN, COLUMNS, LAYERS, LEARNING_RATE, PATIENCE, SEED, STEPS, THREADS,
    WEIGHT_DECAY, count, number,
};

/// The sections, in the order of the file.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("data", "The file of readings, and its columns"),
    ("split", "Which rows everything is fitted on"),
    ("model", "The network, which predicts the next reading"),
    ("training", "How the network is trained"),
    ("alarms", "When an alarm is raised"),
];

/// All keys, in the order of the file.
pub(super) const KEYS: &[Key] = &[
    key(
        "data",
        "file",
        Allowed::Text("the path of a file"),
        "The file of readings; a relative path begins in the folder where tidegate runs",
    )
    .word("none", "it is named on the command line"),
    key("data", "time", COLUMN, "The column of times")
        .option("time")
        .word("auto", "the first column that looks like one, if any does"),
    key("data", "targets", COLUMNS, "The columns that are watched")
        .option("targets")
        .word("all", "every column of numbers but that of the times"),
    key(
        "split",
        "first",
        number(0.0, false, 1.0, true),
        "Share of the rows, from the first on, that everything is fitted on: scales, network, what is usual and from \
         when on it is not; the rows after it are not looked at",
    )
    .option("first"),
    CELL,
    key(
        "model",
        "hidden",
        count(1, 16_384),
        "Hidden units of a layer",
    )
    .option("hidden"),
    LAYERS,
    key(
        "training",
        "epochs",
        count(1, 1_000_000),
        "Passes over the rows at most",
    )
    .option("epochs"),
    PATIENCE,
    key(
        "training",
        "batch",
        count(1, 1_000_000),
        "Sequences of 64 rows in an update",
    )
    .option("batch"),
    LEARNING_RATE,
    CLIP,
    WEIGHT_DECAY,
    SEED,
    THREADS,
    key(
        "alarms",
        "false_alarms",
        Allowed::FalseAlarms,
        "False alarms that are put up with",
    )
    .option("false-alarms")
    .word(
        "auto",
        "1/month where the rows have times, else 1/10000 readings",
    ),
    key(
        "alarms",
        "hold_off",
        STEPS,
        "Readings below the threshold after which the next one above it is a new alarm",
    )
    .option("hold-off"),
    key(
        "alarms",
        "span",
        STEPS,
        "Readings over which errors are averaged, to find what no reading alone shows; at least five times as many \
         must be fitted on",
    )
    .option("span"),
];
