//! The product of rows with a packed matrix. Every element is one chain of multiply-adds over the depth in ascending
//! order, or the sum of the matrix's few chains, whatever the number of rows and the shape of the tile, so a row alone and
//! a row in a batch give the same bits.
#![allow(
    unsafe_code,
    reason = "the innermost loop addresses rows and panels without a bounds check per element"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "constant bounds over arrays of accumulators are what the compiler unrolls into registers"
)]

use std::ops::Range;

use super::access::{load, store};
use super::packed_matrix::{PackedMatrix, Panel};
use crate::instruction_set::{Kernel, Lanes};

/// Where the chains of multiply-adds begin.
#[derive(Clone, Copy)]
pub(crate) enum Start<'a> {
    /// At zero.
    Zero,
    /// At one value per column, counted with padding.
    Columns(&'a [f32]),
    /// At the output's own values.
    Output,
}

/// Rows of a matrix, `stride` values apart.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// The values, from the first row on.
    pub(crate) data: &'a [f32],
    /// Distance between two rows.
    pub(crate) stride: usize,
}

impl Rows<'_> {
    /// Whether there are `count` rows of `width` values.
    #[inline(always)]
    pub(super) fn hold(&self, count: usize, width: usize) -> bool {
        rows_fit(count, self.stride, width, self.data.len())
    }
}

/// Whether `count` rows of `width` values, `stride` apart, fit into `length` values.
#[inline(always)]
fn rows_fit(count: usize, stride: usize, width: usize, length: usize) -> bool {
    let last = count.saturating_sub(1).checked_mul(stride);
    let end = last.and_then(|last| last.checked_add(width));
    count == 0 || end.is_some_and(|end| end <= length)
}

/// `output[r][c − c₀] = start + Σ_k rows[r][k] · matrix[k][c]` for the columns c of `panels`, the first being c₀.
pub(crate) struct Multiply<'a> {
    pub(crate) matrix: &'a PackedMatrix,
    pub(crate) panels: Range<usize>,
    pub(crate) rows: Rows<'a>,
    pub(crate) count: usize,
    pub(crate) start: Start<'a>,
    pub(crate) output: &'a mut [f32],
    pub(crate) output_stride: usize,
}

/// Rows that pass all panels before the next rows do: few enough for level 2, enough to use a panel well.
const ROW_BLOCK: usize = 128;

/// Rows of a tile that keep its accumulators and one row of the panel in registers.
#[inline(always)]
const fn rows_per_tile(registers: usize, vectors: usize) -> usize {
    match (registers >= 32, vectors) {
        (true, 4) | (false, 2) => 6,
        (false, 3) => 3,
        (false, 4) => 2,
        _ => 8,
    }
}

/// Panels that one row passes at the same time, so that enough chains are in flight to hide their latency.
#[inline(always)]
pub(super) const fn panels_per_row(registers: usize, vectors: usize) -> usize {
    match (registers >= 32, vectors) {
        (_, 1) => 8,
        (true, 2 | 3) | (false, 2) => 4,
        _ => 2,
    }
}

impl Kernel for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(self, s: S) {
        assert_eq!(self.matrix.lanes(), S::F32_LANES);
        if self.count == 0 || self.panels.is_empty() {
            return;
        }
        let panels = &self.matrix.panels()[self.panels.clone()];
        let first = panels[0].column;
        let last = panels[panels.len() - 1];
        let width = last.column + last.vectors * S::F32_LANES - first;
        let depth = self.matrix.depth();
        assert!(self.rows.hold(self.count, depth));
        assert!(rows_fit(
            self.count,
            self.output_stride,
            width,
            self.output.len()
        ));
        if let Start::Columns(values) = self.start {
            assert!(first + width <= values.len());
        }
        let mut context = Context {
            depth,
            rows: self.rows,
            start: self.start,
            output: self.output.as_mut_ptr(),
            output_stride: self.output_stride,
            first,
        };
        if self.count == 1 && self.matrix.chain() < depth {
            for panel in panels {
                // SAFETY: the assertions above bound every address that a row of this panel forms.
                unsafe { context.row_in_chains_dispatch(s, self.matrix, panel) };
            }
            return;
        }
        if self.count == 1 {
            let mut done = 0;
            while done < panels.len() {
                let vectors = panels[done].vectors;
                let together = panels[done..]
                    .iter()
                    .take(panels_per_row(S::REGISTER_COUNT, vectors))
                    .take_while(|panel| panel.vectors == vectors)
                    .count();
                // Fewer than a full group go by halves.
                let taken =
                    together.next_power_of_two() >> usize::from(!together.is_power_of_two());
                // SAFETY: the assertions above bound every address that a tile of these panels and rows forms.
                unsafe { context.row_dispatch(s, self.matrix, &panels[done..done + taken]) };
                done += taken;
            }
            return;
        }
        for first in (0..self.count).step_by(ROW_BLOCK) {
            let end = self.count.min(first + ROW_BLOCK);
            for panel in panels {
                let most = rows_per_tile(S::REGISTER_COUNT, panel.vectors);
                let mut row = first;
                while row < end {
                    // Two tiles of about equal height rather than a full one and a low one, whose few chains of
                    // multiply-adds wait for each other.
                    let left = end - row;
                    let rows = match left {
                        _ if left >= 2 * most => most,
                        _ if left > most => left.div_ceil(2),
                        _ => left,
                    };
                    // SAFETY: as above; row + rows ≤ count.
                    unsafe { context.tile_dispatch(s, self.matrix, panel, row, rows) };
                    row += rows;
                }
            }
        }
    }
}

struct Context<'a> {
    depth: usize,
    rows: Rows<'a>,
    start: Start<'a>,
    output: *mut f32,
    output_stride: usize,
    first: usize,
}

impl Context<'_> {
    #[inline(always)]
    unsafe fn tile_dispatch<S: Lanes>(
        &mut self,
        s: S,
        matrix: &PackedMatrix,
        panel: &Panel,
        row: usize,
        rows: usize,
    ) {
        macro_rules! by_rows {
            ($vectors:literal: $($rows:literal)*) => {
                // SAFETY: forwarded from the caller.
                match rows { $($rows => unsafe { self.tile::<S, $vectors, $rows>(s, matrix, panel, row) },)* _ => unreachable!() }
            };
        }
        match panel.vectors {
            1 => by_rows!(1: 1 2 3 4 5 6 7 8),
            2 => by_rows!(2: 1 2 3 4 5 6 7 8),
            3 => by_rows!(3: 1 2 3 4 5 6 7 8),
            4 => by_rows!(4: 1 2 3 4 5 6),
            _ => unreachable!("a panel has one to four vectors"),
        }
    }

    #[inline(always)]
    unsafe fn row_dispatch<S: Lanes>(&mut self, s: S, matrix: &PackedMatrix, panels: &[Panel]) {
        macro_rules! by_panels {
            ($vectors:literal: $($count:literal)*) => {
                // SAFETY: forwarded from the caller.
                match panels.len() { $($count => unsafe { self.row::<S, $vectors, $count>(s, matrix, panels) },)* _ => unreachable!() }
            };
        }
        match panels[0].vectors {
            1 => by_panels!(1: 1 2 4 8),
            2 => by_panels!(2: 1 2 4),
            3 => by_panels!(3: 1 2 4),
            4 => by_panels!(4: 1 2),
            _ => unreachable!("a panel has one to four vectors"),
        }
    }

    #[inline(always)]
    unsafe fn row_in_chains_dispatch<S: Lanes>(
        &mut self,
        s: S,
        matrix: &PackedMatrix,
        panel: &Panel,
    ) {
        macro_rules! by_chains {
            ($vectors:literal: $($count:literal)*) => {
                match self.depth.div_ceil(matrix.chain()) {
                    // SAFETY: forwarded from the caller.
                    $($count => unsafe { self.row_in_chains::<S, $vectors, $count>(s, matrix, panel) },)*
                    // SAFETY: forwarded from the caller; one row from the first on.
                    _ => unsafe { self.tile::<S, $vectors, 1>(s, matrix, panel, 0) },
                }
            };
        }
        match panel.vectors {
            1 => by_chains!(1: 2 3 4),
            2 => by_chains!(2: 2 3 4),
            3 => by_chains!(3: 2 3 4),
            4 => by_chains!(4: 2 3 4),
            _ => unreachable!("a panel has one to four vectors"),
        }
    }

    /// The first value of a chain.
    #[inline(always)]
    unsafe fn begin<S: Lanes>(&self, s: S, column: usize, output: *const f32) -> S::f32s {
        match self.start {
            Start::Zero => s.splat_f32s(0.0),
            // SAFETY: the column lies within the values, by the caller's assertions.
            Start::Columns(values) => unsafe { load::<S>(values.as_ptr().add(column)) },
            // SAFETY: the address lies within the output, by the caller's assertions.
            Start::Output => unsafe { load::<S>(output) },
        }
    }

    /// `R` rows by one panel of `P` vectors.
    #[inline(always)]
    unsafe fn tile<S: Lanes, const P: usize, const R: usize>(
        &mut self,
        s: S,
        matrix: &PackedMatrix,
        panel: &Panel,
        row: usize,
    ) {
        let lanes = S::F32_LANES;
        let chain = matrix.chain();
        // SAFETY: `run` asserted that all rows, the panel's columns and the output's rows lie within their slices.
        unsafe {
            let rows: [*const f32; R] =
                std::array::from_fn(|r| self.rows.data.as_ptr().add((row + r) * self.rows.stride));
            let output: [*mut f32; R] = std::array::from_fn(|r| {
                self.output
                    .add((row + r) * self.output_stride + panel.column - self.first)
            });
            let weights = matrix.panel_data(panel).as_ptr();
            let begin = |r: usize, v: usize| {
                self.begin(s, panel.column + v * lanes, output[r].add(v * lanes))
            };
            if chain == self.depth {
                let sums = std::array::from_fn(|r| std::array::from_fn(|v| begin(r, v)));
                let sums = advance::<S, P, R>(s, sums, rows, weights, 0..chain);
                for r in 0..R {
                    for v in 0..P {
                        store::<S>(output[r].add(v * lanes), sums[r][v]);
                    }
                }
                return;
            }
            for r in 0..R {
                for v in 0..P {
                    store::<S>(output[r].add(v * lanes), begin(r, v));
                }
            }
            for first in (0..self.depth).step_by(chain) {
                let zeros = [[s.splat_f32s(0.0); P]; R];
                let steps = first..self.depth.min(first + chain);
                let sums = advance::<S, P, R>(s, zeros, rows, weights, steps);
                for r in 0..R {
                    for v in 0..P {
                        let target = output[r].add(v * lanes);
                        store::<S>(target, s.add_f32s(load::<S>(target), sums[r][v]));
                    }
                }
            }
        }
    }

    /// One row by one panel of `P` vectors of a matrix in `G` chains, side by side.
    #[inline(always)]
    unsafe fn row_in_chains<S: Lanes, const P: usize, const G: usize>(
        &mut self,
        s: S,
        matrix: &PackedMatrix,
        panel: &Panel,
    ) {
        let lanes = S::F32_LANES;
        let chain = matrix.chain();
        // SAFETY: as in `tile`.
        unsafe {
            let row = self.rows.data.as_ptr();
            let weights = matrix.panel_data(panel).as_ptr();
            let mut sums = [[s.splat_f32s(0.0); P]; G];
            let advance = |sums: &mut [S::f32s; P], at: usize| {
                let value = s.splat_f32s(*row.add(at));
                for v in 0..P {
                    let weight = load::<S>(weights.add((at * P + v) * lanes));
                    sums[v] = s.multiply_add(value, weight, sums[v]);
                }
            };
            // The last chain may be shorter.
            let last = self.depth - (G - 1) * chain;
            for k in 0..last {
                for g in 0..G {
                    advance(&mut sums[g], g * chain + k);
                }
            }
            for k in last..chain {
                for g in 0..G - 1 {
                    advance(&mut sums[g], g * chain + k);
                }
            }
            let output = self.output.add(panel.column - self.first);
            for v in 0..P {
                let target = output.add(v * lanes);
                let mut total = self.begin(s, panel.column + v * lanes, target);
                for g in 0..G {
                    total = s.add_f32s(total, sums[g][v]);
                }
                store::<S>(target, total);
            }
        }
    }

    /// One row by `Q` panels of `P` vectors.
    #[inline(always)]
    unsafe fn row<S: Lanes, const P: usize, const Q: usize>(
        &mut self,
        s: S,
        matrix: &PackedMatrix,
        panels: &[Panel],
    ) {
        let lanes = S::F32_LANES;
        // SAFETY: as in `tile`; the caller passes at least `Q` panels.
        unsafe {
            let row = self.rows.data.as_ptr();
            let output: [*mut f32; Q] =
                std::array::from_fn(|q| self.output.add(panels[q].column - self.first));
            let weights: [*const f32; Q] =
                std::array::from_fn(|q| matrix.panel_data(&panels[q]).as_ptr());
            let mut sums: [[S::f32s; P]; Q] = std::array::from_fn(|q| {
                std::array::from_fn(|v| {
                    self.begin(s, panels[q].column + v * lanes, output[q].add(v * lanes))
                })
            });
            for k in 0..self.depth {
                let value = s.splat_f32s(*row.add(k));
                for q in 0..Q {
                    for v in 0..P {
                        let weight = load::<S>(weights[q].add((k * P + v) * lanes));
                        sums[q][v] = s.multiply_add(value, weight, sums[q][v]);
                    }
                }
            }
            for q in 0..Q {
                for v in 0..P {
                    store::<S>(output[q].add(v * lanes), sums[q][v]);
                }
            }
        }
    }
}

/// `R` rows' chains of multiply-adds over the rows `steps` of a panel of `P` vectors.
///
/// # Safety
/// The rows of `steps` lie within the panel, and as many values behind each pointer of `rows`.
#[inline(always)]
unsafe fn advance<S: Lanes, const P: usize, const R: usize>(
    s: S,
    mut sums: [[S::f32s; P]; R],
    rows: [*const f32; R],
    weights: *const f32,
    steps: Range<usize>,
) -> [[S::f32s; P]; R] {
    let lanes = S::F32_LANES;
    // SAFETY: the caller's promise.
    unsafe {
        let mut weights = weights.add(steps.start * P * lanes);
        for k in steps {
            let vectors: [S::f32s; P] = std::array::from_fn(|v| load::<S>(weights.add(v * lanes)));
            for r in 0..R {
                let value = s.splat_f32s(*rows[r].add(k));
                for v in 0..P {
                    sums[r][v] = s.multiply_add(value, vectors[v], sums[r][v]);
                }
            }
            weights = weights.add(P * lanes);
        }
    }
    sums
}
