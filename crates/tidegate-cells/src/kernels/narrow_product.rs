//! Sums of outer products where the right matrix has few columns: the weight gradients of a narrow input. The columns of the
//! left matrix fill the vectors, so nothing is packed. Blocks are those of
//! [`outer_product`](super::outer_product), and their sums are added up before they are added to the result.
#![allow(
    unsafe_code,
    reason = "the innermost loop addresses rows without a bounds check per element"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "constant bounds over arrays of accumulators are what the compiler unrolls into registers"
)]

use super::access::load;
use super::multiply::Rows;
use super::outer_product::{BLOCK, Target};
use crate::instruction_set::{Kernel, Lanes};

/// Most columns of the right matrix; the sums over the left columns are one more.
pub(crate) const MOST_COLUMNS: usize = 7;

/// Columns of the right matrix that are passed together.
const TOGETHER: usize = 4;

/// `result[m][n] += Σ_k left[k][m] · right[k][n]` and `sums[m] += Σ_k left[k][m]` for the columns m of every target. Rows of
/// the left matrix are padded to whole vectors.
pub(crate) struct NarrowProduct<'a, 'b> {
    pub(crate) left: Rows<'a>,
    /// Each with its first column of the left matrix.
    pub(crate) targets: Vec<(usize, Target<'b>)>,
    pub(crate) right: Rows<'a>,
    /// Number of columns n, 1 to [`MOST_COLUMNS`].
    pub(crate) right_columns: usize,
    /// Number of rows k.
    pub(crate) depth: usize,
}

impl Kernel for NarrowProduct<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(mut self, s: S) {
        assert!(self.right_columns <= MOST_COLUMNS);
        if self.depth == 0 {
            return;
        }
        assert!(self.right.hold(self.depth, self.right_columns));
        for index in 0..self.targets.len() {
            let vectors = self.units(index).div_ceil(S::F32_LANES);
            let mut vector = 0;
            while vector < vectors {
                vector += if S::REGISTER_COUNT >= 32 && vectors - vector >= 4 {
                    self.columns::<S, 4>(s, index, vector)
                } else if vectors - vector >= 2 {
                    self.columns::<S, 2>(s, index, vector)
                } else {
                    self.columns::<S, 1>(s, index, vector)
                };
            }
        }
    }
}

impl NarrowProduct<'_, '_> {
    /// Columns of the left matrix that belong to a target.
    fn units(&self, target: usize) -> usize {
        self.targets[target].1.result.len() / self.right_columns
    }

    /// All sums of `P` vectors of columns of a target; returns `P`.
    #[inline(always)]
    fn columns<S: Lanes, const P: usize>(&mut self, s: S, target: usize, vector: usize) -> usize {
        // The last column is one of ones, for the sums.
        for first in (0..self.right_columns + 1).step_by(TOGETHER) {
            match (self.right_columns + 1 - first).min(TOGETHER) {
                1 => self.pass::<S, P, 1>(s, target, vector, first),
                2 => self.pass::<S, P, 2>(s, target, vector, first),
                3 => self.pass::<S, P, 3>(s, target, vector, first),
                _ => self.pass::<S, P, TOGETHER>(s, target, vector, first),
            }
        }
        P
    }

    #[inline(always)]
    fn pass<S: Lanes, const P: usize, const R: usize>(
        &mut self,
        s: S,
        target: usize,
        vector: usize,
        first: usize,
    ) {
        let lanes = S::F32_LANES;
        let count = self.units(target);
        let (column, target) = &mut self.targets[target];
        let column = *column + vector * lanes;
        let (left, right) = (self.left, self.right);
        assert!(left.hold(self.depth, column + P * lanes));
        let one = [1.0f32];
        // SAFETY: the assertions here and in `run` bound every address; the column of ones has stride 0.
        let totals = unsafe {
            let mut values: [*const f32; R] = std::array::from_fn(|r| {
                if first + r < self.right_columns {
                    right.data.as_ptr().add(first + r)
                } else {
                    one.as_ptr()
                }
            });
            let strides: [usize; R] = std::array::from_fn(|r| {
                if first + r < self.right_columns {
                    right.stride
                } else {
                    0
                }
            });
            let mut totals = [[s.splat_f32s(0.0); P]; R];
            for begin in (0..self.depth).step_by(BLOCK) {
                let mut sums = [[s.splat_f32s(0.0); P]; R];
                for k in begin..self.depth.min(begin + BLOCK) {
                    let row = left.data.as_ptr().add(k * left.stride + column);
                    let vectors: [S::f32s; P] =
                        std::array::from_fn(|v| load::<S>(row.add(v * lanes)));
                    for r in 0..R {
                        let value = s.splat_f32s(*values[r]);
                        values[r] = values[r].wrapping_add(strides[r]);
                        for v in 0..P {
                            sums[r][v] = s.multiply_add(value, vectors[v], sums[r][v]);
                        }
                    }
                }
                for r in 0..R {
                    for v in 0..P {
                        totals[r][v] = s.add_f32s(totals[r][v], sums[r][v]);
                    }
                }
            }
            totals
        };
        let width = self.right_columns;
        for (r, totals) in totals.iter().enumerate() {
            for (v, total) in totals.iter().enumerate() {
                let mut values = [0.0; 16];
                s.partial_store_f32s(&mut values[..lanes], *total);
                let units = (vector + v) * lanes..count.min((vector + v + 1) * lanes);
                for (unit, value) in units.zip(values) {
                    if first + r < width {
                        target.result[unit * width + first + r] += value;
                    } else if let Some(sum) = target.sums.get_mut(unit) {
                        *sum += value;
                    }
                }
            }
        }
    }
}
