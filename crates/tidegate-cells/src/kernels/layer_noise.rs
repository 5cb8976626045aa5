//! Noise of one layer and direction: masks of recurrent dropout and zoneout, drawn where they are used.

use std::ops::Range;

use super::aligned::Aligned;
use crate::instruction_set::Lanes;
use crate::noise::{Mask, MaskValues, Noise};
use crate::packed_steps::PackedSteps;

/// Noise of one layer and direction, with its rates.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LayerNoise {
    /// Present in training: masks are sampled. Absent: recurrent dropout is off and zoneout takes its expectation.
    pub(crate) noise: Option<Noise>,
    pub(crate) recurrent_dropout: f32,
    pub(crate) zoneout: f32,
    pub(crate) zoneout_cell: f32,
}

impl LayerNoise {
    /// The mask of recurrent dropout of some ranks, `[ranks, padded]`, if it is on.
    pub(crate) fn recurrent_mask(
        &self,
        steps: &PackedSteps,
        ranks: Range<usize>,
        units: usize,
        padded: usize,
    ) -> Option<Aligned> {
        let noise = self.noise.filter(|_| self.recurrent_dropout > 0.0)?;
        let rate = self.recurrent_dropout;
        let mut mask = Aligned::zeros(ranks.len() * padded);
        for (row, rank) in mask.chunks_exact_mut(padded).zip(ranks) {
            let key = noise.key(Mask::Recurrent, steps.row(rank), 0);
            MaskValues::dropout(key, rate).fill(&mut row[..units]);
        }
        Some(mask)
    }

    /// Fills the masks of zoneout of `count` ranks at one step into `buffer`, if they are sampled.
    #[inline(always)]
    pub(crate) fn keep<'a>(
        &self,
        which: Mask,
        steps: &PackedSteps,
        ranks: Range<usize>,
        step: usize,
        padded: usize,
        buffer: &'a mut [f32],
    ) -> Keep<'a> {
        let rate = if matches!(which, Mask::ZoneoutCell) {
            self.zoneout_cell
        } else {
            self.zoneout
        };
        if rate == 0.0 {
            return Keep::Nothing;
        }
        let Some(noise) = self.noise else {
            return Keep::in_inference(rate);
        };
        for (row, rank) in buffer.chunks_exact_mut(padded).zip(ranks) {
            let key = noise.key(which, steps.row(rank), step);
            MaskValues::new(key, rate, 1.0, 0.0).fill(row);
        }
        Keep::Sampled(buffer)
    }
}

/// The share of the previous state that zoneout keeps.
#[derive(Clone, Copy)]
pub(crate) enum Keep<'a> {
    /// Zoneout is off.
    Nothing,
    /// Inference: the same share for every unit.
    Expected(f32),
    /// Training: 0 or 1 for each unit of each row, `[rows, padded]`.
    Sampled(&'a [f32]),
}

impl Keep<'_> {
    /// Inference with zoneout at `rate`.
    pub(crate) fn in_inference(rate: f32) -> Self {
        if rate == 0.0 {
            Keep::Nothing
        } else {
            Keep::Expected(rate)
        }
    }

    /// The share of the vector of units at index `at` of `[rows, vectors]`.
    #[inline(always)]
    pub(crate) fn share<S: Lanes>(&self, s: S, at: usize) -> Option<S::f32s> {
        match self {
            Keep::Nothing => None,
            Keep::Expected(rate) => Some(s.splat_f32s(*rate)),
            Keep::Sampled(mask) => Some(S::as_simd_f32s(mask).0[at]),
        }
    }
}
