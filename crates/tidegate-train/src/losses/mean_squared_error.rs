//! Mean squared error.

use tidegate_cells::{Batch, vectorised};

use super::{LossSum, active_rows, check, clear_padding};
use crate::error::TrainError;
use crate::summation::{LANES, PartialSums};

/// Mean squared error: per step, the mean over its `width` values of (output − target)².
///
/// `outputs`, `targets` and `gradient` are `[T, B, width]`. The pooled value ([`LossSum::mean`]) is the mean over all
/// real values. `gradient` is overwritten with 2 (output − target) / (steps · width), zero where padded.
///
/// # Errors
/// [`TrainError::Length`] where a buffer's length does not fit, [`TrainError::Cells`] where a length exceeds the steps.
pub fn mean_squared_error(
    batch: &Batch,
    width: usize,
    outputs: &[f32],
    targets: &[f32],
    gradient: &mut [f32],
) -> Result<LossSum, TrainError> {
    let steps = check(batch, width, outputs, (targets.len(), width), gradient)?;
    clear_padding(batch, gradient);
    let scale = (2.0 / (steps as f64 * width as f64)) as f32;
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
        sum: sums.total() / width.max(1) as f64,
        steps,
    })
}

#[inline(always)]
fn add_run(
    outputs: &[f32],
    targets: &[f32],
    scale: f32,
    gradient: &mut [f32],
    mut sums: PartialSums,
) -> PartialSums {
    let (outputs, outputs_rest) = outputs.as_chunks::<LANES>();
    let (targets, targets_rest) = targets.as_chunks::<LANES>();
    let (gradient, gradient_rest) = gradient.as_chunks_mut::<LANES>();
    for ((output, target), gradient) in outputs.iter().zip(targets).zip(gradient) {
        let mut squares = [0.0; LANES];
        for lane in 0..LANES {
            let difference = output[lane] - target[lane];
            gradient[lane] = scale * difference;
            squares[lane] = difference * difference;
        }
        sums.add(squares);
    }
    let rest = outputs_rest.iter().zip(targets_rest).zip(gradient_rest);
    sums.add_rest(rest.map(|((output, target), gradient)| {
        let difference = output - target;
        *gradient = scale * difference;
        difference * difference
    }));
    sums
}
