//! Weights by name, laid out as the engine wants them.

use tidegate_cells::Stack;

/// The flat buffer of `stack`, with the values that `values_of` gives for each tensor's name.
pub(crate) fn flat(stack: &Stack, values_of: impl Fn(&str) -> Vec<f32>) -> Vec<f32> {
    let mut weights = vec![0.0; stack.parameter_count()];
    for tensor in stack.tensors() {
        let values = values_of(&tensor.name);
        let shape = &tensor.shape;
        assert_eq!(
            values.len(),
            tensor.len(),
            "{} has shape {shape:?}",
            tensor.name
        );
        weights[tensor.range()].copy_from_slice(&values);
    }
    weights
}
