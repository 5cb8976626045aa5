//! Progress as bars: one for the whole comparison, one for each run at work.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tidegate_study::{Progress, RunName};

use super::label::label;
use super::sentence::sentence;
use crate::number::{duration, significant};

/// Parts into which the whole bar cuts each run.
const PARTS: u64 = 1_000;

/// Time between two changes of what is written at a bar.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Bars {
    screen: MultiProgress,
    _margin: ProgressBar,
    whole: ProgressBar,
    state: Mutex<State>,
}

struct State {
    start: Instant,
    done: usize,
    runs: usize,
    /// Parts of the whole bar that were already there when the comparison continued.
    found: u64,
    /// The bars of the runs at work, by id.
    running: BTreeMap<usize, Running>,
}

struct Running {
    bar: ProgressBar,
    changed: Instant,
    /// Update from which this process started to work on it.
    first_update: u64,
    started: Instant,
    epochs: usize,
    valid_loss: Option<f64>,
}

impl Bars {
    pub(crate) fn new() -> Bars {
        let screen = MultiProgress::new();
        // Terminals write `^C` below the bars, after which the first line of them stays on the screen: let it be empty.
        let margin = screen.add(ProgressBar::new(1));
        margin.set_style(style(" "));
        margin.tick();
        let whole = screen.add(ProgressBar::new(0));
        whole.set_style(style("{bar:24.green} {msg}"));
        Bars {
            screen,
            _margin: margin,
            whole,
            state: Mutex::new(State {
                start: Instant::now(),
                done: 0,
                runs: 0,
                found: 0,
                running: BTreeMap::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, progress: Progress<'_>) {
        if let Some(line) = sentence(&progress) {
            // A terminal that has gone is no reason to stop.
            let _ = self.screen.println(line);
        }
        match progress {
            Progress::Started { runs } => {
                self.lock().runs = runs;
                self.whole.set_length(runs as u64 * PARTS);
                self.draw_whole(&self.lock());
            }
            Progress::RunStarted {
                run,
                epochs,
                updates_per_epoch,
                updates_made,
                ..
            } => self.add(run, epochs, updates_per_epoch, updates_made),
            Progress::UpdateDone {
                run,
                epoch,
                update,
                loss,
            } => self.update(run, epoch, update, loss),
            Progress::EpochDone { run, epoch, .. } => {
                if let Some(running) = self.lock().running.get_mut(&run.id) {
                    running.valid_loss = Some(epoch.valid_loss);
                }
            }
            Progress::RunDone {
                run, kept, done, ..
            } => {
                let mut state = self.lock();
                state.done = state.done.max(done);
                if kept {
                    state.found += PARTS;
                }
                if let Some(running) = state.running.remove(&run.id) {
                    running.bar.finish_and_clear();
                    self.screen.remove(&running.bar);
                }
                self.draw_whole(&state);
            }
            _ => {}
        }
    }

    fn add(&self, run: &RunName, epochs: usize, updates_per_epoch: usize, updates_made: u64) {
        let updates = (epochs * updates_per_epoch) as u64;
        let bar = self
            .screen
            .insert_before(&self.whole, ProgressBar::new(updates));
        bar.set_style(style("{bar:24.cyan} {wide_msg}"));
        bar.set_position(updates_made);
        bar.set_message(label(run));
        let now = Instant::now();
        let running = Running {
            bar,
            changed: now,
            first_update: updates_made,
            started: now,
            epochs,
            valid_loss: None,
        };
        let mut state = self.lock();
        state.found += part(updates_made, updates);
        state.running.insert(run.id, running);
    }

    fn update(&self, run: &RunName, epoch: usize, update: u64, loss: f64) {
        let mut state = self.lock();
        let Some(running) = state.running.get_mut(&run.id) else {
            return;
        };
        if running.changed.elapsed() < PAUSE {
            return;
        }
        running.changed = Instant::now();
        running.bar.set_position(update);
        let seconds = running.started.elapsed().as_secs_f64();
        let rate = update.saturating_sub(running.first_update) as f64 / seconds;
        let mut message = format!(
            "{}, epoch {epoch}/{}, {} updates/s, training {}",
            label(run),
            running.epochs,
            significant(rate, 3),
            significant(loss, 3)
        );
        if let Some(loss) = running.valid_loss {
            message += &format!(", validation {}", significant(loss, 4));
        }
        running.bar.set_message(message);
        self.draw_whole(&state);
    }

    fn draw_whole(&self, state: &State) {
        let parts = |running: &Running| {
            let updates = running.bar.length().unwrap_or(0);
            part(running.bar.position(), updates)
        };
        let running: u64 = state.running.values().map(parts).sum();
        let position = state.done as u64 * PARTS + running;
        let (elapsed, whole) = (state.start.elapsed(), state.runs as u64 * PARTS);
        let made = position.saturating_sub(state.found);
        let mut message = format!(
            "{} of {} runs, {}",
            state.done,
            state.runs,
            duration(elapsed)
        );
        if made > 0 {
            let left = whole.saturating_sub(position) as f64 / made as f64;
            message += &format!(", about {} left", duration(elapsed.mul_f64(left)));
        }
        self.whole.set_position(position);
        self.whole.set_message(message);
    }

    /// Takes the bars off the screen, for good; the lines above them stay.
    pub(crate) fn end(&self) {
        // A terminal that has gone needs no cleaning.
        let _ = self.screen.clear();
        self.screen.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn part(updates: u64, of: u64) -> u64 {
    (PARTS * updates).checked_div(of).unwrap_or(0).min(PARTS)
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌")
}
