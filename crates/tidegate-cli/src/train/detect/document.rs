//! What came of fitting a detector, as one JSON document and as text.

use serde::Serialize;
use tidegate_train::{DetectData, DetectModel, EpochRecord, FalseAlarms, Outcome};

use crate::failure::Failure;
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
    channels: Vec<String>,
    rows: usize,
    fitted_rows: usize,
    /// The last row that was fitted on, as its time is written.
    fitted_until: Option<String>,
    /// Seconds between two readings.
    interval: Option<f64>,
    false_alarms: FalseAlarms,
    /// The score from which there is an alarm.
    threshold: f64,
    hold_off: usize,
    span: usize,
    /// Whether enough rows were fitted on for the errors of a span to be watched.
    watches_span: bool,
    parameters: usize,
    seed: u64,
    stopped_early: bool,
    best_epoch: Option<usize>,
    seconds: f64,
    epochs: Vec<EpochRecord>,
}

impl TrainDocument {
    pub(super) fn of(
        report: &Report<'_, DetectModel>,
        data: &DetectData,
    ) -> Result<TrainDocument, Failure> {
        let Report {
            files,
            model,
            trained,
            ..
        } = *report;
        let plan = &model.plan;
        let last = data.time.as_ref().zip(plan.fitted.rows.checked_sub(1));
        Ok(TrainDocument {
            model: files.model.display().to_string(),
            configuration: files.configuration.display().to_string(),
            data: report.data.to_owned(),
            channels: data.names.clone(),
            rows: data.rows,
            fitted_rows: plan.fitted.rows,
            fitted_until: last.map(|(time, row)| time.text(time.times[row])),
            interval: plan.interval,
            false_alarms: plan.false_alarms,
            threshold: plan
                .threshold(plan.false_alarms)
                .map_err(tidegate_train::TrainError::from)?,
            hold_off: plan.hold_off,
            span: plan.span,
            watches_span: plan.watches_span(),
            parameters: model.network.parameter_count(),
            seed: plan.training.seed,
            stopped_early: trained.outcome == Outcome::StoppedEarly,
            best_epoch: trained.best().map(|epoch| epoch.epoch),
            seconds: trained.epochs.iter().map(|epoch| epoch.seconds).sum(),
            epochs: trained.epochs.clone(),
        })
    }

    pub(super) fn text(&self, page: Page) -> String {
        let until = self.fitted_until.as_ref();
        let until = until.map_or_else(String::new, |until| format!(", up to {until}"));
        let best = self.best_epoch.map_or_else(String::new, |best| {
            format!(", the best epoch is {best} of {}", self.epochs.len())
        });
        let words = format!(
            "{}: {}, fitted on the first {} of {}{until}. {} parameters, trained in {} s{best}.",
            self.data,
            counted(self.channels.len(), "channel", "channels"),
            thousands(self.fitted_rows),
            counted(self.rows, "row", "rows"),
            thousands(self.parameters),
            significant(self.seconds, 3),
        );
        let span = match self.watches_span {
            true => format!(
                "Single readings, levels, and the errors of the last {} readings are watched.",
                thousands(self.span)
            ),
            false => format!(
                "Single readings and levels are watched. For the errors of the last {} readings to be watched too, five \
                 times as many must be fitted on.",
                thousands(self.span)
            ),
        };
        let alarms = format!(
            "An alarm is raised from a score of {} on, which may happen by chance at a rate of {}; after it there is a new one \
             once the score has been lower for {}. {span}",
            significant(self.threshold, 3),
            self.false_alarms,
            counted(self.hold_off, "reading", "readings"),
        );
        let written = format!(
            "Written to {}, its configuration to {}. Next: tidegate detect {0} < readings.csv",
            self.model, self.configuration
        );
        [words, alarms, written]
            .map(|words| paragraph(&visible(&words), page.text))
            .join("\n")
    }
}
