//! Quantiles as bands of a line.

use super::ForecastPageError;
use crate::chart::{Band, Point, short_number};

/// Levels that make an interval together, by their places.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fan<'a> {
    levels: &'a [f64],
    /// Places of the lower and the upper level, from the widest interval to the narrowest.
    pairs: Vec<[usize; 2]>,
}

impl<'a> Fan<'a> {
    /// Two levels that are as far from 0 as from 1 make an interval.
    pub(super) fn of(levels: &'a [f64]) -> Result<Fan<'a>, ForecastPageError> {
        let mut before = 0.0;
        for &level in levels {
            if !(level > before && level < 1.0) {
                return Err(ForecastPageError::Level(level));
            }
            before = level;
        }
        let pair = |low: usize| {
            let high = levels
                .iter()
                .position(|level| (levels[low] + level - 1.0).abs() < 1e-6)?;
            (high > low).then_some([low, high])
        };
        Ok(Fan {
            levels,
            pairs: (0..levels.len()).filter_map(pair).collect(),
        })
    }

    /// What each level is called in a table.
    pub(super) fn heads(&self) -> impl Iterator<Item = String> {
        let levels = self.levels.iter();
        levels.map(|&level| format!("{} quantile", percent(level)))
    }

    /// Bands without an end yet.
    pub(super) fn bands(&self) -> Vec<Band> {
        let pairs = self.pairs.iter();
        let bands = pairs.map(|&[low, high]| Band {
            name: percent(self.levels[high] - self.levels[low]),
            intervals: Vec::new(),
        });
        bands.collect()
    }

    /// Adds a point's intervals to the bands; none where there are no quantiles.
    pub(super) fn add(&self, quantiles: Option<&[f64]>, bands: &mut [Band]) {
        for (&[low, high], band) in self.pairs.iter().zip(bands) {
            let ends = quantiles.map(|quantiles| [low, high].map(|end| rounded(quantiles[end])));
            band.intervals.push(ends);
        }
    }

    /// What the bands are; empty where there are none.
    pub(super) fn in_words(&self) -> String {
        let names: Vec<String> = self
            .bands()
            .into_iter()
            .rev()
            .map(|band| band.name)
            .collect();
        match &names[..] {
            [] => String::new(),
            [one] => format!("The band is the {one} interval."),
            [first @ .., last] => format!(
                "The bands are the {} and {last} intervals: the narrower, the darker.",
                first.join(", ")
            ),
        }
    }
}

/// A share of 1 in percent, in one word for who breaks lines.
pub(super) fn percent(share: f64) -> String {
    format!("{}\u{a0}%", short_number((share * 1e4).round() / 100.0))
}

/// As precise as a picture needs: a page would be twice as large with every digit.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}

/// A point of a picture; a missing value breaks the line.
pub(super) fn point(time: i64, value: Option<f64>) -> Point {
    Point::at(time as f64, value.map_or(f64::NAN, rounded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_as_far_from_0_as_from_1_make_an_interval() {
        let fan = Fan::of(&[0.05, 0.1, 0.25, 0.5, 0.75, 0.9]).unwrap();
        let names: Vec<String> = fan.bands().into_iter().map(|band| band.name).collect();
        assert_eq!(names, ["80\u{a0}%", "50\u{a0}%"]);
        let mut bands = fan.bands();
        fan.add(Some(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]), &mut bands);
        fan.add(None, &mut bands);
        assert_eq!(bands[0].intervals, [Some([1.0, 5.0]), None]);
        assert_eq!(bands[1].intervals, [Some([2.0, 4.0]), None]);
        assert!(fan.in_words().contains("50\u{a0}% and 80\u{a0}% intervals"));
        assert_eq!(Fan::of(&[0.5]).unwrap().in_words(), "");
    }

    #[test]
    fn levels_that_fall_or_lie_outside_are_named() {
        for (levels, wrong) in [
            (vec![0.9, 0.1], 0.1),
            (vec![0.1, 0.1], 0.1),
            (vec![0.0], 0.0),
            (vec![0.5, 1.0], 1.0),
        ] {
            assert_eq!(Fan::of(&levels), Err(ForecastPageError::Level(wrong)));
        }
        assert!(matches!(
            Fan::of(&[f64::NAN]),
            Err(ForecastPageError::Level(_))
        ));
    }

    #[test]
    fn a_picture_keeps_seven_digits() {
        assert_eq!(rounded(f64::from(0.1_f32)), 0.1);
        assert_eq!(rounded(-123_456_789.0), -123_456_800.0);
        assert!(rounded(f64::NAN).is_nan());
    }
}
