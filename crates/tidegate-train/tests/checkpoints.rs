//! Interrupting, continuing, and refusing a checkpoint of another run.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use support::checkpoints::{checkpoint_problem, interrupted, resume, run_for, training};
use support::{Problem, bits, gru, lstm_with_noise};
use tidegate_data::{Supervision, Targets};
use tidegate_train::{
    CheckpointProblem, Checkpointing, Event, ExistingCheckpoint, Optimiser, Outcome, Schedule,
    Training,
};

fn problem(number: usize) -> Problem {
    match number % 3 {
        0 => gru(Supervision::EveryStep),
        1 => gru(Supervision::LastStep),
        _ => lstm_with_noise(),
    }
}

fn optimiser(number: usize) -> Optimiser {
    [
        Optimiser::adam_w(),
        Optimiser::rms_prop(),
        Optimiser::sgd(0.9),
        Optimiser::sgd(0.0),
    ][number % 4]
}

fn schedule(number: usize) -> Schedule {
    match number % 3 {
        0 => Schedule::Constant,
        1 => Schedule::Cosine {
            warm_up_epochs: 0.5,
            minimum: 0.001,
        },
        _ => Schedule::OnPlateau {
            factor: 0.5,
            patience: 0,
            minimum: 0.0,
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_run_interrupted_anywhere_and_continued_ends_with_the_same_bits(
        number in any::<[usize; 3]>(),
        window in prop::option::of(1..13_usize),
        batch_size in 1..13_usize,
        patience in prop::option::of(1..3_usize),
        pieces in prop::collection::vec(0..9_usize, 0..6),
    ) {
        let problem = problem(number[0]);
        let training = Training {
            optimiser: optimiser(number[1]), schedule: schedule(number[2]), window, batch_size, patience, ..training()
        };
        let (model, trained) = problem.train(&training).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
        for updates in pieces {
            run_for(&problem, &training, &checkpointing, updates);
        }
        let (outcome, found) = run_for(&problem, &training, &checkpointing, usize::MAX);
        prop_assert_eq!(outcome, trained.outcome);
        prop_assert_eq!(found, bits(&model, &trained));
    }
}

/// Copies the checkpoint that lies there after every write: what a killed process would have left.
#[test]
fn a_run_killed_after_any_checkpoint_ends_with_the_same_bits() {
    for number in 0..3 {
        let problem = problem(number);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.checkpoint");
        let checkpointing = Checkpointing {
            every_updates: Some(2),
            ..Checkpointing::new(&path)
        };
        let mut left_behind = Vec::new();
        let mut observer = |event: Event| {
            if let Event::CheckpointWritten { path, .. } = event {
                left_behind.push(fs::read(path).unwrap());
            }
        };
        let stop = AtomicBool::new(false);
        let (model, trained) = problem
            .train_with(&training(), Some(&checkpointing), &mut observer, &stop)
            .unwrap();
        let expected = bits(&model, &trained);
        let plain = problem.train(&training()).unwrap();
        assert_eq!(
            expected,
            bits(&plain.0, &plain.1),
            "checkpoints change nothing"
        );
        assert!(left_behind.len() > 6);
        for checkpoint in left_behind {
            fs::write(&path, checkpoint).unwrap();
            let (model, trained) = problem
                .train_with(&training(), Some(&checkpointing), &mut |_| {}, &stop)
                .unwrap();
            assert_eq!(bits(&model, &trained), expected);
        }
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing but the checkpoint is left"
        );
    }
}

#[test]
fn other_options_data_or_models_are_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let same = Training {
        window: Some(1),
        ..training()
    };
    let message = |problem: &Problem, training: &Training| {
        checkpoint_problem(resume(problem, training, &checkpointing)).to_string()
    };
    let slower = Training {
        learning_rate: 0.01,
        ..same.clone()
    };
    assert!(message(&problem, &slower).contains("option learning_rate is 0.03 there, 0.01 here"));
    let other = Training {
        optimiser: Optimiser::sgd(0.5),
        ..same.clone()
    };
    assert!(message(&problem, &other).contains("option optimiser"));
    let mut changed = problem.clone();
    changed.configuration.output_dropout = 0.0;
    assert!(message(&changed, &same).contains("model output_dropout"));
    let mut changed = problem.clone();
    if let Targets::Classes(classes) = &mut changed.train.sequences[3].targets {
        classes[0] ^= 1;
    }
    assert!(message(&changed, &same).contains("the training set"));
    let mut changed = problem.clone();
    changed.valid.sequences.pop();
    assert!(message(&changed, &same).contains("the validation set"));
    let mut model = tidegate_model::Model::new(problem.configuration.clone(), 6).unwrap();
    let (train, valid, stop) = (&problem.train, &problem.valid, AtomicBool::new(false));
    let result = tidegate_train::train(
        &mut model,
        train,
        valid,
        &same,
        Some(&checkpointing),
        &mut |_| {},
        &stop,
    );
    assert!(
        checkpoint_problem(result)
            .to_string()
            .contains("the initial parameters")
    );
    resume(&problem, &same, &checkpointing).unwrap();
}

#[test]
fn a_file_that_is_there_can_be_refused_or_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let refuse = Checkpointing {
        existing: ExistingCheckpoint::Refuse,
        ..checkpointing.clone()
    };
    assert!(matches!(
        checkpoint_problem(resume(&problem, &training(), &refuse)),
        CheckpointProblem::Exists
    ));
    let replace = Checkpointing {
        existing: ExistingCheckpoint::Replace,
        ..checkpointing
    };
    resume(&problem, &training(), &replace).unwrap();
}

#[test]
fn a_completed_run_is_not_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let problem = gru(Supervision::EveryStep);
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let first = run_for(&problem, &training(), &checkpointing, usize::MAX);
    let stop = AtomicBool::new(false);
    let mut updates = 0;
    let mut observer =
        |event: Event| updates += usize::from(matches!(event, Event::UpdateDone { .. }));
    let (model, trained) = problem
        .train_with(&training(), Some(&checkpointing), &mut observer, &stop)
        .unwrap();
    assert_eq!((trained.outcome, bits(&model, &trained)), first);
    assert_eq!(updates, 0);
}

#[test]
fn a_run_continued_after_every_update_lowers_its_rate_where_one_left_alone_does() {
    let problem = gru(Supervision::EveryStep);
    let schedule = Schedule::OnPlateau {
        factor: 0.5,
        patience: 1,
        minimum: 0.0,
    };
    // So large a rate that epochs without a fall follow each other.
    let training = Training {
        learning_rate: 0.5,
        epochs: 24,
        window: None,
        schedule,
        ..training()
    };
    let (model, trained) = problem.train(&training).unwrap();
    assert!(trained.epochs[23].learning_rate < 0.5);
    let folder = tempfile::tempdir().unwrap();
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    loop {
        let (outcome, found) = run_for(&problem, &training, &checkpointing, 1);
        if outcome != Outcome::Interrupted {
            assert_eq!(found, bits(&model, &trained));
            break;
        }
    }
}
