//! The entrance to training: checks, a new start or a checkpoint, the run, the best parameters.

use std::sync::atomic::AtomicBool;

use tidegate_data::SequenceSet;
use tidegate_model::Model;

use crate::checkpoint::{Checkpointing, Snapshot};
use crate::checkpoint_file::CheckpointFile;
use crate::compatibility::check;
use crate::error::TrainError;
use crate::event::Event;
use crate::learner::Learner;
use crate::position::Position;
use crate::run::Run;
use crate::schedule::Plateau;
use crate::trained::Trained;
use crate::training::Training;

/// Trains a model.
///
/// The model ends with the parameters after the epoch with the lowest loss on `valid`, or with the current ones if no
/// epoch was completed. Where `checkpointing` finds a checkpoint of this very run, training continues from it; the
/// model must then be as it was when the run began. Every bit of the result follows from the model, the sets and the
/// options, at any number of threads and however often the run was killed and continued; only the seconds differ.
///
/// Once `stop` is set, training ends after the update that is running, writes a checkpoint, if it writes any, and
/// returns [`Outcome::Interrupted`].
///
/// # Errors
/// [`TrainError::Option`] for options that make no sense; [`TrainError::Mismatch`], [`TrainError::EmptySet`] and
/// [`TrainError::Data`] where a set does not fit the model; [`TrainError::Checkpoint`] where one cannot be read, written
/// or belongs to another run; [`TrainError::NotFinite`] once a loss, a gradient or a parameter stops being finite: the
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
    training.validate()?;
    if training.window.is_some() && model.configuration().recurrent.bidirectional {
        let reason = "needs a model of one direction: the other reads what lies beyond the window"
            .to_owned();
        return Err(TrainError::Option {
            option: "window",
            reason,
        });
    }
    check(model.configuration(), train, "training")?;
    check(model.configuration(), valid, "validation")?;
    let checkpoint = match checkpointing {
        Some(checkpointing) => Some(CheckpointFile::new(
            checkpointing,
            model,
            train,
            valid,
            training,
        )?),
        None => None,
    };
    let resumed = checkpoint.as_ref().map_or(Ok(None), |checkpoint| {
        checkpoint.read(model, train, training)
    })?;
    let snapshot = match resumed {
        Some(snapshot) => {
            model.set_parameters(&snapshot.parameters)?;
            snapshot
        }
        None => Snapshot {
            parameters: model.parameters().to_vec(),
            best_parameters: None,
            optimiser: training.optimiser.initial_state(model.parameter_count()),
            state: model.zero_state(0),
            position: Position::default(),
            plateau: Plateau::new(training.learning_rate),
            epochs: Vec::new(),
        },
    };
    let learner = Learner::new(model, training);
    let mut run = Run {
        model,
        train,
        valid,
        training,
        checkpoint,
        observer,
        stop,
        learner,
        snapshot,
        order: Vec::new(),
    };
    let outcome = run.run()?;
    let Snapshot {
        best_parameters,
        epochs,
        optimiser,
        ..
    } = run.snapshot;
    if let Some(best) = best_parameters {
        model.set_parameters(&best)?;
    }
    Ok(Trained {
        outcome,
        epochs,
        updates: optimiser.updates,
    })
}
