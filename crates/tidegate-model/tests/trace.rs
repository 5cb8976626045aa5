//! The trace of a model is that of its recurrent layers on what they read.

mod models;

use models::{OwnedInputs, bits, cells, configuration};
use tidegate_cells::Batch;
use tidegate_model::{Model, Readout};

#[test]
fn the_last_hidden_state_of_a_trace_is_the_final_state_of_the_forward_pass() {
    for cell in cells() {
        for vocabulary in [None, Some(4)] {
            let mut configuration = configuration(cell, vocabulary, Readout::EveryStep);
            configuration.recurrent.layers = 2;
            configuration.recurrent.bidirectional = true;
            let model = Model::new(configuration.clone(), 3).unwrap();
            let inputs = OwnedInputs::random(&configuration, 7, 5);
            let (batch, mut state) = (Batch::full(7, 1), model.zero_state(1));
            let trace = model.trace(&batch, &inputs.inputs(), &mut state).unwrap();
            let (_, expected) = models::run(&model, &batch, &inputs);
            assert_eq!(bits(&state.hidden), expected);
            let last: Vec<f32> = trace
                .gates
                .iter()
                .filter(|gate| gate.name == "hidden")
                .flat_map(|gate| {
                    let step = if gate.reverse { 0 } else { 6 };
                    gate.values[step * 5..][..5].to_vec()
                })
                .collect();
            assert_eq!(bits(&last), expected);
        }
    }
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let model = models::gru();
    let mut state = model.zero_state(1);
    let tokens = OwnedInputs::Tokens(vec![0; 2]);
    let error = model
        .trace(&Batch::full(2, 1), &tokens.inputs(), &mut state)
        .unwrap_err();
    assert!(error.to_string().contains("reads features"), "{error}");
    let short = OwnedInputs::Features(vec![0.0; 5]);
    assert!(
        model
            .trace(&Batch::full(2, 1), &short.inputs(), &mut state)
            .is_err()
    );
}
