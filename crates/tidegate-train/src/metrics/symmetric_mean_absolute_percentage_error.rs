//! The mean error in per cent of forecast and value together.

use super::{Mean, pairs};

/// 200 · Σ (|ŷ − y| / (|ŷ| + |y|)) / n, from 0 to 200; a point where both are 0 counts as 0 (the M4 competition's definition,
/// Makridakis et al. 2020, International Journal of Forecasting 36, 54–74).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SymmetricMeanAbsolutePercentageError(Mean);

impl SymmetricMeanAbsolutePercentageError {
    /// Adds points; `observed` is empty where all are.
    ///
    /// # Panics
    /// If the lengths do not fit each other.
    pub fn add(&mut self, forecast: &[f64], actual: &[f64], observed: &[bool]) {
        for (forecast, actual) in pairs(forecast, actual, observed) {
            let error = (forecast - actual).abs();
            // Equal values, 0 and 0 among them.
            let share = match error == 0.0 {
                true => 0.0,
                false => error / (forecast.abs() + actual.abs()),
            };
            self.0.add(200.0 * share);
        }
    }

    /// Adds what another one added up.
    pub fn merge(&mut self, other: SymmetricMeanAbsolutePercentageError) {
        self.0.merge(other.0);
    }

    /// The mean in per cent; none of no point.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        self.0.value()
    }
}
