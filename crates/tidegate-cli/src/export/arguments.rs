//! The options of `tidegate export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::foreign::{ReadingArguments, TaskArguments};

/// Write a model as a file of another library.
///
/// ONNX files hold real GRU, LSTM or RNN operators, with states as inputs and outputs and any number of steps and sequences. What was
/// written is read again and run beside the model, and the largest difference is said. A classifier goes with its scaling and
/// its softmax, from the recordings' own numbers to probabilities; an ONNX file keeps the names of channels and classes in
/// its metadata. Any file that tidegate import reads can be given in place of a model.
///
/// A forecaster goes to ONNX, from windows of the readings to the forecast and its quantiles, with any number of windows at
/// once. Its numbers are in the data's units, unless its series have scalings of their own: these go into the metadata
/// then, and the file reads and gives scaled numbers. The metadata names the columns of its inputs.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExportArguments {
    /// The model, or a file of another library
    pub(crate) model: PathBuf,

    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// The format [default: by the name of the file: .onnx, .safetensors for PyTorch, .json for RTNeural]
    #[arg(long, value_enum)]
    pub(crate) format: Option<FormatName>,

    /// What an ONNX file computes at once [default: sequence]
    #[arg(long, value_enum)]
    pub(crate) preset: Option<PresetName>,

    #[command(flatten)]
    pub(crate) task: TaskArguments,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    /// ONNX
    Onnx,
    /// The parameters of a PyTorch module, as safetensors
    Pytorch,
    /// JSON of RTNeural
    Rtneural,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PresetName {
    /// Whole sequences
    Sequence,
    /// One step, with the states before it and after it
    Step,
}

const EXAMPLES: &str = "\
Examples:
  tidegate export model.safetensors -o model.onnx
  tidegate export model.safetensors -o step.onnx --preset step
  tidegate export forecaster.safetensors -o forecaster.onnx
  tidegate export classifier.safetensors -o network.safetensors --format pytorch --scaled --logits

Exit status: 0 if all is done, 1 after an error, 2 for wrong options.";
