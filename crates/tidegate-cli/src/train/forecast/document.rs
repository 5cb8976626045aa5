//! What came of a training run, as one JSON document and as text.

use serde::Serialize;
use tidegate_data::Split;
use tidegate_train::{EpochRecord, Outcome};
use tidegate_train::{ForecastEvaluation, ForecastModel};

use crate::forecasting::{ErrorsDocument, Settled};
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
    series: usize,
    channels: Vec<String>,
    rows: PartSizes,
    window: usize,
    horizon: usize,
    parameters: usize,
    seed: u64,
    notes: Vec<String>,
    loss: tidegate_train::losses::ForecastLoss,
    stopped_early: bool,
    best_epoch: Option<usize>,
    seconds: f64,
    epochs: Vec<EpochRecord>,
    /// On the test part; none where it has no rows.
    #[serde(flatten)]
    test: Option<ErrorsDocument>,
}

#[derive(Debug, Serialize)]
struct PartSizes {
    train: usize,
    valid: usize,
    test: usize,
}

impl TrainDocument {
    pub(super) fn of(
        report: &Report<'_, ForecastModel>,
        settled: &Settled,
        evaluation: Option<&ForecastEvaluation>,
    ) -> TrainDocument {
        let Report {
            data,
            files,
            model,
            trained,
            ..
        } = *report;
        let rows = |part| settled.data.parts.rows(part);
        let names = settled.data.panel.series.iter().map(|one| &one.name);
        TrainDocument {
            model: files.model.display().to_string(),
            configuration: files.configuration.display().to_string(),
            data: data.to_owned(),
            series: names.collect::<std::collections::BTreeSet<_>>().len(),
            channels: settled.data.schema.targets.clone(),
            rows: PartSizes {
                train: rows(Split::Train),
                valid: rows(Split::Valid),
                test: rows(Split::Test),
            },
            window: model.window(),
            horizon: model.horizon(),
            parameters: model.forecaster.parameters().len(),
            seed: model.plan.training.seed,
            notes: settled.notes.clone(),
            loss: model.plan.loss.clone(),
            stopped_early: trained.outcome == Outcome::StoppedEarly,
            best_epoch: trained.best().map(|epoch| epoch.epoch),
            seconds: trained.epochs.iter().map(|epoch| epoch.seconds).sum(),
            epochs: trained.epochs.clone(),
            test: evaluation.map(|evaluation| ErrorsDocument::of(evaluation, model.plan.season)),
        }
    }

    pub(super) fn text(&self, page: Page) -> String {
        let series = match self.series {
            1 => String::new(),
            series => format!("{} series, ", thousands(series)),
        };
        let best = self.best_epoch.map_or_else(String::new, |best| {
            format!(", the best epoch is {best} of {}", self.epochs.len())
        });
        let words = format!(
            "{}: {series}{}, {} for training, {} for validation, {} for the test. {} parameters, trained in {} s{best}.",
            self.data,
            counted(self.channels.len(), "channel", "channels"),
            counted(self.rows.train, "row", "rows"),
            thousands(self.rows.valid),
            thousands(self.rows.test),
            thousands(self.parameters),
            significant(self.seconds, 3),
        );
        let mut text = paragraph(&visible(&words), page.text) + "\n";
        text += &match &self.test {
            Some(test) => test.text(page),
            None => "The test part has no rows: nothing is measured on it.\n".to_owned(),
        };
        let written = format!(
            "Written to {}, its configuration to {}.",
            self.model, self.configuration
        );
        text + "\n" + &paragraph(&visible(&written), page.text)
    }
}
