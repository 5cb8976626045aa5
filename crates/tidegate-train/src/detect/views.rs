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
/// more among held-back readings, and the largest of them counts, less the logarithm of the number of views (Bonferroni).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Views {
    /// Of each channel's error.
    pub(super) errors: Vec<Tail>,
    /// Of the mean of their surprises, where there are several channels.
    pub(super) together: Option<Tail>,
    /// Of the mean over a span, where enough readings were held back to know it.
    pub(super) span: Option<Tail>,
    /// Of each channel's level.
    pub(super) levels: Vec<Level>,
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
            let tail = Tail::of(&column(errors, channel));
            views
                .errors
                .push(tail.ok_or((channel, "is predicted without an error"))?);
            let (median, distances) = distances(column(readings, channel));
            let distance = Tail::of(&distances).ok_or((channel, "does not change"))?;
            views.levels.push(Level { median, distance });
        }
        if channels > 1 {
            let rows = errors.chunks_exact(channels);
            let means: Vec<f64> = rows.filter_map(|row| views.mean_surprise(row)).collect();
            views.together = Some(Tail::of(&means).ok_or((0, "is predicted without an error"))?);
        }
        let rows = errors.chunks_exact(channels);
        let surprises: Vec<f64> = rows.filter_map(|row| views.of_errors(row)).collect();
        let with_span = surprises.len() >= LEAST_SPANS * span;
        views.cap = -(probability / (2.0 + f64::from(u8::from(with_span)))).ln();
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
        2 + usize::from(self.span.is_some())
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
        let surprises =
            known.map(|(level, value)| level.distance.surprise((value - level.median).abs()));
        let largest = surprises.reduce(f64::max)?;
        Some((largest - (self.levels.len() as f64).ln()).max(0.0))
    }

    /// Whether the numbers are such as [`Views::fit`] makes for so many channels.
    pub(super) fn is_sound(&self, channels: usize) -> bool {
        let levels = self.levels.iter();
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
