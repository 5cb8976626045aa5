//! The gradient of a state, scaled by a power of two for each sequence so that it neither vanishes nor overflows.

use tidegate_cells::State;

/// Euclidean norms of one sequence's gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Norms {
    /// With respect to the hidden states of all layers.
    pub(super) hidden: f64,
    /// With respect to the cell states of all layers; 0 where there are none.
    pub(super) cell: f64,
}

/// By how much the gradient of a batch's mean loss is scaled, row by row.
pub(super) struct Scaled {
    units: usize,
    /// The gradient is what is stored times two to this power, one for each row.
    exponents: Vec<i32>,
}

impl Scaled {
    /// Of so many sequences, with layers of so many units, not scaled yet.
    pub(super) fn new(batch: usize, units: usize) -> Self {
        Scaled {
            units,
            exponents: vec![0; batch],
        }
    }

    /// Norms of the gradient of the row's own loss.
    pub(super) fn norms(&self, gradient: &State, row: usize) -> Norms {
        // The loss of the batch is the mean of its rows'.
        let factor = f64::from(self.exponents[row]).exp2() * self.exponents.len() as f64;
        let norm = |values: &[f32]| {
            let squares = self.row(values, row).map(|value| f64::from(value).powi(2));
            squares.sum::<f64>().sqrt() * factor
        };
        Norms {
            hidden: norm(&gradient.hidden),
            cell: norm(&gradient.cell),
        }
    }

    /// Scales every row so that its largest value lies between 1 and 2, or as near to that as one normal power of two
    /// takes it. A row of zeros stays one.
    pub(super) fn scale(&mut self, gradient: &mut State) {
        let (batch, units) = (self.exponents.len(), self.units);
        for row in 0..batch {
            let values = self
                .row(&gradient.hidden, row)
                .chain(self.row(&gradient.cell, row));
            let largest = values.fold(0.0, |largest: f32, value| largest.max(value.abs()));
            if largest == 0.0 || !largest.is_finite() {
                continue;
            }
            let exponent = (largest.log2().floor() as i32).clamp(-126, 126);
            let factor = (-exponent as f32).exp2();
            for values in [&mut gradient.hidden, &mut gradient.cell] {
                for layer in values.chunks_exact_mut(batch * units) {
                    let values = layer[row * units..][..units].iter_mut();
                    values.for_each(|value| *value *= factor);
                }
            }
            self.exponents[row] += exponent;
        }
    }

    /// The values of one row in `[layers, batch, units]`.
    fn row(&self, values: &[f32], row: usize) -> impl Iterator<Item = f32> {
        let units = self.units;
        let layers = values.chunks_exact(self.exponents.len() * units);
        layers.flat_map(move |layer| layer[row * units..][..units].iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient() -> State {
        // Two layers, two sequences, two units.
        State {
            batch: 2,
            hidden: vec![3e-20, 4e-20, 0.0, 0.0, 0.0, 0.0, 0.0, 6e30],
            cell: vec![1e-24; 8],
        }
    }

    #[test]
    fn scaling_moves_the_largest_value_near_one_and_leaves_the_norms() {
        let mut gradient = gradient();
        let mut scaled = Scaled::new(2, 2);
        let before = [0, 1].map(|row| scaled.norms(&gradient, row));
        assert!((before[0].hidden / 1e-19 - 1.0).abs() < 1e-6);
        assert!((before[0].cell / 4e-24 - 1.0).abs() < 1e-6);
        scaled.scale(&mut gradient);
        assert!((1.0..2.0).contains(&gradient.hidden[1]));
        assert!((1.0..2.0).contains(&gradient.hidden[7]));
        let after = [0, 1].map(|row| scaled.norms(&gradient, row));
        assert_eq!(before[0], after[0]);
        // Far below the largest value of its row, what is small may vanish.
        assert_eq!((before[1].hidden, after[1].cell), (after[1].hidden, 0.0));
    }

    #[test]
    fn zeros_stay_zeros() {
        let mut gradient = State {
            hidden: vec![0.0; 8],
            cell: Vec::new(),
            ..gradient()
        };
        let mut scaled = Scaled::new(2, 2);
        scaled.scale(&mut gradient);
        let zero = Norms {
            hidden: 0.0,
            cell: 0.0,
        };
        assert_eq!(scaled.norms(&gradient, 1), zero);
    }
}
