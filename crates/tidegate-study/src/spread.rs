//! Mean and spread of a few numbers.

use serde::{Deserialize, Serialize};

/// Mean and spread over the seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (n − 1 in the denominator); none of a single number.
    pub standard_deviation: Option<f64>,
    /// Least.
    pub min: f64,
    /// Greatest.
    pub max: f64,
}

impl Spread {
    /// Of one number or more; of none, everything is not a number.
    #[must_use]
    pub fn of(values: &[f64]) -> Spread {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Spread {
            mean,
            standard_deviation: (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt()),
            min: values.iter().copied().fold(f64::NAN, f64::min),
            max: values.iter().copied().fold(f64::NAN, f64::max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_that_of_a_sample() {
        let spread = Spread::of(&[1.0, 2.0, 3.0, 6.0]);
        // Deviations −2, −1, 0, 3: squares 14, divided by 3.
        assert_eq!(spread.mean, 3.0);
        assert_eq!(spread.standard_deviation, Some((14.0_f64 / 3.0).sqrt()));
        assert_eq!((spread.min, spread.max), (1.0, 6.0));
    }

    #[test]
    fn a_single_number_has_no_deviation() {
        let spread = Spread::of(&[0.5]);
        assert_eq!((spread.mean, spread.min, spread.max), (0.5, 0.5, 0.5));
        assert_eq!(spread.standard_deviation, None);
    }
}
