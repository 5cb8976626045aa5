//! What can go wrong in training.

use std::path::PathBuf;

use crate::bytes::Bytes;
use crate::checkpoint::CheckpointProblem;

/// An error of training: it names the option, tensor, epoch, update or file at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// An option has a value that makes no sense.
    #[error("{option} {reason}")]
    Option {
        /// The option, by its field's name.
        option: &'static str,
        /// Why it is refused, and what is accepted.
        reason: String,
    },
    /// The model and the sequences do not belong together.
    #[error("the model and the {part} set do not fit: {reason}")]
    Mismatch {
        /// Which set: training, validation or evaluation.
        part: &'static str,
        /// What the model has and what the sequences have.
        reason: String,
    },
    /// The memory limit is too low, in however short parts the sequences are run.
    #[error(
        "memory_limit is {}, but training needs {}, even with the sequences run in short parts: \
         allow that much, lower batch_size or the sizes of the model, or truncate with a shorter window",
        Bytes(*limit), Bytes(*needed)
    )]
    Memory {
        /// Bytes that suffice.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The memory limit is too low for whole sequences, and the model cannot run them in parts.
    #[error(
        "memory_limit is {}, but training needs {}: a model of both directions, or one that pools, reads whole sequences and \
         cannot run them in parts; allow that much, or lower batch_size or the sizes of the model",
        Bytes(*limit), Bytes(*needed)
    )]
    MemoryOfWholeSequences {
        /// Bytes needed.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// A set has no sequence, or no window.
    #[error(
        "the {part} set has no sequence, or no window: there is nothing to learn from or to measure"
    )]
    EmptySet {
        /// Which set: training, validation or evaluation.
        part: &'static str,
    },
    /// A set was changed after it was made and no longer keeps its promises.
    #[error("{part} set: {problem}")]
    Data {
        /// Which set: training, validation or evaluation.
        part: &'static str,
        /// What does not fit, and where.
        problem: Box<tidegate_data::DataError>,
    },
    /// A buffer handed to a loss does not have the batch's shape.
    #[error("{what}: found {found} values for {steps} steps × {batch} sequences × {width}")]
    Length {
        /// The buffer.
        what: &'static str,
        /// Steps T.
        steps: usize,
        /// Sequences B.
        batch: usize,
        /// Values per step.
        width: usize,
        /// Values given.
        found: usize,
    },
    /// A target class is not one of the model's.
    #[error(
        "step {step} of sequence {sequence} in the batch has class {class}, but there are {classes} classes"
    )]
    Class {
        /// The class found.
        class: u32,
        /// Number of classes.
        classes: usize,
        /// Step in the batch.
        step: usize,
        /// Row of the batch.
        sequence: usize,
    },
    /// The optimiser's state or the gradient is not as long as the parameters.
    #[error(
        "the optimiser's state, the gradient or the decaying ranges do not belong to {parameters} parameters: \
         make the state with Optimiser::initial_state"
    )]
    OptimiserState {
        /// Number of parameters.
        parameters: usize,
    },
    /// A number stopped being finite. The model keeps the parameters of the update before, and the last checkpoint
    /// stays.
    #[error(
        "{what} is not finite in epoch {epoch}, update {update}: \
         try a lower learning rate or a smaller clip_norm; a checkpoint, if one was written, is kept"
    )]
    NotFinite {
        /// Training loss, carried state, gradient, updated parameters or validation loss, or a number on its way
        /// through the model.
        what: &'static str,
        /// Epoch, counted from 1.
        epoch: usize,
        /// Update, counted from 1 over the whole training.
        update: u64,
    },
    /// The outputs over a set make the loss not finite, or the state overflows on the way.
    #[error(
        "the loss over the evaluated set is not finite: the model's outputs are too large or not numbers"
    )]
    EvaluationNotFinite,
    /// What a model says of a step is not finite.
    #[error(
        "the model's outputs are not finite: its weights are too large; train it again, with a lower learning rate"
    )]
    OutputsNotFinite,
    /// No token of a model may follow the last one.
    #[error(
        "no token of the model may follow token {last}: the file is not one that tidegate train wrote; train it again"
    )]
    NothingFollows {
        /// The last token.
        last: u32,
    },
    /// A number overflows while the gradient of a loss is followed back through the states.
    #[error(
        "{what} is not finite while the loss's gradient is followed back through the states: the model's weights are \
         too large"
    )]
    StateGradientNotFinite {
        /// Carried state, loss, gradient, or a number on its way through the model.
        what: &'static str,
    },
    /// The checkpoint cannot be read, written or continued from.
    #[error("checkpoint {}: {problem}", .path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: CheckpointProblem,
    },
    /// A table cannot be prepared, or its parts hold no window.
    #[error(transparent)]
    Series(Box<tidegate_data::SeriesError>),
    /// Recordings cannot be classified.
    #[error(transparent)]
    Recordings(Box<tidegate_data::RecordingsError>),
    /// Windows do not lie in their series.
    #[error(transparent)]
    Windows(#[from] tidegate_data::WindowError),
    /// No series is as long as a window.
    #[error(
        "the model reads {window} rows, and the longest series has {longest}: give it more of the past"
    )]
    NoWindow {
        /// Rows of a window.
        window: usize,
        /// Rows of the longest series.
        longest: usize,
    },
    /// The file of a model does not say what is needed to use it.
    #[error("{}: {reason}: train it again", .path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Anomalies cannot be detected in this data, or with this state.
    #[error(transparent)]
    Detect(#[from] crate::detect::DetectError),
    /// Times are not read.
    #[error(transparent)]
    Time(#[from] tidegate_data::TimeError),
    /// A text cannot be read as a model's tokens.
    #[error(transparent)]
    Text(#[from] tidegate_data::TextError),
    /// A text has too few tokens to be predicted.
    #[error(
        "{tokens} tokens are too few: a text needs at least two in each of its parts, so that there is one to predict"
    )]
    ShortText {
        /// Tokens found.
        tokens: usize,
    },
    /// What is given to a model is of another kind than what it was trained on.
    #[error("the model was trained on {model}, and cannot read {given}")]
    OtherMaterial {
        /// What the model was trained on.
        model: &'static str,
        /// What it was given.
        given: &'static str,
    },
    /// The engine refused its input.
    #[error(transparent)]
    Cells(#[from] tidegate_cells::Error),
    /// The model refused its input.
    #[error(transparent)]
    Model(#[from] tidegate_model::ModelError),
}

// An error of many fields would make every result of training large.
impl From<tidegate_data::RecordingsError> for TrainError {
    fn from(error: tidegate_data::RecordingsError) -> Self {
        TrainError::Recordings(Box::new(error))
    }
}

impl From<tidegate_data::SeriesError> for TrainError {
    fn from(error: tidegate_data::SeriesError) -> Self {
        TrainError::Series(Box::new(error))
    }
}
