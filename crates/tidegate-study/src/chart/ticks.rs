//! Where an axis is marked.

use super::axis::Scale;
use super::number::short_number;
use super::time_marks;

/// From where to where an axis reaches, and its marks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) scale: Scale,
    /// Places, not values: see [`Scale::place`].
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Values and what stands there.
    pub(crate) marks: Vec<(f64, String)>,
}

impl Ticks {
    /// For an axis that holds all the values, with about `wanted` marks. `to_edge`: whether the first and last value stand
    /// at the very edge.
    pub(crate) fn over(
        scale: Scale,
        values: impl Iterator<Item = f64>,
        wanted: usize,
        to_edge: bool,
    ) -> Ticks {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        let end = |value: Option<&f64>| value.map_or(0.0, |&value| scale.place(value));
        let (mut low, mut high) = (end(values.first()), end(values.last()));
        if high - low < 1e-9 {
            let half = match scale {
                Scale::Linear => (low.abs() * 0.1).max(0.5),
                Scale::Time(precision) => time_marks::least_width(precision),
                Scale::Whole | Scale::Log2 | Scale::Log10 => 0.5,
            };
            (low, high) = (low - half, high + half);
        } else if !to_edge {
            let edge = 0.04 * (high - low);
            (low, high) = (low - edge, high + edge);
        }
        let named = |marks: Vec<f64>| -> Vec<(f64, String)> {
            let marks = marks.into_iter();
            marks.map(|mark| (mark, short_number(mark))).collect()
        };
        let marks = match scale {
            Scale::Time(precision) => time_marks::over(low, high, wanted, precision),
            Scale::Linear => named(linear(low, high, wanted, 0.0)),
            Scale::Whole => named(linear(low, high, wanted, 1.0)),
            // What was doubled is read at its own values.
            Scale::Log2 if values.len() <= wanted => named(values),
            Scale::Log2 | Scale::Log10 => named(logarithmic(scale, low, high, wanted)),
        };
        Ticks {
            scale,
            low,
            high,
            marks,
        }
    }

    /// Where a value stands: 0 at the low end, 1 at the high one.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        (self.scale.place(value) - self.low) / (self.high - self.low)
    }
}

fn linear(low: f64, high: f64, wanted: usize, least_step: f64) -> Vec<f64> {
    let rough = ((high - low) / wanted.max(2) as f64).max(least_step);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= rough * 0.999)
        .unwrap_or(10.0 * power);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(|index| index as f64 * step).collect()
}

fn logarithmic(scale: Scale, low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let base: f64 = if scale == Scale::Log2 { 2.0 } else { 10.0 };
    let (first, last) = (low.ceil() as i32, high.floor() as i32);
    let powers = (last - first + 1).max(0) as usize;
    if scale == Scale::Log10 && powers < 3 {
        let between = |factors: &[f64]| -> Vec<f64> {
            (first - 1..=last)
                .flat_map(|power| factors.iter().map(move |factor| factor * base.powi(power)))
                .filter(|value| (low..=high).contains(&value.log10()))
                .collect()
        };
        let marks = between(&[1.0, 2.0, 5.0]);
        if marks.len() >= 2 {
            return marks;
        }
    }
    if powers < 2 {
        return linear(base.powf(low), base.powf(high), wanted, 0.0);
    }
    let every = powers.div_ceil(wanted.max(2)) as i32;
    (first..=last)
        .filter(|power| power.rem_euclid(every) == 0)
        .map(|power| base.powi(power))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, values: &[f64]) -> Vec<String> {
        let ticks = Ticks::over(scale, values.iter().copied(), 6, true);
        ticks.marks.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn marks_are_round_numbers() {
        assert_eq!(
            labels(Scale::Linear, &[0.0, 1.0]),
            ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        );
        assert_eq!(labels(Scale::Whole, &[1.0, 3.0]), ["1", "2", "3"]);
        assert_eq!(labels(Scale::Whole, &[2.0]), ["2"]);
        assert_eq!(
            labels(Scale::Log2, &[25.0, 50.0, 100.0]),
            ["25", "50", "100"]
        );
        assert_eq!(
            labels(Scale::Log2, &[16.0, 20.0, 30.0, 40.0, 50.0, 60.0, 128.0]),
            ["16", "32", "64", "128"]
        );
        assert_eq!(
            labels(Scale::Log10, &[1e-4, 1.0]),
            ["1e−4", "0.001", "0.01", "0.1", "1"]
        );
        assert_eq!(labels(Scale::Log10, &[0.3, 3.0]), ["0.5", "1", "2"]);
    }

    #[test]
    fn every_axis_has_marks_inside_its_range() {
        for scale in [Scale::Linear, Scale::Log2, Scale::Log10] {
            for (low, high) in [(1.0, 1.0), (7.1, 7.3), (1e-12, 1e12), (0.167, 0.168)] {
                let ticks = Ticks::over(scale, [low, high].into_iter(), 5, false);
                assert!(!ticks.marks.is_empty(), "{scale:?} {low} {high}");
                for (value, _) in &ticks.marks {
                    let fraction = ticks.fraction(*value);
                    assert!(
                        (-1e-9..=1.0 + 1e-9).contains(&fraction),
                        "{scale:?} {value}"
                    );
                }
            }
        }
    }
}
