//! The entrance to training: checks, a new start or a checkpoint, the run, the best parameters.

use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_data::{SequenceSet, TargetKind};
use tidegate_model::Model;

use crate::checkpoint::{Checkpointing, Snapshot};
use crate::checkpoint_file::CheckpointFile;
use crate::compatibility::check;
use crate::error::TrainError;
use crate::event::Event;
use crate::learner::Learner;
use crate::lesson::Lesson;
use crate::position::Position;
use crate::run::Run;
use crate::schedule::Plateau;
use crate::sequence_lesson::SequenceLesson;
use crate::trained::Trained;
use crate::training::Training;

/// Trains a model.
///
/// The model ends with the parameters after the epoch with the lowest loss on `valid`, or with the current ones if no
/// epoch was completed. Where `checkpointing` finds a checkpoint of this very run, training continues from it; the
/// model must then be as it was when the run began. Every bit of the result follows from the model, the sets and the
/// options, at any number of threads and however often the run was killed and continued; only the seconds differ.
///
/// Once `stop` is set, training ends after the update or the window of the validation set that is running, writes a
/// checkpoint, if it writes any, and returns [`Outcome::Interrupted`](crate::Outcome::Interrupted); continued, it begins
/// the validation anew.
///
/// # Errors
/// [`TrainError::Option`] for options that make no sense; [`TrainError::Memory`] and
/// [`TrainError::MemoryOfWholeSequences`] where the memory limit is too low; [`TrainError::Mismatch`], [`TrainError::EmptySet`] and
/// [`TrainError::Data`] where a set does not fit the model; [`TrainError::Checkpoint`] where one cannot be read, written
/// or belongs to another run; [`TrainError::NotFinite`] once a loss, a carried state, a gradient or a parameter stops being
/// finite: the
/// model then has the parameters before that update, and the last checkpoint stays.
pub fn train(
    model: &mut Model,
    train: &SequenceSet,
    valid: &SequenceSet,
    training: &Training,
    checkpointing: Option<&Checkpointing>,
    observer: &mut dyn FnMut(Event<'_>),
    stop: &AtomicBool,
) -> Result<Trained, TrainError> {
    let stop = || stop.load(Ordering::Relaxed);
    train_until(
        model,
        train,
        valid,
        training,
        checkpointing,
        observer,
        &stop,
    )
}

/// Trains like [`train`], until `stop` says so: it is asked wherever [`train`] looks at its flag.
///
/// # Errors
/// Those of [`train`].
pub fn train_until(
    model: &mut Model,
    train: &SequenceSet,
    valid: &SequenceSet,
    training: &Training,
    checkpointing: Option<&Checkpointing>,
    observer: &mut dyn FnMut(Event<'_>),
    stop: &dyn Fn() -> bool,
) -> Result<Trained, TrainError> {
    training.validate()?;
    let refuse = |option, reason: &str| {
        let reason = reason.to_owned();
        Err(TrainError::Option { option, reason })
    };
    if training.window.is_some() && model.configuration().recurrent.bidirectional {
        let reason = "needs a model of one direction: the other reads what lies beyond the window";
        return refuse("window", reason);
    }
    if training.window.is_some() && model.configuration().readout.pools() {
        let reason = "needs a model that does not pool: a mean over all steps reads what lies beyond the window";
        return refuse("window", reason);
    }
    check(model.configuration(), train, "training")?;
    check(model.configuration(), valid, "validation")?;
    if let Some(weights) = &training.class_weights {
        match train.target {
            TargetKind::Classes { count } if count == weights.len() => {}
            TargetKind::Classes { count } => {
                let reason = format!(
                    "has {} weights, but there are {count} classes",
                    weights.len()
                );
                return refuse("class_weights", &reason);
            }
            TargetKind::Values { .. } | TargetKind::Labels { .. } => {
                return refuse(
                    "class_weights",
                    "weighs classes, but the targets are not classes",
                );
            }
        }
    }
    let plan = training.plan_memory(model.configuration(), train)?;
    let lesson = SequenceLesson::new(model, train, valid, training, &plan);
    follow(lesson, training, checkpointing, observer, stop)
}

/// Trains a network on its lesson, which it ends with the parameters of the best epoch.
pub(crate) fn follow<L: Lesson>(
    mut lesson: L,
    training: &Training,
    checkpointing: Option<&Checkpointing>,
    observer: &mut dyn FnMut(Event<'_>),
    stop: &dyn Fn() -> bool,
) -> Result<Trained, TrainError> {
    let checkpoint = match checkpointing {
        Some(checkpointing) => Some(CheckpointFile::new(checkpointing, &lesson, training)?),
        None => None,
    };
    let resumed = checkpoint
        .as_ref()
        .map_or(Ok(None), |checkpoint| checkpoint.read(&lesson, training))?;
    let snapshot = match resumed {
        Some(snapshot) => {
            lesson.set_parameters(&snapshot.parameters)?;
            snapshot
        }
        None => Snapshot {
            parameters: lesson.parameters().to_vec(),
            best_parameters: None,
            optimiser: training.optimiser.initial_state(lesson.parameters().len()),
            state: lesson.zero_state(0),
            position: Position::default(),
            plateau: Plateau::new(training.learning_rate),
            epochs: Vec::new(),
        },
    };
    let learner = Learner::new(&lesson, training);
    let mut run = Run {
        lesson,
        training,
        checkpoint,
        observer,
        stop,
        learner,
        snapshot,
        order: Vec::new(),
    };
    let outcome = run.run()?;
    let Run {
        mut lesson,
        snapshot:
            Snapshot {
                best_parameters,
                epochs,
                optimiser,
                ..
            },
        ..
    } = run;
    if let Some(best) = best_parameters {
        lesson.set_parameters(&best)?;
    }
    Ok(Trained {
        outcome,
        epochs,
        updates: optimiser.updates,
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tidegate_cells::{Cell as RecurrentCell, Gru, Stack};
    use tidegate_data::{AddingProblem, Splits, adding_problem};
    use tidegate_model::{InputLayer, ModelConfiguration, Readout};

    use super::*;
    use crate::trained::Outcome;

    /// Trains until the flag has been looked at so many times: parameters, outcome and number of looks.
    fn train_for(
        splits: &Splits,
        checkpointing: Option<&Checkpointing>,
        looks: usize,
    ) -> (Vec<f32>, Trained, usize) {
        let recurrent = Stack::new(RecurrentCell::Gru(Gru::default()), 2, 4);
        let configuration =
            ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
        let mut model = Model::new(configuration, 3).unwrap();
        let training = Training {
            epochs: 2,
            batch_size: 2,
            ..Training::default()
        };
        let looked = Cell::new(0);
        let stop = || {
            looked.set(looked.get() + 1);
            looked.get() > looks
        };
        let (train, valid) = (&splits.train, &splits.valid);
        let trained = train_until(
            &mut model,
            train,
            valid,
            &training,
            checkpointing,
            &mut |_| {},
            &stop,
        )
        .unwrap();
        (model.parameters().to_vec(), trained, looked.get())
    }

    #[test]
    fn a_run_stopped_at_any_look_at_the_flag_and_continued_ends_with_the_same_bits() {
        let options = AddingProblem {
            length: 6,
            train: 4,
            valid: 7,
            test: 1,
            seed: 1,
        };
        let splits = adding_problem(options).unwrap();
        let (parameters, trained, looks) = train_for(&splits, None, usize::MAX);
        // In each epoch once before each of two batches, and once before each of four of validation and at its end.
        assert_eq!(looks, 2 * (2 + 5));
        let losses = |trained: &Trained| -> Vec<u64> {
            let epochs = trained.epochs.iter();
            epochs.map(|epoch| epoch.valid_loss.to_bits()).collect()
        };
        for stop_at in 0..looks {
            let folder = tempfile::tempdir().unwrap();
            let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
            let (_, stopped, seen) = train_for(&splits, Some(&checkpointing), stop_at);
            assert_eq!((stopped.outcome, seen), (Outcome::Interrupted, stop_at + 1));
            let (found, continued, _) = train_for(&splits, Some(&checkpointing), usize::MAX);
            assert_eq!(found, parameters);
            assert_eq!(losses(&continued), losses(&trained));
        }
    }
}
