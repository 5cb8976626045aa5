//! What may be wrong with a file of another library, or stand in the way of writing one.

/// Why a network was not read, or not written.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The recurrent layers refuse an option or a value.
    #[error(transparent)]
    Cells(#[from] tidegate_cells::Error),
    /// The model refuses its configuration, or its file cannot be read or written.
    #[error(transparent)]
    Model(#[from] tidegate_model::ModelError),
    /// A model file does not say what its task needs, or an option does not fit the task.
    #[error(transparent)]
    Task(Box<tidegate_train::TrainError>),
    /// The network asks for what the format, or a model file, cannot hold.
    #[error("{what} has no counterpart in {format}{}{remedy}", if remedy.is_empty() { "" } else { ": " })]
    NoCounterpart {
        /// What the network has, with its place: the layer, operator or attribute.
        what: String,
        /// The format that was asked for.
        format: &'static str,
        /// What to do instead; may be empty.
        remedy: String,
    },
    /// The network needs whole sequences.
    #[error(
        "{layer} {reason}: the network needs whole sequences and cannot advance one step at a time"
    )]
    NotStreamable {
        /// The layer, by its index and kind.
        layer: String,
        /// What it does.
        reason: &'static str,
    },
    /// The safetensors file is damaged, or is none.
    #[error("the file {0}")]
    File(#[from] tidegate_model::FileError),
    /// A kind of file that is not read here.
    #[error("the file is {what}: {remedy}")]
    NotRead {
        /// What it is.
        what: &'static str,
        /// How to get to a file that is read.
        remedy: &'static str,
    },
    /// A file of no kind that is known here.
    #[error(
        "the file is of no kind that is read: it begins with {found}; read are model files, parameters of PyTorch's modules as \
         safetensors, ONNX, JSON of RTNeural and models of Keras 3"
    )]
    UnknownKind {
        /// How it begins.
        found: String,
    },
    /// What the file holds can be read in more than one way.
    #[error("{what}: {remedy}")]
    Ambiguous {
        /// What is not said.
        what: String,
        /// How to say it.
        remedy: String,
    },
    /// The file is damaged or not what it is taken for.
    #[error("{place}: {reason}")]
    Malformed {
        /// Where: the tensor, layer, node or byte.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A node of a graph asks for what is not computed, or has no place where the graph is to go.
    #[error("{operator} of node {node}: {reason}")]
    Operator {
        /// The node, by name or place.
        node: String,
        /// Its operator, by the standard's name.
        operator: String,
        /// What is not computed, or does not fit.
        reason: String,
    },
    /// What was handed over to be computed does not fit.
    #[error("input {name}: {reason}")]
    Input {
        /// The input, by name.
        name: String,
        /// What is wrong, with the shapes or types.
        reason: String,
    },
}

// An error of many fields would make every result here large.
impl From<tidegate_train::TrainError> for ExchangeError {
    fn from(error: tidegate_train::TrainError) -> Self {
        ExchangeError::Task(Box::new(error))
    }
}
