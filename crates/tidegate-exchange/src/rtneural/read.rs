//! From RTNeural's JSON to a network.

use serde_json::{Map, Value, json};

use super::numbers::array;
use crate::error::ExchangeError;
use crate::keras::{self, KerasLayer};
use crate::network::Network;
use crate::pytorch;

/// Reads a file of layers, or of a PyTorch module's parameters; `options` are for the latter.
///
/// # Errors
/// [`ExchangeError`] names the layer, tensor or entry at fault.
pub fn read(bytes: &[u8], options: &pytorch::Options) -> Result<Network, ExchangeError> {
    let malformed = |place: &str, reason: String| ExchangeError::Malformed {
        place: place.to_owned(),
        reason,
    };
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| malformed("the file", format!("is not JSON: {error}")))?;
    let Value::Object(mut entries) = value else {
        return Err(malformed("the file", "is JSON, but no object".into()));
    };
    if let Some(layers) = entries.remove("layers") {
        return of_layers(&entries, &layers);
    }
    if let Some(Value::Object(state)) = entries.remove("state_dict") {
        let skip = entries.get("model_data").and_then(|data| data.get("skip"));
        if skip.is_some_and(|skip| skip.as_f64() != Some(0.0)) {
            return Err(ExchangeError::NoCounterpart {
                what: "model_data.skip, which adds the input to the output,".into(),
                format: "a network of Tidegate",
                remedy: String::new(),
            });
        }
        return of_state(state, options);
    }
    of_state(entries, options)
}

fn of_state(
    state: Map<String, Value>,
    options: &pytorch::Options,
) -> Result<Network, ExchangeError> {
    let arrays = state.into_iter().map(|(name, value)| array(name, &value));
    pytorch::of_arrays(arrays.collect::<Result<_, _>>()?, options)
}

fn of_layers(entries: &Map<String, Value>, layers: &Value) -> Result<Network, ExchangeError> {
    let Value::Array(layers) = layers else {
        return Err(ExchangeError::Malformed {
            place: "layers".into(),
            reason: "is no list".into(),
        });
    };
    let mut chain = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        chain.push(one(index, layer)?);
    }
    let network = keras::read(&chain)?;
    let declared = last_size(entries.get("in_shape"));
    let crate::Input::Features(found) = network.input else {
        return Ok(network);
    };
    match declared {
        Some(inputs) if inputs != found as u64 => Err(ExchangeError::Malformed {
            place: "in_shape".into(),
            reason: format!("says that {inputs} features enter, but the first layer reads {found}"),
        }),
        _ => Ok(network),
    }
}

/// The last number of a shape.
fn last_size(shape: Option<&Value>) -> Option<u64> {
    shape?.as_array()?.last()?.as_u64()
}

/// A layer as Keras' layer of the same weights.
fn one(index: usize, layer: &Value) -> Result<KerasLayer, ExchangeError> {
    let kind = layer.get("type").and_then(Value::as_str).unwrap_or("");
    let place = format!("layer {} ({kind})", index + 1);
    let activation = match layer.get("activation") {
        None | Some(Value::Null) => "",
        Some(Value::String(name)) => name,
        Some(other) => {
            return Err(ExchangeError::Malformed {
                place,
                reason: format!("its activation is {other}, expected a name"),
            });
        }
    };
    let no_counterpart = |what: String| ExchangeError::NoCounterpart {
        what: format!("{place}: {what}"),
        format: "a network of Tidegate",
        remedy: String::new(),
    };
    let arrays = match layer.get("weights") {
        Some(Value::Array(list)) => list
            .iter()
            .enumerate()
            .map(|(number, value)| array(format!("{place}, weights {number}"), value))
            .collect::<Result<Vec<_>, _>>()?,
        None | Some(Value::Null) => Vec::new(),
        Some(_) => {
            return Err(ExchangeError::Malformed {
                place,
                reason: "its weights are no list".into(),
            });
        }
    };
    let units = last_size(layer.get("shape"));
    let name = format!("{}", index + 1);
    let (class, configuration) = match kind {
        "dense" | "time-distributed-dense" => {
            let found = arrays
                .first()
                .and_then(|kernel| kernel.shape.last().copied());
            if let (Some(units), Some(found)) = (units, found)
                && units != found as u64
            {
                return Err(ExchangeError::Malformed {
                    place,
                    reason: format!("says that it has {units} units, but its weights have {found}"),
                });
            }
            ("Dense", json!({"name": name, "activation": activation}))
        }
        "gru" | "lstm" => {
            if !["", "tanh"].contains(&activation) {
                return Err(no_counterpart(format!("the activation {activation}")));
            }
            let configuration = json!({
                "name": name,
                "units": units,
                "activation": "tanh",
                "reset_after": true,
                "return_sequences": true,
            });
            (if kind == "gru" { "GRU" } else { "LSTM" }, configuration)
        }
        "activation" => (
            "Activation",
            json!({"name": name, "activation": activation}),
        ),
        _ => return Err(no_counterpart("this kind of layer".into())),
    };
    Ok(KerasLayer {
        class: class.into(),
        configuration,
        weights: arrays,
    })
}
