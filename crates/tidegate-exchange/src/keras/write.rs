//! From a network to layers of Keras.

use serde_json::{Value, json};
use tidegate_cells::{Activation, Cell, Reset, Stack};

use super::KerasLayer;
use super::recurrent::write_weights;
use crate::array::{NamedArray, transposed};
use crate::error::ExchangeError;
use crate::network::{Layer, Network};

/// The layers of Keras that compute what a network does; the configuration of each is what its constructor takes, and
/// that of the layer within a `Bidirectional` stands under `layer`. The two biases of a recurrent layer become their sum, but for those of a GRU
/// whose reset gate acts after the product.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] names what Keras has no layer for.
pub fn write(network: &Network) -> Result<Vec<KerasLayer>, ExchangeError> {
    network.validate()?;
    let mut layers = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let no_counterpart = |what: &str| ExchangeError::NoCounterpart {
            what: format!("{}: {what}", network.place(index)),
            format: "Keras",
            remedy: "export to ONNX".into(),
        };
        match layer {
            Layer::Embedding { size, weight } => {
                let shape = vec![weight.len() / size, *size];
                layers.push(KerasLayer {
                    class: "Embedding".into(),
                    configuration: json!({"input_dim": shape[0], "output_dim": size}),
                    weights: vec![NamedArray {
                        name: "embeddings".into(),
                        shape,
                        values: weight.clone(),
                    }],
                });
            }
            Layer::Recurrent { stack, weights } => {
                let reads_state = matches!(network.layers.get(index + 1), Some(Layer::FinalState));
                layers.extend(recurrent(stack, weights, !reads_state).map_err(no_counterpart)?);
            }
            // Said by the layer below.
            Layer::FinalState => {}
            Layer::Mean => layers.push(KerasLayer {
                class: "GlobalAveragePooling1D".into(),
                configuration: json!({}),
                weights: Vec::new(),
            }),
            Layer::Dense { weight, bias } => {
                let (inputs, outputs) = (weight.len() / bias.len(), bias.len());
                let kernel = NamedArray {
                    name: "kernel".into(),
                    shape: vec![inputs, outputs],
                    values: transposed(weight, outputs, inputs),
                };
                let bias = NamedArray {
                    name: "bias".into(),
                    shape: vec![outputs],
                    values: bias.clone(),
                };
                layers.push(KerasLayer {
                    class: "Dense".into(),
                    configuration: json!({"units": outputs}),
                    weights: vec![kernel, bias],
                });
            }
            Layer::Activation(activation) => layers.push(KerasLayer {
                class: "Activation".into(),
                configuration: json!({"activation": activation.name()}),
                weights: Vec::new(),
            }),
            Layer::Scale { .. } | Layer::Attention { .. } => return Err(no_counterpart("it")),
        }
    }
    Ok(layers)
}

/// One layer of Keras for each layer of the stack.
fn recurrent(
    stack: &Stack,
    weights: &[f32],
    every_step: bool,
) -> Result<Vec<KerasLayer>, &'static str> {
    if stack.zoneout > 0.0 || stack.zoneout_cell > 0.0 {
        return Err("zoneout, whose expectation acts in inference,");
    }
    let (class, activation, reset_after) = match stack.cell {
        Cell::Gru(gru) => ("GRU", gru.candidate, Some(gru.reset == Reset::After)),
        Cell::Lstm(lstm) if lstm.peepholes => return Err("peepholes"),
        Cell::Lstm(_) => ("LSTM", Activation::Tanh, None),
        Cell::Rnn(rnn) => ("SimpleRNN", rnn.activation, None),
        Cell::Mgu(_) => return Err("the minimal gated unit"),
    };
    let mut rest = weights;
    let layers = (0..stack.layers).map(|layer| {
        let inputs = stack.layer_input_size(layer);
        let rows = stack.cell.blocks() * stack.hidden_size;
        let mut arrays = Vec::new();
        for _ in 0..stack.directions() {
            let (of_direction, after) = rest.split_at(rows * (inputs + stack.hidden_size + 2));
            arrays.extend(write_weights(
                stack.cell,
                inputs,
                stack.hidden_size,
                of_direction,
            ));
            rest = after;
        }
        let mut configuration = json!({
            "units": stack.hidden_size,
            "activation": match activation {
                Activation::Tanh => "tanh",
                Activation::Relu => "relu",
            },
            "return_sequences": every_step || layer + 1 < stack.layers,
        });
        if let Some(reset_after) = reset_after {
            configuration["reset_after"] = Value::Bool(reset_after);
        }
        if stack.bidirectional {
            let inner = json!({"class_name": class, "config": configuration});
            KerasLayer {
                class: "Bidirectional".into(),
                configuration: json!({"merge_mode": "concat", "layer": inner}),
                weights: arrays,
            }
        } else {
            KerasLayer {
                class: class.into(),
                configuration,
                weights: arrays,
            }
        }
    });
    Ok(layers.collect())
}
