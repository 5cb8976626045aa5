//! The options of `tidegate forecast`.

use std::path::PathBuf;

use clap::Args;

/// Forecast what comes after a file of readings.
///
/// The last window of each series is read, and the steps after its last row are forecast in the data's units, with the
/// quantiles that the model was trained for. They never cross. Columns that are known ahead need rows over the horizon: rows
/// at the end of the file without targets are such.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ForecastArguments {
    /// The model: a file that `tidegate train forecast` wrote
    pub(crate) model: PathBuf,

    /// The file of readings; - reads standard input
    pub(crate) data: PathBuf,

    /// Write a page with the readings and a fan of the quantiles after them
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Print one JSON document instead of a table and a chart
    #[arg(long)]
    pub(crate) json: bool,
}

const EXAMPLES: &str = "\
Examples:
  tidegate forecast load.safetensors recent.csv
  tidegate forecast etth1.safetensors recent.csv --json > forecast.json
  tail -n +1 recent.csv | tidegate forecast load.safetensors - --plot load.html

Exit status: 0 if all is forecast, 1 after an error, 2 for wrong options.";
