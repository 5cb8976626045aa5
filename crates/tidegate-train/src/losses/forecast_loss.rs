//! Losses of a forecast.

use serde::{Deserialize, Serialize};
use tidegate_cells::check_length;

use super::LossSum;
use crate::error::TrainError;

/// What a forecaster is trained to keep small.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case", deny_unknown_fields)]
pub enum ForecastLoss {
    /// (forecast − value)²: the forecast is the mean.
    Squared,
    /// |forecast − value|: the forecast is the median.
    Absolute,
    /// The mean over the levels τ of max(τ (value − quantile), (τ − 1) (value − quantile)) (Koenker & Bassett 1978).
    Quantile {
        /// The levels, above 0 and below 1, rising.
        levels: Vec<f64>,
    },
}

impl ForecastLoss {
    /// Numbers that a forecaster gives for each value.
    #[must_use]
    pub fn levels(&self) -> usize {
        match self {
            ForecastLoss::Squared | ForecastLoss::Absolute => 1,
            ForecastLoss::Quantile { levels } => levels.len(),
        }
    }

    /// Checks the levels.
    ///
    /// # Errors
    /// [`TrainError::Option`] says what is accepted.
    pub fn validate(&self) -> Result<(), TrainError> {
        let ForecastLoss::Quantile { levels } = self else {
            return Ok(());
        };
        let inside = levels.iter().all(|level| 0.0 < *level && *level < 1.0);
        let rises = levels.windows(2).all(|pair| pair[0] < pair[1]);
        if levels.is_empty() || !inside || !rises {
            let reason = format!(
                "are {levels:?}, but must be one or more, rise, and lie above 0 and below 1"
            );
            return Err(TrainError::Option {
                option: "quantiles",
                reason,
            });
        }
        Ok(())
    }

    /// The loss over the values that were observed; its steps are their number. `outputs` and `gradient` are
    /// `[values, levels]`, `observed` is empty where all were. `gradient` is overwritten with that of the **mean**, zero for
    /// a value that was not observed. Computed in f32 and summed in f64.
    ///
    /// # Errors
    /// A slice of the wrong length; nothing is written then.
    pub fn measure(
        &self,
        outputs: &[f32],
        targets: &[f32],
        observed: &[bool],
        gradient: &mut [f32],
    ) -> Result<LossSum, TrainError> {
        let shape = [("values", targets.len()), ("levels", self.levels())];
        check_length("outputs", outputs.len(), &shape)?;
        check_length("gradient", gradient.len(), &shape)?;
        if !observed.is_empty() {
            check_length("observed", observed.len(), &shape[..1])?;
        }
        let steps = match observed.len() {
            0 => targets.len(),
            _ => observed.iter().filter(|&&observed| observed).count(),
        };
        let share = (1.0 / steps.max(1) as f64) as f32;
        let is_observed = |index: usize| observed.get(index).is_none_or(|&observed| observed);
        let mut sum = 0.0;
        match self {
            ForecastLoss::Squared | ForecastLoss::Absolute => {
                let squared = *self == ForecastLoss::Squared;
                let values = outputs.iter().zip(targets).zip(gradient).enumerate();
                for (index, ((output, target), gradient)) in values {
                    let difference = output - target;
                    let (loss, slope) = match (is_observed(index), squared) {
                        (false, _) => (0.0, 0.0),
                        (true, true) => (difference * difference, 2.0 * difference),
                        (true, false) => (difference.abs(), sign(difference)),
                    };
                    sum += f64::from(loss);
                    *gradient = slope * share;
                }
            }
            ForecastLoss::Quantile { levels } => {
                let share = share / levels.len() as f32;
                let rows = outputs
                    .chunks_exact(levels.len())
                    .zip(gradient.chunks_exact_mut(levels.len()));
                for (index, ((outputs, gradient), target)) in rows.zip(targets).enumerate() {
                    let mut row = 0.0;
                    for ((output, gradient), level) in outputs.iter().zip(gradient).zip(levels) {
                        let (difference, level) = (target - output, *level as f32);
                        let slope = if difference > 0.0 { level } else { level - 1.0 };
                        let is_zero = !is_observed(index) || difference == 0.0;
                        let slope = if is_zero { 0.0 } else { slope };
                        row += slope * difference;
                        *gradient = -slope * share;
                    }
                    sum += f64::from(row) / levels.len() as f64;
                }
            }
        }
        Ok(LossSum { sum, steps })
    }
}

/// −1, 0 or 1.
fn sign(value: f32) -> f32 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn losses() -> [ForecastLoss; 3] {
        let levels = vec![0.1, 0.5, 0.8];
        [
            ForecastLoss::Squared,
            ForecastLoss::Absolute,
            ForecastLoss::Quantile { levels },
        ]
    }

    #[test]
    fn the_pinball_loss_of_a_quantile_weighs_what_lies_above_it_by_its_level() {
        let loss = ForecastLoss::Quantile { levels: vec![0.9] };
        let mut gradient = [0.0; 2];
        let sum = loss
            .measure(&[1.0, 1.0], &[3.0, -1.0], &[], &mut gradient)
            .unwrap();
        assert!((sum.sum - (0.9 * 2.0 + 0.1 * 2.0)).abs() < 1e-6);
        assert_eq!(gradient, [-0.45, 0.5 * (1.0 - 0.9_f32)]);
    }

    #[test]
    fn values_that_were_not_observed_count_neither_in_loss_nor_in_gradient() {
        for loss in losses() {
            let outputs = vec![7.0; 2 * loss.levels()];
            let (mut gradient, mut alone) = (outputs.clone(), vec![0.0; loss.levels()]);
            let all = loss
                .measure(&outputs, &[1.0, 5.0], &[false, true], &mut gradient)
                .unwrap();
            let one = loss
                .measure(&outputs[..loss.levels()], &[5.0], &[], &mut alone)
                .unwrap();
            assert_eq!(all, one);
            assert_eq!(gradient[loss.levels()..], alone);
            assert!(gradient[..loss.levels()].iter().all(|&slope| slope == 0.0));
        }
    }

    #[test]
    fn levels_that_do_not_rise_or_lie_outside_are_refused() {
        for levels in [
            vec![],
            vec![0.0],
            vec![0.5, 0.5],
            vec![0.9, 0.1],
            vec![1.0],
            vec![f64::NAN],
        ] {
            assert!(ForecastLoss::Quantile { levels }.validate().is_err());
        }
        assert!(losses().iter().all(|loss| loss.validate().is_ok()));
    }

    proptest! {
        #[test]
        fn gradients_are_those_of_finite_differences(
            values in prop::collection::vec((-2.0f32..2.0, -2.0f32..2.0, any::<bool>()), 1..6), place in 0_usize..18,
        ) {
            for loss in losses() {
                let targets: Vec<f32> = values.iter().map(|value| value.1).collect();
                let observed: Vec<bool> = values.iter().map(|value| value.2).collect();
                let outputs: Vec<f32> = values.iter().flat_map(|value| vec![value.0; loss.levels()]).collect();
                let mut gradient = vec![0.0; outputs.len()];
                let mut mean = |outputs: &[f32]| loss.measure(outputs, &targets, &observed, &mut gradient).unwrap().mean();
                let index = place % outputs.len();
                let mut moved = outputs.clone();
                // The kink of a loss lies where the forecast is right.
                prop_assume!((outputs[index] - targets[index / loss.levels()]).abs() > 0.01);
                moved[index] += 0.005;
                let above = mean(&moved);
                moved[index] -= 0.01;
                let below = mean(&moved);
                mean(&outputs);
                prop_assert!(((above - below) / 0.01 - f64::from(gradient[index])).abs() < 2e-3);
            }
        }
    }
}
