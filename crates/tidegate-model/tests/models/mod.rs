//! Small models and batches for the tests.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod file;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tidegate_cells::{Activation, Batch, Cell, Gru, Lstm, Mgu, Reset, Rnn, Stack};
use tidegate_model::{BatchInputs, InputLayer, Model, ModelConfiguration, Readout};

/// One of every cell.
pub fn cells() -> Vec<Cell> {
    vec![
        Cell::Gru(Gru {
            reset: Reset::After,
            candidate: Activation::Tanh,
        }),
        Cell::Gru(Gru {
            reset: Reset::Before,
            candidate: Activation::Tanh,
        }),
        Cell::Lstm(Lstm { peepholes: false }),
        Cell::Lstm(Lstm { peepholes: true }),
        Cell::Rnn(Rnn {
            activation: Activation::Tanh,
        }),
        Cell::Mgu(Mgu {}),
    ]
}

/// One of every readout.
pub const READOUTS: [Readout; 4] = [
    Readout::EveryStep,
    Readout::LastStep,
    Readout::Mean,
    Readout::Attention,
];

/// A configuration with 3 features or, with a vocabulary, tokens embedded in 3 features; 5 units and 2 outputs.
pub fn configuration(
    cell: Cell,
    vocabulary: Option<usize>,
    readout: Readout,
) -> ModelConfiguration {
    let input = vocabulary.map_or(InputLayer::Features, |vocabulary| InputLayer::Embedding {
        vocabulary,
        size: 3,
    });
    ModelConfiguration::new(input, Stack::new(cell, 3, 5), 2, readout)
}

/// A GRU on features with an output at every step.
pub fn gru() -> Model {
    Model::new(configuration(cells()[0], None, Readout::EveryStep), 1).unwrap()
}

/// Inputs that own their memory.
#[derive(Clone)]
pub enum OwnedInputs {
    Features(Vec<f32>),
    Tokens(Vec<u32>),
}

impl OwnedInputs {
    /// Random inputs of `rows` steps for a model.
    pub fn random(configuration: &ModelConfiguration, rows: usize, seed: u64) -> Self {
        match configuration.input {
            InputLayer::Features => {
                OwnedInputs::Features(uniform(rows * configuration.recurrent.input_size, seed))
            }
            InputLayer::Embedding { vocabulary, .. } => {
                let mut generator = ChaCha8Rng::seed_from_u64(seed);
                OwnedInputs::Tokens(
                    (0..rows)
                        .map(|_| generator.next_u32() % vocabulary as u32)
                        .collect(),
                )
            }
        }
    }

    pub fn inputs(&self) -> BatchInputs<'_> {
        match self {
            OwnedInputs::Features(values) => BatchInputs::Features(values),
            OwnedInputs::Tokens(tokens) => BatchInputs::Tokens(tokens),
        }
    }

    /// The rows at `positions`.
    pub fn rows(&self, width: usize, positions: &[usize]) -> Self {
        match self {
            OwnedInputs::Features(values) => OwnedInputs::Features(
                positions
                    .iter()
                    .flat_map(|at| values[at * width..(at + 1) * width].to_vec())
                    .collect(),
            ),
            OwnedInputs::Tokens(tokens) => {
                OwnedInputs::Tokens(positions.iter().map(|&at| tokens[at]).collect())
            }
        }
    }
}

/// Values uniform in [−1, 1).
pub fn uniform(count: usize, seed: u64) -> Vec<f32> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|_| (generator.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0)
        .collect()
}

/// Outputs and final hidden state of a batch from the zero state.
pub fn run(model: &Model, batch: &Batch, inputs: &OwnedInputs) -> (Vec<u32>, Vec<u32>) {
    let (mut state, mut outputs) = (model.zero_state(batch.batch), vec![7.0; 3]);
    model
        .forward(batch, &inputs.inputs(), &mut state, &mut outputs)
        .unwrap();
    (bits(&outputs), bits(&state.hidden))
}

/// The bits of each value.
pub fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}
