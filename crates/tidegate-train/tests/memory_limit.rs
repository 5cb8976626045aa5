//! Below a memory limit, sequences are run in parts, and training is that of the whole.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::atomic::AtomicBool;

use support::checkpoints::{checkpoint_problem, run_for};
use support::{Problem, bits, gru, lstm_with_noise, quick, running_mean};
use tidegate_data::Supervision;
use tidegate_model::Readout;
use tidegate_train::{
    CheckpointProblem, Checkpointing, Event, Optimiser, Outcome, TrainError, Training,
};

/// The same with the least memory that these sequences can be trained with.
fn thrifty(problem: &Problem, training: &Training) -> Training {
    let limited = |limit| Training {
        memory_limit: Some(limit),
        ..training.clone()
    };
    let plan = |training: &Training| training.plan_memory(&problem.configuration, &problem.train);
    match plan(&limited(0)) {
        Err(TrainError::Memory { needed, limit: 0 }) => {
            assert!(matches!(
                plan(&limited(needed - 1)),
                Err(TrainError::Memory { .. })
            ));
            let found = limited(needed);
            assert!(plan(&found).unwrap().part.is_some());
            found
        }
        other => panic!("{other:?}"),
    }
}

/// A problem whose network and batches are large enough to be split over threads.
fn wide(supervision: Supervision) -> Problem {
    let mut problem = Problem {
        train: running_mean(supervision, &[150; 12], 0),
        ..gru(supervision)
    };
    problem.configuration.recurrent.hidden_size = 48;
    problem.configuration.recurrent.layers = 2;
    problem
}

/// Losses and gradient norms of the updates, and the parameters at the end.
fn run(problem: &Problem, training: &Training) -> (Vec<[f64; 2]>, Vec<f32>) {
    let mut updates = Vec::new();
    let mut observer = |event: Event| {
        if let Event::UpdateDone {
            loss,
            gradient_norm,
            ..
        } = event
        {
            updates.push([loss, gradient_norm]);
        }
    };
    let stop = AtomicBool::new(false);
    let (model, _) = problem
        .train_with(training, None, &mut observer, &stop)
        .unwrap();
    (updates, model.parameters().to_vec())
}

#[test]
fn training_in_parts_is_training_of_the_whole_but_for_rounding() {
    for (name, problem) in [
        ("every step", gru(Supervision::EveryStep)),
        ("last step", gru(Supervision::LastStep)),
        ("tokens and noise", lstm_with_noise()),
        ("two layers", wide(Supervision::EveryStep)),
        ("two layers, last step", wide(Supervision::LastStep)),
    ] {
        for window in [None, Some(9)] {
            let training = Training {
                optimiser: Optimiser::sgd(0.0),
                epochs: 2,
                window,
                ..quick()
            };
            let (whole, parameters) = run(&problem, &training);
            let (parts, found) = run(&problem, &thrifty(&problem, &training));
            assert_eq!(whole.len(), parts.len());
            for (whole, parts) in whole.iter().zip(&parts) {
                for (whole, parts) in whole.iter().zip(parts) {
                    assert!(
                        (whole - parts).abs() <= 1e-5 * whole.abs(),
                        "{name}, {window:?}: {parts}, whole {whole}"
                    );
                }
            }
            for (found, expected) in found.iter().zip(&parameters) {
                assert!(
                    (found - expected).abs() <= 1e-5,
                    "{name}, {window:?}: {found}, whole {expected}"
                );
            }
        }
    }
}

#[test]
fn the_first_loss_of_the_last_step_has_the_bits_of_the_whole() {
    for window in [None, Some(9)] {
        let problem = gru(Supervision::LastStep);
        let training = Training { window, ..quick() };
        let first = |training: &Training| run(&problem, training).0[0][0].to_bits();
        assert_eq!(first(&training), first(&thrifty(&problem, &training)));
    }
}

#[test]
fn parts_give_the_same_bits_at_any_number_of_threads() {
    for problem in [wide(Supervision::EveryStep), wide(Supervision::LastStep)] {
        let training = thrifty(&problem, &quick());
        let limit = training.memory_limit.unwrap() * 3 / 2;
        let training = Training {
            memory_limit: Some(limit),
            ..training
        };
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                let (model, trained) = problem.train(&training).unwrap();
                bits(&model, &trained)
            })
        };
        let one = with(1);
        for threads in 2..4 {
            assert!(with(threads) == one, "{threads} threads");
        }
    }
}

#[test]
fn a_limit_that_whole_sequences_keep_changes_nothing() {
    let problem = lstm_with_noise();
    let plain = quick();
    let needed = plain
        .plan_memory(&problem.configuration, &problem.train)
        .unwrap();
    assert_eq!((needed.part, needed.steps), (None, 12));
    let limited = Training {
        memory_limit: Some(needed.bytes),
        ..plain.clone()
    };
    assert_eq!(run(&problem, &limited), run(&problem, &plain));
}

#[test]
fn more_memory_never_makes_more_parts() {
    let problem = wide(Supervision::EveryStep);
    let least = thrifty(&problem, &quick()).memory_limit.unwrap();
    let whole = quick()
        .plan_memory(&problem.configuration, &problem.train)
        .unwrap();
    let mut last = 0;
    for share in 0..=20 {
        let training = Training {
            memory_limit: Some(least + (whole.bytes - least) * share / 20),
            ..quick()
        };
        let plan = training
            .plan_memory(&problem.configuration, &problem.train)
            .unwrap();
        assert!(plan.bytes <= training.memory_limit.unwrap());
        assert!(plan.steps >= last, "{plan:?} after {last}");
        last = plan.steps;
    }
    assert_eq!(last, 150);
}

#[test]
fn a_limit_that_is_too_low_is_refused_with_the_need_and_what_to_lower() {
    let problem = wide(Supervision::EveryStep);
    let training = Training {
        memory_limit: Some(2048),
        ..quick()
    };
    let text = problem.train(&training).unwrap_err().to_string();
    for part in [
        "memory_limit is 2.0 KiB",
        "KiB, even with",
        "batch_size",
        "window",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_model_of_both_directions_or_one_that_pools_is_run_whole_or_refused() {
    let mut both = gru(Supervision::EveryStep);
    both.configuration.recurrent.bidirectional = true;
    let pooled = [Readout::Mean, Readout::Attention].map(|readout| {
        let mut problem = gru(Supervision::LastStep);
        problem.configuration.readout = readout;
        problem
    });
    for problem in [&both, &pooled[0], &pooled[1]] {
        is_run_whole_or_refused(problem);
    }
}

fn is_run_whole_or_refused(problem: &Problem) {
    let whole = quick()
        .plan_memory(&problem.configuration, &problem.train)
        .unwrap();
    let limited = |limit| Training {
        memory_limit: Some(limit),
        ..quick()
    };
    assert!(problem.train(&limited(whole.bytes)).is_ok());
    let error = problem.train(&limited(whole.bytes - 1)).unwrap_err();
    assert!(matches!(error, TrainError::MemoryOfWholeSequences { .. }));
    let text = error.to_string();
    assert!(
        text.contains("both directions, or one that pools"),
        "{text}"
    );
}

#[test]
fn a_run_in_parts_continues_from_its_checkpoint_and_refuses_one_of_another_limit() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let problem = lstm_with_noise();
    let training = thrifty(&problem, &quick());
    let (model, trained) = problem.train(&training).unwrap();
    let (outcome, _) = run_for(&problem, &training, &checkpointing, 4);
    assert_eq!(outcome, Outcome::Interrupted);
    let other = problem.train_with(
        &quick(),
        Some(&checkpointing),
        &mut |_| {},
        &AtomicBool::new(false),
    );
    match checkpoint_problem(other) {
        CheckpointProblem::OtherRun { what, .. } => assert_eq!(what, "option memory_limit is"),
        other => panic!("{other}"),
    }
    let (outcome, continued) = run_for(&problem, &training, &checkpointing, usize::MAX);
    assert_eq!(outcome, Outcome::Completed);
    assert!(continued == bits(&model, &trained));
}
