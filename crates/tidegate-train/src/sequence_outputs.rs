//! What a trained network says of the sequences of a set.

use tidegate_data::SequenceSet;
use tidegate_model::{Model, Readout};

use crate::error::TrainError;
use crate::overflow::is_overflow;
use crate::window::Window;

/// Most numbers that a batch of predictions computes at once.
const MOST_NUMBERS: usize = 1 << 22;

/// The outputs of each sequence, `[rows, outputs]`: a row for each step, or one where the network is read once.
///
/// # Errors
/// [`TrainError::EvaluationNotFinite`] where a number on the way is not finite.
pub(crate) fn outputs_of(model: &Model, set: &SequenceSet) -> Result<Vec<Vec<f32>>, TrainError> {
    let network = model.configuration();
    let size = network.outputs;
    let every_step = network.readout == Readout::EveryStep;
    let width = network.recurrent.output_size().max(size);
    // Sequences of like length share a batch, so that little of it is padding.
    let mut order: Vec<usize> = (0..set.len()).collect();
    order.sort_by_key(|&row| std::cmp::Reverse(set.sequence_length(row)));
    let mut found = vec![Vec::new(); set.len()];
    let (mut window, mut outputs) = (Window::default(), Vec::new());
    let mut rest = &order[..];
    while let Some(&longest) = rest.first() {
        let steps = set.sequence_length(longest);
        let fitting = MOST_NUMBERS / steps.saturating_mul(width).max(1);
        let (rows, after) = rest.split_at(fitting.clamp(1, 256).min(rest.len()));
        rest = after;
        window.fill(set, rows, &(0..steps));
        let mut state = model.zero_state(rows.len());
        model
            .forward(&window.batch(), &window.inputs(), &mut state, &mut outputs)
            .map_err(|error| match is_overflow(&error) {
                true => TrainError::EvaluationNotFinite,
                false => TrainError::Model(error),
            })?;
        if outputs.iter().any(|output| !output.is_finite()) {
            return Err(TrainError::EvaluationNotFinite);
        }
        for (place, &row) in rows.iter().enumerate() {
            let count = if every_step {
                set.sequence_length(row)
            } else {
                1
            };
            for step in 0..count {
                let start = (step * rows.len() + place) * size;
                found[row].extend_from_slice(&outputs[start..start + size]);
            }
        }
    }
    Ok(found)
}
