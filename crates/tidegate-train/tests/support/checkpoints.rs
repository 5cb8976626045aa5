//! Runs that are interrupted and continued.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_train::{CheckpointProblem, Checkpointing, Event, Outcome, TrainError, Training};

use super::{Problem, bits, lstm_with_noise};

/// A run cut into windows.
pub(crate) fn training() -> Training {
    Training {
        learning_rate: 0.03,
        epochs: 3,
        batch_size: 4,
        window: Some(5),
        ..Training::default()
    }
}

/// What is wrong with the checkpoint of a run that must fail so.
pub(crate) fn checkpoint_problem(result: Result<impl Sized, TrainError>) -> CheckpointProblem {
    match result {
        Err(TrainError::Checkpoint { problem, .. }) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("no error"),
    }
}

/// Runs until the stop flag, raised after so many updates of this call, is seen.
pub(crate) fn run_for(
    problem: &Problem,
    training: &Training,
    checkpointing: &Checkpointing,
    updates: usize,
) -> (Outcome, Vec<u64>) {
    let stop = AtomicBool::new(updates == 0);
    let mut left = updates;
    let mut observer = |event: Event| {
        if let Event::UpdateDone { .. } = event {
            left = left.saturating_sub(1);
            stop.store(left == 0, Ordering::Relaxed);
        }
    };
    let (model, trained) = problem
        .train_with(training, Some(checkpointing), &mut observer, &stop)
        .unwrap();
    (trained.outcome, bits(&model, &trained))
}

/// A checkpoint inside a batch, with a carried state, of an interrupted run.
pub(crate) fn interrupted(folder: &Path) -> (Problem, Checkpointing) {
    let problem = lstm_with_noise();
    let checkpointing = Checkpointing::new(folder.join("run.checkpoint"));
    let training = Training {
        window: Some(1),
        ..training()
    };
    let (outcome, _) = run_for(&problem, &training, &checkpointing, 40);
    assert_eq!(outcome, Outcome::Interrupted);
    let bytes = fs::read(&checkpointing.path).unwrap();
    assert!(
        bytes.windows(10).any(|window| window == b"state.cell"),
        "the batch is not finished"
    );
    (problem, checkpointing)
}

/// Continues a run to its end.
pub(crate) fn resume(
    problem: &Problem,
    training: &Training,
    checkpointing: &Checkpointing,
) -> Result<(), TrainError> {
    problem
        .train_with(
            training,
            Some(checkpointing),
            &mut |_| {},
            &AtomicBool::new(false),
        )
        .map(|_| ())
}
