//! The training loop.

use std::time::Instant;

use crate::checkpoint::Snapshot;
use crate::checkpoint_file::CheckpointFile;
use crate::early_stopping::{best, is_exhausted, is_reached};
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::event::{EpochRecord, Event};
use crate::learner::Learner;
use crate::lesson::Lesson;
use crate::position::Position;
use crate::shuffle::{batch_rows, shuffled_order};
use crate::trained::Outcome;
use crate::training::Training;

/// Whether the run goes on.
#[derive(PartialEq)]
enum Flow {
    Continues,
    Interrupted,
}

/// A run with everything that it works on.
pub(crate) struct Run<'a, L> {
    pub(crate) lesson: L,
    pub(crate) training: &'a Training,
    pub(crate) checkpoint: Option<CheckpointFile<'a>>,
    pub(crate) observer: &'a mut dyn FnMut(Event<'_>),
    /// Asked before every window of training and of validation.
    pub(crate) stop: &'a dyn Fn() -> bool,
    pub(crate) learner: Learner<'a>,
    pub(crate) snapshot: Snapshot,
    /// The running epoch's order of the examples.
    pub(crate) order: Vec<usize>,
}

impl<L: Lesson> Run<'_, L> {
    /// Runs to its end, or until it is interrupted.
    pub(crate) fn run(&mut self) -> Result<Outcome, TrainError> {
        self.start_order();
        let updates_per_epoch = self.updates_in_epoch();
        (self.observer)(Event::RunStarted {
            parameters: self.lesson.parameters().len(),
            epochs: self.training.epochs,
            updates_per_epoch,
            updates_made: self.snapshot.optimiser.updates,
            epochs_completed: self.snapshot.epochs.len(),
        });
        loop {
            let completed = self.snapshot.epochs.len();
            if is_reached(&self.snapshot.epochs, self.training.target_loss) {
                (self.observer)(Event::TargetReached { epoch: completed });
                return Ok(Outcome::TargetReached);
            }
            if is_exhausted(&self.snapshot.epochs, self.training.patience)
                && completed < self.training.epochs
            {
                let best_epoch = best(&self.snapshot.epochs).map_or(0, |epoch| epoch.epoch);
                (self.observer)(Event::StoppedEarly {
                    epoch: completed,
                    best_epoch,
                });
                return Ok(Outcome::StoppedEarly);
            }
            if completed >= self.training.epochs {
                return Ok(Outcome::Completed);
            }
            if self.epoch()? == Flow::Interrupted {
                return Ok(Outcome::Interrupted);
            }
        }
    }

    /// Number of the running epoch, counted from 1.
    fn epoch_number(&self) -> usize {
        self.snapshot.epochs.len() + 1
    }

    fn start_order(&mut self) {
        let epoch = self.epoch_number() as u64;
        let examples = self.lesson.examples();
        shuffled_order(self.training.seed, epoch, examples, &mut self.order);
    }

    fn epoch(&mut self) -> Result<Flow, TrainError> {
        self.start_order();
        let clock = Instant::now();
        let seconds_before = self.snapshot.position.seconds;
        let (epoch, updates) = (self.epoch_number(), self.updates_in_epoch());
        (self.observer)(Event::EpochStarted {
            epoch,
            updates,
            updates_made: self.snapshot.position.updates,
        });
        let batches = self.batches();
        while self.snapshot.position.batch < batches {
            if self.stopped() {
                self.snapshot.position.seconds = seconds_before + clock.elapsed().as_secs_f64();
                return self.interrupt();
            }
            let updated = self.window()?;
            if updated
                && self
                    .checkpoint
                    .as_ref()
                    .is_some_and(|file| file.is_due(self.snapshot.optimiser.updates))
            {
                self.snapshot.position.seconds = seconds_before + clock.elapsed().as_secs_f64();
                self.write_checkpoint(self.epoch_number())?;
            }
        }
        let validation_clock = Instant::now();
        let evaluation = self.validate()?;
        self.snapshot.position.validation_seconds += validation_clock.elapsed().as_secs_f64();
        self.snapshot.position.seconds = seconds_before + clock.elapsed().as_secs_f64();
        match evaluation {
            None => self.interrupt(),
            Some(evaluation) => {
                self.complete_epoch(evaluation.loss)?;
                Ok(Flow::Continues)
            }
        }
    }

    /// Measures the validation set; nothing if the stop flag is seen before the end.
    fn validate(&mut self) -> Result<Option<Evaluation>, TrainError> {
        let epoch = self.epoch_number();
        self.lesson
            .validate(self.stop)
            .map_err(|error| match error {
                TrainError::EvaluationNotFinite => TrainError::NotFinite {
                    what: "the validation loss",
                    epoch,
                    update: self.snapshot.optimiser.updates,
                },
                other => other,
            })
    }

    /// Processes the next window of the running batch; says whether it made an update.
    fn window(&mut self) -> Result<bool, TrainError> {
        let Position { batch, window, .. } = self.snapshot.position;
        let rows = batch_rows(&self.order, batch, self.training.batch_size);
        let windows = self.lesson.windows(rows);
        if window == 0 {
            if self.snapshot.state.batch == rows.len() {
                self.snapshot.state.reset();
            } else {
                self.snapshot.state = self.lesson.zero_state(rows.len());
            }
        }
        let learning_rate = self.training.schedule.rate(
            self.training.learning_rate,
            self.snapshot.plateau.rate,
            self.snapshot.epochs.len() * self.batches() + batch,
            self.batches(),
            self.training.epochs,
        );
        let update =
            self.learner
                .process(&mut self.lesson, rows, learning_rate, &mut self.snapshot)?;
        self.snapshot.position.advance(windows);
        let Some(update) = update else {
            return Ok(false);
        };
        self.snapshot
            .position
            .add_update(update.loss, learning_rate);
        (self.observer)(Event::UpdateDone {
            epoch: self.snapshot.epochs.len() + 1,
            update: self.snapshot.optimiser.updates,
            loss: update.loss.mean(),
            gradient_norm: update.gradient_norm,
            learning_rate,
        });
        Ok(true)
    }

    fn complete_epoch(&mut self, valid_loss: f64) -> Result<(), TrainError> {
        let epoch = self.epoch_number();
        let snapshot = &mut self.snapshot;
        let is_best = best(&snapshot.epochs).is_none_or(|best| valid_loss < best.valid_loss);
        if is_best {
            match &mut snapshot.best_parameters {
                Some(best) => best.copy_from_slice(&snapshot.parameters),
                None => snapshot.best_parameters = Some(snapshot.parameters.clone()),
            }
        }
        snapshot.epochs.push(EpochRecord {
            epoch,
            train_loss: snapshot.position.train_loss(),
            valid_loss,
            learning_rate: snapshot.position.learning_rate,
            updates: snapshot.optimiser.updates,
            seconds: snapshot.position.seconds,
            validation_seconds: snapshot.position.validation_seconds,
            best: is_best,
        });
        snapshot
            .plateau
            .epoch_done(&self.training.schedule, valid_loss);
        snapshot.position = Position::default();
        if let Some(record) = self.snapshot.epochs.last() {
            (self.observer)(Event::EpochDone { epoch: record });
        }
        self.write_checkpoint(epoch)
    }

    fn stopped(&self) -> bool {
        (self.stop)()
    }

    fn interrupt(&mut self) -> Result<Flow, TrainError> {
        let epoch = self.epoch_number();
        self.write_checkpoint(epoch)?;
        (self.observer)(Event::Interrupted {
            epoch,
            update: self.snapshot.optimiser.updates,
        });
        Ok(Flow::Interrupted)
    }

    fn write_checkpoint(&mut self, epoch: usize) -> Result<(), TrainError> {
        let Some(file) = &self.checkpoint else {
            return Ok(());
        };
        file.write(&self.snapshot)?;
        let update = self.snapshot.optimiser.updates;
        (self.observer)(Event::CheckpointWritten {
            path: file.path(),
            epoch,
            update,
        });
        Ok(())
    }

    fn batches(&self) -> usize {
        self.lesson.examples().div_ceil(self.training.batch_size)
    }

    /// Updates of the running epoch: windows with a supervised step.
    fn updates_in_epoch(&self) -> usize {
        let batches = self.order.chunks(self.training.batch_size);
        batches
            .map(|rows| self.lesson.updates(rows, 0..self.lesson.windows(rows)))
            .sum()
    }
}
