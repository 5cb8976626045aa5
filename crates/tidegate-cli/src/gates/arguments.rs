//! The options of `tidegate gates`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use tidegate_data::Split;
use tidegate_study::Language;
use tidegate_study::gates::Part;

use crate::arguments::{TaskName, number};

/// Show what the gates of a trained model do on a sequence.
///
/// Each unit of each layer gets its time constant, -1/ln(mean z) in steps, the mean of its gates and the steps at which its
/// hidden state changes most; the units that remember longest come first. The update gate z of a GRU keeps the old state:
/// z = 1 remembers.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct GatesArguments {
    /// The model: a .safetensors file that `tidegate compare --out` or `tidegate train` wrote, but for forecasters
    pub(crate) model: PathBuf,

    /// The sequence: a table of numbers with a header and one column per feature (.csv), a NumPy array [steps, features] or
    /// [steps] (.npy), or polyphonic music as for `tidegate compare --data` (.json). For a model of `tidegate train`: a file
    /// such as it was trained on, which is scaled as in training, or read as its tokens; for one of SequenceRegressor a table or
    /// array, which is scaled. For another model that reads tokens: whole numbers, one for each step (.csv, .npy)
    #[arg(conflicts_with = "task")]
    pub(crate) data: Option<PathBuf>,

    /// Instead of a file: a sequence of the task that the model was trained on
    #[arg(long, value_enum)]
    pub(crate) task: Option<TaskName>,

    /// Steps of a sequence; for copy memory, steps between a symbol and its recall [default: 100, Mackey-Glass 200]
    #[arg(long, value_name = "N", requires = "task", conflicts_with = "data", value_parser = number(1, 10_000_000))]
    pub(crate) length: Option<usize>,

    /// The set of a task or of music that the sequence is from [default: test]
    #[arg(long, value_enum)]
    pub(crate) split: Option<SplitName>,

    /// Which sequence of a task, piece of music or recording, counted from 0 [default: 0]
    #[arg(long, value_name = "N", value_parser = number(0, u64::from(u32::MAX)))]
    pub(crate) sequence: Option<usize>,

    /// Steps that page and picture show, the first and the one after the last; tables, numbers and arrays are of all steps
    /// [default: all, or the first 2,000]
    #[arg(long, value_name = "A..B", value_parser = part)]
    pub(crate) steps: Option<Part>,

    /// Write gates.html, gates.png, gates.json and every array as .npy into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// Language of page and picture
    #[arg(long, value_enum, default_value_t = LanguageName::En, requires = "out")]
    pub(crate) language: LanguageName,

    /// Print gates.json instead of a table
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SplitName {
    /// What the model was trained on
    Train,
    /// What its training was chosen on
    Valid,
    /// What it never saw
    Test,
}

impl From<SplitName> for Split {
    fn from(name: SplitName) -> Split {
        match name {
            SplitName::Train => Split::Train,
            SplitName::Valid => Split::Valid,
            SplitName::Test => Split::Test,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageName {
    /// English
    En,
    /// Korean
    Ko,
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Language {
        match name {
            LanguageName::En => Language::English,
            LanguageName::Ko => Language::Korean,
        }
    }
}

/// Reads `A..B`, `A..` or `..B`.
fn part(text: &str) -> Result<Part, String> {
    let expected =
        || "expected A..B, such as 0..100: the first step and the one after the last".to_owned();
    let (start, end) = text.split_once("..").ok_or_else(expected)?;
    let side = |text: &str| match text.trim() {
        "" => Ok(None),
        text => usize::from_str(text).map(Some).map_err(|_| expected()),
    };
    let part = Part {
        start: side(start)?,
        end: side(end)?,
    };
    match (part.start.unwrap_or(0), part.end) {
        (start, Some(end)) if start >= end => {
            Err("the first step must be below the end".to_owned())
        }
        _ => Ok(part),
    }
}

const EXAMPLES: &str = "\
Examples:
  tidegate gates results/gru-seed1.safetensors --task adding --length 50
  tidegate gates results/lstm-seed1.safetensors music.json --split valid --sequence 3 --out gates
  tidegate gates model.safetensors measurements.csv --steps 0..500 --out gates --json > gates.json

Exit status: 0 if all is done, 1 after an error, 2 for wrong options.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_with_either_side_left_out() {
        let of = |start, end| Ok(Part { start, end });
        assert_eq!(part("3..10"), of(Some(3), Some(10)));
        assert_eq!(part("3.."), of(Some(3), None));
        assert_eq!(part("..10"), of(None, Some(10)));
        for text in ["", "3", "a..b", "-1..3", "3...9", "1.5..2"] {
            assert!(part(text).unwrap_err().contains("A..B"), "{text}");
        }
        for text in ["3..3", "9..3", "..0"] {
            assert!(part(text).unwrap_err().contains("below the end"), "{text}");
        }
    }
}
