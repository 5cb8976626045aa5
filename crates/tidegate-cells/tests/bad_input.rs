//! Bad input: one error that names the place, and nothing written.

#[path = "support/networks.rs"]
mod networks;

use networks::{Numbers, all_cells, weights};
use proptest::prelude::*;
use tidegate_cells::{
    Batch, Cell, Engine, Error, Gru, InstructionSet, Linear, Lstm, Reset, Stack, State,
    StepScratch, Tape,
};

fn engine(stack: &Stack) -> Engine {
    Engine::new(stack.clone(), &weights(stack, &mut Numbers(1))).expect("the stack is valid")
}

fn gru() -> Stack {
    Stack::new(Cell::Gru(Gru::default()), 3, 5)
}

#[test]
fn impossible_options_are_named() {
    let refused = |change: fn(&mut Stack), option: &str| {
        let mut stack = gru();
        change(&mut stack);
        let error = stack.validate().unwrap_err();
        assert!(
            matches!(error, Error::Option { option: named, .. } if named == option),
            "{error}"
        );
    };
    refused(|stack| stack.input_size = 0, "input_size");
    refused(|stack| stack.hidden_size = 0, "hidden_size");
    refused(|stack| stack.hidden_size = usize::MAX / 2, "hidden_size");
    refused(|stack| stack.layers = 0, "layers");
    refused(|stack| stack.layers = usize::MAX, "hidden_size");
    refused(|stack| stack.dropout = 1.0, "dropout");
    refused(|stack| stack.recurrent_dropout = -0.1, "recurrent_dropout");
    refused(|stack| stack.zoneout = f32::NAN, "zoneout");
    refused(|stack| stack.zoneout_cell = 0.1, "zoneout_cell");
}

#[test]
fn an_unknown_instruction_set_is_refused_with_the_names_there_are() {
    let error = "sse9".parse::<InstructionSet>().unwrap_err().to_string();
    assert!(
        error.contains("sse9") && error.contains("avx512, avx2, neon, portable"),
        "{error}"
    );
    for set in InstructionSet::available() {
        assert_eq!(set.to_string().parse::<InstructionSet>().unwrap(), set);
    }
}

#[test]
fn a_weight_that_is_not_finite_is_named_by_tensor_and_index() {
    let stack = Stack::new(Cell::Lstm(Lstm { peepholes: true }), 3, 5);
    let mut values = weights(&stack, &mut Numbers(1));
    let tensors = stack.tensors();
    let hh = tensors
        .iter()
        .find(|tensor| tensor.name == "weight_hh_l0")
        .unwrap();
    values[hh.offset + 7 * 5 + 2] = f32::NAN;
    let error = Engine::new(stack, &values).unwrap_err().to_string();
    assert!(error.contains("weight_hh_l0[7, 2]"), "{error}");
}

#[test]
fn the_wrong_number_of_weights_is_refused_and_the_old_ones_stay() {
    let stack = gru();
    let mut engine = engine(&stack);
    let (batch, input) = (Batch::full(2, 1), [0.5; 6]);
    let run = |engine: &Engine| {
        let mut output = [0.0; 10];
        engine
            .forward(&batch, &input, &mut stack.zero_state(1), &mut output)
            .unwrap();
        output
    };
    let before = run(&engine);
    assert!(matches!(
        engine.set_weights(&[0.0; 9]),
        Err(Error::Length {
            what: "weights",
            found: 9,
            ..
        })
    ));
    let mut broken = vec![0.0; stack.parameter_count()];
    broken[3] = f32::INFINITY;
    assert!(matches!(
        engine.set_weights(&broken),
        Err(Error::NotFinite { .. })
    ));
    assert_eq!(run(&engine), before);
}

#[test]
fn an_input_that_is_not_finite_is_named_by_step_sequence_and_feature_and_nothing_is_written() {
    let stack = gru();
    let engine = engine(&stack);
    let mut input = vec![0.0; 4 * 2 * 3];
    input[(2 * 2 + 1) * 3 + 2] = f32::NEG_INFINITY;
    let (mut output, mut state) = (vec![7.0; 4 * 2 * 5], stack.zero_state(2));
    let error = engine
        .forward(&Batch::full(4, 2), &input, &mut state, &mut output)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "input is not finite: -inf at step 2, sequence 1, feature 2"
    );
    assert!(output.iter().all(|value| *value == 7.0) && state == stack.zero_state(2));
    let mut step_output = [7.0; 5];
    let mut scratch = engine.step_scratch(1);
    let error = engine.step(
        &[0.0, f32::NAN, 0.0],
        &mut stack.zero_state(1),
        &mut scratch,
        &mut step_output,
    );
    assert!(matches!(error, Err(Error::NotFinite { .. })) && step_output == [7.0; 5]);
}

#[test]
fn an_initial_state_that_is_not_finite_is_named() {
    let stack = gru();
    let mut state = stack.zero_state(2);
    state.hidden[8] = f32::NAN;
    let error = engine(&stack)
        .forward(&Batch::full(1, 2), &[0.0; 6], &mut state, &mut [0.0; 10])
        .unwrap_err();
    assert!(
        error.to_string().contains("initial hidden state")
            && error.to_string().contains("sequence 1, unit 3"),
        "{error}"
    );
}

#[test]
fn a_step_refuses_a_state_that_is_not_finite_and_scratch_of_another_network_or_batch() {
    let stack = gru();
    let own = engine(&stack);
    let step = |state: &mut State, scratch: &mut StepScratch| {
        let batch = state.batch;
        own.step(
            &vec![0.1; batch * 3],
            state,
            scratch,
            &mut vec![0.0; batch * 5],
        )
    };
    let mut state = stack.zero_state(1);
    state.hidden[2] = f32::NAN;
    let error = step(&mut state, &mut own.step_scratch(1)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "hidden state is not finite: NaN at layer 0, sequence 0, unit 2"
    );
    let reset = Reset::Before;
    let before = engine(&Stack::new(
        Cell::Gru(Gru {
            reset,
            ..Gru::default()
        }),
        3,
        5,
    ));
    assert_eq!(
        step(&mut stack.zero_state(1), &mut before.step_scratch(1)),
        Err(Error::Scratch)
    );
    assert_eq!(
        step(&mut stack.zero_state(2), &mut own.step_scratch(1)),
        Err(Error::Scratch)
    );
    assert_eq!(
        step(&mut stack.zero_state(2), &mut own.step_scratch(2)),
        Ok(())
    );
}

#[test]
fn values_past_the_end_of_a_sequence_are_not_read() {
    let stack = gru();
    let (engine, values) = (engine(&stack), weights(&stack, &mut Numbers(1)));
    let lengths = [1, 2];
    let batch = Batch::ragged(2, &lengths);
    let run = |padding: f32| {
        let (mut input, mut gradient) = ([0.1; 12], [0.1; 20]);
        input[6..9].fill(padding);
        gradient[10..15].fill(padding);
        let mut tape = Tape::new();
        engine
            .forward_training(&batch, &input, &mut stack.zero_state(2), None, &mut tape)
            .unwrap();
        let (mut state, mut weight_gradient) = (stack.zero_state(2), vec![0.0; values.len()]);
        engine
            .backward(
                &batch,
                &values,
                &input,
                &mut tape,
                &gradient,
                &mut state,
                &mut weight_gradient,
                None,
            )
            .unwrap();
        weight_gradient
    };
    assert_eq!(run(f32::NAN), run(0.0));
}

#[test]
fn lengths_beyond_the_batch_and_too_few_lengths_are_named() {
    let stack = gru();
    let engine = engine(&stack);
    let run = |batch: Batch<'_>| {
        let size = batch.steps * batch.batch;
        engine.forward(
            &batch,
            &vec![0.0; size * 3],
            &mut stack.zero_state(batch.batch),
            &mut vec![0.0; size * 5],
        )
    };
    let error = run(Batch::ragged(4, &[4, 5])).unwrap_err().to_string();
    assert!(
        error.contains("sequence 1") && error.contains('5'),
        "{error}"
    );
    let error = run(Batch::padded(4, 3, Some(&[4, 4])))
        .unwrap_err()
        .to_string();
    assert!(error.contains("2 given for 3"), "{error}");
    assert!(run(Batch::ragged(4, &[0, 4])).is_ok());
}

#[test]
fn a_bidirectional_stack_does_not_step() {
    let mut stack = gru();
    stack.bidirectional = true;
    let engine = engine(&stack);
    let mut scratch = engine.step_scratch(1);
    let result = engine.step(
        &[0.0; 3],
        &mut stack.zero_state(1),
        &mut scratch,
        &mut [0.0; 5],
    );
    assert_eq!(result, Err(Error::Bidirectional));
}

#[test]
fn a_tape_serves_one_backward_pass_of_its_own_stack_and_batch() {
    let stack = gru();
    let (first, values) = (engine(&stack), weights(&stack, &mut Numbers(1)));
    let input = [0.1; 2 * 3 * 3];
    let mut tape = Tape::new();
    let backward = |engine: &Engine, batch: Batch<'_>, tape: &mut Tape| {
        let (mut state, mut gradient) = (stack.zero_state(batch.batch), vec![0.0; values.len()]);
        engine.backward(
            &batch,
            &values,
            &input,
            tape,
            &[0.1; 30],
            &mut state,
            &mut gradient,
            None,
        )
    };
    assert_eq!(
        backward(&first, Batch::full(2, 3), &mut tape),
        Err(Error::Tape)
    );
    first
        .forward_training(
            &Batch::full(2, 3),
            &input,
            &mut stack.zero_state(3),
            None,
            &mut tape,
        )
        .unwrap();
    assert_eq!(
        backward(&first, Batch::full(3, 2), &mut tape),
        Err(Error::Tape)
    );
    for set in InstructionSet::available().into_iter().skip(1) {
        let other = Engine::with_instruction_set(stack.clone(), &values, set).unwrap();
        assert_eq!(
            backward(&other, Batch::full(2, 3), &mut tape),
            Err(Error::Tape)
        );
    }
    assert_eq!(backward(&first, Batch::full(2, 3), &mut tape), Ok(()));
    assert_eq!(
        backward(&first, Batch::full(2, 3), &mut tape),
        Err(Error::Tape)
    );
}

#[test]
fn an_output_gradient_that_is_not_finite_is_refused_before_anything_is_written() {
    let stack = gru();
    let (engine, values) = (engine(&stack), weights(&stack, &mut Numbers(1)));
    let (batch, input) = (Batch::full(2, 1), [0.1; 6]);
    let mut tape = Tape::new();
    engine
        .forward_training(&batch, &input, &mut stack.zero_state(1), None, &mut tape)
        .unwrap();
    let (mut state, mut gradient) = (stack.zero_state(1), vec![7.0; values.len()]);
    let result = engine.backward(
        &batch,
        &values,
        &input,
        &mut tape,
        &[f32::NAN; 10],
        &mut state,
        &mut gradient,
        None,
    );
    assert!(matches!(result, Err(Error::NotFinite { .. })));
    assert!(gradient.iter().all(|value| *value == 7.0));
}

#[test]
fn a_dense_layer_refuses_wrong_shapes() {
    assert!(matches!(
        Linear::new(0, 3),
        Err(Error::Option {
            option: "inputs",
            ..
        })
    ));
    let mut linear = Linear::new(4, 3).unwrap();
    assert!(linear.set_weights(&[0.0; 11], &[0.0; 3]).is_err());
    assert!(linear.forward(&[0.0; 9], &mut [0.0; 6]).is_err());
    assert!(linear.forward(&[0.0; 8], &mut [0.0; 7]).is_err());
}

proptest! {
    #[test]
    fn slices_of_any_length_never_panic(
        which in 0usize..16, input in 0usize..40, hidden in 0usize..20, cell in 0usize..20, output in 0usize..40,
        steps in 0usize..4, batch in 0usize..4, lengths in proptest::option::of(proptest::collection::vec(0usize..6, 0..5)),
    ) {
        let cells = all_cells();
        let stack = Stack::new(cells[which % cells.len()], 3, 5);
        let engine = engine(&stack);
        let mut state = stack.zero_state(batch);
        state.hidden.resize(hidden, 0.0);
        state.cell.resize(cell, 0.0);
        let batch = Batch::padded(steps, batch, lengths.as_deref());
        let (input, mut output) = (vec![0.1; input], vec![0.0; output]);
        let _ = engine.forward(&batch, &input, &mut state, &mut output);
        let mut tape = Tape::new();
        let _ = engine.forward_training(&batch, &input, &mut state, None, &mut tape);
        let mut gradient = vec![0.0; stack.parameter_count()];
        let _ = engine.backward(&batch, &gradient.clone(), &input, &mut tape, &output, &mut state, &mut gradient, None);
        let mut scratch = engine.step_scratch(1);
        let _ = engine.step(&input, &mut state, &mut scratch, &mut output);
        let _ = engine.trace(&batch, &input, &mut state);
    }
}

#[test]
fn in_a_ragged_batch_the_real_row_that_is_not_finite_is_named_and_padding_is_ignored() {
    let stack = gru();
    let (engine, values) = (engine(&stack), weights(&stack, &mut Numbers(1)));
    let lengths = [2, 4, 3];
    let batch = Batch::ragged(4, &lengths);
    // Sequence 0 ends after step 1; sequence 2 has a step 2.
    let at = |step: usize, sequence: usize, width: usize| (step * 3 + sequence) * width + 1;
    let mut input = vec![0.1; 4 * 3 * 3];
    input[at(2, 0, 3)] = f32::NAN;
    let mut tape = Tape::new();
    let forward = |input: &[f32], tape: &mut Tape| {
        engine.forward_training(&batch, input, &mut stack.zero_state(3), None, tape)
    };
    assert_eq!(forward(&input, &mut tape), Ok(()));
    let mut broken = input.clone();
    broken[at(2, 2, 3)] = f32::INFINITY;
    let error = forward(&broken, &mut Tape::new()).unwrap_err().to_string();
    assert_eq!(
        error,
        "input is not finite: inf at step 2, sequence 2, feature 1"
    );

    let mut output_gradient = vec![0.1; 4 * 3 * 5];
    output_gradient[at(3, 0, 5)] = f32::NAN;
    let mut backward = |output_gradient: &[f32]| {
        let mut gradient = vec![0.0; values.len()];
        let result = engine.backward(
            &batch,
            &values,
            &input,
            &mut tape,
            output_gradient,
            &mut stack.zero_state(3),
            &mut gradient,
            None,
        );
        result.map(|()| gradient)
    };
    let mut broken = output_gradient.clone();
    broken[at(2, 2, 5)] = f32::NAN;
    let error = backward(&broken).unwrap_err().to_string();
    assert_eq!(
        error,
        "output gradient is not finite: NaN at step 2, sequence 2, feature 1"
    );
    assert!(
        backward(&output_gradient)
            .unwrap()
            .iter()
            .all(|value| value.is_finite())
    );
}
