//! A heat map, and its colours.

use super::axis::{Axis, Scale};
use super::ticks::Ticks;

/// Columns that a heat map has where every one of them is seen: more would be fewer than a pixel wide each, and what lasts
/// one step would be drawn or not by chance.
pub(crate) const MOST_COLUMNS: usize = 600;

/// Rows of cells, each a value shown as a colour.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    /// The horizontal axis, along the columns.
    pub x: Axis,
    /// What the rows are.
    pub y: String,
    /// What the colours stand for.
    pub value: String,
    /// One for each row, from the top; or none.
    pub row_labels: Vec<String>,
    /// The step of the first column; of several in a column, the first of them.
    pub first_column: usize,
    /// Steps that a column stands for, at least 1; the last column may stand for fewer.
    pub steps_per_column: usize,
    /// Columns of a row.
    pub columns: usize,
    /// Row after row from the top.
    pub values: Vec<f32>,
    /// Which value has which colour.
    pub colours: Colours,
}

/// Which value has which colour. Lightness always grows with the value, so that grey tells the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// From 0, dark, to 1, light: a gate.
    Unit,
    /// From −1, dark blue, over 0, grey, to 1, light yellow: a state within those bounds.
    Symmetric,
    /// From the lowest to the highest value; as [`Colours::Symmetric`] around 0 where there are values of both signs.
    Automatic,
}

/// Viridis (van der Walt and Smith 2015) at nine equal steps.
const SEQUENTIAL: [[u8; 3]; 9] = [
    [68, 1, 84],
    [71, 44, 122],
    [59, 81, 139],
    [44, 113, 142],
    [33, 144, 141],
    [39, 173, 129],
    [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
];

/// Blue below, grey at zero, yellow above.
const DIVERGING: [[u8; 3]; 5] = [
    [8, 29, 88],
    [47, 86, 160],
    [142, 142, 142],
    [222, 178, 84],
    [255, 240, 170],
];

impl HeatMap {
    pub(crate) fn is_whole(&self) -> bool {
        let cells = self.values.len();
        cells > 0
            && self.columns > 0
            && self.steps_per_column > 0
            && cells.is_multiple_of(self.columns)
            && (self.row_labels.is_empty() || self.row_labels.len() == self.rows())
            && self.values.iter().any(|value| value.is_finite())
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// The same with at most so many columns, at least one: each stands for as many columns as are needed, and shows of each
    /// row, among the finite values there, the one farthest from the row's mean; the first among equals. What lasts one
    /// step stays visible.
    #[must_use]
    pub(crate) fn reduced(self, most: usize) -> HeatMap {
        let together = self.columns.div_ceil(most.max(1));
        if together <= 1 {
            return self;
        }
        let mut values = Vec::new();
        for row in self.values.chunks(self.columns) {
            let (sum, count) = finite(row).fold((0.0, 0), |(sum, count), value| {
                (sum + f64::from(value), count + 1)
            });
            let mean = sum / f64::from(count.max(1));
            let distance = |value: f32| (f64::from(value) - mean).abs();
            values.extend(row.chunks(together).map(|cells| {
                let farther = |kept: f32, value: f32| match distance(value) > distance(kept) {
                    true => value,
                    false => kept,
                };
                finite(cells).reduce(farther).unwrap_or(f32::NAN)
            }));
        }
        HeatMap {
            columns: self.columns.div_ceil(together),
            steps_per_column: self.steps_per_column * together,
            values,
            ..self
        }
    }

    /// The horizontal axis from the left edge of the first column to the right one of the last, marked at whole steps.
    pub(crate) fn ticks(&self) -> Ticks {
        let first = self.first_column as f64 - 0.5;
        let ends = [first, first + (self.columns * self.steps_per_column) as f64];
        let mut ticks = Ticks::over(Scale::Linear, ends.into_iter(), 8, true);
        ticks.marks.retain(|(value, _)| value.fract() == 0.0);
        ticks
    }

    /// The values of the first and the last colour.
    pub(crate) fn range(&self) -> [f32; 2] {
        match self.colours {
            Colours::Unit => [0.0, 1.0],
            Colours::Symmetric => [-1.0, 1.0],
            Colours::Automatic => {
                let low = finite(&self.values).fold(f32::INFINITY, f32::min);
                let high = finite(&self.values).fold(f32::NEG_INFINITY, f32::max);
                if low < 0.0 && high > 0.0 {
                    let bound = high.max(-low);
                    [-bound, bound]
                } else if low == high {
                    // Of a large number, a half would be lost in rounding.
                    let beside = (low.abs() * 1e-3).max(0.5);
                    [low - beside, high + beside].map(|end| end.clamp(f32::MIN, f32::MAX))
                } else {
                    [low, high]
                }
            }
        }
    }

    /// The colours from the lowest value to the highest, at equal steps.
    pub(crate) fn stops(&self) -> &'static [[u8; 3]] {
        let [low, high] = self.range();
        if low == -high {
            &DIVERGING
        } else {
            &SEQUENTIAL
        }
    }

    /// Red, green and blue of every cell.
    pub(crate) fn pixels(&self) -> Vec<u8> {
        let ([low, high], stops) = (self.range(), self.stops());
        // The widest ranges are infinite in single precision.
        let [low, high] = [low, high].map(f64::from);
        let fraction = |value: f32| ((f64::from(value) - low) / (high - low)) as f32;
        let colour = |&value: &f32| colour_at(stops, fraction(value));
        self.values.iter().flat_map(colour).collect()
    }
}

fn finite(values: &[f32]) -> impl Iterator<Item = f32> {
    values.iter().copied().filter(|value| value.is_finite())
}

/// Between the stops.
pub(crate) fn colour_at(stops: &[[u8; 3]], fraction: f32) -> [u8; 3] {
    if fraction.is_nan() {
        return [255; 3];
    }
    let place = fraction.clamp(0.0, 1.0) * (stops.len() - 1) as f32;
    let below = (place as usize).min(stops.len() - 2);
    let part = place - below as f32;
    let (low, high) = (stops[below], stops[below + 1]);
    std::array::from_fn(|channel| {
        let (low, high) = (f32::from(low[channel]), f32::from(high[channel]));
        (low + part * (high - low)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(columns: usize, values: Vec<f32>) -> HeatMap {
        HeatMap {
            x: Axis::new("step", Scale::Linear),
            y: String::new(),
            value: String::new(),
            row_labels: Vec::new(),
            first_column: 0,
            steps_per_column: 1,
            columns,
            values,
            colours: Colours::Automatic,
        }
    }

    #[test]
    fn every_event_of_one_step_is_in_the_reduced_map() {
        let steps = 3_000;
        let is_event = |step: usize| step % 97 == 5;
        let rare = (0..steps).map(|step| if is_event(step) { 1.0 } else { 0.0 });
        let missing = (0..steps).map(|step| if is_event(step) { 0.25 } else { 0.75 });
        let values: Vec<f32> = rare.chain(missing).collect();
        let reduced = map(steps, values).reduced(MOST_COLUMNS);
        let together = reduced.steps_per_column;
        assert!(reduced.is_whole() && reduced.rows() == 2);
        assert!(reduced.columns <= MOST_COLUMNS && reduced.columns * together >= steps);
        for column in 0..reduced.columns {
            let mut steps =
                (column * together..(column + 1) * together).filter(|&step| step < steps);
            let (rare, missing) = match steps.any(is_event) {
                true => (1.0, 0.25),
                false => (0.0, 0.75),
            };
            assert_eq!(reduced.values[column], rare, "{column}");
            assert_eq!(
                reduced.values[reduced.columns + column],
                missing,
                "{column}"
            );
        }
    }

    #[test]
    fn a_map_that_fits_is_not_reduced_and_what_is_missing_hides_nothing() {
        let whole = map(4, vec![1.0, 2.0, 3.0, 4.0]);
        assert_eq!(whole.clone().reduced(4), whole);
        let nan = f32::NAN;
        let reduced = map(5, vec![nan, 2.0, nan, nan, 1.0]).reduced(3);
        assert_eq!((reduced.columns, reduced.steps_per_column), (3, 2));
        assert_eq!((reduced.values[0], reduced.values[2]), (2.0, 1.0));
        assert!(reduced.values[1].is_nan());
        // Equally far from the mean: the earlier one.
        assert_eq!(
            map(4, vec![0.0, 1.0, 1.0, 0.0]).reduced(2).values,
            [0.0, 1.0]
        );
    }

    #[test]
    fn a_map_of_one_value_has_a_colour_however_large_it_is() {
        for value in [0.0, 1.0, -3.0, 16_777_216.0, 1e9, -1e30, f32::MAX] {
            let map = map(2, vec![value; 2]);
            let [low, high] = map.range();
            assert!(low < high, "{value}");
            assert!(
                map.pixels().chunks(3).all(|pixel| pixel != [255; 3]),
                "{value}"
            );
        }
        let wide = map(3, vec![f32::MIN, 0.0, f32::MAX]).pixels();
        assert_eq!(
            [&wide[..3], &wide[6..]],
            [&DIVERGING[0][..], &DIVERGING[4][..]]
        );
    }

    #[test]
    fn the_axis_counts_steps_and_not_columns() {
        let ticks = map(3_000, vec![0.0; 3_000]).reduced(600).ticks();
        assert_eq!((ticks.low, ticks.high), (-0.5, 2_999.5));
        assert!(ticks.marks.iter().any(|(value, _)| *value == 2_500.0));
        let ticks = map(2, vec![0.0; 2]).ticks();
        let values: Vec<f64> = ticks.marks.iter().map(|(value, _)| *value).collect();
        assert_eq!(values, [0.0, 1.0]);
    }

    #[test]
    fn lightness_grows_with_the_value() {
        let lightness = |[red, green, blue]: [u8; 3]| {
            0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)
        };
        for stops in [&SEQUENTIAL[..], &DIVERGING[..]] {
            for step in 1..=100 {
                let (before, here) = ((step - 1) as f32 / 100.0, step as f32 / 100.0);
                let (before, here) = (colour_at(stops, before), colour_at(stops, here));
                assert!(lightness(here) + 1.0 >= lightness(before), "{step}");
            }
            assert_eq!(colour_at(stops, 2.0), stops[stops.len() - 1]);
            assert_eq!(colour_at(stops, f32::NAN), [255; 3]);
        }
    }
}
