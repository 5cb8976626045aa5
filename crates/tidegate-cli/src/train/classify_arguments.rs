//! The options of `tidegate train classify`.

use clap::Args;

use super::arguments::RunArguments;
use crate::configuration::ClassifyConfiguration;

/// Train a model that sorts recordings into classes, or labels each of their steps.
///
/// Recordings are sequences of any lengths with the same channels. They are read from a file .ts of the UEA and UCR archives,
/// from a table with a row for each step (CSV, Parquet and others), from JSON lines, from one NumPy array, or from a folder of
/// such arrays. A share of the recordings of each class is held back: the epoch with the lowest loss on it is kept, and the
/// probabilities are calibrated on it by a temperature. Scaling is fitted on the others alone and kept in the model.
///
/// Small sets of recordings are measured by cross-validation with --folds: further models, each trained on the recordings but
/// one part, are measured on that part.
///
/// Options override the file of --config, which overrides the defaults. The configuration is kept beside the model as
/// OUT.toml. Ctrl-C keeps a checkpoint as OUT.checkpoint: `tidegate resume OUT` goes on and ends with the same bits as if
/// there had been no interruption.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TrainClassifyArguments {
    #[command(flatten)]
    pub(crate) run: RunArguments<ClassifyConfiguration>,
}

const EXAMPLES: &str = "\
Examples:
  tidegate train classify JapaneseVowels_TRAIN.ts -o vowels.safetensors
  tidegate train classify gestures.csv --label gesture --folds 5 -o gestures.safetensors --json
  tidegate train classify activity.csv --every-step --class-weights balanced -o activity.safetensors

Exit status: 0 if the model is written, 1 after an error, 2 for wrong options, 130 if interrupted.";
