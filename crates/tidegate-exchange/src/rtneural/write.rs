//! From a network to a file of layers.

use serde_json::{Value, json};
use tidegate_cells::{Activation, Cell, Reset};

use super::numbers::lists;
use crate::error::ExchangeError;
use crate::keras;
use crate::network::{Input, Layer, Network};

/// A file of layers, which RTNeural's `json_parser` loads.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] names what RTNeural has no layer for.
pub fn write(network: &Network) -> Result<Vec<u8>, ExchangeError> {
    network.validate()?;
    let Input::Features(inputs) = network.input else {
        return Err(no_counterpart("an input of tokens".into()));
    };
    for (index, layer) in network.layers.iter().enumerate() {
        let what = match layer {
            Layer::Recurrent { stack, .. } if stack.bidirectional => "a layer that runs backwards",
            Layer::Recurrent { stack, .. } => match stack.cell {
                Cell::Gru(gru) if gru.reset == Reset::Before => "the reset gate before the product",
                Cell::Gru(gru) if gru.candidate == Activation::Relu => "a candidate of relu",
                Cell::Rnn(_) => "the plain recurrent cell",
                _ => continue,
            },
            Layer::FinalState | Layer::Mean => "one output for a whole sequence",
            _ => continue,
        };
        return Err(no_counterpart(format!("{}: {what}", network.place(index))));
    }
    let mut layers = Vec::new();
    let mut width = inputs;
    for layer in keras::write(network)? {
        let configuration = &layer.configuration;
        let units = configuration.get("units").and_then(Value::as_u64);
        width = units.map_or(width, |units| units as usize);
        let kind = match layer.class.as_str() {
            "Dense" => "dense",
            "GRU" => "gru",
            "LSTM" => "lstm",
            _ => "activation",
        };
        let activation = configuration.get("activation").and_then(Value::as_str);
        let weights: Vec<Value> = layer.weights.iter().map(lists).collect();
        layers.push(json!({
            "type": kind,
            "activation": activation.unwrap_or(""),
            "shape": [null, null, width],
            "weights": weights,
        }));
    }
    let file = json!({"in_shape": [null, null, inputs], "layers": layers});
    serde_json::to_vec(&file).map_err(|error| ExchangeError::Malformed {
        place: "the file".into(),
        reason: error.to_string(),
    })
}

fn no_counterpart(what: String) -> ExchangeError {
    ExchangeError::NoCounterpart {
        what,
        format: "RTNeural",
        remedy: "export to ONNX".into(),
    }
}
