//! The engine against PyTorch in float64: outputs, final states and every gradient, over all cells, layers, directions,
//! ragged batches and initial states. `tests/reference` holds the vectors and the script that makes them.

#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use support::closeness::Comparison;
use support::vectors::{Named, Vectors, folder};
use support::weights::flat;
use tidegate_cells::{Engine, State, Tape};

/// Largest difference allowed, relative to the largest magnitude in the same tensor. Float32 by PyTorch stays within
/// 2e-6 on these cases.
const BOUND: f64 = 1e-5;

/// One test per vector file, and the list of all of them.
macro_rules! vectors {
    ($($name:ident),* $(,)?) => {
        mod outputs_states_and_gradients_match_pytorch_in_float64 {
            $(
                #[test]
                fn $name() {
                    super::compare(stringify!($name));
                }
            )*
        }

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

vectors! {
    gru_one_unit,
    gru_one_layer,
    gru_33_units,
    gru_two_layers_ragged,
    gru_three_layers_bidirectional_ragged,
    gru_empty_sequences,
    gru_reset_before,
    gru_reset_before_two_layers_bidirectional_ragged,
    gru_relu_candidate,
    gru_reset_before_relu_candidate,
    lstm_one_unit,
    lstm_one_layer_ragged,
    lstm_33_units,
    lstm_bidirectional_ragged,
    lstm_three_layers_bidirectional,
    lstm_peepholes,
    lstm_peepholes_two_layers_bidirectional_ragged,
    rnn_tanh_33_units,
    rnn_tanh_two_layers_bidirectional_ragged,
    rnn_relu_two_layers_ragged,
    mgu,
    mgu_two_layers_bidirectional_ragged,
}

#[test]
fn every_vector_file_has_its_test() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let mut names = NAMES.to_vec();
    names.sort_unstable();
    assert_eq!(files, names);
}

fn compare(name: &str) {
    let vectors = Vectors::read(name);
    let mut comparison = Comparison::new(BOUND);
    compare_names_and_shapes(&vectors, &mut comparison);
    let weights = flat(&vectors.stack, |name| {
        let named = vectors.weights.get(name);
        named
            .unwrap_or_else(|| panic!("the engine asks for {name}, which PyTorch does not have"))
            .single()
    });
    let engine = Engine::new(vectors.stack.clone(), &weights).unwrap();
    compare_inference(&vectors, &engine, &mut comparison);
    compare_training(&vectors, &engine, &weights, &mut comparison);
    if !vectors.stack.bidirectional && vectors.lengths.is_none() {
        compare_steps(&vectors, &engine, &mut comparison);
    }
    comparison.finish(name);
}

fn compare_names_and_shapes(vectors: &Vectors, comparison: &mut Comparison) {
    let mut own: Vec<_> = vectors
        .stack
        .tensors()
        .into_iter()
        .map(|tensor| (tensor.name, tensor.shape))
        .collect();
    own.sort();
    let theirs: Vec<_> = vectors
        .weights
        .iter()
        .map(|(name, values)| (name.clone(), values.shape.clone()))
        .collect();
    if own != theirs {
        comparison.fail(format!("tensors: {own:?}, expected {theirs:?}"));
    }
}

fn compare_inference(vectors: &Vectors, engine: &Engine, comparison: &mut Comparison) {
    let mut state = vectors.state(&vectors.initial_state);
    // What the buffer held before must not shine through, past the end of a sequence either.
    let mut output = vec![f32::NAN; vectors.output.values.len()];
    engine
        .forward(
            &vectors.shape(),
            &vectors.input.single(),
            &mut state,
            &mut output,
        )
        .unwrap();
    comparison.check("output", &output, &vectors.output.values);
    compare_padding("output", &output, vectors, comparison);
    compare_state("final", &state, &vectors.final_state, comparison);
}

fn compare_training(
    vectors: &Vectors,
    engine: &Engine,
    weights: &[f32],
    comparison: &mut Comparison,
) {
    let input = vectors.input.single();
    let mut tape = Tape::new();
    let mut state = vectors.state(&vectors.initial_state);
    engine
        .forward_training(&vectors.shape(), &input, &mut state, None, &mut tape)
        .unwrap();
    comparison.check("training output", tape.output(), &vectors.output.values);
    compare_padding("training output", tape.output(), vectors, comparison);
    compare_state("training final", &state, &vectors.final_state, comparison);

    let mut state_gradient = vectors.state(&vectors.final_state_gradient);
    let mut weight_gradient = vec![0.0; weights.len()];
    let mut input_gradient = vec![f32::NAN; input.len()];
    engine
        .backward(
            &vectors.shape(),
            weights,
            &input,
            &mut tape,
            &vectors.output_gradient.single(),
            &mut state_gradient,
            &mut weight_gradient,
            Some(&mut input_gradient),
        )
        .unwrap();
    comparison.check(
        "input gradient",
        &input_gradient,
        &vectors.input_gradient.values,
    );
    compare_padding("input gradient", &input_gradient, vectors, comparison);
    compare_state(
        "gradient of the initial",
        &state_gradient,
        &vectors.initial_state_gradient,
        comparison,
    );
    for tensor in vectors.stack.tensors() {
        let expected = &vectors.weight_gradients[&tensor.name].values;
        comparison.check(
            &format!("gradient of {}", tensor.name),
            &weight_gradient[tensor.range()],
            expected,
        );
    }
}

fn compare_steps(vectors: &Vectors, engine: &Engine, comparison: &mut Comparison) {
    let mut state = vectors.state(&vectors.initial_state);
    let mut scratch = engine.step_scratch(vectors.batch);
    let mut output = vec![f32::NAN; vectors.output.values.len()];
    let width = vectors.batch * vectors.stack.output_size();
    let input = vectors.input.single();
    let steps = input.chunks(vectors.batch * vectors.stack.input_size);
    for (input, output) in steps.zip(output.chunks_mut(width)) {
        engine
            .step(input, &mut state, &mut scratch, output)
            .unwrap();
    }
    comparison.check("step by step output", &output, &vectors.output.values);
    compare_state(
        "step by step final",
        &state,
        &vectors.final_state,
        comparison,
    );
}

fn compare_state(which: &str, state: &State, expected: &Named, comparison: &mut Comparison) {
    comparison.check(
        &format!("{which} hidden state"),
        &state.hidden,
        &expected["hidden"].values,
    );
    let cell: &[f64] = expected.get("cell").map_or(&[], |cell| &cell.values);
    comparison.check(&format!("{which} cell state"), &state.cell, cell);
}

/// Exact zeros past the end of each sequence.
fn compare_padding(what: &str, values: &[f32], vectors: &Vectors, comparison: &mut Comparison) {
    let width = values.len() / (vectors.steps * vectors.batch);
    let rows = values.chunks(width).enumerate();
    for (index, row) in rows {
        let (step, sequence) = (index / vectors.batch, index % vectors.batch);
        if step >= vectors.shape().length(sequence) && row.iter().any(|&value| value != 0.0) {
            comparison.fail(format!(
                "{what} is {row:?} at step {step} of sequence {sequence}, past its end"
            ));
        }
    }
}
