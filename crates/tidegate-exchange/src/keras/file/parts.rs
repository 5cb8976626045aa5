//! The layers of a model in their order, from its configuration.

use serde_json::Value;

use super::super::configuration::{described, is_of_keras, name_of};
use crate::error::ExchangeError;

/// What a model is made of.
pub(super) enum Part {
    Layer {
        class: String,
        configuration: Value,
    },
    /// A model within the model.
    Model {
        class: String,
        name: String,
        parts: Vec<Part>,
    },
}

/// The parts of a `Sequential`, or of a functional model in which each layer reads the one before it alone.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] for a model of a class of its own and for one that branches, which names the layer.
pub(super) fn of_model(model: &Value) -> Result<Vec<Part>, ExchangeError> {
    match part(model)? {
        Part::Model { parts, .. } => Ok(parts),
        Part::Layer { class, .. } => Err(no_counterpart(&format!("a model of the class {class}"))),
    }
}

fn part(value: &Value) -> Result<Part, ExchangeError> {
    let Some((class, configuration)) = described(value) else {
        return Err(malformed(
            "the model",
            "its configuration names no class".into(),
        ));
    };
    let name = name_of(configuration).unwrap_or(class).to_owned();
    if !is_of_keras(value) {
        return Err(no_counterpart(&format!(
            "{name}, a {class} whose code is not in the file,"
        )));
    }
    let class = class.to_owned();
    if class != "Sequential" && class != "Functional" {
        let configuration = configuration.clone();
        return Ok(Part::Layer {
            class,
            configuration,
        });
    }
    let Some(layers) = configuration.get("layers").and_then(Value::as_array) else {
        return Err(malformed(
            &format!("model {name}"),
            "its configuration has no layers".into(),
        ));
    };
    if class == "Functional" {
        check_chain(&name, configuration, layers)?;
    }
    let parts = layers.iter().map(part).collect::<Result<_, _>>()?;
    Ok(Part::Model { class, name, parts })
}

/// Checks that each layer of a functional model reads the one before it alone, and the model gives what the last one does.
fn check_chain(name: &str, configuration: &Value, layers: &[Value]) -> Result<(), ExchangeError> {
    let model = format!("model {name}");
    let [input] = &ends(configuration.get("input_layers"))[..] else {
        return Err(no_counterpart(&format!("{model}: more than one input")));
    };
    let [output] = &ends(configuration.get("output_layers"))[..] else {
        return Err(no_counterpart(&format!("{model}: more than one output")));
    };
    let mut before = input.clone();
    for layer in layers {
        let own = layer
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let nodes = layer.get("inbound_nodes").and_then(Value::as_array);
        let nodes = nodes.map_or(&[][..], Vec::as_slice);
        if own == input && nodes.is_empty() {
            continue;
        }
        let reads = match nodes {
            [node] => read_by(node),
            _ => None,
        };
        if reads != Some((before.as_str(), 0)) {
            return Err(no_counterpart(&format!(
                "layer {own}, which does not read {before} alone, so that {model} is no chain of layers,"
            )));
        }
        before = own.to_owned();
    }
    if *output == before {
        return Ok(());
    }
    Err(no_counterpart(&format!(
        "{model}, whose output is not that of its last layer, {before},"
    )))
}

/// Names of the layers at the end of a model: `["name", 0, 0]`, or a list of such.
fn ends(value: Option<&Value>) -> Vec<String> {
    let entries = value
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    match entries.first() {
        Some(Value::String(name)) => vec![name.clone()],
        _ => {
            let names = entries.iter().filter_map(|entry| entry.get(0)?.as_str());
            names.map(str::to_owned).collect()
        }
    }
}

/// The one tensor that a call of a layer reads: the layer that gave it, and which of its outputs it is. Nothing where the call has more
/// arguments than that.
fn read_by(node: &Value) -> Option<(&str, u64)> {
    let [tensor] = &node.get("args")?.as_array()?[..] else {
        return None;
    };
    let named = node.get("kwargs").and_then(Value::as_object);
    let is_plain = |value: &Value| value.is_null() || value == &Value::Bool(false);
    if !named.is_none_or(|named| named.values().all(is_plain)) {
        return None;
    }
    if tensor.get("class_name")?.as_str()? != "__keras_tensor__" {
        return None;
    }
    let history = tensor.get("config")?.get("keras_history")?;
    // A layer of one call has one node, 0.
    (history.get(1)?.as_u64()? == 0).then_some(())?;
    Some((history.get(0)?.as_str()?, history.get(2)?.as_u64()?))
}

fn no_counterpart(what: &str) -> ExchangeError {
    ExchangeError::NoCounterpart {
        what: what.into(),
        format: "a network of Tidegate",
        remedy: String::new(),
    }
}

fn malformed(place: &str, reason: String) -> ExchangeError {
    ExchangeError::Malformed {
        place: place.into(),
        reason,
    }
}
