//! The options of `tidegate run`.

use std::path::PathBuf;

use clap::Args;

use crate::foreign::{ReadingArguments, TaskArguments};

/// Run a model, or a network of another library, over a sequence.
///
/// The network starts from states of zero. Without --output its outputs are printed, one line for each step, or one for the
/// whole sequence where the network gives one answer. A classifier reads the recordings' own numbers and gives
/// probabilities, a regressor the targets in their units. Any file that tidegate import reads can be run, also one that no model file can hold; a graph of ONNX
/// that is no chain of layers is run as it stands; its float inputs beside the sequence, such as initial states, are zeros.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunArguments {
    /// The model, or a file of another library
    pub(crate) model: PathBuf,

    /// The sequence: rows of numbers separated by commas, one for each step (.csv), or a NumPy array [steps, features] or
    /// [steps, batch, features] (.npy); of tokens [steps] or [steps, batch]. Of Keras' models, and of ONNX files that have the batch
    /// first, [batch, steps, features], and so are the outputs
    pub(crate) data: PathBuf,

    /// Write the outputs as a NumPy array (.npy), or as rows of numbers separated by commas, as they are printed (.csv)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Feed the sequence step by step, as a stream
    #[arg(long)]
    pub(crate) step: bool,

    #[command(flatten)]
    pub(crate) task: TaskArguments,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

const EXAMPLES: &str = "\
Examples:
  tidegate run model.safetensors sequence.csv
  tidegate run model.onnx sequence.npy -o outputs.npy
  tidegate run gru.json sequence.csv --step

Exit status: 0 if all is done, 1 after an error, 2 for wrong options.";
