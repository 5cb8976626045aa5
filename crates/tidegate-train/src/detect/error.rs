//! What keeps a table from being one that a detector can be fitted on, and a state from being that of a detector.

/// An error of detection: it names the column, the rows or the state at fault.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// A column that is asked for is not there.
    #[error("no column is called {name:?}: the columns of numbers are {}", columns.join(", "))]
    NoSuchColumn {
        /// The name.
        name: String,
        /// The table's columns of numbers.
        columns: Vec<String>,
    },
    /// A column that is asked for holds no numbers.
    #[error("column {name:?} holds no numbers{}", stray.as_deref().unwrap_or_default())]
    NotNumbers {
        /// The name.
        name: String,
        /// Where the first cell stands that is none.
        stray: Option<String>,
    },
    /// The table has no column of numbers.
    #[error("no column holds numbers: there is nothing to watch")]
    NothingToWatch,
    /// Too few rows to fit on.
    #[error(
        "{rows} rows are to be fitted on, the first {share} of {all}, and at least {least} are needed: give more of them, \
         or a larger first part (--first)"
    )]
    TooFewRows {
        /// Rows of the first part.
        rows: usize,
        /// The share that they are.
        share: String,
        /// Rows of the table.
        all: usize,
        /// Rows that are needed.
        least: usize,
    },
    /// Too few rows follow each other without a missing value.
    #[error(
        "the first part has no {steps} rows in a row without a missing value outside of its {part}: fill the gaps, or give \
         more rows"
    )]
    NoSequence {
        /// Rows of a sequence.
        steps: usize,
        /// The held-back part, in words.
        part: String,
    },
    /// A channel is the same all through the first part, or all but.
    #[error(
        "column {name:?} {what} in the first part: there is no telling from it what is usual and what is not; leave the \
         column out, or give a first part in which it varies"
    )]
    Constant {
        /// The column.
        name: String,
        /// What is the same.
        what: &'static str,
    },
    /// A rate of time for readings without.
    #[error(
        "{rate} is a rate of time, and the readings have no times: name their column with --time, or say in how many \
         readings one false alarm is put up with, such as 1/10000"
    )]
    NoTimes {
        /// The rate.
        rate: String,
    },
    /// A rate that every reading would meet.
    #[error("{rate} allows more false alarms than there are readings: lower it")]
    RateTooHigh {
        /// The rate.
        rate: String,
    },
    /// A rate so low that no threshold stands for it.
    #[error("{rate} is too low: no score is as high; allow more")]
    RateTooLow {
        /// The rate.
        rate: String,
    },
    /// Two watched columns have one name.
    #[error(
        "column {name:?} is there twice: name each column once, and give columns names that differ"
    )]
    Twice {
        /// The name.
        name: String,
    },
    /// A state of another model, or of another way of using it.
    #[error("the state {reason}")]
    OtherState {
        /// What does not fit.
        reason: String,
    },
    /// The network's numbers are no longer finite.
    #[error(
        "the network's numbers are no longer finite at reading {reading}: {}",
        if *is_learning { "begin with a new state, or without --learn" } else { "begin with a new state, or train it again" }
    )]
    NotFinite {
        /// Number of the reading, from 1.
        reading: u64,
        /// Whether the detector keeps learning.
        is_learning: bool,
    },
}
