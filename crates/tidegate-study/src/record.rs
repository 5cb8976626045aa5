//! What is kept of a finished run.

use serde::{Deserialize, Serialize};
use tidegate_train::{EpochRecord, StateGradients};

use crate::error::Divergence;
use crate::study_report::CurvePoint;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// After its last epoch, or early.
    Finished(Measured),
    /// A number stopped being finite.
    Diverged(Divergence),
}

impl Outcome {
    /// The lowest validation loss, by which tuning chooses: infinite for a run that diverged.
    #[must_use]
    pub fn valid_loss(&self) -> f64 {
        match self {
            Outcome::Finished(measured) => measured.valid_loss,
            Outcome::Diverged(_) => f64::INFINITY,
        }
    }
}

/// What was measured of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Lowest validation loss.
    pub valid_loss: f64,
    /// Epochs made.
    pub epochs: usize,
    /// The epoch with the lowest validation loss.
    pub best_epoch: usize,
    /// Wall-clock seconds of all epochs, validation included.
    pub seconds: f64,
    /// The same up to the best epoch.
    pub seconds_to_best: f64,
    /// Threads that it had for itself when it ended.
    pub threads: usize,
    /// The most runs that were made at once while it ran, this one included.
    pub runs_side_by_side: usize,
    /// Losses of the best epoch's parameters; none in tuning.
    pub tested: Option<Tested>,
    /// Validation loss after each epoch.
    pub curve: Vec<CurvePoint>,
    /// How far the gradient reaches back; none where that was not asked for.
    pub gradients: Option<Reach>,
}

/// How far the gradient reached back in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// With the initial parameters.
    pub before: StateGradients,
    /// With those of the best epoch.
    pub after: StateGradients,
}

/// Losses of a final run's parameters, those of the best epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tested {
    /// Over the training set, without dropout.
    pub train_loss: f64,
    /// Over the test set.
    pub test_loss: f64,
}

impl Measured {
    /// From the epochs of a run; none if there are none.
    pub(crate) fn of(
        epochs: &[EpochRecord],
        tested: Option<Tested>,
        gradients: Option<Reach>,
        threads: usize,
        runs_side_by_side: usize,
    ) -> Option<Measured> {
        let best = epochs.iter().rev().find(|epoch| epoch.best)?;
        let seconds = |epochs: &[EpochRecord]| epochs.iter().map(|epoch| epoch.seconds).sum();
        Some(Measured {
            valid_loss: best.valid_loss,
            epochs: epochs.len(),
            best_epoch: best.epoch,
            seconds: seconds(epochs),
            seconds_to_best: seconds(&epochs[..best.epoch.min(epochs.len())]),
            threads,
            runs_side_by_side,
            tested,
            curve: curve(epochs),
            gradients,
        })
    }
}

fn curve(epochs: &[EpochRecord]) -> Vec<CurvePoint> {
    let mut seconds = 0.0;
    let point = |epoch: &EpochRecord| {
        seconds += epoch.seconds - epoch.validation_seconds;
        CurvePoint {
            updates: epoch.updates,
            seconds,
            valid_loss: epoch.valid_loss,
        }
    };
    epochs.iter().map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_epoch_and_the_time_to_it_are_found() {
        let epoch = |epoch, valid_loss, best| EpochRecord {
            epoch,
            train_loss: 1.0,
            valid_loss,
            learning_rate: 0.1,
            updates: 1,
            seconds: 2.0,
            validation_seconds: 0.5,
            best,
        };
        let epochs = [
            epoch(1, 3.0, true),
            epoch(2, 1.0, true),
            epoch(3, 2.0, false),
        ];
        let measured = Measured::of(&epochs, None, None, 2, 3).unwrap();
        assert_eq!((measured.valid_loss, measured.best_epoch), (1.0, 2));
        assert_eq!((measured.seconds, measured.seconds_to_best), (6.0, 4.0));
        assert_eq!((measured.threads, measured.runs_side_by_side), (2, 3));
        let seconds: Vec<f64> = measured.curve.iter().map(|point| point.seconds).collect();
        assert_eq!(seconds, [1.5, 3.0, 4.5]);
        assert_eq!(Measured::of(&[], None, None, 2, 3), None);
    }

    #[test]
    fn a_record_survives_json_to_the_last_bit() {
        let outcome = Outcome::Finished(Measured {
            valid_loss: 0.1 + 0.2,
            epochs: 3,
            best_epoch: 2,
            seconds: 1.0 / 3.0,
            seconds_to_best: 2.0 / 7.0,
            threads: 2,
            runs_side_by_side: 1,
            tested: Some(Tested {
                train_loss: 1e-300,
                test_loss: std::f64::consts::PI,
            }),
            curve: vec![CurvePoint {
                updates: 7,
                seconds: 0.1,
                valid_loss: 0.3,
            }],
            gradients: None,
        });
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
    }
}
