//! The options of `tidegate evaluate`.

use std::path::PathBuf;

use clap::Args;

/// Measure a forecasting model on a file of readings, beside naive forecasts.
///
/// Of a file that holds the rows that the model was trained on, the rows of its test part are forecast; of another file all
/// rows that have a window before them. Errors are means over all steps of all forecasts, on the scaled values, as the
/// literature states them, and in the data's units.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EvaluateArguments {
    /// The model: a file that `tidegate train forecast` wrote
    pub(crate) model: PathBuf,

    /// The file of readings; - reads standard input
    pub(crate) data: PathBuf,

    /// Windows in which something was unusual, for a detector: a JSON file such as that of the Numenta Anomaly Benchmark
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,

    /// Which windows of --labels are those of the data [default: those whose path ends with its name]
    #[arg(long, value_name = "KEY", requires = "labels")]
    pub(crate) label_key: Option<String>,

    /// Write a page with the last forecast beside what came
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(crate) json: bool,
}

const EXAMPLES: &str = "\
Examples:
  tidegate evaluate load.safetensors load.csv
  tidegate evaluate etth1.safetensors ETTh1.csv --json

Exit status: 0 if all is measured, 1 after an error, 2 for wrong options.";
