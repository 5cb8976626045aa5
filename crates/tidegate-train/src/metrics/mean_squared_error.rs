//! The mean of the squared errors.

use super::{Mean, pairs};

/// Σ (ŷ − y)² / n.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanSquaredError(Mean);

impl MeanSquaredError {
    /// Adds points; `observed` is empty where all are.
    ///
    /// # Panics
    /// If the lengths do not fit each other.
    pub fn add(&mut self, forecast: &[f64], actual: &[f64], observed: &[bool]) {
        for (forecast, actual) in pairs(forecast, actual, observed) {
            self.0.add((forecast - actual).powi(2));
        }
    }

    /// Adds what another one added up.
    pub fn merge(&mut self, other: MeanSquaredError) {
        self.0.merge(other.0);
    }

    /// The mean; none of no point.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        self.0.value()
    }
}
