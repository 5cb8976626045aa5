//! How rare a value is: the distribution of held-back values, with a tail that reaches beyond the largest of them.

use serde::{Deserialize, Serialize};

/// Share of the values that are taken for the tail.
const SHARE: f64 = 0.05;

/// Values of the tail, at least and at most: with fewer nothing is known of its shape, more tell nothing new of it.
const LEAST_EXCESSES: usize = 10;
const MOST_EXCESSES: usize = 2_000;

/// Points that are kept of the distribution below the tail, and of the tail.
const BODY_POINTS: usize = 257;
const CURVE_POINTS: usize = 241;

/// The curve of the tail reaches from this many mean excesses to that many; beyond it goes on as a power.
const CURVE: [f64; 2] = [1e-3, 1e6];

/// The shapes ξ over which the tail is averaged, from 0 up, and for each the scales, as powers of e times the mean excess.
const SHAPES: usize = 33;
const LARGEST_SHAPE: f64 = 0.97;
const SCALES: usize = 101;
const SCALE_POWERS: [f64; 2] = [-1.5, 1.0];

/// The distribution of values of which large ones are rare, for surprises −ln P(value or more).
///
/// Below a threshold, which 5 % of the values exceed, it is that of the values. What exceeds it follows a generalised
/// Pareto distribution (Pickands 1975), whose shape and scale are not estimated but averaged over, each weighted by how
/// likely it makes the excesses: the fewer there are, the heavier is the tail that must be reckoned with. Before the
/// excesses are seen, scales are uniform in their logarithm, and shapes ξ between 0 and 1 weighted by exp(1 − 1/(1 − ξ))
/// (the penalty of Coles & Dixon 1999). A shape below 0, with an end that no value passes, is not reckoned with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tail {
    /// Values at evenly spaced shares, from the smallest to the threshold.
    body: Vec<f64>,
    /// Share of the values that exceed the threshold.
    share: f64,
    /// Mean of what they exceed it by.
    mean_excess: f64,
    /// Surprise at each point of the curve.
    curve: Vec<f64>,
}

impl Tail {
    /// Values that are needed at least.
    pub const LEAST_VALUES: usize = 200;

    /// Of held-back values; none where there are fewer than [`Tail::LEAST_VALUES`], where one is not finite, or where the
    /// largest do not differ.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Tail> {
        if values.len() < Tail::LEAST_VALUES || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len();
        let tail = ((SHARE * count as f64) as usize).clamp(LEAST_EXCESSES, MOST_EXCESSES);
        let below = count - tail;
        let threshold = sorted[below - 1];
        let excesses: Vec<f64> = sorted[below..]
            .iter()
            .map(|value| value - threshold)
            .collect();
        let mean_excess = excesses.iter().sum::<f64>() / tail as f64;
        if !(mean_excess.is_finite() && mean_excess > 0.0) {
            return None;
        }
        let share = tail as f64 / count as f64;
        let place = |point: usize| point * (below - 1) / (BODY_POINTS - 1);
        Some(Tail {
            body: (0..BODY_POINTS).map(|point| sorted[place(point)]).collect(),
            share,
            mean_excess,
            curve: curve(&excesses, mean_excess, share),
        })
    }

    /// −ln of the probability that a value is at least this large, at least 0.
    #[must_use]
    pub fn surprise(&self, value: f64) -> f64 {
        let excess = value - self.threshold();
        if excess > 0.0 {
            return self.of_excess(excess);
        }
        // Between the points of the body.
        let above = self.body.partition_point(|&point| point < value);
        let share = match above {
            0 => 0.0,
            above => {
                let (low, high) = (self.body[above - 1], self.body[above]);
                let within = if high > low {
                    (value - low) / (high - low)
                } else {
                    1.0
                };
                (above as f64 - 1.0 + within) / (BODY_POINTS - 1) as f64
            }
        };
        -(1.0 - share * (1.0 - self.share)).ln()
    }

    /// The value whose surprise this is, where it lies in the tail.
    #[must_use]
    pub fn value_of(&self, surprise: f64) -> f64 {
        let (mut low, mut high) = (0.0, self.mean_excess);
        while self.of_excess(high) < surprise && high < 1e300 {
            high *= 2.0;
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            match self.of_excess(middle) < surprise {
                true => low = middle,
                false => high = middle,
            }
        }
        self.threshold() + high
    }

    /// Values that stand for the distribution: as many as asked for, at evenly spaced shares.
    #[must_use]
    pub fn values(&self, count: usize) -> Vec<f64> {
        let share = |index: usize| (index as f64 + 0.5) / count as f64;
        (0..count)
            .map(|index| {
                let above = 1.0 - share(index);
                match above < self.share {
                    true => self.value_of(-above.ln()),
                    false => {
                        let place = share(index) / (1.0 - self.share) * (BODY_POINTS - 1) as f64;
                        let low = (place as usize).min(BODY_POINTS - 2);
                        let (from, to) = (self.body[low], self.body[low + 1]);
                        from + (to - from) * (place - low as f64)
                    }
                }
            })
            .collect()
    }

    /// Whether the numbers are such as [`Tail::of`] makes.
    pub(super) fn is_sound(&self) -> bool {
        let rises = |values: &[f64]| values.windows(2).all(|pair| pair[0] <= pair[1]);
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        self.body.len() == BODY_POINTS
            && self.curve.len() == CURVE_POINTS
            && finite(&self.body)
            && finite(&self.curve)
            && rises(&self.body)
            && rises(&self.curve)
            && self.share > 0.0
            && self.share < 1.0
            && self.mean_excess > 0.0
            && self.mean_excess.is_finite()
    }

    fn threshold(&self) -> f64 {
        self.body[BODY_POINTS - 1]
    }

    /// On the curve straight lines over the logarithm of the excess.
    fn of_excess(&self, excess: f64) -> f64 {
        // However far out, the logarithm is that of a number.
        let relative = (excess / self.mean_excess).min(1e200);
        if relative <= CURVE[0] {
            let nearest = -self.share.ln();
            return nearest + (self.curve[0] - nearest) * relative / CURVE[0];
        }
        let place = (relative / CURVE[0]).ln() / curve_step();
        let low = (place as usize).min(CURVE_POINTS - 2);
        let (from, to) = (self.curve[low], self.curve[low + 1]);
        from + (to - from) * (place - low as f64)
    }
}

/// Distance of two points of the curve in the logarithm of the excess.
fn curve_step() -> f64 {
    (CURVE[1] / CURVE[0]).ln() / (CURVE_POINTS - 1) as f64
}

/// The surprise of each excess of the curve: −ln of share × the average over all tails of P(excess or more).
fn curve(excesses: &[f64], mean: f64, share: f64) -> Vec<f64> {
    let mut tails = Vec::with_capacity(SHAPES * SCALES);
    let relative: Vec<f64> = excesses.iter().map(|excess| excess / mean).collect();
    for shape in 0..SHAPES {
        let shape = LARGEST_SHAPE * shape as f64 / (SHAPES - 1) as f64;
        let penalty = 1.0 - 1.0 / (1.0 - shape);
        for scale in 0..SCALES {
            let [least, most] = SCALE_POWERS;
            let power = least + (most - least) * scale as f64 / (SCALES - 1) as f64;
            let scale = power.exp();
            let sum: f64 = match shape {
                0.0 => relative.iter().sum::<f64>() / scale,
                _ => {
                    let terms = relative
                        .iter()
                        .map(|excess| (shape * excess / scale).ln_1p());
                    terms.sum::<f64>() * (1.0 + 1.0 / shape)
                }
            };
            tails.push((
                -(relative.len() as f64) * power - sum + penalty,
                shape,
                scale,
            ));
        }
    }
    let best = tails
        .iter()
        .fold(f64::NEG_INFINITY, |best, tail| best.max(tail.0));
    tails.retain(|tail| tail.0 > best - 20.0);
    let weights: f64 = tails.iter().map(|tail| (tail.0 - best).exp()).sum();
    let step = curve_step();
    (0..CURVE_POINTS)
        .map(|point| {
            let excess = CURVE[0] * (point as f64 * step).exp();
            let above = tails.iter().map(|&(likelihood, shape, scale)| {
                let exponent = match shape {
                    0.0 => excess / scale,
                    _ => (shape * excess / scale).ln_1p() / shape,
                };
                (likelihood - best - exponent).exp()
            });
            // Far out an exponential tail is nothing beside the others.
            -(share * above.sum::<f64>().max(f64::MIN_POSITIVE) / weights).ln()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values at evenly spaced shares of an exponential distribution, or of a Pareto distribution of shape 1/2.
    fn values(count: usize, pareto: bool) -> Vec<f64> {
        let above = (0..count).map(|index| 1.0 - (index as f64 + 0.5) / count as f64);
        above
            .map(|above| match pareto {
                true => above.powf(-0.5),
                false => -above.ln(),
            })
            .collect()
    }

    #[test]
    fn the_surprise_of_an_exponential_value_is_the_value_and_a_little_less_far_out() {
        let tail = Tail::of(&values(20_000, false)).unwrap();
        for value in [0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0] {
            let found = tail.surprise(value);
            assert!(
                (found - value).abs() < 0.02 + 0.02 * value,
                "{value}: {found}"
            );
        }
        // Ten times beyond the data the shape may be another than it seems.
        let far = tail.surprise(14.0);
        assert!((10.0..14.0).contains(&far), "{far}");
    }

    #[test]
    fn the_fewer_values_there_are_the_heavier_the_tail_that_is_reckoned_with() {
        let found = [200, 1_000, 10_000]
            .map(|count| Tail::of(&values(count, false)).unwrap().surprise(12.0));
        assert!(found[0] < found[1] && found[1] < found[2], "{found:?}");
    }

    #[test]
    fn a_heavy_tail_is_recognised() {
        // P(value or more) = value⁻², so that the surprise is 2 ln value.
        let tail = Tail::of(&values(20_000, true)).unwrap();
        for value in [2.0_f64, 10.0, 50.0, 400.0] {
            let (found, expected) = (tail.surprise(value), 2.0 * value.ln());
            assert!(
                (found - expected).abs() < 0.05 * expected,
                "{value}: {found} for {expected}"
            );
        }
    }

    #[test]
    fn what_does_not_vary_or_is_too_little_has_no_tail() {
        assert_eq!(Tail::of(&[1.0; 1_000]), None);
        assert_eq!(Tail::of(&values(199, false)), None);
        let mut values = values(500, false);
        values[7] = f64::NAN;
        assert_eq!(Tail::of(&values), None);
    }

    #[test]
    fn values_that_stand_for_a_distribution_have_the_same() {
        let tail = Tail::of(&values(5_000, false)).unwrap();
        let again = Tail::of(&tail.values(2_000)).unwrap();
        for value in [0.3, 1.0, 2.5, 4.0, 6.0] {
            let (one, other) = (tail.surprise(value), again.surprise(value));
            assert!(
                (one - other).abs() < 0.1 * one + 0.02,
                "{value}: {one} {other}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_larger_value_is_never_less_surprising(
            values in prop::collection::vec(0.0..1e3_f64, 200..400), mut probes in prop::collection::vec(-10.0..1e9_f64, 2..50),
        ) {
            let Some(tail) = Tail::of(&values) else { return Ok(()) };
            prop_assert!(tail.is_sound());
            probes.sort_by(f64::total_cmp);
            let surprises: Vec<f64> = probes.iter().map(|&probe| tail.surprise(probe)).collect();
            prop_assert!(surprises.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9), "{surprises:?}");
            prop_assert!(surprises.iter().all(|surprise| surprise.is_finite() && *surprise >= 0.0));
        }

        #[test]
        fn a_surprise_is_that_of_its_value(surprise in 3.1..60.0_f64) {
            let tail = Tail::of(&values(1_000, false)).unwrap();
            prop_assert!((tail.surprise(tail.value_of(surprise)) - surprise).abs() < 1e-6);
        }
    }
}
