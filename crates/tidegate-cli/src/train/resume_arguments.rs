//! The options of `tidegate resume`.

use std::path::PathBuf;

use clap::Args;

/// Go on with an interrupted training run.
///
/// OUT.checkpoint.toml, OUT.checkpoint and the data are read, and the model ends with the same bits as if there had been no
/// interruption. Data that has changed since is refused.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ResumeArguments {
    /// The model that the interrupted run was to write: its -o
    pub(crate) out: PathBuf,

    /// Write a page with the training curves
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(crate) json: bool,
}

const EXAMPLES: &str = "\
Examples:
  tidegate resume load.safetensors

Exit status: 0 if the model is written, 1 after an error, 2 for wrong options, 130 if interrupted again.";
