//! Sequences run part by part, with the gradient of the state handed back from part to part: outputs and states have the
//! bits of the whole pass, gradients are the same but for the order of summation.
#![allow(clippy::unwrap_used)]

mod models;

use std::ops::Range;

use models::{OwnedInputs, bits, cells, configuration, uniform};
use tidegate_cells::{Batch, Noise, State};
use tidegate_model::{Model, ModelConfiguration, ModelTape, Readout};

const STEPS: usize = 11;
const FULL: [usize; 5] = [STEPS; 5];
const RAGGED: [usize; 5] = [7, 0, 11, 4, 8];
const PARTS: [Range<usize>; 4] = [0..4, 4..7, 7..8, 8..11];
const NOISE: Noise = Noise {
    seed: 5,
    first_step: 0,
};

/// A model with its inputs, and an objective that is linear in the outputs.
struct Problem {
    model: Model,
    inputs: OwnedInputs,
    lengths: [usize; 5],
    initial: State,
    slopes: Vec<f32>,
}

/// What a pass gives.
struct Found {
    outputs: Vec<f32>,
    state: State,
    gradient: Vec<f32>,
    state_gradient: State,
}

impl Problem {
    fn new(configuration: ModelConfiguration, lengths: [usize; 5]) -> Self {
        let model = Model::new(configuration, 3).unwrap();
        let rows = STEPS * lengths.len();
        let mut initial = model.zero_state(lengths.len());
        initial.hidden = uniform(initial.hidden.len(), 7);
        initial.cell = uniform(initial.cell.len(), 8);
        Problem {
            inputs: OwnedInputs::random(model.configuration(), rows, 1),
            slopes: uniform(rows * model.configuration().outputs, 2),
            model,
            lengths,
            initial,
        }
    }

    fn every_step(&self) -> bool {
        self.model.configuration().readout == Readout::EveryStep
    }

    /// The parts' passes one after the other, then from the last to the first computed again and back.
    fn by_parts(&self, parts: &[Range<usize>]) -> Found {
        let (model, rows) = (&self.model, self.lengths.len());
        let width = model.configuration().outputs;
        let part = |steps: &Range<usize>| {
            let positions: Vec<usize> = (steps.start * rows..steps.end * rows).collect();
            let size = model.configuration().recurrent.input_size;
            let lengths = self
                .lengths
                .map(|length| length.saturating_sub(steps.start).min(steps.len()));
            let noise = Some(NOISE.after(steps.start));
            (self.inputs.rows(size, &positions), lengths, noise)
        };
        let mut tape = ModelTape::new();
        let mut states = vec![self.initial.clone()];
        for steps in &parts[..parts.len() - 1] {
            let (inputs, lengths, noise) = part(steps);
            let batch = Batch::ragged(steps.len(), &lengths);
            let mut state = states.last().unwrap().clone();
            model
                .advance(&batch, &inputs.inputs(), &mut state, noise, &mut tape)
                .unwrap();
            states.push(state);
        }
        let mut found = Found {
            outputs: Vec::new(),
            state: self.initial.clone(),
            gradient: vec![0.0; model.parameter_count()],
            state_gradient: model.zero_state(rows),
        };
        for (index, steps) in parts.iter().enumerate().rev() {
            let (inputs, lengths, noise) = part(steps);
            let batch = Batch::ragged(steps.len(), &lengths);
            let (mut state, mut outputs) = (states[index].clone(), Vec::new());
            let inputs = inputs.inputs();
            model
                .forward_training(&batch, &inputs, &mut state, noise, &mut tape, &mut outputs)
                .unwrap();
            let last = index + 1 == parts.len();
            let slopes = if self.every_step() {
                Some(&self.slopes[steps.start * rows * width..steps.end * rows * width])
            } else {
                last.then_some(&self.slopes[..rows * width])
            };
            model
                .backward_part(
                    &batch,
                    &inputs,
                    &mut tape,
                    slopes,
                    &mut found.state_gradient,
                    &mut found.gradient,
                )
                .unwrap();
            if last {
                found.state = state;
            }
            if self.every_step() {
                found.outputs.splice(0..0, outputs);
            } else if last {
                found.outputs = outputs;
            }
        }
        found
    }

    fn check(&self) {
        let whole = self.by_parts(std::slice::from_ref(&(0..STEPS)));
        let parts = self.by_parts(&PARTS);
        let what = self.model.configuration();
        assert_eq!(bits(&parts.outputs), bits(&whole.outputs), "{what:?}");
        assert_eq!(
            bits(&parts.state.hidden),
            bits(&whole.state.hidden),
            "{what:?}"
        );
        assert_eq!(bits(&parts.state.cell), bits(&whole.state.cell), "{what:?}");
        for tensor in self.model.tensors() {
            close(
                &parts.gradient[tensor.range()],
                &whole.gradient[tensor.range()],
                &format!("{} of {what:?}", tensor.name),
            );
        }
        let (parts, whole) = (&parts.state_gradient, &whole.state_gradient);
        close(&parts.hidden, &whole.hidden, "initial hidden state");
        close(&parts.cell, &whole.cell, "initial cell state");
    }
}

/// Equal within 1e-5 of the largest value.
fn close(found: &[f32], expected: &[f32], what: &str) {
    let largest = expected.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    assert!(largest > 0.0 || expected.is_empty(), "{what} is all zeros");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found - expected).abs();
        assert!(
            difference <= 1e-5 * largest,
            "{what}, value {index}: {found}, expected {expected}, largest {largest}"
        );
    }
}

#[test]
fn parts_agree_with_the_whole_for_every_cell_readout_and_shape() {
    for cell in cells() {
        for readout in [Readout::EveryStep, Readout::LastStep] {
            for lengths in [FULL, RAGGED] {
                for layers in [1, 3] {
                    let mut configuration = configuration(cell, None, readout);
                    configuration.recurrent.layers = layers;
                    configuration.recurrent.hidden_size = 19;
                    Problem::new(configuration, lengths).check();
                }
            }
        }
    }
}

#[test]
fn parts_draw_the_masks_of_the_whole_for_every_kind_of_dropout() {
    type Change = fn(&mut ModelConfiguration);
    let changes: [Change; 6] = [
        |model| model.input_dropout = 0.4,
        |model| model.output_dropout = 0.4,
        |model| model.recurrent.dropout = 0.4,
        |model| model.recurrent.recurrent_dropout = 0.4,
        |model| model.recurrent.zoneout = 0.4,
        |model| model.recurrent.zoneout_cell = 0.4,
    ];
    for change in changes {
        for cell in cells() {
            for readout in [Readout::EveryStep, Readout::LastStep] {
                for lengths in [FULL, RAGGED] {
                    let mut configuration = configuration(cell, Some(6), readout);
                    configuration.recurrent.layers = 2;
                    change(&mut configuration);
                    if configuration.validate().is_ok() {
                        Problem::new(configuration, lengths).check();
                    }
                }
            }
        }
    }
}

#[test]
fn a_part_without_outputs_that_matter_takes_the_state_gradient_alone() {
    // The head gets no gradient, and the recurrent layers the one that zeros for the outputs give.
    let mut configuration = configuration(cells()[0], None, Readout::EveryStep);
    configuration.recurrent.layers = 2;
    let problem = Problem::new(configuration, FULL);
    let model = &problem.model;
    let batch = Batch::ragged(STEPS, &problem.lengths);
    let gradient = |slopes: Option<&[f32]>| {
        let (mut state, mut tape, mut outputs) =
            (problem.initial.clone(), ModelTape::new(), Vec::new());
        let inputs = problem.inputs.inputs();
        model
            .forward_training(&batch, &inputs, &mut state, None, &mut tape, &mut outputs)
            .unwrap();
        let mut state_gradient = problem.initial.clone();
        let mut gradient = vec![0.0; model.parameter_count()];
        model
            .backward_part(
                &batch,
                &inputs,
                &mut tape,
                slopes,
                &mut state_gradient,
                &mut gradient,
            )
            .unwrap();
        (bits(&gradient), bits(&state_gradient.hidden))
    };
    let zeros = vec![0.0; problem.slopes.len()];
    assert!(gradient(None) == gradient(Some(&zeros)));
}

#[test]
fn a_state_gradient_of_another_shape_is_refused() {
    let problem = Problem::new(configuration(cells()[2], None, Readout::LastStep), FULL);
    let model = &problem.model;
    let batch = Batch::full(STEPS, 5);
    let (mut state, mut tape, mut outputs) =
        (problem.initial.clone(), ModelTape::new(), Vec::new());
    let inputs = problem.inputs.inputs();
    model
        .forward_training(&batch, &inputs, &mut state, None, &mut tape, &mut outputs)
        .unwrap();
    let mut gradient = vec![0.0; model.parameter_count()];
    let error = model
        .backward_part(
            &batch,
            &inputs,
            &mut tape,
            None,
            &mut model.zero_state(4),
            &mut gradient,
        )
        .unwrap_err();
    assert!(error.to_string().contains("state_gradient"), "{error}");
    assert!(gradient.iter().all(|value| *value == 0.0));
}
