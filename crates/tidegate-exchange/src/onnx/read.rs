//! From a file's bytes to a graph: its parts are checked, its values numbered, and what is constant computed at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use prost::Message;

use super::advance::{fold, prepare};
use super::constant;
use super::footprint;
use super::graph::Graph;
use super::messages::{AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto};
use super::node::{self, Node};
use super::operators::{NEWEST, OLDEST};
use super::port::Port;
use super::tensor::Tensor;
use crate::error::ExchangeError;

/// Constants that are computed, and weights that are packed, when a file is read may together take this many times its
/// length,
const FACTOR: usize = 4;
/// and this many bytes; those beyond are computed in each run.
const ALLOWANCE: usize = 1 << 20;

pub(super) fn read(bytes: &[u8]) -> Result<Graph, ExchangeError> {
    footprint::check(bytes)?;
    let model =
        ModelProto::decode(bytes).map_err(|error| malformed("the file", error.to_string()))?;
    let Some(graph) = model.graph else {
        return Err(malformed("the file", "it holds no graph".into()));
    };
    let set = operator_set(&model.opset_import)?;
    let mut values = Values::default();
    let room = bytes.len().saturating_mul(FACTOR).saturating_add(ALLOWANCE);
    let mut graph = build(graph, set, &mut values, room)?;
    let entries = model.metadata_props.into_iter();
    graph.metadata = entries.map(|entry| (entry.key, entry.value)).collect();
    Ok(graph)
}

fn malformed(place: &str, reason: String) -> ExchangeError {
    ExchangeError::Malformed {
        place: place.into(),
        reason,
    }
}

/// Whether a domain is that of the standard's operators.
fn is_standard(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

fn operator_set(sets: &[OperatorSetIdProto]) -> Result<i64, ExchangeError> {
    let standard = sets
        .iter()
        .find(|set| is_standard(set.domain.as_deref().unwrap_or("")));
    let Some(set) = standard else {
        return Err(malformed(
            "opset_import",
            "it names no operator set of the standard".into(),
        ));
    };
    let version = set.version.unwrap_or(0);
    let (age, remedy) = match version {
        ..OLDEST => (
            "older",
            format!("export the model with operator set {OLDEST} or newer"),
        ),
        OLDEST..=NEWEST => return Ok(version),
        _ => (
            "newer",
            format!("export the model with operator set {NEWEST} or older"),
        ),
    };
    Err(ExchangeError::NoCounterpart {
        what: format!(
            "operator set {version}, {age} than the sets {OLDEST} to {NEWEST} that are computed,"
        ),
        format: "Tidegate",
        remedy,
    })
}

/// Names and constants of values, by number.
#[derive(Default)]
struct Values {
    numbers: HashMap<String, usize>,
    constants: Vec<Option<Tensor>>,
    /// By name, sequences that are a tensor's slices along an axis: the tensor's name, and the axis.
    slices: HashMap<String, (String, Option<AttributeProto>)>,
}

impl Values {
    fn add(&mut self, name: String, constant: Option<Tensor>) -> Result<usize, ExchangeError> {
        match self.numbers.entry(name) {
            Entry::Occupied(entry) => {
                Err(malformed(entry.key(), "two values have this name".into()))
            }
            Entry::Vacant(entry) => {
                entry.insert(self.constants.len());
                self.constants.push(constant);
                Ok(self.constants.len() - 1)
            }
        }
    }
}

fn build(
    graph: GraphProto,
    set: i64,
    values: &mut Values,
    mut room: usize,
) -> Result<Graph, ExchangeError> {
    if graph.sparse_initializer.is_some() {
        return Err(ExchangeError::NoCounterpart {
            what: "a sparse initializer".into(),
            format: "Tidegate",
            remedy: "export the model with dense tensors".into(),
        });
    }
    for tensor in graph.initializer {
        let place = format!("initializer {}", tensor.name);
        if tensor.name.is_empty() {
            return Err(malformed(&place, "it has no name".into()));
        }
        let name = tensor.name.clone();
        let tensor = constant::read(tensor, &place)?;
        values.add(name, Some(tensor))?;
    }
    let (mut inputs, mut input_values) = (Vec::new(), Vec::new());
    for input in graph.input {
        // Files before version 4 of the format name their initializers among the inputs.
        let given = values.numbers.get(&input.name).copied();
        if given.is_some_and(|number| values.constants[number].is_some()) {
            continue;
        }
        let port = Port::read(input)?;
        input_values.push(values.add(port.name.clone(), None)?);
        inputs.push(port);
    }
    let mut nodes = Vec::with_capacity(graph.node.len());
    // What is computed in advance must not take longer than reading the file, either.
    let mut work = room.saturating_mul(16);
    for (place, message) in graph.node.into_iter().enumerate() {
        let Some(message) = without_sequences(message, values) else {
            continue;
        };
        let mut node = node(message, place, set, values)?;
        if !fold(&node, &mut values.constants, &mut room, &mut work) {
            prepare(&mut node, &values.constants, &mut room)?;
            nodes.push(node);
        }
    }
    let (mut outputs, mut output_values) = (Vec::new(), Vec::new());
    for output in graph.output {
        let port = Port::read(output)?;
        let Some(&number) = values.numbers.get(&port.name) else {
            return Err(malformed(
                &port.name,
                "this output is no value of the graph".into(),
            ));
        };
        output_values.push(number);
        outputs.push(port);
    }
    if outputs.is_empty() {
        return Err(malformed("the graph", "it has no output".into()));
    }
    Ok(Graph::new(
        (inputs, input_values),
        (outputs, output_values),
        std::mem::take(&mut values.constants),
        nodes,
    ))
}

/// PyTorch's exporter takes single steps out of a tensor by way of a sequence of its slices. Such a sequence is noted here and
/// becomes no node; its parts become those of the tensor.
fn without_sequences(mut message: NodeProto, values: &mut Values) -> Option<NodeProto> {
    let attribute = |name: &str| message.attribute.iter().find(|one| one.name == name);
    match (
        message.op_type.as_str(),
        &message.input[..],
        &message.output[..],
    ) {
        ("SplitToSequence", [tensor], [sequence])
            if attribute("keepdims").and_then(|keep| keep.i) == Some(0) =>
        {
            let axis = attribute("axis").cloned();
            values
                .slices
                .insert(sequence.clone(), (tensor.clone(), axis));
            None
        }
        ("SequenceAt", [sequence, _], [_]) => {
            if let Some((tensor, axis)) = values.slices.get(sequence) {
                message.input[0].clone_from(tensor);
                message.attribute = axis.iter().cloned().collect();
                message.op_type = "Gather".into();
            }
            Some(message)
        }
        _ => Some(message),
    }
}

fn node(
    mut message: NodeProto,
    place: usize,
    set: i64,
    values: &mut Values,
) -> Result<Node, ExchangeError> {
    let refused = |message: &NodeProto, reason: String| ExchangeError::Operator {
        node: node::name(message, place),
        operator: message.op_type.clone(),
        reason,
    };
    if !is_standard(&message.domain) {
        let reason = format!("operators of domain {} are not computed", message.domain);
        return Err(refused(&message, reason));
    }
    let mut inputs = Vec::with_capacity(message.input.len());
    for name in &message.input {
        inputs.push(match values.numbers.get(name) {
            _ if name.is_empty() => None,
            Some(&number) => Some(number),
            None => {
                let reason = format!(
                    "it reads {name}, which is no input, no initializer and no output of an earlier node"
                );
                return Err(refused(&message, reason));
            }
        });
    }
    let name = node::name(&message, place);
    let mut outputs = Vec::with_capacity(message.output.len());
    for output in std::mem::take(&mut message.output) {
        outputs.push(if output.is_empty() {
            None
        } else {
            Some(values.add(output, None)?)
        });
    }
    message.name = name;
    Node::read(message, place, set, inputs, outputs)
}
