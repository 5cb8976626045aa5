//! The options of `tidegate train next`.

use clap::Args;

use super::arguments::RunArguments;
use crate::configuration::NextConfiguration;

/// Train a model that says what comes next in a text or in music.
///
/// A text is predicted character by character, or byte by byte; its last tenth is held back, and the epoch with the lowest
/// loss on it is kept. Music is a JSON file {"train": [piece, ...], "valid": ..., "test": ...}, where a piece is a list of
/// steps and a step is the list of the MIDI pitches (21 to 108) that sound: it is predicted note by note, and measured once on
/// its test set. `tidegate generate OUT` then writes more of its kind.
///
/// Options override the file of --config, which overrides the defaults. The configuration is kept beside the model as
/// OUT.toml. Ctrl-C keeps a checkpoint as OUT.checkpoint: `tidegate resume OUT` goes on and ends with the same bits as if
/// there had been no interruption.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TrainNextArguments {
    #[command(flatten)]
    pub(crate) run: RunArguments<NextConfiguration>,
}

const EXAMPLES: &str = "\
Examples:
  tidegate train next input.txt -o shakespeare.safetensors
  tidegate train next jsb_chorales.json -o bach.safetensors --plot bach.html
  tidegate train next novel.txt --tokens bytes --hidden 512 --epochs 10 -o novel.safetensors --json

Exit status: 0 if the model is written, 1 after an error, 2 for wrong options, 130 if interrupted.";
