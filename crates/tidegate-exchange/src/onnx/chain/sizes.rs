//! The sizes that a graph is tried with.

use super::Order;
use crate::onnx::port::{Dimension, Port};
use crate::onnx::tensor::product;

/// Steps and sequences that stand for open axes: a graph is tried with each pair.
pub(super) const OPEN: [(usize, usize); 2] = [(5, 3), (8, 2)];

/// More values than a graph is tried with.
const MOST: usize = 1 << 22;

/// Checks that so many values can be tried.
pub(super) fn check_size(shape: &[usize]) -> Result<usize, String> {
    product(shape)
        .filter(|count| *count <= MOST)
        .ok_or_else(|| format!("shape {shape:?} is too large to be tried"))
}

/// The sizes of the axes of an input with this order; open ones stand for steps or sequences.
pub(super) fn sizes(port: &Port, order: Order, open: (usize, usize)) -> Vec<usize> {
    let (steps, sequences) = open;
    let open = match order {
        Order::StepsFirst => [steps, sequences],
        Order::BatchFirst => [sequences, steps],
        Order::BatchAlone => [sequences, 0],
        Order::StepsAlone => [steps, 0],
    };
    let shape = port.shape.as_deref().unwrap_or_default();
    shape
        .iter()
        .enumerate()
        .map(|(axis, dimension)| match dimension {
            Dimension::Fixed(size) => *size,
            _ => open.get(axis).copied().unwrap_or(0),
        })
        .collect()
}

/// Steps and sequences of an input of these sizes.
pub(super) fn batch_of(sizes: &[usize], order: Order) -> (usize, usize) {
    match order {
        Order::StepsFirst => (sizes[0], sizes[1]),
        Order::BatchFirst => (sizes[1], sizes[0]),
        Order::BatchAlone => (1, sizes[0]),
        Order::StepsAlone => (sizes[0], 1),
    }
}

/// The sizes of another input: open axes count sequences.
pub(super) fn other_sizes(port: &Port, sequences: usize) -> Vec<usize> {
    let shape = port.shape.as_deref().unwrap_or_default();
    let size = |dimension: &Dimension| match dimension {
        Dimension::Fixed(size) => *size,
        _ => sequences,
    };
    shape.iter().map(size).collect()
}
