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
            RecordingsNote::ColumnsLeftOut { columns } => match &columns[..] {
                [column] => write!(f, "column {column:?} holds no numbers and was left out"),
                _ => {
                    let columns: Vec<String> =
                        columns.iter().map(|one| format!("{one:?}")).collect();
                    write!(
                        f,
                        "columns {} hold no numbers and were left out",
                        columns.join(", ")
                    )
                }
            },
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
            RecordingsNote::DeclaredOnly { classes } => {
                let classes: Vec<String> = classes.iter().map(|one| format!("{one:?}")).collect();
                write!(
                    f,
                    "declared in the file, and the label of no recording: {}",
                    classes.join(", ")
                )
            }
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
