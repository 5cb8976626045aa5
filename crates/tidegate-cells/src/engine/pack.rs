//! Between the caller's order of rows, `[T, B, ·]` with padding, and the packed one, in parallel over the steps.

use super::{Engine, run_all};
use crate::batch::Batch;
use crate::packed_steps::PackedSteps;
use crate::room::make_room;
use crate::tape::Tape;

impl Engine {
    /// Copies the real rows of `[T, B, width]` to packed rows.
    pub(super) fn pack(
        &self,
        steps: &PackedSteps,
        source: &[f32],
        width: usize,
        packed: &mut [f32],
    ) {
        let parts = self.parts(steps.total(), 0);
        let mut rest = packed;
        let tasks = steps
            .ranges_of_steps(parts)
            .into_iter()
            .map(|range| {
                let count = steps.start(range.end) - steps.start(range.start);
                let (rows, after) = std::mem::take(&mut rest).split_at_mut(count * width);
                rest = after;
                (range, rows)
            })
            .collect();
        run_all(parts, tasks, |(range, rows)| {
            let mut targets = rows.chunks_exact_mut(width);
            for step in range {
                let source = &source[step * steps.batch() * width..];
                for (rank, target) in (0..steps.count(step)).zip(&mut targets) {
                    target.copy_from_slice(&source[steps.row(rank) * width..][..width]);
                }
            }
        });
    }

    /// Gives the top layer's outputs the form `[T, B, directions · H]`, if they do not have it.
    pub(super) fn unpack_output(&self, batch: &Batch<'_>, tape: &mut Tape) {
        let (units, width) = (self.stack.hidden_size, self.stack.output_size());
        let padded = self.weights[0].size.padded();
        tape.output_len = batch.steps * batch.batch * width;
        tape.output_is_top = tape.steps.is_full() && !self.stack.bidirectional && units == padded;
        if tape.output_is_top {
            tape.output.clear();
            return;
        }
        make_room(&mut tape.output, tape.output_len);
        tape.output.resize(tape.output_len, 0.0);
        let Some(top) = tape.layers.last() else {
            return;
        };
        let steps = &tape.steps;
        let parts = self.parts(steps.total(), self.stack.layers - 1);
        let step_width = (batch.batch * width).max(1);
        // Steps beyond the longest sequence are padding alone and belong to the last part.
        let mut ranges = steps.ranges_of_steps(parts);
        match ranges.last_mut() {
            Some(last) => last.end = batch.steps,
            None => ranges.push(0..batch.steps),
        }
        let mut rest = &mut tape.output[..];
        let tasks = ranges
            .into_iter()
            .map(|range| {
                let (rows, after) =
                    std::mem::take(&mut rest).split_at_mut(range.len() * batch.batch * width);
                rest = after;
                (range, rows)
            })
            .collect();
        run_all(parts, tasks, |(range, rows)| {
            for (step, rows) in range.zip(rows.chunks_exact_mut(step_width)) {
                let real = steps.count(step);
                for rank in 0..batch.batch {
                    let target = &mut rows[steps.row(rank) * width..][..width];
                    if rank >= real {
                        target.fill(0.0);
                        continue;
                    }
                    let row = steps.start(step) + rank;
                    for (top, target) in top.directions.iter().zip(target.chunks_exact_mut(units)) {
                        target.copy_from_slice(&top.outputs[row * padded..][..units]);
                    }
                }
            }
        });
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
