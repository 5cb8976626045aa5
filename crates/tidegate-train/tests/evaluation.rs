//! The loss over a set.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::{gru, lstm_with_noise, running_mean};
use tidegate_cells::Batch;
use tidegate_data::{Inputs, Supervision, Targets};
use tidegate_model::BatchInputs;
use tidegate_train::evaluate;
use tidegate_train::losses::mean_squared_error;

#[test]
fn evaluation_does_not_depend_on_the_batch_size_and_counts_supervised_steps() {
    for problem in [
        gru(Supervision::EveryStep),
        gru(Supervision::LastStep),
        lstm_with_noise(),
    ] {
        let model = problem.model();
        let one = evaluate(&model, &problem.train, 1).unwrap();
        assert_eq!(one.steps, problem.train.supervised_steps());
        for batch_size in [2, 5, 100] {
            let other = evaluate(&model, &problem.train, batch_size).unwrap();
            assert_eq!(other.steps, one.steps);
            assert!((other.loss - one.loss).abs() <= 1e-12 * one.loss);
        }
    }
}

#[test]
fn evaluation_carries_the_state_through_long_sequences() {
    let problem = gru(Supervision::EveryStep);
    let set = running_mean(Supervision::EveryStep, &[1700], 4);
    let model = problem.model();
    let (Inputs::Features { values, .. }, Targets::Values(targets)) =
        (&set.sequences[0].inputs, &set.sequences[0].targets)
    else {
        panic!("features and values")
    };
    let batch = Batch::full(1700, 1);
    let mut outputs = Vec::new();
    model
        .forward(
            &batch,
            &BatchInputs::Features(values),
            &mut model.zero_state(1),
            &mut outputs,
        )
        .unwrap();
    let mut gradient = vec![0.0; outputs.len()];
    let whole = mean_squared_error(&batch, 1, &outputs, targets, &mut gradient)
        .unwrap()
        .mean();
    let found = evaluate(&model, &set, 1).unwrap();
    assert!((found.loss - whole).abs() <= 1e-12 * whole && found.steps == 1700);
}
