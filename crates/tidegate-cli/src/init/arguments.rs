//! The options of `tidegate init`.

use std::path::PathBuf;

use clap::Args;

/// Write a configuration for a forecasting run, with a comment to each key.
///
/// With --data the file of readings is looked at, and its columns, and a window and a horizon that fit its frequency and
/// its length, are filled in. The file of readings stays as it is.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArguments {
    /// The configuration to write
    #[arg(default_value = "tidegate.toml")]
    pub(crate) file: PathBuf,

    /// The file of readings that the run is about
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,

    /// Replace a file that is there
    #[arg(long)]
    pub(crate) force: bool,
}

const EXAMPLES: &str = "\
Examples:
  tidegate init
  tidegate init --data load.csv load.toml
  tidegate train forecast --config load.toml -o load.safetensors

Exit status: 0 if the file is written, 1 after an error, 2 for wrong options.";
