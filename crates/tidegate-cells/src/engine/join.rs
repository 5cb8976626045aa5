//! What stands between two layers, in both directions of time: joining, dropout, and dropout of the gradient.

use super::{Engine, run_all};
use crate::kernels::join::Join;
use crate::kernels::multiply::Rows;
use crate::noise::Noise;
use crate::packed_steps::PackedSteps;

impl Engine {
    /// Writes the outputs of the `directions` of `layer` side by side into packed rows, which are multiplied by the masks
    /// of dropout where there is `noise`. Without directions, the rows that stand there are multiplied.
    pub(super) fn join(
        &self,
        layer: usize,
        steps: &PackedSteps,
        noise: Option<Noise>,
        directions: &[Rows<'_>],
        rows: &mut [f32],
        stride: usize,
    ) {
        let width = self.stack.output_size();
        let noise = noise.filter(|_| self.stack.dropout > 0.0);
        let dropout = noise.map(|noise| (noise.at(layer, 0), self.stack.dropout));
        let parts = self.parts(steps.total(), layer);
        let mut rest = rows;
        let tasks = steps
            .ranges_of_steps(parts)
            .into_iter()
            .map(|range| {
                let count = steps.start(range.end) - steps.start(range.start);
                let (rows, after) = std::mem::take(&mut rest).split_at_mut(count * stride);
                rest = after;
                (range, rows)
            })
            .collect();
        run_all(parts, tasks, |(range, rows)| {
            self.set.run(Join {
                steps,
                range,
                directions,
                dropout,
                rows,
                stride,
                width,
            });
        });
    }
}
