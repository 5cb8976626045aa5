//! One step at a time, with the state in the caller's hands and without allocation.

use super::Engine;
use crate::error::{Error, check_length};
use crate::instruction_set::InstructionSet;
use crate::kernels::aligned::Aligned;
use crate::kernels::layer_noise::Keep;
use crate::kernels::multiply::{Multiply, Rows, Start};
use crate::kernels::step::{OneStep, StepBuffers, StepInput};
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
        self.check_input(batch, input)?;
        self.check_state_values(["hidden state", "cell state"], state)?;
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
            let input = if batch == 1 && self.shape.operand_slot.is_none() {
                StepInput::Row(&rows.data[..weights.size.inputs])
            } else {
                self.set.run(Multiply {
                    matrix: &weights.input,
                    panels: 0..weights.input.panels().len(),
                    rows,
                    count: batch,
                    start: Start::Columns(&weights.input_bias),
                    output: &mut scratch.products,
                    output_stride: weights.input.columns(),
                });
                StepInput::Product(&scratch.products)
            };
            let part = layer * batch * units..(layer + 1) * batch * units;
            copy_rows(
                &mut scratch.hidden,
                padded,
                &state.hidden[part.clone()],
                units,
            );
            if self.shape.cell_slot.is_some() {
                copy_rows(&mut scratch.cell, padded, &state.cell[part.clone()], units);
            }
            self.kernels.step(
                self.set,
                OneStep {
                    weights,
                    rows: batch,
                    input,
                    hidden: &scratch.hidden,
                    operand: &scratch.hidden,
                    keep_hidden: Keep::in_inference(self.stack.zoneout),
                    keep_cell: Keep::in_inference(self.stack.zoneout_cell),
                    cell: &mut scratch.cell,
                    output: above,
                    slots: &mut [],
                },
                &mut scratch.buffers,
            );
            copy_rows(&mut state.hidden[part.clone()], units, above, padded);
            if self.shape.cell_slot.is_some() {
                copy_rows(&mut state.cell[part], units, &scratch.cell, padded);
            }
            scratch.outputs.swap(0, 1);
        }
        copy_rows(output, units, &scratch.outputs[0], padded);
        Ok(())
    }
}

/// Copies the first values of rows of one width to rows of another.
fn copy_rows(target: &mut [f32], target_width: usize, source: &[f32], source_width: usize) {
    let width = target_width.min(source_width);
    for (target, source) in target
        .chunks_exact_mut(target_width)
        .zip(source.chunks_exact(source_width))
    {
        target[..width].copy_from_slice(&source[..width]);
    }
}
