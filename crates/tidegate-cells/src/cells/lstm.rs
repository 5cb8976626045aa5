//! Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate: Gers et al. 2000; peepholes: Gers et al. 2002),
//! blocks i, f, g, o:
//!
//! ```text
//! i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi [+ p_i ⊙ c_{t−1}])   input gate
//! f_t = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf [+ p_f ⊙ c_{t−1}])   forget gate: f = 1 keeps the old cell state
//! g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)                  candidate
//! c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t                                    cell state
//! o_t = σ(W_io x_t + b_io + W_ho h_{t−1} + b_ho [+ p_o ⊙ c_t])       output gate
//! h_t = o_t ⊙ tanh(c_t)
//! ```

use serde::{Deserialize, Serialize};

use crate::cells::{Options, Visitor};
use crate::equations::{
    Activation, Blocks, Carry, Equations, Peepholes, Slots, sigmoid_derivative,
};
use crate::instruction_set::Lanes;
use crate::kernels::vector_activation::{sigmoid, tanh};
use crate::reference::{Number, PlainCarry, PlainEquations, PlainStep};

/// Options of the long short-term memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lstm {
    /// Whether the gates also see the cell state, by one weight per unit and gate; the tensor `peephole_l0 [3, H]` holds
    /// them in the order i, f, o.
    #[serde(default)]
    pub peepholes: bool,
}

const INPUT: usize = 0;
const FORGET: usize = 1;
const CANDIDATE: usize = 2;
const OUTPUT: usize = 3;
const CELL: usize = 4;

impl Options for Lstm {
    fn visit<V: Visitor>(self, visitor: V) -> V::Output {
        visitor.visit(self)
    }
}

impl Equations for Lstm {
    const BLOCKS: usize = 4;
    const SLOTS: &'static [&'static str] = &[
        "input_gate",
        "forget_gate",
        "candidate",
        "output_gate",
        "cell",
    ];
    const TRACED: usize = 5;
    const INPUT_GRADIENT: &'static [usize] = &[INPUT, FORGET, CANDIDATE, OUTPUT];
    const RECURRENT_GRADIENT: &'static [usize] = &[INPUT, FORGET, CANDIDATE, OUTPUT];
    const CELL_SLOT: Option<usize> = Some(CELL);

    fn peepholes(self) -> usize {
        if self.peepholes { 3 } else { 0 }
    }

    #[inline(always)]
    fn forward<S: Lanes>(
        self,
        s: S,
        input: Blocks<S>,
        recurrent: Blocks<S>,
        previous: Carry<S::f32s>,
        peepholes: Peepholes<S>,
        slots: &mut Slots<S>,
    ) -> Carry<S::f32s> {
        let sum = |block: usize| s.add_f32s(input[block], recurrent[block]);
        let (mut i, mut f, mut o) = (sum(INPUT), sum(FORGET), sum(OUTPUT));
        if self.peepholes {
            i = s.multiply_add(peepholes[0], previous.cell, i);
            f = s.multiply_add(peepholes[1], previous.cell, f);
        }
        let (input_gate, forget_gate) = (sigmoid(s, i), sigmoid(s, f));
        let candidate = tanh(s, sum(CANDIDATE));
        let cell = s.multiply_add(
            forget_gate,
            previous.cell,
            s.mul_f32s(input_gate, candidate),
        );
        if self.peepholes {
            o = s.multiply_add(peepholes[2], cell, o);
        }
        let output_gate = sigmoid(s, o);
        slots[INPUT] = input_gate;
        slots[FORGET] = forget_gate;
        slots[CANDIDATE] = candidate;
        slots[OUTPUT] = output_gate;
        slots[CELL] = cell;
        Carry {
            hidden: s.mul_f32s(output_gate, tanh(s, cell)),
            cell,
        }
    }

    #[inline(always)]
    fn backward<S: Lanes>(
        self,
        s: S,
        gradient: Carry<S::f32s>,
        previous: Carry<S::f32s>,
        peepholes: Peepholes<S>,
        peephole_gradients: &mut Peepholes<S>,
        slots: &mut Slots<S>,
    ) -> Carry<S::f32s> {
        let (input_gate, forget_gate) = (slots[INPUT], slots[FORGET]);
        let (candidate, output_gate) = (slots[CANDIDATE], slots[OUTPUT]);
        // The slot holds c_t after zoneout, but h_t came from c_t before it.
        let cell = s.multiply_add(
            forget_gate,
            previous.cell,
            s.mul_f32s(input_gate, candidate),
        );
        let squashed = tanh(s, cell);
        let output = s.mul_f32s(
            s.mul_f32s(gradient.hidden, squashed),
            sigmoid_derivative(s, output_gate),
        );
        let through_output = s.mul_f32s(gradient.hidden, output_gate);
        let mut cell_gradient = s.multiply_add(
            through_output,
            Activation::Tanh.derivative(s, squashed),
            gradient.cell,
        );
        if self.peepholes {
            cell_gradient = s.multiply_add(output, peepholes[2], cell_gradient);
        }
        let input = s.mul_f32s(
            s.mul_f32s(cell_gradient, candidate),
            sigmoid_derivative(s, input_gate),
        );
        let forget = s.mul_f32s(
            s.mul_f32s(cell_gradient, previous.cell),
            sigmoid_derivative(s, forget_gate),
        );
        slots[CANDIDATE] = s.mul_f32s(
            s.mul_f32s(cell_gradient, input_gate),
            Activation::Tanh.derivative(s, candidate),
        );
        let mut kept = s.mul_f32s(cell_gradient, forget_gate);
        if self.peepholes {
            kept = s.multiply_add(input, peepholes[0], kept);
            kept = s.multiply_add(forget, peepholes[1], kept);
            for (gradient, (gate, seen)) in peephole_gradients.iter_mut().zip([
                (input, previous.cell),
                (forget, previous.cell),
                (output, cell),
            ]) {
                *gradient = s.multiply_add(gate, seen, *gradient);
            }
        }
        slots[INPUT] = input;
        slots[FORGET] = forget;
        slots[OUTPUT] = output;
        Carry {
            hidden: s.splat_f32s(0.0),
            cell: kept,
        }
    }
}

impl PlainEquations for Lstm {
    fn step<N: Number>(self, step: &PlainStep<'_, N>) -> PlainCarry<N> {
        let recurrent = [0, 1, 2, 3].map(|block| step.recurrent(block, step.hidden));
        let sum = |block: usize, u: usize| step.input(block, u) + recurrent[block][u];
        let peephole = |p: usize, u: usize, cell: N| {
            if self.peepholes {
                step.peephole(p, u) * cell
            } else {
                N::constant(0.0)
            }
        };
        let mut carry = PlainCarry {
            hidden: Vec::new(),
            cell: Vec::new(),
        };
        for u in 0..step.units() {
            let previous = step.previous_cell[u];
            let input_gate = (sum(INPUT, u) + peephole(0, u, previous)).sigmoid();
            let forget_gate = (sum(FORGET, u) + peephole(1, u, previous)).sigmoid();
            let cell = forget_gate * previous + input_gate * sum(CANDIDATE, u).tanh();
            let output_gate = (sum(OUTPUT, u) + peephole(2, u, cell)).sigmoid();
            carry.hidden.push(output_gate * cell.tanh());
            carry.cell.push(cell);
        }
        carry
    }
}
