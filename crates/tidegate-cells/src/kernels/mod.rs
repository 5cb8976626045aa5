//! The kernels, each written once for all cells and instruction sets: packing, products, the fused forward and backward
//! recurrence of one layer and direction. They know slices and shapes, no network.

pub(crate) mod access;
pub(crate) mod aligned;
pub(crate) mod backward;
pub(crate) mod forward;
pub(crate) mod join;
pub(crate) mod layer_noise;
pub(crate) mod layer_weights;
pub(crate) mod multiply;
pub(crate) mod multiply_row;
pub(crate) mod narrow_product;
pub(crate) mod outer_product;
pub(crate) mod packed_matrix;
pub(crate) mod step;
pub(crate) mod vector_activation;

use crate::equations::Equations;
use crate::instruction_set::InstructionSet;

use backward::{BackwardChunk, BackwardPass};
use forward::{ForwardChunk, ForwardPass};
use multiply::Rows;
use step::{OneStep, StepBuffers, StepPass};

/// What the engine needs of a cell, behind one virtual call for a whole sequence or step.
pub(crate) trait Kernels: Send + Sync {
    /// The constants of the cell's equations.
    fn shape(&self) -> CellShape;
    /// Runs a chunk of rows over all steps.
    fn forward(&self, set: InstructionSet, pass: &ForwardPass<'_>, chunk: ForwardChunk<'_>);
    /// Runs a chunk of rows over all steps in reverse.
    fn backward(&self, set: InstructionSet, pass: &BackwardPass<'_>, chunk: BackwardChunk<'_>);
    /// Advances rows by one step from their `input`, with room for the input product in `products`; that of `step` is not read.
    fn step(
        &self,
        set: InstructionSet,
        input: Rows<'_>,
        products: &mut [f32],
        step: OneStep<'_>,
        buffers: &mut StepBuffers,
    );
}

/// The constants of [`Equations`], as values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellShape {
    pub(crate) blocks: usize,
    pub(crate) slots: usize,
    pub(crate) traced: usize,
    pub(crate) slot_names: &'static [&'static str],
    pub(crate) input_gradient: &'static [usize],
    pub(crate) recurrent_gradient: &'static [usize],
    pub(crate) operand_slot: Option<usize>,
    pub(crate) cell_slot: Option<usize>,
    pub(crate) peepholes: usize,
}

impl CellShape {
    fn of<E: Equations>(equations: E) -> CellShape {
        CellShape {
            blocks: E::BLOCKS,
            slots: E::SLOTS.len(),
            traced: E::TRACED,
            slot_names: E::SLOTS,
            input_gradient: E::INPUT_GRADIENT,
            recurrent_gradient: E::RECURRENT_GRADIENT,
            operand_slot: E::OPERAND_SLOT,
            cell_slot: E::CELL_SLOT,
            peepholes: equations.peepholes(),
        }
    }

    /// Number of blocks whose recurrent operand is h_{t−1} itself.
    pub(crate) fn ungated_blocks(&self) -> usize {
        self.blocks - usize::from(self.operand_slot.is_some())
    }

    /// Blocks in the order of their gradients' slots, and the first of these slots.
    pub(crate) fn input_order(&self) -> (Vec<usize>, usize) {
        slot_order(self.input_gradient)
    }

    /// The same for the recurrent product of the blocks whose operand is h_{t−1}.
    pub(crate) fn recurrent_order(&self) -> (Vec<usize>, usize) {
        slot_order(&self.recurrent_gradient[..self.ungated_blocks()])
    }

    /// The last block and its gradient's slot, if its operand is gated.
    pub(crate) fn gated_order(&self) -> Option<(Vec<usize>, usize)> {
        self.operand_slot.map(|_| {
            (
                vec![self.blocks - 1],
                self.recurrent_gradient[self.blocks - 1],
            )
        })
    }
}

fn slot_order(slots: &[usize]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..slots.len()).collect();
    order.sort_by_key(|&block| slots[block]);
    let first = slots[order[0]];
    debug_assert!(
        order
            .iter()
            .enumerate()
            .all(|(place, &block)| slots[block] == first + place),
        "slots are neighbours"
    );
    (order, first)
}

impl<E: Equations> Kernels for E {
    fn shape(&self) -> CellShape {
        CellShape::of(*self)
    }

    fn forward(&self, set: InstructionSet, pass: &ForwardPass<'_>, chunk: ForwardChunk<'_>) {
        set.run(forward::Forward {
            equations: *self,
            pass,
            chunk,
        });
    }

    fn backward(&self, set: InstructionSet, pass: &BackwardPass<'_>, chunk: BackwardChunk<'_>) {
        set.run(backward::Backward {
            equations: *self,
            pass,
            chunk,
        });
    }

    fn step(
        &self,
        set: InstructionSet,
        input: Rows<'_>,
        products: &mut [f32],
        step: OneStep<'_>,
        buffers: &mut StepBuffers,
    ) {
        set.run(StepPass {
            equations: *self,
            input,
            products,
            step,
            buffers,
        });
    }
}
