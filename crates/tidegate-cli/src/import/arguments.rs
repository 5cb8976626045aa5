//! The options of `tidegate import`.

use std::path::PathBuf;

use clap::Args;

use crate::foreign::ReadingArguments;

/// Make a model file of a network of another library.
///
/// What kind of file it is, its content says: ONNX, a model of Keras (.keras, or a whole one in .h5), the parameters of a
/// PyTorch module as safetensors (its state_dict), or JSON of RTNeural. The model computes what the file says; what a model
/// file cannot hold is refused by name. Files of PyTorch with a pickle in them (.pt, .pth) become such files through the
/// Python package.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArguments {
    /// The file to read
    pub(crate) file: PathBuf,

    /// The model file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

const EXAMPLES: &str = "\
Examples:
  tidegate import model.onnx -o model.safetensors
  tidegate import state.safetensors -o model.safetensors --layers gru,last,head.0,relu,head.2
  tidegate import model.keras -o model.safetensors
  tidegate import lstm_torch.json -o model.safetensors

Exit status: 0 if all is done, 1 after an error, 2 for wrong options.";
