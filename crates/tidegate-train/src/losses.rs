//! Losses over the real steps of a batch: their sum, how many steps they cover, and the gradient.
//!
//! Here lives one file per loss. All take outputs `[T, B, width]` time-major with a [`Batch`] that says which steps
//! are real; supervision of the last step alone is the same with T = 1 and a length of 0 or 1 for each sequence. All
//! write the gradient of the **mean** over the real steps, and zero for padded ones. Elements are computed in f32 and
//! summed in f64, in an order that depends on the batch alone. What is not finite among the outputs makes the sum not
//! finite; nothing here refuses it. What is refused leaves the gradient as it was. [`ForecastLoss`] is that of forecasts,
//! whose values may be missing one by one.

mod active_rows;
mod binary_cross_entropy;
mod cross_entropy;
mod exponential;
mod forecast_loss;
mod mean_squared_error;

pub use binary_cross_entropy::binary_cross_entropy;
pub use cross_entropy::{cross_entropy, weighted_cross_entropy};
pub use forecast_loss::ForecastLoss;
pub use mean_squared_error::mean_squared_error;

use tidegate_cells::Batch;

use crate::error::TrainError;

/// A loss over the real steps of a batch, or of many.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossSum {
    /// Sum over the steps.
    pub sum: f64,
    /// Number of real (supervised) steps.
    pub steps: usize,
}

impl LossSum {
    /// The pooled loss: the sum divided by the number of steps; 0 without a step.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.steps == 0 {
            0.0
        } else {
            self.sum / self.steps as f64
        }
    }

    /// Adds another part.
    pub(crate) fn add(&mut self, other: LossSum) {
        self.sum += other.sum;
        self.steps += other.steps;
    }
}

/// Checks lengths and buffers and gives the number of real steps.
fn check(
    batch: &Batch,
    width: usize,
    outputs: &[f32],
    (targets, targets_per_step): (usize, usize),
    gradient: &[f32],
) -> Result<usize, TrainError> {
    batch.validate()?;
    for (what, found, width) in [
        ("outputs", outputs.len(), width),
        ("targets", targets, targets_per_step),
        ("output gradient", gradient.len(), width),
    ] {
        let (steps, batch) = (batch.steps, batch.batch);
        let expected = steps
            .checked_mul(batch)
            .and_then(|rows| rows.checked_mul(width));
        if expected != Some(found) {
            return Err(TrainError::Length {
                what,
                steps,
                batch,
                width,
                found,
            });
        }
    }
    Ok(active_rows::count(batch))
}

/// Empties the gradient where there are padded steps.
fn clear_padding(batch: &Batch, gradient: &mut [f32]) {
    if batch.lengths.is_some() {
        gradient.fill(0.0);
    }
}
