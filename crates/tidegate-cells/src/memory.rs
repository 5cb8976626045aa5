//! Bytes that packed weights, a tape and a backward pass take, counted before they are asked for.

use crate::batch::Batch;
use crate::instruction_set::InstructionSet;
use crate::kernels::aligned::Aligned;
use crate::kernels::layer_weights::LayerSize;
use crate::kernels::outer_product;
use crate::stack::Stack;

/// Values that the kernels work on ahead of the recurrence, for each thread.
const KERNEL: usize = 64 * 1024;

/// Threads that are counted, so that the count is the same for any number: more of them take [`KERNEL`] values and a block of
/// rows for their outer products each beside it.
const THREADS: usize = 4;

impl Stack {
    /// Bytes of the packed weights of an [`Engine`](crate::Engine).
    #[must_use]
    pub fn packed_bytes(&self, set: InstructionSet) -> u64 {
        let one = |layer| self.packed_direction_bytes(set, layer, true);
        let layers = (0..self.layers.min(2)).map(one).collect::<Vec<_>>();
        let upper = layers.get(1).copied().unwrap_or(0);
        let upper = upper.saturating_mul(self.layers as u64 - 1);
        layers[0]
            .saturating_add(upper)
            .saturating_mul(self.directions() as u64)
    }

    /// [`Tape::memory_bytes`](crate::Tape::memory_bytes) after a first training pass over `batch`, before its
    /// outputs are asked for.
    #[must_use]
    pub fn tape_bytes(&self, set: InstructionSet, batch: &Batch<'_>) -> u64 {
        let shape = self.cell.kernels().shape();
        let padded = self.padded(set);
        let (real, directions) = (batch.total_steps(), self.directions());
        let full = batch.packed || real == batch.steps * batch.batch;
        let operands = usize::from(self.recurrent_dropout > 0.0);
        let states = 1 + usize::from(shape.cell_slot.is_some());
        let direction = [
            bytes(&[real, padded]),
            bytes(&[real, shape.slots, padded]),
            bytes(&[real, operands, padded]),
            bytes(&[batch.batch, padded]).saturating_mul(states as u64),
        ];
        let layer = sum(direction).saturating_mul(directions as u64);
        let first_input = if full {
            0
        } else {
            bytes(&[real, self.input_size])
        };
        let upper_input = if self.bidirectional || self.dropout > 0.0 {
            bytes(&[real, self.output_size()])
        } else {
            0
        };
        sum([
            layer.saturating_mul(self.layers as u64),
            first_input,
            upper_input.saturating_mul(self.layers as u64 - 1),
        ])
    }

    /// Bytes that [`Tape::output`](crate::Tape::output) adds to the tape once it is asked for.
    #[must_use]
    pub fn output_bytes(&self, set: InstructionSet, batch: &Batch<'_>) -> u64 {
        let full = batch.packed || batch.total_steps() == batch.steps * batch.batch;
        if full && !self.bidirectional && self.padded(set) == self.hidden_size {
            return 0;
        }
        // A plain vector, not padded to whole cache lines.
        let rows = if batch.packed {
            batch.total_steps()
        } else {
            batch.steps.saturating_mul(batch.batch)
        };
        product(&[rows, self.output_size(), size_of::<f32>()])
    }

    /// Bytes that a forward and a backward pass over `batch` take beside what stays on the tape, `with_input_gradient` or without.
    #[must_use]
    pub fn backward_bytes(
        &self,
        set: InstructionSet,
        batch: &Batch<'_>,
        with_input_gradient: bool,
    ) -> u64 {
        let padded = self.padded(set);
        let (real, directions) = (batch.total_steps(), self.directions() as u64);
        let rows = |columns: usize| bytes(&[real, columns]);
        // The transposed weights of the first layer and of one above it, and the blocks of rows that outer products are
        // made of.
        let upper = usize::from(self.layers > 1);
        let weights = self
            .packed_direction_bytes(set, 0, with_input_gradient)
            .saturating_add(upper as u64 * self.packed_direction_bytes(set, upper, true))
            .saturating_mul(directions);
        let inputs = self.input_size.max(self.layer_input_size(upper));
        let columns: usize = [inputs, self.hidden_size, self.hidden_size]
            .map(|columns| columns.next_multiple_of(set.lanes()))
            .into_iter()
            .fold(0, usize::saturating_add);
        let blocks = bytes(&[
            outer_product::BLOCK.min(real),
            columns.saturating_mul(THREADS).saturating_add(padded),
        ]);
        let upper_width = self.output_size().next_multiple_of(set.lanes());
        let gradients = match self.layers {
            1 => 0,
            2 => rows(upper_width),
            _ => rows(upper_width).saturating_mul(2),
        };
        let input = if with_input_gradient {
            rows(self.input_size.next_multiple_of(set.lanes()))
        } else {
            0
        };
        // Rows of a step: the state's gradients and last values, the recurrent product, and the masks and masked values
        // of noise, forward and back.
        let shape = self.cell.kernels().shape();
        let noisy = [self.recurrent_dropout, self.zoneout, self.zoneout_cell];
        let masked = 2 * noisy.iter().filter(|rate| **rate > 0.0).count();
        let own_slots = shape.operand_slot.map_or(0, |_| shape.slots + 2);
        let rows_of_step = 4 + shape.blocks + own_slots + shape.peepholes + masked;
        let states = bytes(&[batch.batch, padded, rows_of_step]).saturating_mul(directions);
        // The order of the rows of every step, its rows in each buffer, and the row before each row.
        let order = (real as u64 * directions + 8 * batch.steps as u64) * size_of::<usize>() as u64;
        // Products with the input of some steps ahead, and these inputs: of at least one step of every sequence.
        let width = self.cell.blocks() * padded;
        let ahead = (THREADS * KERNEL / width).min(real).max(batch.batch);
        let kernels = bytes(&[ahead, width + inputs]);
        sum([weights, blocks, gradients, input, states, order, kernels])
    }

    /// Bytes of the packed weights of one direction of `layer`.
    fn packed_direction_bytes(&self, set: InstructionSet, layer: usize, with_input: bool) -> u64 {
        let padded = self.padded(set);
        let inputs = usize::from(with_input) * self.layer_input_size(layer);
        let rows = [inputs, self.hidden_size, 2];
        let matrices = rows.map(|rows| bytes(&[self.cell.blocks(), padded, rows]));
        sum(matrices).saturating_add(bytes(&[self.cell.peepholes(), padded]))
    }

    fn padded(&self, set: InstructionSet) -> usize {
        LayerSize {
            inputs: self.input_size,
            units: self.hidden_size,
            lanes: set.lanes(),
        }
        .padded()
    }
}

/// Bytes of a buffer with so many values.
fn bytes(shape: &[usize]) -> u64 {
    Aligned::bytes_of(product(shape))
}

fn product(sizes: &[usize]) -> u64 {
    let multiply = |product: u64, &size: &usize| product.saturating_mul(size as u64);
    sizes.iter().fold(1, multiply)
}

fn sum<const N: usize>(parts: [u64; N]) -> u64 {
    parts.into_iter().fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cells::{Cell, Gru, Lstm, Rnn};
    use crate::engine::Engine;
    use crate::noise::Noise;
    use crate::tape::Tape;

    #[test]
    fn the_bytes_of_a_tape_are_counted_exactly() {
        let set = InstructionSet::detect().unwrap();
        let cells = [
            Cell::Gru(Gru::default()),
            Cell::Lstm(Lstm { peepholes: true }),
            Cell::Rnn(Rnn::default()),
        ];
        let lengths = [9, 4, 0, 7, 9];
        for cell in cells {
            for hidden_size in [16, 37] {
                for (layers, bidirectional, rate) in [
                    (1, false, 0.0),
                    (3, false, 0.0),
                    (2, true, 0.0),
                    (2, false, 0.3),
                ] {
                    let mut stack = Stack::new(cell, 3, hidden_size);
                    (stack.layers, stack.bidirectional) = (layers, bidirectional);
                    (stack.dropout, stack.recurrent_dropout) = (rate, rate);
                    let weights = vec![0.1; stack.parameter_count()];
                    let engine =
                        Engine::with_instruction_set(stack.clone(), &weights, set).unwrap();
                    let sorted = [9, 9, 7, 4, 0];
                    for (batch, rows) in [
                        (Batch::full(9, 5), 45),
                        (Batch::ragged(9, &lengths), 45),
                        (Batch::packed(&sorted), 29),
                    ] {
                        let mut tape = Tape::new();
                        let input = vec![0.5; rows * 3];
                        let noise = Some(Noise::new(1));
                        let mut state = stack.zero_state(5);
                        engine
                            .forward_training(&batch, &input, &mut state, noise, &mut tape)
                            .unwrap();
                        let counted = stack.tape_bytes(set, &batch);
                        assert_eq!(counted, tape.memory_bytes() as u64, "{stack:?} {batch:?}");
                        assert_eq!(tape.output().len(), rows * stack.output_size());
                        let counted = counted + stack.output_bytes(set, &batch);
                        assert_eq!(counted, tape.memory_bytes() as u64, "{stack:?} {batch:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn sizes_beyond_any_machine_are_the_largest_number() {
        let mut stack = Stack::new(Cell::Gru(Gru::default()), 1, usize::MAX / 64);
        stack.layers = usize::MAX;
        let set = InstructionSet::Portable;
        assert_eq!(stack.packed_bytes(set), u64::MAX);
        assert_eq!(stack.tape_bytes(set, &Batch::full(1000, 1000)), u64::MAX);
    }
}
