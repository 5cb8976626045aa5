//! The rows of a padded buffer `[steps · batch, width]` that lie before their sequence's end.

use tidegate_cells::{Batch, make_room};

/// Positions of the real rows, in the order of steps and sequences.
#[derive(Clone, Debug, Default)]
pub(crate) struct RealRows {
    /// Whether every row is real; `positions` is empty then.
    all: bool,
    positions: Vec<usize>,
    total: usize,
    batch: usize,
}

impl RealRows {
    /// Finds the real rows of a valid batch, reusing the memory of an earlier one.
    pub(crate) fn set(&mut self, batch: &Batch) {
        self.positions.clear();
        self.batch = batch.batch;
        self.total = batch.steps * batch.batch;
        self.all = batch
            .lengths
            .is_none_or(|lengths| lengths.iter().all(|&length| length == batch.steps));
        if !self.all {
            make_room(&mut self.positions, batch.total_steps());
            for step in 0..batch.steps {
                let first = step * batch.batch;
                let real = (0..batch.batch).filter(|&row| step < batch.length(row));
                self.positions.extend(real.map(|row| first + row));
            }
        }
    }

    /// Whether no row is padding.
    pub(crate) fn all(&self) -> bool {
        self.all
    }

    /// Number of real rows.
    pub(crate) fn len(&self) -> usize {
        if self.all {
            self.total
        } else {
            self.positions.len()
        }
    }

    /// Sequence and step of each real row, in order.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let batch = self.batch.max(1);
        (0..self.len()).map(move |index| {
            let position = if self.all {
                index
            } else {
                self.positions[index]
            };
            (position % batch, position / batch)
        })
    }

    /// Copies the real rows of `padded` to `dense`, one after the other.
    pub(crate) fn gather(&self, padded: &[f32], width: usize, dense: &mut Vec<f32>) {
        // Enough for all rows: the gradient of the padded ones takes the same memory later.
        make_room(dense, self.total * width);
        dense.clear();
        if self.all {
            dense.extend_from_slice(padded);
        } else {
            for &position in &self.positions {
                dense.extend_from_slice(&padded[position * width..(position + 1) * width]);
            }
        }
    }

    /// Copies the rows of `dense` to their places in `padded`, and zeros to all others.
    pub(crate) fn scatter(&self, dense: &[f32], width: usize, padded: &mut Vec<f32>) {
        make_room(padded, self.total * width);
        padded.clear();
        if self.all {
            padded.extend_from_slice(dense);
        } else {
            padded.resize(self.total * width, 0.0);
            for (row, &position) in dense.chunks_exact(width).zip(&self.positions) {
                padded[position * width..(position + 1) * width].copy_from_slice(row);
            }
        }
    }

    /// Bytes held.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.positions.capacity() * size_of::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattering_undoes_gathering_and_zeroes_the_padding() {
        let mut rows = RealRows::default();
        rows.set(&Batch::ragged(3, &[1, 0, 3]));
        let padded: Vec<f32> = (1..=18).map(|value| value as f32).collect();
        let mut dense = Vec::new();
        rows.gather(&padded, 2, &mut dense);
        assert_eq!(dense, [1.0, 2.0, 5.0, 6.0, 11.0, 12.0, 17.0, 18.0]);
        assert_eq!(
            rows.places().collect::<Vec<_>>(),
            [(0, 0), (2, 0), (2, 1), (2, 2)]
        );
        let mut back = vec![9.0; 3];
        rows.scatter(&dense, 2, &mut back);
        let expected = [
            1., 2., 0., 0., 5., 6., 0., 0., 0., 0., 11., 12., 0., 0., 0., 0., 17., 18.,
        ];
        assert_eq!(back, expected);
    }

    #[test]
    fn a_full_batch_has_no_padding_whether_or_not_it_gives_lengths() {
        let mut rows = RealRows::default();
        rows.set(&Batch::ragged(2, &[2, 2]));
        assert!(rows.all() && rows.len() == 4);
        assert_eq!(
            rows.places().collect::<Vec<_>>(),
            [(0, 0), (1, 0), (0, 1), (1, 1)]
        );
        rows.set(&Batch::full(0, 0));
        assert_eq!((rows.all(), rows.len()), (true, 0));
    }
}
