//! Cross-entropy over classes.

use tidegate_cells::Batch;

use super::exponential::exponential;
use super::{LossSum, active_rows, check, clear_padding};
use crate::error::TrainError;
use crate::summation::{LANES, PartialSums};

/// Cross-entropy of the softmax of `width` logits against one class per step, in nats.
///
/// `outputs` (logits x) and `gradient` are `[T, B, width]`, `targets` (class indices) `[T, B]`. The value is
/// ln Σ e^(xᵢ − m) + m − x_target with m the largest logit, which overflows nowhere. `gradient` is overwritten with
/// (softmax(x) − one-hot) / steps, zero where padded.
///
/// # Errors
/// [`TrainError::Length`] where a buffer's length does not fit, [`TrainError::Cells`] where a length exceeds the
/// steps, [`TrainError::Class`] where a real step's class is not below `width`.
pub fn cross_entropy(
    batch: &Batch,
    width: usize,
    outputs: &[f32],
    targets: &[u32],
    gradient: &mut [f32],
) -> Result<LossSum, TrainError> {
    let steps = check(batch, width, outputs, (targets.len(), 1), gradient)?;
    check_classes(batch, width, targets)?;
    clear_padding(batch, gradient);
    let scale = 1.0 / steps as f64;
    let mut sum = 0.0;
    active_rows::for_each_run(batch, |rows| {
        for row in rows {
            let logits = &outputs[row * width..][..width];
            let slopes = &mut gradient[row * width..][..width];
            sum += one_step(logits, targets[row] as usize, scale, slopes);
        }
        Ok(())
    })?;
    Ok(LossSum { sum, steps })
}

/// Checks that the class of every real step is one of `width`.
fn check_classes(batch: &Batch, width: usize, targets: &[u32]) -> Result<(), TrainError> {
    active_rows::for_each_run(batch, |rows| {
        let classes = &targets[rows.clone()];
        match classes.iter().position(|&class| class as usize >= width) {
            None => Ok(()),
            Some(index) => Err(TrainError::Class {
                class: classes[index],
                classes: width,
                step: (rows.start + index) / batch.batch,
                sequence: (rows.start + index) % batch.batch,
            }),
        }
    })
}

/// Loss of one step, whose class is one of the logits.
fn one_step(logits: &[f32], class: usize, scale: f64, gradient: &mut [f32]) -> f64 {
    let target = logits[class];
    let largest = largest(logits);
    for (slope, logit) in gradient.iter_mut().zip(logits) {
        *slope = exponential(logit - largest);
    }
    let mut sums = PartialSums::new();
    let (chunks, rest) = gradient.as_chunks::<LANES>();
    for chunk in chunks {
        sums.add(*chunk);
    }
    sums.add_rest(rest.iter().copied());
    let total = sums.total();
    // softmax − 1 as minus what the other classes have: a sure prediction keeps a gradient that is accurate.
    let others = total - f64::from(gradient[class]);
    let factor = (scale / total) as f32;
    for slope in gradient.iter_mut() {
        *slope *= factor;
    }
    gradient[class] = (-others * scale / total) as f32;
    total.ln() + (f64::from(largest) - f64::from(target))
}

/// The largest logit. One that is not a number is passed over here and spoils the sum of exponentials instead.
fn largest(logits: &[f32]) -> f32 {
    let greater = |a: f32, b: f32| if a < b { b } else { a };
    let (chunks, rest) = logits.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for (lane, logit) in lanes.iter_mut().zip(chunk) {
            *lane = greater(*lane, *logit);
        }
    }
    lanes
        .iter()
        .chain(rest)
        .fold(f32::NEG_INFINITY, |largest, logit| greater(largest, *logit))
}
