//! The mean error in units of what seasonal naive forecasts err in training.

use super::{Mean, pairs};

/// Σ (|ŷ − y| / s) / n, with the scale s of the point's series from [`seasonal_naive_scale`] (Hyndman and Koehler 2006,
/// International Journal of Forecasting 22, 679–688, equation for q_t with a season). Below 1 the forecast errs less than the seasonal naive one does
/// a season ahead in training.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeanAbsoluteScaledError {
    mean: Mean,
    without_scale: u64,
}

/// The mean of |y_t − y_{t−season}| over the training rows, where both were observed (not a number is missing). None where
/// there is no such pair, or where all of them are equal: then nothing can be measured by it.
///
/// ```
/// use tidegate_train::metrics::seasonal_naive_scale;
///
/// assert_eq!(seasonal_naive_scale(&[1.0, 5.0, 2.0, 8.0], 2), Some(2.0));
/// assert_eq!(seasonal_naive_scale(&[1.0, 5.0, 1.0, 5.0], 2), None);
/// ```
#[must_use]
pub fn seasonal_naive_scale(training: &[f64], season: usize) -> Option<f64> {
    let season = season.max(1);
    let later = training.get(season..).unwrap_or_default();
    let mut mean = Mean::default();
    for (before, after) in training.iter().zip(later) {
        let error = (after - before).abs();
        if !error.is_nan() {
            mean.add(error);
        }
    }
    mean.value().filter(|&scale| scale > 0.0)
}

impl MeanAbsoluteScaledError {
    /// Adds points of one series and target; `observed` is empty where all are. Points without a scale are left out and
    /// counted.
    ///
    /// # Panics
    /// If the lengths do not fit each other.
    pub fn add(&mut self, forecast: &[f64], actual: &[f64], observed: &[bool], scale: Option<f64>) {
        for (forecast, actual) in pairs(forecast, actual, observed) {
            match scale {
                Some(scale) => self.mean.add((forecast - actual).abs() / scale),
                None => self.without_scale += 1,
            }
        }
    }

    /// Adds what another one added up.
    pub fn merge(&mut self, other: MeanAbsoluteScaledError) {
        self.mean.merge(other.mean);
        self.without_scale += other.without_scale;
    }

    /// The mean over the points with a scale; none where there is none.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        self.mean.value()
    }

    /// Points that were left out for want of a scale.
    #[must_use]
    pub fn without_scale(self) -> u64 {
        self.without_scale
    }
}
