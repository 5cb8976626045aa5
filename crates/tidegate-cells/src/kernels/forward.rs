//! The forward recurrence of one layer and direction, for a chunk of sequences: the input product over a block of steps at
//! once, then step after step the recurrent product and the cell's equations, panel by panel.

use std::ops::Range;

use super::aligned::Aligned;
use super::layer_weights::LayerWeights;
use super::multiply::{Multiply, Rows, Start};
use crate::equations::{Blocks, Carry, Equations, Peepholes, Slots};
use crate::instruction_set::{Kernel, Lanes};
use crate::noise::{Mask, Noise, fill_mask};
use crate::packed_steps::PackedSteps;

/// Values of the input product that are computed ahead of the recurrence: a share of level 2.
const INPUT_BLOCK: usize = 64 * 1024;
/// Values of the recurrent product between the product and the equations: a share of level 1.
const RECURRENT_BLOCK: usize = 4096;

/// Noise of one layer and direction, with its rates.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LayerNoise {
    /// Present in training: masks are sampled. Absent: recurrent dropout is off and zoneout takes its expectation.
    pub(crate) noise: Option<Noise>,
    pub(crate) recurrent_dropout: f32,
    pub(crate) zoneout: f32,
    pub(crate) zoneout_cell: f32,
}

impl LayerNoise {
    /// The mask of recurrent dropout of some ranks, `[ranks, padded]`, if it is on.
    pub(crate) fn recurrent_mask(
        &self,
        steps: &PackedSteps,
        ranks: Range<usize>,
        units: usize,
        padded: usize,
    ) -> Option<Aligned> {
        let noise = self.noise.filter(|_| self.recurrent_dropout > 0.0)?;
        let rate = self.recurrent_dropout;
        let mut mask = Aligned::zeros(ranks.len() * padded);
        for (row, rank) in mask.chunks_exact_mut(padded).zip(ranks) {
            fill_mask(
                noise.key(Mask::Recurrent, steps.row(rank), 0),
                rate,
                0.0,
                1.0 / (1.0 - rate),
                &mut row[..units],
            );
        }
        Some(mask)
    }

    /// Fills the masks of zoneout of `count` ranks at one step into `buffer`, if they are sampled.
    #[inline(always)]
    pub(crate) fn keep<'a>(
        &self,
        which: Mask,
        steps: &PackedSteps,
        ranks: Range<usize>,
        step: usize,
        padded: usize,
        buffer: &'a mut [f32],
    ) -> Keep<'a> {
        let rate = if matches!(which, Mask::ZoneoutCell) {
            self.zoneout_cell
        } else {
            self.zoneout
        };
        if rate == 0.0 {
            return Keep::Nothing;
        }
        let Some(noise) = self.noise else {
            return Keep::in_inference(rate);
        };
        for (row, rank) in buffer.chunks_exact_mut(padded).zip(ranks) {
            fill_mask(noise.key(which, steps.row(rank), step), rate, 1.0, 0.0, row);
        }
        Keep::Sampled(buffer)
    }
}

/// The share of the previous state that zoneout keeps.
#[derive(Clone, Copy)]
pub(crate) enum Keep<'a> {
    /// Zoneout is off.
    Nothing,
    /// Inference: the same share for every unit.
    Expected(f32),
    /// Training: 0 or 1 for each unit of each row, `[rows, padded]`.
    Sampled(&'a [f32]),
}

impl Keep<'_> {
    /// Inference with zoneout at `rate`.
    pub(crate) fn in_inference(rate: f32) -> Self {
        if rate == 0.0 {
            Keep::Nothing
        } else {
            Keep::Expected(rate)
        }
    }

    /// The share of the vector of units at index `at` of `[rows, vectors]`.
    #[inline(always)]
    pub(crate) fn share<S: Lanes>(&self, s: S, at: usize) -> Option<S::f32s> {
        match self {
            Keep::Nothing => None,
            Keep::Expected(rate) => Some(s.splat_f32s(*rate)),
            Keep::Sampled(mask) => Some(S::as_simd_f32s(mask).0[at]),
        }
    }
}

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

/// Buffers of a step, kept between steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct StepBuffers {
    recurrent: Aligned,
    gated: Aligned,
    slots: Aligned,
}

impl StepBuffers {
    /// Room for steps of `rows` rows, with `slots` slots a row where a gated cell has no tape to hold them (else 0).
    pub(crate) fn new(weights: &LayerWeights, rows: usize, slots: usize) -> Self {
        let padded = weights.size.padded();
        StepBuffers {
            recurrent: Aligned::zeros(rows * weights.recurrent.columns()),
            gated: Aligned::zeros(if weights.gated.is_some() {
                rows * padded
            } else {
                0
            }),
            slots: Aligned::zeros(rows * slots * padded),
        }
    }
}

/// One step of some rows of one layer and direction.
pub(crate) struct OneStep<'a> {
    pub(crate) weights: &'a LayerWeights,
    pub(crate) rows: usize,
    /// The input product, `[rows, vectors, blocks, lanes]`.
    pub(crate) input: &'a [f32],
    /// h_{t−1}, `[rows, padded]`.
    pub(crate) hidden: &'a [f32],
    /// h_{t−1} as it enters the products; the same slice without recurrent dropout.
    pub(crate) operand: &'a [f32],
    pub(crate) keep_hidden: Keep<'a>,
    pub(crate) keep_cell: Keep<'a>,
    /// c_{t−1}, replaced by c_t, `[rows, padded]`.
    pub(crate) cell: &'a mut [f32],
    /// h_t, `[rows, padded]`.
    pub(crate) output: &'a mut [f32],
    /// The tape, `[rows, slots, padded]`, or empty.
    pub(crate) slots: &'a mut [f32],
}

/// [`OneStep`] as a kernel.
pub(crate) struct StepPass<'a, E> {
    pub(crate) equations: E,
    pub(crate) step: OneStep<'a>,
    pub(crate) buffers: &'a mut StepBuffers,
}

impl<E: Equations> Kernel for StepPass<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(self, s: S) {
        run_step(s, self.equations, self.step, self.buffers);
    }
}

#[inline(always)]
fn run_step<'a, S: Lanes, E: Equations>(
    s: S,
    equations: E,
    mut step: OneStep<'a>,
    buffers: &'a mut StepBuffers,
) {
    let weights = step.weights;
    let (vectors, padded) = (weights.size.vectors(), weights.size.padded());
    let width = (E::BLOCKS - usize::from(E::OPERAND_SLOT.is_some())) * S::F32_LANES;
    let rows = step.rows;
    let panels = (RECURRENT_BLOCK / (rows.max(1) * width)).clamp(1, vectors);
    let StepBuffers {
        recurrent,
        gated,
        slots,
    } = buffers;
    if E::OPERAND_SLOT.is_some() && step.slots.is_empty() {
        step.slots = &mut slots[..rows * E::SLOTS.len() * padded];
    }
    for first in (0..vectors).step_by(panels) {
        let block = first..vectors.min(first + panels);
        let stride = block.len() * width;
        s.call(Multiply {
            matrix: &weights.recurrent,
            panels: block.clone(),
            rows: Rows {
                data: step.operand,
                stride: padded,
            },
            count: rows,
            start: Start::Columns(&weights.recurrent_bias),
            output: recurrent,
            output_stride: stride,
        });
        if E::OPERAND_SLOT.is_some() {
            apply_gates::<S, E>(s, equations, &mut step, block, recurrent);
        } else {
            apply_cell::<S, E>(s, equations, &mut step, block, recurrent);
        }
    }
    if let (Some(slot), Some((matrix, bias))) = (E::OPERAND_SLOT, &weights.gated) {
        s.call(Multiply {
            matrix,
            panels: 0..matrix.panels().len(),
            rows: Rows {
                data: &step.slots[slot * padded..],
                stride: E::SLOTS.len() * padded,
            },
            count: rows,
            start: Start::Columns(bias),
            output: gated,
            output_stride: padded,
        });
        apply_cell::<S, E>(s, equations, &mut step, 0..vectors, gated);
    }
}

/// First half of a gated cell's step, for the units of some panels.
#[inline(always)]
fn apply_gates<S: Lanes, E: Equations>(
    s: S,
    equations: E,
    step: &mut OneStep<'_>,
    panels: Range<usize>,
    recurrent: &[f32],
) {
    let vectors = step.weights.size.vectors();
    let blocks = E::BLOCKS - 1;
    let zero = s.splat_f32s(0.0);
    let (input, operand, recurrent) = (
        S::as_simd_f32s(step.input).0,
        S::as_simd_f32s(step.operand).0,
        S::as_simd_f32s(recurrent).0,
    );
    let tape = S::as_mut_simd_f32s(step.slots).0;
    for row in 0..step.rows {
        for panel in panels.clone() {
            let at = row * vectors + panel;
            let product = (row * panels.len() + panel - panels.start) * blocks;
            let mut input_values: Blocks<S> = [zero; _];
            let mut recurrent_values: Blocks<S> = [zero; _];
            for block in 0..blocks {
                input_values[block] = input[at * E::BLOCKS + block];
                recurrent_values[block] = recurrent[product + block];
            }
            let mut slots: Slots<S> = [zero; _];
            let gated = equations.gate(s, input_values, recurrent_values, operand[at], &mut slots);
            if let Some(slot) = E::OPERAND_SLOT {
                slots[slot] = gated;
            }
            for (slot, value) in slots.iter().enumerate().take(E::SLOTS.len()) {
                tape[(row * E::SLOTS.len() + slot) * vectors + panel] = *value;
            }
        }
    }
}

/// The cell's step, for the units of some panels; `recurrent` holds the products of these panels, of a gated cell those of
/// the last block.
#[inline(always)]
fn apply_cell<S: Lanes, E: Equations>(
    s: S,
    equations: E,
    step: &mut OneStep<'_>,
    panels: Range<usize>,
    recurrent: &[f32],
) {
    let vectors = step.weights.size.vectors();
    let gated = E::OPERAND_SLOT.is_some();
    let zero = s.splat_f32s(0.0);
    let (input, hidden, recurrent) = (
        S::as_simd_f32s(step.input).0,
        S::as_simd_f32s(step.hidden).0,
        S::as_simd_f32s(recurrent).0,
    );
    let weights = S::as_simd_f32s(&step.weights.peepholes).0;
    let output = S::as_mut_simd_f32s(step.output).0;
    let cell = S::as_mut_simd_f32s(step.cell).0;
    let tape = S::as_mut_simd_f32s(step.slots).0;
    for row in 0..step.rows {
        for panel in panels.clone() {
            let at = row * vectors + panel;
            let mut input_values: Blocks<S> = [zero; _];
            let mut recurrent_values: Blocks<S> = [zero; _];
            let mut slots: Slots<S> = [zero; _];
            if gated {
                input_values[E::BLOCKS - 1] = input[at * E::BLOCKS + E::BLOCKS - 1];
                recurrent_values[E::BLOCKS - 1] = recurrent[at];
                for slot in 0..E::SLOTS.len() {
                    slots[slot] = tape[(row * E::SLOTS.len() + slot) * vectors + panel];
                }
            } else {
                let product = (row * panels.len() + panel - panels.start) * E::BLOCKS;
                for block in 0..E::BLOCKS {
                    input_values[block] = input[at * E::BLOCKS + block];
                    recurrent_values[block] = recurrent[product + block];
                }
            }
            let mut peepholes: Peepholes<S> = [zero; _];
            for (index, value) in peepholes.iter_mut().enumerate().take(equations.peepholes()) {
                *value = weights[index * vectors + panel];
            }
            let previous = Carry {
                hidden: hidden[at],
                cell: if E::CELL_SLOT.is_some() {
                    cell[at]
                } else {
                    zero
                },
            };
            let mut next = equations.forward(
                s,
                input_values,
                recurrent_values,
                previous,
                peepholes,
                &mut slots,
            );
            if let Some(share) = step.keep_hidden.share(s, at) {
                next.hidden = blend(s, share, previous.hidden, next.hidden);
            }
            if let Some(slot) = E::CELL_SLOT {
                if let Some(share) = step.keep_cell.share(s, at) {
                    next.cell = blend(s, share, previous.cell, next.cell);
                    slots[slot] = next.cell;
                }
                cell[at] = next.cell;
            }
            output[at] = next.hidden;
            if !tape.is_empty() {
                for (slot, value) in slots.iter().enumerate().take(E::SLOTS.len()) {
                    tape[(row * E::SLOTS.len() + slot) * vectors + panel] = *value;
                }
            }
        }
    }
}

/// share · old + (1 − share) · new: of finite values exactly one where the share is 0 or 1.
#[inline(always)]
fn blend<S: Lanes>(s: S, share: S::f32s, old: S::f32s, new: S::f32s) -> S::f32s {
    s.multiply_add(
        share,
        old,
        s.mul_f32s(s.sub_f32s(s.splat_f32s(1.0), share), new),
    )
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
