//! The outputs of a layer as the layer above reads them: both directions side by side, with dropout. Masks are drawn
//! where values are multiplied by them, and kept nowhere.

use std::ops::Range;

use super::multiply::Rows;
use crate::instruction_set::{Kernel, Lanes};
use crate::noise::{Mask, MaskValues, Noise};
use crate::packed_steps::PackedSteps;

/// Writes the packed rows of a range of steps.
pub(crate) struct Join<'a> {
    pub(crate) steps: &'a PackedSteps,
    pub(crate) range: Range<usize>,
    /// Every direction's rows of all steps; empty where the values stand in `rows` already.
    pub(crate) directions: &'a [Rows<'a>],
    /// The noise of the layer's outputs and the rate, where they are dropped.
    pub(crate) dropout: Option<(Noise, f32)>,
    /// The rows of these steps, `stride` values each.
    pub(crate) rows: &'a mut [f32],
    pub(crate) stride: usize,
    /// Units of all directions: what a mask covers.
    pub(crate) width: usize,
}

impl Kernel for Join<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(self, _: S) {
        let units = self.width / self.directions.len().max(1);
        let mut rows = self.rows.chunks_exact_mut(self.stride);
        for step in self.range {
            for (rank, values) in (0..self.steps.count(step)).zip(&mut rows) {
                let row = self.steps.start(step) + rank;
                for (source, values) in self.directions.iter().zip(values.chunks_exact_mut(units)) {
                    values.copy_from_slice(&source.data[row * source.stride..][..units]);
                }
                if let Some((noise, rate)) = self.dropout {
                    let key = noise.key(Mask::Dropout, self.steps.row(rank), step);
                    MaskValues::dropout(key, rate).multiply(&mut values[..self.width]);
                }
            }
        }
    }
}
