//! Sums of outer products over the rows of two matrices: the weight gradients. Every element is a chain of multiply-adds
//! over each block of rows, and the blocks are added in ascending order: the columns may be split over threads in any way,
//! and the rounding of a long sequence stays that of a block.
#![allow(
    unsafe_code,
    reason = "the innermost loop addresses packed blocks without a bounds check per element"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "constant bounds over arrays of accumulators are what the compiler unrolls into registers"
)]

use super::aligned::Aligned;
use super::multiply::{load, store};
use super::packed_matrix::{PackedMatrix, WIDEST_COVERING};
use crate::instruction_set::{Kernel, Lanes};

/// Rows of both matrices that are packed at a time: a block of the left one stays in level 1, of the right in level 2.
const BLOCK: usize = 256;

/// `result[m][n] += Σ_k left(k)[m] · right(k)[n]`, and optionally `sums[m] += Σ_k left(k)[m]`.
pub(crate) struct OuterProduct<'a, L, R> {
    /// Row k of the left matrix: at least `left_columns` values.
    pub(crate) left: L,
    /// Number of columns m.
    pub(crate) left_columns: usize,
    /// Row k of the right matrix: at least `right_columns` values.
    pub(crate) right: R,
    /// Number of columns n.
    pub(crate) right_columns: usize,
    /// Number of rows k.
    pub(crate) depth: usize,
    /// Row m of the result is `result[m · right_columns..][..right_columns]`.
    pub(crate) result: &'a mut [f32],
    /// `left_columns` values.
    pub(crate) sums: Option<&'a mut [f32]>,
}

/// Columns of the left matrix in a tile.
#[inline(always)]
const fn tile_rows(registers: usize) -> usize {
    if registers >= 32 { 8 } else { 4 }
}

impl<'a, L, R> Kernel for OuterProduct<'a, L, R>
where
    L: Fn(usize) -> &'a [f32],
    R: Fn(usize) -> &'a [f32],
{
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(mut self, s: S) {
        assert!(self.left_columns * self.right_columns <= self.result.len());
        if self.left_columns == 0 || self.right_columns == 0 {
            return;
        }
        if S::REGISTER_COUNT >= 32 {
            self.accumulate::<S, 8>(s)
        } else {
            self.accumulate::<S, 4>(s)
        }
    }
}

impl<'a, L, R> OuterProduct<'a, L, R>
where
    L: Fn(usize) -> &'a [f32],
    R: Fn(usize) -> &'a [f32],
{
    #[inline(always)]
    fn accumulate<S: Lanes, const ROWS: usize>(&mut self, s: S) {
        debug_assert_eq!(ROWS, tile_rows(S::REGISTER_COUNT));
        let block = BLOCK.min(self.depth.max(1));
        let mut right = PackedMatrix::covering(S::F32_LANES, self.right_columns, block);
        let tiles = self.left_columns.div_ceil(ROWS);
        let mut left = Aligned::zeros(tiles * block * ROWS);
        let width = right.columns();
        let mut sum = Aligned::zeros(tiles * ROWS * width);
        let mut block_sums = Aligned::zeros(self.left_columns);
        let mut first = 0;
        while first < self.depth {
            let rows = block.min(self.depth - first);
            right.fill_rows(rows, |k| {
                Some(&(self.right)(first + k)[..self.right_columns])
            });
            self.pack_left::<ROWS>(&mut left, &mut block_sums, first, rows, block);
            for panel in right.panels() {
                let data = right.panel_data(panel);
                for tile in 0..tiles {
                    let left = &left[tile * block * ROWS..][..rows * ROWS];
                    let sum = &mut sum[tile * ROWS * width + panel.column..];
                    match panel.vectors {
                        1 => accumulate_tile::<S, 1, ROWS>(s, left, data, sum, width),
                        2 => accumulate_tile::<S, 2, ROWS>(s, left, data, sum, width),
                        _ => accumulate_tile::<S, WIDEST_COVERING, ROWS>(s, left, data, sum, width),
                    }
                }
            }
            first += rows;
        }
        let rows = self
            .result
            .chunks_exact_mut(self.right_columns)
            .zip(sum.chunks_exact(width));
        for (result, sum) in rows.take(self.left_columns) {
            for (value, sum) in result.iter_mut().zip(sum) {
                *value += sum;
            }
        }
    }

    /// Packs `rows` rows from `first` on into tiles of `ROWS` columns and adds them to the column sums.
    #[inline(always)]
    fn pack_left<const ROWS: usize>(
        &mut self,
        packed: &mut Aligned,
        block_sums: &mut Aligned,
        first: usize,
        rows: usize,
        block: usize,
    ) {
        block_sums.fill(0.0);
        for k in 0..rows {
            let row = &(self.left)(first + k)[..self.left_columns];
            for (tile, values) in row.chunks(ROWS).enumerate() {
                let target = &mut packed[(tile * block + k) * ROWS..][..ROWS];
                if let Ok(values) = <&[f32; ROWS]>::try_from(values) {
                    target.copy_from_slice(values);
                } else {
                    target[..values.len()].copy_from_slice(values);
                }
            }
            for (sum, value) in block_sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        if let Some(sums) = &mut self.sums {
            for (sum, value) in sums.iter_mut().zip(block_sums.iter()) {
                *sum += value;
            }
        }
    }
}

/// Adds the outer products of a block to a tile of `ROWS` rows by one panel.
#[inline(always)]
fn accumulate_tile<S: Lanes, const P: usize, const ROWS: usize>(
    s: S,
    left: &[f32],
    right: &[f32],
    sum: &mut [f32],
    stride: usize,
) {
    let lanes = S::F32_LANES;
    let depth = left.len() / ROWS;
    assert!(depth * P * lanes <= right.len() && (ROWS - 1) * stride + P * lanes <= sum.len());
    let (mut left, mut right, sum) = (left.as_ptr(), right.as_ptr(), sum.as_mut_ptr());
    // SAFETY: the assertion above bounds every address.
    unsafe {
        let mut sums = [[s.splat_f32s(0.0); P]; ROWS];
        for _ in 0..depth {
            let vectors: [S::f32s; P] = std::array::from_fn(|v| load::<S>(right.add(v * lanes)));
            for r in 0..ROWS {
                let value = s.splat_f32s(*left.add(r));
                for v in 0..P {
                    sums[r][v] = s.multiply_add(value, vectors[v], sums[r][v]);
                }
            }
            left = left.add(ROWS);
            right = right.add(P * lanes);
        }
        for r in 0..ROWS {
            for v in 0..P {
                let target = sum.add(r * stride + v * lanes);
                store::<S>(target, s.add_f32s(load::<S>(target), sums[r][v]));
            }
        }
    }
}
