//! Progress as plain lines: one for each run that ends, and a sign of life in between.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tidegate_study::Progress;

use super::label::label;
use super::sentence::sentence;
use crate::number::significant;

/// Time without a line after which one says what runs.
const SILENCE: Duration = Duration::from_secs(30);

pub(crate) struct Lines {
    state: Mutex<State>,
}

struct State {
    last_line: Instant,
    done: usize,
    runs: usize,
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
            state: Mutex::new(State {
                last_line: Instant::now(),
                done: 0,
                runs: 0,
                running: BTreeMap::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, progress: Progress<'_>) {
        let mut state = self.lock();
        state.follow(&progress);
        if let Some(line) = sentence(&progress) {
            state.say(&line);
        } else if state.last_line.elapsed() >= SILENCE {
            let line = state.sign_of_life();
            state.say(&line);
        }
    }
}

impl State {
    fn follow(&mut self, progress: &Progress<'_>) {
        match *progress {
            Progress::Started { runs } => self.runs = runs,
            Progress::RunStarted { run, epochs, .. } => {
                let running = Running {
                    name: label(run),
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
            Progress::RunDone { run, done, .. } => {
                self.running.remove(&run.id);
                self.done = self.done.max(done);
            }
            _ => {}
        }
    }

    fn sign_of_life(&self) -> String {
        let running: Vec<String> = self.running.values().map(Running::describe).collect();
        format!(
            "[{}/{}] running: {}",
            self.done,
            self.runs,
            running.join("; ")
        )
    }

    fn say(&mut self, line: &str) {
        self.last_line = Instant::now();
        // Progress that nobody can read is no reason to stop.
        let _ = writeln!(io::stderr(), "{line}");
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
