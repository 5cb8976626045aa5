//! Forecasts that anybody can make without a model: what a model has to be better than.
//!
//! A history is one target through time, oldest first; not a number is missing. A missing value is passed over: forecasts
//! start from the last values that were observed, and reach so much further.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// A forecast without a model (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, section 5.2).
///
/// ```
/// use tidegate_train::baselines::Baseline;
///
/// let history = [1.0, 4.0, 2.0, f64::NAN];
/// assert_eq!(Baseline::Naive.forecast(&history, 2), Some(vec![2.0, 2.0]));
/// assert_eq!(Baseline::SeasonalNaive { season: 2 }.forecast(&history, 2), Some(vec![2.0, 4.0]));
/// assert_eq!(Baseline::Drift.forecast(&history, 2), Some(vec![3.0, 3.5]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "baseline")]
pub enum Baseline {
    /// The last observed value, again and again.
    Naive,
    /// The last observed value of the same place in the season; the last observed value where that place never was.
    SeasonalNaive {
        /// Steps of a season; 0 counts as 1.
        season: usize,
    },
    /// The straight line from the first observed value to the last, continued; the last value where there is one only.
    Drift,
}

impl Baseline {
    /// Its name in a table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Baseline::Naive => "naive",
            Baseline::SeasonalNaive { .. } => "seasonal naive",
            Baseline::Drift => "drift",
        }
    }

    /// The next values; none where nothing was observed.
    #[must_use]
    pub fn forecast(self, history: &[f64], horizon: usize) -> Option<Vec<f64>> {
        let ahead = self.ahead(history, horizon)?;
        Some(ahead.into_iter().map(|ahead| ahead.value).collect())
    }

    /// The standard deviation of the forecasts one step ahead (of seasonal naive, one season) through a history, usually the
    /// training rows: the root of the sum of squared residuals over their number less the parameters, of which drift has one
    /// (section 5.4 there). None where there are too few pairs of observed values.
    #[must_use]
    pub fn deviation(self, history: &[f64]) -> Option<f64> {
        let lag = match self {
            Baseline::SeasonalNaive { season } => season.max(1),
            Baseline::Naive | Baseline::Drift => 1,
        };
        let (slope, parameters) = match self {
            Baseline::Drift => (slope(history)?, 1),
            _ => (0.0, 0),
        };
        let later = history.get(lag..)?;
        let residuals = history
            .iter()
            .zip(later)
            .map(|(before, after)| after - before - slope);
        let residuals = residuals.filter(|residual| !residual.is_nan());
        let (sum, count) = residuals.fold((0.0, 0_usize), |(sum, count), residual| {
            (sum + residual * residual, count + 1)
        });
        (count > parameters).then(|| (sum / (count - parameters) as f64).sqrt())
    }

    /// Quantiles of the next values, `[horizon, levels]`: normal about the forecast, with the deviations of table 5.2 there
    /// (section 5.5) from that of one step, as [`Baseline::deviation`] gives it: σ√h for naive; σ√k for seasonal naive, k
    /// seasons ahead; σ√(h(1 + h/(T − 1))) for drift over T values. Steps that were not observed at the end count as steps
    /// ahead. Rising levels give quantiles that do not cross. None where nothing was observed.
    ///
    /// # Panics
    /// If a level is not between 0 and 1.
    #[must_use]
    pub fn quantiles(
        self,
        history: &[f64],
        horizon: usize,
        levels: &[f64],
        deviation: f64,
    ) -> Option<Vec<f64>> {
        assert!(
            levels.iter().all(|level| *level > 0.0 && *level < 1.0),
            "levels between 0 and 1: {levels:?}"
        );
        let normal = Normal::standard();
        let scores: Vec<f64> = levels
            .iter()
            .map(|&level| normal.inverse_cdf(level))
            .collect();
        let mut quantiles = Vec::with_capacity(horizon * levels.len());
        for ahead in self.ahead(history, horizon)? {
            let spread = deviation * ahead.variance.sqrt();
            quantiles.extend(scores.iter().map(|score| ahead.value + score * spread));
        }
        Some(quantiles)
    }

    fn ahead(self, history: &[f64], horizon: usize) -> Option<Vec<Ahead>> {
        let last = history.iter().rposition(|value| !value.is_nan())?;
        // Steps from the last observed value to the one that is forecast.
        let steps = |index: usize| (history.len() + index - last) as f64;
        let ahead = |index: usize| match self {
            Baseline::Naive => Ahead {
                value: history[last],
                variance: steps(index),
            },
            Baseline::Drift => {
                let first = history.iter().position(|value| !value.is_nan());
                let span = (last - first.unwrap_or(last)).max(1) as f64;
                let step = steps(index);
                Ahead {
                    value: history[last] + step * slope(history).unwrap_or(0.0),
                    variance: step * (1.0 + step / span),
                }
            }
            Baseline::SeasonalNaive { season } => {
                let season = season.max(1);
                let target = history.len() + index;
                let mut sources =
                    (1..=target / season).map(|seasons| (seasons, target - seasons * season));
                let source = sources
                    .find(|&(_, source)| history.get(source).is_some_and(|value| !value.is_nan()));
                match source {
                    Some((seasons, source)) => Ahead {
                        value: history[source],
                        variance: seasons as f64,
                    },
                    None => Ahead {
                        value: history[last],
                        variance: (target - last).div_ceil(season) as f64,
                    },
                }
            }
        };
        Some((0..horizon).map(ahead).collect())
    }
}

/// A value that is forecast, and its variance in units of that of one step.
struct Ahead {
    value: f64,
    variance: f64,
}

/// Change a step from the first observed value to the last; none where there is one only.
fn slope(history: &[f64]) -> Option<f64> {
    let first = history.iter().position(|value| !value.is_nan())?;
    let last = history.iter().rposition(|value| !value.is_nan())?;
    (last > first).then(|| (history[last] - history[first]) / (last - first) as f64)
}
