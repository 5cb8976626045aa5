//! From RTNeural's JSON to a network.

use serde_json::error::Category;
use serde_json::json;

use super::json::{Entry, File, Layer, State};
use crate::error::ExchangeError;
use crate::keras::{self, KerasLayer};
use crate::network::Network;
use crate::pytorch;

/// Reads a file of layers, or of a PyTorch module's parameters; `options` are for the latter.
///
/// # Errors
/// [`ExchangeError`] names the layer, tensor, entry or option at fault.
pub fn read(bytes: &[u8], options: &pytorch::Options) -> Result<Network, ExchangeError> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| {
        let reason = match error.classify() {
            Category::Data => format!("is JSON, but no file of RTNeural: {error}"),
            Category::Io | Category::Syntax | Category::Eof => format!("is not JSON: {error}"),
        };
        malformed("the file", reason)
    })?;
    if let Some(layers) = file.layers {
        if let Some(option) = options.given().first() {
            let reason = "is of PyTorch's parameters, and the file holds layers";
            return Err(malformed(&format!("option {option}"), reason.into()));
        }
        return of_layers(file.in_shape, layers);
    }
    if let Some(state) = file.state_dict {
        match file.model_data.map(|data| data.skip) {
            None | Some(Entry::Nothing) => {}
            Some(Entry::Number(0.0)) => {}
            Some(_) => {
                return Err(ExchangeError::NoCounterpart {
                    what: "model_data.skip, which adds the input to the output,".into(),
                    format: "a network of Tidegate",
                    remedy: String::new(),
                });
            }
        }
        return of_state(state, options);
    }
    for (name, given) in [
        ("in_shape", file.in_shape.is_some()),
        ("model_data", file.model_data.is_some()),
    ] {
        if given {
            let reason = "stands in a file with neither layers nor a state_dict";
            return Err(malformed(name, reason.into()));
        }
    }
    of_state(file.rest, options)
}

fn malformed(place: &str, reason: String) -> ExchangeError {
    ExchangeError::Malformed {
        place: place.to_owned(),
        reason,
    }
}

fn of_state(state: State, options: &pytorch::Options) -> Result<Network, ExchangeError> {
    let arrays = state
        .0
        .into_iter()
        .map(|(name, numbers)| numbers.array(name));
    pytorch::of_arrays(arrays.collect::<Result<_, _>>()?, options)
}

fn of_layers(in_shape: Option<Entry>, layers: Vec<Layer>) -> Result<Network, ExchangeError> {
    let mut chain = Vec::new();
    for (index, layer) in layers.into_iter().enumerate() {
        chain.push(one(index, layer)?);
    }
    let network = keras::read(&chain)?;
    let declared = in_shape.and_then(last_size);
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
fn last_size(shape: Entry) -> Option<u64> {
    match shape {
        Entry::Last(last) => last,
        _ => None,
    }
}

/// A layer as Keras' layer of the same weights.
fn one(index: usize, layer: Layer) -> Result<KerasLayer, ExchangeError> {
    let kind = match layer.kind {
        Entry::Text(kind) => kind,
        _ => String::new(),
    };
    let place = format!("layer {} ({kind})", index + 1);
    let activation = match layer.activation {
        Entry::Nothing => String::new(),
        Entry::Text(name) => name,
        _ => return Err(malformed(&place, "its activation is no name".into())),
    };
    let activation = activation.as_str();
    let no_counterpart = |what: String| ExchangeError::NoCounterpart {
        what: format!("{place}: {what}"),
        format: "a network of Tidegate",
        remedy: String::new(),
    };
    let arrays = layer.weights.map(|weights| weights.0).unwrap_or_default();
    let arrays = arrays
        .into_iter()
        .enumerate()
        .map(|(number, numbers)| numbers.array(format!("{place}, weights {number}")))
        .collect::<Result<Vec<_>, _>>()?;
    let units = last_size(layer.shape);
    let name = format!("{}", index + 1);
    let (class, configuration) = match kind.as_str() {
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
