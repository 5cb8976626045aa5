//! The training loop.

use std::time::Instant;

use tidegate_data::SequenceSet;
use tidegate_model::Model;

use crate::checkpoint::Snapshot;
use crate::checkpoint_file::CheckpointFile;
use crate::early_stopping::{best, is_exhausted, is_reached};
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::event::{EpochRecord, Event};
use crate::learner::Learner;
use crate::measurement::Measurement;
use crate::position::Position;
use crate::shuffle::{batch_rows, shuffled_order};
use crate::trained::Outcome;
use crate::training::Training;
use crate::window_steps;

/// Whether the run goes on.
#[derive(PartialEq)]
enum Flow {
    Continues,
    Interrupted,
}

/// A run with everything that it works on.
pub(crate) struct Run<'a> {
    pub(crate) model: &'a mut Model,
    pub(crate) train: &'a SequenceSet,
    pub(crate) valid: &'a SequenceSet,
    pub(crate) training: &'a Training,
    pub(crate) checkpoint: Option<CheckpointFile<'a>>,
    pub(crate) observer: &'a mut dyn FnMut(Event<'_>),
    /// Asked before every window of training and of validation.
    pub(crate) stop: &'a dyn Fn() -> bool,
    pub(crate) learner: Learner<'a>,
    /// Most steps of a sequence that validation may hold at once, where there is a memory limit.
    pub(crate) most_steps: Option<usize>,
    pub(crate) snapshot: Snapshot,
    /// The running epoch's order of the sequences.
    pub(crate) order: Vec<usize>,
}

impl Run<'_> {
    /// Runs to its end, or until it is interrupted.
    pub(crate) fn run(&mut self) -> Result<Outcome, TrainError> {
        self.start_order();
        let updates_per_epoch = self.updates_in_epoch();
        (self.observer)(Event::RunStarted {
            parameters: self.model.parameter_count(),
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
        shuffled_order(self.training.seed, epoch, self.train.len(), &mut self.order);
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

    /// Measures the model on the validation set; nothing if the stop flag is seen before the end.
    fn validate(&mut self) -> Result<Option<Evaluation>, TrainError> {
        // Under a limit there is room for a training pass or a measurement, which takes less with as many sequences.
        let mut batch_size = self.training.batch_size;
        if self.training.memory_limit.is_some() {
            self.learner.release_memory(self.model);
            batch_size = batch_size.min(self.train.len());
        }

        let not_finite = |error| match error {
            TrainError::EvaluationNotFinite => TrainError::NotFinite {
                what: "the validation loss",
                epoch: self.epoch_number(),
                update: self.snapshot.optimiser.updates,
            },
            other => other,
        };
        let mut measurement = Measurement::new(self.model, self.valid, batch_size, self.most_steps);
        loop {
            if self.stopped() {
                return Ok(None);
            }
            if !measurement.advance().map_err(not_finite)? {
                return measurement.result().map(Some).map_err(not_finite);
            }
        }
    }

    /// Processes the next window of the running batch; says whether it made an update.
    fn window(&mut self) -> Result<bool, TrainError> {
        let Position { batch, window, .. } = self.snapshot.position;
        let rows = batch_rows(&self.order, batch, self.training.batch_size);
        let longest = window_steps::longest(self.train, rows);
        let steps = window_steps::steps(window, longest, self.training.window);
        if window == 0 {
            if self.snapshot.state.batch == rows.len() {
                self.snapshot.state.reset();
            } else {
                self.snapshot.state = self.model.zero_state(rows.len());
            }
        }
        let learning_rate = self.training.schedule.rate(
            self.training.learning_rate,
            self.snapshot.plateau.rate,
            self.snapshot.epochs.len() * self.batches() + batch,
            self.batches(),
            self.training.epochs,
        );
        let update = self.learner.process(
            self.model,
            self.train,
            rows,
            &steps,
            learning_rate,
            &mut self.snapshot,
        )?;
        self.snapshot
            .position
            .advance(window_steps::count(longest, self.training.window));
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
        self.train.len().div_ceil(self.training.batch_size)
    }

    /// Updates of the running epoch: windows with a supervised step.
    fn updates_in_epoch(&self) -> usize {
        let (set, size) = (self.train, self.training.window);
        let updates = |rows: &[usize]| {
            let windows = window_steps::count(window_steps::longest(set, rows), size);
            window_steps::count_supervised(set, rows, size, 0..windows)
        };
        self.order
            .chunks(self.training.batch_size)
            .map(updates)
            .sum()
    }
}
