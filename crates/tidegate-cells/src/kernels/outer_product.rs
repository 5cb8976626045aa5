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

use super::access::{load, prefetch, store};
use super::aligned::Aligned;
use super::multiply::Rows;
use super::packed_matrix::{Panel, covering_panels};
use crate::instruction_set::{Kernel, Lanes};

/// Rows of both matrices that are packed at a time: a panel of the right one stays in level 1, both blocks in level 2.
pub(crate) const BLOCK: usize = 256;

/// Rows of the left block whose values are copied to one tile before the next: lines of the source are read once.
const COPIED_ROWS: usize = 8;

/// Most right matrices of one sum.
pub(crate) const RIGHTS: usize = 3;

/// Where the sums of some columns of the left matrix with one right matrix go.
pub(crate) struct Target<'a> {
    /// `[columns, right columns]`, added to.
    pub(crate) result: &'a mut [f32],
    /// Sums over the left columns, one value each, added to; empty where nobody asks for them.
    pub(crate) sums: &'a mut [f32],
}

/// Neighbouring columns of the left matrix, and where their sums with each right matrix go.
#[derive(Default)]
pub(crate) struct Segment<'a> {
    /// First column of the left matrix.
    pub(crate) first: usize,
    pub(crate) columns: usize,
    pub(crate) targets: [Option<Target<'a>>; RIGHTS],
}

/// Memory of packed blocks, kept from one product to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct OuterProductBuffers {
    left: Aligned,
    rights: [Aligned; RIGHTS],
    sums: Aligned,
}

impl OuterProductBuffers {
    /// Memory held, in bytes.
    pub(crate) fn memory_bytes(&self) -> usize {
        [&self.left, &self.sums]
            .into_iter()
            .chain(&self.rights)
            .map(Aligned::memory_bytes)
            .sum()
    }
}

/// `result[m][n] += Σ_k left[k][m] · right(k)[n]` and `sums[m] += Σ_k left[k][m]` for the columns m of every segment and each of its
/// right matrices.
pub(crate) struct OuterProduct<'a, 'b, R> {
    pub(crate) left: Rows<'a>,
    pub(crate) segments: &'a mut [Segment<'b>],
    /// Row k of right matrix r, `right(r, k)`: at least as many values as it has columns.
    pub(crate) right: R,
    /// Number of columns of each right matrix; 0 for none.
    pub(crate) right_columns: [usize; RIGHTS],
    /// Number of rows k.
    pub(crate) depth: usize,
    pub(crate) buffers: &'a mut OuterProductBuffers,
}

impl<'a, R> Kernel for OuterProduct<'a, '_, R>
where
    R: Fn(usize, usize) -> &'a [f32],
{
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(self, s: S) {
        // A tile's columns share one vector of the packed left matrix.
        if S::REGISTER_COUNT >= 32 && S::F32_LANES >= 8 {
            self.accumulate::<S, 8, 3>(s)
        } else {
            self.accumulate::<S, 4, 2>(s)
        }
    }
}

impl<'a, R> OuterProduct<'a, '_, R>
where
    R: Fn(usize, usize) -> &'a [f32],
{
    /// With tiles of `COLUMNS` columns of the left matrix by at most `WIDEST` vectors of a right one.
    #[inline(always)]
    fn accumulate<S: Lanes, const COLUMNS: usize, const WIDEST: usize>(self, s: S) {
        let lanes = S::F32_LANES;
        assert!(COLUMNS <= lanes && lanes.is_multiple_of(COLUMNS));
        let block = BLOCK.min(self.depth);
        let OuterProductBuffers { left, rights, sums } = self.buffers;
        for (right, width) in rights.iter_mut().zip(self.right_columns) {
            right.resize(width.next_multiple_of(lanes) * block);
        }
        let most = self.segments.iter().map(|segment| segment.columns).max();
        left.resize(most.unwrap_or(0).next_multiple_of(lanes) * block);
        for first in (0..self.depth).step_by(block.max(1)) {
            let rows = block.min(self.depth - first);
            for (index, right) in rights.iter_mut().enumerate() {
                let width = self.right_columns[index];
                let panels = covering_panels(WIDEST, lanes, width, block);
                for k in (0..rows).take_while(|_| width > 0) {
                    let row = &(self.right)(index, first + k)[..width];
                    for panel in panels.clone() {
                        pack_right(s, &panel, row, &mut right[panel.start..], k);
                    }
                }
            }
            let used = |segment: &&mut Segment<'_>| segment.targets.iter().any(Option::is_some);
            for segment in self.segments.iter_mut().filter(used) {
                let columns = segment.columns;
                sums.resize(columns.next_multiple_of(lanes));
                pack_left(
                    s,
                    &self.left,
                    segment.first,
                    columns,
                    first,
                    rows,
                    block,
                    left,
                    sums,
                );
                let targets = segment.targets.iter_mut().zip(self.right_columns);
                for ((target, width), right) in targets.zip(rights.iter()) {
                    let Some(target) = target else { continue };
                    assert!(columns * width <= target.result.len());
                    for (total, sum) in target.sums.iter_mut().zip(sums.iter()) {
                        *total += sum;
                    }
                    for panel in covering_panels(WIDEST, lanes, width, block) {
                        let data = &right[panel.start..][..rows * panel.vectors * lanes];
                        for tile in 0..columns.div_ceil(COLUMNS) {
                            let (vector, lane) = (tile * COLUMNS / lanes, tile * COLUMNS % lanes);
                            let tile = Tile {
                                left: &left[vector * block * lanes + lane..]
                                    [..(rows - 1) * lanes + COLUMNS],
                                depth: rows,
                                right: data,
                                result: &mut target.result[tile * COLUMNS * width..],
                                stride: width,
                                column: panel.column,
                                columns: COLUMNS.min(columns - tile * COLUMNS),
                            };
                            match panel.vectors {
                                1 => tile.add::<S, 1, COLUMNS>(s),
                                2 if WIDEST > 2 => tile.add::<S, 2, COLUMNS>(s),
                                _ => tile.add::<S, WIDEST, COLUMNS>(s),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Copies the columns of a panel from `row` to row `k` of the panel's block, zeros past the row's end.
#[inline(always)]
fn pack_right<S: Lanes>(s: S, panel: &Panel, row: &[f32], block: &mut [f32], k: usize) {
    let lanes = S::F32_LANES;
    let width = panel.vectors * lanes;
    let target = S::as_mut_simd_f32s(&mut block[k * width..][..width]).0;
    let source = &row[panel.column..row.len().min(panel.column + width)];
    let (vectors, rest) = S::as_simd_f32s(source);
    for (target, source) in target.iter_mut().zip(vectors) {
        *target = *source;
    }
    if vectors.len() < panel.vectors {
        target[vectors.len()] = s.partial_load_f32s(rest);
    }
}

/// Copies `columns` columns from `column` on of `rows` rows from `first` on into vectors of columns, `[vector][block][lanes]`,
/// zeros past the last column, and their sums into `sums`.
#[allow(
    clippy::too_many_arguments,
    reason = "the place in the matrix and in the block"
)]
#[inline(always)]
fn pack_left<S: Lanes>(
    s: S,
    matrix: &Rows<'_>,
    column: usize,
    columns: usize,
    first: usize,
    rows: usize,
    block: usize,
    packed: &mut [f32],
    sums: &mut [f32],
) {
    let lanes = S::F32_LANES;
    sums.fill(0.0);
    for begin in (0..rows).step_by(COPIED_ROWS) {
        let end = rows.min(begin + COPIED_ROWS);
        for (vector, sum) in S::as_mut_simd_f32s(sums).0.iter_mut().enumerate() {
            let target = &mut packed[(vector * block + begin) * lanes..][..(end - begin) * lanes];
            let column = column + vector * lanes;
            let given = lanes.min(columns - vector * lanes);
            let mut total = *sum;
            for (k, target) in S::as_mut_simd_f32s(target).0.iter_mut().enumerate() {
                let at = (first + begin + k) * matrix.stride + column;
                let row = &matrix.data[at..][..given];
                // The rows lie too far apart for the hardware to foresee.
                prefetch(row.as_ptr().wrapping_add(COPIED_ROWS * matrix.stride));
                let value = match S::as_simd_f32s(row).0.first() {
                    Some(vector) => *vector,
                    None => s.partial_load_f32s(row),
                };
                *target = value;
                total = s.add_f32s(total, value);
            }
            *sum = total;
        }
    }
}

/// A tile of the result.
struct Tile<'a> {
    /// `COLUMNS` values of every vector.
    left: &'a [f32],
    depth: usize,
    /// A panel's block, `[depth, vectors · lanes]`.
    right: &'a [f32],
    /// Rows of the result from the tile's first on.
    result: &'a mut [f32],
    stride: usize,
    /// The panel's first column.
    column: usize,
    /// Rows of the result that exist.
    columns: usize,
}

impl Tile<'_> {
    /// Adds the outer products of a block to `COLUMNS` rows of `P` vectors.
    #[inline(always)]
    fn add<S: Lanes, const P: usize, const COLUMNS: usize>(self, s: S) {
        let lanes = S::F32_LANES;
        let depth = self.depth;
        assert!(
            (depth - 1) * lanes + COLUMNS <= self.left.len()
                && depth * P * lanes <= self.right.len()
        );
        assert!(self.columns <= COLUMNS && self.columns * self.stride <= self.result.len());
        let (mut left, mut right) = (self.left.as_ptr(), self.right.as_ptr());
        let mut sums = [[s.splat_f32s(0.0); P]; COLUMNS];
        // SAFETY: the assertions above bound every address.
        unsafe {
            for _ in 0..depth {
                let vectors: [S::f32s; P] =
                    std::array::from_fn(|v| load::<S>(right.add(v * lanes)));
                for r in 0..COLUMNS {
                    let value = s.splat_f32s(*left.add(r));
                    for v in 0..P {
                        sums[r][v] = s.multiply_add(value, vectors[v], sums[r][v]);
                    }
                }
                left = left.add(lanes);
                right = right.add(P * lanes);
            }
        }
        let whole = self.columns == COLUMNS && self.column + P * lanes <= self.stride;
        if whole {
            let result = self.result.as_mut_ptr();
            for r in 0..COLUMNS {
                for v in 0..P {
                    // SAFETY: row r < columns, and the panel's columns lie within the stride.
                    unsafe {
                        let target = result.add(r * self.stride + self.column + v * lanes);
                        store::<S>(target, s.add_f32s(load::<S>(target), sums[r][v]));
                    }
                }
            }
            return;
        }
        for (row, sums) in self
            .result
            .chunks_mut(self.stride)
            .zip(&sums)
            .take(self.columns)
        {
            for (target, sum) in row[self.column..].chunks_mut(lanes).zip(sums) {
                let value = s.add_f32s(s.partial_load_f32s(target), *sum);
                s.partial_store_f32s(target, value);
            }
        }
    }
}
