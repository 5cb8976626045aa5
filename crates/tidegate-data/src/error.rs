//! Everything that can be wrong with a sequence, a file or a task's options.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::kind::{InputKind, TargetKind};
use crate::polyphonic_music::MusicPlace;
use crate::splits::Split;
use crate::table::TableError;
use crate::text::TextError;

/// What is wrong, and where. Sequences, pieces, steps and channels are counted from 0, lines and
/// columns of a file from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A kind is declared with no features, tokens, values, classes or labels.
    #[error("the {side} kind is declared with size 0: give it at least 1")]
    ZeroSize {
        /// Input or target.
        side: Side,
    },

    /// A sequence without a step.
    #[error("sequence {sequence} has no steps: leave it out, or give it at least one")]
    NoSteps {
        /// Index of the sequence.
        sequence: usize,
    },

    /// A sequence's inputs are not of the kind that the set declares.
    #[error(
        "sequence {sequence} holds {found} ({found_size} a step) as inputs, but the set is \
         declared with {declared}"
    )]
    InputKindDiffers {
        /// Index of the sequence.
        sequence: usize,
        /// What the set declares.
        declared: InputKind,
        /// What the sequence holds.
        found: &'static str,
        /// Numbers a step in the sequence.
        found_size: usize,
    },

    /// The last step of a sequence lacks some of its features.
    #[error(
        "sequence {sequence}, step {step} holds {found} of {size} input features: the sequence \
         is cut short"
    )]
    StepCutShort {
        /// Index of the sequence.
        sequence: usize,
        /// The step that is not complete.
        step: usize,
        /// Features present in it.
        found: usize,
        /// Features that a step has.
        size: usize,
    },

    /// A sequence's targets are not of the kind that the set declares.
    #[error(
        "sequence {sequence} holds {found} as targets, but the set is declared with {declared}"
    )]
    TargetKindDiffers {
        /// Index of the sequence.
        sequence: usize,
        /// What the set declares.
        declared: TargetKind,
        /// What the sequence holds.
        found: &'static str,
    },

    /// A sequence has too many or too few targets for its supervised steps.
    #[error(
        "sequence {sequence} holds {found} target numbers and needs {expected}: {stored} for each of \
         its supervised steps, of which there are {supervised_steps}"
    )]
    TargetCount {
        /// Index of the sequence.
        sequence: usize,
        /// Steps that need a target.
        supervised_steps: usize,
        /// Numbers stored for each of them.
        stored: usize,
        /// Their product.
        expected: usize,
        /// Numbers present.
        found: usize,
    },

    /// A number is infinite or not a number.
    #[error(
        "sequence {sequence}, step {step}, {side} channel {channel} is {value}: every \
         number has to be finite"
    )]
    NotFinite {
        /// Input or target.
        side: Side,
        /// Index of the sequence.
        sequence: usize,
        /// Step in the sequence.
        step: usize,
        /// Channel in the step.
        channel: usize,
        /// The number found.
        value: f32,
    },

    /// A token is not in the vocabulary.
    #[error(
        "sequence {sequence}, step {step}: token {token} is not below the vocabulary's \
         size, {vocabulary}"
    )]
    TokenOutOfRange {
        /// Index of the sequence.
        sequence: usize,
        /// Step in the sequence.
        step: usize,
        /// The token found.
        token: u32,
        /// Size of the vocabulary.
        vocabulary: usize,
    },

    /// A class is not among those declared.
    #[error(
        "sequence {sequence}, step {step}: class {class} is not below the number of \
         classes, {count}"
    )]
    ClassOutOfRange {
        /// Index of the sequence.
        sequence: usize,
        /// Step in the sequence.
        step: usize,
        /// The class found.
        class: u32,
        /// Number of classes.
        count: usize,
    },

    /// A label is neither 0 nor 1.
    #[error("sequence {sequence}, step {step}: label {label} is {value}: a label has to be 0 or 1")]
    LabelNotBinary {
        /// Index of the sequence.
        sequence: usize,
        /// Step in the sequence.
        step: usize,
        /// Which label of the step.
        label: usize,
        /// The number found.
        value: f32,
    },

    /// The sets of a task do not hold the same kinds.
    #[error("the {split} set of {name} holds {found}, but the training set holds {expected}")]
    SplitsDiffer {
        /// The task.
        name: String,
        /// The set that differs from the training set.
        split: Split,
        /// What the training set holds.
        expected: String,
        /// What this set holds.
        found: String,
    },

    /// A subset cannot have that many sequences.
    #[error(
        "cannot choose {count} of {available} sequences: a subset has at least one and at most all of them"
    )]
    SubsetSize {
        /// Sequences asked for.
        count: usize,
        /// Sequences of the set.
        available: usize,
    },

    /// A task cannot be generated with such an option.
    #[error("{task}: {option} = {value}: {reason}")]
    ImpossibleOption {
        /// The task.
        task: &'static str,
        /// The option's name.
        option: &'static str,
        /// The option's value.
        value: String,
        /// Why it is impossible, and what would be possible.
        reason: String,
    },

    /// A file cannot be opened or read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },

    /// A folder stands where a file is expected.
    #[error("{} is a folder: name a file in it", path.display())]
    IsFolder {
        /// The folder.
        path: PathBuf,
    },

    /// A pipe or a device stands where a file is expected.
    #[error("{} is not a regular file: save it as one and name that", path.display())]
    NotRegular {
        /// The pipe or device.
        path: PathBuf,
    },

    /// A file of polyphonic music is not JSON, is cut short, or holds something else than lists of
    /// pitches.
    #[error("{}, line {line}, column {column} ({place}): {reason}", path.display())]
    MalformedMusic {
        /// The file.
        path: PathBuf,
        /// Line in the file.
        line: usize,
        /// Column in the line, in bytes.
        column: usize,
        /// How far the reader had come in the music.
        place: MusicPlace,
        /// What is wrong.
        reason: String,
    },

    /// A pitch is not on the piano.
    #[error(
        "{}, line {line}, column {column} ({place}): pitch {pitch} is not on the piano, \
         which has the MIDI pitches 21 to 108",
        path.display()
    )]
    PitchOutOfRange {
        /// The file.
        path: PathBuf,
        /// Line in the file.
        line: usize,
        /// Column in the line, in bytes.
        column: usize,
        /// Split, piece and step.
        place: MusicPlace,
        /// The pitch found.
        pitch: i128,
    },

    /// A file of polyphonic music lacks one of its three sets.
    #[error(
        "{}: the key \"{}\" is missing: a file of music has the keys train, valid and test",
        path.display(),
        split.key()
    )]
    MissingSplit {
        /// The file.
        path: PathBuf,
        /// The set that is missing.
        split: Split,
    },

    /// A set of a file of polyphonic music holds no piece.
    #[error("{}: the {split} set holds no piece: give it at least one", path.display())]
    EmptySplit {
        /// The file.
        path: PathBuf,
        /// The set that is empty.
        split: Split,
    },

    /// A piece has no steps.
    #[error("{}: {split} set, piece {piece} has no steps: leave the piece out", path.display())]
    EmptyPiece {
        /// The file.
        path: PathBuf,
        /// The set with the piece.
        split: Split,
        /// Index of the piece.
        piece: usize,
    },

    /// A CSV file is not a table of numbers below a header.
    #[error("{}, line {line}{}: {reason}", path.display(), in_column(column))]
    MalformedTable {
        /// The file.
        path: PathBuf,
        /// Line in the file.
        line: u64,
        /// Number of the column, from 1, and its name, where one column is at fault.
        column: Option<(usize, String)>,
        /// What is wrong, and what is expected.
        reason: String,
    },

    /// A file of readings holds no table.
    #[error("{}: {error}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        error: TableError,
    },

    /// A file of text is empty, or is not what its tokens are to be.
    #[error("{}: {error}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        error: TextError,
    },

    /// A `.npy` file is not an array of real numbers `[steps, features]` or `[steps]`.
    #[error("{}: {reason}", path.display())]
    MalformedArray {
        /// The file.
        path: PathBuf,
        /// What is wrong, where, and what is expected.
        reason: String,
    },
}

/// The side of a sequence that an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What a model reads.
    Input,
    /// What a model is asked for.
    Target,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Input => "input",
            Side::Target => "target",
        })
    }
}

fn in_column(column: &Option<(usize, String)>) -> String {
    match column {
        Some((number, name)) => format!(", column {number} ({name:?})"),
        None => String::new(),
    }
}
