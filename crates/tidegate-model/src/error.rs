//! What can be wrong with a configuration, with what a model is given and with a model file.

use std::path::PathBuf;

use thiserror::Error;

/// A configuration that makes no model.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// A size is zero.
    #[error("{field} is 0: it must be at least 1")]
    Zero {
        /// The field, with its path in the configuration.
        field: &'static str,
    },
    /// A dropout rate is not a probability below 1.
    #[error("{field} is {value}: it must be a probability from 0 to below 1")]
    Probability {
        /// The field.
        field: &'static str,
        /// The value given.
        value: f32,
    },
    /// The embedding gives another number of features than the recurrent layers read.
    #[error(
        "input.size is {embedding}, but recurrent.input_size is {recurrent}: an embedding must give the features that the recurrent layers read"
    )]
    EmbeddingSize {
        /// Features per token of the embedding.
        embedding: usize,
        /// Features that the recurrent layers read.
        recurrent: usize,
    },
    /// Without a head, the outputs are those of the recurrent layers.
    #[error(
        "outputs is {outputs}, but the recurrent layers give {recurrent}: a model without a head has as many"
    )]
    OutputsWithoutHead {
        /// Outputs asked for.
        outputs: usize,
        /// Outputs of the recurrent layers.
        recurrent: usize,
    },
    /// The targets are not among the features.
    #[error("past_size is {past_size}, but the {targets} targets are among the features of a row")]
    PastSize {
        /// Features of a row.
        past_size: usize,
        /// Targets of a row.
        targets: usize,
    },
    /// The recurrent layers read another number of features than a row has.
    #[error(
        "recurrent.input_size is {input_size}, but past_size is {past_size}: the direct network reads row after row"
    )]
    InputSize {
        /// Features that the recurrent layers read.
        input_size: usize,
        /// Features of a row.
        past_size: usize,
    },
    /// The window does not consist of whole segments.
    #[error(
        "network.length is {length}, but window is {window}: the window must be a multiple of a segment's length"
    )]
    SegmentLength {
        /// Rows of a segment.
        length: usize,
        /// Rows of the window.
        window: usize,
    },
    /// The segment-wise network with layers that run backwards too.
    #[error(
        "recurrent.bidirectional is true: the segment-wise network decodes from the state at the window's end"
    )]
    Bidirectional,
    /// The embedding of a segment has no room for position and target.
    #[error(
        "recurrent.input_size is 1: a segment's embedding needs at least 2, for position and target"
    )]
    EmbeddingWidth,
    /// The number of parameters overflows.
    #[error("the number of parameters does not fit this machine: make the sizes smaller")]
    TooManyParameters,
    /// The recurrent layers are at fault.
    #[error("recurrent.{0}")]
    Recurrent(#[from] tidegate_cells::Error),
}

/// An error of a model: it names the tensor, step, sequence or file at fault.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The configuration makes no model.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// A slice does not have the length that the configuration and the batch ask for, or the recurrent layers or the
    /// head refuse what they are given.
    #[error(transparent)]
    Cells(#[from] tidegate_cells::Error),
    /// Features were given to a model that reads tokens, or tokens to one that reads features.
    #[error("the model reads {expected}, but was given {found}")]
    InputKind {
        /// What the model reads.
        expected: &'static str,
        /// What it was given.
        found: &'static str,
    },
    /// A model that pools over a sequence's steps was asked for one step.
    #[error(
        "the model pools over all steps of a sequence, and its state holds the last one alone: run whole sequences with \
         Model::forward, or train a model that is read at the last step"
    )]
    Pooling,
    /// A token lies outside of the vocabulary.
    #[error("sequence {row}, step {step}: token {token} is outside of the vocabulary of {vocabulary} (0 to {})", vocabulary - 1)]
    Token {
        /// Index of the sequence in the batch.
        row: usize,
        /// Time step.
        step: usize,
        /// The token given.
        token: u32,
        /// Number of tokens that the model knows.
        vocabulary: usize,
    },
    /// A value of a window is infinite or not a number.
    #[error(
        "window {window}, row {row}, feature {feature} of what is {what} is {value}: every number has to be finite"
    )]
    Window {
        /// `past` or `known`.
        what: &'static str,
        /// Index of the window in the batch.
        window: usize,
        /// Row of the window or of the horizon.
        row: usize,
        /// The feature.
        feature: usize,
        /// The value given.
        value: f32,
    },
    /// A forecast grew beyond what a 32-bit float holds.
    #[error(
        "window {window}, row {row}, target {target}: the forecast is {value}: the weights are too large"
    )]
    Forecast {
        /// Index of the window in the batch.
        window: usize,
        /// Row of the horizon.
        row: usize,
        /// The target.
        target: usize,
        /// The number.
        value: f32,
    },
    /// A parameter is infinite or not a number.
    #[error("parameter {place} is {value}: parameters must be finite")]
    Parameter {
        /// The tensor's name with the index of the value.
        place: String,
        /// The value given.
        value: f32,
    },
    /// A value of the gradient of the outputs is infinite or not a number.
    #[error("output_gradient is not finite: {value} at {place}")]
    OutputGradient {
        /// Sequence, step and output.
        place: String,
        /// The value given.
        value: f32,
    },
    /// `backward` was called with a tape that does not hold a forward pass of this batch.
    #[error(
        "the tape holds no forward pass of this batch: call forward_training first, and backward once for each"
    )]
    Tape,
    /// A model file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: FileError,
    },
}

/// What is wrong with a model file, or why it cannot be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The file cannot be opened or read.
    #[error("cannot be read: {0}")]
    Read(#[source] std::io::Error),
    /// The file cannot be written; one that stood there before is as it was.
    #[error("cannot be written: {0}")]
    Write(#[source] std::io::Error),
    /// The path is a folder, a pipe or a device.
    #[error("is not a regular file: give the path of a model file")]
    NotRegular,
    /// The file holds another kind of network.
    #[error("holds {found}, where {expected} is expected")]
    OtherKind {
        /// What it holds.
        found: &'static str,
        /// What is expected.
        expected: &'static str,
    },
    /// The file ends before what it announces.
    #[error("is cut short: {expected} bytes announced, {found} found; fetch or save it again")]
    Truncated {
        /// Bytes that the file announces.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
    /// The file goes on after its last tensor.
    #[error("has {0} bytes after its last tensor: it is damaged, or no safetensors file")]
    Trailing(u64),
    /// The header is longer than any model needs.
    #[error(
        "announces a header of {found} bytes, more than the {limit} allowed: it is damaged, or no safetensors file"
    )]
    HeaderTooLarge {
        /// Bytes announced.
        found: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The header is not that of a safetensors file.
    #[error("is not a safetensors file: {0}")]
    NotSafetensors(String),
    /// A safetensors file of another program.
    #[error("is a safetensors file, but no Tidegate model: its metadata has no entry `tidegate`")]
    Foreign,
    /// The entry `tidegate` of the metadata does not describe a model.
    #[error("metadata entry `tidegate` does not describe a model: {0}")]
    Description(String),
    /// The file was written by another version.
    #[error(
        "has format version {found}, but this program reads version {supported}: use the version of Tidegate that wrote it"
    )]
    Version {
        /// The file's version.
        found: u64,
        /// The version that is read.
        supported: u64,
    },
    /// The configuration in the file makes no model.
    #[error("its configuration makes no model: {0}")]
    Configuration(#[from] ConfigurationError),
    /// The configuration asks for more than the file holds.
    #[error("its configuration asks for {expected} tensors, the file holds {found}")]
    TensorCount {
        /// Least number of tensors that the configuration asks for.
        expected: usize,
        /// Number of tensors in the file.
        found: usize,
    },
    /// A tensor is missing.
    #[error("tensor {0} is missing")]
    MissingTensor(String),
    /// A tensor has no place in the model.
    #[error("tensor {0} has no place in the model that the file describes")]
    UnexpectedTensor(String),
    /// A tensor has another shape than the configuration gives it.
    #[error("tensor {name} has shape {found:?}, expected {expected:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// Shape that follows from the configuration.
        expected: Vec<usize>,
        /// Shape in the file.
        found: Vec<usize>,
    },
    /// A tensor does not hold 32-bit floats.
    #[error("tensor {name} has type {found}, expected F32")]
    Type {
        /// The tensor.
        name: String,
        /// Type in the file.
        found: String,
    },
    /// A value is infinite or not a number.
    #[error("{place} is {value}: parameters must be finite")]
    NotFinite {
        /// The tensor's name with the index of the value.
        place: String,
        /// The value found.
        value: f32,
    },
    /// The parameters do not fit in memory.
    #[error("{0} parameters do not fit in memory")]
    Memory(usize),
    /// The model cannot be made from what the file holds.
    #[error(transparent)]
    Model(Box<ModelError>),
}

impl FileError {
    /// Names the file.
    #[must_use]
    pub fn of(self, path: &std::path::Path) -> ModelError {
        ModelError::File {
            path: path.to_owned(),
            source: self,
        }
    }
}
