//! What a classifier remembers of its training recordings.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::channels;
use super::classes::{MOST_CLASSES, check_labelled, classes};
use super::error::{RecordingsError, short};
use super::recording::Label;
use super::{Recordings, RecordingsNote};
use crate::kind::{InputKind, Supervision, TargetKind};
use crate::panel::Scaling;
use crate::sequence::{Inputs, Sequence, Targets};
use crate::sequence_set::SequenceSet;

/// Channels, their scaling and the classes, taken from training recordings.
///
/// ```no_run
/// use std::path::Path;
/// use tidegate_data::{Recordings, RecordingsOptions, RecordingsSchema, stratified_split};
///
/// let recordings = Recordings::read(Path::new("gestures.ts"), &RecordingsOptions::default())?;
/// let (train, valid) = stratified_split(&recordings, 0.2, 1)?;
/// let schema = RecordingsSchema::fit(&recordings, &train)?;
/// let (train, valid) = (schema.set(&recordings, &train)?, schema.set(&recordings, &valid)?);
/// # Ok::<(), tidegate_data::RecordingsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingsSchema {
    /// The channels' names, in a model's order; at least one.
    pub channels: Vec<String>,
    /// Of each channel, over all steps of the training recordings.
    pub scaling: Vec<Scaling>,
    /// At least two, in rising order where all are numbers, else in the order of texts.
    pub classes: Vec<String>,
    /// Whether each step has a label, and not each recording.
    pub every_step: bool,
}

impl RecordingsSchema {
    /// Takes channels, scaling and classes from the recordings with these indices.
    ///
    /// # Errors
    /// No recording, a recording without a label, labels of one class alone, more than 1,000 classes, or no label that two
    /// recordings of the file have.
    ///
    /// # Panics
    /// If an index is not below the number of recordings.
    pub fn fit(
        recordings: &Recordings,
        training: &[usize],
    ) -> Result<RecordingsSchema, RecordingsError> {
        let all = || training.iter().map(|&row| &recordings.recordings[row]);
        let path = || recordings.path.clone();
        let Some(first) = all().next() else {
            return Err(RecordingsError::NoRecordings { path: path() });
        };
        check_labelled(recordings, training)?;
        let classes = classes(recordings, training)?;
        let every_step = matches!(first.label, Label::Steps(_));
        if let [class] = &classes[..] {
            let class = short(class);
            return Err(RecordingsError::OneClass {
                path: path(),
                class,
            });
        }
        if !every_step && !recordings.has_repeated_label() {
            return Err(RecordingsError::NoRepeatedClass {
                path: path(),
                classes: classes.len(),
                example: short(&classes[0]),
            });
        }
        Ok(RecordingsSchema {
            scaling: channels::scaling(recordings, training),
            channels: recordings.channels.clone(),
            classes: classes.iter().map(|class| class.to_string()).collect(),
            every_step,
        })
    }

    /// The recordings with these indices, labelled: features to classes, at the last step or at every one.
    ///
    /// Channels are put in the schema's order by their names. Where the file, or the one that the schema was fitted on,
    /// has no names, channels go by their order.
    ///
    /// # Errors
    /// Channels that differ, a recording without a label or with labels of the other kind, a class that no training
    /// recording has, or a value that cannot be scaled.
    ///
    /// # Panics
    /// If an index is not below the number of recordings.
    pub fn set(
        &self,
        recordings: &Recordings,
        rows: &[usize],
    ) -> Result<SequenceSet, RecordingsError> {
        self.validate()?;
        check_labelled(recordings, rows)?;
        let order = channels::order(&self.channels, recordings)?;
        let classes = self.classes.iter().enumerate();
        let known: HashMap<&str, u32> = classes
            .map(|(index, class)| (&class[..], index as u32))
            .collect();
        let sequences = rows.iter().map(|&row| {
            let recording = &recordings.recordings[row];
            if self.every_step != matches!(recording.label, Label::Steps(_)) {
                return Err(RecordingsError::LabelKind {
                    place: recording.place.clone(),
                    recording: short(&recording.name),
                    every_step: self.every_step,
                });
            }
            let labels = recording.label.texts().iter();
            let classes = labels.map(|label| {
                known
                    .get(&**label)
                    .copied()
                    .ok_or_else(|| RecordingsError::UnseenClass {
                        place: recording.place.clone(),
                        recording: short(&recording.name),
                        class: short(label),
                        known: self.classes.clone(),
                    })
            });
            Ok(Sequence {
                targets: Targets::Classes(classes.collect::<Result<_, _>>()?),
                inputs: channels::scaled(&self.channels, &self.scaling, recording, &order)?,
            })
        });
        Ok(SequenceSet {
            input: self.input(),
            target: self.target(),
            supervision: self.supervision(),
            sequences: sequences.collect::<Result<_, _>>()?,
        })
    }

    /// All recordings without their labels, in the file's order: what a trained model is shown.
    ///
    /// # Errors
    /// Channels that differ, or a value that cannot be scaled.
    pub fn inputs(&self, recordings: &Recordings) -> Result<Vec<Inputs>, RecordingsError> {
        self.validate()?;
        channels::inputs(&self.channels, &self.scaling, recordings)
    }

    /// Recordings, or steps where each has a label, of each class among those with these indices; labels that are no class
    /// of the schema do not count.
    ///
    /// # Panics
    /// If an index is not below the number of recordings.
    #[must_use]
    pub fn class_counts(&self, recordings: &Recordings, rows: &[usize]) -> Vec<usize> {
        let classes = self.classes.iter().enumerate();
        let known: HashMap<&str, usize> =
            classes.map(|(index, class)| (&class[..], index)).collect();
        let mut counts = vec![0; self.classes.len()];
        for &row in rows {
            for label in recordings.recordings[row].label.texts() {
                if let Some(&class) = known.get(&**label) {
                    counts[class] += 1;
                }
            }
        }
        counts
    }

    /// What the recordings' owner should know of: channels that are constant in those with these indices, and classes that
    /// one recording of all has.
    ///
    /// # Panics
    /// If an index is not below the number of recordings.
    #[must_use]
    pub fn notes(&self, recordings: &Recordings, training: &[usize]) -> Vec<RecordingsNote> {
        let all = || training.iter().map(|&row| &recordings.recordings[row]);
        let size = self.channels.len();
        let constant = self.channels.iter().enumerate().filter(|&(channel, _)| {
            let mut values = all().flat_map(|one| one.values.iter().skip(channel).step_by(size));
            let first = values.next();
            values.all(|value| Some(value) == first)
        });
        let mut notes: Vec<RecordingsNote> = constant
            .map(|(_, channel)| RecordingsNote::ConstantChannel {
                channel: channel.clone(),
            })
            .collect();
        let mut examples: HashMap<&str, (usize, &str)> = HashMap::new();
        for recording in &recordings.recordings {
            let mut labels: Vec<&str> = recording.label.texts().iter().map(|one| &**one).collect();
            labels.sort_unstable();
            labels.dedup();
            for label in labels {
                examples.entry(label).or_insert((0, &recording.name)).0 += 1;
            }
        }
        for class in &self.classes {
            if let Some((1, recording)) = examples.get(&class[..]) {
                notes.push(RecordingsNote::SingleExample {
                    class: class.clone(),
                    recording: (*recording).to_owned(),
                });
            }
        }
        notes
    }

    /// What a model reads.
    #[must_use]
    pub fn input(&self) -> InputKind {
        InputKind::Features {
            size: self.channels.len(),
        }
    }

    /// What it puts out.
    #[must_use]
    pub fn target(&self) -> TargetKind {
        TargetKind::Classes {
            count: self.classes.len(),
        }
    }

    /// Which steps have a class.
    #[must_use]
    pub fn supervision(&self) -> Supervision {
        match self.every_step {
            true => Supervision::EveryStep,
            false => Supervision::LastStep,
        }
    }

    /// A schema may come from a file that was changed.
    ///
    /// # Errors
    /// [`RecordingsError::Schema`] says what does not hold together.
    pub fn validate(&self) -> Result<(), RecordingsError> {
        let refusals = [
            (self.channels.is_empty(), "there is no channel"),
            (
                channels::repeats(&self.channels),
                "two channels have one name",
            ),
            (
                self.scaling.len() != self.channels.len(),
                "there is not one scaling for each channel",
            ),
            (
                !self.scaling.iter().all(Scaling::is_usable),
                "a scaling is not finite, or its deviation is not above 0",
            ),
            (self.classes.len() < 2, "there are fewer than two classes"),
            (
                self.classes.len() > MOST_CLASSES,
                "there are too many classes",
            ),
            (
                channels::repeats(&self.classes),
                "two classes have one name",
            ),
        ];
        match refusals.into_iter().find(|(refused, _)| *refused) {
            Some((_, reason)) => Err(RecordingsError::Schema { reason }),
            None => Ok(()),
        }
    }
}
