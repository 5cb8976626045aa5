//! Every key of a forecasting run. The file, the options of the commands and the file that `tidegate init` writes all follow
//! this list.

use crate::configuration::allowed::{Allowed, Interval};
use crate::configuration::key::{Key, key};
use crate::configuration::shared_keys::{
    CELL, CLIP, COLUMN, COLUMNS, DECAY_FROM, LAYERS, LEARNING_RATE, PATIENCE, SEED, STEPS, THREADS,
    WEIGHT_DECAY, count, number,
};

/// The sections, in the order of the file.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("data", "The file of readings, and what its columns are for"),
    (
        "split",
        "Which part of each series is for training, validation and testing, by time",
    ),
    ("model", "The network"),
    ("training", "How the network is trained"),
    ("forecast", "What is forecast"),
    ("tune", "What tidegate tune tries"),
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
    key(
        "data",
        "time",
        COLUMN,
        "The column of times; year stands for the columns year, month, day, hour, \
         minute, second",
    )
    .option("time")
    .word("auto", "found by name or content"),
    key(
        "data",
        "date_order",
        Allowed::Choice(&["day_first", "month_first"]),
        "What stands first in dates such as 1/7/2016",
    )
    .option("date-order")
    .word("auto", "as the column's dates allow"),
    key(
        "data",
        "series",
        COLUMN,
        "The column that tells the series of a long table apart",
    )
    .option("series")
    .word(
        "auto",
        "found by name or content; of a wide table there is none",
    ),
    key("data", "targets", COLUMNS, "The columns that are forecast")
        .option("targets")
        .word("all", "every column of numbers that has no other role"),
    key(
        "data",
        "past",
        COLUMNS,
        "Columns that help to forecast and are known up to the present only",
    )
    .option("past"),
    key(
        "data",
        "known",
        COLUMNS,
        "Columns that are known ahead over the horizon too, such as holidays",
    )
    .option("known"),
    key(
        "data",
        "static",
        COLUMNS,
        "Columns with one value for each series",
    )
    .option("static"),
    key(
        "data",
        "calendar",
        Allowed::Choice(&["none", "auto"]),
        "Features of the calendar that the network sees: none, or those that fit the \
         frequency (auto)",
    )
    .option("calendar"),
    key(
        "data",
        "missing",
        Allowed::Choice(&["refuse", "mask", "forward-fill", "linear", "drop"]),
        "What is done with missing values: refuse the file; mask them and tell the \
         network how long ago a value was seen (GRU-D); repeat the last one; draw a \
         line between the neighbours; drop the rows",
    )
    .option("missing"),
    key(
        "data",
        "season",
        STEPS,
        "Steps of a season, after which the seasonal naive forecast repeats; 1 for none",
    )
    .option("season")
    .word(
        "auto",
        "what fits the frequency, such as 24 for hours and 12 for months",
    ),
    key(
        "split",
        "parts",
        Allowed::Split,
        "Training, validation and test: rows (8640,2880,2880), shares (0.7,0.1,0.2), \
         or the times at which validation and test begin (2017-07-01,2017-11-01)",
    )
    .option("split"),
    key(
        "split",
        "gap",
        count(0, 1_000_000),
        "Steps that are left out between two parts",
    )
    .option("gap"),
    key(
        "model",
        "kind",
        Allowed::Choice(&["segment", "direct"]),
        "segment: a step of the network is a segment of the window (SegRNN, Lin et \
         al. 2023); direct: a step is a row",
    )
    .option("model")
    .tunable(),
    CELL,
    key(
        "model",
        "hidden",
        count(1, 16_384),
        "Hidden units of a layer",
    )
    .option("hidden")
    .word(
        "auto",
        "512; 128 with fewer than 4096 windows to train on, and for the direct model",
    )
    .tunable(),
    LAYERS,
    key(
        "model",
        "segment",
        STEPS,
        "Rows of a segment; the window is a whole number of segments",
    )
    .option("segment")
    .word(
        "auto",
        "the season where it divides the window and is at most 24, else the largest \
         divisor of the window up to 24",
    )
    .tunable(),
    key(
        "model",
        "dropout",
        number(0.0, true, 1.0, false),
        "Share of the units that are left out at random in training",
    )
    .option("dropout")
    .tunable(),
    key(
        "model",
        "normalise",
        Allowed::Choice(&["none", "last", "instance"]),
        "What is taken from each window and given back to its forecast: nothing, its \
         last value, or its mean and deviation (reversible instance normalisation)",
    )
    .option("normalise")
    .tunable(),
    key(
        "model",
        "window",
        STEPS,
        "Steps of the past that the network sees",
    )
    .option("window")
    .word("auto", "four horizons, less where the series is short")
    .tunable(),
    key("model", "horizon", STEPS, "Steps that are forecast")
        .option("horizon")
        .word(
            "auto",
            "whole seasons, at least 8 steps, less where a part of the split is shorter",
        ),
    key(
        "training",
        "loss",
        Allowed::Choice(&["squared", "absolute", "quantile"]),
        "What training makes small: the mean squared error, the mean absolute error, \
         or the quantile loss of the quantiles below",
    )
    .option("loss"),
    key(
        "training",
        "epochs",
        count(1, 1_000_000),
        "Passes over the training windows at most",
    )
    .option("epochs")
    .word(
        "auto",
        "30; 60 with fewer than 4096 windows to train on, 120 with fewer than 1024",
    ),
    PATIENCE,
    key(
        "training",
        "batch",
        count(1, 1_000_000),
        "Windows of an update",
    )
    .option("batch")
    .word(
        "auto",
        "a 32nd of the training windows, rounded down to 8, 16, 32, 64, 128 or 256",
    )
    .tunable(),
    LEARNING_RATE,
    key(
        "training",
        "decay",
        number(0.0, false, 1.0, true),
        "The learning rate is multiplied by it in each epoch from decay_from on; 1 \
         keeps the rate",
    )
    .option("decay")
    .word(
        "auto",
        "0.8 over 30 epochs, nearer to 1 over more, and 1 with fewer than 1024 windows to \
         train on",
    )
    .tunable(),
    DECAY_FROM,
    CLIP,
    WEIGHT_DECAY,
    SEED,
    THREADS,
    key(
        "forecast",
        "quantiles",
        Allowed::Rising(Interval {
            least: 0.0,
            with_least: false,
            most: 1.0,
            with_most: false,
        }),
        "Quantiles of the forecast; 0.5 is the median",
    )
    .option("quantiles"),
    key(
        "tune",
        "trials",
        count(1, 100_000),
        "Random settings that are tried",
    ),
    key(
        "tune",
        "factor",
        count(2, 1_000),
        "After each round one trial in so many goes on, with so many times the epochs",
    ),
    key(
        "tune",
        "space",
        Allowed::Space,
        "What is tried for each key: a list of values, or a range {min, max}, with \
         log = true on a logarithmic scale",
    ),
];
