//! The views of a reading, each with the distribution of what is usual, and the score that they make together.

use serde::{Deserialize, Serialize};

use super::tail::Tail;

/// Stretches of held-back readings that a mean over a span must have been seen over at least.
const LEAST_SPANS: usize = 5;

/// The levels of a channel: their median, and how far readings lie from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Level {
    pub(super) median: f64,
    pub(super) distance: Tail,
}

/// The distributions of what is usual.
///
/// Of a reading three things may be unusual. Its error, the distance from its prediction; with several channels the mean of
/// their surprises. The mean of such surprises over a span of readings, weighted exponentially, which no reading alone
/// moves. And its level, the distance of a channel from its median. Each is put as −ln of the probability of as much or
/// more, of errors and their means among held-back readings, of levels among all that were fitted on. The largest of them
/// counts, less the logarithm of the number of views (Bonferroni).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Views {
    /// Of each channel's error.
    pub(super) errors: Vec<Tail>,
    /// Of the mean of their surprises, where there are several channels.
    pub(super) together: Option<Tail>,
    /// Of the mean over a span, where enough readings were held back to know it.
    pub(super) span: Option<Tail>,
    /// Of each channel's level; none where the largest distances do not differ, as those of a switch that is on or off.
    pub(super) levels: Vec<Option<Level>>,
    /// What a single reading adds to the mean over a span at most: what would be an alarm by itself counts no more.
    pub(super) cap: f64,
}

/// What stands in the way of fitting: the channel whose largest values do not differ, and of what.
pub(super) type NoTail = (usize, &'static str);

impl Views {
    /// Fits the views on held-back errors `[rows, channels]` and on readings `[rows, channels]`, for alarms with this
    /// probability at a reading.
    pub(super) fn fit(
        errors: &[f64],
        readings: &[f64],
        channels: usize,
        span: usize,
        probability: f64,
    ) -> Result<Views, NoTail> {
        let column = |values: &[f64], channel: usize| -> Vec<f64> {
            let of_channel = values.iter().skip(channel).step_by(channels);
            of_channel
                .copied()
                .filter(|value| !value.is_nan())
                .collect()
        };
        let mut views = Views {
            errors: Vec::with_capacity(channels),
            together: None,
            span: None,
            levels: Vec::with_capacity(channels),
            cap: f64::INFINITY,
        };
        for channel in 0..channels {
            let errors = column(errors, channel);
            let tail = Tail::of(&errors).ok_or_else(|| (channel, why_no_tail(&errors)))?;
            views.errors.push(tail);
            let (median, distances) = distances(column(readings, channel));
            let level = Tail::of(&distances).map(|distance| Level { median, distance });
            views.levels.push(level);
        }
        if channels > 1 {
            let rows = errors.chunks_exact(channels);
            let means: Vec<f64> = rows.filter_map(|row| views.mean_surprise(row)).collect();
            let together = Tail::of(&means).ok_or_else(|| (0, why_no_tail(&means)))?;
            views.together = Some(together);
        }
        let rows = errors.chunks_exact(channels);
        let surprises: Vec<f64> = rows.filter_map(|row| views.of_errors(row)).collect();
        let with_span = surprises.len() >= LEAST_SPANS.saturating_mul(span);
        let count = views.count() + usize::from(with_span);
        views.cap = -(probability / count as f64).ln();
        if with_span {
            let mut mean = MeanOverSpan::new(span);
            let means = surprises
                .iter()
                .map(|&surprise| mean.add(surprise.min(views.cap)));
            // The first means still remember where they began.
            let means: Vec<f64> = means.skip(span / 2).collect();
            views.span = Tail::of(&means);
        }
        Ok(views)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        1 + usize::from(self.known_levels() > 0) + usize::from(self.span.is_some())
    }

    /// Channels whose level is watched.
    fn known_levels(&self) -> usize {
        self.levels.iter().flatten().count()
    }

    /// The surprise of a reading's errors; none where none is known.
    pub(super) fn of_errors(&self, errors: &[f64]) -> Option<f64> {
        let mean = self.mean_surprise(errors)?;
        Some(match &self.together {
            Some(together) => together.surprise(mean),
            None => mean,
        })
    }

    /// The mean of the channels' surprises, over those whose error is known.
    pub(super) fn mean_surprise(&self, errors: &[f64]) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0.0);
        for (tail, &error) in self.errors.iter().zip(errors) {
            if !error.is_nan() {
                sum += tail.surprise(error);
                count += 1.0;
            }
        }
        (count > 0.0).then(|| sum / count)
    }

    /// The surprise of a reading's levels: that of the most unusual channel, less the logarithm of their number.
    pub(super) fn of_levels(&self, values: &[f64]) -> Option<f64> {
        let levels = self.levels.iter().zip(values);
        let known = levels.filter(|(_, value)| !value.is_nan());
        let surprises = known.filter_map(|(level, value)| {
            let level = level.as_ref()?;
            Some(level.distance.surprise((value - level.median).abs()))
        });
        let largest = surprises.reduce(f64::max)?;
        Some((largest - (self.known_levels() as f64).ln()).max(0.0))
    }

    /// Whether the numbers are such as [`Views::fit`] makes for so many channels.
    pub(super) fn is_sound(&self, channels: usize) -> bool {
        let levels = self.levels.iter().flatten();
        let tails = self.errors.iter().chain(&self.together).chain(&self.span);
        self.errors.len() == channels
            && self.levels.len() == channels
            && self.together.is_some() == (channels > 1)
            && self.cap > 0.0
            && levels.clone().all(|level| level.median.is_finite())
            && tails
                .chain(levels.map(|level| &level.distance))
                .all(Tail::is_sound)
    }

    /// Whether the same views are watched.
    pub(super) fn is_like(&self, other: &Views) -> bool {
        let mut levels = self.levels.iter().zip(&other.levels);
        self.span.is_some() == other.span.is_some()
            && levels.all(|(one, other)| one.is_some() == other.is_some())
    }
}

/// Why there is no distribution of a channel's errors.
fn why_no_tail(errors: &[f64]) -> &'static str {
    if errors.len() < Tail::LEAST_VALUES {
        "has too few readings that are not missing"
    } else if errors.iter().any(|error| !error.is_finite()) {
        "has readings that are too large"
    } else {
        "has errors of prediction whose largest do not differ"
    }
}

/// The median, and how far each lies from it.
pub(super) fn distances(mut values: Vec<f64>) -> (f64, Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let median = values.get(values.len() / 2).copied().unwrap_or(0.0);
    (
        median,
        values.iter().map(|value| (value - median).abs()).collect(),
    )
}

/// A mean of surprises that forgets: the last `span` of them weigh 86 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct MeanOverSpan {
    pub(super) mean: f64,
    weight: f64,
}

impl MeanOverSpan {
    /// From the mean of the surprises of any distribution, which is 1.
    pub(super) fn new(span: usize) -> MeanOverSpan {
        MeanOverSpan {
            mean: 1.0,
            weight: 2.0 / (span as f64 + 1.0),
        }
    }

    pub(super) fn add(&mut self, surprise: f64) -> f64 {
        self.mean += self.weight * (surprise - self.mean);
        self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_span_weighs_86_per_cent() {
        let mut mean = MeanOverSpan::new(100);
        mean.mean = 0.0;
        (0..100).for_each(|_| {
            mean.add(1.0);
        });
        assert!((mean.mean - 0.865).abs() < 0.005, "{}", mean.mean);
    }

    #[test]
    fn a_mean_over_a_span_is_watched_only_where_it_was_seen_often_enough() {
        let errors: Vec<f64> = (0..1_000).map(|row| f64::from(row * 37 % 1_000)).collect();
        let of = |span| Views::fit(&errors, &errors, 1, span, 1e-4).unwrap();
        assert_eq!((of(200).count(), of(201).count()), (3, 2));
    }
}
