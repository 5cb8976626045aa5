//! Confidence intervals by Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::geometric_mean::GeometricMean;

/// Of every interval.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// Interval of the mean of a sample of normal deviates with unknown variance (Student 1908); none for fewer than two values, or
/// where one is not finite.
pub(crate) fn interval_of_mean(values: &[f64]) -> Option<[f64; 2]> {
    let count = values.len() as f64;
    let freedom = count - 1.0;
    let quantile = StudentsT::new(0.0, 1.0, freedom)
        .ok()?
        .inverse_cdf(0.5 + CONFIDENCE / 2.0);
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let half = quantile * (squares / freedom / count).sqrt();
    half.is_finite().then_some([mean - half, mean + half])
}

/// How two paired samples compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PairedRatio {
    /// Geometric mean of the first over the second of each pair.
    pub(crate) ratio: f64,
    /// Interval of it, from the logarithms; none for fewer than two pairs.
    pub(crate) interval: Option<[f64; 2]>,
    /// Number of pairs.
    pub(crate) pairs: usize,
}

impl PairedRatio {
    /// Of pairs of positive numbers; none where there are none, or one is not positive and finite.
    pub(crate) fn of(pairs: &[(f64, f64)]) -> Option<PairedRatio> {
        let ratios: Vec<f64> = pairs.iter().map(|(a, b)| a / b).collect();
        let GeometricMean { mean, interval } = GeometricMean::of(&ratios)?;
        Some(PairedRatio {
            ratio: mean,
            interval,
            pairs: ratios.len(),
        })
    }

    /// With an interval that is wider by a factor to both sides: for numbers that are known only up to such a factor.
    pub(crate) fn widened(mut self, factor: f64) -> PairedRatio {
        self.interval = self
            .interval
            .map(|[low, high]| [low / factor, high * factor]);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_students() {
        // scipy.stats.t.interval(0.95, 4, loc=3, scale=sem): t(0.975, 4) = 2.7764451051977987.
        let [low, high] = interval_of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        let half = 2.776_445_105_197_798_7 * (2.5_f64 / 5.0).sqrt();
        assert!((low - (3.0 - half)).abs() < 1e-9, "{low}");
        assert!((high - (3.0 + half)).abs() < 1e-9, "{high}");
        assert_eq!(interval_of_mean(&[1.0]), None);
        assert_eq!(interval_of_mean(&[]), None);
    }

    #[test]
    fn pairs_share_what_their_seeds_share() {
        // The seeds differ by a factor of 100, the ratio of a pair hardly.
        let paired = PairedRatio::of(&[(2.0, 1.0), (210.0, 100.0), (19.0, 10.0)]).unwrap();
        assert!((paired.ratio - 2.0).abs() < 0.01, "{paired:?}");
        let [low, high] = paired.interval.unwrap();
        assert!(low > 1.7 && high < 2.3, "{paired:?}");
        let [wide_low, wide_high] = paired.widened(2.0).interval.unwrap();
        assert_eq!((wide_low, wide_high), (low / 2.0, high * 2.0));
    }

    #[test]
    fn what_has_no_logarithm_has_no_ratio() {
        assert_eq!(PairedRatio::of(&[]), None);
        assert_eq!(PairedRatio::of(&[(0.0, 1.0)]), None);
        assert_eq!(PairedRatio::of(&[(f64::INFINITY, 1.0)]), None);
        assert_eq!(PairedRatio::of(&[(3.0, 1.5)]).unwrap().interval, None);
    }
}
