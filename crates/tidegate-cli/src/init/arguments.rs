//! The options of `tidegate init`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tidegate_train::ModelTask;

/// Write a configuration for a training run, with a comment to each key.
///
/// With --data the data is named in it. For forecasting the file of readings is also looked at, and its columns, and a window
/// and a horizon that fit its frequency and its length, are filled in. The data stays as it is.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArguments {
    /// The configuration to write
    #[arg(default_value = "tidegate.toml")]
    pub(crate) file: PathBuf,

    /// What the run is to train for
    #[arg(long, value_enum, default_value_t = TaskName::Forecast)]
    pub(crate) task: TaskName,

    /// The data that the run is about
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,

    /// Replace a file that is there
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TaskName {
    /// To forecast readings
    Forecast,
    /// To classify recordings, or to label their steps
    Classify,
    /// To detect anomalies in a stream
    Detect,
    /// To go on with a text or with music
    Next,
}

impl From<TaskName> for ModelTask {
    fn from(name: TaskName) -> ModelTask {
        match name {
            TaskName::Forecast => ModelTask::Forecast,
            TaskName::Classify => ModelTask::Classify,
            TaskName::Detect => ModelTask::Detect,
            TaskName::Next => ModelTask::Next,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  tidegate init
  tidegate init --data load.csv load.toml
  tidegate init --task classify --data gestures.csv gestures.toml
  tidegate train forecast --config load.toml -o load.safetensors

Exit status: 0 if the file is written, 1 after an error, 2 for wrong options.";
