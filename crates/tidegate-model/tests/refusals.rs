//! What does not fit a model is refused by name, and changes nothing.
#![allow(clippy::unwrap_used)]

mod models;

use models::{OwnedInputs, cells, configuration, run};
use tidegate_cells::{Batch, Error};
use tidegate_model::{BatchInputs, Model, ModelError, Readout};

/// A GRU on 3 features, or on 6 tokens.
fn model(vocabulary: Option<usize>) -> Model {
    Model::new(configuration(cells()[0], vocabulary, Readout::EveryStep), 3).unwrap()
}

#[test]
fn inputs_that_do_not_fit_are_refused_and_named_and_leave_the_state_alone() {
    let (features, tokens) = (model(None), model(Some(6)));
    let refuse = |model: &Model, inputs: BatchInputs, lengths: Option<&[usize]>| {
        let mut state = model.zero_state(2);
        state.hidden.fill(0.5);
        let before = state.clone();
        let batch = Batch::padded(2, 2, lengths);
        let error = model
            .forward(&batch, &inputs, &mut state, &mut Vec::new())
            .unwrap_err();
        assert_eq!(state, before, "{error}");
        error
    };
    let error = refuse(&features, BatchInputs::Tokens(&[0; 4]), None);
    assert_eq!(
        error.to_string(),
        "the model reads features, but was given tokens"
    );
    let error = refuse(&tokens, BatchInputs::Features(&[0.0; 12]), None);
    assert_eq!(
        error.to_string(),
        "the model reads tokens, but was given features"
    );
    let error = refuse(&features, BatchInputs::Features(&[0.0; 11]), None);
    assert_eq!(
        error.to_string(),
        "features: expected 12 values (steps 2 × batch 2 × input_size 3), found 11"
    );
    let error = refuse(&tokens, BatchInputs::Tokens(&[0, 1, 6, 0]), None);
    assert!(
        matches!(
            error,
            ModelError::Token {
                row: 0,
                step: 1,
                token: 6,
                vocabulary: 6
            }
        ),
        "{error}"
    );
    let error = refuse(&tokens, BatchInputs::Tokens(&[0; 4]), Some(&[3, 0]));
    assert!(matches!(error, ModelError::Cells(_)), "{error}");
    let error = refuse(&tokens, BatchInputs::Tokens(&[0; 4]), Some(&[2]));
    assert!(matches!(error, ModelError::Cells(_)), "{error}");
    let mut values = [0.0; 12];
    values[7] = f32::NAN;
    let error = refuse(&features, BatchInputs::Features(&values), None);
    assert!(error.to_string().contains("not finite"), "{error}");
    let endless = Batch::full(usize::MAX, 2);
    let outcome = tokens.forward(
        &endless,
        &BatchInputs::Tokens(&[]),
        &mut tokens.zero_state(2),
        &mut Vec::new(),
    );
    assert!(matches!(
        outcome,
        Err(ModelError::Cells(Error::Length { .. }))
    ));
}

#[test]
fn steps_that_do_not_fit_are_refused() {
    let model = model(None);
    let (mut state, mut scratch) = (model.zero_state(2), model.step_scratch(2));
    let features = BatchInputs::Features(&[0.0; 6]);
    assert!(
        model
            .step(&features, &mut state, &mut scratch, &mut [0.0; 3])
            .is_err()
    );
    assert!(
        model
            .step(
                &BatchInputs::Features(&[0.0; 5]),
                &mut state,
                &mut scratch,
                &mut [0.0; 4]
            )
            .is_err()
    );
    assert!(
        model
            .step(
                &features,
                &mut state,
                &mut model.step_scratch(3),
                &mut [0.0; 4]
            )
            .is_err()
    );
    assert!(
        model
            .step(&features, &mut state, &mut scratch, &mut [0.0; 4])
            .is_ok()
    );
    let both = Model::new(
        {
            let mut configuration = model.configuration().clone();
            configuration.recurrent.bidirectional = true;
            configuration
        },
        1,
    )
    .unwrap();
    let (mut state, mut scratch) = (both.zero_state(2), both.step_scratch(2));
    let error = both
        .step(&features, &mut state, &mut scratch, &mut [0.0; 4])
        .unwrap_err();
    assert!(error.to_string().contains("bidirectional"), "{error}");
}

#[test]
fn parameters_that_do_not_fit_are_refused_and_leave_the_model_as_it_was() {
    let mut model = model(None);
    let inputs = OwnedInputs::random(model.configuration(), 6, 1);
    let before = run(&model, &Batch::full(3, 2), &inputs);
    let mut parameters = model.parameters().to_vec();
    parameters[4] = f32::INFINITY;
    let error = model.set_parameters(&parameters).unwrap_err();
    assert_eq!(
        error.to_string(),
        "parameter recurrent.weight_ih_l0[1, 1] is inf: parameters must be finite"
    );
    assert!(model.set_parameters(&parameters[1..]).is_err());
    assert!(Model::from_parameters(model.configuration().clone(), parameters).is_err());
    assert_eq!(run(&model, &Batch::full(3, 2), &inputs), before);
}
