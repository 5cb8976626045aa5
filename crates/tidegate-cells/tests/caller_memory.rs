//! The forms of the caller's memory, packed rows and a slice for each tensor, give the bits of padded rows and one flat buffer.

#[path = "support/networks.rs"]
mod networks;

use networks::{Numbers, all_cells, weights};
use tidegate_cells::{
    Batch, Engine, Error, Noise, Stack, State, Tape, Tensor, WeightGradient, Weights,
};

/// Lengths that do not increase, as packed rows ask for, one of them 0.
const LENGTHS: [usize; 5] = [7, 7, 4, 1, 0];
const STEPS: usize = 7;

fn stacks() -> Vec<Stack> {
    let mut stacks = Vec::new();
    for cell in all_cells() {
        // With and without units that fill whole vectors, and inputs of few and of many features.
        for (inputs, units, layers, bidirectional) in
            [(3, 32, 1, false), (9, 21, 2, true), (1, 16, 2, false)]
        {
            let mut stack = Stack::new(cell, inputs, units);
            (stack.layers, stack.bidirectional) = (layers, bidirectional);
            (stack.dropout, stack.recurrent_dropout, stack.zoneout) = (0.2, 0.2, 0.1);
            stacks.push(stack);
        }
    }
    stacks
}

/// The rows of `[T, B, width]` that are no padding, in packed order.
fn packed(values: &[f32], width: usize) -> Vec<f32> {
    let mut rows = Vec::new();
    for step in 0..STEPS {
        for row in (0..LENGTHS.len()).filter(|&row| LENGTHS[row] > step) {
            rows.extend_from_slice(&values[(step * LENGTHS.len() + row) * width..][..width]);
        }
    }
    rows
}

struct Results {
    output: Vec<f32>,
    state: State,
    weight_gradient: Vec<f32>,
    input_gradient: Vec<f32>,
    state_gradient: State,
}

fn pass(
    engine: &Engine,
    batch: &Batch<'_>,
    weights: &[f32],
    input: &[f32],
    gradient: &[f32],
) -> Results {
    let stack = engine.stack();
    let mut state = stack.zero_state(LENGTHS.len());
    state.hidden.fill(0.3);
    state.cell.fill(-0.2);
    let mut tape = Tape::new();
    let noise = Some(Noise::new(5));
    engine
        .forward_training(batch, input, &mut state, noise, &mut tape)
        .expect("the pass fits");
    let mut output = vec![f32::NAN; gradient.len()];
    tape.copy_output(&mut output).expect("the pass fits");
    assert_eq!(tape.output(), output);
    let mut state_gradient = stack.zero_state(LENGTHS.len());
    state_gradient.hidden.fill(0.1);
    let mut weight_gradient = vec![0.0; weights.len()];
    let mut input_gradient = vec![f32::NAN; input.len()];
    engine
        .backward(
            batch,
            weights,
            input,
            &mut tape,
            gradient,
            &mut state_gradient,
            &mut weight_gradient,
            Some(&mut input_gradient),
        )
        .expect("the pass fits");
    Results {
        output,
        state,
        weight_gradient,
        input_gradient,
        state_gradient,
    }
}

#[test]
fn packed_rows_give_the_bits_of_padded_ones() {
    for stack in stacks() {
        let mut numbers = Numbers(1);
        let weights = weights(&stack, &mut numbers);
        let engine = Engine::new(stack.clone(), &weights).unwrap();
        let (inputs, outputs) = (stack.input_size, stack.output_size());
        let input = numbers.values(STEPS * LENGTHS.len() * inputs, 1.0);
        let gradient = numbers.values(STEPS * LENGTHS.len() * outputs, 0.1);
        let padded = Batch::ragged(STEPS, &LENGTHS);
        let expected = pass(&engine, &padded, &weights, &input, &gradient);
        let found = pass(
            &engine,
            &Batch::packed(&LENGTHS),
            &weights,
            &packed(&input, inputs),
            &packed(&gradient, outputs),
        );
        assert_eq!(found.output, packed(&expected.output, outputs), "{stack:?}");
        assert_eq!(
            found.input_gradient,
            packed(&expected.input_gradient, inputs)
        );
        assert_eq!(found.state, expected.state);
        assert_eq!(found.weight_gradient, expected.weight_gradient);
        assert_eq!(found.state_gradient, expected.state_gradient);

        let mut output = vec![f32::NAN; found.output.len()];
        let rows = packed(&input, inputs);
        let mut state = stack.zero_state(LENGTHS.len());
        let batch = Batch::packed(&LENGTHS);
        engine
            .forward(&batch, &rows, &mut state, &mut output)
            .unwrap();
        let mut whole = vec![f32::NAN; gradient.len()];
        let mut state = stack.zero_state(LENGTHS.len());
        engine
            .forward(&padded, &input, &mut state, &mut whole)
            .unwrap();
        assert_eq!(output, packed(&whole, outputs));

        let trace = |batch: &Batch<'_>, input: &[f32]| {
            let mut state = stack.zero_state(LENGTHS.len());
            engine.trace(batch, input, &mut state).unwrap().gates
        };
        let gates = trace(&padded, &input);
        for (packed_gate, gate) in trace(&batch, &rows).iter().zip(&gates) {
            assert_eq!(packed_gate.values, packed(&gate.values, stack.hidden_size));
        }
    }
}

/// A slice of `values` for each tensor, or with `biases` off for each but the biases.
fn slices<'a>(values: &'a [f32], tensors: &[Tensor], biases: bool) -> Vec<&'a [f32]> {
    let slice = |tensor: &Tensor| {
        if biases || !tensor.name.starts_with("bias") {
            &values[tensor.range()]
        } else {
            &[]
        }
    };
    tensors.iter().map(slice).collect()
}

#[test]
fn a_slice_for_each_tensor_gives_the_bits_of_a_flat_buffer_and_empty_biases_are_zeros() {
    for stack in stacks() {
        for biases in [true, false] {
            let mut numbers = Numbers(2);
            let mut flat = weights(&stack, &mut numbers);
            let tensors = stack.tensors();
            for tensor in tensors
                .iter()
                .filter(|tensor| !biases && tensor.name.starts_with("bias"))
            {
                flat[tensor.range()].fill(0.0);
            }
            let weights = slices(&flat, &tensors, biases);
            let batch = Batch::full(4, 3);
            let input = numbers.values(4 * 3 * stack.input_size, 1.0);
            let gradient = numbers.values(4 * 3 * stack.output_size(), 0.1);
            let run = |of: Weights<'_>, weight_gradient: WeightGradient<'_, '_>| {
                let mut engine = Engine::new(stack.clone(), of).unwrap();
                engine.set_weights(of).unwrap();
                let mut state = stack.zero_state(3);
                let mut tape = Tape::new();
                let noise = Some(Noise::new(5));
                engine
                    .forward_training(&batch, &input, &mut state, noise, &mut tape)
                    .unwrap();
                let output = tape.output().to_vec();
                let mut state_gradient = stack.zero_state(3);
                let mut input_gradient = vec![0.0; input.len()];
                engine
                    .backward(
                        &batch,
                        of,
                        &input,
                        &mut tape,
                        &gradient,
                        &mut state_gradient,
                        weight_gradient,
                        Some(&mut input_gradient),
                    )
                    .unwrap();
                (output, state, state_gradient, input_gradient)
            };
            let mut expected_gradient = vec![0.0; flat.len()];
            let expected = run((&flat).into(), (&mut expected_gradient).into());
            let mut gradients: Vec<Vec<f32>> = weights
                .iter()
                .map(|values| vec![0.0; values.len()])
                .collect();
            let mut parts: Vec<&mut [f32]> =
                gradients.iter_mut().map(|values| &mut values[..]).collect();
            let found = run(
                Weights::Tensors(&weights),
                WeightGradient::Tensors(&mut parts),
            );
            assert_eq!(found, expected, "{stack:?}");
            assert_eq!(gradients, slices(&expected_gradient, &tensors, biases));
        }
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let stack = &stacks()[0];
    let flat = vec![0.1; stack.parameter_count()];
    let tensors = stack.tensors();
    let refused = |weights: &[&[f32]]| {
        let error = Engine::new(stack.clone(), Weights::Tensors(weights)).unwrap_err();
        error.to_string()
    };
    let mut weights = slices(&flat, &tensors, true);
    assert_eq!(
        refused(&weights[1..]),
        "weights: expected 4 values (tensors 4), found 3"
    );
    weights[1] = &flat[..5];
    let message = refused(&weights);
    assert!(
        message.contains("weight_hh_l0") && message.contains("found 5"),
        "{message}"
    );
    let mut weights = slices(&flat, &tensors, true);
    weights[0] = &[];
    assert!(refused(&weights).contains("weight_ih_l0"));

    let engine = Engine::new(stack.clone(), &flat).unwrap();
    let lengths = [2, 3];
    let mut state = stack.zero_state(2);
    let error = engine
        .forward(&Batch::packed(&lengths), &[], &mut state, &mut [])
        .unwrap_err();
    assert!(
        matches!(&error, Error::Lengths(reason) if reason.contains("sequence 1 has 3")),
        "{error}"
    );

    let lengths = [3, 1];
    let mut input = vec![0.5; 4 * stack.input_size];
    input[3 * stack.input_size] = f32::NAN;
    let mut output = vec![0.0; 4 * stack.output_size()];
    let error = engine
        .forward(&Batch::packed(&lengths), &input, &mut state, &mut output)
        .unwrap_err()
        .to_string();
    assert!(error.contains("step 2, sequence 0, feature 0"), "{error}");
    let error = engine
        .forward(
            &Batch::packed(&lengths),
            &input[1..],
            &mut state,
            &mut output,
        )
        .unwrap_err()
        .to_string();
    assert!(error.contains("packed rows 4"), "{error}");
    assert!(Batch::packed(&lengths).validate_padded().is_err());
}
