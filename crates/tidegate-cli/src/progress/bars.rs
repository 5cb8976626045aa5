//! Progress as bars: one for the whole, one for each run at work.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::pace::Pace;
use super::step::{Run, Saying, Step};
use crate::number::{duration, significant};

/// Parts into which the whole bar cuts each run.
const PARTS: f64 = 1_000.0;

/// Time between two changes of what is written at a bar.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) struct Bars {
    screen: MultiProgress,
    _margin: ProgressBar,
    whole: ProgressBar,
    state: Mutex<State>,
}

struct State {
    pace: Pace,
    /// The bars of the runs at work, by id.
    running: BTreeMap<usize, Running>,
}

struct Running {
    label: String,
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
        whole.set_style(style("{bar:16.green} {wide_msg}"));
        Bars {
            screen,
            _margin: margin,
            whole,
            state: Mutex::new(State {
                pace: Pace::new(Instant::now()),
                running: BTreeMap::new(),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn show(&self, step: &Step<'_>, saying: Option<Saying>) {
        if let Some(saying) = saying {
            self.say(&saying.text);
        }
        self.lock().pace.follow(step, Instant::now());
        match *step {
            Step::Started { runs, .. } => {
                self.whole.set_length((runs as f64 * PARTS) as u64);
                self.draw_whole(&self.lock());
            }
            Step::RunStarted {
                run,
                epochs,
                updates_per_epoch,
                updates_made,
            } => self.add(run, epochs, updates_per_epoch, updates_made),
            Step::UpdateDone {
                run,
                epoch,
                update,
                loss,
            } => self.update(run, epoch, update, loss),
            Step::EpochDone { run, valid_loss } => {
                if let Some(running) = self.lock().running.get_mut(&run) {
                    running.valid_loss = Some(valid_loss);
                }
            }
            Step::RunDone { run, .. } => {
                let mut state = self.lock();
                if let Some(running) = state.running.remove(&run.id) {
                    running.bar.finish_and_clear();
                    self.screen.remove(&running.bar);
                }
                self.draw_whole(&state);
            }
            Step::Other => {}
        }
    }

    fn add(&self, run: &Run, epochs: usize, updates_per_epoch: usize, updates_made: u64) {
        let updates = (epochs * updates_per_epoch) as u64;
        let bar = self
            .screen
            .insert_before(&self.whole, ProgressBar::new(updates));
        bar.set_style(style("{bar:16.cyan} {wide_msg}"));
        bar.set_position(updates_made);
        bar.set_message(run.label.clone());
        let now = Instant::now();
        let running = Running {
            label: run.label.clone(),
            bar,
            changed: now,
            first_update: updates_made,
            started: now,
            epochs,
            valid_loss: None,
        };
        self.lock().running.insert(run.id, running);
    }

    fn update(&self, run: usize, epoch: usize, update: u64, loss: f64) {
        let mut state = self.lock();
        let Some(running) = state.running.get_mut(&run) else {
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
            running.label,
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
        let (pace, now) = (&state.pace, Instant::now());
        let (done, runs) = (pace.done(), pace.runs());
        let mut message = match runs {
            1 => String::new(),
            _ => format!("{done} of {runs} runs, "),
        };
        message += &duration(pace.elapsed(now));
        if let Some(left) = pace.left(now) {
            message += &format!(", about {} left", duration(left));
        }
        self.whole.set_position((pace.position() * PARTS) as u64);
        self.whole.set_message(message);
    }

    /// Writes a line above the bars.
    pub(crate) fn say(&self, line: &str) {
        // A terminal that has gone is no reason to stop.
        let _ = self.screen.println(line);
    }

    /// Takes the bars off the screen, for good; the lines above them stay.
    pub(crate) fn end(&self) {
        // A terminal that has gone needs no cleaning.
        let _ = self.screen.clear();
        self.screen.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━╌")
}
