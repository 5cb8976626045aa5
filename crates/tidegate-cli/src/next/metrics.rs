//! What a next-step model scores, under the names of its tokens.

use std::collections::BTreeMap;

use serde::Serialize;
use tidegate_data::DataError;
use tidegate_train::{MeasuredTokens, NextEvaluation, NextModel};

use crate::failure::Failure;
use crate::number::{counted, significant};

/// The metrics of some tokens.
#[derive(Debug, Serialize)]
pub(crate) struct NextMetrics {
    /// What is predicted: `character`, `byte` or `token`, of music.
    #[serde(skip)]
    noun: &'static str,
    /// Tokens that were predicted.
    pub(crate) tokens: usize,
    /// Steps of music.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<usize>,
    metrics: BTreeMap<String, f64>,
}

impl NextMetrics {
    pub(crate) fn of(model: &NextModel, evaluation: &NextEvaluation) -> NextMetrics {
        let noun = model.plan.material.noun();
        let mut metrics = BTreeMap::from([
            (format!("nats_per_{noun}"), evaluation.nats_per_token()),
            (format!("bits_per_{noun}"), evaluation.bits_per_token()),
            ("perplexity".to_owned(), evaluation.perplexity()),
        ]);
        if let Some(nats) = evaluation.nats_per_step() {
            metrics.insert("nats_per_step".to_owned(), nats);
        }
        NextMetrics {
            noun,
            tokens: evaluation.tokens,
            steps: evaluation.steps,
            metrics,
        }
    }

    /// One sentence, after the name of what was measured.
    pub(crate) fn sentence(&self) -> String {
        let value = |key: &str| self.metrics.get(key).copied().unwrap_or(f64::NAN);
        let per = |unit: &str| significant(value(&format!("{unit}_per_{}", self.noun)), 4);
        let (nats, bits, noun) = (per("nats"), per("bits"), self.noun);
        let perplexity = significant(value("perplexity"), 4);
        match self.steps {
            Some(steps) => format!(
                "{} of {}: {} nats per step; {nats} nats ({bits} bits) per {noun}, perplexity {perplexity}.",
                counted(steps, "step", "steps"),
                counted(self.tokens, noun, &format!("{noun}s")),
                significant(value("nats_per_step"), 4),
            ),
            None => format!(
                "{}: {nats} nats ({bits} bits) per {noun}, perplexity {perplexity}.",
                counted(self.tokens, noun, &format!("{noun}s")),
            ),
        }
    }
}

/// What was measured, in words.
pub(crate) fn part_in_words(part: MeasuredTokens) -> &'static str {
    match part {
        MeasuredTokens::Test => "test part",
        MeasuredTokens::Validation => "validation part, by which the best epoch was chosen",
        MeasuredTokens::All => "all of it",
    }
}

/// What is wrong with a file, with the way to have it taken for text where it was taken for music.
pub(crate) fn taken_for_music(error: DataError, is_guess: bool) -> Failure {
    match error {
        DataError::MalformedMusic { .. }
        | DataError::PitchOutOfRange { .. }
        | DataError::MissingSplit { .. }
            if is_guess =>
        {
            Failure::TakenForMusic { error }
        }
        error => Failure::Data(error),
    }
}
