//! Equalities that hold bit for bit: step and sequence, a sequence alone and among others, training and inference.
#![allow(clippy::unwrap_used)]

mod models;

use models::{OwnedInputs, READOUTS, bits, cells, configuration, run};
use proptest::prelude::*;
use tidegate_cells::{Batch, Noise};
use tidegate_model::{Model, ModelConfiguration, ModelTape, Readout};

/// A model with 2 layers of 19 units: more than a vector's lanes and not a multiple of them.
fn model(
    cell: usize,
    vocabulary: Option<usize>,
    readout: Readout,
    change: impl FnOnce(&mut ModelConfiguration),
) -> Model {
    let mut configuration = configuration(cells()[cell], vocabulary, readout);
    configuration.recurrent.layers = 2;
    configuration.recurrent.hidden_size = 19;
    change(&mut configuration);
    Model::new(configuration, 3).unwrap()
}

#[test]
fn steps_give_the_bits_of_the_sequence() {
    for cell in 0..cells().len() {
        for vocabulary in [None, Some(6)] {
            let model = model(cell, vocabulary, Readout::EveryStep, |configuration| {
                configuration.recurrent.zoneout = 0.1;
            });
            let (steps, batch) = (7, 5);
            let inputs = OwnedInputs::random(model.configuration(), steps * batch, 1);
            let (whole, last) = run(&model, &Batch::full(steps, batch), &inputs);
            let (mut state, mut scratch) = (model.zero_state(batch), model.step_scratch(batch));
            let mut outputs = vec![0.0; batch * 2];
            for step in 0..steps {
                let positions: Vec<usize> = (step * batch..(step + 1) * batch).collect();
                let now = inputs.rows(3, &positions);
                model
                    .step(&now.inputs(), &mut state, &mut scratch, &mut outputs)
                    .unwrap();
                assert_eq!(
                    bits(&outputs),
                    whole[step * batch * 2..(step + 1) * batch * 2],
                    "cell {cell}, step {step}"
                );
            }
            assert_eq!(bits(&state.hidden), last);
        }
    }
}

#[test]
fn without_a_head_steps_and_sequences_give_the_bits_of_the_hidden_state() {
    let with_head = model(0, None, Readout::EveryStep, |_| ());
    let stack = with_head.configuration().recurrent.clone();
    let recurrent = &with_head.parameters()[..stack.parameter_count()];
    let inputs = OwnedInputs::random(with_head.configuration(), 4, 1);
    let mut at_every_step = Vec::new();
    for readout in [Readout::EveryStep, Readout::LastStep] {
        let configuration =
            ModelConfiguration::headless(with_head.configuration().input, stack.clone(), readout);
        let model = Model::from_parameters(configuration, recurrent.to_vec()).unwrap();
        let (outputs, hidden) = run(&model, &Batch::full(4, 1), &inputs);
        if readout == Readout::EveryStep {
            at_every_step.clone_from(&outputs);
        }
        assert_eq!(outputs[outputs.len() - 19..], hidden[19..]);
        assert_eq!(
            outputs,
            at_every_step[at_every_step.len() - outputs.len()..]
        );
        let (mut state, mut scratch) = (model.zero_state(1), model.step_scratch(1));
        for step in 0..4 {
            let mut stepped = vec![0.0; 19];
            model
                .step(
                    &inputs.rows(3, &[step]).inputs(),
                    &mut state,
                    &mut scratch,
                    &mut stepped,
                )
                .unwrap();
            assert_eq!(bits(&stepped), at_every_step[step * 19..(step + 1) * 19]);
        }
    }
}

#[test]
fn a_step_of_a_last_step_model_is_what_it_would_say_if_the_sequence_ended_there() {
    let model = model(0, None, Readout::LastStep, |_| ());
    let inputs = OwnedInputs::random(model.configuration(), 4, 1);
    let (mut state, mut scratch, mut outputs) =
        (model.zero_state(1), model.step_scratch(1), vec![0.0; 2]);
    for step in 0..4 {
        model
            .step(
                &inputs.rows(3, &[step]).inputs(),
                &mut state,
                &mut scratch,
                &mut outputs,
            )
            .unwrap();
        let so_far: Vec<usize> = (0..=step).collect();
        assert_eq!(
            run(&model, &Batch::full(step + 1, 1), &inputs.rows(3, &so_far)).0,
            bits(&outputs)
        );
    }
}

#[test]
fn windows_with_a_carried_state_give_the_bits_of_the_whole() {
    let model = model(2, None, Readout::EveryStep, |_| ());
    let inputs = OwnedInputs::random(model.configuration(), 8 * 3, 1);
    let (whole, _) = run(&model, &Batch::full(8, 3), &inputs);
    let (mut state, mut outputs, mut all) = (model.zero_state(3), Vec::new(), Vec::new());
    for window in [0..3, 3..4, 4..8] {
        let positions: Vec<usize> = (window.start * 3..window.end * 3).collect();
        let now = inputs.rows(3, &positions);
        model
            .forward(
                &Batch::full(window.len(), 3),
                &now.inputs(),
                &mut state,
                &mut outputs,
            )
            .unwrap();
        all.extend(bits(&outputs));
    }
    assert_eq!(all, whole);
}

#[test]
fn a_training_pass_without_noise_gives_the_bits_of_inference() {
    for readout in READOUTS {
        let model = model(0, Some(6), readout, |configuration| {
            configuration.input_dropout = 0.5;
            configuration.output_dropout = 0.5;
            configuration.recurrent.bidirectional = true;
        });
        let batch = Batch::ragged(6, &[4, 0, 6]);
        let inputs = OwnedInputs::random(model.configuration(), 18, 1);
        let (mut state, mut outputs) = (model.zero_state(3), Vec::new());
        model
            .forward_training(
                &batch,
                &inputs.inputs(),
                &mut state,
                None,
                &mut ModelTape::new(),
                &mut outputs,
            )
            .unwrap();
        assert_eq!(
            (bits(&outputs), bits(&state.hidden)),
            run(&model, &batch, &inputs)
        );
    }
}

#[test]
fn noise_repeats_with_its_seed_and_changes_with_it() {
    let model = model(0, Some(6), Readout::EveryStep, |configuration| {
        configuration.input_dropout = 0.5;
        configuration.output_dropout = 0.5;
    });
    let inputs = OwnedInputs::random(model.configuration(), 12, 1);
    let pass = |seed: u64, tape: &mut ModelTape| {
        let (mut state, mut outputs) = (model.zero_state(2), Vec::new());
        let noise = Some(Noise::new(seed));
        model
            .forward_training(
                &Batch::full(6, 2),
                &inputs.inputs(),
                &mut state,
                noise,
                tape,
                &mut outputs,
            )
            .unwrap();
        bits(&outputs)
    };
    let mut tape = ModelTape::new();
    let first = pass(1, &mut tape);
    assert_ne!(first, pass(2, &mut tape));
    assert_eq!(
        first,
        pass(1, &mut tape),
        "a tape used again leaves nothing behind"
    );
}

#[test]
fn outputs_are_zero_past_the_end_and_an_empty_sequence_speaks_from_its_state() {
    let every = model(0, None, Readout::EveryStep, |_| ());
    let batch = Batch::ragged(3, &[0, 2]);
    let inputs = OwnedInputs::random(every.configuration(), 6, 1);
    let (outputs, _) = run(&every, &batch, &inputs);
    for (position, outputs) in outputs.chunks(2).enumerate() {
        let real = position % 2 == 1 && position / 2 < 2;
        assert_eq!(outputs != [0, 0], real, "position {position}");
    }
    for readout in [Readout::LastStep, Readout::Mean, Readout::Attention] {
        let model = model(0, None, readout, |_| ());
        let bias = &model.parameters()[model.parameter_count() - 2..];
        assert_eq!(
            run(&model, &batch, &inputs).0[..2],
            bits(bias),
            "{readout:?}: from the zero state, the bias alone"
        );
    }
}

#[test]
fn empty_batches_are_accepted() {
    for readout in READOUTS {
        let model = model(0, None, readout, |_| ());
        for (steps, batch) in [(0, 0), (0, 2), (3, 0)] {
            let inputs = OwnedInputs::Features(Vec::new());
            let expected = if readout == Readout::EveryStep {
                0
            } else {
                batch * 2
            };
            assert_eq!(
                run(&model, &Batch::full(steps, batch), &inputs).0.len(),
                expected
            );
            let (mut tape, mut outputs) = (ModelTape::new(), Vec::new());
            let (shape, mut state) = (Batch::full(steps, batch), model.zero_state(batch));
            let inputs = inputs.inputs();
            model
                .forward_training(&shape, &inputs, &mut state, None, &mut tape, &mut outputs)
                .unwrap();
            assert_eq!(outputs.len(), expected);
            let slopes = vec![0.0; expected];
            let mut gradient = vec![0.0; model.parameter_count()];
            model
                .backward(&shape, &inputs, &mut tape, &slopes, &mut gradient)
                .unwrap();
            assert!(gradient.iter().all(|value| *value == 0.0));
        }
    }
}

#[test]
fn parameters_set_anew_run_as_in_a_fresh_model() {
    let mut first = model(3, Some(6), Readout::LastStep, |_| ());
    let second = Model::new(first.configuration().clone(), 99).unwrap();
    let inputs = OwnedInputs::random(first.configuration(), 6, 1);
    first.set_parameters(second.parameters()).unwrap();
    let batch = Batch::full(3, 2);
    assert_eq!(run(&first, &batch, &inputs), run(&second, &batch, &inputs));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_sequence_has_the_same_bits_alone_and_among_others(
        cell in 0..6usize,
        tokens in any::<bool>(),
        readout in prop::sample::select(READOUTS.to_vec()),
        bidirectional in any::<bool>(),
        lengths in prop::collection::vec(0..9usize, 1..12),
        seed in any::<u64>(),
    ) {
        let model = model(cell, tokens.then_some(6), readout, |configuration| {
            configuration.recurrent.bidirectional = bidirectional;
        });
        let (steps, batch) = (8, lengths.len());
        let inputs = OwnedInputs::random(model.configuration(), steps * batch, seed);
        let (together, _) = run(&model, &Batch::ragged(steps, &lengths), &inputs);
        for (row, &length) in lengths.iter().enumerate() {
            let positions: Vec<usize> = (0..length).map(|step| step * batch + row).collect();
            let (alone, _) = run(&model, &Batch::full(length, 1), &inputs.rows(3, &positions));
            for (index, outputs) in alone.chunks(2).enumerate() {
                let position = if readout == Readout::EveryStep { positions[index] } else { row };
                prop_assert_eq!(outputs, &together[position * 2..(position + 1) * 2]);
            }
        }
    }
}
