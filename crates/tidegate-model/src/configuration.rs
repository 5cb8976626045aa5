//! What a model is made of: everything that its parameters' names and shapes follow from.

use serde::{Deserialize, Serialize};
use tidegate_cells::Stack;

use crate::error::ConfigurationError;

/// Most values that a flat buffer of parameters may hold on this machine: with room for the copies that training keeps.
pub(crate) const MAX_PARAMETERS: usize = isize::MAX as usize / 64;

/// What stands before the recurrent layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum InputLayer {
    /// The features enter the recurrent layers as they are; their number is the stack's `input_size`.
    Features,
    /// Tokens are replaced by rows of a learnt table `embedding.weight [vocabulary, size]`.
    Embedding {
        /// Number of tokens: valid ones are 0 to `vocabulary − 1`.
        vocabulary: usize,
        /// Number of features per token; the same as the stack's `input_size`.
        size: usize,
    },
}

/// Where the head reads the recurrent layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Readout {
    /// At every step: outputs `[steps, batch, outputs]`, zero past a sequence's end.
    EveryStep,
    /// Once, from the top layer's final hidden state (both directions', side by side): outputs `[batch, outputs]`.
    LastStep,
    /// Once, from the mean of the top layer's hidden states (both directions', side by side) over a sequence's steps;
    /// zeros where it has none: outputs `[batch, outputs]`.
    Mean,
    /// Once, from their mean weighted by attention: step t weighs in proportion to exp(v · tanh(W h_t + b)), with learnt
    /// W, b and v (Yang et al. 2016, after Bahdanau et al. 2015, arXiv 1409.0473): outputs `[batch, outputs]`.
    Attention,
}

impl Readout {
    /// Whether the outputs are read from all steps of a sequence at once: they follow from more than the state at its end,
    /// so that the sequence cannot be run in parts.
    #[must_use]
    pub fn pools(self) -> bool {
        match self {
            Readout::EveryStep | Readout::LastStep => false,
            Readout::Mean | Readout::Attention => true,
        }
    }
}

/// What makes the outputs of what the readout gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// A dense layer: y = W x + b, with `head.weight` and `head.bias`.
    #[default]
    Dense,
    /// Nothing: the outputs are what is read of the recurrent layers.
    None,
}

impl Head {
    fn is_dense(&self) -> bool {
        *self == Head::Dense
    }
}

/// Configuration of a [`Model`](crate::Model).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelConfiguration {
    /// What stands before the recurrent layers.
    pub input: InputLayer,
    /// The recurrent layers.
    pub recurrent: Stack,
    /// Number of outputs O of the head; without one, that of the recurrent layers.
    pub outputs: usize,
    /// Where the head reads.
    pub readout: Readout,
    /// What makes the outputs; a dense layer by default.
    #[serde(default, skip_serializing_if = "Head::is_dense")]
    pub head: Head,
    /// Probability, 0 to below 1, of zeroing a feature that enters the recurrent layers, in training. Default 0.
    #[serde(default)]
    pub input_dropout: f32,
    /// Probability, 0 to below 1, of zeroing a feature that enters the head, in training. Default 0.
    #[serde(default)]
    pub output_dropout: f32,
}

impl ModelConfiguration {
    /// A configuration without dropout at the input and at the head.
    #[must_use]
    pub fn new(input: InputLayer, recurrent: Stack, outputs: usize, readout: Readout) -> Self {
        ModelConfiguration {
            input,
            recurrent,
            outputs,
            readout,
            head: Head::Dense,
            input_dropout: 0.0,
            output_dropout: 0.0,
        }
    }

    /// A configuration without a head and without dropout: the outputs are the top layer's hidden states, both directions'
    /// side by side, or what the readout makes of them.
    #[must_use]
    pub fn headless(input: InputLayer, recurrent: Stack, readout: Readout) -> Self {
        // Of a stack that is too wide to be counted, validation says so.
        let outputs = recurrent.hidden_size.saturating_mul(recurrent.directions());
        ModelConfiguration {
            head: Head::None,
            ..ModelConfiguration::new(input, recurrent, outputs, readout)
        }
    }

    /// Checks every field, that the layers fit together and that the parameters can be counted without overflow.
    ///
    /// # Errors
    /// [`ConfigurationError`] names the field at fault and what is accepted.
    pub fn validate(&self) -> Result<(), ConfigurationError> {
        self.recurrent.validate()?;
        if let InputLayer::Embedding { vocabulary, size } = self.input {
            positive("input.vocabulary", vocabulary)?;
            positive("input.size", size)?;
            if size != self.recurrent.input_size {
                return Err(ConfigurationError::EmbeddingSize {
                    embedding: size,
                    recurrent: self.recurrent.input_size,
                });
            }
        }
        positive("outputs", self.outputs)?;
        if self.head == Head::None && self.outputs != self.recurrent.output_size() {
            return Err(ConfigurationError::OutputsWithoutHead {
                outputs: self.outputs,
                recurrent: self.recurrent.output_size(),
            });
        }
        probability("input_dropout", self.input_dropout)?;
        probability("output_dropout", self.output_dropout)?;
        match self.checked_parameter_count() {
            Some(_) => Ok(()),
            None => Err(ConfigurationError::TooManyParameters),
        }
    }

    /// Whether each sequence must be run from its first step to its last in one pass: the recurrent layers run backwards
    /// too, or the head pools.
    #[must_use]
    pub fn needs_whole_sequences(&self) -> bool {
        self.recurrent.bidirectional || self.readout.pools()
    }

    /// Number of parameters of all layers; `usize::MAX` if it does not fit this machine.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.checked_parameter_count().unwrap_or(usize::MAX)
    }

    fn checked_parameter_count(&self) -> Option<usize> {
        let embedding = match self.input {
            InputLayer::Features => 0,
            InputLayer::Embedding { vocabulary, size } => vocabulary.checked_mul(size)?,
        };
        let recurrent = self.recurrent.parameter_count();
        let features = self
            .recurrent
            .hidden_size
            .checked_mul(self.recurrent.directions())?;
        let head = match self.head {
            Head::Dense => features.checked_add(1)?.checked_mul(self.outputs)?,
            Head::None => 0,
        };
        let pooling = match self.readout {
            Readout::EveryStep | Readout::LastStep | Readout::Mean => 0,
            Readout::Attention => features.checked_add(2)?.checked_mul(features)?,
        };
        let total = embedding
            .checked_add(recurrent)?
            .checked_add(pooling)?
            .checked_add(head)?;
        (total <= MAX_PARAMETERS).then_some(total)
    }
}

pub(crate) fn positive(field: &'static str, value: usize) -> Result<(), ConfigurationError> {
    if value == 0 {
        Err(ConfigurationError::Zero { field })
    } else {
        Ok(())
    }
}

pub(crate) fn probability(field: &'static str, value: f32) -> Result<(), ConfigurationError> {
    if (0.0..1.0).contains(&value) {
        Ok(())
    } else {
        Err(ConfigurationError::Probability { field, value })
    }
}

#[cfg(test)]
mod tests {
    use tidegate_cells::{Cell, Gru};

    use super::*;

    fn tokens() -> ModelConfiguration {
        let input = InputLayer::Embedding {
            vocabulary: 10,
            size: 4,
        };
        let recurrent = Stack::new(Cell::Gru(Gru::default()), 4, 8);
        ModelConfiguration::new(input, recurrent, 3, Readout::EveryStep)
    }

    fn refusal(change: impl FnOnce(&mut ModelConfiguration)) -> String {
        let mut configuration = tokens();
        change(&mut configuration);
        configuration.validate().unwrap_err().to_string()
    }

    #[test]
    fn a_sound_configuration_is_accepted_and_its_parameters_counted() {
        assert_eq!(tokens().validate(), Ok(()));
        assert_eq!(
            tokens().parameter_count(),
            10 * 4 + (24 * 4 + 24 * 8 + 24 + 24) + 8 * 3 + 3
        );
        let mut pooled = tokens();
        pooled.readout = Readout::Mean;
        assert_eq!(pooled.parameter_count(), tokens().parameter_count());
        pooled.readout = Readout::Attention;
        assert_eq!(
            pooled.parameter_count(),
            tokens().parameter_count() + 8 * 8 + 8 + 8
        );
    }

    #[test]
    fn without_a_head_there_are_as_many_outputs_as_the_recurrent_layers_have() {
        let mut configuration = tokens();
        configuration.recurrent.bidirectional = true;
        let headless = ModelConfiguration::headless(
            configuration.input,
            configuration.recurrent.clone(),
            Readout::LastStep,
        );
        assert_eq!(headless.outputs, 16);
        assert_eq!(headless.validate(), Ok(()));
        assert_eq!(
            headless.parameter_count(),
            configuration.parameter_count() - 17 * 3
        );
        assert!(refusal(|c| c.head = Head::None).contains("outputs is 3"));
        let json = serde_json::to_string(&headless).unwrap();
        assert!(json.contains(r#""head":"none""#), "{json}");
        assert_eq!(
            serde_json::from_str::<ModelConfiguration>(&json).unwrap(),
            headless
        );
    }

    #[test]
    fn a_dense_head_leaves_no_mark_in_the_json() {
        let json = serde_json::to_string(&tokens()).unwrap();
        assert!(!json.contains("head"), "{json}");
    }

    #[test]
    fn every_refusal_names_the_field_at_fault() {
        let empty = InputLayer::Embedding {
            vocabulary: 0,
            size: 4,
        };
        assert!(refusal(|c| c.input = empty).contains("input.vocabulary"));
        let narrow = InputLayer::Embedding {
            vocabulary: 10,
            size: 3,
        };
        assert!(refusal(|c| c.input = narrow).contains("input_size"));
        assert!(refusal(|c| c.outputs = 0).contains("outputs"));
        assert!(refusal(|c| c.input_dropout = 1.0).contains("input_dropout"));
        assert!(refusal(|c| c.output_dropout = f32::NAN).contains("output_dropout"));
        assert!(refusal(|c| c.recurrent.hidden_size = 0).contains("hidden_size"));
    }

    #[test]
    fn sizes_that_overflow_are_refused_without_a_panic() {
        let endless = InputLayer::Embedding {
            vocabulary: usize::MAX,
            size: 4,
        };
        assert!(refusal(|c| c.input = endless).contains("parameters"));
        assert!(refusal(|c| c.outputs = usize::MAX).contains("parameters"));
        assert!(refusal(|c| c.recurrent.hidden_size = usize::MAX).contains("parameters"));
        let wide = |c: &mut ModelConfiguration| {
            c.readout = Readout::Attention;
            c.recurrent.hidden_size = 1 << 33;
        };
        assert!(refusal(wide).contains("parameters"));
        assert!(refusal(|c| c.recurrent.layers = usize::MAX).contains("parameters"));
    }

    #[test]
    fn the_json_form_is_readable_and_refuses_unknown_fields() {
        let json = serde_json::to_string(&tokens()).unwrap();
        assert!(
            json.starts_with(
                r#"{"input":{"kind":"embedding","vocabulary":10,"size":4},"recurrent":{"#
            ),
            "{json}"
        );
        assert_eq!(
            serde_json::from_str::<ModelConfiguration>(&json).unwrap(),
            tokens()
        );
        let other = json.replace("\"outputs\":3", "\"outputs\":3,\"heads\":2");
        assert!(serde_json::from_str::<ModelConfiguration>(&other).is_err());
    }
}
