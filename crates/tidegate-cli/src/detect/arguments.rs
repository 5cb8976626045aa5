//! The options of `tidegate detect`.

use std::path::PathBuf;

use clap::Args;
use tidegate_train::FalseAlarms;

/// Score a stream of readings, line by line, and raise alarms.
///
/// Reads CSV from standard input and writes one line for each line: the time as it stands there, the score, which is −log10 of
/// the probability of a reading this unusual, and whether an alarm is raised at it, 1 or 0. A header gives a header. A line that
/// is no reading gives a line without score and alarm, is named on standard error, and makes the exit status 3.
///
/// With --state, what is remembered of the stream is kept in a file: before the first line, if the file is there, the command
/// goes on from it. It is written after the lines that it covers, every second, at the end, and when the command is asked to end
/// (Ctrl-C, SIGTERM); `lines` in it says how many lines it has seen. After a kill that cannot be noticed, send the lines after
/// those; with --input they are found by themselves.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DetectArguments {
    /// The model: a file that `tidegate train detect` wrote
    pub(crate) model: PathBuf,

    /// Read this file; - reads standard input [default: standard input]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,

    /// Keep what is remembered of the stream in this file, and go on from it
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,

    /// Keep learning what is usual. What is learnt belongs to the state; the model stays as it is
    #[arg(long)]
    pub(crate) learn: bool,

    /// False alarms that are put up with, such as 1/month or 1/10000 readings [default: those that the model was fitted for]
    #[arg(long, value_name = "RATE")]
    pub(crate) false_alarms: Option<FalseAlarms>,

    /// Write a JSON object for each reading instead of a line of CSV
    #[arg(long)]
    pub(crate) json: bool,

    /// Write a page with readings, scores and alarms
    #[arg(
        long,
        value_name = "FILE",
        requires = "input",
        conflicts_with = "state"
    )]
    pub(crate) plot: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  tidegate detect machine.safetensors < readings.csv > scores.csv
  tail -n +1 -f readings.csv | tidegate detect machine.safetensors --state machine.state --learn
  tidegate detect machine.safetensors --input readings.csv --plot readings.html > scores.csv
  tidegate detect machine.safetensors --false-alarms 1/year --json < readings.csv

Exit status: 0 if all lines are scored, 1 after an error, 2 for wrong options, 3 if lines were passed over, 130 if interrupted.";
