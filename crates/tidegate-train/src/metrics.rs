//! How good forecasts and classifications are: one file for each measure, and all of them together; and how well alarms meet
//! what was unusual ([`AnomalyWindows`]).
//!
//! Every measure adds up pairs of a forecast and what came about, in f64 and in the order in which they are given; two of
//! them can be merged. Pairs that were not observed do not count. A measure that is not defined, of no pair for example, is
//! none. Here do not live losses to train on, and baselines.

mod anomaly_windows;
mod class_metrics;
mod confusion_matrix;
mod coverage;
mod mean_absolute_error;
mod mean_absolute_scaled_error;
mod mean_squared_error;
mod reliability;
mod symmetric_mean_absolute_percentage_error;
#[cfg(test)]
mod tests;
mod weighted_quantile_loss;

use serde::{Deserialize, Serialize};

pub use anomaly_windows::AnomalyWindows;
pub use class_metrics::{ClassMetricValues, ClassMetrics, most_probable};
pub use confusion_matrix::{ClassScores, ConfusionMatrix};
pub use coverage::{Coverage, CoverageOfInterval};
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_scaled_error::{MeanAbsoluteScaledError, seasonal_naive_scale};
pub use mean_squared_error::MeanSquaredError;
pub use reliability::{Reliability, ReliabilityBin};
pub use symmetric_mean_absolute_percentage_error::SymmetricMeanAbsolutePercentageError;
pub use weighted_quantile_loss::WeightedQuantileLoss;

/// All measures of the same forecasts.
///
/// ```
/// use tidegate_train::metrics::ForecastMetrics;
///
/// let mut metrics = ForecastMetrics::new(&[0.1, 0.5, 0.9]);
/// metrics.add(&[2.0], &[1.0, 2.0, 3.5], &[3.0], &[], Some(2.0));
/// let values = metrics.values();
/// assert_eq!((values.mse, values.mae, values.mase), (Some(1.0), Some(1.0), Some(0.5)));
/// assert_eq!(values.coverage[0].covered, Some(1.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastMetrics {
    mean_squared_error: MeanSquaredError,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_scaled_error: MeanAbsoluteScaledError,
    symmetric_mean_absolute_percentage_error: SymmetricMeanAbsolutePercentageError,
    weighted_quantile_loss: WeightedQuantileLoss,
    coverage: Coverage,
}

/// What the measures come to; none where one is not defined.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricValues {
    /// Mean squared error, in squared units.
    pub mse: Option<f64>,
    /// Mean absolute error, in units.
    pub mae: Option<f64>,
    /// Mean absolute scaled error.
    pub mase: Option<f64>,
    /// Symmetric mean absolute percentage error, 0 to 200.
    pub smape: Option<f64>,
    /// Weighted quantile loss, the mean over the levels.
    pub weighted_quantile_loss: Option<f64>,
    /// Coverage of each central interval, widest first.
    pub coverage: Vec<CoverageOfInterval>,
}

impl ForecastMetrics {
    /// With quantiles of these levels, between 0 and 1, rising; without quantiles where there are none.
    #[must_use]
    pub fn new(levels: &[f64]) -> ForecastMetrics {
        ForecastMetrics {
            mean_squared_error: MeanSquaredError::default(),
            mean_absolute_error: MeanAbsoluteError::default(),
            mean_absolute_scaled_error: MeanAbsoluteScaledError::default(),
            symmetric_mean_absolute_percentage_error: SymmetricMeanAbsolutePercentageError::default(
            ),
            weighted_quantile_loss: WeightedQuantileLoss::new(levels),
            coverage: Coverage::new(levels),
        }
    }

    /// Adds points. `quantiles` is `[points, levels]` or empty, `observed` empty where all are; `scale` is that of
    /// [`seasonal_naive_scale`] of the points' series and target.
    ///
    /// # Panics
    /// If the lengths do not fit each other.
    pub fn add(
        &mut self,
        forecast: &[f64],
        quantiles: &[f64],
        actual: &[f64],
        observed: &[bool],
        scale: Option<f64>,
    ) {
        self.mean_squared_error.add(forecast, actual, observed);
        self.mean_absolute_error.add(forecast, actual, observed);
        self.mean_absolute_scaled_error
            .add(forecast, actual, observed, scale);
        self.symmetric_mean_absolute_percentage_error
            .add(forecast, actual, observed);
        if !quantiles.is_empty() {
            self.weighted_quantile_loss.add(quantiles, actual, observed);
            self.coverage.add(quantiles, actual, observed);
        }
    }

    /// Adds what another one added up.
    ///
    /// # Panics
    /// If the levels differ.
    pub fn merge(&mut self, other: &ForecastMetrics) {
        self.mean_squared_error.merge(other.mean_squared_error);
        self.mean_absolute_error.merge(other.mean_absolute_error);
        self.mean_absolute_scaled_error
            .merge(other.mean_absolute_scaled_error);
        self.symmetric_mean_absolute_percentage_error
            .merge(other.symmetric_mean_absolute_percentage_error);
        self.weighted_quantile_loss
            .merge(&other.weighted_quantile_loss);
        self.coverage.merge(&other.coverage);
    }

    /// What the measures come to.
    #[must_use]
    pub fn values(&self) -> MetricValues {
        MetricValues {
            mse: self.mean_squared_error.value(),
            mae: self.mean_absolute_error.value(),
            mase: self.mean_absolute_scaled_error.value(),
            smape: self.symmetric_mean_absolute_percentage_error.value(),
            weighted_quantile_loss: self.weighted_quantile_loss.value(),
            coverage: self.coverage.values(),
        }
    }
}

/// A sum and how many were added.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Mean {
    sum: f64,
    count: u64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn merge(&mut self, other: Mean) {
        self.sum += other.sum;
        self.count += other.count;
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// The pairs that were observed.
///
/// # Panics
/// If the lengths do not fit each other.
fn pairs<'a>(
    forecast: &'a [f64],
    actual: &'a [f64],
    observed: &'a [bool],
) -> impl Iterator<Item = (f64, f64)> {
    assert_eq!(forecast.len(), actual.len(), "a forecast for each value");
    seen(actual, observed).map(|(index, actual)| (forecast[index], actual))
}

/// The values that were observed, with their indices.
///
/// # Panics
/// If the lengths do not fit each other.
fn seen<'a>(actual: &'a [f64], observed: &'a [bool]) -> impl Iterator<Item = (usize, f64)> {
    assert!(
        observed.is_empty() || observed.len() == actual.len(),
        "{} marks for {} values",
        observed.len(),
        actual.len()
    );
    let values = actual.iter().copied().enumerate();
    values.filter(|&(index, _)| observed.is_empty() || observed[index])
}
