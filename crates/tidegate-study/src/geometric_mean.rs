//! The geometric mean: what losses and times, which are positive and differ by factors, are compared by.

use serde::{Deserialize, Serialize};

use crate::paired::{CONFIDENCE, interval_of_mean};

/// A geometric mean of positive numbers, with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeometricMean {
    /// The mean.
    pub mean: f64,
    /// Student's t interval of the logarithms; null for a single number.
    pub interval: Option<[f64; 2]>,
}

impl GeometricMean {
    /// None where there is no number, or one is not positive and finite.
    pub(crate) fn of(values: &[f64]) -> Option<GeometricMean> {
        let logarithms: Vec<f64> = values.iter().map(|value| value.ln()).collect();
        if logarithms.is_empty() || logarithms.iter().any(|value| !value.is_finite()) {
            return None;
        }
        Some(GeometricMean {
            mean: (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp(),
            interval: interval_of_mean(&logarithms, CONFIDENCE).map(|bounds| bounds.map(f64::exp)),
        })
    }

    /// Whether it lies below another one beyond doubt: with its whole interval.
    pub(crate) fn is_below(&self, other: &GeometricMean) -> bool {
        matches!((self.interval, other.interval), (Some([_, high]), Some([low, _])) if high < low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_positive_numbers_is_positive() {
        let of = GeometricMean::of(&[1e-4, 1e-2, 1e-3]).unwrap();
        assert!((of.mean / 1e-3 - 1.0).abs() < 1e-12, "{of:?}");
        let [low, high] = of.interval.unwrap();
        // As far below as above, by factors.
        assert!(
            low > 0.0 && (low * high / 1e-6 - 1.0).abs() < 1e-9,
            "{of:?}"
        );
        assert_eq!(GeometricMean::of(&[2.0]).unwrap().interval, None);
        for values in [&[][..], &[1.0, 0.0], &[1.0, -1.0], &[1.0, f64::NAN]] {
            assert_eq!(GeometricMean::of(values), None, "{values:?}");
        }
    }

    #[test]
    fn below_is_what_overlaps_nowhere() {
        let of = |interval| GeometricMean {
            mean: 1.0,
            interval,
        };
        assert!(of(Some([1.0, 2.0])).is_below(&of(Some([2.5, 3.0]))));
        assert!(!of(Some([1.0, 2.6])).is_below(&of(Some([2.5, 3.0]))));
        assert!(!of(None).is_below(&of(Some([2.5, 3.0]))));
    }
}
