//! One column of readings: its scale, and the part of the next reading that a straight line tells.

use serde::{Deserialize, Serialize};

use super::error::DetectError;

/// Inputs of the network lie between minus this and this: beyond, its gates no longer tell one from another.
const LARGEST_INPUT: f64 = 10.0;

/// However far a reading lies from the others, numbers made of it stay finite.
pub(super) const LARGEST_SCALED: f64 = 1e100;

/// What is known of a channel from the rows that it was fitted on.
///
/// With z the reading scaled to mean 0 and deviation 1, the next one is expected at c + φ z, a first-order autoregression
/// fitted by least squares, plus what the network adds, which learns what this line leaves (in the manner of the
/// autoregressive component of Lai et al. 2018, arXiv 1703.07015).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// The column's name.
    pub name: String,
    /// Mean of its readings.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
    /// φ.
    pub slope: f64,
    /// c.
    pub intercept: f64,
    /// Standard deviation of z minus its expectation.
    pub innovation: f64,
}

impl Channel {
    /// Fits a channel on some ranges of its readings, which are not a number where they are missing.
    pub(super) fn fit<'a>(
        name: &str,
        parts: impl Iterator<Item = &'a [f64]> + Clone,
    ) -> Result<Channel, DetectError> {
        let constant = |what| DetectError::Constant {
            name: name.to_owned(),
            what,
        };
        let values = parts.clone().flatten().filter(|value| !value.is_nan());
        let (mean, variance) = mean_and_variance(values.copied());
        let deviation = variance.sqrt();
        // A deviation below what rounding makes of the mean is none.
        if !deviation.is_finite() || deviation <= 1e-12 * mean.abs() || deviation == 0.0 {
            return Err(constant("does not change"));
        }
        let pairs = || {
            let pairs = parts.clone().flat_map(|part| part.windows(2));
            let pairs = pairs.filter(|pair| !pair[0].is_nan() && !pair[1].is_nan());
            pairs.map(|pair| [(pair[0] - mean) / deviation, (pair[1] - mean) / deviation])
        };
        let (before, spread) = mean_and_variance(pairs().map(|pair| pair[0]));
        let (after, _) = mean_and_variance(pairs().map(|pair| pair[1]));
        let (mut together, mut count) = (0.0, 0.0);
        for [one, next] in pairs() {
            together += (one - before) * (next - after);
            count += 1.0;
        }
        let slope = match spread > 0.0 {
            true => together / (count * spread),
            false => 0.0,
        };
        let intercept = after - slope * before;
        let rest = pairs().map(|[one, next]| next - intercept - slope * one);
        let innovation = mean_and_variance(rest).1.sqrt();
        if !innovation.is_finite() || innovation <= 1e-9 {
            return Err(constant("follows from its last value"));
        }
        Ok(Channel {
            name: name.to_owned(),
            mean,
            deviation,
            slope,
            intercept,
            innovation,
        })
    }

    /// A reading on the scale of the network.
    pub(super) fn scaled(&self, value: f64) -> f64 {
        ((value - self.mean) / self.deviation).clamp(-LARGEST_SCALED, LARGEST_SCALED)
    }

    /// Where the line expects the reading after one, scaled.
    pub(super) fn expected(&self, scaled: f64) -> f64 {
        self.intercept + self.slope * scaled
    }

    /// How far a scaled reading lies from what the line expected, in its usual deviations.
    pub(super) fn innovation_of(&self, scaled: f64, expected: f64) -> f64 {
        (scaled - expected) / self.innovation
    }

    /// In the readings' units, how far a scaled reading lies from what was predicted.
    pub(super) fn in_units(&self, scaled_error: f64) -> f64 {
        scaled_error * self.deviation
    }

    /// Whether the numbers are such as [`Channel::fit`] makes.
    pub(super) fn is_sound(&self) -> bool {
        let all = [self.mean, self.slope, self.intercept];
        let positive = [self.deviation, self.innovation];
        all.iter().all(|value| value.is_finite())
            && positive
                .iter()
                .all(|value| value.is_finite() && *value > 0.0)
    }
}

/// An input of the network.
pub(super) fn input(value: f64) -> f32 {
    value.clamp(-LARGEST_INPUT, LARGEST_INPUT) as f32
}

fn mean_and_variance(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        count += 1.0;
        let distance = value - mean;
        mean += distance / count;
        squares += distance * (value - mean);
    }
    (mean, if count > 0.0 { squares / count } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_that_of_least_squares() {
        // 1, 3, 2, 4 and back: each step is 5 − value ± 1.
        let values = [1.0, 3.0, 2.0, 4.0, 1.0, 3.0, 2.0, 4.0, 1.0];
        let channel = Channel::fit("a", [&values[..]].into_iter()).unwrap();
        let pairs: Vec<(f64, f64)> = values.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let error = |slope: f64, intercept: f64| -> f64 {
            let scaled = pairs
                .iter()
                .map(|&(one, next)| (channel.scaled(one), channel.scaled(next)));
            scaled
                .map(|(one, next)| (next - intercept - slope * one).powi(2))
                .sum()
        };
        let best = error(channel.slope, channel.intercept);
        for (slope, intercept) in [(0.01, 0.0), (-0.01, 0.0), (0.0, 0.01), (0.0, -0.01)] {
            assert!(error(channel.slope + slope, channel.intercept + intercept) > best);
        }
        assert!((channel.innovation - (best / 8.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn missing_values_and_borders_of_parts_make_no_pairs() {
        let whole = [1.0, 2.0, 4.0, 3.0, f64::NAN, 9.0, 8.0];
        let parts = [&whole[..4], &whole[5..]];
        let of = |parts: &[&[f64]]| Channel::fit("a", parts.iter().copied()).unwrap();
        assert_eq!(of(&[&whole]), of(&parts));
    }

    #[test]
    fn what_does_not_vary_is_refused_by_name() {
        for values in [vec![5.0; 50], (0..50).map(f64::from).collect()] {
            let error = Channel::fit("load", [&values[..]].into_iter()).unwrap_err();
            assert!(error.to_string().starts_with("column \"load\" "), "{error}");
        }
    }
}
