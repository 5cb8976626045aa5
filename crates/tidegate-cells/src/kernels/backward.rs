//! The backward recurrence of one layer and direction, for a chunk of sequences: step after step in reverse, the cell's
//! gradients replace its slots on the tape, and one product carries them to the previous hidden state.

use std::ops::Range;

use super::aligned::Aligned;
use super::layer_noise::{Keep, LayerNoise};
use super::layer_weights::{LayerWeights, TransposedWeights};
use super::multiply::{Multiply, Rows, Start};
use crate::equations::{Carry, Equations, Peepholes, Slots};
use crate::instruction_set::{Kernel, Lanes};
use crate::noise::Mask;
use crate::packed_steps::PackedSteps;

/// What all chunks of a pass share.
pub(crate) struct BackwardPass<'a> {
    pub(crate) weights: &'a LayerWeights,
    pub(crate) transposed: &'a TransposedWeights,
    pub(crate) steps: &'a PackedSteps,
    pub(crate) reverse: bool,
    /// Hidden states of the forward pass, packed rows of `padded` values.
    pub(crate) outputs: &'a [f32],
    /// State before the first step, by rank, `[B, padded]`.
    pub(crate) initial: Carry<&'a [f32]>,
    /// Gradient of the outputs: rows whose first H values are this direction's.
    pub(crate) output_gradient: Rows<'a>,
    /// Whether these rows are the caller's `[T, B, ·]` rather than packed.
    pub(crate) gradient_is_unpacked: bool,
    pub(crate) noise: LayerNoise,
}

/// A chunk of ranks, with its own part of the tape and of the gradients.
pub(crate) struct BackwardChunk<'a> {
    pub(crate) ranks: Range<usize>,
    /// The tape of each step, `[rows, slots, padded]`; gradients of the pre-activations afterwards.
    pub(crate) slots: Vec<&'a mut [f32]>,
    /// Gradient of the state after each sequence's last step, then of the state before its first, `[ranks, padded]`.
    pub(crate) state_gradient: Carry<&'a mut [f32]>,
    /// Gradients of the peephole weights for each sequence, added to, `[ranks, peepholes, padded]`.
    pub(crate) peephole_gradient: &'a mut [f32],
}

/// The whole backward pass of a chunk.
pub(crate) struct Backward<'a, 'b, E> {
    pub(crate) equations: E,
    pub(crate) pass: &'a BackwardPass<'a>,
    pub(crate) chunk: BackwardChunk<'b>,
}

/// One step in reverse.
struct Reversed<'a> {
    vectors: usize,
    units: usize,
    rows: usize,
    /// Rows whose previous state is that of the previous step; the others begin here.
    carried: usize,
    /// Hidden state of the previous step, `[carried, padded]`.
    previous_hidden: &'a [f32],
    /// The tape of the previous step, `[carried, slots, padded]`.
    previous_slots: &'a [f32],
    initial: Carry<&'a [f32]>,
    output_gradient: Rows<'a>,
    /// The row of `output_gradient` of each row; empty where they are the same.
    sequences: &'a [usize],
    keep_hidden: Keep<'a>,
    keep_cell: Keep<'a>,
    peepholes: &'a [f32],
    slots: &'a mut [f32],
}

impl<E: Equations> Kernel for Backward<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(self, s: S) {
        let Backward {
            equations,
            pass,
            mut chunk,
        } = self;
        let size = pass.weights.size;
        assert_eq!(size.lanes, S::F32_LANES);
        let padded = size.padded();
        let (first_rank, ranks) = (chunk.ranks.start, chunk.ranks.len());
        let rows_at = |step: usize| {
            chunk
                .ranks
                .end
                .min(pass.steps.count(step))
                .saturating_sub(first_rank)
        };
        let steps = if ranks == 0 {
            0
        } else {
            pass.steps.length(first_rank)
        };
        let mask = pass
            .noise
            .recurrent_mask(pass.steps, chunk.ranks.clone(), size.units, padded);
        let (recurrent_slot, gated_slot) = (
            first_recurrent_slot::<E>(),
            E::RECURRENT_GRADIENT[E::BLOCKS - 1],
        );
        let slot_stride = E::SLOTS.len() * padded;
        let scratch = || Aligned::zeros(ranks * padded);
        let mut through_products = if mask.is_some() {
            scratch()
        } else {
            Aligned::default()
        };
        let mut operand_gradient = if E::OPERAND_SLOT.is_some() {
            scratch()
        } else {
            Aligned::default()
        };
        let sampled = |rate: f32| {
            Aligned::zeros(if pass.noise.noise.is_some() && rate > 0.0 {
                ranks * padded
            } else {
                0
            })
        };
        let (mut keep_hidden, mut keep_cell) = (
            sampled(pass.noise.zoneout),
            sampled(pass.noise.zoneout_cell),
        );

        for index in 0..steps {
            let step = if pass.reverse {
                index
            } else {
                steps - 1 - index
            };
            let previous = if pass.reverse {
                step + 1
            } else {
                step.wrapping_sub(1)
            };
            let rows = rows_at(step);
            let carried = if index + 1 == steps {
                0
            } else {
                rows_at(previous).min(rows)
            };
            let previous_row = if carried > 0 {
                pass.steps.start(previous) + first_rank
            } else {
                0
            };
            let (before, after) = chunk.slots.split_at_mut(step + usize::from(pass.reverse));
            let (slots, previous_slots): (&mut [f32], &[f32]) = if pass.reverse {
                (
                    &mut *before[step],
                    after.first().map_or(&[], |rows| &**rows),
                )
            } else {
                (&mut *after[0], before.last().map_or(&[], |rows| &**rows))
            };
            let active = first_rank..first_rank + rows;
            let (gradient_row, sequences) = if pass.gradient_is_unpacked {
                (
                    step * pass.steps.batch(),
                    &pass.steps.rows()[active.clone()],
                )
            } else {
                (pass.steps.start(step) + first_rank, &[][..])
            };
            let initial = |state: &'_ [f32]| -> Range<usize> {
                if state.is_empty() {
                    0..0
                } else {
                    first_rank * padded..(first_rank + rows) * padded
                }
            };
            let mut reversed = Reversed {
                vectors: size.vectors(),
                units: size.units,
                rows,
                carried,
                previous_hidden: &pass.outputs[previous_row * padded..][..carried * padded],
                previous_slots,
                initial: Carry {
                    hidden: &pass.initial.hidden[initial(pass.initial.hidden)],
                    cell: &pass.initial.cell[initial(pass.initial.cell)],
                },
                output_gradient: Rows {
                    data: &pass.output_gradient.data[gradient_row * pass.output_gradient.stride..],
                    ..pass.output_gradient
                },
                sequences,
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
                peepholes: &pass.weights.peepholes,
                slots,
            };
            reverse_cell::<S, E>(
                s,
                equations,
                &mut reversed,
                &mut chunk.state_gradient,
                chunk.peephole_gradient,
            );

            // With recurrent dropout the gradient of the masked state is gathered first, and masked in its turn.
            let target: &mut [f32] = match &mask {
                Some(_) => {
                    through_products[..rows * padded].fill(0.0);
                    &mut through_products
                }
                None => chunk.state_gradient.hidden,
            };
            if let Some(gated) = &pass.transposed.gated {
                s.call(Multiply {
                    matrix: gated,
                    panels: 0..gated.panels().len(),
                    rows: Rows {
                        data: &reversed.slots[gated_slot * padded..],
                        stride: slot_stride,
                    },
                    count: rows,
                    start: Start::Zero,
                    output: &mut operand_gradient,
                    output_stride: padded,
                });
                reverse_gates::<S, E>(
                    s,
                    equations,
                    &mut reversed,
                    mask.as_deref(),
                    &operand_gradient,
                    target,
                );
            }
            s.call(Multiply {
                matrix: &pass.transposed.recurrent,
                panels: 0..pass.transposed.recurrent.panels().len(),
                rows: Rows {
                    data: &reversed.slots[recurrent_slot * padded..],
                    stride: slot_stride,
                },
                count: rows,
                start: Start::Output,
                output: target,
                output_stride: padded,
            });
            if let Some(mask) = &mask {
                let masked = through_products[..rows * padded].iter().zip(mask.iter());
                for (gradient, (value, mask)) in chunk.state_gradient.hidden.iter_mut().zip(masked)
                {
                    *gradient += value * mask;
                }
            }
        }
    }
}

/// The first of the neighbouring slots that hold gradients of the blocks whose operand is h_{t−1}.
#[inline(always)]
fn first_recurrent_slot<E: Equations>() -> usize {
    let ungated = E::BLOCKS - usize::from(E::OPERAND_SLOT.is_some());
    E::RECURRENT_GRADIENT[..ungated]
        .iter()
        .copied()
        .min()
        .unwrap_or(0)
}

impl Reversed<'_> {
    /// h_{t−1} of a vector of units.
    #[inline(always)]
    fn hidden<S: Lanes>(&self, row: usize, panel: usize) -> S::f32s {
        let from = if row < self.carried {
            self.previous_hidden
        } else {
            self.initial.hidden
        };
        S::as_simd_f32s(from).0[row * self.vectors + panel]
    }

    /// c_{t−1} of a vector of units.
    #[inline(always)]
    fn cell<S: Lanes, E: Equations>(&self, slot: usize, row: usize, panel: usize) -> S::f32s {
        if row < self.carried {
            S::as_simd_f32s(self.previous_slots).0
                [(row * E::SLOTS.len() + slot) * self.vectors + panel]
        } else {
            S::as_simd_f32s(self.initial.cell).0[row * self.vectors + panel]
        }
    }

    /// Gradient of h_t from outside the recurrence, for a vector of units.
    #[inline(always)]
    fn output_gradient<S: Lanes>(&self, s: S, row: usize, panel: usize) -> S::f32s {
        let first = panel * S::F32_LANES;
        let row = self.sequences.get(row).copied().unwrap_or(row);
        let values = &self.output_gradient.data[row * self.output_gradient.stride..]
            [first..self.units.min(first + S::F32_LANES)];
        match S::as_simd_f32s(values).0.first() {
            Some(vector) => *vector,
            None => s.partial_load_f32s(values),
        }
    }
}

/// The cell's gradients, for all units of all rows.
#[inline(always)]
fn reverse_cell<S: Lanes, E: Equations>(
    s: S,
    equations: E,
    step: &mut Reversed<'_>,
    state_gradient: &mut Carry<&mut [f32]>,
    peephole_gradient: &mut [f32],
) {
    let zero = s.splat_f32s(0.0);
    let vectors = step.vectors;
    let weights = S::as_simd_f32s(step.peepholes).0;
    let hidden_gradient = S::as_mut_simd_f32s(state_gradient.hidden).0;
    let cell_gradient = S::as_mut_simd_f32s(state_gradient.cell).0;
    let peephole_gradient = S::as_mut_simd_f32s(peephole_gradient).0;
    let count = equations.peepholes();
    for row in 0..step.rows {
        for panel in 0..vectors {
            let at = row * vectors + panel;
            let mut slots: Slots<S> = [zero; _];
            let tape = S::as_simd_f32s(step.slots).0;
            for slot in 0..E::SLOTS.len() {
                slots[slot] = tape[(row * E::SLOTS.len() + slot) * vectors + panel];
            }
            let mut gradient = Carry {
                hidden: s.add_f32s(hidden_gradient[at], step.output_gradient(s, row, panel)),
                cell: if E::CELL_SLOT.is_some() {
                    cell_gradient[at]
                } else {
                    zero
                },
            };
            let mut previous = Carry {
                hidden: step.hidden::<S>(row, panel),
                cell: zero,
            };
            if let Some(slot) = E::CELL_SLOT {
                previous.cell = step.cell::<S, E>(slot, row, panel);
            }
            let mut kept = Carry {
                hidden: zero,
                cell: zero,
            };
            if let Some(share) = step.keep_hidden.share(s, at) {
                kept.hidden = s.mul_f32s(share, gradient.hidden);
                gradient.hidden = s.sub_f32s(gradient.hidden, kept.hidden);
            }
            if let Some(share) = step.keep_cell.share(s, at) {
                kept.cell = s.mul_f32s(share, gradient.cell);
                gradient.cell = s.sub_f32s(gradient.cell, kept.cell);
            }
            let mut peepholes: Peepholes<S> = [zero; _];
            let mut peephole_sums: Peepholes<S> = [zero; _];
            for index in 0..count {
                peepholes[index] = weights[index * vectors + panel];
                peephole_sums[index] = peephole_gradient[(row * count + index) * vectors + panel];
            }
            let through = equations.backward(
                s,
                gradient,
                previous,
                peepholes,
                &mut peephole_sums,
                &mut slots,
            );
            for index in 0..count {
                peephole_gradient[(row * count + index) * vectors + panel] = peephole_sums[index];
            }
            hidden_gradient[at] = s.add_f32s(through.hidden, kept.hidden);
            if E::CELL_SLOT.is_some() {
                cell_gradient[at] = s.add_f32s(through.cell, kept.cell);
            }
            let tape = S::as_mut_simd_f32s(step.slots).0;
            for (slot, value) in slots.iter().enumerate().take(E::SLOTS.len()) {
                tape[(row * E::SLOTS.len() + slot) * vectors + panel] = *value;
            }
        }
    }
}

/// Second half of a gated cell's gradients; adds to the gradient of h_{t−1} as it entered the products.
#[inline(always)]
fn reverse_gates<S: Lanes, E: Equations>(
    s: S,
    equations: E,
    step: &mut Reversed<'_>,
    mask: Option<&[f32]>,
    operand_gradient: &[f32],
    hidden_gradient: &mut [f32],
) {
    let zero = s.splat_f32s(0.0);
    let vectors = step.vectors;
    let operand_gradient = S::as_simd_f32s(operand_gradient).0;
    let hidden_gradient = S::as_mut_simd_f32s(hidden_gradient).0;
    for row in 0..step.rows {
        for panel in 0..vectors {
            let at = row * vectors + panel;
            let mut hidden = step.hidden::<S>(row, panel);
            if let Some(mask) = mask {
                hidden = s.mul_f32s(hidden, S::as_simd_f32s(mask).0[at]);
            }
            let tape = S::as_mut_simd_f32s(step.slots).0;
            let mut slots: Slots<S> = [zero; _];
            for slot in 0..E::SLOTS.len() {
                slots[slot] = tape[(row * E::SLOTS.len() + slot) * vectors + panel];
            }
            let through = equations.backward_gate(s, operand_gradient[at], hidden, &mut slots);
            hidden_gradient[at] = s.add_f32s(hidden_gradient[at], through);
            for (slot, value) in slots.iter().enumerate().take(E::SLOTS.len()) {
                tape[(row * E::SLOTS.len() + slot) * vectors + panel] = *value;
            }
        }
    }
}
