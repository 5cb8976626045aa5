//! A written file run beside its network.

use tidegate_cells::{Batch, State};
use tidegate_model::BatchInputs;

use super::state_name;
use crate::error::ExchangeError;
use crate::network::{Input, Network, NetworkRunner};
use crate::onnx::graph::Graph;
use crate::onnx::tensor::Tensor;
use crate::onnx::trial::{Numbers, apart};

const STEPS: usize = 7;
const SEQUENCES: usize = 3;

/// The largest difference of any output or final state between `network` and a file that [`write()`](super::write()) made of
/// it, both computed here: three sequences of seven random steps, from random states.
///
/// # Errors
/// Those of reading and running the file, and that it is not of this network.
pub fn largest_difference(network: &Network, bytes: &[u8]) -> Result<f32, ExchangeError> {
    let graph = Graph::read(bytes)?;
    let runner = NetworkRunner::new(network.clone())?;
    let mut numbers = Numbers(1);
    let mut states = runner.zero_states(SEQUENCES);
    for state in &mut states {
        state.hidden = numbers.values(state.hidden.len());
        state.cell = numbers.values(state.cell.len());
    }
    let (features, tokens);
    let (width, inputs) = match network.input {
        Input::Features(size) => {
            features = numbers.values(STEPS * SEQUENCES * size);
            (size, BatchInputs::Features(&features))
        }
        Input::Tokens { vocabulary } => {
            tokens = numbers.tokens(STEPS * SEQUENCES, vocabulary);
            (1, BatchInputs::Tokens(&tokens))
        }
    };
    let rank = graph
        .inputs()
        .first()
        .and_then(|port| port.shape.as_ref())
        .map_or(0, Vec::len);
    let of_tokens = usize::from(matches!(network.input, Input::Tokens { .. }));
    let steps_at_once = if rank + of_tokens == 3 { STEPS } else { 1 };

    let mut difference = 0.0f32;
    let mut graph_states = states.clone();
    for step in (0..STEPS).step_by(steps_at_once) {
        let part = step * SEQUENCES..(step + steps_at_once) * SEQUENCES;
        let time = if steps_at_once == 1 {
            vec![]
        } else {
            vec![STEPS]
        };
        let (inputs, tensor) = match inputs {
            BatchInputs::Features(features) => {
                let part = &features[part.start * width..part.end * width];
                let shape = [&time[..], &[SEQUENCES, width]].concat();
                (
                    BatchInputs::Features(part),
                    Tensor::new(shape, part.to_vec())?,
                )
            }
            BatchInputs::Tokens(tokens) => {
                let part = &tokens[part];
                let shape = [&time[..], &[SEQUENCES]].concat();
                let values: Vec<i64> = part.iter().map(|&token| token.into()).collect();
                (BatchInputs::Tokens(part), Tensor::new(shape, values)?)
            }
        };
        let batch = Batch::full(steps_at_once, SEQUENCES);
        let expected = runner.run(&batch, &inputs, &mut states)?;
        let found = run(&graph, &runner, tensor, &mut graph_states)?;
        difference = difference.max(apart(&found, &expected.values));
        for (found, expected) in graph_states.iter().zip(&states) {
            difference = difference
                .max(apart(&found.hidden, &expected.hidden))
                .max(apart(&found.cell, &expected.cell));
        }
    }
    Ok(difference)
}

/// Runs the graph from `states`, which then are the final ones; returns the output.
fn run(
    graph: &Graph,
    runner: &NetworkRunner,
    input: Tensor,
    states: &mut [State],
) -> Result<Vec<f32>, ExchangeError> {
    let count = states.len();
    let names: Vec<[String; 2]> = (0..count)
        .map(|index| ["initial_hidden", "initial_cell"].map(|kind| state_name(kind, index, count)))
        .collect();
    let mut inputs = vec![("input", input)];
    let stacks: Vec<_> = runner.stacks().collect();
    for ((state, names), stack) in states.iter().zip(&names).zip(&stacks) {
        let shape = [
            stack.layers * stack.directions(),
            state.batch,
            stack.hidden_size,
        ];
        inputs.push((&names[0], Tensor::new(shape, state.hidden.clone())?));
        if stack.cell.carries_cell() {
            inputs.push((&names[1], Tensor::new(shape, state.cell.clone())?));
        }
    }
    let outputs = graph.run(&inputs)?;
    let values = |name: &str| {
        let found = outputs.iter().find(|(found, _)| found == name);
        found
            .and_then(|(_, tensor)| tensor.as_f32())
            .map(<[f32]>::to_vec)
            .ok_or_else(|| ExchangeError::Malformed {
                place: name.into(),
                reason: "the file has no such output: it is not of this network".into(),
            })
    };
    for (index, (state, stack)) in states.iter_mut().zip(stacks).enumerate() {
        state.hidden = values(&state_name("final_hidden", index, count))?;
        if stack.cell.carries_cell() {
            state.cell = values(&state_name("final_cell", index, count))?;
        }
    }
    values("output")
}
