//! Numbers that grow beyond f32 stop a run, which says where, and spoil nothing.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::sync::atomic::AtomicBool;

use support::{gru, quick};
use tidegate_cells::{Activation, Cell, Rnn, Stack};
use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::{
    Checkpointing, Event, Optimiser, Outcome, TrainError, Training, evaluate, train,
};

/// A plain recurrent network of one unit: h = relu(`input` x + `recurrent` h), output `head` h.
fn unit(input: f32, recurrent: f32, head: f32) -> Model {
    let cell = Cell::Rnn(Rnn {
        activation: Activation::Relu,
    });
    let configuration = ModelConfiguration::new(
        InputLayer::Features,
        Stack::new(cell, 1, 1),
        1,
        Readout::LastStep,
    );
    Model::from_parameters(configuration, vec![input, recurrent, 0.0, 0.0, head, 0.0]).unwrap()
}

/// One sequence of equal inputs with a target at its end.
fn constant(value: f32, steps: usize, target: f32) -> SequenceSet {
    let sequence = Sequence {
        inputs: Inputs::Features {
            size: 1,
            values: vec![value; steps],
        },
        targets: Targets::Values(vec![target]),
    };
    SequenceSet::new(
        InputKind::Features { size: 1 },
        TargetKind::Values { size: 1 },
        Supervision::LastStep,
        vec![sequence],
    )
    .unwrap()
}

/// Epoch, update and what is not finite, of a run that must end so and leave the parameters as they were.
fn place(
    mut model: Model,
    set: &SequenceSet,
    valid: &SequenceSet,
    training: &Training,
) -> (usize, u64, &'static str) {
    let before = model.parameters().to_vec();
    let stop = AtomicBool::new(false);
    let error = train(&mut model, set, valid, training, None, &mut |_| {}, &stop).unwrap_err();
    let message = error.to_string();
    let TrainError::NotFinite {
        what,
        epoch,
        update,
    } = error
    else {
        panic!("{message}")
    };
    let expected = format!("{what} is not finite in epoch {epoch}, update {update}: ");
    assert!(message.starts_with(&expected), "{message}");
    if what != "the validation loss" {
        assert_eq!(model.parameters(), before);
    }
    (epoch, update, what)
}

fn plain() -> Training {
    Training {
        optimiser: Optimiser::sgd(0.0),
        learning_rate: 1e-30,
        ..quick()
    }
}

#[test]
fn a_loss_that_stops_being_finite_is_named_with_its_place_and_spoils_no_parameter() {
    let problem = gru(Supervision::EveryStep);
    let optimiser = Optimiser::sgd(0.0);
    let training = Training {
        optimiser,
        learning_rate: 1e38,
        clip_norm: None,
        ..quick()
    };
    let mut model = problem.model();
    let stop = AtomicBool::new(false);
    let mut last = 0;
    let mut observer = |event: Event| {
        if let Event::UpdateDone { update, .. } = event {
            last = update;
        }
    };
    let (train_set, valid) = (&problem.train, &problem.valid);
    let error = tidegate_train::train(
        &mut model,
        train_set,
        valid,
        &training,
        None,
        &mut observer,
        &stop,
    )
    .unwrap_err();
    let TrainError::NotFinite { epoch, update, .. } = error else {
        panic!("{error}")
    };
    assert_eq!((epoch, update), (1, last + 1));
    assert!(model.parameters().iter().all(|value| value.is_finite()));
    assert!(
        error
            .to_string()
            .contains(&format!("epoch 1, update {update}")),
        "{error}"
    );
}

#[test]
fn a_state_that_overflows_where_nothing_is_supervised_is_named_with_its_place() {
    let set = constant(1.0, 100, 0.0);
    let training = Training {
        window: Some(20),
        ..plain()
    };
    let found = place(unit(1.0, 10.0, 1e-30), &set, &set, &training);
    assert_eq!(found, (1, 1, "the carried state"));
}

#[test]
fn a_number_that_overflows_before_the_recurrent_layers_is_named_with_its_place() {
    let set = constant(3e38, 3, 0.0);
    let model = unit(1e-38, 0.0, 1.0);
    let mut configuration = model.configuration().clone();
    configuration.input_dropout = 0.5;
    let model = Model::from_parameters(configuration, model.parameters().to_vec()).unwrap();
    let found = place(model, &set, &set, &plain());
    assert_eq!(found, (1, 1, "a number on its way through the model"));
}

#[test]
fn a_gradient_that_overflows_in_the_head_is_named_with_its_place() {
    // The output is 1e18, so the loss 1e36; the gradient of the state 2e18 · 1e30.
    let set = constant(1.0, 3, 0.0);
    let found = place(unit(1e-12, 0.0, 1e30), &set, &set, &plain());
    assert_eq!(
        found,
        (1, 1, "a gradient on its way back through the model")
    );
}

#[test]
fn a_weight_gradient_that_overflows_is_named_with_its_place() {
    // The output is 1e15; the gradient of the input's weight 2e15 · 1 · 1e30.
    let set = constant(1e30, 3, 0.0);
    for clip_norm in [Some(1.0), None] {
        let training = Training {
            clip_norm,
            ..plain()
        };
        let found = place(unit(1e-15, 0.0, 1.0), &set, &set, &training);
        assert_eq!(found, (1, 1, "the gradient's norm"));
    }
}

#[test]
fn an_evaluation_that_overflows_says_so() {
    let loss = |model: Model, set: SequenceSet| evaluate(&model, &set, 1);
    // The loss itself; the state in its last window; the state before it, where nothing is supervised.
    for (model, set) in [
        (unit(1.0, 0.0, 1.0), constant(1e30, 3, 0.0)),
        (unit(1.0, 10.0, 1.0), constant(1.0, 100, 0.0)),
        (unit(1.0, 10.0, 1.0), constant(1.0, 1100, 0.0)),
    ] {
        let found = loss(model, set);
        assert!(
            matches!(found, Err(TrainError::EvaluationNotFinite)),
            "{found:?}"
        );
    }
    assert!(loss(unit(1.0, 0.5, 1.0), constant(1.0, 1100, 0.0)).is_ok());
}

#[test]
fn a_validation_that_overflows_stops_the_run_at_its_place() {
    let set = constant(1.0, 3, 0.0);
    for valid in [constant(1e30, 3, 0.0), constant(1.0, 1100, 0.0)] {
        let found = place(unit(1.0, 10.0, 1.0), &set, &valid, &plain());
        assert_eq!(found, (1, 1, "the validation loss"));
    }
}

#[test]
fn the_last_checkpoint_stays_when_a_run_stops_being_finite() {
    let problem = gru(Supervision::EveryStep);
    let folder = tempfile::tempdir().unwrap();
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let training = Training {
        optimiser: Optimiser::sgd(0.0),
        learning_rate: 1e38,
        clip_norm: None,
        ..quick()
    };
    let stop = AtomicBool::new(true);
    let (_, trained) = problem
        .train_with(&training, Some(&checkpointing), &mut |_| {}, &stop)
        .unwrap();
    assert_eq!(trained.outcome, Outcome::Interrupted);
    let before = std::fs::read(&checkpointing.path).unwrap();
    let stop = AtomicBool::new(false);
    let result = problem.train_with(&training, Some(&checkpointing), &mut |_| {}, &stop);
    assert!(matches!(result, Err(TrainError::NotFinite { .. })));
    assert_eq!(std::fs::read(&checkpointing.path).unwrap(), before);
}
