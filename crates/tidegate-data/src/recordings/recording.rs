//! One recording: a sequence of measurements of some channels, with its label.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::table::Place;

/// Measurements of all channels, step after step.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What the file calls it; its number in the file, from 1, where the file has no names.
    pub name: String,
    /// `[steps, channels]`, row after row: at least one step, every number finite.
    pub values: Vec<f32>,
    /// What it is, if the file says so.
    pub label: Label,
    /// Where it begins.
    pub place: RecordingPlace,
}

/// The label of a recording. Labels are texts; the distinct ones of a file are held once each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Label {
    /// The file has no label for it.
    None,
    /// One for the whole recording.
    Whole(Arc<str>),
    /// One for each step.
    Steps(Vec<Arc<str>>),
}

impl Label {
    /// The labels: none, one, or as many as there are steps.
    #[must_use]
    pub fn texts(&self) -> &[Arc<str>] {
        match self {
            Label::None => &[],
            Label::Whole(label) => std::slice::from_ref(label),
            Label::Steps(labels) => labels,
        }
    }
}

/// Where a recording begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingPlace {
    /// The file.
    pub path: Arc<Path>,
    /// Its line or row; none where the file is the recording.
    pub place: Option<Place>,
}

/// Such as `gestures.csv, line 3`.
impl fmt::Display for RecordingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match self.place {
            Some(place) => write!(f, ", {place}"),
            None => Ok(()),
        }
    }
}
