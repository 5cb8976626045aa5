//! A network taken apart for a copy in another process: its form as JSON, and its weights.

use serde::{Deserialize, Serialize};
use tidegate_cells::Stack;

use super::{Activation, Input, Layer, Network};
use crate::error::ExchangeError;

/// The form of a network and its weights. It is no file format: another version may write another form.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkParts {
    /// Input and layers without their weights, as JSON.
    pub form: String,
    /// The weights, array by array, in the order of the layers and of their fields.
    pub arrays: Vec<Vec<f32>>,
}

#[derive(Serialize, Deserialize)]
struct Form {
    input: Input,
    layers: Vec<LayerForm>,
}

/// A [`Layer`] without its weights.
#[derive(Serialize, Deserialize)]
enum LayerForm {
    Scale,
    Embedding { size: usize },
    Recurrent { stack: Stack },
    FinalState,
    Mean,
    Attention,
    Dense,
    Activation(Activation),
}

impl Network {
    /// The parts that [`Network::of_parts`] makes the same network of.
    #[must_use]
    pub fn to_parts(&self) -> NetworkParts {
        let mut arrays = Vec::new();
        let mut keep = |values: &[&Vec<f32>]| {
            arrays.extend(values.iter().map(|&values| values.clone()));
        };
        let layers = self.layers.iter().map(|layer| match layer {
            Layer::Scale { offset, factor } => {
                keep(&[offset, factor]);
                LayerForm::Scale
            }
            Layer::Embedding { size, weight } => {
                keep(&[weight]);
                LayerForm::Embedding { size: *size }
            }
            Layer::Recurrent { stack, weights } => {
                keep(&[weights]);
                let stack = stack.clone();
                LayerForm::Recurrent { stack }
            }
            Layer::FinalState => LayerForm::FinalState,
            Layer::Mean => LayerForm::Mean,
            Layer::Attention {
                weight,
                bias,
                score,
            } => {
                keep(&[weight, bias, score]);
                LayerForm::Attention
            }
            Layer::Dense { weight, bias } => {
                keep(&[weight, bias]);
                LayerForm::Dense
            }
            Layer::Activation(activation) => LayerForm::Activation(*activation),
        });
        let form = Form {
            layers: layers.collect(),
            input: self.input.clone(),
        };
        NetworkParts {
            form: serde_json::json!(form).to_string(),
            arrays,
        }
    }

    /// The network of such parts.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] where they do not belong together; otherwise those of [`Network::validate`].
    pub fn of_parts(parts: NetworkParts) -> Result<Network, ExchangeError> {
        let malformed = |reason: String| ExchangeError::Malformed {
            place: "the network's parts".into(),
            reason,
        };
        let form: Form =
            serde_json::from_str(&parts.form).map_err(|error| malformed(error.to_string()))?;
        let mut arrays = parts.arrays.into_iter();
        let mut next = || {
            let array = arrays.next();
            array.ok_or_else(|| malformed("an array of weights is missing".into()))
        };
        let mut layers = Vec::with_capacity(form.layers.len());
        for layer in form.layers {
            layers.push(match layer {
                LayerForm::Scale => Layer::Scale {
                    offset: next()?,
                    factor: next()?,
                },
                LayerForm::Embedding { size } => Layer::Embedding {
                    size,
                    weight: next()?,
                },
                LayerForm::Recurrent { stack } => Layer::Recurrent {
                    stack,
                    weights: next()?,
                },
                LayerForm::FinalState => Layer::FinalState,
                LayerForm::Mean => Layer::Mean,
                LayerForm::Attention => Layer::Attention {
                    weight: next()?,
                    bias: next()?,
                    score: next()?,
                },
                LayerForm::Dense => Layer::Dense {
                    weight: next()?,
                    bias: next()?,
                },
                LayerForm::Activation(activation) => Layer::Activation(activation),
            });
        }
        if next().is_ok() {
            return Err(malformed("there are more arrays than weights".into()));
        }
        let network = Network {
            input: form.input,
            layers,
        };
        network.validate()?;
        Ok(network)
    }
}
