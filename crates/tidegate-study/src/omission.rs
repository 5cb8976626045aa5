//! What a study could not answer, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::verdict::Measure;

/// Why a question, or a part of one, has no answer on a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Omission {
    /// The lag of this task cannot be chosen, so that there is no longest one.
    LagIsGiven {
        /// The task.
        task: String,
    },
    /// Too few training sequences for three shares of the data.
    TooFewSequences {
        /// The task.
        task: String,
        /// Training sequences.
        sequences: usize,
        /// Training sequences that would suffice.
        needed: usize,
    },
    /// Every run of these cells diverged.
    Diverged {
        /// The task.
        task: String,
    },
    /// The loss that both gated cells reach cannot be named: one of them was not compared, or diverged.
    NoCommonTarget {
        /// The task.
        task: String,
    },
    /// A cell that the sentence speaks of was not compared, or has no measured run.
    CellMissing {
        /// The family of cells: `gru`, `lstm` or `rnn`.
        cell: String,
    },
    /// Not every seed has a run of both cells with this measure: some diverged, or the number is 0.
    UnpairedRuns {
        /// The task.
        task: String,
        /// What would have been compared.
        measure: Measure,
        /// Pairs of runs that there are.
        pairs: usize,
        /// Pairs that there should be.
        seeds: usize,
    },
    /// Some runs of both cells solved no lag, or all that were tested, so that their ratio has a bound on neither side.
    LagsOutOfRange {
        /// The task.
        task: String,
    },
    /// Runs of the two cells had different numbers of threads.
    UnlikeTimes {
        /// The task.
        task: String,
    },
    /// A single seed has no spread, so that no confidence interval exists.
    SingleSeed,
    /// The question that would answer it was not asked.
    NotAsked,
}

impl fmt::Display for Omission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Omission::LagIsGiven { task } => write!(
                formatter,
                "{task}: the lag of this data cannot be chosen, so that there is no longest lag to look for; how far the gradient reaches back is shown"
            ),
            Omission::TooFewSequences {
                task,
                sequences,
                needed,
            } => write!(
                formatter,
                "{task}: {sequences} training sequences are too few to train on shares of them; {needed} would do"
            ),
            Omission::Diverged { task } => write!(formatter, "{task}: every run diverged"),
            Omission::NoCommonTarget { task } => write!(
                formatter,
                "{task}: no loss is known that a GRU and an LSTM both reached, for one was not compared or diverged, so that the time to it cannot be compared"
            ),
            Omission::CellMissing { cell } => {
                write!(
                    formatter,
                    "no run of a cell of the family {cell} was measured"
                )
            }
            Omission::UnpairedRuns {
                task,
                measure,
                pairs,
                seeds,
            } => write!(
                formatter,
                "{task}: of {seeds} seeds {pairs} have a run of both cells that did not diverge and can be compared by {measure}"
            ),
            Omission::LagsOutOfRange { task } => write!(
                formatter,
                "{task}: runs of both cells solved no lag, or all that were tested, so that the longest lags cannot be compared"
            ),
            Omission::UnlikeTimes { task } => write!(
                formatter,
                "{task}: runs had different numbers of threads, so that their times cannot be compared"
            ),
            Omission::SingleSeed => formatter
                .write_str("with a single seed there is no spread, and so no confidence interval"),
            Omission::NotAsked => formatter.write_str("the question was not asked"),
        }
    }
}
