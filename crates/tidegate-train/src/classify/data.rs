//! Recordings, prepared for training.

use tidegate_data::{Recordings, RecordingsNote, RecordingsSchema, SequenceSet, stratified_split};

use crate::error::TrainError;

/// Recordings, split by class into training and validation, and scaled by those of training.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassifyData {
    /// Channels, scaling and classes.
    pub schema: RecordingsSchema,
    /// Indices of the recordings to train on.
    pub train_rows: Vec<usize>,
    /// Indices of those that are held back to validate.
    pub valid_rows: Vec<usize>,
    /// To train on.
    pub train: SequenceSet,
    /// To validate on.
    pub valid: SequenceSet,
    /// Of each class, how many recordings, or steps, are trained on.
    pub class_counts: Vec<usize>,
    /// What their owner should know of.
    pub notes: Vec<RecordingsNote>,
}

impl ClassifyData {
    /// Holds a share of every class back and fits the schema on the rest.
    ///
    /// # Errors
    /// [`TrainError::Recordings`] names what does not fit, and where.
    pub fn fit(
        recordings: &Recordings,
        valid_share: f64,
        seed: u64,
    ) -> Result<ClassifyData, TrainError> {
        // What no split could be learnt from is said before what no split can be made of.
        let all: Vec<usize> = (0..recordings.recordings.len()).collect();
        RecordingsSchema::fit(recordings, &all)?;
        let (train_rows, valid_rows) = stratified_split(recordings, valid_share, seed)?;
        let schema = RecordingsSchema::fit(recordings, &train_rows)?;
        let mut notes = recordings.notes.clone();
        notes.extend(schema.notes(recordings, &train_rows));
        Ok(ClassifyData {
            train: schema.set(recordings, &train_rows)?,
            valid: schema.set(recordings, &valid_rows)?,
            class_counts: schema.class_counts(recordings, &train_rows),
            notes,
            schema,
            train_rows,
            valid_rows,
        })
    }
}
