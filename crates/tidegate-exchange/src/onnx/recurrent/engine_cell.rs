//! One direction of a recurrent node on the engine.

use tidegate_cells::{
    Activation as EngineActivation, Batch, Cell, Engine, Gru, Lstm, Reset, Rnn, Stack, State,
};

use super::activation::Activation;
use super::kind::Kind;

/// The engine's cell with these options, if its equations cover them.
pub(super) fn cell(
    kind: Kind,
    activations: &[Activation],
    linear_before_reset: bool,
    peepholes: bool,
) -> Option<Cell> {
    let candidate = |activation| match activation {
        Activation::Tanh => Some(EngineActivation::Tanh),
        Activation::Relu => Some(EngineActivation::Relu),
        _ => None,
    };
    match (kind, activations) {
        (Kind::Gru, &[Activation::Sigmoid, activation]) => Some(Cell::Gru(Gru {
            reset: if linear_before_reset {
                Reset::After
            } else {
                Reset::Before
            },
            candidate: candidate(activation)?,
        })),
        (Kind::Lstm, [Activation::Sigmoid, Activation::Tanh, Activation::Tanh]) => {
            Some(Cell::Lstm(Lstm { peepholes }))
        }
        (Kind::Rnn, &[activation]) => Some(Cell::Rnn(Rnn {
            activation: candidate(activation)?,
        })),
        _ => None,
    }
}

/// One direction with packed weights.
#[derive(Debug)]
pub(super) struct EngineCell {
    engine: Engine,
}

impl EngineCell {
    /// Packs `weights`, in the engine's order.
    pub(super) fn new(
        cell: Cell,
        input_size: usize,
        hidden_size: usize,
        weights: &[f32],
    ) -> Result<EngineCell, String> {
        let engine = Engine::new(Stack::new(cell, input_size, hidden_size), weights);
        Ok(EngineCell {
            engine: engine.map_err(|error| error.to_string())?,
        })
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.engine.memory_bytes()
    }

    /// As [`PlainCell::run`](super::plain_cell::PlainCell::run).
    pub(super) fn run(
        &self,
        batch: &Batch<'_>,
        x: &[f32],
        hidden: &mut [f32],
        cell: &mut [f32],
        output: &mut [f32],
    ) -> Result<(), String> {
        let carries_cell = self.engine.stack().cell.carries_cell();
        let mut state = State {
            batch: batch.batch,
            hidden: hidden.to_vec(),
            cell: if carries_cell {
                cell.to_vec()
            } else {
                Vec::new()
            },
        };
        self.engine
            .forward(batch, x, &mut state, output)
            .map_err(|error| error.to_string())?;
        hidden.copy_from_slice(&state.hidden);
        if carries_cell {
            cell.copy_from_slice(&state.cell);
        }
        Ok(())
    }
}
