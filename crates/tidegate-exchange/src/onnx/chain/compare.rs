//! A graph run beside the network that was recognised in it.

use tidegate_cells::Batch;
use tidegate_model::BatchInputs;

use super::sizes::{batch_of, other_sizes, sizes};
use super::{AS_IT_STANDS, Order};
use crate::error::ExchangeError;
use crate::network::{Input, Network};
use crate::onnx::graph::Graph;
use crate::onnx::tensor::{ElementType, Tensor};
use crate::onnx::trial::{Numbers, apart};

/// The largest difference allowed, relative to the largest output or 1: both sides compute in single precision, but sum dense
/// layers in other orders.
const BOUND: f32 = 1e-4;

/// Checks that graph and network agree on random inputs, from states of zero.
pub(super) fn check(
    graph: &Graph,
    order: Order,
    open: (usize, usize),
    arrangement: &[usize],
    network: &Network,
) -> Result<(), ExchangeError> {
    let mut numbers = Numbers(2);
    let port = &graph.inputs[0];
    let shape = sizes(port, order, open);
    let (steps, sequences) = batch_of(&shape, order);
    let (width, tokens, features) = match network.input {
        Input::Features(size) => (size, vec![], numbers.values(steps * sequences * size)),
        Input::Tokens { vocabulary } => (1, numbers.tokens(steps * sequences, vocabulary), vec![]),
    };
    let inputs = match network.input {
        Input::Features(_) => BatchInputs::Features(&features),
        Input::Tokens { .. } => BatchInputs::Tokens(&tokens),
    };
    let expected = network.run(&Batch::full(steps, sequences), &inputs)?;

    // The network's rows in the order of the graph's input.
    let rows: Vec<usize> = match order {
        Order::BatchFirst => (0..sequences)
            .flat_map(|row| (0..steps).map(move |step| step * sequences + row))
            .collect(),
        _ => (0..steps * sequences).collect(),
    };
    let first = match port.element_type {
        ElementType::F32 => {
            let values = rows
                .iter()
                .flat_map(|row| &features[row * width..(row + 1) * width]);
            Tensor::new(shape, values.copied().collect::<Vec<_>>())?
        }
        ElementType::I32 => {
            let values: Vec<i32> = rows.iter().map(|&row| tokens[row] as i32).collect();
            Tensor::new(shape, values)?
        }
        _ => {
            let values: Vec<i64> = rows.iter().map(|&row| tokens[row].into()).collect();
            Tensor::new(shape, values)?
        }
    };
    let mut given = vec![(port.name.as_str(), first)];
    for port in &graph.inputs[1..] {
        let shape = other_sizes(port, sequences);
        let count = shape.iter().product();
        let tensor = match port.element_type {
            ElementType::F32 => Tensor::new(shape, vec![0.0f32; count])?,
            ElementType::I64 => Tensor::new(shape, vec![steps as i64; count])?,
            ElementType::I32 => Tensor::new(shape, vec![steps as i32; count])?,
            ElementType::Bool => Tensor::new(shape, vec![false; count])?,
        };
        given.push((&port.name, tensor));
    }
    let outputs = graph.run(&given)?;
    let found = outputs[0].1.as_f32().unwrap_or_default();
    let mut ordered = vec![0.0; expected.values.len()];
    let wrong = |reason: String| ExchangeError::NoCounterpart {
        what: format!("output {}: {reason}: it", graph.outputs[0].name),
        format: "a network",
        remedy: AS_IT_STANDS.into(),
    };
    let size = expected.width;
    if found.len() != ordered.len() || arrangement.len() * size != ordered.len() {
        return Err(wrong(
            "the chain of layers gives another number of values".into(),
        ));
    }
    for (values, &row) in found.chunks_exact(size).zip(arrangement) {
        ordered[row * size..(row + 1) * size].copy_from_slice(values);
    }
    let largest = expected
        .values
        .iter()
        .fold(1.0f32, |largest, value| largest.max(value.abs()));
    let difference = apart(&ordered, &expected.values);
    if difference > BOUND * largest {
        return Err(wrong(format!(
            "the chain of layers gives values that differ by {difference:e}"
        )));
    }
    Ok(())
}
