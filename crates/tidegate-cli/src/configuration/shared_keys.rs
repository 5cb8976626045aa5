//! Keys that mean the same for several tasks, and what keys are made of.

use super::allowed::{Allowed, Interval};
use super::key::{Key, key};

pub(super) const COLUMN: Allowed = Allowed::Text("the name of a column");
pub(super) const COLUMNS: Allowed = Allowed::Texts("a list of names of columns");
pub(super) const STEPS: Allowed = count(1, 1_000_000);

pub(super) const fn count(least: i64, most: i64) -> Allowed {
    Allowed::Count { least, most }
}

pub(super) const fn number(least: f64, with_least: bool, most: f64, with_most: bool) -> Allowed {
    Allowed::Number(Interval {
        least,
        with_least,
        most,
        with_most,
    })
}

pub(super) const POSITIVE: Allowed = number(0.0, false, f64::INFINITY, false);

/// The names of the cells.
const CELLS: [&str; 7] = [
    "rnn",
    "rnn-relu",
    "lstm",
    "lstm-peephole",
    "gru",
    "gru-before",
    "mgu",
];

/// `model.cell`.
pub(super) const CELL: Key = key(
    "model",
    "cell",
    Allowed::Choice(&CELLS),
    "The recurrent cell",
)
.option("cell")
.tunable();

/// `model.layers`.
pub(super) const LAYERS: Key = key("model", "layers", count(1, 64), "Recurrent layers")
    .option("layers")
    .tunable();

/// `training.patience`.
pub(super) const PATIENCE: Key = key(
    "training",
    "patience",
    count(1, 1_000_000),
    "Training ends after so many epochs without a lower validation loss",
)
.option("patience")
.word("none", "all epochs are made");

/// `training.learning_rate`.
pub(super) const LEARNING_RATE: Key = key(
    "training",
    "learning_rate",
    POSITIVE,
    "Learning rate of Adam in the first epoch",
)
.option("learning-rate")
.tunable();

/// `training.decay_from`.
pub(super) const DECAY_FROM: Key = key(
    "training",
    "decay_from",
    count(1, 1_000_000),
    "The first epoch, counted from 1, that is trained with a reduced learning rate",
)
.option("decay-from");

/// `training.clip`.
pub(super) const CLIP: Key = key(
    "training",
    "clip",
    POSITIVE,
    "Limit on the norm of the whole gradient",
)
.option("clip")
.word("none", "no limit")
.tunable();

/// `training.weight_decay`.
pub(super) const WEIGHT_DECAY: Key = key(
    "training",
    "weight_decay",
    number(0.0, true, f64::INFINITY, false),
    "How far each update shrinks the parameters, times the learning rate",
)
.option("weight-decay")
.tunable();

/// `training.seed`.
pub(super) const SEED: Key = key(
    "training",
    "seed",
    count(0, i64::MAX),
    "Seed of all random numbers: the same seed gives the same model",
)
.option("seed");

/// `training.threads`.
pub(super) const THREADS: Key = key(
    "training",
    "threads",
    count(1, 1_024),
    "Threads; the model does not depend on them",
)
.option("threads")
.word("auto", "what the machine offers");

#[cfg(test)]
mod tests {
    use tidegate_study::CellVariant;

    use super::*;

    #[test]
    fn the_cells_are_those_of_the_study() {
        assert_eq!(CELLS, CellVariant::ALL.map(CellVariant::name));
    }
}
