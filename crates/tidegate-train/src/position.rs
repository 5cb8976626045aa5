//! Where a run stands inside an epoch.

use serde::{Deserialize, Serialize};

use crate::losses::LossSum;

/// Everything that the running epoch has added up so far. The order of its sequences follows from the seed and the
/// epoch, so counters are all that a checkpoint needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    /// The next batch of the epoch.
    pub(crate) batch: usize,
    /// The next window of that batch; not 0 only where the batch's state is carried over.
    pub(crate) window: usize,
    /// Updates made in the epoch.
    pub(crate) updates: usize,
    /// Training loss of those updates, summed over their supervised steps.
    pub(crate) loss_sum: f64,
    /// Their supervised steps.
    pub(crate) loss_steps: usize,
    /// Learning rate of the last update.
    pub(crate) learning_rate: f64,
    /// Wall-clock seconds spent.
    pub(crate) seconds: f64,
    /// Those that validation took.
    pub(crate) validation_seconds: f64,
}

impl Position {
    /// Moves to the next window of a batch that has `windows`.
    pub(crate) fn advance(&mut self, windows: usize) {
        self.window += 1;
        if self.window >= windows {
            self.window = 0;
            self.batch += 1;
        }
    }

    /// Counts an update.
    pub(crate) fn add_update(&mut self, loss: LossSum, learning_rate: f64) {
        self.updates += 1;
        self.loss_sum += loss.sum;
        self.loss_steps += loss.steps;
        self.learning_rate = learning_rate;
    }

    /// Mean training loss of the epoch so far.
    pub(crate) fn train_loss(&self) -> f64 {
        LossSum {
            sum: self.loss_sum,
            steps: self.loss_steps,
        }
        .mean()
    }
}
