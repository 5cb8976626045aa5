//! The loss of a model over a whole set.

use tidegate_data::SequenceSet;
use tidegate_model::Model;

use crate::compatibility::check;
use crate::error::TrainError;
use crate::measurement::Measurement;

/// The pooled loss of a model over a set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// Total loss divided by the number of supervised steps: for values the mean squared error over all of them, for
    /// classes the cross-entropy in nats per step, for labels the binary cross-entropy in nats, summed over the
    /// labels, per step.
    pub loss: f64,
    /// Number of supervised steps.
    pub steps: usize,
}

/// Measures a model on a set, without noise, `batch_size` sequences at a time.
///
/// Memory is bounded whatever the sequences' length, unless the model is bidirectional or pools and needs each whole.
///
/// # Errors
/// [`TrainError::Option`] for a batch size of 0, [`TrainError::Mismatch`], [`TrainError::EmptySet`] and
/// [`TrainError::Data`] where the set does not fit the model, [`TrainError::EvaluationNotFinite`] where the loss, or
/// a number on the way to it, is not finite.
pub fn evaluate(
    model: &Model,
    set: &SequenceSet,
    batch_size: usize,
) -> Result<Evaluation, TrainError> {
    check(model.configuration(), set, "evaluation")?;
    if batch_size == 0 {
        return Err(TrainError::Option {
            option: "batch_size",
            reason: "is 0, but must be at least 1".to_owned(),
        });
    }
    let mut measurement = Measurement::new(model, set, batch_size, None, None);
    while measurement.advance()? {}
    measurement.result()
}
