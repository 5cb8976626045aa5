//! What can go wrong on the way to a gate view.

use std::io;
use std::path::PathBuf;

use tidegate_data::{DataError, Split};
use tidegate_model::ModelError;
use tidegate_train::TrainError;

use crate::chart::PictureError;
use crate::error::StudyError;

/// An error of the gate view: it names the file, sequence, step or unit at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatesError {
    /// The model cannot be read or run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The data cannot be read or generated.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The model's task, or the data for it, cannot be read.
    #[error(transparent)]
    Train(Box<TrainError>),
    /// The memory does not suffice.
    #[error(transparent)]
    Memory(Box<StudyError>),
    /// A file's name does not say what it holds.
    #[error(
        "{}: cannot tell what it holds: a sequence is read from polyphonic music (.json), a table (.csv) or a NumPy array (.npy)",
        path.display()
    )]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The model reads tokens, and the file holds something else.
    #[error(
        "{}: {reason}: the model reads tokens, whole numbers from 0, one for each step, as a column of a table or an array [steps]",
        path.display()
    )]
    Tokens {
        /// The file.
        path: PathBuf,
        /// What it holds.
        reason: String,
    },
    /// The model was trained on another generated task.
    #[error(
        "the model was trained on {trained}, and {shown} is another task: name the task that it was trained on"
    )]
    OtherTask {
        /// What it was trained on.
        trained: String,
        /// What it would be shown.
        shown: String,
    },
    /// A set has fewer sequences.
    #[error("{name}: there is no sequence {sequence}: {}", available(*.count, *.split))]
    NoSuchSequence {
        /// The data.
        name: String,
        /// The set, where there are several.
        split: Option<Split>,
        /// The index asked for.
        sequence: usize,
        /// How many there are.
        count: usize,
    },
    /// The sequence is not what the model reads.
    #[error("{name} does not fit the model: the model reads {expected}, but the data has {found}")]
    Fit {
        /// The data.
        name: String,
        /// What the model reads.
        expected: String,
        /// What the data has.
        found: String,
    },
    /// The steps to show are not in the sequence.
    #[error("steps {asked}: the sequence has {steps} (0 to {last}), and the first must lie before the end", last = steps - 1)]
    NoSuchSteps {
        /// The steps asked for.
        asked: String,
        /// Steps of the sequence.
        steps: usize,
    },
    /// The steps to show make too large a page.
    #[error(
        "steps {asked}: at most {most} steps of this model fit a page: ask for fewer; the arrays hold all steps anyway"
    )]
    TooManySteps {
        /// The steps asked for.
        asked: String,
        /// Steps that fit.
        most: usize,
    },
    /// A value overflows.
    #[error(
        "layer {layer}, {name}, step {step}, unit {unit} is {value}: the model's state leaves the range of 32-bit floats on \
         this sequence"
    )]
    NotFinite {
        /// The layer.
        layer: usize,
        /// The array.
        name: &'static str,
        /// The step.
        step: usize,
        /// The unit.
        unit: usize,
        /// The value.
        value: f32,
    },
    /// The output folder cannot be used.
    #[error("output folder {}: cannot {action}: {error}", folder.display())]
    Folder {
        /// The output folder.
        folder: PathBuf,
        /// What was being done.
        action: String,
        /// Why it failed.
        error: io::Error,
    },
    /// What is read would be written over.
    #[error("{} would be written over: it lies in the output folder and has the name of one of its files; choose another folder", path.display())]
    OwnInput {
        /// The file that is read.
        path: PathBuf,
    },
    /// The picture cannot be drawn.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// The numbers cannot be written as JSON.
    #[error("the numbers cannot be written as JSON: {0}")]
    Json(serde_json::Error),
}

impl From<TrainError> for GatesError {
    fn from(error: TrainError) -> GatesError {
        GatesError::Train(Box::new(error))
    }
}

fn available(count: usize, split: Option<Split>) -> String {
    let place = split.map_or_else(|| "it".to_owned(), |split| format!("its {split} set"));
    match count {
        1 => format!("{place} holds one sequence, number 0"),
        _ => format!(
            "{place} holds {count} sequences, numbers 0 to {}",
            count.saturating_sub(1)
        ),
    }
}
