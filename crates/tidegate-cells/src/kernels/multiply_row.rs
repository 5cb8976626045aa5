//! The product of a single row with a packed matrix whose panels are of one width, compiled into its caller: calling
//! [`Multiply`](super::multiply::Multiply) would take as long as a small product. The bits are the same.
#![allow(
    unsafe_code,
    reason = "the innermost loop addresses the row and the panels without a bounds check per element"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "constant bounds over arrays of accumulators are what the compiler unrolls into registers"
)]

use super::access::{load, store};
use super::multiply::panels_per_row;
use super::packed_matrix::{PackedMatrix, Panel};
use crate::instruction_set::Lanes;

/// The product of a single row with a matrix whose panels hold `blocks` vectors each, a constant of the caller, one chain an element
/// that begins at `start`.
#[inline(always)]
pub(super) fn multiply_row<S: Lanes>(
    s: S,
    blocks: usize,
    matrix: &PackedMatrix,
    start: &[f32],
    row: &[f32],
    output: &mut [f32],
) {
    match blocks {
        1 => multiply_by_width::<S, 1>(s, matrix, start, row, output),
        2 => multiply_by_width::<S, 2>(s, matrix, start, row, output),
        3 => multiply_by_width::<S, 3>(s, matrix, start, row, output),
        _ => multiply_by_width::<S, 4>(s, matrix, start, row, output),
    }
}

/// The same for panels of `P` vectors.
#[inline(always)]
fn multiply_by_width<S: Lanes, const P: usize>(
    s: S,
    matrix: &PackedMatrix,
    start: &[f32],
    row: &[f32],
    output: &mut [f32],
) {
    let panels = matrix.panels();
    let most = panels_per_row(S::REGISTER_COUNT, P);
    let mut done = 0;
    while done < panels.len() {
        done += match (panels.len() - done).min(most) {
            1 => multiply_panels::<S, P, 1>(s, matrix, &panels[done..], start, row, output),
            2 | 3 => multiply_panels::<S, P, 2>(s, matrix, &panels[done..], start, row, output),
            4..=7 => multiply_panels::<S, P, 4>(s, matrix, &panels[done..], start, row, output),
            _ => multiply_panels::<S, P, 8>(s, matrix, &panels[done..], start, row, output),
        };
    }
}

/// The products of one row with the first `Q` of `panels`; returns `Q`.
#[inline(always)]
fn multiply_panels<S: Lanes, const P: usize, const Q: usize>(
    s: S,
    matrix: &PackedMatrix,
    panels: &[Panel],
    start: &[f32],
    row: &[f32],
    output: &mut [f32],
) -> usize {
    let lanes = S::F32_LANES;
    let (depth, panels) = (matrix.depth(), &panels[..Q]);
    let columns = matrix.columns().min(start.len()).min(output.len());
    assert!(lanes == matrix.lanes() && depth <= row.len() && depth == matrix.chain());
    let lies_within = |panel: &Panel| panel.vectors == P && panel.column + P * lanes <= columns;
    assert!(panels.iter().all(lies_within));
    // SAFETY: the assertions bound every address: a panel holds `depth` rows of its vectors.
    unsafe {
        let weights: [*const f32; Q] =
            std::array::from_fn(|q| matrix.panel_data(&panels[q]).as_ptr());
        let start = start.as_ptr();
        let mut sums: [[S::f32s; P]; Q] = std::array::from_fn(|q| {
            std::array::from_fn(|v| load::<S>(start.add(panels[q].column + v * lanes)))
        });
        let row = row.as_ptr();
        for k in 0..depth {
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
                let target = output.as_mut_ptr().add(panels[q].column + v * lanes);
                store::<S>(target, sums[q][v]);
            }
        }
    }
    Q
}
