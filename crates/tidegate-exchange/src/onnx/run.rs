//! A graph's values for given inputs, one node after the other.

use std::collections::HashMap;

use super::graph::Graph;
use super::node::Node;
use super::operators::Operator;
use super::recurrent::RecurrentInputs;
use super::tensor::Tensor;
use crate::error::ExchangeError;

pub(super) fn run(
    graph: &Graph,
    inputs: &[(&str, Tensor)],
) -> Result<Vec<(String, Tensor)>, ExchangeError> {
    let mut given: Vec<Option<&Tensor>> = graph.constants.iter().map(Option::as_ref).collect();
    for (number, tensor) in graph.input_values.iter().zip(fit(graph, inputs)?) {
        given[*number] = Some(tensor);
    }
    let mut computed: Vec<Option<Tensor>> = Vec::new();
    computed.resize_with(given.len(), || None);
    let mut room = graph.memory_limit;
    for (node, last_read) in graph.nodes.iter().zip(&graph.last_read) {
        let value = |number: usize| computed[number].as_ref().or(given[number]);
        let read: Vec<Option<&Tensor>> = node
            .inputs
            .iter()
            .map(|input| input.and_then(value))
            .collect();
        let results = compute(node, &read, room)?;
        for (result, output) in results.into_iter().zip(&node.outputs) {
            if let Some(number) = output {
                room = room.checked_sub(result.values().bytes()).ok_or_else(|| {
                    node.error("the values of the graph take more than the memory limit")
                })?;
                computed[*number] = Some(result);
            }
        }
        for &number in last_read {
            if let Some(done) = computed[number].take() {
                room += done.values().bytes();
            }
        }
    }
    let outputs = graph.outputs.iter().zip(&graph.output_values);
    outputs
        .map(|(port, &number)| {
            let value = computed[number].as_ref().or(given[number]);
            value
                .map(|value| (port.name.clone(), value.clone()))
                .ok_or_else(|| ExchangeError::Malformed {
                    place: port.name.clone(),
                    reason: "no node gives this output".into(),
                })
        })
        .collect()
}

/// What a node gives for its inputs; no result takes more than `room` bytes.
pub(super) fn compute(
    node: &Node,
    inputs: &[Option<&Tensor>],
    room: usize,
) -> Result<Vec<Tensor>, ExchangeError> {
    let results = match &node.operator {
        Operator::Recurrent(recurrent) => RecurrentInputs::of(inputs).and_then(|inputs| {
            let packed;
            let prepared = match &node.prepared {
                Some(prepared) => prepared,
                None => {
                    if recurrent.packed_bytes(&inputs.weights) > room {
                        return Err("its weights take more than the memory limit".into());
                    }
                    packed = recurrent.prepare(&inputs.weights)?;
                    &packed
                }
            };
            recurrent.compute(&inputs, prepared, room)
        }),
        operator => operator.compute(inputs, room),
    };
    results.map_err(|reason| node.error(reason))
}

/// The given tensors in the order of the graph's inputs.
fn fit<'a>(graph: &Graph, inputs: &'a [(&str, Tensor)]) -> Result<Vec<&'a Tensor>, ExchangeError> {
    let wrong = |name: &str, reason: String| ExchangeError::Input {
        name: name.into(),
        reason,
    };
    for (place, (name, _)) in inputs.iter().enumerate() {
        if !graph.inputs.iter().any(|port| port.name == *name) {
            let known: Vec<&str> = graph.inputs.iter().map(|port| port.name.as_str()).collect();
            return Err(wrong(
                name,
                format!("the graph reads {known:?} and not this"),
            ));
        }
        if inputs[..place].iter().any(|(other, _)| other == name) {
            return Err(wrong(name, "it is given twice".into()));
        }
    }
    let mut named = HashMap::new();
    graph
        .inputs
        .iter()
        .map(|port| {
            let (_, tensor) = inputs
                .iter()
                .find(|(name, _)| *name == port.name)
                .ok_or_else(|| wrong(&port.name, "it is not given".into()))?;
            port.check(tensor, &mut named)?;
            Ok(tensor)
        })
        .collect()
}
