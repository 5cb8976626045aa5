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

/// Blocks of `rows` rows with `columns` values each, in a new order: block `i` of the result is block `order[i]`.
pub(crate) fn reorder(values: &[f32], rows: usize, columns: usize, order: &[usize]) -> Vec<f32> {
    let block = rows * columns;
    assert_eq!(
        values.len(),
        block * order.len(),
        "{} blocks of {rows} × {columns}",
        order.len()
    );
    order
        .iter()
        .flat_map(|&from| &values[from * block..(from + 1) * block])
        .copied()
        .collect()
}

/// `[rows, columns]` to `[columns, rows]`.
pub(crate) fn transpose(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    assert_eq!(values.len(), rows * columns, "{rows} × {columns}");
    (0..columns)
        .flat_map(|column| (0..rows).map(move |row| values[row * columns + column]))
        .collect()
}
