//! A graph of ONNX that is no chain of layers: it is given the array as it stands.

use std::path::Path;

use tidegate_data::NumberArray;
use tidegate_exchange::ExchangeError;
use tidegate_exchange::onnx::{Dimension, ElementType, Graph, Tensor, Values};

use super::Found;
use crate::failure::Failure;

/// Runs the graph on its first input; others, such as initial states, are zeros where the file or the data says how many.
pub(super) fn run(
    model: &Path,
    graph: &Graph,
    reason: &ExchangeError,
    array: NumberArray,
) -> Result<Found, Failure> {
    let exchange = |error| Failure::exchange(model, error);
    let malformed = |place: &str, reason: &str| {
        exchange(ExchangeError::Malformed {
            place: place.to_owned(),
            reason: reason.to_owned(),
        })
    };
    let Some((first, others)) = graph.inputs().split_first() else {
        return Err(malformed("the graph", "reads nothing"));
    };
    let mut names: Vec<(&str, usize)> = Vec::new();
    for (axis, &size) in first.shape.iter().flatten().zip(&array.shape) {
        if let Dimension::Named(name) = axis {
            names.push((name, size));
        }
    }
    let data = tensor(first.element_type, array).map_err(exchange)?;
    let mut inputs = vec![(&*first.name, data)];
    for port in others {
        let axes = port.shape.iter().flatten().map(|axis| match axis {
            Dimension::Fixed(size) => Some(*size),
            Dimension::Named(name) => {
                let known = names.iter().find(|(known, _)| known == name);
                known.map(|(_, size)| *size)
            }
            Dimension::Unknown => None,
        });
        let shape: Option<Vec<usize>> = port.shape.as_ref().and_then(|_| axes.collect());
        let Some(shape) = shape else {
            return Err(malformed(
                &format!("input {}", port.name),
                "is beside the sequence, and the file does not say how large it is: run the graph in Python, with tidegate.exchange",
            ));
        };
        let zeros = NumberArray {
            values: vec![0.0; shape.iter().product()],
            shape,
        };
        inputs.push((
            &port.name,
            tensor(port.element_type, zeros).map_err(exchange)?,
        ));
    }
    let outputs = graph.run(&inputs).map_err(exchange)?;
    let Some((_, output)) = outputs.into_iter().next() else {
        return Err(malformed("the graph", "gives nothing"));
    };
    let (shape, values) = output.into_parts();
    let values = match values {
        Values::F32(values) => values,
        Values::I64(values) => values.into_iter().map(|value| value as f32).collect(),
        Values::I32(values) => values.into_iter().map(|value| value as f32).collect(),
        Values::Bool(values) => values
            .into_iter()
            .map(|value| f32::from(u8::from(value)))
            .collect(),
    };
    let mut notes = vec![format!(
        "The graph was run node by node, since it is no chain of layers: {reason}."
    )];
    notes.extend(graph.plain_nodes().iter().map(|plain| {
        format!(
            "{} of node {} ran in plain loops: {}.",
            plain.operator, plain.node, plain.reason
        )
    }));
    if graph.plain_nodes().is_empty() {
        notes.push("Every recurrent operator ran in the engine.".into());
    }
    Ok(Found {
        shape,
        values,
        notes,
    })
}

fn tensor(kind: ElementType, array: NumberArray) -> Result<Tensor, ExchangeError> {
    let NumberArray { shape, values } = array;
    match kind {
        ElementType::F32 => Tensor::new(
            shape,
            values
                .iter()
                .map(|&value| value as f32)
                .collect::<Vec<f32>>(),
        ),
        ElementType::I64 => Tensor::new(
            shape,
            values
                .iter()
                .map(|&value| value as i64)
                .collect::<Vec<i64>>(),
        ),
        ElementType::I32 => Tensor::new(
            shape,
            values
                .iter()
                .map(|&value| value as i32)
                .collect::<Vec<i32>>(),
        ),
        ElementType::Bool => Tensor::new(
            shape,
            values
                .iter()
                .map(|&value| value != 0.0)
                .collect::<Vec<bool>>(),
        ),
    }
}
