//! What training does, seen from outside.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};

use support::{Problem, bits, gru, lstm_with_noise, quick, running_mean};
use tidegate_data::Supervision;
use tidegate_train::{Checkpointing, Event, Optimiser, Outcome, TrainError, Training, evaluate};

#[test]
fn every_optimiser_learns_every_kind_of_supervision() {
    for problem in [
        gru(Supervision::EveryStep),
        gru(Supervision::LastStep),
        lstm_with_noise(),
    ] {
        for (optimiser, learning_rate) in [
            (Optimiser::adam_w(), 0.02),
            (Optimiser::rms_prop(), 0.01),
            (Optimiser::sgd(0.9), 0.1),
        ] {
            let training = Training {
                optimiser,
                learning_rate,
                epochs: 40,
                ..quick()
            };
            let before = evaluate(&problem.model(), &problem.train, 3).unwrap().loss;
            let (model, trained) = problem.train(&training).unwrap();
            assert_eq!(trained.outcome, Outcome::Completed);
            let after = evaluate(&model, &problem.train, 3).unwrap().loss;
            assert!(after < 0.9 * before, "{optimiser:?}: {before} to {after}");
        }
    }
}

#[test]
fn a_window_as_long_as_the_longest_sequence_changes_no_bit() {
    for problem in [
        gru(Supervision::EveryStep),
        gru(Supervision::LastStep),
        lstm_with_noise(),
    ] {
        let whole = problem.train(&quick()).unwrap();
        let windowed = problem
            .train(&Training {
                window: Some(12),
                ..quick()
            })
            .unwrap();
        assert_eq!(bits(&whole.0, &whole.1), bits(&windowed.0, &windowed.1));
    }
}

#[test]
fn windows_make_one_update_each_where_a_step_is_supervised() {
    let problem = gru(Supervision::EveryStep);
    let lengths = support::RAGGED;
    let training = Training {
        window: Some(5),
        batch_size: lengths.len(),
        epochs: 1,
        ..quick()
    };
    assert_eq!(problem.train(&training).unwrap().1.updates, 3);
    // In one batch sequences end in each of the three windows of five steps.
    let last = gru(Supervision::LastStep);
    assert_eq!(last.train(&training).unwrap().1.updates, 3);
    // Windows in which no sequence ends make none: only the last of six.
    let equal = Problem {
        train: running_mean(Supervision::LastStep, &[12, 12], 0),
        ..last
    };
    assert_eq!(
        equal
            .train(&Training {
                window: Some(2),
                ..training
            })
            .unwrap()
            .1
            .updates,
        1
    );
}

#[test]
fn the_same_run_gives_the_same_bits_at_any_number_of_threads() {
    for problem in [gru(Supervision::EveryStep), lstm_with_noise()] {
        let training = Training {
            window: Some(5),
            ..quick()
        };
        let results = [1, 2, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let (model, trained) = pool.install(|| problem.train(&training)).unwrap();
            bits(&model, &trained)
        });
        assert_eq!(results[0], results[1]);
        assert_eq!(results[0], results[2]);
    }
}

#[test]
fn another_seed_gives_another_run() {
    let problem = gru(Supervision::EveryStep);
    let one = problem.train(&quick()).unwrap();
    let two = problem.train(&Training { seed: 1, ..quick() }).unwrap();
    assert_ne!(bits(&one.0, &one.1), bits(&two.0, &two.1));
}

#[test]
fn the_best_epochs_parameters_are_kept_and_patience_ends_the_run() {
    let problem = gru(Supervision::EveryStep);
    // So large a rate that the validation loss soon rises.
    let training = Training {
        learning_rate: 0.5,
        epochs: 200,
        patience: Some(3),
        ..quick()
    };
    let mut stopped = None;
    let mut observer = |event: Event| {
        if let Event::StoppedEarly { epoch, best_epoch } = event {
            stopped = Some((epoch, best_epoch));
        }
    };
    let (model, trained) = problem
        .train_with(&training, None, &mut observer, &AtomicBool::new(false))
        .unwrap();
    assert_eq!(trained.outcome, Outcome::StoppedEarly);
    let best = trained.best().unwrap();
    assert_eq!(stopped, Some((trained.epochs.len(), best.epoch)));
    assert_eq!(trained.epochs.len(), best.epoch + 3);
    let lowest = trained
        .epochs
        .iter()
        .map(|epoch| epoch.valid_loss)
        .fold(f64::INFINITY, f64::min);
    assert_eq!(best.valid_loss, lowest);
    assert_eq!(evaluate(&model, &problem.valid, 4).unwrap().loss, lowest);
}

#[test]
fn a_run_ends_with_the_first_epoch_that_reaches_the_target_and_continued_it_has_ended() {
    let problem = gru(Supervision::EveryStep);
    let long = Training {
        epochs: 8,
        ..quick()
    };
    let (_, whole) = problem.train(&long).unwrap();
    let losses: Vec<f64> = whole.epochs.iter().map(|epoch| epoch.valid_loss).collect();
    // The loss of the fifth epoch, the lowest until then.
    assert!(
        losses[..4].iter().all(|&loss| loss > losses[4]),
        "{losses:?}"
    );
    let training = Training {
        target_loss: Some(losses[4]),
        ..long.clone()
    };
    let folder = tempfile::tempdir().unwrap();
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let run = |stop_after: usize| {
        let stop = AtomicBool::new(false);
        let mut reached = None;
        let mut observer = |event: Event| match event {
            Event::EpochDone { epoch } if epoch.epoch == stop_after => {
                stop.store(true, Ordering::Relaxed)
            }
            Event::TargetReached { epoch } => reached = Some(epoch),
            _ => {}
        };
        let (model, trained) = problem
            .train_with(&training, Some(&checkpointing), &mut observer, &stop)
            .unwrap();
        (bits(&model, &trained), trained.outcome, reached)
    };
    let (model, trained) = problem.train(&training).unwrap();
    assert_eq!(
        (trained.outcome, trained.epochs.len()),
        (Outcome::TargetReached, 5)
    );
    assert_eq!(run(2).1, Outcome::Interrupted);
    let ended = (bits(&model, &trained), Outcome::TargetReached, Some(5));
    assert_eq!(run(0), ended);
    assert_eq!(run(0), ended);

    let missed = Training {
        target_loss: Some(0.0),
        ..long
    };
    assert_eq!(
        problem.train(&missed).unwrap().1.outcome,
        Outcome::Completed
    );
}

#[test]
fn the_seconds_of_validation_are_part_of_the_epochs() {
    let (_, trained) = gru(Supervision::EveryStep).train(&quick()).unwrap();
    for epoch in trained.epochs {
        assert!(epoch.validation_seconds > 0.0, "{epoch:?}");
        assert!(epoch.validation_seconds < epoch.seconds, "{epoch:?}");
    }
}

#[test]
fn the_observer_is_told_of_every_update_and_epoch_in_order() {
    let problem = gru(Supervision::EveryStep);
    let training = Training {
        window: Some(5),
        epochs: 2,
        ..quick()
    };
    let mut log = Vec::new();
    let mut announced = 0;
    let mut made = 0;
    let mut observer = |event: Event| match event {
        Event::RunStarted {
            parameters,
            epochs,
            updates_made,
            ..
        } => {
            assert_eq!(
                (parameters, epochs, updates_made),
                (problem.model().parameter_count(), 2, 0)
            );
            log.push("run");
        }
        Event::EpochStarted { updates, .. } => {
            announced += updates;
            log.push("epoch");
        }
        Event::UpdateDone {
            update,
            loss,
            gradient_norm,
            learning_rate,
            ..
        } => {
            made += 1;
            assert_eq!(update, made as u64);
            assert!(loss > 0.0 && gradient_norm > 0.0 && learning_rate == 0.02);
            if log.last() != Some(&"updates") {
                log.push("updates");
            }
        }
        Event::EpochDone { epoch } => {
            assert!(epoch.seconds >= 0.0);
            log.push("epoch done");
        }
        other => panic!("{other:?}"),
    };
    let (_, trained) = problem
        .train_with(&training, None, &mut observer, &AtomicBool::new(false))
        .unwrap();
    assert_eq!(
        log,
        [
            "run",
            "epoch",
            "updates",
            "epoch done",
            "epoch",
            "updates",
            "epoch done"
        ]
    );
    assert_eq!((announced, made as u64), (made, trained.updates));
}

#[test]
fn a_bidirectional_model_trains_on_whole_sequences_and_refuses_windows() {
    let mut problem = gru(Supervision::EveryStep);
    problem.configuration.recurrent.bidirectional = true;
    let (_, trained) = problem.train(&quick()).unwrap();
    assert_eq!(trained.epochs.len(), 4);
    let error = problem
        .train(&Training {
            window: Some(5),
            ..quick()
        })
        .unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::Option {
                option: "window",
                ..
            }
        ),
        "{error}"
    );
}
