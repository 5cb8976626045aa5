//! Binary cross-entropy over many labels.

use tidegate_cells::{Batch, vectorised};

use super::exponential::{exponential, logarithm_of_one_plus};
use super::{LossSum, active_rows, check, clear_padding};
use crate::error::TrainError;
use crate::summation::{LANES, PartialSums};

/// Binary cross-entropy with logits over many labels: per step, the sum over its `width` labels, in nats.
///
/// `outputs` (logits x), `targets` (y, 0 or 1) and `gradient` are `[T, B, width]`. The element is
/// max(x, 0) − x·y + ln(1 + e^−|x|), which overflows nowhere. `gradient` is overwritten with (σ(x) − y) / steps, zero
/// where padded. Pooled over a set, [`LossSum::mean`] is the negative log-likelihood per step of Boulanger-Lewandowski
/// et al. 2012 (arXiv 1206.6392).
///
/// # Errors
/// [`TrainError::Length`] where a buffer's length does not fit, [`TrainError::Cells`] where a length exceeds the steps.
pub fn binary_cross_entropy(
    batch: &Batch,
    width: usize,
    outputs: &[f32],
    targets: &[f32],
    gradient: &mut [f32],
) -> Result<LossSum, TrainError> {
    let steps = check(batch, width, outputs, (targets.len(), width), gradient)?;
    clear_padding(batch, gradient);
    let scale = (1.0 / steps as f64) as f32;
    let mut sums = PartialSums::new();
    active_rows::for_each_run(batch, |rows| {
        let values = rows.start * width..rows.end * width;
        let (outputs, targets) = (&outputs[values.clone()], &targets[values.clone()]);
        let gradient = &mut gradient[values];
        sums = vectorised(
            #[inline(always)]
            || add_run(outputs, targets, scale, gradient, sums),
        );
        Ok(())
    })?;
    Ok(LossSum {
        sum: sums.total(),
        steps,
    })
}

/// Loss of one logit and its gradient.
#[inline(always)]
fn element(logit: f32, target: f32, scale: f32) -> (f32, f32) {
    let small = exponential(-logit.abs());
    let positive = if logit > 0.0 { logit } else { 0.0 };
    let loss = (positive - logit * target) + logarithm_of_one_plus(small);
    // σ(x) = 1 / (1 + e^−x) = eˣ / (1 + eˣ), whichever exponent is not positive. With y on the same denominator, a sure
    // and right prediction keeps a gradient that is accurate.
    let numerator = if logit > 0.0 { 1.0 } else { small };
    (
        loss,
        scale * (((numerator - target) - target * small) / (1.0 + small)),
    )
}

/// Values whose losses are kept before they are summed: a multiple of the partial sums, little for level 1.
const BLOCK: usize = 32 * LANES;

#[inline(always)]
fn add_run(
    outputs: &[f32],
    targets: &[f32],
    scale: f32,
    gradient: &mut [f32],
    mut sums: PartialSums,
) -> PartialSums {
    let mut losses = [0.0; BLOCK];
    let blocks = outputs.chunks(BLOCK).zip(targets.chunks(BLOCK));
    for ((outputs, targets), gradient) in blocks.zip(gradient.chunks_mut(BLOCK)) {
        // A loop without sums: that is what the compiler turns into vectors.
        let values = outputs.iter().zip(targets);
        for ((loss, slope), (output, target)) in losses.iter_mut().zip(gradient).zip(values) {
            (*loss, *slope) = element(*output, *target, scale);
        }
        let (chunks, rest) = losses[..outputs.len()].as_chunks::<LANES>();
        for chunk in chunks {
            sums.add(*chunk);
        }
        sums.add_rest(rest.iter().copied());
    }
    sums
}
