//! The options of `tidegate train detect`.

use clap::Args;

use super::arguments::RunArguments;
use crate::configuration::DetectConfiguration;

/// Fit a detector of anomalies on the first part of a file of readings.
///
/// A network learns to predict the next reading, on the first 15 % of the rows (--first). These are cut into four blocks; each
/// is held back once, and from the errors on what was held back comes what is usual. An alarm is raised where a reading, the
/// errors of a span of readings, or the level is so unusual that it may happen by chance as often as --false-alarms says.
/// `tidegate detect OUT < FILE` then scores a stream line by line.
///
/// Options override the file of --config, which overrides the defaults. The configuration is kept beside the model as
/// OUT.toml. Ctrl-C keeps a checkpoint as OUT.checkpoint: `tidegate resume OUT` goes on and ends with the same bits as if
/// there had been no interruption.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TrainDetectArguments {
    #[command(flatten)]
    pub(crate) run: RunArguments<DetectConfiguration>,
}

const EXAMPLES: &str = "\
Examples:
  tidegate train detect machine.csv --time timestamp --targets value -o machine.safetensors
  tidegate train detect usual-days.csv --first 1 --false-alarms 1/year -o pump.safetensors
  tidegate train detect sensors.csv --targets pressure,flow --false-alarms 1/50000 -o sensors.safetensors --json

Exit status: 0 if the model is written, 1 after an error, 2 for wrong options, 130 if interrupted.";
