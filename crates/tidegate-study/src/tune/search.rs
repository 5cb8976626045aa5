//! The search: rounds of trials, of which the better ones go on.

use std::cell::Cell;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tidegate_train::{Event, ForecastData, ForecastModel, Outcome};

use super::error::TuneError;
use super::record::{self, TrialRecord};
use super::rungs::{Rung, rungs};
use super::training::{checkpoint, failure, result_of, train};
use super::trial::Trial;
use crate::folder::Folder;
use crate::memory;

/// Failures that an error names at most.
const MOST_FAILURES: usize = 3;

/// A search.
#[derive(Clone, Copy, Debug)]
pub struct Tuning<'a> {
    /// The data of all trials.
    pub data: &'a ForecastData,
    /// What is tried. All recipes have the same number of epochs.
    pub trials: &'a [Trial],
    /// Epochs of the last round.
    pub epochs: usize,
    /// One in so many goes on, with so many times the epochs; 2 or more.
    pub factor: usize,
    /// Where all is kept.
    pub folder: &'a Path,
    /// The options that the search follows from, by which the folder recognises it.
    pub options: &'a Value,
}

/// What came of a search.
#[derive(Debug)]
pub struct Tuned {
    /// The rounds.
    pub rungs: Vec<Rung>,
    /// What became of each trial.
    pub records: Vec<TrialRecord>,
    /// The best trial, counted from 0.
    pub best: usize,
    /// Its model, with the parameters of its best epoch.
    pub model: ForecastModel,
}

/// What the search tells while it goes on. Trials and rounds are counted from 0.
#[derive(Clone, Copy, Debug)]
pub enum TuneEvent<'a> {
    /// The rounds are known.
    Planned {
        /// All of them.
        rungs: &'a [Rung],
    },
    /// A trial is being trained.
    Training {
        /// Which one.
        trial: usize,
        /// In which round.
        rung: usize,
        /// What happened.
        event: &'a Event<'a>,
    },
    /// A trial is through a round, or failed.
    TrialDone {
        /// Which one.
        trial: usize,
        /// In which round.
        rung: usize,
        /// What is known of it.
        record: &'a TrialRecord,
        /// Whether it was done before this process began.
        kept: bool,
        /// Runs of a trial through a round that are done.
        done: usize,
    },
}

/// Searches, and writes nothing but what it needs to go on after an interruption: `plan.json`, `trials.json` and the
/// checkpoints of trials that are still in the race, in `runs`.
///
/// A trial that does not fit the data or the memory of the machine, that diverges, or that cannot be compared because it has fewer validation windows than
/// others (its window reaches back beyond the beginning of a series) counts as failed; the next best takes its place.
///
/// # Errors
/// [`TuneError`] names what is wrong. After [`TuneError::Interrupted`] the same call goes on.
pub fn tune(
    tuning: &Tuning<'_>,
    observer: &mut dyn FnMut(TuneEvent<'_>),
    stop: &dyn Fn() -> bool,
) -> Result<Tuned, TuneError> {
    if tuning.trials.is_empty() {
        return Err(TuneError::NoTrial);
    }
    for (option, value, least) in [("factor", tuning.factor, 2), ("epochs", tuning.epochs, 1)] {
        if value < least {
            let reason = format!("is {value}, but must be at least {least}");
            return Err(TuneError::Option { option, reason });
        }
    }
    let rungs = rungs(tuning.trials.len(), tuning.epochs, tuning.factor);
    let refusals = refusals(tuning);
    if refusals.iter().all(Option::is_some) {
        return Err(all_failed(refusals.into_iter()));
    }
    let plan = json!({
        "kind": "search of a forecaster",
        "options": tuning.options,
        "readings": tuning.data.fingerprint(),
        "trials": tuning.trials,
    });
    let folder = Folder::open(tuning.folder, &plan, [""].into_iter())?;
    let mut records = record::read(tuning.folder, tuning.trials.len(), &rungs)?;
    for (record, refusal) in records.iter_mut().zip(refusals) {
        if refusal.is_some() {
            record.failure = refusal;
        }
    }
    observer(TuneEvent::Planned { rungs: &rungs });
    let mut search = Search {
        tuning,
        rungs,
        folder,
        records,
        done: 0,
        observer,
        stop,
    };
    let best = search.best()?;
    let model = search.model(best)?;
    Ok(Tuned {
        rungs: search.rungs,
        records: search.records,
        best,
        model,
    })
}

/// Why trials cannot be trained, or not be compared with others.
fn refusals(tuning: &Tuning<'_>) -> Vec<Option<String>> {
    let windows = tuning.trials.iter();
    let memory = memory::of_machine();
    let windows: Vec<Result<usize, String>> = windows
        .map(|trial| trial.validation_windows(tuning.data, memory))
        .collect();
    let most = windows.iter().flatten().max().copied().unwrap_or(0);
    let refusal = |windows| match windows {
        Err(reason) => Some(reason),
        Ok(fewer) if fewer < most => Some(format!(
            "its window is so long that only {fewer} of {most} validation windows fit: its loss cannot be compared"
        )),
        Ok(_) => None,
    };
    windows.into_iter().map(refusal).collect()
}

fn all_failed(reasons: impl Iterator<Item = Option<String>>) -> TuneError {
    let failures = reasons.enumerate().filter_map(|(trial, reason)| {
        let reason = reason?;
        Some(format!("trial {}: {reason}", trial + 1))
    });
    TuneError::AllFailed {
        failures: failures.take(MOST_FAILURES).collect(),
    }
}

struct Search<'a> {
    tuning: &'a Tuning<'a>,
    rungs: Vec<Rung>,
    folder: Folder,
    records: Vec<TrialRecord>,
    /// Runs that are done.
    done: usize,
    observer: &'a mut dyn FnMut(TuneEvent<'_>),
    stop: &'a dyn Fn() -> bool,
}

impl Search<'_> {
    /// Goes through the rounds to the best trial.
    fn best(&mut self) -> Result<usize, TuneError> {
        let mut ranked: Vec<usize> = (0..self.records.len()).collect();
        for level in 0..self.rungs.len() {
            ranked = self.round(level, &ranked)?;
            self.remove_checkpoints(&ranked);
        }
        Ok(ranked[0])
    }

    /// Trains the first of these trials through a round, and those after them for each that fails; ranks who came through.
    fn round(&mut self, level: usize, candidates: &[usize]) -> Result<Vec<usize>, TuneError> {
        let places = self.rungs[level].trials;
        let mut through: Vec<(f64, usize)> = Vec::new();
        for &trial in candidates {
            if through.len() == places {
                break;
            }
            let record = &self.records[trial];
            let kept = record.failure.is_some() || record.rungs.len() > level;
            if !kept {
                self.train(trial, level)?;
            }
            self.done += 1;
            (self.observer)(TuneEvent::TrialDone {
                trial,
                rung: level,
                record: &self.records[trial],
                kept,
                done: self.done,
            });
            // One that failed in a later round came through this one.
            if let Some(result) = self.records[trial].rungs.get(level) {
                through.push((result.valid_loss, trial));
            }
        }
        // The first of equals.
        through.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        match through.is_empty() {
            true => Err(all_failed(
                self.records.iter().map(|record| record.failure.clone()),
            )),
            false => Ok(through.into_iter().map(|(_, trial)| trial).collect()),
        }
    }

    /// Trains a trial up to the end of a round and keeps what came of it.
    fn train(&mut self, trial: usize, level: usize) -> Result<(), TuneError> {
        let epochs = self.rungs[level].epochs;
        let completed = Cell::new(0);
        let observer = &mut *self.observer;
        let mut watch = |event: Event<'_>| {
            match event {
                Event::RunStarted {
                    epochs_completed, ..
                } => completed.set(epochs_completed),
                Event::EpochDone { epoch } => completed.set(epoch.epoch),
                _ => {}
            }
            observer(TuneEvent::Training {
                trial,
                rung: level,
                event: &event,
            });
        };
        let stop = || completed.get() >= epochs || (self.stop)();
        let path = checkpoint(self.tuning.folder, trial);
        let result = train(self.tuning, trial, &path, &mut watch, &stop);
        match result {
            Ok((_, trained)) => {
                let is_cut = trained.outcome == Outcome::Interrupted;
                if is_cut && trained.epochs.len() < epochs {
                    return Err(TuneError::Interrupted {
                        done: self.done,
                        runs: self.rungs.iter().map(|rung| rung.trials).sum(),
                    });
                }
                let result = result_of(&trained, epochs);
                self.records[trial].rungs.extend(result);
            }
            Err(error) => self.records[trial].failure = Some(failure(trial, error)?),
        }
        Ok(self.folder.write_json(record::FILE, &self.records)?)
    }

    /// The model of a trial that came through all rounds.
    fn model(&self, trial: usize) -> Result<ForecastModel, TuneError> {
        let path = checkpoint(self.tuning.folder, trial);
        let result = train(self.tuning, trial, &path, &mut |_| {}, &|| false);
        let (model, _) = result.map_err(|error| TuneError::Trial {
            trial: trial + 1,
            error: Box::new(error),
        })?;
        Ok(model)
    }

    /// Removes the checkpoints of all trials but these.
    fn remove_checkpoints(&self, but: &[usize]) {
        for trial in (0..self.records.len()).filter(|trial| !but.contains(trial)) {
            // What cannot be removed is in nobody's way.
            let _ = fs::remove_file(checkpoint(self.tuning.folder, trial));
        }
    }
}
