//! What came of a training run, as one JSON document and as text.

use serde::Serialize;
use tidegate_train::{EpochRecord, NextData, NextEvaluation, NextModel, Outcome, TokenKind};

use crate::next::NextMetrics;
use crate::number::{counted, significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::train::task::Report;
use crate::visible::visible;

#[derive(Debug, Serialize)]
pub(super) struct TrainDocument {
    model: String,
    configuration: String,
    data: String,
    tokens: TokenKind,
    vocabulary: usize,
    /// Streams of the training part of a text; training pieces of music, each as often as it is moved.
    sequences: usize,
    /// Tokens that are predicted in an epoch.
    training_tokens: usize,
    parameters: usize,
    seed: u64,
    notes: Vec<String>,
    stopped_early: bool,
    best_epoch: Option<usize>,
    seconds: f64,
    epochs: Vec<EpochRecord>,
    validation: NextMetrics,
    /// None where no test part was held back.
    test: Option<NextMetrics>,
    #[serde(skip)]
    noun: &'static str,
}

impl TrainDocument {
    pub(super) fn of(
        report: &Report<'_, NextModel>,
        data: &NextData,
        notes: &[String],
        valid: &NextEvaluation,
        test: Option<&NextEvaluation>,
    ) -> TrainDocument {
        let Report {
            files,
            model,
            trained,
            ..
        } = *report;
        TrainDocument {
            model: files.model.display().to_string(),
            configuration: files.configuration.display().to_string(),
            data: report.data.to_owned(),
            tokens: data.material.kind(),
            vocabulary: data.material.vocabulary(),
            sequences: data.train.len(),
            training_tokens: data.train.total_steps(),
            parameters: model.model.parameter_count(),
            seed: model.plan.training.seed,
            notes: notes.to_vec(),
            stopped_early: trained.outcome == Outcome::StoppedEarly,
            best_epoch: trained.best().map(|epoch| epoch.epoch),
            seconds: trained.epochs.iter().map(|epoch| epoch.seconds).sum(),
            epochs: trained.epochs.clone(),
            validation: NextMetrics::of(model, valid),
            test: test.map(|test| NextMetrics::of(model, test)),
            noun: data.material.noun(),
        }
    }

    pub(super) fn text(&self, page: Page) -> String {
        let sequences = match self.tokens {
            TokenKind::Music => counted(self.sequences, "piece", "pieces"),
            _ => counted(self.sequences, "stream", "streams"),
        };
        let best = self.best_epoch.map_or_else(String::new, |best| {
            format!(", the best epoch is {best} of {}", self.epochs.len())
        });
        let nouns = format!("{}s", self.noun);
        let words = format!(
            "{}: {} for training in {sequences}, {} distinct. {} parameters, trained in {} s{best}.",
            self.data,
            counted(self.training_tokens, self.noun, &nouns),
            thousands(self.vocabulary),
            thousands(self.parameters),
            significant(self.seconds, 3),
        );
        let mut text = paragraph(&visible(&words), page.text) + "\n";
        for (part, metrics) in [
            ("Validation", Some(&self.validation)),
            ("Test", self.test.as_ref()),
        ] {
            if let Some(metrics) = metrics {
                text += &paragraph(&format!("{part}, {}", metrics.sentence()), page.text);
            }
        }
        let written = format!(
            "Written to {}, its configuration to {}. Next: tidegate generate {0}",
            self.model, self.configuration
        );
        text + "\n" + &paragraph(&visible(&written), page.text)
    }
}
