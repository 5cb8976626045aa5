//! Cross-entropy over classes.

use tidegate_cells::{Batch, vectorised};

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
        let values = rows.start * width..rows.end * width;
        let (outputs, targets) = (&outputs[values.clone()], &targets[rows]);
        let gradient = &mut gradient[values];
        sum = vectorised(
            #[inline(always)]
            || add_run(width, outputs, targets, scale, gradient, sum),
        );
        Ok(())
    })?;
    Ok(LossSum { sum, steps })
}

/// The same, with the loss and the gradient of a step multiplied by the weight of its class.
///
/// The mean is still taken over the number of steps, not over their weights: with weights whose mean over a set is 1, it
/// estimates the mean over classes whatever a batch holds.
///
/// # Errors
/// Those of [`cross_entropy`].
///
/// # Panics
/// If there is not one weight for each of the `width` classes.
pub fn weighted_cross_entropy(
    batch: &Batch,
    weights: &[f64],
    outputs: &[f32],
    targets: &[u32],
    gradient: &mut [f32],
) -> Result<LossSum, TrainError> {
    let width = weights.len();
    let steps = check(batch, width, outputs, (targets.len(), 1), gradient)?;
    check_classes(batch, width, targets)?;
    clear_padding(batch, gradient);
    let scale = 1.0 / steps as f64;
    let mut sum = 0.0;
    active_rows::for_each_run(batch, |rows| {
        for row in rows {
            let (values, target) = (row * width..(row + 1) * width, &targets[row..=row]);
            let weight = weights[target[0] as usize];
            let gradient = &mut gradient[values.clone()];
            sum += weight * add_block(width, &outputs[values], target, weight * scale, gradient);
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

/// Steps whose exponentials are taken in one loop and whose logarithms in one call.
const STEPS: usize = 16;

/// Adds the losses of a run of steps to `sum`.
#[inline(always)]
fn add_run(
    width: usize,
    outputs: &[f32],
    targets: &[u32],
    scale: f64,
    gradient: &mut [f32],
    mut sum: f64,
) -> f64 {
    let blocks = outputs
        .chunks(STEPS * width)
        .zip(gradient.chunks_mut(STEPS * width));
    for ((logits, slopes), targets) in blocks.zip(targets.chunks(STEPS)) {
        sum += add_block(width, logits, targets, scale, slopes);
    }
    sum
}

/// Loss of at most [`STEPS`] steps, each of a class that is one of the logits.
#[inline(always)]
fn add_block(
    width: usize,
    logits: &[f32],
    targets: &[u32],
    scale: f64,
    gradient: &mut [f32],
) -> f64 {
    let mut margins = 0.0;
    let steps = logits
        .chunks_exact(width)
        .zip(gradient.chunks_exact_mut(width));
    for ((logits, slopes), &class) in steps.zip(targets) {
        let largest = largest(logits);
        for (slope, logit) in slopes.iter_mut().zip(logits) {
            *slope = logit - largest;
        }
        margins += f64::from(largest) - f64::from(logits[class as usize]);
    }
    for slope in gradient.iter_mut() {
        *slope = exponential(*slope);
    }
    // The logarithms' sum is the logarithm of the product, which is at most (2³²)¹⁶ and overflows nowhere.
    let mut product = 1.0;
    for (slopes, &class) in gradient.chunks_exact_mut(width).zip(targets) {
        product *= normalise(slopes, class as usize, scale);
    }
    product.ln() + margins
}

/// Turns the exponentials of a step into the gradient of its loss; gives their sum.
#[inline(always)]
fn normalise(gradient: &mut [f32], class: usize, scale: f64) -> f64 {
    let mut sums = PartialSums::new();
    let (chunks, rest) = gradient.as_chunks::<LANES>();
    for chunk in chunks {
        sums.add(*chunk);
    }
    // Apart from the partial sums, which would have to leave their registers.
    let rest: f64 = rest.iter().map(|&value| f64::from(value)).sum();
    let total = sums.total() + rest;
    // softmax − 1 as minus what the other classes have: a sure prediction keeps a gradient that is accurate.
    let others = total - f64::from(gradient[class]);
    let factor = (scale / total) as f32;
    for slope in gradient.iter_mut() {
        *slope *= factor;
    }
    gradient[class] = (-others * scale / total) as f32;
    total
}

/// The largest logit. One that is not a number is passed over here and spoils the sum of exponentials instead.
#[inline(always)]
fn largest(logits: &[f32]) -> f32 {
    let greater = |a: f32, b: f32| if a < b { b } else { a };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = logits.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, logit) in lanes.iter_mut().zip(chunk) {
            *lane = greater(*lane, *logit);
        }
    }
    let rest = rest
        .iter()
        .fold(f32::NEG_INFINITY, |largest, &logit| greater(largest, logit));
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = greater(lanes[lane], lanes[lane + half]);
        }
        half /= 2;
    }
    greater(lanes[0], rest)
}
