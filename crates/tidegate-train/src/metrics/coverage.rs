//! How often values lie in the intervals that are forecast for them.

use serde::{Deserialize, Serialize};

use super::{Mean, seen};

/// The share of values in each central interval: between the quantiles of the levels q and 1 − q, both ends counted. An
/// interval is as good as its name if the share is 1 − 2q.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    levels: usize,
    intervals: Vec<Interval>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Interval {
    lower: usize,
    upper: usize,
    nominal: f64,
    inside: Mean,
}

/// Coverage of one central interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CoverageOfInterval {
    /// The share that should lie in it.
    pub nominal: f64,
    /// The share that does; none of no point.
    pub covered: Option<f64>,
}

impl Coverage {
    /// With these levels, between 0 and 1, rising. Two that add up to 1 make an interval.
    #[must_use]
    pub fn new(levels: &[f64]) -> Coverage {
        let mut intervals = Vec::new();
        for (lower, level) in levels.iter().enumerate().filter(|(_, level)| **level < 0.5) {
            let other = levels
                .iter()
                .position(|other| (level + other - 1.0).abs() < 1e-9);
            if let Some(upper) = other {
                intervals.push(Interval {
                    lower,
                    upper,
                    nominal: levels[upper] - level,
                    inside: Mean::default(),
                });
            }
        }
        Coverage {
            levels: levels.len(),
            intervals,
        }
    }

    /// Adds points with their quantiles, `[points, levels]`; `observed` is empty where all are.
    ///
    /// # Panics
    /// If the lengths do not fit each other.
    pub fn add(&mut self, quantiles: &[f64], actual: &[f64], observed: &[bool]) {
        assert_eq!(
            quantiles.len(),
            actual.len() * self.levels,
            "a quantile for each value and level"
        );
        for (point, actual) in seen(actual, observed) {
            let quantiles = &quantiles[point * self.levels..][..self.levels];
            for interval in &mut self.intervals {
                let inside =
                    (quantiles[interval.lower]..=quantiles[interval.upper]).contains(&actual);
                interval.inside.add(f64::from(u8::from(inside)));
            }
        }
    }

    /// Adds what another one added up.
    ///
    /// # Panics
    /// If the levels differ.
    pub fn merge(&mut self, other: &Coverage) {
        let nominals = |one: &Coverage| -> Vec<f64> {
            one.intervals
                .iter()
                .map(|interval| interval.nominal)
                .collect()
        };
        assert_eq!(
            (self.levels, nominals(self)),
            (other.levels, nominals(other)),
            "the same levels"
        );
        for (interval, other) in self.intervals.iter_mut().zip(&other.intervals) {
            interval.inside.merge(other.inside);
        }
    }

    /// The intervals, widest first where the levels rise.
    #[must_use]
    pub fn values(&self) -> Vec<CoverageOfInterval> {
        let of_interval = |interval: &Interval| CoverageOfInterval {
            nominal: interval.nominal,
            covered: interval.inside.value(),
        };
        self.intervals.iter().map(of_interval).collect()
    }
}
