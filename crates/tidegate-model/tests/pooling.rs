//! Pooled readouts against their equations, computed here in f64 one sequence at a time.
#![allow(clippy::unwrap_used)]

mod models;

use models::{OwnedInputs, bits, cells, configuration, run, uniform};
use tidegate_cells::Batch;
use tidegate_model::{BatchInputs, Model, ModelError, ModelTape, Readout};

const STEPS: usize = 7;
const LENGTHS: [usize; 5] = [7, 1, 0, 4, 7];

/// A pooling model in both directions, with attention that is far from even.
fn pooling(readout: Readout) -> Model {
    let mut configuration = configuration(cells()[0], None, readout);
    configuration.recurrent.bidirectional = true;
    let model = Model::new(configuration, 5).unwrap();
    let scaled = model.parameters().iter().map(|value| 4.0 * value).collect();
    Model::from_parameters(model.configuration().clone(), scaled).unwrap()
}

fn tensor(model: &Model, name: &str) -> Vec<f64> {
    let tensor = model.tensors().iter().find(|one| one.name == name).unwrap();
    let values = &model.parameters()[tensor.range()];
    values.iter().map(|&value| f64::from(value)).collect()
}

/// `W x + b`.
fn affine(weight: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    let rows = weight.chunks_exact(x.len()).zip(bias);
    rows.map(|(row, bias)| bias + row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>())
        .collect()
}

/// The hidden states of one sequence in both directions, side by side, as a model with the identity for a head gives them.
fn hidden_states(model: &Model, inputs: &OwnedInputs, positions: &[usize]) -> Vec<Vec<f64>> {
    let stack = &model.configuration().recurrent;
    let width = stack.output_size();
    let mut configuration = model.configuration().clone();
    configuration.readout = Readout::EveryStep;
    configuration.outputs = width;
    let mut parameters = model.parameters()[..stack.parameter_count()].to_vec();
    parameters.extend((0..width * width).map(|at| f32::from(u8::from(at % (width + 1) == 0))));
    parameters.extend(vec![0.0; width]);
    let reader = Model::from_parameters(configuration, parameters).unwrap();
    let batch = Batch::full(positions.len(), 1);
    let (mut state, mut outputs) = (reader.zero_state(1), Vec::new());
    let inputs = inputs.rows(3, positions);
    reader
        .forward(&batch, &inputs.inputs(), &mut state, &mut outputs)
        .unwrap();
    let steps = outputs.chunks_exact(width);
    steps
        .map(|step| step.iter().map(|&value| f64::from(value)).collect())
        .collect()
}

/// The weights of the steps.
fn weights(model: &Model, states: &[Vec<f64>]) -> Vec<f64> {
    if model.configuration().readout == Readout::Mean {
        return vec![1.0 / states.len() as f64; states.len()];
    }
    let [weight, bias, score] =
        ["weight", "bias", "score"].map(|name| tensor(model, &format!("pooling.{name}")));
    let scores: Vec<f64> = states
        .iter()
        .map(|state| {
            let projected = affine(&weight, &bias, state);
            projected
                .iter()
                .zip(&score)
                .map(|(u, v)| u.tanh() * v)
                .sum()
        })
        .collect();
    let total: f64 = scores.iter().map(|score: &f64| score.exp()).sum();
    scores.iter().map(|score| score.exp() / total).collect()
}

#[test]
fn pooled_outputs_are_those_of_the_equations() {
    for readout in [Readout::Mean, Readout::Attention] {
        let model = pooling(readout);
        let width = model.configuration().recurrent.output_size();
        let inputs = OwnedInputs::random(model.configuration(), STEPS * LENGTHS.len(), 2);
        let (mut state, mut outputs) = (model.zero_state(LENGTHS.len()), Vec::new());
        let batch = Batch::ragged(STEPS, &LENGTHS);
        model
            .forward(&batch, &inputs.inputs(), &mut state, &mut outputs)
            .unwrap();
        let mut uneven = false;
        for (row, &length) in LENGTHS.iter().enumerate() {
            let positions: Vec<usize> = (0..length).map(|at| at * LENGTHS.len() + row).collect();
            let states = hidden_states(&model, &inputs, &positions);
            let weights = weights(&model, &states);
            uneven |= weights.iter().any(|weight| *weight > 1.25 / length as f64);
            let mut pooled = vec![0.0; width];
            for (state, weight) in states.iter().zip(weights) {
                for (pooled, value) in pooled.iter_mut().zip(state) {
                    *pooled += weight * value;
                }
            }
            let head = ["head.weight", "head.bias"].map(|name| tensor(&model, name));
            let expected = affine(&head[0], &head[1], &pooled);
            for (found, expected) in outputs[2 * row..].iter().zip(expected) {
                let difference = (f64::from(*found) - expected).abs();
                assert!(
                    difference < 2e-6,
                    "{readout:?}, sequence {row}: {found}, {expected}"
                );
            }
        }
        assert_eq!(uneven, readout == Readout::Attention);
    }
}

#[test]
fn the_bits_of_pooled_outputs_and_gradients_depend_on_no_number_of_threads() {
    for readout in [Readout::Mean, Readout::Attention] {
        let mut configuration = configuration(cells()[0], None, readout);
        configuration.recurrent.hidden_size = 70;
        let model = Model::new(configuration, 5).unwrap();
        let lengths: Vec<usize> = (0..40).map(|row| row % 14).collect();
        let inputs = uniform(13 * 40 * 3, 1);
        let pass = || {
            let batch = Batch::ragged(13, &lengths);
            let inputs = BatchInputs::Features(&inputs);
            let (mut state, mut outputs) = (model.zero_state(40), Vec::new());
            let mut tape = ModelTape::new();
            model
                .forward_training(&batch, &inputs, &mut state, None, &mut tape, &mut outputs)
                .unwrap();
            let mut gradient = vec![0.0; model.parameter_count()];
            model
                .backward(&batch, &inputs, &mut tape, &outputs, &mut gradient)
                .unwrap();
            (bits(&outputs), bits(&gradient))
        };
        let of_threads = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(pass)
        };
        assert_eq!(of_threads(1), of_threads(3));
    }
}

#[test]
fn scores_beyond_what_an_exponential_holds_pick_one_step() {
    let model = pooling(Readout::Attention);
    let mut parameters = model.parameters().to_vec();
    let score = model
        .tensors()
        .iter()
        .find(|one| one.name == "pooling.score");
    parameters[score.unwrap().range()]
        .iter_mut()
        .for_each(|value| *value *= 1e6);
    let model = Model::from_parameters(model.configuration().clone(), parameters).unwrap();
    let inputs = OwnedInputs::random(model.configuration(), STEPS, 2);
    let (outputs, _) = run(&model, &Batch::full(STEPS, 1), &inputs);
    assert!(outputs.iter().all(|&bits| f32::from_bits(bits).is_finite()));
    let positions: Vec<usize> = (0..STEPS).collect();
    let states = hidden_states(&model, &inputs, &positions);
    let head = ["head.weight", "head.bias"].map(|name| tensor(&model, name));
    let nearest = states
        .iter()
        .map(|state| {
            let expected = affine(&head[0], &head[1], state);
            let pairs = outputs.iter().zip(expected);
            pairs
                .map(|(&found, expected)| (f64::from(f32::from_bits(found)) - expected).abs())
                .fold(0.0, f64::max)
        })
        .fold(f64::INFINITY, f64::min);
    assert!(nearest < 1e-5, "{nearest}");
}

#[test]
fn a_model_that_pools_cannot_be_stepped_and_says_why() {
    for readout in [Readout::Mean, Readout::Attention] {
        let model = Model::new(configuration(cells()[0], None, readout), 1).unwrap();
        assert!(model.configuration().needs_whole_sequences());
        let (mut state, mut scratch) = (model.zero_state(1), model.step_scratch(1));
        let before = state.clone();
        let inputs = BatchInputs::Features(&[0.5; 3]);
        let error = model
            .step(&inputs, &mut state, &mut scratch, &mut [0.0; 2])
            .unwrap_err();
        assert!(matches!(error, ModelError::Pooling), "{error}");
        assert!(
            error.to_string().contains("pools over all steps"),
            "{error}"
        );
        assert_eq!(state, before);
    }
}
