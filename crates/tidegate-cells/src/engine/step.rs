//! One step at a time, with the state in the caller's hands and without allocation.

use super::Engine;
use crate::error::{Error, check_length};
use crate::instruction_set::InstructionSet;
use crate::kernels::aligned::Aligned;
use crate::kernels::layer_noise::Keep;
use crate::kernels::multiply::Rows;
use crate::kernels::step::{OneStep, StepBuffers};
use crate::stack::Stack;
use crate::state::State;

/// Buffers of [`Engine::step`], made once by [`Engine::step_scratch`].
#[derive(Clone, Debug)]
pub struct StepScratch {
    stack: Stack,
    set: InstructionSet,
    batch: usize,
    products: Aligned,
    hidden: Aligned,
    cell: Aligned,
    outputs: [Aligned; 2],
    buffers: StepBuffers,
}

impl Engine {
    /// Buffers for steps of `batch` sequences at a time.
    #[must_use]
    pub fn step_scratch(&self, batch: usize) -> StepScratch {
        let weights = &self.weights[0];
        let rows = || Aligned::zeros(batch * weights.size.padded());
        let slots = if self.shape.operand_slot.is_some() {
            self.shape.slots
        } else {
            0
        };
        StepScratch {
            stack: self.stack.clone(),
            set: self.set,
            batch,
            products: Aligned::zeros(batch * weights.input.columns()),
            hidden: rows(),
            cell: if self.shape.cell_slot.is_some() {
                rows()
            } else {
                Aligned::default()
            },
            outputs: [rows(), rows()],
            buffers: StepBuffers::new(weights, batch, slots),
        }
    }

    /// Advances `state` by one step on `input` (`[B, I]`) and writes the outputs of the top layer (`[B, H]`): the same bits
    /// as the step has in [`Engine::forward`]. It does not allocate.
    ///
    /// # Errors
    /// [`Error::Bidirectional`], [`Error::Scratch`], a slice of the wrong size, or an input or state that is not finite. Nothing is written
    /// then.
    pub fn step(
        &self,
        input: &[f32],
        state: &mut State,
        scratch: &mut StepScratch,
        output: &mut [f32],
    ) -> Result<(), Error> {
        if self.stack.bidirectional {
            return Err(Error::Bidirectional);
        }
        let (batch, units) = (state.batch, self.stack.hidden_size);
        let padded = self.weights[0].size.padded();
        check_length(
            "input",
            input.len(),
            &[("batch", batch), ("input size", self.stack.input_size)],
        )?;
        check_length(
            "output",
            output.len(),
            &[("batch", batch), ("hidden size", units)],
        )?;
        if (scratch.batch, scratch.set) != (batch, self.set) || scratch.stack != self.stack {
            return Err(Error::Scratch);
        }
        self.stack
            .check_state(["hidden state", "cell state"], state, batch)?;
        self.check_input(input)?;
        self.check_state_values(["hidden state", "cell state"], state)?;
        // Where units need no padding, the kernel works on the caller's state itself.
        let in_place = units == padded;
        for layer in 0..self.stack.layers {
            let weights = &self.weights[layer];
            let [below, above] = &mut scratch.outputs;
            let rows = match layer {
                0 => Rows {
                    data: input,
                    stride: self.stack.input_size,
                },
                _ => Rows {
                    data: below,
                    stride: padded,
                },
            };
            let part = layer * batch * units..(layer + 1) * batch * units;
            let carried = if self.shape.cell_slot.is_some() {
                part.clone()
            } else {
                0..0
            };
            if !in_place {
                let hidden = &state.hidden[part.clone()];
                copy_rows(&mut scratch.hidden, padded, hidden, units);
                copy_rows(
                    &mut scratch.cell,
                    padded,
                    &state.cell[carried.clone()],
                    units,
                );
            }
            let (hidden, cell): (&[f32], &mut [f32]) = if in_place {
                (
                    &state.hidden[part.clone()],
                    &mut state.cell[carried.clone()],
                )
            } else {
                (&scratch.hidden, &mut scratch.cell)
            };
            let target = if in_place && layer + 1 == self.stack.layers {
                &mut *output
            } else {
                &mut above[..]
            };
            self.kernels.step(
                self.set,
                rows,
                &mut scratch.products,
                OneStep {
                    weights,
                    rows: batch,
                    input: &[],
                    hidden,
                    operand: hidden,
                    keep_hidden: Keep::in_inference(self.stack.zoneout),
                    keep_cell: Keep::in_inference(self.stack.zoneout_cell),
                    cell,
                    output: &mut *target,
                    slots: &mut [],
                },
                &mut scratch.buffers,
            );
            copy_rows(&mut state.hidden[part], units, target, padded);
            if !in_place {
                copy_rows(&mut state.cell[carried], units, &scratch.cell, padded);
            }
            scratch.outputs.swap(0, 1);
        }
        if !in_place {
            copy_rows(output, units, &scratch.outputs[0], padded);
        }
        Ok(())
    }
}

/// Copies the first values of rows of one width to rows of another.
fn copy_rows(target: &mut [f32], target_width: usize, source: &[f32], source_width: usize) {
    let width = target_width.min(source_width);
    if target_width == source_width {
        target[..source.len()].copy_from_slice(source);
        return;
    }
    for (target, source) in target
        .chunks_exact_mut(target_width)
        .zip(source.chunks_exact(source_width))
    {
        target[..width].copy_from_slice(&source[..width]);
    }
}
