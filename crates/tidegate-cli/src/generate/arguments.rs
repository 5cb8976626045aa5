//! The options of `tidegate generate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::corpus_arguments::{MusicArguments, TextArguments};
use super::machine::MachineArguments;
use super::model_arguments::ModelArguments;
use super::readings_arguments::ReadingsArguments;
use super::recordings_arguments::RecordingsArguments;

/// Generate a file from a seed, to learn and to test with; or text or music with a trained model.
///
/// The same options give the same file. The rows of a shorter file of readings are those that a longer one begins with, so that
/// one can be held against the other: forecast after the shorter, and look into the longer for what came.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GenerateArguments {
    #[command(subcommand)]
    pub(crate) kind: GenerateKind,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GenerateKind {
    /// Hourly electric load of three kinds of consumers, a column for each, and the temperature
    Load(ReadingsArguments),
    /// Daily sales of four shops below each other, with promotions and regions
    Sales(ReadingsArguments),
    /// The temperature of a machine every five minutes, with anomalies at known places
    Machine(MachineArguments),
    /// Movements of a hand, as acceleration along three axes: each recording has one of four labels
    Gestures(RecordingsArguments),
    /// What somebody does who wears a sensor, as acceleration along three axes: each step has one of four labels
    Activity(RecordingsArguments),
    /// Sentences of a small grammar, in English or Korean
    Text(TextArguments),
    /// Pieces of simple four-part harmony, as JSON
    Music(MusicArguments),
    Model(Box<ModelArguments>),
}

/// Where a generated file goes, and the seed that it comes from.
#[derive(Debug, Args)]
pub(crate) struct OutputArguments {
    /// Write it here [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Replace a file that is there
    #[arg(long, requires = "out")]
    pub(crate) force: bool,

    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: u64,
}

const EXAMPLES: &str = "\
Examples:
  tidegate generate load -o load.csv
  tidegate generate load --rows 2000 --ahead 24 -o recent.csv
  tidegate generate load --missing 0.05 --seed 7 -o load-with-gaps.csv
  tidegate generate sales | tidegate inspect -
  tidegate generate machine --labels labels.json -o machine.csv
  tidegate generate gestures --recordings 400 -o gestures.csv
  tidegate generate text --language korean -o stories.txt
  tidegate generate stories.safetensors --length 400

Exit status: 0 if the file is written, 1 after an error, 2 for wrong options.";
