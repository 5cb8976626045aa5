//! What a training forward pass leaves for the backward pass.

use crate::engine::run_all;
use crate::error::{Error, check_length};
use crate::instruction_set::InstructionSet;
use crate::kernels::aligned::Aligned;
use crate::kernels::layer_weights::TransposedWeights;
use crate::kernels::outer_product::OuterProductBuffers;
use crate::noise::Noise;
use crate::packed_steps::PackedSteps;
use crate::room::make_room;
use crate::stack::Stack;

/// Buffers of one layer and direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct DirectionTape {
    /// Hidden states, packed rows of padded units.
    pub(crate) outputs: Aligned,
    /// Slots of every packed row; gradients of the pre-activations after the backward pass.
    pub(crate) slots: Aligned,
    /// Masked previous hidden states of every packed row, with recurrent dropout.
    pub(crate) operands: Aligned,
    /// Initial hidden state by rank.
    pub(crate) initial_hidden: Aligned,
    /// Initial cell state by rank.
    pub(crate) initial_cell: Aligned,
}

/// Buffers of one layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerTape {
    /// The layer's packed input, where it is not the caller's or the layer's below as it stands.
    pub(crate) input: Aligned,
    pub(crate) directions: Vec<DirectionTape>,
}

/// Where the outputs `[T, B, D · H]` stand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum OutputForm {
    /// In the tape's own buffer.
    #[default]
    Unpacked,
    /// In the buffer of the top layer, in this very form.
    Top { length: usize },
    /// In the buffers of the top layer, as packed rows.
    Packed(PackedOutput),
}

/// What it takes to unpack outputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackedOutput {
    pub(crate) units: usize,
    pub(crate) padded: usize,
    /// Parts that threads share.
    pub(crate) parts: usize,
}

/// What [`Engine::forward_training`](crate::Engine::forward_training) leaves for
/// [`Engine::backward`](crate::Engine::backward): gates, states and inputs of every step. Its memory is kept and used again by
/// the next pass.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    pub(crate) layers: Vec<LayerTape>,
    pub(crate) steps: PackedSteps,
    pub(crate) noise: Option<Noise>,
    /// The stack and the instruction set, hence the padding, that filled the tape; none before the first pass and after a backward pass consumed it.
    pub(crate) filled_by: Option<(Stack, InstructionSet)>,
    /// The outputs `[T, B, D · H]` where the top layer's buffer does not have that form, once they were asked for.
    pub(crate) output: Vec<f32>,
    pub(crate) output_form: OutputForm,
    /// Weights packed for the backward pass, for each direction of the first layer, and of the one above it that was last.
    pub(crate) transposed: [Vec<TransposedWeights>; 2],
    /// Gradients of the input of a layer and of the one above it, packed rows.
    pub(crate) input_gradients: [Aligned; 2],
    /// Packed blocks of the weight gradients, for each part.
    pub(crate) outer_products: Vec<OuterProductBuffers>,
}

impl Tape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Outputs of the last forward pass, `[T, B, directions · H]`, zero past each sequence's end; packed rows where the batch
    /// was packed.
    #[must_use]
    pub fn output(&mut self) -> &[f32] {
        if let OutputForm::Packed(form) = self.output_form {
            let mut output = std::mem::take(&mut self.output);
            make_room(&mut output, self.output_length(form));
            output.resize(self.output_length(form), 0.0);
            self.unpack_output(form, &mut output);
            self.output = output;
            self.output_form = OutputForm::Unpacked;
        }
        self.formed_output()
    }

    /// Copies what [`Tape::output`] gives to the caller's memory.
    ///
    /// # Errors
    /// A slice of the wrong length; nothing is written then.
    pub fn copy_output(&self, target: &mut [f32]) -> Result<(), Error> {
        let length = match self.output_form {
            OutputForm::Packed(form) => self.output_length(form),
            _ => self.formed_output().len(),
        };
        check_length("output", target.len(), &[("values", length)])?;
        match self.output_form {
            OutputForm::Packed(form) => self.unpack_output(form, target),
            _ => target.copy_from_slice(self.formed_output()),
        }
        Ok(())
    }

    /// The outputs where they have their final form already.
    fn formed_output(&self) -> &[f32] {
        match self.output_form {
            OutputForm::Top { length } => {
                let top = self.top().first();
                top.map_or(&[], |top| &top.outputs[..length])
            }
            _ => &self.output,
        }
    }

    fn top(&self) -> &[DirectionTape] {
        let top = self.layers.last();
        top.map_or(&[], |layer| &layer.directions)
    }

    fn output_length(&self, form: PackedOutput) -> usize {
        self.steps.caller_rows() * self.top().len() * form.units
    }

    /// Gives the top layer's outputs the caller's form.
    fn unpack_output(&self, form: PackedOutput, output: &mut [f32]) {
        let PackedOutput {
            units,
            padded,
            parts,
        } = form;
        let (steps, top) = (&self.steps, self.top());
        let width = top.len() * units;
        // Steps beyond the longest sequence are padding alone and belong to the last part.
        let mut ranges = steps.ranges_of_steps(parts);
        match ranges.last_mut() {
            Some(last) => last.end = steps.caller_steps(),
            None => ranges.push(0..steps.caller_steps()),
        }
        let mut rest = output;
        let tasks = ranges
            .into_iter()
            .map(|range| {
                let rows: usize = range.clone().map(|step| steps.caller_count(step)).sum();
                let (rows, after) = std::mem::take(&mut rest).split_at_mut(rows * width);
                rest = after;
                (range, rows)
            })
            .collect();
        run_all(parts, tasks, |(range, mut rest)| {
            for step in range {
                let count = steps.caller_count(step);
                let (rows, after) = std::mem::take(&mut rest).split_at_mut(count * width);
                rest = after;
                let real = steps.count(step);
                for rank in 0..count {
                    let target = &mut rows[steps.row(rank) * width..][..width];
                    if rank >= real {
                        target.fill(0.0);
                        continue;
                    }
                    let row = steps.start(step) + rank;
                    for (top, target) in top.iter().zip(target.chunks_exact_mut(units)) {
                        target.copy_from_slice(&top.outputs[row * padded..][..units]);
                    }
                }
            }
        });
    }

    /// Memory of what the forward pass left, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let directions = self.layers.iter().flat_map(|layer| &layer.directions);
        let buffers = directions.flat_map(|tape| {
            [
                &tape.outputs,
                &tape.slots,
                &tape.operands,
                &tape.initial_hidden,
                &tape.initial_cell,
            ]
        });
        buffers
            .chain(self.layers.iter().map(|layer| &layer.input))
            .map(Aligned::memory_bytes)
            .sum::<usize>()
            + self.output.capacity() * size_of::<f32>()
    }

    /// Memory that backward passes work in and that is kept from one to the next, in bytes.
    #[must_use]
    pub fn working_memory_bytes(&self) -> usize {
        let outer_products = self.outer_products.iter();
        self.input_gradients
            .iter()
            .map(Aligned::memory_bytes)
            .chain(
                self.transposed
                    .iter()
                    .flatten()
                    .map(TransposedWeights::memory_bytes),
            )
            .chain(outer_products.map(OuterProductBuffers::memory_bytes))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Batch, Cell, Engine, Gru, Stack, Tape};

    #[test]
    fn a_tape_used_again_leaves_nothing_of_earlier_outputs_in_the_padding() {
        let stack = Stack {
            bidirectional: true,
            ..Stack::new(Cell::Gru(Gru::default()), 2, 5)
        };
        let engine = Engine::new(stack.clone(), &vec![0.3; stack.parameter_count()]).unwrap();
        let input = [0.7; 4 * 3 * 2];
        let mut tape = Tape::new();
        for lengths in [[4, 4, 4], [2, 0, 3], [0, 0, 0]] {
            let batch = Batch::ragged(4, &lengths);
            let mut state = stack.zero_state(3);
            engine
                .forward_training(&batch, &input, &mut state, None, &mut tape)
                .unwrap();
            for (row, output) in tape.output().chunks_exact(10).enumerate() {
                let real = row / 3 < lengths[row % 3];
                assert!(output.iter().all(|value| (*value != 0.0) == real));
            }
        }
    }
}
