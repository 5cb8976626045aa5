//! The loss of a model over a whole set.

use tidegate_data::SequenceSet;
use tidegate_model::Model;

use crate::compatibility::check;
use crate::error::TrainError;
use crate::losses::LossSum;
use crate::window::Window;
use crate::window_steps;

/// Steps that are in memory at once for one sequence, unless the model is bidirectional. The state is carried over,
/// so the result does not depend on it.
const WINDOW: usize = 512;

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
/// Memory is bounded whatever the sequences' length, unless the model is bidirectional and needs each whole.
///
/// # Errors
/// [`TrainError::Option`] for a batch size of 0, [`TrainError::Mismatch`], [`TrainError::EmptySet`] and
/// [`TrainError::Data`] where the set does not fit the model, [`TrainError::EvaluationNotFinite`] where the loss is
/// not finite.
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
    evaluate_checked(model, set, batch_size)
}

/// The same for a set and a batch size that have been checked.
pub(crate) fn evaluate_checked(
    model: &Model,
    set: &SequenceSet,
    batch_size: usize,
) -> Result<Evaluation, TrainError> {
    let size = if model.configuration().recurrent.bidirectional {
        None
    } else {
        Some(WINDOW)
    };
    // Sequences of like length share a batch, so that little of it is padding.
    let mut order: Vec<usize> = (0..set.sequences.len()).collect();
    order.sort_by_key(|&row| std::cmp::Reverse(set.sequence_length(row)));
    let mut window = Window::default();
    let (mut outputs, mut gradient) = (Vec::new(), Vec::new());
    let mut total = LossSum::default();
    for rows in order.chunks(batch_size) {
        let longest = window_steps::longest(set, rows);
        let mut state = model.zero_state(rows.len());
        for index in 0..window_steps::count(longest, size) {
            window.fill(set, rows, &window_steps::steps(index, longest, size));
            model.forward(&window.batch(), &window.inputs(), &mut state, &mut outputs)?;
            total.add(window.loss(&outputs, &mut gradient)?);
        }
    }
    if !total.sum.is_finite() {
        return Err(TrainError::EvaluationNotFinite);
    }
    Ok(Evaluation {
        loss: total.mean(),
        steps: total.steps,
    })
}
