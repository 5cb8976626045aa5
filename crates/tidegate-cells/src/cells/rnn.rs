//! The plain recurrent cell (Elman 1990): h_t = activation(W_i x_t + b_i + W_h h_{t−1} + b_h).

use serde::{Deserialize, Serialize};

use crate::cells::{Options, Visitor};
use crate::equations::{Activation, Blocks, Carry, Equations, Peepholes, Slots};
use crate::instruction_set::Lanes;
use crate::reference::{Number, PlainCarry, PlainEquations, PlainStep};

/// Options of the plain recurrent cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rnn {
    /// Activation of the hidden state; tanh by default.
    #[serde(default)]
    pub activation: Activation,
}

const HIDDEN: usize = 0;

impl Options for Rnn {
    fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        visitor.visit(self)
    }
}

impl Equations for Rnn {
    const BLOCKS: usize = 1;
    const SLOTS: &'static [&'static str] = &["candidate"];
    const TRACED: usize = 1;
    const INPUT_GRADIENT: &'static [usize] = &[HIDDEN];
    const RECURRENT_GRADIENT: &'static [usize] = &[HIDDEN];

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
        let hidden = self.activation.apply(s, s.add_f32s(input[0], recurrent[0]));
        slots[HIDDEN] = hidden;
        Carry {
            hidden,
            cell: previous.cell,
        }
    }

    #[inline(always)]
    fn backward<S: Lanes>(
        self,
        s: S,
        gradient: Carry<S::f32s>,
        _previous: Carry<S::f32s>,
        _peepholes: Peepholes<S>,
        _peephole_gradients: &mut Peepholes<S>,
        slots: &mut Slots<S>,
    ) -> Carry<S::f32s> {
        slots[HIDDEN] = s.mul_f32s(
            gradient.hidden,
            self.activation.derivative(s, slots[HIDDEN]),
        );
        let zero = s.splat_f32s(0.0);
        Carry {
            hidden: zero,
            cell: zero,
        }
    }
}

impl PlainEquations for Rnn {
    fn step<N: Number>(self, step: &PlainStep<'_, N>) -> PlainCarry<N> {
        let recurrent = step.recurrent(0, step.hidden);
        let hidden = (0..step.units())
            .map(|u| self.activation.plain(step.input(0, u) + recurrent[u]))
            .collect();
        PlainCarry {
            hidden,
            cell: Vec::new(),
        }
    }
}
