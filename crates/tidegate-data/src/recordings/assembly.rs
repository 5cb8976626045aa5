//! Recordings as a reader finds them, checked one after the other.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::error::{RecordingsError, short};
use super::recording::{Label, Recording, RecordingPlace};
use super::{Recordings, RecordingsFormat, RecordingsNote};
use crate::table::Place;

/// 1 GiB of values.
const MOST_VALUES: usize = 1 << 28;

/// More than any file has, and few enough that what is held for each fits in memory.
pub(super) const MOST_RECORDINGS: usize = 1 << 22;

/// Steps with a label each, of one recording: 1 GiB of labels.
pub(super) const MOST_STEPS: usize = 1 << 26;

/// What all readers do alike.
pub(super) struct Assembly {
    path: Arc<Path>,
    channels: Vec<String>,
    recordings: Vec<Recording>,
    labels: Labels,
    values: usize,
    padded: usize,
    padding: usize,
}

impl Assembly {
    pub(super) fn new(path: Arc<Path>, channels: Vec<String>) -> Assembly {
        Assembly {
            path,
            channels,
            recordings: Vec::new(),
            labels: Labels::default(),
            values: 0,
            padded: 0,
            padding: 0,
        }
    }

    /// Number of recordings so far.
    pub(super) fn len(&self) -> usize {
        self.recordings.len()
    }

    pub(super) fn channels(&self) -> &[String] {
        &self.channels
    }

    /// The label with this text.
    pub(super) fn label(&mut self, text: &str) -> Arc<str> {
        self.labels.get(text)
    }

    /// Whether a recording so far has the label with this text.
    pub(super) fn has_label(&self, text: &str) -> bool {
        self.labels.0.contains(text)
    }

    /// Adds a recording whose missing values are not a number; `place_of` says where a step is, for errors.
    pub(super) fn add(
        &mut self,
        mut recording: Recording,
        place_of: impl Fn(usize) -> RecordingPlace,
    ) -> Result<(), RecordingsError> {
        let size = self.channels.len();
        let steps = recording.values.len() / size;
        let rows = recording.values.rchunks_exact(size);
        let padding = rows
            .take_while(|row| row.iter().all(|value| value.is_nan()))
            .count();
        recording.values.truncate((steps - padding) * size);
        if let Label::Steps(labels) = &mut recording.label {
            labels.truncate(steps - padding);
        }
        if recording.values.is_empty() {
            return Err(RecordingsError::NoSteps {
                place: recording.place,
                recording: short(&recording.name),
            });
        }
        if let Some(index) = recording.values.iter().position(|value| !value.is_finite()) {
            return Err(RecordingsError::NotFinite {
                place: place_of(index / size),
                recording: short(&recording.name),
                step: index / size,
                channel: short(&self.channels[index % size]),
                value: recording.values[index],
            });
        }
        self.values += recording.values.len();
        check_size(self.values, &recording.place)?;
        if self.recordings.len() == MOST_RECORDINGS {
            return Err(RecordingsError::TooLarge {
                place: recording.place,
                limit: MOST_RECORDINGS,
                what: "recordings",
            });
        }
        self.padded += usize::from(padding > 0);
        self.padding += padding;
        self.recordings.push(recording);
        Ok(())
    }

    pub(super) fn finish(
        self,
        format: RecordingsFormat,
        mut notes: Vec<RecordingsNote>,
    ) -> Result<Recordings, RecordingsError> {
        let path = self.path.to_path_buf();
        if self.recordings.is_empty() {
            return Err(RecordingsError::NoRecordings { path });
        }
        if self.padding > 0 {
            notes.push(RecordingsNote::PaddingLeftOut {
                recordings: self.padded,
                steps: self.padding,
            });
        }
        Ok(Recordings {
            path,
            format,
            channels: self.channels,
            recordings: self.recordings,
            notes,
        })
    }
}

/// Refuses more values than fit in memory.
pub(super) fn check_size(values: usize, place: &RecordingPlace) -> Result<(), RecordingsError> {
    match values > MOST_VALUES {
        true => Err(RecordingsError::TooLarge {
            place: place.clone(),
            limit: MOST_VALUES,
            what: "values of recordings",
        }),
        false => Ok(()),
    }
}

/// The distinct labels of a file.
#[derive(Default)]
pub(super) struct Labels(HashSet<Arc<str>>);

impl Labels {
    pub(super) fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(label) = self.0.get(text) {
            return label.clone();
        }
        let label: Arc<str> = text.into();
        self.0.insert(label.clone());
        label
    }
}

/// A place in a file.
pub(super) fn place(path: &Arc<Path>, place: Place) -> RecordingPlace {
    RecordingPlace {
        path: path.clone(),
        place: Some(place),
    }
}
