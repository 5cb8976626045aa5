//! The minimal gated unit (Zhou et al. 2016, arXiv 1603.09420), blocks f, n:
//!
//! ```text
//! f_t = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)               forget gate
//! n_t = tanh(W_in x_t + b_in + W_hn (f_t ⊙ h_{t−1}) + b_hn)    candidate
//! h_t = (1 − f_t) ⊙ h_{t−1} + f_t ⊙ n_t                        f = 0 keeps the old state
//! ```

use serde::{Deserialize, Serialize};

use crate::cells::{Options, Visitor};
use crate::equations::{
    Activation, Blocks, Carry, Equations, Peepholes, Slots, sigmoid_derivative,
};
use crate::instruction_set::Lanes;
use crate::kernels::vector_activation::{sigmoid, tanh};
use crate::reference::{Number, PlainCarry, PlainEquations, PlainStep};

/// Options of the minimal gated unit: it has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mgu {}

const FORGET: usize = 0;
const CANDIDATE: usize = 1;
/// f_t ⊙ h_{t−1}, as it entered the candidate's product.
const OPERAND: usize = 2;
/// Gradient of f_t through the interpolation, kept until the one through the operand is known.
const FORGET_GRADIENT: usize = 3;

impl Options for Mgu {
    fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        visitor.visit(self)
    }
}

impl Equations for Mgu {
    const BLOCKS: usize = 2;
    const SLOTS: &'static [&'static str] = &[
        "forget_gate",
        "candidate",
        "forgotten_hidden",
        "forget_gradient",
    ];
    const TRACED: usize = 2;
    const INPUT_GRADIENT: &'static [usize] = &[FORGET, CANDIDATE];
    const RECURRENT_GRADIENT: &'static [usize] = &[FORGET, CANDIDATE];
    const OPERAND_SLOT: Option<usize> = Some(OPERAND);

    #[inline(always)]
    fn gate<S: Lanes>(
        self,
        s: S,
        input: Blocks<S>,
        recurrent: Blocks<S>,
        hidden: S::f32s,
        slots: &mut Slots<S>,
    ) -> S::f32s {
        let forget = sigmoid(s, s.add_f32s(input[0], recurrent[0]));
        slots[FORGET] = forget;
        s.mul_f32s(forget, hidden)
    }

    #[inline(always)]
    fn forward<S: Lanes>(
        self,
        s: S,
        input: Blocks<S>,
        recurrent: Blocks<S>,
        previous: Carry<S::f32s>,
        _peepholes: Peepholes<S>,
        slots: &mut Slots<S>,
    ) -> Carry<S::f32s> {
        let candidate = tanh(s, s.add_f32s(input[1], recurrent[1]));
        slots[CANDIDATE] = candidate;
        slots[FORGET_GRADIENT] = s.splat_f32s(0.0);
        let forget = slots[FORGET];
        let kept = s.negative_multiply_add(forget, previous.hidden, previous.hidden);
        Carry {
            hidden: s.multiply_add(forget, candidate, kept),
            cell: previous.cell,
        }
    }

    #[inline(always)]
    fn backward<S: Lanes>(
        self,
        s: S,
        gradient: Carry<S::f32s>,
        previous: Carry<S::f32s>,
        _peepholes: Peepholes<S>,
        _peephole_gradients: &mut Peepholes<S>,
        slots: &mut Slots<S>,
    ) -> Carry<S::f32s> {
        let (forget, candidate) = (slots[FORGET], slots[CANDIDATE]);
        let written = s.mul_f32s(gradient.hidden, forget);
        slots[CANDIDATE] = s.mul_f32s(written, Activation::Tanh.derivative(s, candidate));
        slots[FORGET_GRADIENT] =
            s.mul_f32s(gradient.hidden, s.sub_f32s(candidate, previous.hidden));
        Carry {
            hidden: s.negative_multiply_add(gradient.hidden, forget, gradient.hidden),
            cell: gradient.cell,
        }
    }

    #[inline(always)]
    fn backward_gate<S: Lanes>(
        self,
        s: S,
        operand_gradient: S::f32s,
        hidden: S::f32s,
        slots: &mut Slots<S>,
    ) -> S::f32s {
        let forget = slots[FORGET];
        let gradient = s.multiply_add(operand_gradient, hidden, slots[FORGET_GRADIENT]);
        slots[FORGET] = s.mul_f32s(gradient, sigmoid_derivative(s, forget));
        s.mul_f32s(operand_gradient, forget)
    }
}

impl PlainEquations for Mgu {
    fn step<N: Number>(self, step: &PlainStep<'_, N>) -> PlainCarry<N> {
        let f = step.recurrent(0, step.hidden);
        let units = 0..step.units();
        let forget: Vec<N> = units
            .clone()
            .map(|u| (step.input(0, u) + f[u]).sigmoid())
            .collect();
        let operand: Vec<N> = units.clone().map(|u| forget[u] * step.hidden[u]).collect();
        let n = step.recurrent(1, &operand);
        let one = N::constant(1.0);
        let hidden = units
            .map(|u| {
                let candidate = (step.input(1, u) + n[u]).tanh();
                (one - forget[u]) * step.previous_hidden[u] + forget[u] * candidate
            })
            .collect();
        PlainCarry {
            hidden,
            cell: Vec::new(),
        }
    }
}
