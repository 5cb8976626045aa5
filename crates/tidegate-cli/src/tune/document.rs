//! What came of a search, as one JSON document and as text.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};
use tidegate_data::Panel;
use tidegate_study::tune::{Rung, RungResult, TrialRecord, Tuned};

use super::drawing::Trials;
use crate::columns::columns;
use crate::configuration::ForecastConfiguration;
use crate::number::{significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::visible::visible;

/// Trials that the text shows at most, and reasons of failures.
const MOST_TRIALS: usize = 20;
const MOST_FAILURES: usize = 5;

/// What was searched, and where it lies.
pub(super) struct Searched<'a> {
    pub(super) data: &'a str,
    pub(super) panel: &'a Panel,
    pub(super) folder: &'a Path,
    pub(super) model: &'a Path,
    pub(super) configuration: &'a Path,
}

#[derive(Debug, Serialize)]
pub(super) struct TuneDocument {
    data: String,
    folder: String,
    model: String,
    configuration: String,
    seed: u64,
    factor: usize,
    rounds: Vec<RoundDocument>,
    notes: Vec<String>,
    best: TrialDocument,
    /// The best first; those that failed last.
    trials: Vec<TrialDocument>,
}

#[derive(Debug, Serialize)]
struct RoundDocument {
    epochs: usize,
    trials: usize,
}

#[derive(Clone, Debug, Serialize)]
struct TrialDocument {
    /// From 1.
    trial: usize,
    settings: Map<String, Value>,
    /// Where it was last seen sound; none where it never was.
    #[serde(flatten)]
    last: Option<RungResult>,
    failure: Option<String>,
    rounds: Vec<RungResult>,
    #[serde(skip)]
    in_words: String,
}

impl TrialDocument {
    fn of(index: usize, trials: &Trials, record: &TrialRecord) -> TrialDocument {
        let trial = &trials.trials[index];
        TrialDocument {
            trial: index + 1,
            settings: trial.settings.clone(),
            last: record.last().cloned(),
            failure: record.failure.clone(),
            rounds: record.rungs.clone(),
            in_words: trial.in_words(),
        }
    }
}

impl TuneDocument {
    pub(super) fn of(
        searched: &Searched<'_>,
        configuration: &ForecastConfiguration,
        trials: &Trials,
        tuned: &Tuned,
    ) -> TuneDocument {
        let of_record = |(index, record)| TrialDocument::of(index, trials, record);
        let mut documents: Vec<TrialDocument> =
            tuned.records.iter().enumerate().map(of_record).collect();
        let best = documents[tuned.best].clone();
        documents.sort_by(|one, other| {
            let loss = |trial: &TrialDocument| {
                trial
                    .last
                    .as_ref()
                    .map_or(f64::INFINITY, |last| last.valid_loss)
            };
            let failed = |trial: &TrialDocument| trial.failure.is_some();
            let order = failed(one).cmp(&failed(other));
            order
                .then(other.rounds.len().cmp(&one.rounds.len()))
                .then(loss(one).total_cmp(&loss(other)))
        });
        let round = |rung: &Rung| RoundDocument {
            epochs: rung.epochs,
            trials: rung.trials,
        };
        TuneDocument {
            data: searched.data.to_owned(),
            folder: searched.folder.display().to_string(),
            model: searched.model.display().to_string(),
            configuration: searched.configuration.display().to_string(),
            seed: configuration.training.seed,
            factor: configuration.tune.factor,
            rounds: tuned.rungs.iter().map(round).collect(),
            notes: searched
                .panel
                .notes
                .iter()
                .map(ToString::to_string)
                .collect(),
            best,
            trials: documents,
        }
    }

    pub(super) fn text(&self, page: Page) -> String {
        let sentence = |text: &str| paragraph(&visible(text), page.text);
        let rounds = self.rounds.iter().map(|round| {
            format!(
                "{} for {} epochs",
                thousands(round.trials),
                thousands(round.epochs)
            )
        });
        let mut text = sentence(&format!(
            "{}: {} trials, of which {}.",
            self.data,
            thousands(self.trials.len()),
            rounds.collect::<Vec<_>>().join(", ")
        ));
        text += "\n";
        text += &self.table(page);
        text += "\n";
        for (reason, trials) in self.failures().iter().take(MOST_FAILURES) {
            let trials = match trials.as_slice() {
                [one] => format!("Trial {one}"),
                several => format!("{} trials, from {} on,", several.len(), several[0]),
            };
            text += &sentence(&format!("{trials} failed: {reason}."));
        }
        let best = &self.best;
        let loss = best.last.as_ref().map_or(f64::NAN, |last| last.valid_loss);
        text += &sentence(&format!(
            "Trial {} is the best ({}): validation loss {}, which alone decided. The test part was not looked at.",
            best.trial,
            best.in_words,
            significant(loss, 4)
        ));
        text += "\n";
        text + &sentence(&format!(
            "Written to {}, its configuration to {}. Next: tidegate evaluate {} {}",
            self.model, self.configuration, self.model, self.data
        ))
    }

    /// The trials that failed, by reason, in their order.
    fn failures(&self) -> Vec<(&str, Vec<usize>)> {
        let mut reasons: Vec<(&str, Vec<usize>)> = Vec::new();
        for trial in &self.trials {
            let Some(reason) = trial.failure.as_deref() else {
                continue;
            };
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, trials)) => trials.push(trial.trial),
                None => reasons.push((reason, vec![trial.trial])),
            }
        }
        reasons
    }

    fn table(&self, page: Page) -> String {
        let mut headings = vec![["".to_owned(), "trial".to_owned()]];
        let names: Vec<&String> = self.best.settings.keys().collect();
        headings.extend(names.iter().map(|name| match name.split_once('_') {
            Some((above, below)) => [above.to_owned(), below.to_owned()],
            None => [String::new(), (*name).clone()],
        }));
        let own = [["", "epochs"], ["best", "epoch"], ["validation", "loss"]];
        headings.extend(own.map(|heading| heading.map(str::to_owned)));
        let rows = self.trials.iter().take(MOST_TRIALS).map(|trial| {
            let mut row = vec![trial.trial.to_string()];
            row.extend(names.iter().map(|name| cell(trial.settings.get(*name))));
            match (&trial.failure, &trial.last) {
                (None, Some(last)) => row.extend([
                    last.epochs.to_string(),
                    last.best_epoch.to_string(),
                    significant(last.valid_loss, 5),
                ]),
                _ => row.extend(["–", "–", "failed"].map(str::to_owned)),
            }
            row
        });
        let mut text = columns(&headings, &rows.collect::<Vec<_>>(), page.table);
        if self.trials.len() > MOST_TRIALS {
            let more = thousands(self.trials.len() - MOST_TRIALS);
            text += &format!("{more} more trials are in the document of --json.\n");
        }
        text
    }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => visible(text),
        Some(Value::Number(number)) if number.is_f64() => {
            significant(number.as_f64().unwrap_or(f64::NAN), 3)
        }
        Some(value) => value.to_string(),
        None => "–".to_owned(),
    }
}
