//! What a batch gives a model to read.

use tidegate_cells::{Batch, Noise, check_length, make_room};

use crate::configuration::InputLayer;
use crate::dropout::{Dropout, Place};
use crate::embedding::Embedding;
use crate::error::ModelError;
use crate::model::Model;

/// Inputs of a batch of sequences, time-major. What stands past a sequence's end changes nothing: tokens there are not
/// read, features need only be finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BatchInputs<'a> {
    /// Features `[steps, batch, input_size]`.
    Features(&'a [f32]),
    /// Tokens `[steps, batch]`, each below the vocabulary.
    Tokens(&'a [u32]),
}

impl Model {
    /// Checks kind, length and tokens of the inputs of a valid batch.
    pub(crate) fn check_inputs(
        &self,
        batch: &Batch,
        inputs: &BatchInputs,
    ) -> Result<(), ModelError> {
        let (steps, sequences) = (("steps", batch.steps), ("batch", batch.batch));
        match (self.configuration().input, inputs) {
            (InputLayer::Features, BatchInputs::Features(values)) => {
                let size = self.configuration().recurrent.input_size;
                let shape = [steps, sequences, ("input_size", size)];
                Ok(check_length("features", values.len(), &shape)?)
            }
            (InputLayer::Embedding { vocabulary, size }, BatchInputs::Tokens(tokens)) => {
                check_length("tokens", tokens.len(), &[steps, sequences])?;
                Embedding { vocabulary, size }.check(batch, tokens)
            }
            (InputLayer::Features, BatchInputs::Tokens(_)) => Err(ModelError::InputKind {
                expected: "features",
                found: "tokens",
            }),
            (InputLayer::Embedding { .. }, BatchInputs::Features(_)) => {
                Err(ModelError::InputKind {
                    expected: "tokens",
                    found: "features",
                })
            }
        }
    }

    /// The features `[steps, batch, input_size]` that enter the recurrent layers, from checked inputs: those given, or,
    /// where they are looked up or dropped, what was written to `buffer`.
    pub(crate) fn recurrent_input<'a>(
        &self,
        batch: &Batch,
        inputs: &BatchInputs<'a>,
        noise: Option<Noise>,
        buffer: &'a mut Vec<f32>,
    ) -> &'a [f32] {
        let size = self.configuration().recurrent.input_size;
        let dropout = Dropout::new(self.configuration().input_dropout, noise, Place::Input);
        buffer.clear();
        match *inputs {
            BatchInputs::Features(values) if dropout.is_none() => return values,
            BatchInputs::Features(values) => {
                make_room(buffer, values.len());
                buffer.extend_from_slice(values);
            }
            BatchInputs::Tokens(tokens) => {
                make_room(buffer, tokens.len() * size);
                buffer.resize(tokens.len() * size, 0.0);
                self.look_up(batch, tokens, buffer);
            }
        }
        if let Some(dropout) = dropout {
            dropout.apply_to_all(batch.batch, size, buffer);
        }
        buffer
    }

    /// Writes the embedding of checked tokens to `features`; nothing for a model that reads features.
    pub(crate) fn look_up(&self, batch: &Batch, tokens: &[u32], features: &mut [f32]) {
        if let InputLayer::Embedding { vocabulary, size } = self.configuration().input {
            let weight = &self.parameters()[self.layout.embedding.clone()];
            Embedding { vocabulary, size }.look_up(weight, batch, tokens, features);
        }
    }
}
