//! The forward recurrence of one layer and direction, for a chunk of sequences: the input product over a block of steps at
//! once, then step after step the recurrent product and the cell's equations, panel by panel.

use std::ops::Range;

use super::aligned::Aligned;
use super::layer_noise::LayerNoise;
use super::layer_weights::LayerWeights;
use super::multiply::{Multiply, Rows, Start};
use super::step::{OneStep, StepBuffers, run_step};
use crate::equations::{Carry, Equations};
use crate::instruction_set::{Kernel, Lanes};
use crate::noise::Mask;
use crate::packed_steps::PackedSteps;

/// Values of the input product that are computed ahead of the recurrence: a share of level 2.
const INPUT_BLOCK: usize = 64 * 1024;

/// What all chunks of a pass share.
pub(crate) struct ForwardPass<'a> {
    pub(crate) weights: &'a LayerWeights,
    pub(crate) steps: &'a PackedSteps,
    pub(crate) reverse: bool,
    /// Packed rows of I values.
    pub(crate) input: Rows<'a>,
    /// State before the first step, by rank, `[B, padded]`; the cell state is empty for cells without one.
    pub(crate) initial: Carry<&'a [f32]>,
    pub(crate) noise: LayerNoise,
}

/// A chunk of ranks, with its own part of every output.
pub(crate) struct ForwardChunk<'a> {
    pub(crate) ranks: Range<usize>,
    /// Hidden states of each step, `[rows, padded]`.
    pub(crate) outputs: Vec<&'a mut [f32]>,
    /// The tape of each step, `[rows, slots, padded]`; empty in inference.
    pub(crate) slots: Vec<&'a mut [f32]>,
    /// h_{t−1} as it enters the products, of each step, `[rows, padded]`; empty unless recurrent dropout is on and taped.
    pub(crate) operands: Vec<&'a mut [f32]>,
    /// State after each sequence's last step, `[ranks, padded]`.
    pub(crate) last: Carry<&'a mut [f32]>,
}

/// The whole forward pass of a chunk.
pub(crate) struct Forward<'a, 'b, E> {
    pub(crate) equations: E,
    pub(crate) pass: &'a ForwardPass<'a>,
    pub(crate) chunk: ForwardChunk<'b>,
}

impl<E: Equations> Kernel for Forward<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(self, s: S) {
        let Forward {
            equations,
            pass,
            mut chunk,
        } = self;
        let weights = pass.weights;
        let size = weights.size;
        assert_eq!(size.lanes, S::F32_LANES);
        let (padded, width) = (size.padded(), weights.input.columns());
        let (first_rank, ranks) = (chunk.ranks.start, chunk.ranks.len());
        let rows_at = |step: usize| {
            chunk
                .ranks
                .end
                .min(pass.steps.count(step))
                .saturating_sub(first_rank)
        };
        // Steps that this chunk takes part in: the longest sequence comes first.
        let steps = if ranks == 0 {
            0
        } else {
            pass.steps.length(first_rank)
        };

        let initial = &pass.initial.hidden[first_rank * padded..][..ranks * padded];
        chunk.last.hidden.copy_from_slice(initial);
        let cells = if E::CELL_SLOT.is_some() {
            ranks * padded
        } else {
            0
        };
        if cells > 0 {
            chunk
                .last
                .cell
                .copy_from_slice(&pass.initial.cell[first_rank * padded..][..cells]);
        }

        let input_steps = (INPUT_BLOCK / (ranks.max(1) * width)).clamp(1, steps.max(1));
        let mut products = Aligned::zeros(input_steps * ranks * width);
        let whole = ranks == pass.steps.batch();
        let mut gathered = Aligned::zeros(if whole {
            0
        } else {
            input_steps * ranks * size.inputs
        });
        let own_slots = if E::OPERAND_SLOT.is_some() && chunk.slots.is_empty() {
            E::SLOTS.len()
        } else {
            0
        };
        let mut buffers = StepBuffers::new(weights, ranks, own_slots);
        let mut joined = Aligned::zeros(if pass.reverse { ranks * padded } else { 0 });
        let mask = pass
            .noise
            .recurrent_mask(pass.steps, chunk.ranks.clone(), size.units, padded);
        let mut masked = Aligned::zeros(if mask.is_some() && chunk.operands.is_empty() {
            ranks * padded
        } else {
            0
        });
        let sampled = if pass.noise.noise.is_some() {
            ranks * padded
        } else {
            0
        };
        let mut keep_hidden = Aligned::zeros(if pass.noise.zoneout > 0.0 { sampled } else { 0 });
        let mut keep_cell = Aligned::zeros(if pass.noise.zoneout_cell > 0.0 {
            sampled
        } else {
            0
        });

        let mut done = 0;
        while done < steps {
            let taken = input_steps.min(steps - done);
            let block = if pass.reverse {
                steps - done - taken..steps - done
            } else {
                done..done + taken
            };
            let count: usize = block.clone().map(rows_at).sum();
            let rows = if whole {
                Rows {
                    data: &pass.input.data[pass.steps.start(block.start) * pass.input.stride..],
                    ..pass.input
                }
            } else {
                let mut targets = gathered.chunks_exact_mut(size.inputs);
                for step in block.clone() {
                    let first = pass.steps.start(step) + first_rank;
                    for (row, target) in (first..first + rows_at(step)).zip(&mut targets) {
                        target.copy_from_slice(
                            &pass.input.data[row * pass.input.stride..][..size.inputs],
                        );
                    }
                }
                Rows {
                    data: &gathered,
                    stride: size.inputs,
                }
            };
            s.call(Multiply {
                matrix: &weights.input,
                panels: 0..weights.input.panels().len(),
                rows,
                count,
                start: Start::Columns(&weights.input_bias),
                output: &mut products,
                output_stride: width,
            });

            let mut offset = if pass.reverse { count } else { 0 };
            for index in 0..taken {
                let step = if pass.reverse {
                    block.end - 1 - index
                } else {
                    block.start + index
                };
                let rows = rows_at(step);
                if pass.reverse {
                    offset -= rows;
                }
                let input = &products[offset * width..][..rows * width];
                if !pass.reverse {
                    offset += rows;
                }
                let previous = if pass.reverse {
                    step + 1
                } else {
                    step.wrapping_sub(1)
                };
                let carried = if done + index == 0 {
                    0
                } else {
                    rows_at(previous).min(rows)
                };
                let (before, after) = chunk.outputs.split_at_mut(step + usize::from(pass.reverse));
                let (output, previous_output): (&mut [f32], &[f32]) = if pass.reverse {
                    (
                        &mut *before[step],
                        after.first().map_or(&[], |rows| &**rows),
                    )
                } else {
                    (&mut *after[0], before.last().map_or(&[], |rows| &**rows))
                };
                let hidden: &[f32] = if carried == rows {
                    &previous_output[..rows * padded]
                } else if carried == 0 {
                    &initial[..rows * padded]
                } else {
                    joined[..carried * padded]
                        .copy_from_slice(&previous_output[..carried * padded]);
                    joined[carried * padded..rows * padded]
                        .copy_from_slice(&initial[carried * padded..rows * padded]);
                    &joined[..rows * padded]
                };
                let operand: &[f32] = match &mask {
                    None => hidden,
                    Some(mask) => {
                        let target: &mut [f32] = match chunk.operands.get_mut(step) {
                            Some(target) => target,
                            None => &mut masked[..rows * padded],
                        };
                        for ((target, hidden), mask) in
                            target.iter_mut().zip(hidden).zip(mask.iter())
                        {
                            *target = hidden * mask;
                        }
                        target
                    }
                };
                let active = first_rank..first_rank + rows;
                run_step(
                    s,
                    equations,
                    OneStep {
                        weights,
                        rows,
                        input,
                        hidden,
                        operand,
                        keep_hidden: pass.noise.keep(
                            Mask::Zoneout,
                            pass.steps,
                            active.clone(),
                            step,
                            padded,
                            &mut keep_hidden,
                        ),
                        keep_cell: pass.noise.keep(
                            Mask::ZoneoutCell,
                            pass.steps,
                            active,
                            step,
                            padded,
                            &mut keep_cell,
                        ),
                        cell: &mut chunk.last.cell[..if cells > 0 { rows * padded } else { 0 }],
                        output,
                        slots: chunk
                            .slots
                            .get_mut(step)
                            .map_or(&mut [], |slots| &mut **slots),
                    },
                    &mut buffers,
                );
            }
            done += taken;
        }

        for (rank, target) in chunk
            .ranks
            .clone()
            .zip(chunk.last.hidden.chunks_exact_mut(padded))
        {
            let length = pass.steps.length(rank);
            if length > 0 {
                let step = if pass.reverse { 0 } else { length - 1 };
                target.copy_from_slice(
                    &chunk.outputs[step][(rank - first_rank) * padded..][..padded],
                );
            }
        }
    }
}
