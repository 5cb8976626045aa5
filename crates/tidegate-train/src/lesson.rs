//! What the training loop asks of a network and its data: parameters, batches of examples, and the gradient of a loss.

use std::ops::Range;

use serde_json::Value;
use tidegate_cells::{Noise, State, Tensor};

use crate::back_propagation::Failure;
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::losses::LossSum;

/// A network with the sets that it is trained and validated on.
///
/// A batch is a list of training examples. It is processed in windows, one after the other, between which a state may be
/// carried; most lessons have one window and no state.
pub(crate) trait Lesson {
    /// Every parameter in one flat buffer.
    fn parameters(&self) -> &[f32];

    /// The named tensors of that buffer.
    fn tensors(&self) -> &[Tensor];

    /// Replaces every parameter.
    fn set_parameters(&mut self, parameters: &[f32]) -> Result<(), TrainError>;

    /// What the network is made of, by which a checkpoint recognises it.
    fn configuration(&self) -> Result<Value, serde_json::Error>;

    /// Fingerprints of the training and the validation set.
    fn fingerprints(&self) -> [String; 2];

    /// Whether training draws masks at all.
    fn is_noisy(&self) -> bool;

    /// Number of training examples.
    fn examples(&self) -> usize;

    /// Windows that a batch is cut into.
    fn windows(&self, rows: &[usize]) -> usize;

    /// How many of these windows have something to learn from: each makes an update.
    fn updates(&self, rows: &[usize], windows: Range<usize>) -> usize;

    /// The carried state before the first step of so many examples; empty where none is carried.
    fn zero_state(&self, batch: usize) -> State;

    /// Moves `state` on over a window of a batch. Where there is something to learn from, overwrites `gradient` with that
    /// of the mean loss and returns the loss.
    fn gradient(
        &mut self,
        rows: &[usize],
        window: usize,
        noise: Option<Noise>,
        state: &mut State,
        gradient: &mut [f32],
    ) -> Result<Option<LossSum>, Failure>;

    /// Measures the validation set; nothing if `stop` says so before the end.
    fn validate(&mut self, stop: &dyn Fn() -> bool) -> Result<Option<Evaluation>, TrainError>;
}
