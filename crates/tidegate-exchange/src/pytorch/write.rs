//! From a network to the parameters of a module.

use serde::{Deserialize, Serialize};
use tidegate_cells::{Activation, Cell, Reset, Stack};

use super::source::module_source;
use super::tensors::bytes;
use crate::array::NamedArray;
use crate::error::ExchangeError;
use crate::network::{Layer, Network};

/// What the file says beside names and numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Written {
    /// The layers in the order of computation, as [`Options::layers`](super::Options::layers).
    pub(super) layers: Vec<String>,
    /// Activation of plain recurrent modules.
    #[serde(default)]
    pub(super) nonlinearity: Option<Activation>,
    /// Source of a module that these parameters fit.
    #[serde(default)]
    module: String,
}

impl Written {
    /// From the metadata entry; a file of another writer has none that can be read.
    pub(super) fn parse(json: &str) -> Option<Written> {
        serde_json::from_str(json).ok()
    }
}

/// A layer with the name that it has in the module, and as a word of [`Options::layers`](super::Options::layers).
pub(super) fn names(network: &Network) -> Vec<String> {
    let kind = |layer: &Layer| match layer {
        Layer::Dense { .. } => "head".to_owned(),
        Layer::FinalState => "last".to_owned(),
        other => other.name().to_owned(),
    };
    let has_parameters = |layer: &Layer| {
        !matches!(
            layer,
            Layer::FinalState | Layer::Mean | Layer::Activation(_)
        )
    };
    let mut names: Vec<String> = Vec::new();
    for layer in &network.layers {
        let name = kind(layer);
        let alike = names
            .iter()
            .filter(|other| other.trim_end_matches(char::is_numeric) == name);
        let count = alike.count();
        names.push(match count {
            0 => name,
            _ if !has_parameters(layer) => name,
            count => format!("{name}{}", count + 1),
        });
    }
    names
}

/// The parameters of the module that [`module_source`] is the source of, by name.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] names what `torch.nn` has no module for.
pub fn tensors(network: &Network) -> Result<Vec<NamedArray>, ExchangeError> {
    network.validate()?;
    let mut arrays = Vec::new();
    for (index, (layer, name)) in network.layers.iter().zip(names(network)).enumerate() {
        let mut push = |tensor: &str, shape: Vec<usize>, values: &[f32]| {
            arrays.push(NamedArray {
                name: format!("{name}.{tensor}"),
                shape,
                values: values.to_vec(),
            });
        };
        match layer {
            Layer::Embedding { size, weight } => {
                push("weight", vec![weight.len() / size, *size], weight);
            }
            Layer::Recurrent { stack, weights } => {
                check(stack).map_err(|(what, remedy)| ExchangeError::NoCounterpart {
                    what: format!("{}: {what}", network.place(index)),
                    format: "torch.nn",
                    remedy: remedy.into(),
                })?;
                for tensor in stack.tensors() {
                    push(&tensor.name, tensor.shape.clone(), &weights[tensor.range()]);
                }
            }
            Layer::Dense { weight, bias } => {
                push(
                    "weight",
                    vec![bias.len(), weight.len() / bias.len()],
                    weight,
                );
                push("bias", vec![bias.len()], bias);
            }
            Layer::Scale { .. } | Layer::Attention { .. } => {
                return Err(ExchangeError::NoCounterpart {
                    what: network.place(index),
                    format: "torch.nn",
                    remedy: "export to ONNX".into(),
                });
            }
            Layer::FinalState | Layer::Mean | Layer::Activation(_) => {}
        }
    }
    Ok(arrays)
}

/// What of the recurrent layers `torch.nn` does not compute, and what to do instead.
fn check(stack: &Stack) -> Result<(), (&'static str, &'static str)> {
    if stack.zoneout > 0.0 || stack.zoneout_cell > 0.0 {
        return Err(("zoneout, whose expectation acts in inference,", ""));
    }
    match stack.cell {
        Cell::Gru(gru) if gru.candidate != Activation::Tanh => {
            Err(("a candidate of relu", "export to ONNX"))
        }
        Cell::Gru(gru) if gru.reset == Reset::Before => Err((
            "the reset gate before the product",
            "torch.nn.GRU takes the same tensors and computes something else; use tidegate.torch.GRU(reset=\"before\"), or \
             export to ONNX",
        )),
        Cell::Lstm(lstm) if lstm.peepholes => Err(("peepholes", "export to ONNX")),
        Cell::Mgu(_) => Err(("the minimal gated unit", "")),
        Cell::Gru(_) | Cell::Lstm(_) | Cell::Rnn(_) => Ok(()),
    }
}

/// A safetensors file of the parameters, for `load_state_dict` of the module that [`module_source`] is the source of. The file says in its metadata
/// in which order the layers compute, so that [`super::read`] needs no options, and holds that source.
///
/// # Errors
/// Those of [`tensors`].
pub fn write(network: &Network) -> Result<Vec<u8>, ExchangeError> {
    let arrays = tensors(network)?;
    let layers = names(network);
    let nonlinearity = network.layers.iter().find_map(|layer| match layer {
        Layer::Recurrent { stack, .. } => match stack.cell {
            Cell::Rnn(rnn) => Some(rnn.activation),
            _ => None,
        },
        _ => None,
    });
    let differs = |layer: &Layer| matches!(layer, Layer::Recurrent { stack, .. } if matches!(stack.cell, Cell::Rnn(rnn) if Some(rnn.activation) != nonlinearity));
    if let Some(index) = network.layers.iter().position(differs) {
        return Err(ExchangeError::NoCounterpart {
            what: format!(
                "{}: another activation than the plain recurrent layers below",
                network.place(index)
            ),
            format: "one file of PyTorch's parameters",
            remedy: "export to ONNX".into(),
        });
    }
    let written = Written {
        layers,
        nonlinearity,
        module: module_source(network),
    };
    let json = serde_json::to_string(&written).map_err(|error| ExchangeError::Malformed {
        place: "metadata".into(),
        reason: error.to_string(),
    })?;
    bytes(&arrays, Some(json))
}
