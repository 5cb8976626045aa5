//! What came of a training run, as one JSON document and as text.

use serde::Serialize;
use tidegate_train::metrics::ClassMetricValues;
use tidegate_train::{
    ClassifyData, ClassifyEvaluation, ClassifyModel, CrossValidation, EpochRecord, Outcome,
};

use crate::classify::{percent, sentence};
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
    recordings: PartSizes,
    channels: Vec<String>,
    classes: Vec<ClassCount>,
    every_step: bool,
    parameters: usize,
    seed: u64,
    notes: Vec<String>,
    temperature: f64,
    stopped_early: bool,
    best_epoch: Option<usize>,
    seconds: f64,
    epochs: Vec<EpochRecord>,
    /// On the recordings by which the epoch was chosen and the temperature found.
    validation: ClassMetricValues,
    /// Where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    cross_validation: Option<CrossValidationDocument>,
}

#[derive(Debug, Serialize)]
struct PartSizes {
    train: usize,
    valid: usize,
}

#[derive(Debug, Serialize)]
struct ClassCount {
    class: String,
    /// Recordings, or steps, that were trained on.
    train: usize,
}

#[derive(Debug, Serialize)]
struct CrossValidationDocument {
    folds: Vec<FoldDocument>,
    accuracy: MeanDeviation,
    macro_f1: MeanDeviation,
    /// Of all recordings together.
    metrics: ClassMetricValues,
}

#[derive(Debug, Serialize)]
struct FoldDocument {
    recordings: usize,
    epochs: usize,
    best_epoch: Option<usize>,
    metrics: ClassMetricValues,
}

#[derive(Debug, Serialize)]
struct MeanDeviation {
    mean: f64,
    deviation: f64,
}

impl TrainDocument {
    pub(super) fn of(
        report: &Report<'_, ClassifyModel>,
        data: &ClassifyData,
        notes: &[String],
        validation: &ClassifyEvaluation,
        cross_validation: Option<&CrossValidation>,
    ) -> TrainDocument {
        let Report {
            files,
            model,
            trained,
            ..
        } = *report;
        let classes = data.schema.classes.iter().zip(&data.class_counts);
        TrainDocument {
            model: files.model.display().to_string(),
            configuration: files.configuration.display().to_string(),
            data: report.data.to_owned(),
            recordings: PartSizes {
                train: data.train_rows.len(),
                valid: data.valid_rows.len(),
            },
            channels: data.schema.channels.clone(),
            classes: classes
                .map(|(class, &train)| ClassCount {
                    class: class.clone(),
                    train,
                })
                .collect(),
            every_step: data.schema.every_step,
            parameters: model.model.parameter_count(),
            seed: model.plan.training.seed,
            notes: notes.to_vec(),
            temperature: model.plan.temperature,
            stopped_early: trained.outcome == Outcome::StoppedEarly,
            best_epoch: trained.best().map(|epoch| epoch.epoch),
            seconds: trained.epochs.iter().map(|epoch| epoch.seconds).sum(),
            epochs: trained.epochs.clone(),
            validation: validation.metrics.values(),
            cross_validation: cross_validation.map(CrossValidationDocument::of),
        }
    }

    pub(super) fn text(&self, page: Page) -> String {
        let best = self.best_epoch.map_or_else(String::new, |best| {
            format!(", the best epoch is {best} of {}", self.epochs.len())
        });
        let words = format!(
            "{}: {} for training, {} for validation, {}, {}{}. {} parameters, trained in {} s{best}.",
            self.data,
            counted(self.recordings.train, "recording", "recordings"),
            thousands(self.recordings.valid),
            counted(self.channels.len(), "channel", "channels"),
            counted(self.classes.len(), "class", "classes"),
            if self.every_step {
                " for each step"
            } else {
                ""
            },
            thousands(self.parameters),
            significant(self.seconds, 3),
        );
        let mut text = paragraph(&visible(&words), page.text) + "\n";
        let validation = format!(
            "Validation, by which the epoch was chosen and the temperature {} found: {}",
            significant(self.temperature, 3),
            sentence(&self.validation)
        );
        text += &paragraph(&validation, page.text);
        if let Some(found) = &self.cross_validation {
            text += &paragraph(&found.sentence(), page.text);
        }
        let written = format!(
            "Written to {}, its configuration to {}. Next: tidegate evaluate {0} DATA",
            self.model, self.configuration
        );
        text + "\n" + &paragraph(&visible(&written), page.text)
    }
}

impl CrossValidationDocument {
    fn of(found: &CrossValidation) -> CrossValidationDocument {
        let spread = |of: tidegate_train::MeanDeviation| MeanDeviation {
            mean: of.mean,
            deviation: of.deviation,
        };
        let folds = found.folds.iter().map(|fold| FoldDocument {
            recordings: fold.recordings,
            epochs: fold.epochs,
            best_epoch: fold.best_epoch,
            metrics: fold.values,
        });
        CrossValidationDocument {
            folds: folds.collect(),
            accuracy: spread(found.accuracy),
            macro_f1: spread(found.macro_f1),
            metrics: found.pooled.values(),
        }
    }

    fn sentence(&self) -> String {
        format!(
            "Cross-validation, {}: accuracy {} ± {}, macro F1 {} ± {} (mean and deviation of the folds); all together: {}",
            counted(self.folds.len(), "fold", "folds"),
            percent(self.accuracy.mean),
            percent(self.accuracy.deviation),
            significant(self.macro_f1.mean, 4),
            significant(self.macro_f1.deviation, 2),
            sentence(&self.metrics)
        )
    }
}
