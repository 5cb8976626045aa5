//! Everything that keeps files from being recordings, and recordings from being classified.

use std::path::PathBuf;

use crate::error::DataError;
use crate::table::{Place, quoted};
use crate::time_column::TimeError;

use super::recording::{Recording, RecordingPlace};

/// What is wrong, and where. Steps and channels are counted from 0, lines and rows of a file from 1.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingsError {
    /// There is no file to read, or it holds no table.
    #[error(transparent)]
    Data(Box<DataError>),

    /// The column that orders the rows does not hold times.
    #[error("{}: {error}", path.display())]
    Time {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        error: TimeError,
    },

    /// The file does not follow its format.
    #[error("{place}: {reason}")]
    Malformed {
        /// Where.
        place: RecordingPlace,
        /// What is wrong, and what is expected.
        reason: String,
    },

    /// There is no recording.
    #[error("{}: the file holds no recordings", path.display())]
    NoRecordings {
        /// The file.
        path: PathBuf,
    },

    /// A column or a key that is asked for does not exist.
    #[error(
        "{}: no column is called {name:?} ({role}){}: the columns are {}",
        path.display(),
        nearest.as_ref().map_or(String::new(), |name| format!(", did you mean {name:?}?")),
        columns.join(", ")
    )]
    NoSuchColumn {
        /// The file.
        path: PathBuf,
        /// What it is asked for, such as `label`.
        role: &'static str,
        /// The name.
        name: Box<str>,
        /// A column whose name is near.
        nearest: Option<Box<str>>,
        /// The columns.
        columns: Vec<String>,
    },

    /// One column has two roles.
    #[error("{}: column {column:?} cannot be both {first} and {second}: give it one role", path.display())]
    TwoRoles {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// One role.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },

    /// No column is left to be a channel.
    #[error(
        "{}: no column of numbers is left as a channel{}",
        path.display(),
        if unused.is_empty() { String::new() } else { format!("; no numbers are in {}", unused.join(", ")) }
    )]
    NoChannels {
        /// The file.
        path: PathBuf,
        /// Columns without another role, none of numbers.
        unused: Vec<String>,
    },

    /// A channel holds a text.
    #[error(
        "{place}, column {column:?}: {cell:?} is not a number, and a channel holds numbers: correct the cell, or leave the \
         column out of the channels"
    )]
    NotANumber {
        /// Where.
        place: RecordingPlace,
        /// The channel.
        column: String,
        /// The text, shortened.
        cell: Box<str>,
    },

    /// A row says nothing of its recording.
    #[error("{place}, column {column:?}: the cell that names the recording is empty")]
    NoId {
        /// Where.
        place: RecordingPlace,
        /// The column.
        column: String,
    },

    /// Two recordings have one name.
    #[error(
        "{place}: the recording {name:?} stands in {first} already: give each a name of its own"
    )]
    RepeatedName {
        /// The second one.
        place: RecordingPlace,
        /// The name, shortened.
        name: Box<str>,
        /// The first one.
        first: Place,
    },

    /// Two rows of a recording have one time.
    #[error(
        "{place}, recording {recording:?}: the time {time} stands in {first} already: a recording has one row for each time"
    )]
    RepeatedTime {
        /// The second row.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// The time.
        time: Box<str>,
        /// The first row.
        first: Place,
    },

    /// A recording has no steps.
    #[error("{place}: recording {recording:?} has no steps: leave it out, or give it at least one")]
    NoSteps {
        /// Where.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
    },

    /// A recording has more or fewer channels than the others.
    #[error(
        "{place}: recording {recording:?} has {}, and {}{expected}: all recordings have the same",
        counted(*found, "channel"),
        if *declared { "the header says " } else { "those before have " }
    )]
    ChannelCount {
        /// Where.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// Its channels.
        found: usize,
        /// Channels of the others.
        expected: usize,
        /// Whether the header says how many there are.
        declared: bool,
    },

    /// The channels of a recording end at different steps.
    #[error(
        "{place}: in recording {recording:?}, channel {channel:?} has {} where the first has {expected}: the channels of a \
         recording are equally long",
        counted(*found, "step")
    )]
    ChannelLength {
        /// Where.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// The channel.
        channel: Box<str>,
        /// Its steps.
        found: usize,
        /// Steps of the first channel.
        expected: usize,
    },

    /// A value is missing, or not finite.
    #[error(
        "{place}: in recording {recording:?}, step {step}, channel {channel:?} {}: every number has to be finite; fill it in, \
         or leave the recording out",
        if value.is_nan() { "is missing".to_owned() } else { format!("is {value}, infinite or beyond 32-bit floats") }
    )]
    NotFinite {
        /// Where the recording begins, or the row.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// The step.
        step: usize,
        /// The channel.
        channel: Box<str>,
        /// Not a number where it is missing.
        value: f32,
    },

    /// A recording has two labels.
    #[error(
        "{}, recording {recording:?}: the label is {first:?} in {} and {second:?} in {second_place}: a recording has one \
         label; if each step has its own, say so with --every-step{}",
        place.path.display(),
        place.place.map_or_else(String::new, |place| place.to_string()),
        if *has_ids { "" } else { "; if the file has several recordings, name the column that tells them apart with --id" }
    )]
    TwoLabels {
        /// Where the first one is.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// The first label, shortened.
        first: Box<str>,
        /// The second one, shortened.
        second: Box<str>,
        /// Where it is.
        second_place: Place,
        /// Whether a column tells recordings apart.
        has_ids: bool,
    },

    /// Some steps of a recording have a label and others have none.
    #[error(
        "{place}, recording {recording:?}: the label is missing, and other steps have one: give each step one"
    )]
    StepWithoutLabel {
        /// Where.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
    },

    /// Not as many labels as steps.
    #[error(
        "{place}: recording {recording:?} has {}, and {labels} labels: give each step one",
        counted(*steps, "step")
    )]
    LabelCount {
        /// Where.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// Its steps.
        steps: usize,
        /// Its labels.
        labels: usize,
    },

    /// A label is not among those that the header declares.
    #[error(
        "{place}: the label {label:?} of recording {recording:?} is not among those of @classLabel, which are {}",
        listed(declared)
    )]
    UndeclaredLabel {
        /// Where.
        place: RecordingPlace,
        /// The recording.
        recording: Box<str>,
        /// The label, shortened.
        label: Box<str>,
        /// The declared ones.
        declared: Vec<String>,
    },

    /// Labels for each step are asked for where the file has one for each recording, or the other way round.
    #[error(
        "{place}: recording {recording:?} has {}",
        if *every_step {
            "one label for the whole, and one for each step is expected: leave out --every-step"
        } else {
            "a label for each step, and one for the whole is expected: if each step has its own, say so with --every-step"
        }
    )]
    LabelKind {
        /// Where.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// Whether labels for each step are asked for.
        every_step: bool,
    },

    /// The recordings would not fit in memory.
    #[error("{place}: the file holds more than {limit} {what}: keep those that matter")]
    TooLarge {
        /// How far the file is read.
        place: RecordingPlace,
        /// How many are read.
        limit: usize,
        /// Of what.
        what: &'static str,
    },

    /// A folder holds no arrays.
    #[error("{}: the folder holds no .npy files, nor do its sub-folders", path.display())]
    NoArrays {
        /// The folder.
        path: PathBuf,
    },

    /// A folder holds sub-folders with arrays, and something else that would say what their labels are.
    #[error(
        "{}: the folder holds sub-folders, whose names are labels, and {with}: keep one of them",
        path.display()
    )]
    MixedFolder {
        /// The folder.
        path: PathBuf,
        /// What else.
        with: &'static str,
    },

    /// A folder of arrays holds something else.
    #[error(
        "{}: not a .npy file: a folder of recordings holds .npy files and labels.csv, or sub-folders of .npy files, and \
         nothing else; move it elsewhere",
        path.display()
    )]
    ForeignFile {
        /// The file or folder.
        path: PathBuf,
    },

    /// A file that is given a label does not exist.
    #[error("{place}: the folder holds no file {file:?}, and it is given a label")]
    NoSuchFile {
        /// Where.
        place: RecordingPlace,
        /// The file, shortened.
        file: Box<str>,
    },

    /// A document has several parts, or not the one that is asked for.
    #[error(
        "{}: {}: the file has {}",
        path.display(),
        match part {
            Some(part) => format!("there is no part {part:?}"),
            None => "say which part of the file is meant with --part".to_owned(),
        },
        if parts.is_empty() { "no parts".to_owned() } else { parts.join(", ") }
    )]
    Part {
        /// The file.
        path: PathBuf,
        /// The one that is asked for.
        part: Option<String>,
        /// Those that there are.
        parts: Vec<String>,
    },

    /// No recording has a label.
    #[error(
        "{}: no recording has a label: {}",
        path.display(),
        match tabular {
            true => "name the column that holds them with --label",
            false => "a label for each is needed to train and to evaluate",
        }
    )]
    NoLabels {
        /// The file.
        path: PathBuf,
        /// Whether the file has columns or keys.
        tabular: bool,
    },

    /// A recording has no label.
    #[error(
        "{place}: recording {recording:?} has no label, and others have one: label it, or leave it out"
    )]
    NoLabel {
        /// Where.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
    },

    /// There is nothing to tell apart.
    #[error(
        "{}: every label is {class:?}: at least two classes are needed to tell them apart",
        path.display()
    )]
    OneClass {
        /// The file.
        path: PathBuf,
        /// The only class.
        class: Box<str>,
    },

    /// More labels than classes could be learned.
    #[error(
        "{}: the recordings have more than {limit} different labels, such as {example:?}: labels are classes; are these \
         numbers to predict, or names?",
        path.display()
    )]
    TooManyClasses {
        /// The file.
        path: PathBuf,
        /// How many are read.
        limit: usize,
        /// One of them, shortened.
        example: Box<str>,
    },

    /// Every class has one recording.
    #[error(
        "{}: each of the {classes} recordings has a label of its own, such as {example:?}: to learn a class takes two \
         recordings of it at least",
        path.display()
    )]
    NoRepeatedClass {
        /// The file.
        path: PathBuf,
        /// How many there are.
        classes: usize,
        /// One of them, shortened.
        example: Box<str>,
    },

    /// A class of one recording cannot be cross-validated.
    #[error(
        "{place}: the class {class:?} has one recording, {recording:?}: held back, it is unknown in training; give it \
         another one, or leave it out"
    )]
    SingleExample {
        /// Where the recording is.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// The class, shortened.
        class: Box<str>,
    },

    /// A class that no training recording has.
    #[error(
        "{place}: recording {recording:?} has the label {class:?}, which no training recording has: they have {}",
        listed(known)
    )]
    UnseenClass {
        /// Where the recording begins.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// The class, shortened.
        class: Box<str>,
        /// The classes of the training recordings.
        known: Vec<String>,
    },

    /// The channels are not those of the training recordings.
    #[error(
        "{}: the channels are not those of the training recordings:{}{} its channels are {}, and {} were trained on",
        path.display(),
        named(" missing", missing),
        named(" not known", extra),
        found.join(", "),
        trained.join(", ")
    )]
    ChannelsDiffer {
        /// The file.
        path: PathBuf,
        /// Channels that it does not have.
        missing: Vec<String>,
        /// Channels that no training recording has.
        extra: Vec<String>,
        /// Its channels.
        found: Box<[String]>,
        /// Those of the training recordings.
        trained: Box<[String]>,
    },

    /// A value leaves the range of 32-bit floats once it is scaled.
    #[error(
        "{place}: in recording {recording:?}, step {step}, channel {channel:?} is {value}: too far from the training \
         recordings to be scaled to a 32-bit float"
    )]
    OutOfRange {
        /// Where the recording begins.
        place: RecordingPlace,
        /// The recording, shortened.
        recording: Box<str>,
        /// The step.
        step: usize,
        /// The channel.
        channel: Box<str>,
        /// The value.
        value: f32,
    },

    /// Too few recordings to hold some back.
    #[error(
        "{}: {recordings} to be split into {parts}: at least as many recordings are needed, and more where classes share none",
        path.display(),
        recordings = match recordings { 1 => "1 recording is".to_owned(), _ => format!("{recordings} recordings are") }
    )]
    TooFew {
        /// The file.
        path: PathBuf,
        /// How many there are.
        recordings: usize,
        /// Parts or folds.
        parts: usize,
    },

    /// An option outside of its range.
    #[error("{what} is {value}: {reason}")]
    Impossible {
        /// The option.
        what: &'static str,
        /// What it is.
        value: Box<str>,
        /// What is expected.
        reason: &'static str,
    },

    /// A schema that no training made.
    #[error("the schema of the recordings does not hold together: {reason}")]
    Schema {
        /// What does not fit.
        reason: &'static str,
    },
}

// An error of many fields would make every result of this module large.
impl From<DataError> for RecordingsError {
    fn from(error: DataError) -> RecordingsError {
        RecordingsError::Data(Box::new(error))
    }
}

/// The beginning of a text, as errors quote it.
pub(super) fn short(text: &str) -> Box<str> {
    quoted(text).into_boxed_str()
}

impl Recording {
    pub(super) fn without_label(&self) -> RecordingsError {
        RecordingsError::NoLabel {
            place: self.place.clone(),
            recording: short(&self.name),
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn named(what: &str, names: &[String]) -> String {
    match names {
        [] => String::new(),
        _ => format!("{what}: {};", names.join(", ")),
    }
}

/// At most ten.
fn listed(known: &[String]) -> String {
    let mut shown: Vec<String> = known
        .iter()
        .take(10)
        .map(|one| format!("{:?}", quoted(one)))
        .collect();
    if known.len() > 10 {
        shown.push(format!("… ({} in all)", known.len()));
    }
    shown.join(", ")
}
