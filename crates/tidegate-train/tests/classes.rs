//! Training on classes: weights of classes, and readouts that pool.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::atomic::AtomicBool;

use support::checkpoints::{checkpoint_problem, run_for};
use support::{Problem, bits, gru, lstm_with_noise, quick};
use tidegate_data::{SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::Readout;
use tidegate_train::{
    CheckpointProblem, Checkpointing, Outcome, TrainError, Training, evaluate, state_gradient_norms,
};

/// Ragged sequences whose class is whether their mean is above 0, read in one of the pooled ways.
fn pooled(readout: Readout) -> Problem {
    let mut problem = gru(Supervision::LastStep);
    problem.configuration.readout = readout;
    problem.configuration.outputs = 2;
    problem.configuration.output_dropout = 0.2;
    for set in [&mut problem.train, &mut problem.valid] {
        to_classes(set);
    }
    problem
}

fn to_classes(set: &mut SequenceSet) {
    set.target = TargetKind::Classes { count: 2 };
    for sequence in &mut set.sequences {
        if let Targets::Values(values) = &sequence.targets {
            sequence.targets = Targets::Classes(vec![u32::from(values[0] > 0.0)]);
        }
    }
}

#[test]
fn pooled_models_learn_and_are_measured_alike_in_batches_of_any_size() {
    for readout in [Readout::Mean, Readout::Attention] {
        let problem = pooled(readout);
        let training = Training {
            epochs: 40,
            ..quick()
        };
        let (model, trained) = problem.train(&training).unwrap();
        let losses: Vec<f64> = trained.epochs.iter().map(|one| one.train_loss).collect();
        assert!(losses[39] < 0.6 * losses[0], "{readout:?}: {losses:?}");
        let loss = |batch| evaluate(&model, &problem.train, batch).unwrap().loss;
        assert!((loss(1) - loss(4)).abs() < 1e-6, "{readout:?}");
    }
}

#[test]
fn a_killed_run_of_a_pooled_model_ends_with_the_same_bits() {
    for readout in [Readout::Mean, Readout::Attention] {
        let folder = tempfile::tempdir().unwrap();
        let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
        let problem = pooled(readout);
        let (model, trained) = problem.train(&quick()).unwrap();
        let (outcome, _) = run_for(&problem, &quick(), &checkpointing, 5);
        assert_eq!(outcome, Outcome::Interrupted);
        let (outcome, continued) = run_for(&problem, &quick(), &checkpointing, usize::MAX);
        assert_eq!(outcome, Outcome::Completed);
        assert!(continued == bits(&model, &trained));
    }
}

#[test]
fn truncated_windows_and_followed_gradients_are_refused_for_a_pooled_model() {
    let problem = pooled(Readout::Mean);
    let training = Training {
        window: Some(3),
        ..quick()
    };
    let error = problem.train(&training).unwrap_err();
    assert!(matches!(
        error,
        TrainError::Option {
            option: "window",
            ..
        }
    ));
    assert!(error.to_string().contains("does not pool"), "{error}");
    let error = state_gradient_norms(&problem.model(), &problem.train, &[0], &[0]).unwrap_err();
    assert!(matches!(
        error,
        TrainError::Option {
            option: "model",
            ..
        }
    ));
    assert!(
        error.to_string().contains("pools over all steps"),
        "{error}"
    );
}

#[test]
fn targets_at_every_step_do_not_fit_a_pooled_model() {
    let mut problem = gru(Supervision::EveryStep);
    problem.configuration.readout = Readout::Attention;
    let error = problem.train(&quick()).unwrap_err().to_string();
    assert!(error.contains("read once for a sequence"), "{error}");
}

#[test]
fn weights_of_classes_count_in_training_and_in_validation() {
    let problem = pooled(Readout::Mean);
    let weighted = |weights: Option<[f64; 2]>| {
        let training = Training {
            class_weights: weights.map(|weights| weights.to_vec()),
            learning_rate: 1e-12,
            epochs: 1,
            ..quick()
        };
        let (_, trained) = problem.train(&training).unwrap();
        (trained.epochs[0].train_loss, trained.epochs[0].valid_loss)
    };
    // At a standstill the weighted losses are linear in the weights.
    let (plain, first, both) = (
        weighted(None),
        weighted(Some([3.0, 1.0])),
        weighted(Some([3.0, 3.0])),
    );
    assert!((both.0 - 3.0 * plain.0).abs() < 1e-9 && (both.1 - 3.0 * plain.1).abs() < 1e-9);
    assert!(plain.0 < first.0 && first.0 < both.0);
    assert!(plain.1 < first.1 && first.1 < both.1);
}

#[test]
fn weights_that_do_not_fit_the_classes_are_refused() {
    let weights = |problem: &Problem, weights: Vec<f64>| {
        let training = Training {
            class_weights: Some(weights),
            ..quick()
        };
        problem.train(&training).unwrap_err().to_string()
    };
    let problem = lstm_with_noise();
    let text = weights(&problem, vec![1.0; 3]);
    assert!(
        text.contains("3 weights, but there are 4 classes"),
        "{text}"
    );
    let text = weights(&problem, vec![1.0, f64::NAN, 1.0, 1.0]);
    assert!(text.contains("NaN for class 1"), "{text}");
    let text = weights(&gru(Supervision::EveryStep), vec![1.0]);
    assert!(text.contains("not classes"), "{text}");
}

#[test]
fn a_checkpoint_of_other_weights_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let problem = pooled(Readout::Attention);
    run_for(&problem, &quick(), &checkpointing, 4);
    let other = Training {
        class_weights: Some(vec![1.0, 2.0]),
        ..quick()
    };
    let stop = AtomicBool::new(false);
    let found = problem.train_with(&other, Some(&checkpointing), &mut |_| {}, &stop);
    match checkpoint_problem(found) {
        CheckpointProblem::OtherRun { what, .. } => assert_eq!(what, "option class_weights is"),
        other => panic!("{other}"),
    }
}
