//! One step of some rows of one layer and direction: the recurrent product and the cell's equations, panel by panel.

use std::ops::Range;

use super::aligned::Aligned;
use super::layer_noise::Keep;
use super::layer_weights::LayerWeights;
use super::multiply::{Multiply, Rows, Start};
use super::multiply_row::multiply_row;
use crate::equations::{Blocks, Carry, Equations, Peepholes, Slots};
use crate::instruction_set::{Kernel, Lanes};

/// Values of the recurrent product between the product and the equations: a share of level 1.
const RECURRENT_BLOCK: usize = 4096;

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

/// [`OneStep`] as a kernel, with the input product before it.
pub(crate) struct StepPass<'a, E> {
    pub(crate) equations: E,
    /// Rows of I values.
    pub(crate) input: Rows<'a>,
    /// Room for the input product.
    pub(crate) products: &'a mut [f32],
    /// All but the input product.
    pub(crate) step: OneStep<'a>,
    pub(crate) buffers: &'a mut StepBuffers,
}

impl<E: Equations> Kernel for StepPass<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Lanes>(self, s: S) {
        let weights = self.step.weights;
        let (matrix, bias) = (&weights.input, &weights.input_bias);
        if self.step.rows == 1 {
            multiply_row(s, E::BLOCKS, matrix, bias, self.input.data, self.products);
        } else {
            s.call(Multiply {
                matrix,
                panels: 0..matrix.panels().len(),
                rows: self.input,
                count: self.step.rows,
                start: Start::Columns(bias),
                output: self.products,
                output_stride: matrix.columns(),
            });
        }
        let step = OneStep {
            input: self.products,
            ..self.step
        };
        run_step(s, self.equations, step, self.buffers);
    }
}

#[inline(always)]
pub(crate) fn run_step<'a, S: Lanes, E: Equations>(
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
    if rows == 1 {
        let (matrix, bias) = (&weights.recurrent, &weights.recurrent_bias);
        multiply_row(
            s,
            width / S::F32_LANES,
            matrix,
            bias,
            step.operand,
            recurrent,
        );
        if E::OPERAND_SLOT.is_some() {
            apply_gates::<S, E>(s, equations, &mut step, 0..vectors, recurrent);
        } else {
            apply_cell::<S, E>(s, equations, &mut step, 0..vectors, recurrent);
        }
    } else {
        for first in (0..vectors).step_by(panels) {
            let block = first..vectors.min(first + panels);
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
                output_stride: block.len() * width,
            });
            if E::OPERAND_SLOT.is_some() {
                apply_gates::<S, E>(s, equations, &mut step, block, recurrent);
            } else {
                apply_cell::<S, E>(s, equations, &mut step, block, recurrent);
            }
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
    let input = S::as_simd_f32s(step.input).0;
    let recurrent = S::as_simd_f32s(recurrent).0;
    for row in 0..step.rows {
        for panel in panels.clone() {
            let product = (row * panels.len() + panel - panels.start) * blocks;
            let mut input_values: Blocks<S> = [zero; _];
            let mut recurrent_values: Blocks<S> = [zero; _];
            for block in 0..blocks {
                input_values[block] = input[(row * vectors + panel) * E::BLOCKS + block];
                recurrent_values[block] = recurrent[product + block];
            }
            gates_of_vector::<S, E>(
                s,
                equations,
                step,
                row,
                panel,
                input_values,
                recurrent_values,
            );
        }
    }
}

/// First half of a gated cell's step, for one vector of units of one row.
#[inline(always)]
fn gates_of_vector<S: Lanes, E: Equations>(
    s: S,
    equations: E,
    step: &mut OneStep<'_>,
    row: usize,
    panel: usize,
    input: Blocks<S>,
    recurrent: Blocks<S>,
) {
    let vectors = step.weights.size.vectors();
    let operand = S::as_simd_f32s(step.operand).0[row * vectors + panel];
    let mut slots: Slots<S> = [s.splat_f32s(0.0); _];
    let gated = equations.gate(s, input, recurrent, operand, &mut slots);
    if let Some(slot) = E::OPERAND_SLOT {
        slots[slot] = gated;
    }
    write_slots::<S, E>(step.slots, row, panel, vectors, &slots);
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
    // Of a gated cell, only the last block is left to do.
    let first = if E::OPERAND_SLOT.is_some() {
        E::BLOCKS - 1
    } else {
        0
    };
    let zero = s.splat_f32s(0.0);
    let input = S::as_simd_f32s(step.input).0;
    let recurrent = S::as_simd_f32s(recurrent).0;
    for row in 0..step.rows {
        for panel in panels.clone() {
            let product = (row * panels.len() + panel - panels.start) * (E::BLOCKS - first);
            let mut input_values: Blocks<S> = [zero; _];
            let mut recurrent_values: Blocks<S> = [zero; _];
            for block in first..E::BLOCKS {
                input_values[block] = input[(row * vectors + panel) * E::BLOCKS + block];
                recurrent_values[block] = recurrent[product + block - first];
            }
            cell_of_vector::<S, E>(
                s,
                equations,
                step,
                row,
                panel,
                input_values,
                recurrent_values,
            );
        }
    }
}

/// The cell's step, for one vector of units of one row.
#[inline(always)]
fn cell_of_vector<S: Lanes, E: Equations>(
    s: S,
    equations: E,
    step: &mut OneStep<'_>,
    row: usize,
    panel: usize,
    input: Blocks<S>,
    recurrent: Blocks<S>,
) {
    let vectors = step.weights.size.vectors();
    let at = row * vectors + panel;
    let zero = s.splat_f32s(0.0);
    let mut slots: Slots<S> = [zero; _];
    if E::OPERAND_SLOT.is_some() {
        let tape = S::as_simd_f32s(step.slots).0;
        for slot in 0..E::SLOTS.len() {
            slots[slot] = tape[(row * E::SLOTS.len() + slot) * vectors + panel];
        }
    }
    let mut peepholes: Peepholes<S> = [zero; _];
    let weights = S::as_simd_f32s(&step.weights.peepholes).0;
    for (index, value) in peepholes.iter_mut().enumerate().take(equations.peepholes()) {
        *value = weights[index * vectors + panel];
    }
    let cell = S::as_mut_simd_f32s(step.cell).0;
    let previous = Carry {
        hidden: S::as_simd_f32s(step.hidden).0[at],
        cell: if E::CELL_SLOT.is_some() {
            cell[at]
        } else {
            zero
        },
    };
    let mut next = equations.forward(s, input, recurrent, previous, peepholes, &mut slots);
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
    S::as_mut_simd_f32s(step.output).0[at] = next.hidden;
    if !step.slots.is_empty() {
        write_slots::<S, E>(step.slots, row, panel, vectors, &slots);
    }
}

/// Writes the slots of one vector of units of one row onto the tape.
#[inline(always)]
fn write_slots<S: Lanes, E: Equations>(
    tape: &mut [f32],
    row: usize,
    panel: usize,
    vectors: usize,
    slots: &Slots<S>,
) {
    let tape = S::as_mut_simd_f32s(tape).0;
    for (slot, value) in slots.iter().enumerate().take(E::SLOTS.len()) {
        tape[(row * E::SLOTS.len() + slot) * vectors + panel] = *value;
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
