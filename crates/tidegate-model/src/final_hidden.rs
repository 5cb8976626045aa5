//! The top layer's final hidden state, both directions side by side.

use tidegate_cells::{Stack, State, make_room};

/// Copies the top layer's final hidden state, `[directions, batch, H]`, to `[batch, directions · H]`.
pub(crate) fn final_hidden(stack: &Stack, state: &State, features: &mut Vec<f32>) {
    let batch = state.batch;
    let top = &state.hidden[top(stack, batch)..];
    features.clear();
    make_room(features, batch * stack.output_size());
    if stack.directions() == 1 {
        features.extend_from_slice(top);
        return;
    }
    for row in 0..batch {
        for direction in 0..stack.directions() {
            let start = (direction * batch + row) * stack.hidden_size;
            features.extend_from_slice(&top[start..start + stack.hidden_size]);
        }
    }
}

/// Adds the gradient `[batch, directions · H]` of what [`final_hidden`] gave to the gradient of the state.
pub(crate) fn add_final_hidden_gradient(
    stack: &Stack,
    features: &[f32],
    state_gradient: &mut State,
) {
    let batch = state_gradient.batch;
    let top = &mut state_gradient.hidden[top(stack, batch)..];
    for (index, values) in features.chunks_exact(stack.hidden_size).enumerate() {
        let (row, direction) = (index / stack.directions(), index % stack.directions());
        let start = (direction * batch + row) * stack.hidden_size;
        let target = &mut top[start..start + stack.hidden_size];
        target
            .iter_mut()
            .zip(values)
            .for_each(|(target, value)| *target += value);
    }
}

/// Where the top layer begins in a state of `batch` sequences.
fn top(stack: &Stack, batch: usize) -> usize {
    (stack.layers - 1) * stack.directions() * batch * stack.hidden_size
}
