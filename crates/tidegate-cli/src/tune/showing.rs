//! The progress of a search.

use tidegate_study::tune::{Rung, Trial, TuneEvent};
use tidegate_train::Event;

use crate::number::significant;
use crate::progress::{Display, Run, Saying, Step};

/// Shows a search.
pub(super) struct Showing<'a> {
    display: &'a Display,
    labels: Vec<String>,
    rungs: Vec<Rung>,
    runs: usize,
    /// Updates that the running trial had made before its round, and in an epoch.
    before: u64,
}

impl<'a> Showing<'a> {
    pub(super) fn new(display: &'a Display, trials: &[Trial]) -> Showing<'a> {
        let label =
            |(index, trial): (usize, &Trial)| format!("trial {} ({})", index + 1, trial.in_words());
        Showing {
            display,
            labels: trials.iter().enumerate().map(label).collect(),
            rungs: Vec::new(),
            runs: 0,
            before: 0,
        }
    }

    pub(super) fn show(&mut self, event: &TuneEvent<'_>) {
        match *event {
            TuneEvent::Planned { rungs } => {
                self.rungs = rungs.to_vec();
                self.runs = rungs.iter().map(|rung| rung.trials).sum();
                let levels = rungs.iter().enumerate();
                let work = levels.map(|(level, rung)| rung.trials as f64 * self.work(level));
                let step = Step::Started {
                    runs: self.runs,
                    work: work.sum(),
                };
                self.display.show(&step, None);
            }
            TuneEvent::Training { trial, rung, event } => self.train(trial, rung, event),
            TuneEvent::TrialDone {
                trial,
                rung,
                record,
                kept,
                done,
            } => {
                let said = match (record.rungs.get(rung), &record.failure) {
                    (Some(result), _) => format!(
                        "validation {} after {} epochs",
                        significant(result.valid_loss, 4),
                        result.epochs
                    ),
                    (None, Some(reason)) => format!("failed: {reason}"),
                    (None, None) => return,
                };
                let kept_words = if kept && record.failure.is_none() {
                    ", done before"
                } else {
                    ""
                };
                let text = format!(
                    "[{done}/{}] {}: {said}{kept_words}",
                    self.runs.max(done),
                    self.labels[trial]
                );
                let run = self.run(trial, rung);
                let step = Step::RunDone {
                    run: &run,
                    kept,
                    done,
                };
                let saying = Saying {
                    text,
                    with_time_left: true,
                };
                self.display.show(&step, Some(saying));
            }
        }
    }

    /// Epochs of a round.
    fn work(&self, level: usize) -> f64 {
        let before = level
            .checked_sub(1)
            .map_or(0, |level| self.rungs[level].epochs);
        (self.rungs[level].epochs - before) as f64
    }

    fn run(&self, trial: usize, rung: usize) -> Run {
        Run {
            id: trial,
            label: self.labels[trial].clone(),
            work: self.work(rung),
        }
    }

    /// Moves the bars: a round is a run, which begins where the round before it ended.
    fn train(&mut self, trial: usize, rung: usize, event: &Event<'_>) {
        match *event {
            Event::RunStarted {
                updates_per_epoch,
                updates_made,
                ..
            } => {
                let epochs_before = rung
                    .checked_sub(1)
                    .map_or(0, |level| self.rungs[level].epochs);
                let before = (epochs_before * updates_per_epoch) as u64;
                self.before = before.min(updates_made);
                let run = self.run(trial, rung);
                let step = Step::RunStarted {
                    run: &run,
                    epochs: self.rungs[rung].epochs - epochs_before,
                    updates_per_epoch,
                    updates_made: updates_made - self.before,
                };
                self.display.show(&step, None);
            }
            Event::UpdateDone {
                epoch,
                update,
                loss,
                ..
            } => {
                let step = Step::UpdateDone {
                    run: trial,
                    epoch,
                    update: update - self.before.min(update),
                    loss,
                };
                self.display.show(&step, None);
            }
            Event::EpochDone { epoch } => {
                let step = Step::EpochDone {
                    run: trial,
                    valid_loss: epoch.valid_loss,
                };
                self.display.show(&step, None);
            }
            _ => {}
        }
    }
}
