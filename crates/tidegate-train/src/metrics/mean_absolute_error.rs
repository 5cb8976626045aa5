//! The mean of the errors' magnitudes.

use super::{Mean, pairs};

/// Σ |ŷ − y| / n.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteError(Mean);

impl MeanAbsoluteError {
    /// Adds points; `observed` is empty where all are.
    ///
    /// # Panics
    /// If the lengths do not fit each other.
    pub fn add(&mut self, forecast: &[f64], actual: &[f64], observed: &[bool]) {
        for (forecast, actual) in pairs(forecast, actual, observed) {
            self.0.add((forecast - actual).abs());
        }
    }

    /// Adds what another one added up.
    pub fn merge(&mut self, other: MeanAbsoluteError) {
        self.0.merge(other.0);
    }

    /// The mean; none of no point.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        self.0.value()
    }
}
