//! One step of some rows of one layer and direction: the recurrent product and the cell's equations, panel by panel.

use std::ops::Range;

use super::aligned::Aligned;
use super::layer_noise::Keep;
use super::layer_weights::LayerWeights;
use super::multiply::{Multiply, Rows, Start, multiply_row};
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

/// What a step has of its input.
#[derive(Clone, Copy)]
pub(crate) enum StepInput<'a> {
    /// The input product, `[rows, vectors, blocks, lanes]`.
    Product(&'a [f32]),
    /// The I values of a single row, of a cell without a gated operand.
    Row(&'a [f32]),
}

impl<'a> StepInput<'a> {
    /// The input product, if it has been made.
    #[inline(always)]
    fn product(self) -> &'a [f32] {
        match self {
            StepInput::Product(values) => values,
            StepInput::Row(_) => &[],
        }
    }
}

/// One step of some rows of one layer and direction.
pub(crate) struct OneStep<'a> {
    pub(crate) weights: &'a LayerWeights,
    pub(crate) rows: usize,
    pub(crate) input: StepInput<'a>,
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
        match E::BLOCKS - usize::from(E::OPERAND_SLOT.is_some()) {
            1 => run_row::<S, E, 1>(s, equations, &mut step),
            2 => run_row::<S, E, 2>(s, equations, &mut step),
            3 => run_row::<S, E, 3>(s, equations, &mut step),
            _ => run_row::<S, E, 4>(s, equations, &mut step),
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

/// The step of a single row, for cells whose recurrent product has `P` blocks: no product leaves the registers.
#[inline(always)]
fn run_row<S: Lanes, E: Equations, const P: usize>(s: S, equations: E, step: &mut OneStep<'_>) {
    let vectors = step.weights.size.vectors();
    let most = match (S::REGISTER_COUNT >= 32, P) {
        (true, 1) => 8,
        (true, _) | (false, 1..=3) => 4,
        _ => 2,
    };
    let mut panel = 0;
    while panel < vectors {
        panel += match (vectors - panel).min(most) {
            1 => run_panels::<S, E, P, 1>(s, equations, step, panel),
            2 | 3 => run_panels::<S, E, P, 2>(s, equations, step, panel),
            4..=7 => run_panels::<S, E, P, 4>(s, equations, step, panel),
            _ => run_panels::<S, E, P, 8>(s, equations, step, panel),
        };
    }
}

/// A single row's units of `Q` panels; returns `Q`.
#[inline(always)]
fn run_panels<S: Lanes, E: Equations, const P: usize, const Q: usize>(
    s: S,
    equations: E,
    step: &mut OneStep<'_>,
    panel: usize,
) -> usize {
    let weights = step.weights;
    let made = match step.input {
        StepInput::Row(row) => {
            multiply_row::<S, P, Q>(s, &weights.input, panel, &weights.input_bias, row)
        }
        StepInput::Product(values) => {
            let values = &S::as_simd_f32s(values).0[panel * E::BLOCKS..(panel + Q) * E::BLOCKS];
            std::array::from_fn(|q| std::array::from_fn(|block| values[q * E::BLOCKS + block]))
        }
    };
    let products = multiply_row::<S, P, Q>(
        s,
        &weights.recurrent,
        panel,
        &weights.recurrent_bias,
        step.operand,
    );
    let zero = s.splat_f32s(0.0);
    for q in 0..Q {
        let mut input: Blocks<S> = [zero; _];
        let mut recurrent: Blocks<S> = [zero; _];
        input[..P].copy_from_slice(&made[q]);
        recurrent[..P].copy_from_slice(&products[q]);
        if E::OPERAND_SLOT.is_some() {
            gates_of_vector::<S, E>(s, equations, step, 0, panel + q, input, recurrent);
        } else {
            cell_of_vector::<S, E>(s, equations, step, 0, panel + q, input, recurrent);
        }
    }
    Q
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
    let input = S::as_simd_f32s(step.input.product()).0;
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
    let input = S::as_simd_f32s(step.input.product()).0;
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
