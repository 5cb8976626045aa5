//! Every option of a run reaches its updates.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use support::{Problem, gru, quick, running_mean};
use tidegate_cells::{Activation, Cell, Rnn, Stack};
use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::{Event, Optimiser, Schedule, Training, train};

/// Loss, gradient norm and learning rate of every update.
fn updates(problem: &Problem, training: &Training) -> Vec<[f64; 3]> {
    let mut updates = Vec::new();
    let mut observer = |event: Event| {
        if let Event::UpdateDone {
            loss,
            gradient_norm,
            learning_rate,
            ..
        } = event
        {
            updates.push([loss, gradient_norm, learning_rate]);
        }
    };
    let stop = AtomicBool::new(false);
    problem
        .train_with(training, None, &mut observer, &stop)
        .unwrap();
    updates
}

/// The parameters after one update.
fn after_one_update(problem: &Problem, training: Training) -> Vec<f32> {
    let training = Training {
        epochs: 1,
        batch_size: 100,
        ..training
    };
    let (model, trained) = problem.train(&training).unwrap();
    assert_eq!(trained.updates, 1);
    model.parameters().to_vec()
}

/// A rate so small that no parameter changes: every loss is then that of the same model.
fn frozen() -> Training {
    Training {
        optimiser: Optimiser::sgd(0.0),
        learning_rate: 1e-30,
        batch_size: 1,
        epochs: 2,
        ..quick()
    }
}

#[test]
fn the_plateau_schedule_lowers_the_rate_of_later_epochs() {
    let problem = gru(Supervision::EveryStep);
    let schedule = Schedule::OnPlateau {
        factor: 0.5,
        patience: 0,
        minimum: 0.0,
    };
    let training = Training {
        learning_rate: 0.5,
        epochs: 12,
        schedule,
        ..quick()
    };
    let (_, trained) = problem.train(&training).unwrap();
    assert_eq!(trained.epochs[0].learning_rate, 0.5);
    assert!(trained.epochs[11].learning_rate < 0.5);
}

#[test]
fn the_cosine_advances_with_every_batch_and_not_with_its_windows() {
    let schedule = Schedule::Cosine {
        warm_up_epochs: 0.5,
        minimum: 0.001,
    };
    let problem = Problem {
        train: running_mean(Supervision::EveryStep, &[10; 8], 0),
        ..gru(Supervision::EveryStep)
    };
    let training = Training {
        schedule,
        epochs: 3,
        batch_size: 2,
        window: Some(5),
        ..quick()
    };
    let rates: Vec<f64> = updates(&problem, &training)
        .iter()
        .map(|update| update[2])
        .collect();
    let expected: Vec<f64> = (0..24)
        .map(|update| schedule.rate(0.02, 0.02, update / 2, 4, 3))
        .collect();
    assert_eq!(rates, expected);
    let different: HashSet<u64> = rates.iter().map(|rate| rate.to_bits()).collect();
    assert!(different.len() > 9, "{rates:?}");
}

#[test]
fn a_gradient_beyond_the_limit_is_clipped_to_it() {
    let problem = gru(Supervision::EveryStep);
    let training = |clip_norm| Training {
        optimiser: Optimiser::sgd(0.0),
        learning_rate: 1.0,
        clip_norm,
        ..quick()
    };
    let start = problem.model().parameters().to_vec();
    let step = |clip_norm| {
        let end = after_one_update(&problem, training(clip_norm));
        let squares = start
            .iter()
            .zip(&end)
            .map(|(a, b)| f64::from(b - a).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let norm = step(None);
    assert!(norm > 0.01, "{norm}");
    for part in [0.5, 0.1] {
        let clipped = step(Some(part * norm));
        assert!(
            (clipped / (part * norm) - 1.0).abs() < 1e-3,
            "{clipped} of {norm}"
        );
    }
    assert!((step(Some(2.0 * norm)) / norm - 1.0).abs() < 1e-6);
    // The observer is told the norm before clipping.
    let told = updates(
        &problem,
        &Training {
            epochs: 1,
            batch_size: 100,
            ..training(Some(0.1 * norm))
        },
    );
    assert!((told[0][1] / norm - 1.0).abs() < 1e-3);
}

#[test]
fn every_epoch_visits_all_sequences_in_an_order_of_its_own() {
    let losses: Vec<u64> = updates(&gru(Supervision::EveryStep), &frozen())
        .iter()
        .map(|update| update[0].to_bits())
        .collect();
    let (first, second) = losses.split_at(losses.len() / 2);
    assert_ne!(first, second);
    let sorted = |losses: &[u64]| {
        let mut losses = losses.to_vec();
        losses.sort_unstable();
        losses
    };
    assert_eq!(sorted(first), sorted(second));
}

#[test]
fn every_epoch_batch_and_window_draws_noise_of_its_own() {
    // Without input or memory the state is tanh(bias) at every step, and every target is the same: the losses of two
    // windows can differ by their masks alone.
    let cell = Cell::Rnn(Rnn {
        activation: Activation::Tanh,
    });
    let mut configuration = ModelConfiguration::new(
        InputLayer::Features,
        Stack::new(cell, 1, 32),
        1,
        Readout::EveryStep,
    );
    configuration.output_dropout = 0.5;
    let sequence = Sequence {
        inputs: Inputs::Features {
            size: 1,
            values: vec![0.0; 8],
        },
        targets: Targets::Values(vec![0.5; 8]),
    };
    let set = SequenceSet::new(
        InputKind::Features { size: 1 },
        TargetKind::Values { size: 1 },
        Supervision::EveryStep,
        vec![sequence; 3],
    )
    .unwrap();
    let losses = |configuration: ModelConfiguration| {
        let mut model = Model::new(configuration, 4).unwrap();
        let mut parameters = model.parameters().to_vec();
        for tensor in model.tensors() {
            if tensor.name == "recurrent.weight_hh_l0" {
                parameters[tensor.range()].fill(0.0);
            }
        }
        model.set_parameters(&parameters).unwrap();
        let training = Training {
            window: Some(2),
            ..frozen()
        };
        let mut losses = Vec::new();
        let mut observer = |event: Event| {
            if let Event::UpdateDone { loss, .. } = event {
                losses.push(loss.to_bits());
            }
        };
        let stop = AtomicBool::new(false);
        train(
            &mut model,
            &set,
            &set,
            &training,
            None,
            &mut observer,
            &stop,
        )
        .unwrap();
        assert_eq!(losses.len(), 2 * 3 * 4);
        losses.into_iter().collect::<HashSet<u64>>().len()
    };
    assert_eq!(losses(configuration.clone()), 24);
    configuration.output_dropout = 0.0;
    assert_eq!(losses(configuration), 1);
}

#[test]
fn biases_decay_only_where_that_is_asked_for() {
    let problem = gru(Supervision::EveryStep);
    let model = problem.model();
    let end = |decay_biases, weight_decay| {
        let training = Training {
            decay_biases,
            weight_decay: Some(weight_decay),
            ..quick()
        };
        after_one_update(&problem, training)
    };
    let (none, all, matrices) = (end(true, 0.0), end(true, 0.5), end(false, 0.5));
    for tensor in model.tensors() {
        let range = tensor.range();
        let of = |values: &[f32]| values[range.clone()].to_vec();
        assert_ne!(of(&all), of(&none), "{}", tensor.name);
        let expected = if tensor.name.contains("bias") {
            &none
        } else {
            &all
        };
        assert_eq!(of(&matrices), of(expected), "{}", tensor.name);
    }
}

#[test]
fn a_weight_decay_that_is_not_given_is_the_optimisers_own() {
    let problem = gru(Supervision::EveryStep);
    for (optimiser, default) in [
        (Optimiser::adam_w(), 0.01),
        (Optimiser::rms_prop(), 0.0),
        (Optimiser::sgd(0.9), 0.0),
    ] {
        let end = |weight_decay| {
            let training = Training {
                optimiser,
                weight_decay,
                ..quick()
            };
            after_one_update(&problem, training)
        };
        assert_eq!(end(None), end(Some(default)), "{optimiser:?}");
        assert_ne!(end(None), end(Some(0.3)), "{optimiser:?}");
    }
    assert_ne!(
        after_one_update(&problem, quick()),
        after_one_update(
            &problem,
            Training {
                weight_decay: Some(0.0),
                ..quick()
            }
        )
    );
}
