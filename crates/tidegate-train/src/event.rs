//! What training tells its observer while it runs.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// Something that happened. Training itself never prints.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The run starts, or continues from a checkpoint.
    RunStarted {
        /// Number of parameters.
        parameters: usize,
        /// Number of epochs at most.
        epochs: usize,
        /// Updates in the epoch that comes first. Later epochs can differ where sequences of unequal lengths are
        /// cut into windows.
        updates_per_epoch: usize,
        /// Updates already made when the run continues from a checkpoint, else 0.
        updates_made: u64,
        /// Epochs already completed, else 0.
        epochs_completed: usize,
    },
    /// An epoch starts, or continues from a checkpoint.
    EpochStarted {
        /// Counted from 1.
        epoch: usize,
        /// Updates in this epoch.
        updates: usize,
        /// Updates already made in it: not 0 only where the run continues from a checkpoint inside the epoch.
        updates_made: usize,
    },
    /// The parameters changed.
    UpdateDone {
        /// Counted from 1.
        epoch: usize,
        /// Counted from 1 over the whole training.
        update: u64,
        /// Mean loss of the update's supervised steps, before the update.
        loss: f64,
        /// Global norm of the gradient before clipping.
        gradient_norm: f64,
        /// Learning rate of the update.
        learning_rate: f64,
    },
    /// An epoch is complete and validated.
    EpochDone {
        /// Its numbers.
        epoch: &'a EpochRecord,
    },
    /// The checkpoint lies safely on disk.
    CheckpointWritten {
        /// The file.
        path: &'a Path,
        /// The epoch that is running or was just completed.
        epoch: usize,
        /// Updates made.
        update: u64,
    },
    /// The validation loss did not fall for `patience` epochs.
    StoppedEarly {
        /// The last epoch.
        epoch: usize,
        /// The epoch whose parameters are kept.
        best_epoch: usize,
    },
    /// The validation loss is at or below `target_loss`.
    TargetReached {
        /// The epoch, the last.
        epoch: usize,
    },
    /// The stop flag was seen.
    Interrupted {
        /// The epoch that was running, or that was just completed.
        epoch: usize,
        /// Updates made.
        update: u64,
    },
}

/// The numbers of a completed epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochRecord {
    /// Counted from 1.
    pub epoch: usize,
    /// Training loss: pooled over the epoch's updates, each measured before its update, with dropout where there is.
    pub train_loss: f64,
    /// Validation loss after the epoch, pooled over the set, without dropout.
    pub valid_loss: f64,
    /// Learning rate of the epoch's last update.
    pub learning_rate: f64,
    /// Updates made up to the end of the epoch.
    pub updates: u64,
    /// Wall-clock seconds of the epoch with its validation; after an interruption, both parts added. Together with
    /// `validation_seconds` the only number here that is not the same in every run.
    pub seconds: f64,
    /// The part of `seconds` that validation took; the rest went into updates and into checkpoints inside the epoch. After
    /// an interruption inside the validation, which then begins anew, both attempts are in it.
    pub validation_seconds: f64,
    /// Whether the validation loss is the lowest so far.
    pub best: bool,
}
