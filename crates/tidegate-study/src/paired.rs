//! Confidence intervals by Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Of every interval, and of all those of a verdict together.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// Interval of the mean of a sample of normal deviates with unknown variance (Student 1908); none for fewer than two values, or
/// where one is not finite.
pub(crate) fn interval_of_mean(values: &[f64], confidence: f64) -> Option<[f64; 2]> {
    let count = values.len() as f64;
    let freedom = count - 1.0;
    let quantile = StudentsT::new(0.0, 1.0, freedom)
        .ok()?
        .inverse_cdf(0.5 + confidence / 2.0);
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let half = quantile * (squares / freedom / count).sqrt();
    half.is_finite().then_some([mean - half, mean + half])
}

/// How two paired samples compare.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PairedRatio {
    /// Of the first over the second of each pair; at least one, all finite.
    logarithms: Vec<f64>,
    /// By how much every ratio may be too small and too large: infinite where it is a bound.
    uncertainty: [f64; 2],
}

impl PairedRatio {
    /// Of pairs of positive numbers; none where there are none, or one is not positive and finite.
    pub(crate) fn of(pairs: &[(f64, f64)]) -> Option<PairedRatio> {
        let logarithms: Vec<f64> = pairs.iter().map(|(a, b)| a.ln() - b.ln()).collect();
        (!logarithms.is_empty() && logarithms.iter().all(|ratio| ratio.is_finite())).then_some(
            PairedRatio {
                logarithms,
                uncertainty: [1.0; 2],
            },
        )
    }

    /// With numbers that are known only up to a factor: the truth may lie so many times below and above the ratio.
    pub(crate) fn known_up_to(mut self, below: f64, above: f64) -> PairedRatio {
        self.uncertainty = [below, above];
        self
    }

    /// Geometric mean of the ratios.
    pub(crate) fn mean(&self) -> f64 {
        (self.logarithms.iter().sum::<f64>() / self.pairs() as f64).exp()
    }

    /// Number of pairs.
    pub(crate) fn pairs(&self) -> usize {
        self.logarithms.len()
    }

    /// Interval of the mean, from the logarithms, wider by what is not known: from 0 or to infinity where that is a bound. None
    /// for fewer than two pairs.
    pub(crate) fn interval(&self, confidence: f64) -> Option<[f64; 2]> {
        let [below, above] = self.uncertainty;
        let [low, high] = interval_of_mean(&self.logarithms, confidence)?.map(f64::exp);
        Some([low / below, high * above])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_students() {
        // scipy.stats.t.interval(0.95, 4, loc=3, scale=sem): t(0.975, 4) = 2.7764451051977987.
        let [low, high] = interval_of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.95).unwrap();
        let half = 2.776_445_105_197_798_7 * (2.5_f64 / 5.0).sqrt();
        assert!((low - (3.0 - half)).abs() < 1e-9, "{low}");
        assert!((high - (3.0 + half)).abs() < 1e-9, "{high}");
        assert_eq!(interval_of_mean(&[1.0], 0.95), None);
        assert_eq!(interval_of_mean(&[], 0.95), None);
    }

    #[test]
    fn pairs_share_what_their_seeds_share() {
        // The seeds differ by a factor of 100, the ratio of a pair hardly.
        let paired = PairedRatio::of(&[(2.0, 1.0), (210.0, 100.0), (19.0, 10.0)]).unwrap();
        assert!((paired.mean() - 2.0).abs() < 0.01, "{paired:?}");
        let [low, high] = paired.interval(0.95).unwrap();
        assert!(low > 1.7 && high < 2.3, "{paired:?}");
        let [wider_low, wider_high] = paired.interval(0.99).unwrap();
        assert!(wider_low < low && wider_high > high);
        let bound = paired.known_up_to(2.0, f64::INFINITY);
        assert_eq!(bound.interval(0.95), Some([low / 2.0, f64::INFINITY]));
    }

    #[test]
    fn what_has_no_logarithm_has_no_ratio() {
        assert_eq!(PairedRatio::of(&[]), None);
        assert_eq!(PairedRatio::of(&[(0.0, 1.0)]), None);
        assert_eq!(PairedRatio::of(&[(f64::INFINITY, 1.0)]), None);
        assert_eq!(PairedRatio::of(&[(3.0, 1.5)]).unwrap().interval(0.95), None);
    }
}
