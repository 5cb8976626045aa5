//! The options of `tidegate backtest`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::arguments::number;

/// Backtest a forecasting model: forecast from many rows of the past as if each were the present.
///
/// From each origin the horizon is forecast by the model and, from the same history, by the naive, the seasonal naive and
/// the drift forecast. The last origin of each series is the last one whose horizon is in the file; the others lie whole
/// strides before it. The model stays as it is: it is not trained anew at each origin.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BacktestArguments {
    /// The model: a file that `tidegate train forecast` wrote
    pub(crate) model: PathBuf,

    /// The file of readings; - reads standard input
    pub(crate) data: PathBuf,

    /// Rows that are forecast: those of the test part (of a file without the rows of the training, all), or all, those that
    /// the model was trained on too
    #[arg(long, value_enum, default_value_t = PartName::Test)]
    pub(crate) part: PartName,

    /// Rows from one origin to the next [default: the horizon]
    #[arg(long, value_name = "N", value_parser = number(1, 1_000_000_000))]
    pub(crate) stride: Option<usize>,

    /// Origins of each series at most: the last ones [default: all]
    #[arg(long, value_name = "N", value_parser = number(1, 1_000_000_000))]
    pub(crate) origins: Option<usize>,

    /// End with exit status 3 where the model's MASE (where that is not defined, its scaled MAE) is not below that of the
    /// better one of naive and seasonal naive
    #[arg(long)]
    pub(crate) fail_if_worse_than_naive: bool,

    /// Write a page with the forecasts beside what came, and the errors
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,

    /// Print one JSON document instead of tables
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartName {
    /// The rows of the test part
    Test,
    /// All rows with a window before them
    All,
}

const EXAMPLES: &str = "\
Examples:
  tidegate backtest load.safetensors load.csv
  tidegate backtest load.safetensors load.csv --stride 1 --plot backtest.html
  tidegate backtest load.safetensors new.csv --origins 30 --fail-if-worse-than-naive --json

Exit status: 0 if all is measured, 1 after an error, 2 for wrong options, 3 with --fail-if-worse-than-naive where the model
is not better than naive forecasts: the results are printed still.";
