//! The weights of one recurrent layer in one direction: kernel `[I, G·H]`, recurrent kernel `[H, G·H]`, bias.

use tidegate_cells::{Cell, Gru, Reset};

use super::KerasLayer;
use crate::array::{NamedArray, reordered, transposed};
use crate::error::ExchangeError;

/// The parameters of one layer and direction as [`tidegate_cells::Stack::tensors`] lays them out, with input and hidden size. Without a
/// bias, both are zeros.
pub(super) fn read_weights(
    layer: &KerasLayer,
    cell: Cell,
    weights: &[NamedArray],
) -> Result<(usize, usize, Vec<f32>), ExchangeError> {
    let [kernel, recurrent, rest @ ..] = weights else {
        return Err(layer.wrong_count(weights.len(), "a kernel, a recurrent kernel and a bias"));
    };
    let blocks = cell.blocks();
    let [hidden_size, columns] = recurrent.shape[..] else {
        return Err(recurrent.malformed(format!(
            "has shape {:?}, expected a matrix",
            recurrent.shape
        )));
    };
    if hidden_size == 0 || blocks.checked_mul(hidden_size) != Some(columns) {
        return Err(recurrent.malformed(format!(
            "has shape {:?}, expected {blocks} times as many columns as rows",
            recurrent.shape
        )));
    }
    let [input_size, _] = kernel.shape[..] else {
        return Err(kernel.malformed(format!("has shape {:?}, expected a matrix", kernel.shape)));
    };
    kernel.check_shape(&[input_size, columns])?;
    let to_ours =
        |values: &[f32], rows: usize| of_keras_order(cell, &transposed(values, rows, columns));
    let mut parameters = to_ours(&kernel.values, input_size);
    parameters.extend(to_ours(&recurrent.values, hidden_size));
    match rest {
        [_, extra, ..] => return Err(extra.malformed("has no place in a recurrent layer".into())),
        rest if rest.is_empty() == layer.flag("use_bias", true)? => {
            let expected = [
                "a kernel, a recurrent kernel and a bias",
                "a kernel and a recurrent kernel alone, as its use_bias is false",
            ];
            return Err(layer.wrong_count(2 + rest.len(), expected[rest.len()]));
        }
        [] => parameters.resize(parameters.len() + 2 * columns, 0.0),
        [bias] if two_biases(cell) => {
            bias.check_shape(&[2, columns])?;
            for bias in bias.values.chunks_exact(columns) {
                parameters.extend(of_keras_order(cell, bias));
            }
        }
        [bias] => {
            bias.check_shape(&[columns])?;
            parameters.extend(of_keras_order(cell, &bias.values));
            parameters.resize(parameters.len() + columns, 0.0);
        }
    }
    Ok((input_size, hidden_size, parameters))
}

/// The other way, with names.
pub(crate) fn write_weights(
    cell: Cell,
    input_size: usize,
    hidden_size: usize,
    parameters: &[f32],
) -> Vec<NamedArray> {
    let rows = cell.blocks() * hidden_size;
    let (weight_ih, rest) = parameters.split_at(rows * input_size);
    let (weight_hh, rest) = rest.split_at(rows * hidden_size);
    let (bias_ih, bias_hh) = (&rest[..rows], &rest[rows..2 * rows]);
    let matrix = |name: &str, values: &[f32], columns: usize| NamedArray {
        name: name.into(),
        shape: vec![columns, rows],
        values: transposed(&of_keras_order(cell, values), rows, columns),
    };
    let bias = if two_biases(cell) {
        let mut values = of_keras_order(cell, bias_ih);
        values.extend(of_keras_order(cell, bias_hh));
        (vec![2, rows], values)
    } else {
        let sums: Vec<f32> = bias_ih.iter().zip(bias_hh).map(|(a, b)| a + b).collect();
        (vec![rows], of_keras_order(cell, &sums))
    };
    vec![
        matrix("kernel", weight_ih, input_size),
        matrix("recurrent_kernel", weight_hh, hidden_size),
        NamedArray {
            name: "bias".into(),
            shape: bias.0,
            values: bias.1,
        },
    ]
}

/// Whether there is a bias on the recurrent product too.
fn two_biases(cell: Cell) -> bool {
    matches!(
        cell,
        Cell::Gru(Gru {
            reset: Reset::After,
            ..
        })
    )
}

/// Blocks r, z, n from z, r, h and back; those of the other cells stand in the same order.
fn of_keras_order(cell: Cell, values: &[f32]) -> Vec<f32> {
    match cell {
        Cell::Gru(_) => reordered(values, &[1, 0, 2]),
        _ => values.to_vec(),
    }
}
