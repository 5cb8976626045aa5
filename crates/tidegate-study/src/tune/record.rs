//! What is kept of each trial.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::rungs::Rung;
use crate::error::StudyError;

/// The file in the folder of a search.
pub(super) const FILE: &str = "trials.json";

/// What is known of a trial.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialRecord {
    /// The rounds that it went through.
    pub rungs: Vec<RungResult>,
    /// Why it counts no more; none where it is sound.
    pub failure: Option<String>,
}

/// A trial at the end of a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RungResult {
    /// Epochs made since the beginning: fewer than the round has where the training ended early.
    pub epochs: usize,
    /// The epoch with the lowest validation loss, from 1.
    pub best_epoch: usize,
    /// That loss.
    pub valid_loss: f64,
    /// Seconds of all epochs since the beginning.
    pub seconds: f64,
}

impl TrialRecord {
    /// The trial as it was last seen sound.
    #[must_use]
    pub fn last(&self) -> Option<&RungResult> {
        self.rungs.last()
    }
}

/// The records of a search that goes on; as many without anything in them where it begins.
pub(super) fn read(
    folder: &Path,
    trials: usize,
    rungs: &[Rung],
) -> Result<Vec<TrialRecord>, StudyError> {
    let path = folder.join(FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(vec![TrialRecord::default(); trials]);
        }
        Err(error) => {
            return Err(StudyError::Folder {
                folder: folder.to_owned(),
                action: format!("read {}", path.display()),
                error,
            });
        }
    };
    let damaged = |reason: String| StudyError::Damaged {
        path: path.clone(),
        reason,
    };
    let records: Vec<TrialRecord> =
        serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    let fits = |record: &TrialRecord| {
        let mut results = record.rungs.iter().zip(rungs);
        record.rungs.len() <= rungs.len()
            && results.all(|(result, rung)| {
                (1..=rung.epochs).contains(&result.epochs)
                    && (1..=result.epochs).contains(&result.best_epoch)
                    && result.valid_loss.is_finite()
            })
    };
    if records.len() != trials || !records.iter().all(fits) {
        return Err(damaged("it is of another search".to_owned()));
    }
    Ok(records)
}
