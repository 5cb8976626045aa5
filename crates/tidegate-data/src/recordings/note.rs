//! What was found in recordings, or done to them, that their owner should know of.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that is no error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordingsNote {
    /// Columns of a table that hold no numbers and have no role.
    ColumnsLeftOut {
        /// Their names.
        columns: Vec<String>,
    },
    /// Columns of a table that are called as an id, a time or a label is, where another column is that.
    RolesLeftOut {
        /// Their names.
        columns: Vec<String>,
    },
    /// An option names a column, and the file has none.
    OptionWithoutUse {
        /// The option, such as `--label`.
        option: String,
    },
    /// Each row of a table has an id of its own.
    OneStepEach {
        /// The column of ids.
        column: String,
    },
    /// Steps at the end of recordings in which every channel is missing were left out as padding.
    PaddingLeftOut {
        /// Number of recordings.
        recordings: usize,
        /// Number of steps.
        steps: usize,
    },
    /// A class that the file declares, and that no recording has.
    DeclaredOnly {
        /// The classes.
        classes: Vec<String>,
    },
    /// A class with one recording: it serves for training, and nothing is held back to validate it.
    SingleExample {
        /// The class.
        class: String,
        /// Its recording.
        recording: String,
    },
    /// A channel is constant over the training rows: its deviation counts as 1.
    ConstantChannel {
        /// The channel.
        channel: String,
    },
}

impl fmt::Display for RecordingsNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordingsNote::ColumnsLeftOut { columns } => write!(
                f,
                "columns without numbers were left out: {}",
                listed(columns)
            ),
            RecordingsNote::RolesLeftOut { columns } => write!(
                f,
                "columns that are called as an id, a time or a label is were left out: {}; to have them as channels, name all \
                 channels with --channels",
                listed(columns)
            ),
            RecordingsNote::OptionWithoutUse { option } => {
                write!(
                    f,
                    "{option} names a column, and the file has no columns with names: it was left aside"
                )
            }
            RecordingsNote::OneStepEach { column } => write!(
                f,
                "each row has a {column:?} of its own, so that every recording has one step: if another column tells \
                 recordings apart, name it with --id"
            ),
            RecordingsNote::PaddingLeftOut { recordings, steps } => write!(
                f,
                "{steps} {} at the end of {recordings} {} hold no value and were left out as padding",
                if *steps == 1 { "step" } else { "steps" },
                if *recordings == 1 {
                    "recording"
                } else {
                    "recordings"
                },
            ),
            RecordingsNote::DeclaredOnly { classes } => write!(
                f,
                "declared in the file, and the label of no recording: {}",
                listed(classes)
            ),
            RecordingsNote::SingleExample { class, recording } => write!(
                f,
                "class {class:?} has one recording, {recording:?}: it serves for training, and none is held back"
            ),
            RecordingsNote::ConstantChannel { channel } => write!(
                f,
                "channel {channel:?} is constant in the training recordings: a model learns nothing from it"
            ),
        }
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    names.join(", ")
}
