//! The same bits at any number of threads, for a batch and its rows alone, for a sequence whole and step by step.

#[path = "support/networks.rs"]
mod networks;

use networks::{Numbers, all_cells, weights};
use proptest::prelude::*;
use tidegate_cells::{
    Batch, Cell, Engine, Gru, InstructionSet, Mgu, Noise, Reset, Stack, State, Tape,
};

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn random_state(stack: &Stack, batch: usize, numbers: &mut Numbers) -> State {
    let mut state = stack.zero_state(batch);
    state
        .hidden
        .iter_mut()
        .chain(&mut state.cell)
        .for_each(|value| *value = numbers.uniform(0.9));
    state
}

/// Outputs, final state and all gradients of one training pass in a pool of `threads`.
fn training_pass(stack: &Stack, batch: &Batch<'_>, threads: usize, seed: u64) -> Vec<Vec<u32>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("the pass fits");
    pool.install(|| {
        let mut numbers = Numbers(seed);
        let weights = weights(stack, &mut numbers);
        let engine = Engine::new(stack.clone(), &weights).expect("the pass fits");
        let input = numbers.values(batch.steps * batch.batch * stack.input_size, 1.0);
        let output_gradient = numbers.values(batch.steps * batch.batch * stack.output_size(), 0.1);
        let mut state = random_state(stack, batch.batch, &mut numbers);
        let mut state_gradient = random_state(stack, batch.batch, &mut numbers);
        let mut tape = Tape::new();
        engine
            .forward_training(batch, &input, &mut state, Some(Noise::new(seed)), &mut tape)
            .expect("the pass fits");
        let output = tape.output().to_vec();
        let mut gradient = vec![0.0; weights.len()];
        let mut input_gradient = vec![0.0; input.len()];
        engine
            .backward(
                batch,
                &weights,
                &input,
                &mut tape,
                &output_gradient,
                &mut state_gradient,
                &mut gradient,
                Some(&mut input_gradient),
            )
            .expect("the pass fits");
        [
            output,
            state.hidden,
            state.cell,
            gradient,
            input_gradient,
            state_gradient.hidden,
            state_gradient.cell,
        ]
        .iter()
        .map(|values| bits(values))
        .collect()
    })
}

#[test]
fn outputs_and_gradients_have_the_same_bits_at_any_number_of_threads() {
    for (seed, cell) in all_cells().into_iter().enumerate() {
        // Large enough that the work is really split.
        let mut stack = Stack::new(cell, 24, 48);
        stack.layers = 2;
        stack.bidirectional = seed % 2 == 1;
        stack.dropout = 0.2;
        stack.recurrent_dropout = 0.2;
        stack.zoneout = 0.1;
        let lengths: Vec<usize> = (0..21).map(|row| (row * 7) % 20).collect();
        for batch in [Batch::full(19, 21), Batch::ragged(20, &lengths)] {
            let one = training_pass(&stack, &batch, 1, seed as u64);
            for threads in [2, 3, 8] {
                assert_eq!(
                    training_pass(&stack, &batch, threads, seed as u64),
                    one,
                    "{cell:?}, {threads} threads"
                );
            }
        }
    }
}

#[test]
fn a_taped_forward_pass_has_the_bits_of_inference() {
    for cell in all_cells() {
        let mut numbers = Numbers(3);
        let mut stack = Stack::new(cell, 5, 21);
        stack.zoneout = 0.1;
        stack.dropout = 0.5;
        stack.layers = 2;
        let engine = Engine::new(stack.clone(), &weights(&stack, &mut numbers)).unwrap();
        let (batch, input) = (Batch::full(6, 3), numbers.values(6 * 3 * 5, 1.0));
        let mut output = vec![0.0; 6 * 3 * 21];
        engine
            .forward(&batch, &input, &mut stack.zero_state(3), &mut output)
            .unwrap();
        let mut tape = Tape::new();
        engine
            .forward_training(&batch, &input, &mut stack.zero_state(3), None, &mut tape)
            .unwrap();
        assert_eq!(bits(tape.output()), bits(&output));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_its_rows_and_its_steps_give_the_same_bits(
        seed: u64, which in 0usize..16, hidden in 1usize..70, input in 1usize..40, layers in 1usize..3,
        batch in 1usize..20, steps in 1usize..6, set in 0usize..4,
    ) {
        let (cells, sets) = (all_cells(), InstructionSet::available());
        let (cell, set) = (cells[which % cells.len()], sets[set % sets.len()]);
        let mut stack = Stack::new(cell, input, hidden);
        stack.layers = layers;
        stack.zoneout = 0.1;
        stack.zoneout_cell = if cell.carries_cell() { 0.2 } else { 0.0 };
        let mut numbers = Numbers(seed);
        let weights = weights(&stack, &mut numbers);
        let engine = Engine::with_instruction_set(stack.clone(), &weights, set).unwrap();
        let lengths: Vec<usize> = (0..batch).map(|_| numbers.below(steps + 1)).collect();
        let values = numbers.values(steps * batch * input, 1.0);
        let initial = random_state(&stack, batch, &mut numbers);
        let mut output = vec![0.0; steps * batch * hidden];
        let mut state = initial.clone();
        engine.forward(&Batch::ragged(steps, &lengths), &values, &mut state, &mut output).unwrap();

        let part = |values: &[f32], row: usize| -> Vec<f32> {
            (0..layers).flat_map(|layer| values[(layer * batch + row) * hidden..][..hidden].to_vec()).collect()
        };
        for row in 0..batch {
            let own_state = |state: &State| State {
                batch: 1,
                hidden: part(&state.hidden, row),
                cell: if state.cell.is_empty() { Vec::new() } else { part(&state.cell, row) },
            };
            let own_input: Vec<f32> =
                (0..lengths[row]).flat_map(|step| values[(step * batch + row) * input..][..input].to_vec()).collect();
            let own_output: Vec<f32> =
                (0..lengths[row]).flat_map(|step| output[(step * batch + row) * hidden..][..hidden].to_vec()).collect();

            let mut alone = own_state(&initial);
            let mut alone_output = vec![0.0; lengths[row] * hidden];
            engine.forward(&Batch::full(lengths[row], 1), &own_input, &mut alone, &mut alone_output).unwrap();
            prop_assert_eq!(bits(&alone_output), bits(&own_output));
            prop_assert_eq!(bits(&alone.hidden), bits(&own_state(&state).hidden));
            prop_assert_eq!(bits(&alone.cell), bits(&own_state(&state).cell));

            let mut stepped = own_state(&initial);
            let mut scratch = engine.step_scratch(1);
            let mut step_output = vec![0.0; hidden];
            for step in 0..lengths[row] {
                engine.step(&own_input[step * input..][..input], &mut stepped, &mut scratch, &mut step_output).unwrap();
                prop_assert_eq!(bits(&step_output), bits(&own_output[step * hidden..][..hidden]));
            }
            prop_assert_eq!(bits(&stepped.hidden), bits(&alone.hidden));
            prop_assert_eq!(bits(&stepped.cell), bits(&alone.cell));
        }
        for step in 0..steps {
            for row in (0..batch).filter(|&row| lengths[row] <= step) {
                prop_assert!(output[(step * batch + row) * hidden..][..hidden].iter().all(|value| *value == 0.0));
            }
        }
    }

    #[test]
    fn a_sequence_in_two_parts_with_the_state_carried_gives_the_same_bits(
        seed: u64, which in 0usize..16, cut in 0usize..9,
    ) {
        let cells = all_cells();
        let stack = Stack::new(cells[which % cells.len()], 4, 37);
        let mut numbers = Numbers(seed);
        let engine = Engine::new(stack.clone(), &weights(&stack, &mut numbers)).unwrap();
        let (steps, batch) = (8, 3);
        let input = numbers.values(steps * batch * 4, 1.0);
        let mut whole = vec![0.0; steps * batch * 37];
        let mut whole_state = stack.zero_state(batch);
        engine.forward(&Batch::full(steps, batch), &input, &mut whole_state, &mut whole).unwrap();
        let mut parts = vec![0.0; whole.len()];
        let mut state = stack.zero_state(batch);
        let (first, second) = parts.split_at_mut(cut * batch * 37);
        engine.forward(&Batch::full(cut, batch), &input[..cut * batch * 4], &mut state, first).unwrap();
        engine.forward(&Batch::full(steps - cut, batch), &input[cut * batch * 4..], &mut state, second).unwrap();
        prop_assert_eq!(bits(&parts), bits(&whole));
        prop_assert_eq!(state, whole_state);
    }
}

#[test]
fn a_copy_of_an_engine_built_from_the_same_weights_gives_the_same_bits() {
    let stack = Stack::new(Cell::Gru(Gru::default()), 8, 40);
    let first = training_pass(&stack, &Batch::full(30, 16), 2, 1);
    assert_eq!(training_pass(&stack, &Batch::full(30, 16), 2, 1), first);
}

/// Also over many blocks of the input product, which the backward direction takes from the end.
#[test]
fn the_backward_direction_has_the_bits_of_the_forward_one_on_the_reversed_sequence() {
    for cell in all_cells() {
        let (steps, batch, input, hidden) = (1500, 3, 2, 20);
        let mut both = Stack::new(cell, input, hidden);
        both.bidirectional = true;
        let mut numbers = Numbers(4);
        let values = weights(&both, &mut numbers);
        let one = Stack::new(cell, input, hidden);
        let own = &values[one.parameter_count()..];
        let x = numbers.values(steps * batch * input, 1.0);
        let reversed: Vec<f32> = x
            .chunks_exact(batch * input)
            .rev()
            .flatten()
            .copied()
            .collect();
        let run = |stack: &Stack, weights: &[f32], x: &[f32]| {
            let engine = Engine::new(stack.clone(), weights).unwrap();
            let mut output = vec![0.0; steps * batch * stack.output_size()];
            engine
                .forward(
                    &Batch::full(steps, batch),
                    x,
                    &mut stack.zero_state(batch),
                    &mut output,
                )
                .unwrap();
            output
        };
        let (together, alone) = (run(&both, &values, &x), run(&one, own, &reversed));
        for step in 0..steps {
            for row in 0..batch {
                let backward = &together[((step * batch + row) * 2 + 1) * hidden..][..hidden];
                let forward = &alone[((steps - 1 - step) * batch + row) * hidden..][..hidden];
                assert_eq!(
                    bits(backward),
                    bits(forward),
                    "{cell:?}, step {step}, row {row}"
                );
            }
        }
    }
}

#[test]
fn a_saturated_gate_keeps_the_state_exactly() {
    // The bias of the update gate (block 1) of a GRU saturates z at 1, of the forget gate (block 0) of an MGU f at 0.
    for (cell, block, bias) in [
        (Cell::Gru(Gru::default()), 1, 200.0),
        (
            Cell::Gru(Gru {
                reset: Reset::Before,
                ..Gru::default()
            }),
            1,
            200.0,
        ),
        (Cell::Mgu(Mgu {}), 0, -200.0),
    ] {
        let stack = Stack::new(cell, 2, 9);
        let mut numbers = Numbers(1);
        let mut values = weights(&stack, &mut numbers);
        let biases = stack.tensors()[2].offset + block * 9;
        values[biases..biases + 9].fill(bias);
        let engine = Engine::new(stack.clone(), &values).unwrap();
        let mut state = random_state(&stack, 1, &mut numbers);
        let before = state.clone();
        let x = numbers.values(1000 * 2, 1.0);
        engine
            .forward(&Batch::full(1000, 1), &x, &mut state, &mut vec![0.0; 9000])
            .unwrap();
        assert_eq!(bits(&state.hidden), bits(&before.hidden), "{cell:?}");
    }
}
