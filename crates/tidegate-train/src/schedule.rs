//! Learning-rate schedules.

use serde::{Deserialize, Serialize};

use crate::error::TrainError;

/// How the learning rate changes during training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// The same rate throughout.
    #[default]
    Constant,
    /// Rises in equal steps over the warm-up, then falls along half a cosine (Loshchilov & Hutter 2017,
    /// arXiv 1608.03983) towards `minimum`, which it would reach one batch after the last. It changes with each batch.
    Cosine {
        /// Epochs of warm-up, which may be a fraction; 0 for none. Default: 0.
        #[serde(default)]
        warm_up_epochs: f64,
        /// The rate at the end. Default: 0.
        #[serde(default)]
        minimum: f64,
    },
    /// Multiplied by `factor` with each epoch from `first_epoch` on.
    Exponential {
        /// Above 0 and at most 1.
        factor: f64,
        /// The first epoch that is trained with a reduced rate, counted from 1; 1 or more.
        first_epoch: usize,
    },
    /// Multiplied by `factor` once the validation loss has not fallen by more than 0.01 % for more than `patience`
    /// epochs in a row (`torch.optim.lr_scheduler.ReduceLROnPlateau`).
    OnPlateau {
        /// Above 0 and below 1. PyTorch's default: 0.1.
        factor: f64,
        /// PyTorch's default: 10.
        patience: usize,
        /// The rate does not fall below this. Default: 0.
        #[serde(default)]
        minimum: f64,
    },
}

impl Schedule {
    /// Checks the options against the learning rate that they start from and the number of epochs.
    ///
    /// # Errors
    /// [`TrainError::Option`] names the option at fault.
    pub fn validate(&self, learning_rate: f64, epochs: usize) -> Result<(), TrainError> {
        let fail = |option, reason| Err(TrainError::Option { option, reason });
        if let Schedule::Cosine { minimum, .. } | Schedule::OnPlateau { minimum, .. } = *self
            && !(0.0..=learning_rate).contains(&minimum)
        {
            let reason = format!(
                "is {minimum}, but must lie between 0 and the learning rate {learning_rate}"
            );
            return fail("schedule.minimum", reason);
        }
        match *self {
            Schedule::Cosine { warm_up_epochs, .. }
                if !(0.0..=epochs as f64).contains(&warm_up_epochs) =>
            {
                fail(
                    "schedule.warm_up_epochs",
                    format!(
                        "is {warm_up_epochs}, but must lie between 0 and the number of epochs {epochs}"
                    ),
                )
            }
            Schedule::OnPlateau { factor, .. } if !(factor > 0.0 && factor < 1.0) => fail(
                "schedule.factor",
                format!("is {factor}, but must be above 0 and below 1"),
            ),
            Schedule::Exponential { factor, .. } if !(factor > 0.0 && factor <= 1.0) => fail(
                "schedule.factor",
                format!("is {factor}, but must be above 0 and at most 1"),
            ),
            Schedule::Exponential { first_epoch: 0, .. } => fail(
                "schedule.first_epoch",
                "is 0, but epochs are counted from 1".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// The rate of batch `batch` (counted from 0 over the whole training) of `batches_per_epoch` × `epochs`.
    ///
    /// `plateau_rate` is the rate that [`Plateau`] has come to; only [`Schedule::OnPlateau`] looks at it.
    #[must_use]
    pub fn rate(
        &self,
        learning_rate: f64,
        plateau_rate: f64,
        batch: usize,
        batches_per_epoch: usize,
        epochs: usize,
    ) -> f64 {
        match *self {
            Schedule::Constant => learning_rate,
            Schedule::OnPlateau { .. } => plateau_rate,
            Schedule::Exponential {
                factor,
                first_epoch,
            } => {
                let epoch = batch / batches_per_epoch.max(1) + 1;
                let times = (epoch + 1).saturating_sub(first_epoch);
                learning_rate * factor.powi(i32::try_from(times).unwrap_or(i32::MAX))
            }
            Schedule::Cosine {
                warm_up_epochs,
                minimum,
            } => {
                let total = batches_per_epoch as f64 * epochs as f64;
                let warm_up = (warm_up_epochs * batches_per_epoch as f64).round();
                let batch = batch as f64;
                if batch < warm_up {
                    return learning_rate * (batch + 1.0) / warm_up;
                }
                let progress = ((batch - warm_up) / (total - warm_up).max(1.0)).min(1.0);
                minimum
                    + (learning_rate - minimum)
                        * 0.5
                        * (1.0 + (std::f64::consts::PI * progress).cos())
            }
        }
    }
}

/// What [`Schedule::OnPlateau`] remembers between epochs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plateau {
    /// The rate now.
    pub rate: f64,
    /// The lowest validation loss that counted as a fall; none before the first epoch.
    pub best: Option<f64>,
    /// Epochs in a row without a fall.
    pub epochs_without_fall: usize,
}

impl Plateau {
    /// Before the first epoch.
    #[must_use]
    pub fn new(learning_rate: f64) -> Self {
        Plateau {
            rate: learning_rate,
            best: None,
            epochs_without_fall: 0,
        }
    }

    /// Takes the validation loss of an epoch into account; schedules other than [`Schedule::OnPlateau`] change nothing.
    pub fn epoch_done(&mut self, schedule: &Schedule, valid_loss: f64) {
        /// A loss must fall by this share to count (PyTorch's `threshold`).
        const THRESHOLD: f64 = 1e-4;
        /// A smaller change of the rate is not made (PyTorch's `eps`).
        const SMALLEST_CHANGE: f64 = 1e-8;
        let Schedule::OnPlateau {
            factor,
            patience,
            minimum,
        } = *schedule
        else {
            return;
        };
        if self
            .best
            .is_none_or(|best| valid_loss < best * (1.0 - THRESHOLD))
        {
            self.best = Some(valid_loss);
            self.epochs_without_fall = 0;
            return;
        }
        self.epochs_without_fall += 1;
        if self.epochs_without_fall > patience {
            let reduced = (self.rate * factor).max(minimum);
            if self.rate - reduced > SMALLEST_CHANGE {
                self.rate = reduced;
            }
            self.epochs_without_fall = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_rises_in_equal_steps_to_the_learning_rate_and_the_cosine_starts_there() {
        let schedule = Schedule::Cosine {
            warm_up_epochs: 0.5,
            minimum: 0.0,
        };
        let rates: Vec<f64> = (0..9)
            .map(|batch| schedule.rate(1.0, 1.0, batch, 8, 2))
            .collect();
        assert_eq!(rates[..5], [0.25, 0.5, 0.75, 1.0, 1.0]);
        assert!(rates[5] < 1.0 && rates[8] < rates[5]);
        assert!(schedule.rate(1.0, 1.0, 15, 8, 2) > 0.0);
    }

    #[test]
    fn a_warm_up_as_long_as_the_training_is_accepted() {
        let schedule = Schedule::Cosine {
            warm_up_epochs: 2.0,
            minimum: 0.0,
        };
        assert!(schedule.validate(1.0, 2).is_ok());
        assert_eq!(schedule.rate(1.0, 1.0, 15, 8, 2), 1.0);
    }

    #[test]
    fn an_exponential_schedule_reduces_the_rate_with_each_epoch_from_the_first_one_named() {
        let schedule = Schedule::Exponential {
            factor: 0.5,
            first_epoch: 3,
        };
        let rate = |batch| schedule.rate(8.0, 8.0, batch, 10, 6);
        assert_eq!(
            [0, 10, 19, 20, 29, 30, 59].map(rate),
            [8.0, 8.0, 8.0, 4.0, 4.0, 2.0, 0.5]
        );
        let first = Schedule::Exponential {
            factor: 1.5,
            first_epoch: 3,
        };
        assert!(first.validate(1.0, 3).is_err());
    }

    #[test]
    fn options_that_make_no_sense_are_named() {
        let option = |schedule: Schedule| match schedule.validate(0.1, 3) {
            Err(TrainError::Option { option, .. }) => option,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            option(Schedule::Cosine {
                warm_up_epochs: 4.0,
                minimum: 0.0
            }),
            "schedule.warm_up_epochs"
        );
        assert_eq!(
            option(Schedule::Cosine {
                warm_up_epochs: 0.0,
                minimum: 0.2
            }),
            "schedule.minimum"
        );
        assert_eq!(
            option(Schedule::OnPlateau {
                factor: f64::NAN,
                patience: 1,
                minimum: 0.0
            }),
            "schedule.factor"
        );
    }
}
