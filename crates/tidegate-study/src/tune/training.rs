//! The training of one trial up to the end of a round.

use std::path::{Path, PathBuf};

use tidegate_train::{Checkpointing, Event, ForecastModel, ForecastRecipe, TrainError, Trained};

use super::error::TuneError;
use super::record::RungResult;
use super::search::Tuning;

/// Updates between two checkpoints inside an epoch.
const CHECKPOINT_EVERY: u64 = 500;

/// Where the checkpoint of a trial lies.
pub(super) fn checkpoint(folder: &Path, trial: usize) -> PathBuf {
    folder.join(format!("runs/trial-{}.checkpoint", trial + 1))
}

/// Trains a trial from its checkpoint, if there is one, until `stop` says so.
pub(super) fn train(
    tuning: &Tuning<'_>,
    trial: usize,
    checkpoint: &Path,
    observer: &mut dyn FnMut(Event<'_>),
    stop: &dyn Fn() -> bool,
) -> Result<(ForecastModel, Trained), TrainError> {
    let recipe: &ForecastRecipe = match &tuning.trials[trial].recipe {
        Ok(recipe) => recipe,
        Err(reason) => {
            return Err(TrainError::Option {
                option: "the trial",
                reason: format!("cannot be trained: {reason}"),
            });
        }
    };
    // The epochs are those of the last round from the beginning, so that every round continues the same run.
    let checkpointing = Checkpointing {
        every_updates: Some(CHECKPOINT_EVERY),
        ..Checkpointing::new(checkpoint)
    };
    recipe.train(tuning.data, Some(&checkpointing), observer, stop)
}

/// What a trial came to in its first epochs.
pub(super) fn result_of(trained: &Trained, epochs: usize) -> Option<RungResult> {
    let made = &trained.epochs[..trained.epochs.len().min(epochs)];
    // The first of equals, as training keeps it.
    let best = made
        .iter()
        .min_by(|one, other| one.valid_loss.total_cmp(&other.valid_loss))?;
    Some(RungResult {
        epochs: made.len(),
        best_epoch: best.epoch,
        valid_loss: best.valid_loss,
        seconds: made.iter().map(|epoch| epoch.seconds).sum(),
    })
}

/// Why a trial failed, if that lies in the trial.
pub(super) fn failure(trial: usize, error: TrainError) -> Result<String, TuneError> {
    match error {
        TrainError::Checkpoint { .. } | TrainError::Cells(_) => Err(TuneError::Trial {
            trial: trial + 1,
            error: Box::new(error),
        }),
        TrainError::NotFinite {
            what,
            epoch,
            update,
        } => Ok(format!(
            "{what} is not finite in epoch {epoch}, update {update}"
        )),
        error => Ok(error.to_string()),
    }
}
