//! The gated recurrent unit (Cho et al. 2014, arXiv 1406.1078), blocks r, z, n:
//!
//! ```text
//! r_t = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)                reset gate
//! z_t = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)                update gate: z = 1 keeps the old state
//! n_t = tanh(W_in x_t + b_in + r_t ⊙ (W_hn h_{t−1} + b_hn))     candidate, Reset::After
//! n_t = tanh(W_in x_t + b_in + W_hn (r_t ⊙ h_{t−1}) + b_hn)     candidate, Reset::Before
//! h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}
//! ```

use serde::{Deserialize, Serialize};

use crate::cells::{Options, Visitor};
use crate::equations::{
    Activation, Blocks, Carry, Equations, Peepholes, Slots, sigmoid_derivative,
};
use crate::instruction_set::Lanes;
use crate::kernels::vector_activation::sigmoid;
use crate::reference::{Number, PlainCarry, PlainEquations, PlainStep};

/// Where the reset gate acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// On the recurrent product of the candidate, as in cuDNN, PyTorch and Keras.
    #[default]
    After,
    /// On the hidden state before the product, as in Cho et al. 2014.
    Before,
}

/// Options of the gated recurrent unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gru {
    /// Where the reset gate acts; after the product by default.
    #[serde(default)]
    pub reset: Reset,
    /// Activation of the candidate; tanh by default.
    #[serde(default)]
    pub candidate: Activation,
}

impl Options for Gru {
    fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        let candidate = self.candidate;
        match self.reset {
            Reset::After => visitor.visit(GruAfter { candidate }),
            Reset::Before => visitor.visit(GruBefore { candidate }),
        }
    }
}

/// The equations with [`Reset::After`].
#[derive(Clone, Copy)]
struct GruAfter {
    candidate: Activation,
}

/// The equations with [`Reset::Before`].
#[derive(Clone, Copy)]
struct GruBefore {
    candidate: Activation,
}

/// h = (1 − z) ⊙ n + z ⊙ h_{t−1}, as z ⊙ h_{t−1} + (n − z ⊙ n): exactly h_{t−1} where z is 1, exactly n where z is 0.
#[inline(always)]
fn interpolate<S: Lanes>(s: S, update: S::f32s, candidate: S::f32s, hidden: S::f32s) -> S::f32s {
    s.multiply_add(update, hidden, s.negative_multiply_add(update, candidate, candidate))
}

/// Gradients of the pre-activations of the candidate and of the update gate, and of h_{t−1} through the interpolation.
#[inline(always)]
fn backward_interpolate<S: Lanes>(
    s: S,
    activation: Activation,
    gradient: S::f32s,
    update: S::f32s,
    candidate: S::f32s,
    hidden: S::f32s,
) -> (S::f32s, S::f32s, S::f32s) {
    let kept = s.mul_f32s(gradient, update);
    // Not gradient − kept, whose rounding would be all that is left where z is near 1.
    let written = s.negative_multiply_add(gradient, update, gradient);
    let candidate_gradient = s.mul_f32s(written, activation.derivative(s, candidate));
    let difference = s.mul_f32s(gradient, s.sub_f32s(hidden, candidate));
    let update_gradient = s.mul_f32s(difference, sigmoid_derivative(s, update));
    (candidate_gradient, update_gradient, kept)
}

mod after {
    pub(super) const CANDIDATE: usize = 0;
    pub(super) const RESET: usize = 1;
    pub(super) const UPDATE: usize = 2;
    /// W_hn h_{t−1} + b_hn.
    pub(super) const RECURRENT_TERM: usize = 3;
}

impl Equations for GruAfter {
    const BLOCKS: usize = 3;
    const SLOTS: &'static [&'static str] =
        &["candidate", "reset_gate", "update_gate", "recurrent_term"];
    const TRACED: usize = 3;
    const INPUT_GRADIENT: &'static [usize] = &[after::RESET, after::UPDATE, after::CANDIDATE];
    const RECURRENT_GRADIENT: &'static [usize] =
        &[after::RESET, after::UPDATE, after::RECURRENT_TERM];

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
        let reset = sigmoid(s, s.add_f32s(input[0], recurrent[0]));
        let update = sigmoid(s, s.add_f32s(input[1], recurrent[1]));
        let candidate = self
            .candidate
            .apply(s, s.multiply_add(reset, recurrent[2], input[2]));
        slots[after::CANDIDATE] = candidate;
        slots[after::RESET] = reset;
        slots[after::UPDATE] = update;
        slots[after::RECURRENT_TERM] = recurrent[2];
        Carry {
            hidden: interpolate(s, update, candidate, previous.hidden),
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
        let reset = slots[after::RESET];
        let (candidate, update, kept) = backward_interpolate(
            s,
            self.candidate,
            gradient.hidden,
            slots[after::UPDATE],
            slots[after::CANDIDATE],
            previous.hidden,
        );
        let reset_gradient = s.mul_f32s(candidate, slots[after::RECURRENT_TERM]);
        slots[after::CANDIDATE] = candidate;
        slots[after::UPDATE] = update;
        slots[after::RESET] = s.mul_f32s(reset_gradient, sigmoid_derivative(s, reset));
        slots[after::RECURRENT_TERM] = s.mul_f32s(candidate, reset);
        Carry {
            hidden: kept,
            cell: gradient.cell,
        }
    }
}

mod before {
    pub(super) const RESET: usize = 0;
    pub(super) const UPDATE: usize = 1;
    pub(super) const CANDIDATE: usize = 2;
    /// r_t ⊙ h_{t−1}, as it entered the candidate's product.
    pub(super) const OPERAND: usize = 3;
}

impl Equations for GruBefore {
    const BLOCKS: usize = 3;
    const SLOTS: &'static [&'static str] =
        &["reset_gate", "update_gate", "candidate", "reset_hidden"];
    const TRACED: usize = 3;
    const INPUT_GRADIENT: &'static [usize] = &[before::RESET, before::UPDATE, before::CANDIDATE];
    const RECURRENT_GRADIENT: &'static [usize] =
        &[before::RESET, before::UPDATE, before::CANDIDATE];
    const OPERAND_SLOT: Option<usize> = Some(before::OPERAND);

    #[inline(always)]
    fn gate<S: Lanes>(
        self,
        s: S,
        input: Blocks<S>,
        recurrent: Blocks<S>,
        hidden: S::f32s,
        slots: &mut Slots<S>,
    ) -> S::f32s {
        let reset = sigmoid(s, s.add_f32s(input[0], recurrent[0]));
        slots[before::RESET] = reset;
        slots[before::UPDATE] = sigmoid(s, s.add_f32s(input[1], recurrent[1]));
        s.mul_f32s(reset, hidden)
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
        let candidate = self.candidate.apply(s, s.add_f32s(input[2], recurrent[2]));
        slots[before::CANDIDATE] = candidate;
        Carry {
            hidden: interpolate(s, slots[before::UPDATE], candidate, previous.hidden),
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
        let (candidate, update, kept) = backward_interpolate(
            s,
            self.candidate,
            gradient.hidden,
            slots[before::UPDATE],
            slots[before::CANDIDATE],
            previous.hidden,
        );
        slots[before::CANDIDATE] = candidate;
        slots[before::UPDATE] = update;
        Carry {
            hidden: kept,
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
        let reset = slots[before::RESET];
        let reset_gradient = s.mul_f32s(operand_gradient, hidden);
        slots[before::RESET] = s.mul_f32s(reset_gradient, sigmoid_derivative(s, reset));
        s.mul_f32s(operand_gradient, reset)
    }
}

/// h_t for every unit, given the update gate and the candidate.
fn plain_interpolate<N: Number>(
    step: &PlainStep<'_, N>,
    update: &[N],
    candidate: &[N],
) -> PlainCarry<N> {
    let one = N::constant(1.0);
    let hidden = (0..step.units())
        .map(|u| (one - update[u]) * candidate[u] + update[u] * step.previous_hidden[u])
        .collect();
    PlainCarry {
        hidden,
        cell: Vec::new(),
    }
}

impl PlainEquations for GruAfter {
    fn step<N: Number>(self, step: &PlainStep<'_, N>) -> PlainCarry<N> {
        let [r, z, n] = [0, 1, 2].map(|block| step.recurrent(block, step.hidden));
        let units = 0..step.units();
        let update: Vec<N> = units
            .clone()
            .map(|u| (step.input(1, u) + z[u]).sigmoid())
            .collect();
        let candidate: Vec<N> = units
            .map(|u| {
                let reset = (step.input(0, u) + r[u]).sigmoid();
                self.candidate.plain(step.input(2, u) + reset * n[u])
            })
            .collect();
        plain_interpolate(step, &update, &candidate)
    }
}

impl PlainEquations for GruBefore {
    fn step<N: Number>(self, step: &PlainStep<'_, N>) -> PlainCarry<N> {
        let [r, z] = [0, 1].map(|block| step.recurrent(block, step.hidden));
        let units = 0..step.units();
        let update: Vec<N> = units
            .clone()
            .map(|u| (step.input(1, u) + z[u]).sigmoid())
            .collect();
        let reset_hidden: Vec<N> = units
            .clone()
            .map(|u| (step.input(0, u) + r[u]).sigmoid() * step.hidden[u])
            .collect();
        let n = step.recurrent(2, &reset_hidden);
        let candidate: Vec<N> = units
            .map(|u| self.candidate.plain(step.input(2, u) + n[u]))
            .collect();
        plain_interpolate(step, &update, &candidate)
    }
}
