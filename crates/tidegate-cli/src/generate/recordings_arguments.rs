//! The options of `tidegate generate` for files of recordings.

use clap::Args;

use super::arguments::OutputArguments;
use crate::arguments::number;

/// What a file of generated recordings is to be.
#[derive(Debug, Args)]
pub(crate) struct RecordingsArguments {
    #[command(flatten)]
    pub(crate) output: OutputArguments,

    /// Number of recordings
    #[arg(long, value_name = "N", default_value = "200", value_parser = number(1, 10_000))]
    pub(crate) recordings: usize,
}
