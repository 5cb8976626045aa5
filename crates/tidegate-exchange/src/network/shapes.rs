//! Whether the layers of a network fit each other, and what leaves each of them.

use tidegate_cells::{Tensor, first_not_finite};

use super::{Input, Layer, Network};
use crate::error::ExchangeError;

/// What passes from one layer to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    /// Features of a row.
    pub(crate) width: usize,
    /// Whether there is one row for each step, not one for each sequence.
    pub(crate) every_step: bool,
}

impl Network {
    /// Checks that the layers fit each other, that every tensor has the size that its layer asks for and that every value
    /// is finite.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] names the layer, by its index and kind, and the tensor or size at fault.
    pub fn validate(&self) -> Result<(), ExchangeError> {
        self.flows().map(|_| ())
    }

    /// Features of a row of the outputs, of a network that is valid.
    #[must_use]
    pub fn output_size(&self) -> usize {
        self.flow_at_end().width
    }

    /// Whether there is an output for each step `[steps, batch, output_size]`, not for each sequence `[batch, output_size]`.
    #[must_use]
    pub fn every_step(&self) -> bool {
        self.flow_at_end().every_step
    }

    /// Whether the network needs a sequence as a whole: a layer runs backwards in time, or pools over the steps.
    #[must_use]
    pub fn needs_whole_sequences(&self) -> bool {
        self.layers.iter().any(|layer| match layer {
            Layer::Recurrent { stack, .. } => stack.bidirectional,
            Layer::Mean | Layer::Attention { .. } => true,
            _ => false,
        })
    }

    /// `layer 2 (gru)`, counted from 1.
    pub(crate) fn place(&self, layer: usize) -> String {
        format!("layer {} ({})", layer + 1, self.layers[layer].name())
    }

    /// What the first layer reads, and what leaves each layer.
    pub(crate) fn flows(&self) -> Result<Vec<Flow>, ExchangeError> {
        let width = match self.input {
            Input::Features(width) => width,
            Input::Tokens { vocabulary } => vocabulary,
        };
        if width == 0 {
            return Err(malformed(
                "input".into(),
                "has a size of 0: it must be at least 1".into(),
            ));
        }
        if self.layers.is_empty() {
            return Err(malformed("network".into(), "has no layer".into()));
        }
        let mut flow = Flow {
            width,
            every_step: true,
        };
        let mut flows = vec![flow];
        for index in 0..self.layers.len() {
            flow = self
                .after(index, flow)
                .map_err(|reason| malformed(self.place(index), reason))?;
            flows.push(flow);
        }
        Ok(flows)
    }

    /// What leaves the last layer, without checks.
    fn flow_at_end(&self) -> Flow {
        let width = match self.input {
            Input::Features(width) => width,
            Input::Tokens { vocabulary } => vocabulary,
        };
        let first = Flow {
            width,
            every_step: true,
        };
        self.layers.iter().fold(first, |flow, layer| match layer {
            Layer::Embedding { size, .. } => Flow {
                width: *size,
                ..flow
            },
            Layer::Recurrent { stack, .. } => Flow {
                width: stack.output_size(),
                ..flow
            },
            Layer::Dense { bias, .. } => Flow {
                width: bias.len(),
                ..flow
            },
            Layer::FinalState | Layer::Mean | Layer::Attention { .. } => Flow {
                every_step: false,
                ..flow
            },
            Layer::Scale { .. } | Layer::Activation(_) => flow,
        })
    }

    /// What leaves a layer that `flow` enters.
    fn after(&self, index: usize, flow: Flow) -> Result<Flow, String> {
        let Flow { width, every_step } = flow;
        let tokens = matches!(self.input, Input::Tokens { .. }) && index == 0;
        let layer = &self.layers[index];
        if tokens && !matches!(layer, Layer::Embedding { .. }) {
            return Err("reads tokens: the first layer must be an embedding".into());
        }
        match layer {
            Layer::Scale { offset, factor } => {
                check("offset", offset, &[width])?;
                check("factor", factor, &[width])?;
                Ok(flow)
            }
            Layer::Embedding { size, weight } => {
                if !tokens {
                    return Err("reads features: an embedding must be the first layer of a network that reads tokens".into());
                }
                if *size == 0 {
                    return Err("has a size of 0: it must be at least 1".into());
                }
                check("weight", weight, &[width, *size])?;
                Ok(Flow {
                    width: *size,
                    every_step,
                })
            }
            Layer::Recurrent { stack, weights } => {
                stack.validate().map_err(|error| error.to_string())?;
                if !every_step {
                    return Err("needs a row for each step, but a layer below leaves one row for each sequence".into());
                }
                if stack.input_size != width {
                    return Err(format!(
                        "reads {} features, but {width} come from below",
                        stack.input_size
                    ));
                }
                if weights.len() != stack.parameter_count() {
                    return Err(format!(
                        "has {} weights, expected {}: hidden size {}, input size {}, {} layers, {} directions",
                        weights.len(),
                        stack.parameter_count(),
                        stack.hidden_size,
                        stack.input_size,
                        stack.layers,
                        stack.directions()
                    ));
                }
                if let Some(at) = first_not_finite(weights) {
                    let tensors = stack.tensors();
                    let place = tensors
                        .iter()
                        .find(|tensor| tensor.range().contains(&at))
                        .map_or_else(|| at.to_string(), |tensor| tensor.place(at - tensor.offset));
                    return Err(format!(
                        "{place} is {}: weights must be finite",
                        weights[at]
                    ));
                }
                Ok(Flow {
                    width: stack.output_size(),
                    every_step,
                })
            }
            Layer::FinalState => {
                let below = index.checked_sub(1).map(|below| &self.layers[below]);
                if matches!(below, Some(Layer::Recurrent { .. })) {
                    Ok(Flow {
                        width,
                        every_step: false,
                    })
                } else {
                    Err("must stand directly on a recurrent layer, whose state it reads".into())
                }
            }
            Layer::Mean => pooled(flow),
            Layer::Attention {
                weight,
                bias,
                score,
            } => {
                check("weight", weight, &[width, width])?;
                check("bias", bias, &[width])?;
                check("score", score, &[width])?;
                pooled(flow)
            }
            Layer::Dense { weight, bias } => {
                if bias.is_empty() {
                    return Err("has no output: it must have at least 1".into());
                }
                check("bias", bias, &[bias.len()])?;
                check("weight", weight, &[bias.len(), width])?;
                Ok(Flow {
                    width: bias.len(),
                    every_step,
                })
            }
            Layer::Activation(_) => Ok(flow),
        }
    }
}

fn pooled(flow: Flow) -> Result<Flow, String> {
    if flow.every_step {
        Ok(Flow {
            every_step: false,
            ..flow
        })
    } else {
        Err("pools over steps, but a layer below leaves one row for each sequence".into())
    }
}

/// Checks size and values of a tensor.
fn check(name: &str, values: &[f32], shape: &[usize]) -> Result<(), String> {
    let expected = shape
        .iter()
        .try_fold(1usize, |count, &size| count.checked_mul(size));
    if expected != Some(values.len()) {
        return Err(format!(
            "{name} has {} values, expected {shape:?}",
            values.len()
        ));
    }
    if let Some(at) = first_not_finite(values) {
        let tensor = Tensor {
            name: name.into(),
            shape: shape.to_vec(),
            offset: 0,
        };
        let place = tensor.place(at);
        return Err(format!("{place} is {}: weights must be finite", values[at]));
    }
    Ok(())
}

fn malformed(place: String, reason: String) -> ExchangeError {
    ExchangeError::Malformed { place, reason }
}
