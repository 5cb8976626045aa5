//! Progress as plain lines: one for each run that ends, and a sign of life in between.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tidegate_study::Progress;

use super::label::Labels;
use super::pace::Pace;
use super::sentence::sentence;
use crate::number::{duration, significant};

/// Time without a line after which one says what runs.
const SILENCE: Duration = Duration::from_secs(30);

pub(crate) struct Lines {
    state: Mutex<State>,
}

struct State {
    labels: Labels,
    last_line: Instant,
    pace: Pace,
    /// What each run that is not finished does, by its id.
    running: BTreeMap<usize, Running>,
}

struct Running {
    name: String,
    epoch: usize,
    epochs: usize,
    train_loss: Option<f64>,
    valid_loss: Option<f64>,
}

impl Lines {
    pub(crate) fn new(labels: Labels) -> Lines {
        Lines {
            state: Mutex::new(State::new(labels, Instant::now())),
        }
    }

    pub(crate) fn show(&self, progress: Progress<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = state.line(&progress, Instant::now()) {
            self.say(&line);
        }
    }

    /// Writes a line of its own.
    pub(crate) fn say(&self, line: &str) {
        // Progress that nobody can read is no reason to stop.
        let _ = writeln!(io::stderr(), "{line}");
    }
}

impl State {
    fn new(labels: Labels, now: Instant) -> State {
        State {
            labels,
            last_line: now,
            pace: Pace::new(now),
            running: BTreeMap::new(),
        }
    }

    /// What is to be said now, if anything.
    fn line(&mut self, progress: &Progress<'_>, now: Instant) -> Option<String> {
        self.pace.follow(progress, now);
        self.follow(progress);
        let silent = now.saturating_duration_since(self.last_line) >= SILENCE;
        let mut line =
            sentence(progress, self.labels).or_else(|| silent.then(|| self.sign_of_life()))?;
        // A choice comes right after a run, which has said how long the rest takes.
        let choice = matches!(progress, Progress::Chosen { .. } | Progress::NoneFit { .. });
        if let (Some(left), false) = (self.pace.left(now), choice) {
            line += &format!("; about {} left", duration(left));
        }
        self.last_line = now;
        Some(line)
    }

    fn follow(&mut self, progress: &Progress<'_>) {
        match *progress {
            Progress::RunStarted { run, epochs, .. } => {
                let running = Running {
                    name: self.labels.run(run),
                    epoch: 1,
                    epochs,
                    train_loss: None,
                    valid_loss: None,
                };
                self.running.insert(run.id, running);
            }
            Progress::UpdateDone {
                run, epoch, loss, ..
            } => {
                if let Some(running) = self.running.get_mut(&run.id) {
                    running.epoch = epoch;
                    running.train_loss = Some(loss);
                }
            }
            Progress::EpochDone { run, epoch, .. } => {
                if let Some(running) = self.running.get_mut(&run.id) {
                    running.valid_loss = Some(epoch.valid_loss);
                }
            }
            Progress::RunDone { run, .. } => {
                self.running.remove(&run.id);
            }
            _ => {}
        }
    }

    fn sign_of_life(&self) -> String {
        let running: Vec<String> = self.running.values().map(Running::describe).collect();
        format!(
            "[{}/{}] running: {}",
            self.pace.done(),
            self.pace.runs(),
            running.join("; ")
        )
    }
}

impl Running {
    fn describe(&self) -> String {
        let mut text = format!("{}, epoch {}/{}", self.name, self.epoch, self.epochs);
        for (name, loss) in [
            ("training", self.train_loss),
            ("validation", self.valid_loss),
        ] {
            if let Some(loss) = loss {
                text += &format!(", {name} {}", significant(loss, 4));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use tidegate_study::Stage;

    use super::*;
    use crate::example::run;

    #[test]
    fn after_a_silence_a_line_says_what_runs_and_how_long_it_will_take() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut state = State::new(Labels::of(1), start);
        let run = run(0, Stage::Final);
        let started = Progress::RunStarted {
            run: &run,
            epochs: 2,
            updates_per_epoch: 5,
            updates_made: 0,
            threads: 1,
        };
        let update = Progress::UpdateDone {
            run: &run,
            epoch: 1,
            update: 5,
            loss: 0.125,
        };
        assert_eq!(
            state.line(
                &Progress::Started {
                    runs: 2,
                    work: 200.0
                },
                start
            ),
            None
        );
        assert_eq!(state.line(&started, after(1)), None);
        assert_eq!(state.line(&update, after(29)), None);
        assert_eq!(
            state.line(&update, after(30)).unwrap(),
            "[0/2] running: gru, seed 7, epoch 1/2, training 0.1250; about 1 min 30 s left"
        );
        assert_eq!(state.line(&update, after(59)), None);
        assert!(state.line(&update, after(60)).is_some());
    }
}
