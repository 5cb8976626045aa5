//! From the caller's order of rows, `[T, B, ·]` with padding, to the packed one, in parallel over the steps.

use super::{Engine, run_all};
use crate::packed_steps::PackedSteps;

impl Engine {
    /// Copies the real rows of `[T, B, width]` to packed rows.
    pub(super) fn pack(
        &self,
        steps: &PackedSteps,
        source: &[f32],
        width: usize,
        packed: &mut [f32],
    ) {
        let parts = self.parts(steps.total(), 0);
        let mut rest = packed;
        let tasks = steps
            .ranges_of_steps(parts)
            .into_iter()
            .map(|range| {
                let count = steps.start(range.end) - steps.start(range.start);
                let (rows, after) = std::mem::take(&mut rest).split_at_mut(count * width);
                rest = after;
                (range, rows)
            })
            .collect();
        run_all(parts, tasks, |(range, rows)| {
            let mut targets = rows.chunks_exact_mut(width);
            for step in range {
                let source = &source[step * steps.batch() * width..];
                for (rank, target) in (0..steps.count(step)).zip(&mut targets) {
                    target.copy_from_slice(&source[steps.row(rank) * width..][..width]);
                }
            }
        });
    }
}
