//! Mean and deviation, taken from training rows.

use serde::{Deserialize, Serialize};

/// How values become scaled ones: (value − mean) / deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// Mean of the observed values.
    pub mean: f64,
    /// Their standard deviation, the root of the mean square; 1 where it is 0.
    pub deviation: f64,
}

impl Scaling {
    /// Leaves values as they are.
    pub const NONE: Scaling = Scaling {
        mean: 0.0,
        deviation: 1.0,
    };

    /// Of the values that are numbers; [`Scaling::NONE`] where there is none.
    #[must_use]
    pub fn fit(values: impl Iterator<Item = f64> + Clone) -> Scaling {
        Scaling::of(values).map_or(Scaling::NONE, |(scaling, _)| scaling)
    }

    /// Whether values can be scaled by it: it may come from a file that was changed.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0
    }

    /// Of the values that are numbers, and whether all of them are one value; none where there is no value.
    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone) -> Option<(Scaling, bool)> {
        let values = values.filter(|value| !value.is_nan());
        let first = values.clone().next()?;
        // Rounding gives equal values a deviation above 0.
        if values.clone().all(|value| value == first) {
            let scaling = Scaling {
                mean: first,
                deviation: 1.0,
            };
            return Some((scaling, true));
        }
        // Divided beforehand, so that large values do not overflow the sums.
        let count = values.clone().count() as f64;
        let mean: f64 = values.clone().map(|value| value / count).sum();
        let largest = values
            .clone()
            .fold(0.0, |largest: f64, value| largest.max((value - mean).abs()));
        let squares = values.map(|value| ((value - mean) / largest).powi(2));
        let deviation = largest * (squares.sum::<f64>() / count).sqrt();
        Some((Scaling { mean, deviation }, false))
    }

    /// A value in the data's units, scaled.
    #[must_use]
    pub fn to_scaled(self, value: f64) -> f64 {
        (value - self.mean) / self.deviation
    }

    /// A scaled value in the data's units.
    #[must_use]
    pub fn to_units(self, scaled: f64) -> f64 {
        scaled * self.deviation + self.mean
    }
}
