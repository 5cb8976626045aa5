//! The JSON in a checkpoint's metadata.

use serde::{Deserialize, Serialize};

use super::CheckpointProblem;
use super::identity::Identity;
use super::snapshot::Expectation;
use crate::event::EpochRecord;
use crate::position::Position;
use crate::schedule::Plateau;

/// The metadata's only key.
pub(super) const KEY: &str = "tidegate_checkpoint";
/// The version written and read.
pub(super) const FORMAT_VERSION: u32 = 2;

/// What the metadata says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) format_version: u32,
    pub(super) run: Identity,
    pub(super) updates: u64,
    pub(super) position: Position,
    pub(super) plateau: Plateau,
    pub(super) epochs: Vec<EpochRecord>,
    /// Of everything that the snapshot holds: it finds damage that still looks like a checkpoint.
    pub(super) fingerprint: String,
}

impl Header {
    /// Reads the JSON, the version first.
    pub(super) fn parse(json: &str) -> Result<Header, CheckpointProblem> {
        let damaged = |error: serde_json::Error| CheckpointProblem::Damaged {
            reason: error.to_string(),
        };
        let value: serde_json::Value = serde_json::from_str(json).map_err(damaged)?;
        match value.get("format_version") {
            Some(version) if *version == FORMAT_VERSION => {
                serde_json::from_value(value).map_err(damaged)
            }
            version => Err(CheckpointProblem::FormatVersion {
                found: version.map_or_else(|| "(none)".to_owned(), ToString::to_string),
                expected: FORMAT_VERSION,
            }),
        }
    }

    /// Checks the counters against each other and against the run, which is known to be the same.
    pub(super) fn validate(&self, expected: &Expectation) -> Result<(), CheckpointProblem> {
        /// No run comes near; sums of counters below this cannot overflow.
        const LARGEST: u64 = 1 << 48;
        let damaged = |reason: &str| {
            Err(CheckpointProblem::Damaged {
                reason: reason.to_owned(),
            })
        };
        let position = &self.position;
        let epochs = expected.training.epochs;
        let counters = [
            self.updates,
            position.updates as u64,
            position.loss_steps as u64,
        ];
        if counters.iter().any(|&counter| counter > LARGEST) {
            return damaged("a counter is out of range");
        }
        if self.epochs.len() > epochs
            || (self.epochs.len() == epochs && *position != Position::default())
        {
            return damaged("it has more epochs than the run");
        }
        let epoch = self.epochs.len() + 1;
        match expected.updates_before(epoch, position.batch, position.window) {
            None => return damaged("its position lies beyond the training set"),
            Some(updates) if updates != position.updates => {
                return damaged("its position contradicts its number of updates");
            }
            Some(_) => {}
        }
        let mut updates = 0;
        let mut lowest = f64::INFINITY;
        for (index, epoch) in self.epochs.iter().enumerate() {
            let best = epoch.valid_loss < lowest;
            if epoch.epoch != index + 1 || epoch.updates < updates || epoch.best != best {
                return damaged("its history contradicts itself");
            }
            updates = epoch.updates;
            lowest = lowest.min(epoch.valid_loss);
        }
        if updates.checked_add(position.updates as u64) != Some(self.updates) {
            return damaged("its history contradicts its number of updates");
        }
        if self.plateau.rate < 0.0 {
            return damaged("its learning rate is negative");
        }
        Ok(())
    }
}
