//! Progress as plain lines: one for each run that ends, and a sign of life in between.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::step::{Saying, Step};
use crate::number::{duration, significant};

/// Time without a line after which one says what runs.
const SILENCE: Duration = Duration::from_secs(30);

pub(crate) struct Lines {
    state: Mutex<State>,
}

struct State {
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
    pub(crate) fn new() -> Lines {
        Lines {
            state: Mutex::new(State::new(Instant::now())),
        }
    }

    pub(crate) fn show(&self, step: &Step<'_>, saying: Option<Saying>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = state.line(step, saying, Instant::now()) {
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
    fn new(now: Instant) -> State {
        State {
            last_line: now,
            pace: Pace::new(now),
            running: BTreeMap::new(),
        }
    }

    /// What is to be said now, if anything.
    fn line(&mut self, step: &Step<'_>, saying: Option<Saying>, now: Instant) -> Option<String> {
        self.pace.follow(step, now);
        self.follow(step);
        let silent = now.saturating_duration_since(self.last_line) >= SILENCE;
        let saying = saying.or_else(|| silent.then(|| self.sign_of_life()))?;
        let mut line = saying.text;
        if let (Some(left), true) = (self.pace.left(now), saying.with_time_left) {
            line += &format!("; about {} left", duration(left));
        }
        self.last_line = now;
        Some(line)
    }

    fn follow(&mut self, step: &Step<'_>) {
        match *step {
            Step::RunStarted { run, epochs, .. } => {
                let running = Running {
                    name: run.label.clone(),
                    epoch: 1,
                    epochs,
                    train_loss: None,
                    valid_loss: None,
                };
                self.running.insert(run.id, running);
            }
            Step::UpdateDone {
                run, epoch, loss, ..
            } => {
                if let Some(running) = self.running.get_mut(&run) {
                    running.epoch = epoch;
                    running.train_loss = Some(loss);
                }
            }
            Step::EpochDone { run, valid_loss } => {
                if let Some(running) = self.running.get_mut(&run) {
                    running.valid_loss = Some(valid_loss);
                }
            }
            Step::RunDone { run, .. } => {
                self.running.remove(&run.id);
            }
            Step::Started { .. } | Step::Other => {}
        }
    }

    fn sign_of_life(&self) -> Saying {
        let running: Vec<String> = self.running.values().map(Running::describe).collect();
        let running = running.join("; ");
        Saying {
            text: match self.pace.runs() {
                1 => running,
                runs => format!("[{}/{runs}] running: {running}", self.pace.done()),
            },
            with_time_left: true,
        }
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
    use super::*;
    use crate::progress::step::Run;

    #[test]
    fn after_a_silence_a_line_says_what_runs_and_how_long_it_will_take() {
        for (runs, begin) in [(2, "[0/2] running: "), (1, "")] {
            let start = Instant::now();
            let after = |seconds| start + Duration::from_secs(seconds);
            let mut state = State::new(start);
            let run = Run {
                id: 0,
                label: "gru, seed 7".to_owned(),
                work: 200.0 / runs as f64,
            };
            let started = Step::RunStarted {
                run: &run,
                epochs: 2,
                updates_per_epoch: 5,
                updates_made: 0,
            };
            let update = Step::UpdateDone {
                run: 0,
                epoch: 1,
                update: 5,
                loss: 0.125,
            };
            let work = 200.0;
            assert_eq!(state.line(&Step::Started { runs, work }, None, start), None);
            assert_eq!(state.line(&started, None, after(1)), None);
            assert_eq!(state.line(&update, None, after(29)), None);
            let left = if runs == 1 { "30 s" } else { "1 min 30 s" };
            assert_eq!(
                state.line(&update, None, after(30)).unwrap(),
                format!("{begin}gru, seed 7, epoch 1/2, training 0.1250; about {left} left")
            );
            assert_eq!(state.line(&update, None, after(59)), None);
            assert!(state.line(&update, None, after(60)).is_some());
        }
    }
}
