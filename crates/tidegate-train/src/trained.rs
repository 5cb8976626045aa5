//! What comes of a run.

use crate::early_stopping::best;
use crate::event::EpochRecord;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// After its last epoch.
    Completed,
    /// The validation loss did not fall for `patience` epochs.
    StoppedEarly,
    /// The validation loss of the last epoch is at or below `target_loss`.
    TargetReached,
    /// The stop flag was seen. With a checkpoint, the same call continues where it ended.
    Interrupted,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// How it ended.
    pub outcome: Outcome,
    /// The epochs that were completed, also those before an interruption.
    pub epochs: Vec<EpochRecord>,
    /// Updates made, also those before an interruption.
    pub updates: u64,
}

impl Trained {
    /// The epoch with the lowest validation loss, whose parameters the model has; none if no epoch was completed.
    #[must_use]
    pub fn best(&self) -> Option<&EpochRecord> {
        best(&self.epochs)
    }
}
