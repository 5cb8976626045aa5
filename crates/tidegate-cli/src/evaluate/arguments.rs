//! The options of `tidegate evaluate`.

use std::path::PathBuf;

use clap::Args;

use crate::classify::ReadingArguments;

/// Measure a model on data that it was not trained on, by what its task asks for.
///
/// A forecasting model is measured on a file of readings, beside naive forecasts. Of a file that holds the rows that the model
/// was trained on, the rows of its test part are forecast; of another file all rows that have a window before them. Errors are
/// means over all steps of all forecasts, on the scaled values, as the literature states them, and in the data's units.
///
/// A classifier is measured on labelled recordings: accuracy, macro F1 (the mean of the classes' F1), negative log-likelihood
/// and expected calibration error of its probabilities, precision, recall and F1 of each class, and which class is taken for
/// which.
///
/// A detector is measured on a file of readings with --labels: windows met, false alarms, precision, recall, and the score of the
/// Numenta Anomaly Benchmark. Rows that it was fitted on do not count.
///
/// A next-step model is measured on a text or on music: nats and bits of a character, byte or note, and perplexity; of music
/// also nats of a step.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EvaluateArguments {
    /// The model: a file that `tidegate train` wrote
    pub(crate) model: PathBuf,

    /// The data; - reads standard input
    pub(crate) data: PathBuf,

    /// Windows in which something was unusual, for a detector: a JSON file such as that of the Numenta Anomaly Benchmark
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,

    /// Which windows of --labels are those of the data [default: those whose path ends with its name]
    #[arg(long, value_name = "KEY", requires = "labels")]
    pub(crate) label_key: Option<String>,

    /// Write a page: the last forecast beside what came, which class is taken for which, or scores and alarms beside the windows
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) reading: ReadingArguments,
}

const EXAMPLES: &str = "\
Examples:
  tidegate evaluate load.safetensors load.csv
  tidegate evaluate etth1.safetensors ETTh1.csv --json
  tidegate evaluate machine.safetensors machine.csv --labels labels.json
  tidegate evaluate vowels.safetensors JapaneseVowels_TEST.ts --plot vowels.html

Exit status: 0 if all is measured, 1 after an error, 2 for wrong options.";
