//! A heat map, and its colours.

use super::axis::Axis;

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
    /// Number of the first column.
    pub first_column: usize,
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
            && cells.is_multiple_of(self.columns)
            && (self.row_labels.is_empty() || self.row_labels.len() == self.rows())
            && self.values.iter().any(|value| value.is_finite())
    }

    pub(crate) fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// The values of the first and the last colour.
    pub(crate) fn range(&self) -> [f32; 2] {
        match self.colours {
            Colours::Unit => [0.0, 1.0],
            Colours::Symmetric => [-1.0, 1.0],
            Colours::Automatic => {
                let finite = self
                    .values
                    .iter()
                    .copied()
                    .filter(|value| value.is_finite());
                let low = finite.clone().fold(f32::INFINITY, f32::min);
                let high = finite.fold(f32::NEG_INFINITY, f32::max);
                if low < 0.0 && high > 0.0 {
                    let bound = high.max(-low);
                    [-bound, bound]
                } else if low == high {
                    [low - 0.5, high + 0.5]
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
        let colour = |&value: &f32| colour_at(stops, (value - low) / (high - low));
        self.values.iter().flat_map(colour).collect()
    }
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
