//! How well a model predicts each next token.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tidegate_data::{MusicToken, SequenceSet, Split, Targets};

use super::corpus::Corpus;
use super::data::{music_set, set};
use super::model::{Material, NextModel, TextPart};
use crate::error::TrainError;
use crate::evaluation::evaluate;
use crate::fingerprint::of_tokens;

/// Sequences that are measured side by side.
const BATCH: usize = 32;

/// Which tokens of a file are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasuredTokens {
    /// The part behind those that the model was trained and chosen on.
    Test,
    /// The part by which the best epoch was chosen: the file holds no other that was held back.
    Validation,
    /// The whole file: it does not begin with what the model was trained on.
    All,
}

/// What a model scores on some tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NextEvaluation {
    /// Tokens that were predicted.
    pub tokens: usize,
    /// Steps of music among them.
    pub steps: Option<usize>,
    /// Negative logarithm of the probability of all of them, in nats.
    pub nats: f64,
}

impl NextEvaluation {
    /// Cross-entropy of a token in nats.
    #[must_use]
    pub fn nats_per_token(&self) -> f64 {
        self.nats / self.tokens.max(1) as f64
    }

    /// Cross-entropy of a token in bits.
    #[must_use]
    pub fn bits_per_token(&self) -> f64 {
        self.nats_per_token() / std::f64::consts::LN_2
    }

    /// Perplexity of a token: how many equally likely tokens would be as hard to predict.
    #[must_use]
    pub fn perplexity(&self) -> f64 {
        self.nats_per_token().exp()
    }

    /// Negative logarithm of the probability of a step of music with all its notes, in nats, the ends of pieces among them.
    #[must_use]
    pub fn nats_per_step(&self) -> Option<f64> {
        self.steps.map(|steps| self.nats / steps.max(1) as f64)
    }
}

impl NextModel {
    /// The tokens of a file that are to be measured: of a text that begins with the model's training part those behind it,
    /// else all; of music the test set.
    ///
    /// # Errors
    /// [`TrainError::Text`] names the first character that the model does not know, [`TrainError::OtherMaterial`] a file of
    /// another kind than the model's, [`TrainError::ShortText`] a text of which nothing can be predicted.
    pub fn measured(&self, corpus: &Corpus) -> Result<(MeasuredTokens, SequenceSet), TrainError> {
        match (&self.plan.material, corpus) {
            (Material::Music { .. }, Corpus::Music(pieces)) => {
                Ok((MeasuredTokens::Test, music_set(pieces.get(Split::Test))?))
            }
            (Material::Characters { .. } | Material::Bytes { .. }, Corpus::Music(_)) => {
                Err(TrainError::OtherMaterial {
                    model: "a text",
                    given: "music",
                })
            }
            (material, Corpus::Text(bytes)) => {
                let tokens = material.encode_text(bytes)?;
                let (part, range) = match material {
                    Material::Characters { part, .. } | Material::Bytes { part } => {
                        measured_part(part, &tokens)
                    }
                    Material::Music { .. } => (MeasuredTokens::All, 0..tokens.len()),
                };
                let measured = &tokens[range];
                if measured.len() < 2 {
                    return Err(TrainError::ShortText {
                        tokens: measured.len(),
                    });
                }
                let measured = set(material.vocabulary(), vec![measured.to_vec()])?;
                Ok((part, measured))
            }
        }
    }

    /// Measures the model on a set of its tokens, each sequence from a zero state. Nothing is left out of the softmax: a token
    /// that could not follow has its share of the probability, as in training.
    ///
    /// # Errors
    /// Those of [`evaluate`].
    pub fn evaluate(&self, set: &SequenceSet) -> Result<NextEvaluation, TrainError> {
        let measured = evaluate(&self.model, set, BATCH)?;
        let ends = |targets: &Targets| match targets {
            Targets::Classes(tokens) => {
                let step = MusicToken::Step.number();
                tokens.iter().filter(|token| **token == step).count()
            }
            _ => 0,
        };
        let steps = || set.sequences.iter().map(|one| ends(&one.targets)).sum();
        let is_music = matches!(self.plan.material, Material::Music { .. });
        Ok(NextEvaluation {
            tokens: measured.steps,
            steps: is_music.then(steps),
            nats: measured.loss * measured.steps as f64,
        })
    }
}

/// Which tokens are measured, and where they stand.
fn measured_part(part: &TextPart, tokens: &[u32]) -> (MeasuredTokens, Range<usize>) {
    let count = tokens.len();
    let begins_with_it =
        count > part.training && of_tokens(&tokens[..part.training]) == part.fingerprint;
    let end = part.training.saturating_add(part.validation);
    if !begins_with_it {
        (MeasuredTokens::All, 0..count)
    } else if count > end.saturating_add(1) {
        (MeasuredTokens::Test, end..count)
    } else {
        // Of a single token behind it nothing could be predicted.
        (MeasuredTokens::Validation, part.training..end.min(count))
    }
}
