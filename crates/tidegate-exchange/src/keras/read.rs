//! From layers of Keras to a network.

use serde_json::Value;
use tidegate_cells::{Activation, Cell, Gru, Lstm, Reset, Rnn, Stack};

use super::KerasLayer;
use super::configuration::{described, is_of_keras, name_of};
use super::recurrent::read_weights;
use crate::error::ExchangeError;
use crate::network::{Input, Layer, Network};

/// The network that a chain of layers is, from the input to the output.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] names the layer, and the option of it, that is not computed here;
/// [`ExchangeError::Malformed`] names the array that does not fit.
pub fn read(layers: &[KerasLayer]) -> Result<Network, ExchangeError> {
    let mut input = None;
    let mut chain = Vec::new();
    for layer in layers {
        let (reads, added) = one(layer)?;
        input = input.or(reads);
        chain.extend(added);
    }
    let input = input.ok_or_else(|| ExchangeError::Malformed {
        place: "the model".into(),
        reason: "has no layer with weights".into(),
    })?;
    let network = Network {
        input,
        layers: chain,
    };
    network.validate()?;
    Ok(network)
}

/// What a layer reads, where it says so, and what it computes.
fn one(layer: &KerasLayer) -> Result<(Option<Input>, Vec<Layer>), ExchangeError> {
    let no_weights = || match layer.weights.first() {
        Some(array) => Err(layer.malformed(format!("has weights ({}), expected none", array.name))),
        None => Ok(()),
    };
    layer.refuse_quantised()?;
    match layer.class.as_str() {
        "InputLayer"
        | "Dropout"
        | "SpatialDropout1D"
        | "GaussianNoise"
        | "GaussianDropout"
        | "ActivityRegularization" => Ok((None, Vec::new())),
        "GRU" | "LSTM" | "SimpleRNN" => recurrent(layer, &layer.weights, None),
        "Bidirectional" => bidirectional(layer),
        "TimeDistributed" => {
            let inner = inner(layer, "layer")?;
            if inner.class != "Dense" {
                return Err(layer.no_counterpart(&format!("{} at each step", inner.class)));
            }
            one(&KerasLayer {
                weights: layer.weights.clone(),
                ..inner
            })
        }
        "Dense" => dense(layer),
        "Embedding" => {
            if layer.flag("mask_zero", false)? {
                return Err(layer.no_counterpart("mask_zero, which passes over tokens of 0,"));
            }
            let [weight] = &layer.weights[..] else {
                return Err(layer.wrong_count(layer.weights.len(), "a matrix"));
            };
            let [vocabulary, size] = weight.shape[..] else {
                return Err(
                    weight.malformed(format!("has shape {:?}, expected a matrix", weight.shape))
                );
            };
            let embedding = Layer::Embedding {
                size,
                weight: weight.values.clone(),
            };
            Ok((Some(Input::Tokens { vocabulary }), vec![embedding]))
        }
        "Activation" => {
            no_weights()?;
            Ok((None, layer.activation()?.into_iter().collect()))
        }
        "ReLU" => {
            no_weights()?;
            let plain = |key: &str, without: Option<f64>| {
                let value = layer.configuration.get(key);
                value.is_none_or(|value| {
                    value.is_null() || without.is_some() && value.as_f64() == without
                })
            };
            // A largest value of 0 is one; there is none only where it is null.
            if !(plain("max_value", None)
                && plain("negative_slope", Some(0.0))
                && plain("threshold", Some(0.0)))
            {
                return Err(
                    layer.no_counterpart("a relu with a slope, a threshold or a largest value")
                );
            }
            let relu = Layer::Activation(crate::network::Activation::Relu);
            Ok((None, vec![relu]))
        }
        "Softmax" => {
            no_weights()?;
            let axis = layer.configuration.get("axis");
            if axis.is_some_and(|axis| axis.as_i64() != Some(-1)) {
                return Err(layer.no_counterpart("a softmax over another axis than the last"));
            }
            let softmax = Layer::Activation(crate::network::Activation::Softmax);
            Ok((None, vec![softmax]))
        }
        "GlobalAveragePooling1D" => {
            if layer.word("data_format", "channels_last")? != "channels_last" {
                return Err(layer.no_counterpart("pooling over another axis than time"));
            }
            if layer.flag("keepdims", false)? {
                return Err(layer.no_counterpart("keepdims"));
            }
            Ok((None, vec![Layer::Mean]))
        }
        _ => Err(layer.no_counterpart("this kind of layer")),
    }
}

fn dense(layer: &KerasLayer) -> Result<(Option<Input>, Vec<Layer>), ExchangeError> {
    let [kernel, rest @ ..] = &layer.weights[..] else {
        return Err(layer.wrong_count(0, "a kernel and a bias"));
    };
    let [inputs, outputs] = kernel.shape[..] else {
        return Err(kernel.malformed(format!("has shape {:?}, expected a matrix", kernel.shape)));
    };
    kernel.check_no_size_is_zero()?;
    check_units(layer, outputs)?;
    let bias = match rest {
        [_, extra, ..] => return Err(extra.malformed("has no place in a dense layer".into())),
        rest if rest.is_empty() == layer.flag("use_bias", true)? => {
            let expected = [
                "a kernel and a bias",
                "a kernel alone, as its use_bias is false",
            ];
            return Err(layer.wrong_count(1 + rest.len(), expected[rest.len()]));
        }
        [] => vec![0.0; outputs],
        [bias] => {
            bias.check_shape(&[outputs])?;
            bias.values.clone()
        }
    };
    let mut layers = vec![Layer::Dense {
        weight: crate::array::transposed(&kernel.values, inputs, outputs),
        bias,
    }];
    layers.extend(layer.activation()?);
    Ok((Some(Input::Features(inputs)), layers))
}

/// Holds the units that a layer says it has to those of its weights.
fn check_units(layer: &KerasLayer, found: usize) -> Result<(), ExchangeError> {
    match layer.configuration.get("units").and_then(Value::as_u64) {
        Some(units) if units != found as u64 => Err(layer.malformed(format!(
            "says that it has {units} units, but its weights have {found}"
        ))),
        _ => Ok(()),
    }
}

/// The cell that a recurrent layer's configuration asks for.
fn cell(layer: &KerasLayer) -> Result<Cell, ExchangeError> {
    let activation = layer.function("activation", "tanh")?;
    let of_state = || match activation.as_str() {
        "tanh" => Ok(Activation::Tanh),
        "relu" => Ok(Activation::Relu),
        other => Err(layer.no_counterpart(&format!("the activation {other}"))),
    };
    if layer.class != "SimpleRNN" {
        let gates = layer.function("recurrent_activation", "sigmoid")?;
        if gates != "sigmoid" {
            return Err(layer.no_counterpart(&format!("the recurrent_activation {gates}")));
        }
    }
    for key in ["go_backwards", "stateful", "time_major", "unit_forget"] {
        if layer.flag(key, false)? {
            return Err(layer.no_counterpart(key));
        }
    }
    match layer.class.as_str() {
        "GRU" => {
            let reset = if layer.flag("reset_after", true)? {
                Reset::After
            } else {
                Reset::Before
            };
            let candidate = of_state()?;
            Ok(Cell::Gru(Gru { reset, candidate }))
        }
        "LSTM" if activation == "tanh" => Ok(Cell::Lstm(Lstm::default())),
        "LSTM" => Err(layer.no_counterpart(&format!("the activation {activation}"))),
        "SimpleRNN" => Ok(Cell::Rnn(Rnn {
            activation: of_state()?,
        })),
        other => Err(layer.no_counterpart(&format!("{other} in two directions"))),
    }
}

/// A recurrent layer; `backward` holds the weights of the direction that runs backwards.
fn recurrent(
    layer: &KerasLayer,
    forward: &[crate::array::NamedArray],
    backward: Option<&[crate::array::NamedArray]>,
) -> Result<(Option<Input>, Vec<Layer>), ExchangeError> {
    let cell = cell(layer)?;
    let (input_size, hidden_size, mut weights) = read_weights(layer, cell, forward)?;
    check_units(layer, hidden_size)?;
    let mut stack = Stack::new(cell, input_size, hidden_size);
    if let Some(backward) = backward {
        let (inputs, units, backward) = read_weights(layer, cell, backward)?;
        if (inputs, units) != (input_size, hidden_size) {
            return Err(layer.malformed(format!(
                "runs forwards with {hidden_size} units on {input_size} features, and backwards with {units} on {inputs}"
            )));
        }
        stack.bidirectional = true;
        weights.extend(backward);
    }
    let mut layers = vec![Layer::Recurrent { stack, weights }];
    if !layer.flag("return_sequences", false)? {
        layers.push(Layer::FinalState);
    }
    Ok((Some(Input::Features(input_size)), layers))
}

fn bidirectional(layer: &KerasLayer) -> Result<(Option<Input>, Vec<Layer>), ExchangeError> {
    let mode = layer.word("merge_mode", "concat")?;
    if mode != "concat" {
        return Err(layer.no_counterpart(&format!("the merge_mode {mode}")));
    }
    let forward = inner(layer, "layer")?;
    let backwards = layer
        .configuration
        .get("backward_layer")
        .filter(|inner| !inner.is_null());
    if backwards.is_some() {
        let mut other = inner(layer, "backward_layer")?;
        // It says of itself that it runs backwards.
        if let Value::Object(entries) = &mut other.configuration {
            entries.insert("go_backwards".into(), Value::Bool(false));
        }
        if cell(&other)? != cell(&forward)? {
            return Err(layer.no_counterpart("another cell backwards than forwards"));
        }
    }
    let half = layer.weights.len() / 2;
    let (first, second) = layer.weights.split_at(half);
    recurrent(&forward, first, Some(second))
}

/// The layer within a wrapper's configuration, without its weights, under the wrapper's name.
fn inner(layer: &KerasLayer, key: &str) -> Result<KerasLayer, ExchangeError> {
    let inner = layer.configuration.get(key);
    let Some((inner, (class, configuration))) =
        inner.and_then(|inner| Some((inner, described(inner)?)))
    else {
        return Err(layer.malformed(format!("its configuration has no {key}")));
    };
    if !is_of_keras(inner) {
        return Err(layer.no_counterpart(&format!("a {class} whose code is not in the file,")));
    }
    let mut configuration = configuration.clone();
    if let (Value::Object(entries), Some(name)) =
        (&mut configuration, name_of(&layer.configuration))
    {
        entries.insert("name".into(), Value::String(name.to_owned()));
    }
    Ok(KerasLayer {
        class: class.to_owned(),
        configuration,
        weights: Vec::new(),
    })
}
