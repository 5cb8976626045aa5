//! Binary cross-entropy over many labels.

use tidegate_cells::Batch;

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
        add_run(
            &outputs[values.clone()],
            &targets[values.clone()],
            scale,
            &mut gradient[values],
            &mut sums,
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

fn add_run(
    outputs: &[f32],
    targets: &[f32],
    scale: f32,
    gradient: &mut [f32],
    sums: &mut PartialSums,
) {
    let (outputs, outputs_rest) = outputs.as_chunks::<LANES>();
    let (targets, targets_rest) = targets.as_chunks::<LANES>();
    let (gradient, gradient_rest) = gradient.as_chunks_mut::<LANES>();
    for ((output, target), gradient) in outputs.iter().zip(targets).zip(gradient) {
        let mut losses = [0.0; LANES];
        for lane in 0..LANES {
            (losses[lane], gradient[lane]) = element(output[lane], target[lane], scale);
        }
        sums.add(losses);
    }
    let rest = outputs_rest.iter().zip(targets_rest).zip(gradient_rest);
    sums.add_rest(rest.map(|((output, target), gradient)| {
        let (loss, slope) = element(*output, *target, scale);
        *gradient = slope;
        loss
    }));
}
