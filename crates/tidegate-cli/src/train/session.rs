//! One training run with its progress, its checkpoints and its interruption.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tidegate_train::{Checkpointing, Event, ExistingCheckpoint, Outcome, Trained};

use super::files::RunFiles;
use super::task::TrainTask;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::interruption::stop_on_interruption;
use crate::number::{significant, thousands};
use crate::progress::{Display, Run, Saying, Step};
use crate::thread_pool::thread_pool;

/// Updates between two checkpoints inside an epoch.
const UPDATES: u64 = 500;

/// Time between two lines about epochs.
const PAUSE: Duration = Duration::from_secs(1);

/// Trains, and says how it goes; `name` is that of the data.
pub(crate) fn train<T: TrainTask>(
    task: &T,
    files: &RunFiles,
    name: &str,
    existing: ExistingCheckpoint,
) -> Result<(T::Model, Trained), Failure> {
    let display = Arc::new(Display::of_standard_error());
    let speaker = Arc::clone(&display);
    let stop = stop_on_interruption(move |line| speaker.say(line))?;
    for note in task.notes() {
        display.say(&format!("note: {note}"));
    }
    let run = Run {
        id: 0,
        label: task.label(),
        work: 1.0,
    };
    let mut said = None;
    let mut is_begun = false;
    let mut observer = |event: Event<'_>| {
        is_begun |= matches!(event, Event::RunStarted { .. });
        // A short epoch is not worth a line of its own.
        let quiet = matches!(event, Event::EpochDone { epoch } if epoch.epoch > 1)
            && said.is_some_and(|said: Instant| said.elapsed() < PAUSE);
        if matches!(event, Event::EpochDone { .. }) && !quiet {
            said = Some(Instant::now());
        }
        show(&display, &run, task.epochs(), &event, quiet);
    };
    let checkpointing = Checkpointing {
        path: files.checkpoint.clone(),
        every_updates: Some(UPDATES),
        existing,
    };
    let pool = thread_pool(task.configuration().threads())?;
    let stop = || stop.load(Ordering::Relaxed);
    let result = pool.install(|| task.train(Some(&checkpointing), &mut observer, &stop));
    let finished = match &result {
        Ok((_, trained)) if trained.outcome != Outcome::Interrupted => {
            pool.install(|| task.after_training(&mut |line| display.say(line), &stop))
        }
        _ => Ok(false),
    };
    display.end();
    let of_data = |error| {
        let failure = Failure::of_data(name, error);
        // What the data keeps from being fitted after all would keep it from that again.
        if is_begun && matches!(failure, Failure::OfData { .. }) {
            files.clear();
        }
        failure
    };
    let (model, trained) = result.map_err(of_data)?;
    if !finished.map_err(of_data)? {
        return Err(Failure::TrainingInterrupted {
            epochs: trained.epochs.len(),
            model: files.model.clone(),
        });
    }
    Ok((model, trained))
}

/// Moves the bars, and says what is worth a line.
fn show(display: &Display, run: &Run, epochs: usize, event: &Event<'_>, quiet: bool) {
    match *event {
        Event::RunStarted {
            epochs,
            updates_per_epoch,
            updates_made,
            parameters,
            epochs_completed,
        } => {
            display.show(&Step::Started { runs: 1, work: 1.0 }, None);
            let step = Step::RunStarted {
                run,
                epochs,
                updates_per_epoch,
                updates_made,
            };
            let continued = match updates_made {
                0 => String::new(),
                made => format!(", goes on after {epochs_completed} epochs and {made} updates"),
            };
            let parameters = thousands(parameters);
            let text = format!("{}: {parameters} parameters{continued}", run.label);
            display.show(&step, Some(saying(text, false)));
        }
        Event::UpdateDone {
            epoch,
            update,
            loss,
            ..
        } => {
            let step = Step::UpdateDone {
                run: run.id,
                epoch,
                update,
                loss,
            };
            display.show(&step, None);
        }
        Event::EpochDone { epoch } => {
            let step = Step::EpochDone {
                run: run.id,
                valid_loss: epoch.valid_loss,
            };
            let text = format!(
                "epoch {}/{epochs}: training {}, validation {}{}, {} s",
                epoch.epoch,
                significant(epoch.train_loss, 4),
                significant(epoch.valid_loss, 4),
                if epoch.best { " (best)" } else { "" },
                significant(epoch.seconds, 3)
            );
            display.show(&step, (!quiet).then(|| saying(text, true)));
        }
        Event::StoppedEarly { epoch, best_epoch } => {
            let text = format!(
                "stopped after epoch {epoch}: the validation loss has not fallen since epoch {best_epoch}"
            );
            display.show(&Step::Other, Some(saying(text, false)));
        }
        _ => {}
    }
}

fn saying(text: String, with_time_left: bool) -> Saying {
    Saying {
        text,
        with_time_left,
    }
}
