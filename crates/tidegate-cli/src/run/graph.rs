//! A graph of ONNX that is no chain of layers: it is given the array as it stands.

use std::path::Path;

use tidegate_data::NumberArray;
use tidegate_exchange::ExchangeError;
use tidegate_exchange::onnx::{Dimension, ElementType, Graph, Port, Tensor, Values};

use super::Found;
use super::arguments::RunArguments;
use super::numbers::{floats, truths, whole_32, whole_64};
use crate::failure::Failure;

/// What runs a graph that needs more than a sequence.
const ONNX_RUNTIME: &str = "ONNX Runtime, in Python, runs the graph with every input given";

/// Runs the graph on its first input; other inputs, such as initial states, are zeros where the file or the data says how many.
pub(super) fn run(
    arguments: &RunArguments,
    graph: &Graph,
    reason: &ExchangeError,
    array: &NumberArray,
) -> Result<Found, Failure> {
    let exchange = |error| Failure::exchange(&arguments.model, error);
    let malformed = |reason: &str| {
        exchange(ExchangeError::Malformed {
            place: "the graph".to_owned(),
            reason: reason.to_owned(),
        })
    };
    let Some((first, others)) = graph.inputs().split_first() else {
        return Err(malformed("reads nothing"));
    };
    let refused = |name: &str, reason: String| {
        exchange(ExchangeError::Input {
            name: name.to_owned(),
            reason,
        })
    };
    if let (Some("forecast"), [known, ..]) = (graph.metadata("tidegate.task"), others) {
        return Err(refused(
            &known.name,
            format!(
                "it is what is known of the steps to forecast, for which zeros would be data: {ONNX_RUNTIME}"
            ),
        ));
    }
    let tokens = matches!(first.element_type, ElementType::I64 | ElementType::I32);
    if array.of_rows && tokens {
        return Err(refused(
            &first.name,
            "rows of text do not say which of its axes they are: give a NumPy array (.npy) of its shape".into(),
        ));
    }
    let zeros = zeros(first, others, &array.shape, graph.memory_limit()).map_err(exchange)?;
    let sequence = tensor(first.element_type, array, &arguments.data)?.map_err(exchange)?;
    let mut inputs = vec![(&*first.name, sequence)];
    inputs.extend(zeros);
    let outputs = graph.run(&inputs).map_err(exchange)?;
    let Some((_, output)) = outputs.into_iter().next() else {
        return Err(malformed("gives nothing"));
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
    Ok(Found {
        shape,
        values,
        notes: notes(graph, reason, others),
    })
}

/// What is to be said of such a run.
fn notes(graph: &Graph, reason: &ExchangeError, others: &[Port]) -> Vec<String> {
    let mut notes = vec![format!(
        "The graph was run node by node, since it is no chain of layers: {reason}."
    )];
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(|port| &*port.name).collect();
        notes.push(format!("Zeros were given for {}.", names.join(", ")));
    }
    notes.extend(graph.plain_nodes().iter().map(|plain| {
        format!(
            "{} of node {} ran in plain loops: {}.",
            plain.operator, plain.node, plain.reason
        )
    }));
    if graph.plain_nodes().is_empty() && graph.recurrent_nodes() > 0 {
        notes.push("Every recurrent operator ran in the engine.".into());
    }
    notes
}

/// Zeros for the inputs beside the sequence, whose axes of a name are as long as those of the sequence, `shape`.
///
/// # Errors
/// [`ExchangeError::Input`] for an input that zeros would give another meaning, whose size nothing says, or that goes beyond
/// `limit`, the bytes of all of them.
fn zeros<'a>(
    first: &Port,
    others: &'a [Port],
    shape: &[usize],
    limit: usize,
) -> Result<Vec<(&'a str, Tensor)>, ExchangeError> {
    let mut names: Vec<(&str, usize)> = Vec::new();
    for (axis, &size) in first.shape.iter().flatten().zip(shape) {
        if let Dimension::Named(name) = axis {
            names.push((name, size));
        }
    }
    let mut room = limit;
    let zeros = others.iter().map(|port| {
        let refused = |reason: String| ExchangeError::Input {
            name: port.name.clone(),
            reason,
        };
        // Zeros are where a state starts, but lengths and choices of zero change what is computed.
        if port.element_type != ElementType::F32 {
            return Err(refused(format!(
                "it is beside the sequence and holds {}, which only the user knows: {ONNX_RUNTIME}",
                port.element_type
            )));
        }
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
            return Err(refused(format!(
                "it is beside the sequence, and the file does not say how large it is: {ONNX_RUNTIME}"
            )));
        };
        let count = shape
            .iter()
            .try_fold(1, |count: usize, &size| count.checked_mul(size));
        let left = count
            .and_then(|count| count.checked_mul(size_of::<f32>()))
            .and_then(|bytes| room.checked_sub(bytes));
        let (Some(count), Some(left)) = (count, left) else {
            return Err(refused(format!(
                "zeros of its shape {shape:?} take more than the memory limit of {limit} bytes"
            )));
        };
        room = left;
        Ok((&*port.name, Tensor::new(shape, vec![0.0; count])?))
    });
    zeros.collect()
}

/// The array as the graph reads it.
fn tensor(
    kind: ElementType,
    array: &NumberArray,
    path: &Path,
) -> Result<Result<Tensor, ExchangeError>, Failure> {
    let shape = array.shape.clone();
    Ok(match kind {
        ElementType::F32 => Tensor::new(shape, floats(array, path)?),
        ElementType::I64 => Tensor::new(shape, whole_64(array, path)?),
        ElementType::I32 => Tensor::new(shape, whole_32(array, path)?),
        ElementType::Bool => Tensor::new(shape, truths(array, path)?),
    })
}

#[cfg(test)]
mod tests;
