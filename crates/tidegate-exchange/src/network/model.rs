//! From a model to a chain of layers, and back.

use tidegate_cells::Stack;
use tidegate_model::{Head, InputLayer, Model, ModelConfiguration, Readout};

use super::{Input, Layer, Network};
use crate::error::ExchangeError;

impl Network {
    /// The chain of layers that a model is.
    #[must_use]
    pub fn from_model(model: &Model) -> Network {
        let configuration = model.configuration();
        let tensors = model.tensors();
        let values = |name: &str| -> Vec<f32> {
            tensors
                .iter()
                .find(|tensor| tensor.name == name)
                .map_or_else(Vec::new, |tensor| {
                    model.parameters()[tensor.range()].to_vec()
                })
        };
        let mut layers = Vec::new();
        let input = match configuration.input {
            InputLayer::Features => Input::Features(configuration.recurrent.input_size),
            InputLayer::Embedding { vocabulary, size } => {
                let weight = values("embedding.weight");
                layers.push(Layer::Embedding { size, weight });
                Input::Tokens { vocabulary }
            }
        };
        let weights = tensors
            .iter()
            .filter(|tensor| tensor.name.starts_with("recurrent."))
            .flat_map(|tensor| &model.parameters()[tensor.range()])
            .copied()
            .collect();
        layers.push(Layer::Recurrent {
            stack: configuration.recurrent.clone(),
            weights,
        });
        match configuration.readout {
            Readout::EveryStep => {}
            Readout::LastStep => layers.push(Layer::FinalState),
            Readout::Mean => layers.push(Layer::Mean),
            Readout::Attention => layers.push(Layer::Attention {
                weight: values("pooling.weight"),
                bias: values("pooling.bias"),
                score: values("pooling.score"),
            }),
        }
        if configuration.head == Head::Dense {
            layers.push(Layer::Dense {
                weight: values("head.weight"),
                bias: values("head.bias"),
            });
        }
        Network { input, layers }
    }

    /// The model that computes what this network does. Recurrent layers that follow each other become one stack where cell,
    /// hidden size and directions are the same.
    ///
    /// # Errors
    /// [`ExchangeError::NoCounterpart`] names the layer that a model file cannot hold, and says what to do instead; otherwise those of
    /// [`Network::validate`].
    pub fn to_model(&self) -> Result<Model, ExchangeError> {
        self.validate()?;
        let mut rest = self.layers.iter().enumerate().peekable();
        let mut parameters = Vec::new();
        let mut input = InputLayer::Features;
        if let Some((_, Layer::Embedding { size, weight })) = rest.peek() {
            if let Input::Tokens { vocabulary } = self.input {
                input = InputLayer::Embedding {
                    vocabulary,
                    size: *size,
                };
            }
            parameters.extend_from_slice(weight);
            rest.next();
        }
        let mut recurrent: Option<Stack> = None;
        while let Some((index, Layer::Recurrent { stack, weights })) = rest.peek() {
            match &mut recurrent {
                None => recurrent = Some(stack.clone()),
                Some(below) if joins(below, stack) => below.layers += stack.layers,
                Some(below) => {
                    return Err(self.no_counterpart(
                        *index,
                        &format!(
                            "its {} {} units stand on {} {} units, and all recurrent layers of a model are alike",
                            stack.hidden_size,
                            stack.cell.name(),
                            below.hidden_size,
                            below.cell.name()
                        ),
                    ));
                }
            }
            parameters.extend_from_slice(weights);
            rest.next();
        }
        let Some(recurrent) = recurrent else {
            let (index, reason) = match rest.peek() {
                Some((index, _)) => (
                    *index,
                    "nothing but an embedding may stand below the recurrent layers of a model",
                ),
                None => (self.layers.len() - 1, "the network has no recurrent layer"),
            };
            return Err(self.no_counterpart(index, reason));
        };
        let readout = match rest.peek() {
            Some((_, Layer::FinalState)) => Readout::LastStep,
            Some((_, Layer::Mean)) => Readout::Mean,
            Some((
                _,
                Layer::Attention {
                    weight,
                    bias,
                    score,
                },
            )) => {
                for values in [weight, bias, score] {
                    parameters.extend_from_slice(values);
                }
                Readout::Attention
            }
            _ => Readout::EveryStep,
        };
        if readout != Readout::EveryStep {
            rest.next();
        }
        let mut configuration = ModelConfiguration::headless(input, recurrent, readout);
        if let Some((_, Layer::Dense { weight, bias })) = rest.peek() {
            configuration.head = Head::Dense;
            configuration.outputs = bias.len();
            parameters.extend_from_slice(weight);
            parameters.extend_from_slice(bias);
            rest.next();
        }
        match rest.next() {
            None => Ok(Model::from_parameters(configuration, parameters)?),
            Some((index, _)) => Err(self.no_counterpart(
                index,
                "a model ends with one dense layer, or with its recurrent layers",
            )),
        }
    }

    fn no_counterpart(&self, layer: usize, reason: &str) -> ExchangeError {
        ExchangeError::NoCounterpart {
            what: format!("{}: {reason}: it", self.place(layer)),
            format: "a model file",
            remedy: "run the network as it is, or export it to ONNX".into(),
        }
    }
}

/// Whether `above` goes on where `below` ends, as layers of one stack. Dropout between them acts in training alone.
fn joins(below: &Stack, above: &Stack) -> bool {
    (below.cell, below.hidden_size, below.bidirectional)
        == (above.cell, above.hidden_size, above.bidirectional)
        && (below.zoneout, below.zoneout_cell) == (above.zoneout, above.zoneout_cell)
}
