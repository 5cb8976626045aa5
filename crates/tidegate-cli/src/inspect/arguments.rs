//! The options of `tidegate inspect`.

use std::path::PathBuf;

use clap::Args;

/// Show what is in a file of readings, and what would be wrong with it for forecasting.
///
/// The file is read as Tidegate reads it: its format, its columns, the column of times with frequency, gaps,
/// repeated times and steps backwards, and whether it holds one series or many. Nothing is filled in or left out, and
/// the file stays as it is.
///
/// Times without an offset are taken as they are written, as if they were in UTC: in local times, a change to summer time
/// shows as a gap, and the change back as repeated times.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InspectArguments {
    /// The file, known by its content: CSV with a header (separated by commas, semicolons or tabs), JSON lines, Parquet,
    /// Arrow IPC (Feather), or NumPy's .npy and .npz; - reads standard input
    pub(crate) data: PathBuf,

    /// The column of times; year stands for the columns year, month, day, hour, minute, second [default: found by name or
    /// content]
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,

    /// Take the day as first in dates such as 1/7/2016 [default: as the column's dates allow]
    #[arg(long, conflicts_with = "month_first")]
    pub(crate) day_first: bool,

    /// Take the month as first in dates such as 7/1/2016
    #[arg(long)]
    pub(crate) month_first: bool,

    /// Print one JSON document instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

const EXAMPLES: &str = "\
Examples:
  tidegate inspect load.csv
  tidegate inspect load.csv --time measured_at --json > load.json
  tidegate inspect load.parquet
  tidegate inspect load.csv --month-first
  zcat load.csv.gz | tidegate inspect -

Exit status: 0 if the file is a table, whatever is wrong with it for forecasting, 1 after an error, 2 for wrong options.";
