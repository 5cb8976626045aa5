//! What a cell has to say: its equations, unit by unit, on vectors of units. The engine does the rest.

use serde::{Deserialize, Serialize};

use crate::instruction_set::Lanes;
use crate::kernels::vector_activation::{relu, tanh};

/// Activation of a candidate, or of a plain recurrent cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Hyperbolic tangent.
    #[default]
    Tanh,
    /// max(0, x).
    Relu,
}

impl Activation {
    /// The activation of each lane.
    #[inline(always)]
    pub(crate) fn apply<S: Lanes>(self, s: S, x: S::f32s) -> S::f32s {
        match self {
            Activation::Tanh => tanh(s, x),
            Activation::Relu => relu(s, x),
        }
    }

    /// Its derivative, from the activation's value `y`.
    #[inline(always)]
    pub(crate) fn derivative<S: Lanes>(self, s: S, y: S::f32s) -> S::f32s {
        let one = s.splat_f32s(1.0);
        match self {
            Activation::Tanh => s.negative_multiply_add(y, y, one),
            Activation::Relu => {
                let zero = s.splat_f32s(0.0);
                s.select_f32s(s.greater_than_f32s(y, zero), one, zero)
            }
        }
    }
}

/// Derivative of the logistic function from its value: y · (1 − y).
#[inline(always)]
pub(crate) fn sigmoid_derivative<S: Lanes>(s: S, y: S::f32s) -> S::f32s {
    s.negative_multiply_add(y, y, y)
}

/// Most blocks that a cell may have.
pub(crate) const MAX_BLOCKS: usize = 4;
/// Most slots that a cell may keep on the tape.
pub(crate) const MAX_SLOTS: usize = 5;
/// Most peephole vectors that a cell may have.
pub(crate) const MAX_PEEPHOLES: usize = 3;

/// Values of a vector of units for each block.
pub(crate) type Blocks<S> = [<S as pulp::Simd>::f32s; MAX_BLOCKS];
/// Values of a vector of units for each slot of the tape.
pub(crate) type Slots<S> = [<S as pulp::Simd>::f32s; MAX_SLOTS];
/// Weights of a vector of units for each peephole.
pub(crate) type Peepholes<S> = [<S as pulp::Simd>::f32s; MAX_PEEPHOLES];

/// The state that a vector of units carries from step to step, or its gradient.
#[derive(Clone, Copy)]
pub(crate) struct Carry<V> {
    /// Hidden state h.
    pub(crate) hidden: V,
    /// Cell state c; unused by cells without one.
    pub(crate) cell: V,
}

/// The equations of a cell, element by element.
///
/// A block g has the pre-activation `input[g] + recurrent[g]`, where `input[g] = W_i x + b_i` and `recurrent[g] = W_h a + b_h`;
/// the operand a is h_{t−1}, or, for the last block of a gated cell, what [`Equations::gate`] returned.
///
/// The slots are what a step leaves on the tape; [`Equations::backward`] replaces them by the gradients of the
/// pre-activations, in the slots that [`Equations::INPUT_GRADIENT`] and [`Equations::RECURRENT_GRADIENT`] name per block.
/// The slots of `INPUT_GRADIENT` must be neighbours, and so must those of `RECURRENT_GRADIENT` (of a gated cell: without
/// the last block), for they are the columns of one matrix product.
pub(crate) trait Equations: Copy + Send + Sync + 'static {
    /// Number of weight blocks.
    const BLOCKS: usize;
    /// Names of the slots, in order.
    const SLOTS: &'static [&'static str];
    /// Number of slots, from the front, that mean something to a reader of gates.
    const TRACED: usize;
    /// Slot that holds the gradient of each block's pre-activation on the side of the input.
    const INPUT_GRADIENT: &'static [usize];
    /// The same on the side of the recurrent product.
    const RECURRENT_GRADIENT: &'static [usize];
    /// Slot that holds the operand of the last block, if [`Equations::gate`] makes one.
    const OPERAND_SLOT: Option<usize> = None;
    /// Slot that holds the new cell state, if the cell carries one.
    const CELL_SLOT: Option<usize> = None;

    /// Number of peephole vectors in use: connections from the cell state to a gate by one weight per unit.
    fn peepholes(self) -> usize {
        0
    }

    /// First half of a gated cell's step: fills the gates' slots and returns the operand of the last block.
    /// `hidden` is h_{t−1} as it enters the products.
    #[inline(always)]
    fn gate<S: Lanes>(
        self,
        _s: S,
        _input: Blocks<S>,
        _recurrent: Blocks<S>,
        hidden: S::f32s,
        _slots: &mut Slots<S>,
    ) -> S::f32s {
        hidden
    }

    /// The step: fills the slots and returns the new state. For a gated cell, the slots hold what `gate` left there and
    /// only the last block of `input` and `recurrent` is set.
    fn forward<S: Lanes>(
        self,
        s: S,
        input: Blocks<S>,
        recurrent: Blocks<S>,
        previous: Carry<S::f32s>,
        peepholes: Peepholes<S>,
        slots: &mut Slots<S>,
    ) -> Carry<S::f32s>;

    /// Gradients of the pre-activations into the slots; adds those of the peephole weights; returns the gradient of the
    /// previous state that does not pass through the recurrent products.
    fn backward<S: Lanes>(
        self,
        s: S,
        gradient: Carry<S::f32s>,
        previous: Carry<S::f32s>,
        peepholes: Peepholes<S>,
        peephole_gradients: &mut Peepholes<S>,
        slots: &mut Slots<S>,
    ) -> Carry<S::f32s>;

    /// Second half of a gated cell's backward step, once the gradient of its operand is known; returns the gradient of
    /// `hidden` (h_{t−1} as it entered the products) that passes through the operand.
    #[inline(always)]
    fn backward_gate<S: Lanes>(
        self,
        _s: S,
        operand_gradient: S::f32s,
        _hidden: S::f32s,
        _slots: &mut Slots<S>,
    ) -> S::f32s {
        operand_gradient
    }
}
