//! What a backtest measured, as one JSON document and as text.

use std::collections::BTreeMap;

use serde::Serialize;
use tidegate_study::backtest::{Backtest, ScoreMeasure, Standing};
use tidegate_train::baselines::Baseline;
use tidegate_train::{ForecastData, ForecastModel, MethodEvaluation};

use super::arguments::{BacktestArguments, PartName};
use super::knows_rows;
use crate::columns::columns;
use crate::forecasting::{ErrorsDocument, key};
use crate::number::{significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::visible::visible;

/// Lines of a table of steps or channels at most.
const MOST_LINES: usize = 12;

#[derive(Debug, Serialize)]
pub(super) struct BacktestDocument {
    model: String,
    data: String,
    /// `test` or `all`.
    part: &'static str,
    /// Whether rows are among those measured that the model was trained or validated on.
    includes_training_rows: bool,
    stride: usize,
    notes: Vec<String>,
    /// What `beats` compares.
    measure: &'static str,
    /// Whether the model's error is below that of each baseline; none where it is not defined.
    beats: BTreeMap<String, Option<bool>>,
    #[serde(flatten)]
    errors: ErrorsDocument,
    #[serde(skip)]
    standing: Standing,
    #[serde(skip)]
    tables: Tables,
}

/// What the text shows besides the scores.
#[derive(Debug)]
struct Tables {
    measure: ScoreMeasure,
    steps: Vec<(String, MethodEvaluation)>,
    channels: Vec<(String, MethodEvaluation)>,
}

impl BacktestDocument {
    pub(super) fn of(
        arguments: &BacktestArguments,
        name: &str,
        model: &ForecastModel,
        data: &ForecastData,
        measured: &Backtest,
    ) -> BacktestDocument {
        let evaluation = &measured.evaluation;
        let standing = Standing::of(&evaluation.all);
        let steps = evaluation.all.steps.iter().enumerate();
        let beats = model.baselines().into_iter();
        BacktestDocument {
            model: arguments.model.display().to_string(),
            data: name.to_owned(),
            part: match arguments.part {
                PartName::Test => "test",
                PartName::All => "all",
            },
            includes_training_rows: arguments.part == PartName::All && knows_rows(data),
            stride: measured.stride,
            notes: data.panel.notes.iter().map(ToString::to_string).collect(),
            measure: standing.measure.name(),
            beats: beats
                .map(|baseline| (key(baseline), standing.beats(baseline)))
                .collect(),
            errors: ErrorsDocument::of(evaluation, model.plan.season),
            tables: Tables {
                measure: standing.measure,
                steps: steps
                    .map(|(step, one)| ((step + 1).to_string(), one.clone()))
                    .collect(),
                channels: evaluation.channels.clone(),
            },
            standing,
        }
    }

    /// What was measured, in a sentence.
    pub(super) fn measured(&self) -> String {
        format!(
            "An origin every {} rows: {}",
            thousands(self.stride),
            self.errors.measured()
        )
    }

    /// Whether the model is better than each of the baselines, which is said either way.
    pub(super) fn verdict(&self) -> String {
        let Some(own) = self.standing.model else {
            return "The model's error is not defined on this data.".to_owned();
        };
        let order = |baseline: &Baseline| match baseline {
            Baseline::SeasonalNaive { .. } => 0,
            Baseline::Naive => 1,
            Baseline::Drift => 2,
        };
        let mut baselines = self.standing.baselines.clone();
        baselines.sort_by_key(|(baseline, _)| order(baseline));
        let parts = baselines.iter().map(|(baseline, error)| match error {
            None => format!("not comparable with {}", baseline.name()),
            Some(error) => format!(
                "{} than {} ({})",
                if own < *error { "better" } else { "NOT better" },
                baseline.name(),
                significant(*error, 4)
            ),
        });
        let parts: Vec<String> = parts.collect();
        let (last, others) = parts
            .split_last()
            .map_or((String::new(), String::new()), |(last, others)| {
                (last.clone(), others.join(", "))
            });
        format!(
            "By {}, the model ({}) is {others}, and {last}.",
            self.measure,
            significant(own, 4)
        )
    }

    pub(super) fn text(&self, page: Page) -> String {
        let rows = match (self.part, self.includes_training_rows) {
            ("test", _) => "the rows of the test part",
            (_, true) => "all rows, those that the model was trained on among them",
            (_, false) => "all rows, none of which the model was trained on",
        };
        let sentence = |text: &str| paragraph(&visible(text), page.text);
        let mut text = sentence(&format!("{} on {}: {rows}.", self.model, self.data));
        for note in &self.notes {
            text += &sentence(&format!("Note: {note}."));
        }
        text += "\n";
        text += &self.errors.table(page);
        text += "\n";
        text += &sentence(&format!("{} {}", self.measured(), self.verdict()));
        if self.tables.steps.len() > 1 {
            text += "\n";
            text += &self.tables.show("step", &spread(&self.tables.steps), page);
        }
        let channels = &self.tables.channels;
        if channels.len() > 1 {
            let shown: Vec<_> = channels.iter().take(MOST_LINES).collect();
            text += "\n";
            text += &self.tables.show("channel", &shown, page);
            if shown.len() < channels.len() {
                let more = channels.len() - shown.len();
                text += &sentence(&format!(
                    "{} more channels are in the document of --json.",
                    thousands(more)
                ));
            }
        }
        text
    }
}

impl Tables {
    /// The measure of each method, a line for each part.
    fn show(&self, first: &str, parts: &[&(String, MethodEvaluation)], page: Page) -> String {
        let name = self.measure.name();
        let mut headings = vec![
            [name.to_owned(), first.to_owned()],
            ["".into(), "model".into()],
        ];
        let baselines = parts.first().map(|(_, one)| &one.baselines);
        headings.extend(baselines.into_iter().flatten().map(|(baseline, _)| {
            let name = baseline.name();
            let (above, below) = name.split_once(' ').unwrap_or(("", name));
            [above.to_owned(), below.to_owned()]
        }));
        let number = |value: Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| significant(value, 4))
        };
        let rows = parts.iter().map(|(part, evaluation)| {
            let mut row = vec![visible(part), number(self.measure.value(&evaluation.model))];
            let baselines = evaluation.baselines.iter();
            row.extend(baselines.map(|(_, errors)| number(self.measure.value(errors))));
            row
        });
        columns(&headings, &rows.collect::<Vec<_>>(), page.table)
    }
}

/// The first, the last, and some between them.
fn spread<T>(all: &[T]) -> Vec<&T> {
    let last = all.len().saturating_sub(1);
    let shown = all.len().min(MOST_LINES);
    let mut places: Vec<usize> = (0..shown)
        .map(|index| index * last / (shown - 1).max(1))
        .collect();
    places.dedup();
    places
        .into_iter()
        .filter_map(|place| all.get(place))
        .collect()
}

/// A method with its error.
pub(super) fn method(name: &str, measure: &str, error: Option<f64>) -> String {
    let error = error.map_or_else(|| "not defined".to_owned(), |error| significant(error, 4));
    format!("the {measure} of {name} ({error})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_step_are_always_shown() {
        let of = |length: usize| {
            let all: Vec<usize> = (1..=length).collect();
            spread(&all).into_iter().copied().collect::<Vec<_>>()
        };
        assert_eq!(of(1), [1]);
        assert_eq!(of(5), [1, 2, 3, 4, 5]);
        let long = of(96);
        assert_eq!((long.len(), long[0], long[11]), (12, 1, 96));
    }
}
