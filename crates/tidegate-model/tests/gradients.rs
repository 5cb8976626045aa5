//! The gradient of every parameter against finite differences of the whole model.
#![allow(clippy::unwrap_used)]

mod models;

use models::{OwnedInputs, READOUTS, cells, configuration, uniform};
use tidegate_cells::{Batch, Noise, State};
use tidegate_model::{BatchInputs, Model, ModelConfiguration, ModelTape, Readout};

const LENGTHS: [usize; 4] = [6, 0, 3, 5];

/// A weighted sum of the outputs of a ragged batch, in f64, and what is needed to compute it.
struct Objective {
    inputs: OwnedInputs,
    state: State,
    weights: Vec<f32>,
    noise: Option<Noise>,
}

impl Objective {
    fn new(model: &Model, noise: Option<Noise>) -> Self {
        let rows = 6 * LENGTHS.len();
        let mut state = model.zero_state(LENGTHS.len());
        state.hidden = uniform(state.hidden.len(), 5);
        state.cell = uniform(state.cell.len(), 6);
        Objective {
            inputs: OwnedInputs::random(model.configuration(), rows, 3),
            state,
            weights: uniform(rows * model.configuration().outputs, 4),
            noise,
        }
    }

    fn pass(&self, model: &Model, tape: &mut ModelTape) -> (f64, usize) {
        let (mut state, mut outputs) = (self.state.clone(), Vec::new());
        let batch = Batch::ragged(6, &LENGTHS);
        model
            .forward_training(
                &batch,
                &self.inputs.inputs(),
                &mut state,
                self.noise,
                tape,
                &mut outputs,
            )
            .unwrap();
        let sum = outputs
            .iter()
            .zip(&self.weights)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum();
        (sum, outputs.len())
    }

    fn gradient(&self, model: &Model) -> Vec<f32> {
        let mut tape = ModelTape::new();
        let (_, count) = self.pass(model, &mut tape);
        let mut gradient = vec![0.0; model.parameter_count()];
        let batch = Batch::ragged(6, &LENGTHS);
        model
            .backward(
                &batch,
                &self.inputs.inputs(),
                &mut tape,
                &self.weights[..count],
                &mut gradient,
            )
            .unwrap();
        gradient
    }
}

/// Compares every element of the gradient with a central difference of fourth order.
fn check(configuration: ModelConfiguration, noise: Option<Noise>) {
    let mut model = Model::new(configuration.clone(), 11).unwrap();
    let objective = Objective::new(&model, noise);
    let gradient = objective.gradient(&model);
    let parameters = model.parameters().to_vec();
    let mut tape = ModelTape::new();
    let mut moved = |index: usize, by: f32| {
        let mut moved = parameters.clone();
        moved[index] += by;
        model.set_parameters(&moved).unwrap();
        objective.pass(&model, &mut tape).0 / f64::from(moved[index] - parameters[index]) / 2.0
    };
    const STEP: f32 = 1.0 / 32.0;
    for (index, found) in gradient.iter().enumerate() {
        let near = moved(index, STEP) + moved(index, -STEP);
        let far = moved(index, 2.0 * STEP) + moved(index, -2.0 * STEP);
        let expected = (4.0 * near - far) / 3.0;
        let found = f64::from(*found);
        // Rounding: about 20 outputs of 1e-7 each over 2 · STEP; truncation: STEP⁴ times a fifth derivative.
        let bound = 2e-4 * (1.0 + expected.abs());
        assert!(
            (found - expected).abs() < bound,
            "{configuration:?}, parameter {index}: {found}, expected {expected}"
        );
    }
}

#[test]
fn gradients_of_every_cell_and_readout_agree_with_finite_differences() {
    for cell in cells() {
        for readout in READOUTS {
            check(configuration(cell, None, readout), None);
        }
    }
}

#[test]
fn gradients_of_a_model_without_a_head_agree_with_finite_differences() {
    for readout in READOUTS {
        for (vocabulary, bidirectional, dropout) in [(None, true, 0.0), (Some(4), false, 0.3)] {
            let with_head = configuration(cells()[0], vocabulary, readout);
            let mut configuration =
                ModelConfiguration::headless(with_head.input, with_head.recurrent, readout);
            configuration.recurrent.bidirectional = bidirectional;
            configuration.outputs = configuration.recurrent.output_size();
            configuration.output_dropout = dropout;
            check(configuration, (dropout > 0.0).then(|| Noise::new(9)));
        }
    }
}

#[test]
fn gradients_reach_an_embedding_through_layers_and_directions() {
    for readout in READOUTS {
        let mut configuration = configuration(cells()[0], Some(4), readout);
        configuration.recurrent.layers = 2;
        configuration.recurrent.bidirectional = true;
        check(configuration, None);
    }
}

#[test]
fn gradients_pass_through_the_masks_of_the_forward_pass() {
    for (vocabulary, readout) in [
        (None, Readout::EveryStep),
        (Some(4), Readout::EveryStep),
        (Some(4), Readout::LastStep),
        (Some(4), Readout::Mean),
        (Some(4), Readout::Attention),
    ] {
        let mut configuration = configuration(cells()[0], vocabulary, readout);
        configuration.input_dropout = 0.4;
        configuration.output_dropout = 0.3;
        check(configuration, Some(Noise::new(9)));
    }
}

#[test]
fn gradients_add_to_what_stands_there() {
    let model = Model::new(configuration(cells()[0], Some(4), Readout::EveryStep), 1).unwrap();
    let objective = Objective::new(&model, None);
    let once = objective.gradient(&model);
    let mut tape = ModelTape::new();
    let batch = Batch::ragged(6, &LENGTHS);
    let mut twice = vec![0.0; model.parameter_count()];
    for _ in 0..2 {
        objective.pass(&model, &mut tape);
        model
            .backward(
                &batch,
                &objective.inputs.inputs(),
                &mut tape,
                &objective.weights,
                &mut twice,
            )
            .unwrap();
    }
    for (index, (once, twice)) in once.iter().zip(&twice).enumerate() {
        assert!(
            (2.0 * once - twice).abs() <= 1e-5 * (1.0 + once.abs()),
            "parameter {index}: {once}, {twice}"
        );
    }
}

#[test]
fn what_stands_past_a_sequences_end_changes_no_bit_of_the_gradient() {
    let models = [None, Some(4)].into_iter().flat_map(|vocabulary| {
        READOUTS.map(|readout| configuration(cells()[0], vocabulary, readout))
    });
    for configuration in models {
        let every_step = configuration.readout == Readout::EveryStep;
        let model = Model::new(configuration, 1).unwrap();
        let mut objective = Objective::new(&model, None);
        let clean = objective.gradient(&model);
        for (row, length) in LENGTHS.into_iter().enumerate() {
            for position in (length..6).map(|step| step * LENGTHS.len() + row) {
                match &mut objective.inputs {
                    OwnedInputs::Features(values) => {
                        values[position * 3..(position + 1) * 3].fill(1e30)
                    }
                    OwnedInputs::Tokens(tokens) => tokens[position] = u32::MAX,
                }
                if every_step {
                    objective.weights[position * 2..(position + 1) * 2].fill(f32::NAN);
                }
            }
        }
        let mut tape = ModelTape::new();
        let (mut state, mut outputs) = (objective.state.clone(), Vec::new());
        let batch = Batch::ragged(6, &LENGTHS);
        let inputs = objective.inputs.inputs();
        model
            .forward_training(&batch, &inputs, &mut state, None, &mut tape, &mut outputs)
            .unwrap();
        let mut gradient = vec![0.0; model.parameter_count()];
        model
            .backward(
                &batch,
                &inputs,
                &mut tape,
                &objective.weights[..outputs.len()],
                &mut gradient,
            )
            .unwrap();
        assert_eq!(gradient, clean);
    }
}

#[test]
fn a_tape_serves_one_backward_pass_of_its_own_batch() {
    let model = models::gru();
    let (inputs, mut outputs, mut tape) = (
        OwnedInputs::random(model.configuration(), 6, 1),
        Vec::new(),
        ModelTape::new(),
    );
    let mut gradient = vec![0.0; model.parameter_count()];
    let batch = Batch::full(3, 2);
    let mut backward = |tape: &mut ModelTape, batch: &Batch| {
        model.backward(batch, &inputs.inputs(), tape, &[1.0; 12], &mut gradient)
    };
    assert!(backward(&mut tape, &batch).is_err(), "an empty tape");
    let mut record = |tape: &mut ModelTape| {
        let mut state = model.zero_state(2);
        model
            .forward_training(
                &batch,
                &inputs.inputs(),
                &mut state,
                None,
                tape,
                &mut outputs,
            )
            .unwrap();
    };
    record(&mut tape);
    assert!(backward(&mut tape, &batch).is_ok());
    assert!(
        backward(&mut tape, &batch).is_err(),
        "a tape that was consumed"
    );
    record(&mut tape);
    assert!(
        backward(&mut tape, &Batch::full(2, 3)).is_err(),
        "another batch"
    );
}

#[test]
fn a_tape_can_pass_from_one_model_to_another() {
    let (inputs, mut outputs, mut tape) = (vec![0.5; 18], Vec::new(), ModelTape::new());
    let batch = Batch::full(3, 2);
    let configurations = cells()
        .into_iter()
        .flat_map(|cell| READOUTS[1..].iter().map(move |&readout| (cell, readout)));
    for (cell, readout) in configurations {
        let model = Model::new(configuration(cell, None, readout), 1).unwrap();
        let mut pass = |tape: &mut ModelTape| {
            let (mut state, inputs) = (model.zero_state(2), BatchInputs::Features(&inputs));
            let mut gradient = vec![0.0; model.parameter_count()];
            model
                .forward_training(&batch, &inputs, &mut state, None, tape, &mut outputs)
                .unwrap();
            model
                .backward(&batch, &inputs, tape, &[1.0; 4], &mut gradient)
                .unwrap();
            gradient
        };
        assert_eq!(pass(&mut tape), pass(&mut ModelTape::new()));
    }
}

#[test]
fn an_output_gradient_that_is_not_finite_is_named_and_changes_nothing() {
    let model = models::gru();
    let inputs = [0.5; 18];
    let (inputs, mut outputs, mut tape) =
        (BatchInputs::Features(&inputs), Vec::new(), ModelTape::new());
    let batch = Batch::ragged(3, &[1, 3]);
    model
        .forward_training(
            &batch,
            &inputs,
            &mut model.zero_state(2),
            None,
            &mut tape,
            &mut outputs,
        )
        .unwrap();
    let (mut output_gradient, mut gradient) = ([1.0; 12], vec![0.0; model.parameter_count()]);
    // Padding of sequence 0, then output 1 of sequence 1 at step 2.
    (output_gradient[5], output_gradient[11]) = (f32::NAN, f32::INFINITY);
    let error = model
        .backward(&batch, &inputs, &mut tape, &output_gradient, &mut gradient)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "output_gradient is not finite: inf at sequence 1, step 2, output 1"
    );
    assert!(gradient.iter().all(|&value| value == 0.0));
}
