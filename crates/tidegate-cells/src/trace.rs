//! What the gates do on a given sequence.

use crate::batch::Batch;
use crate::engine::Engine;
use crate::error::Error;
use crate::state::State;
use crate::tape::Tape;

/// One gate, candidate or state of one layer and direction over a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct GateTrace {
    /// Layer, from 0 at the input.
    pub layer: usize,
    /// Whether it is the backward direction's.
    pub reverse: bool,
    /// The field's name of it: `reset_gate`, `update_gate`, `candidate`, `input_gate`, `forget_gate`, `output_gate`, `cell`
    /// or `hidden`.
    pub name: &'static str,
    /// Values `[T, B, H]`, zero past each sequence's end; packed rows where the batch was packed.
    pub values: Vec<f32>,
}

/// The gates, candidates and states of every layer and direction over a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Layer by layer, direction by direction; within each the gates, the candidate and last the hidden state.
    pub gates: Vec<GateTrace>,
}

impl Engine {
    /// Inference as [`Engine::forward`], which hands out what every gate did. A GRU's update gate of 1 keeps the old
    /// state; a minimal gated unit's forget gate of 0 does.
    ///
    /// # Errors
    /// Those of [`Engine::forward`].
    pub fn trace(
        &self,
        batch: &Batch<'_>,
        input: &[f32],
        state: &mut State,
    ) -> Result<Trace, Error> {
        let mut tape = Tape::new();
        self.forward_training(batch, input, state, None, &mut tape)?;
        let (units, size) = (self.stack().hidden_size, tape.steps.caller_rows());
        let shape = self.shape();
        let padded = self.padded_units();
        let mut gates = Vec::new();
        for (layer, layer_tape) in tape.layers.iter().enumerate() {
            for (direction, direction_tape) in layer_tape.directions.iter().enumerate() {
                let mut push = |name: &'static str, buffer: &[f32], stride: usize, first: usize| {
                    let mut values = vec![0.0; size * units];
                    for (source, row) in buffer.chunks_exact(stride).zip(tape.steps.unpacked_rows())
                    {
                        values[row * units..(row + 1) * units]
                            .copy_from_slice(&source[first..first + units]);
                    }
                    gates.push(GateTrace {
                        layer,
                        reverse: direction == 1,
                        name,
                        values,
                    });
                };
                for (slot, name) in shape.slot_names.iter().enumerate().take(shape.traced) {
                    push(
                        name,
                        &direction_tape.slots,
                        shape.slots * padded,
                        slot * padded,
                    );
                }
                push("hidden", &direction_tape.outputs, padded, 0);
            }
        }
        Ok(Trace { gates })
    }
}
