//! The options of `tidegate classify`.

use std::path::PathBuf;

use clap::Args;

use super::ReadingArguments;

/// Classify recordings, or label each of their steps.
///
/// One line is written for each recording, with its class and the probability of every class; for a model that was trained
/// with --every-step, one line for each step. Probabilities are calibrated: of the recordings that are given a class with 80 %,
/// about 80 % should be of it. Labels in the file are not looked at.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ClassifyArguments {
    /// The model: a file that `tidegate train classify` wrote
    pub(crate) model: PathBuf,

    /// The recordings; - reads standard input
    pub(crate) data: PathBuf,

    /// Write the lines here [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Write JSON, one object on a line, instead of CSV
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

const EXAMPLES: &str = "\
Examples:
  tidegate classify vowels.safetensors JapaneseVowels_TEST.ts
  tidegate classify gestures.safetensors new.csv -o classes.csv
  tidegate classify activity.safetensors day.csv --json | head

Exit status: 0 if all is classified, 1 after an error, 2 for wrong options.";
