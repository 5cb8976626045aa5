//! The plain reference: every cell as nested loops over its equations, one number at a time, in the order of the formulas.
//! It shares no code with the kernels but the masks of the noise. With [`Number`] = `f64` it computes; with
//! [`differentiation::Variable`] it also gives exact gradients, so the kernels' backward passes have a reference that
//! nobody derived by hand.

pub mod differentiation;

use std::ops::{Add, Mul, Sub};

use crate::batch::Batch;
use crate::cells::Visitor;
use crate::equations::{Activation, Equations};
use crate::noise::{Mask, MaskValues, Noise};
use crate::stack::Stack;

/// A number of the reference.
pub trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// A constant.
    fn constant(value: f64) -> Self;
    /// The logistic function.
    #[must_use]
    fn sigmoid(self) -> Self;
    /// The hyperbolic tangent.
    #[must_use]
    fn tanh(self) -> Self;
    /// max(0, x).
    #[must_use]
    fn relu(self) -> Self;
}

impl Number for f64 {
    fn constant(value: f64) -> Self {
        value
    }

    fn sigmoid(self) -> Self {
        1.0 / (1.0 + (-self).exp())
    }

    fn tanh(self) -> Self {
        f64::tanh(self)
    }

    fn relu(self) -> Self {
        self.max(0.0)
    }
}

impl Activation {
    /// The activation of one number.
    pub(crate) fn plain<N: Number>(self, x: N) -> N {
        match self {
            Activation::Tanh => x.tanh(),
            Activation::Relu => x.relu(),
        }
    }
}

/// What a cell's plain equations see of one step of one sequence.
pub(crate) struct PlainStep<'a, N> {
    input: Vec<N>,
    /// h_{t−1} as it enters the recurrent products: masked by recurrent dropout.
    pub(crate) hidden: &'a [N],
    /// h_{t−1}.
    pub(crate) previous_hidden: &'a [N],
    /// c_{t−1}.
    pub(crate) previous_cell: &'a [N],
    weight_hh: &'a [N],
    bias_hh: &'a [N],
    peephole: &'a [N],
}

impl<N: Number> PlainStep<'_, N> {
    /// Number of units.
    pub(crate) fn units(&self) -> usize {
        self.hidden.len()
    }

    /// W_i x + b_i of one unit of a block.
    pub(crate) fn input(&self, block: usize, unit: usize) -> N {
        self.input[block * self.units() + unit]
    }

    /// W_h a + b_h of every unit of a block.
    pub(crate) fn recurrent(&self, block: usize, operand: &[N]) -> Vec<N> {
        let first = block * self.units();
        affine(
            &self.weight_hh[first * operand.len()..],
            &self.bias_hh[first..first + self.units()],
            operand,
        )
    }

    /// Weight of one unit of a peephole.
    pub(crate) fn peephole(&self, index: usize, unit: usize) -> N {
        self.peephole[index * self.units() + unit]
    }
}

impl<N: Number> Visitor for &PlainStep<'_, N> {
    type Output = PlainCarry<N>;

    fn visit<E: Equations + PlainEquations>(self, equations: E) -> PlainCarry<N> {
        equations.step(self)
    }
}

/// The state after a step.
pub(crate) struct PlainCarry<N> {
    pub(crate) hidden: Vec<N>,
    /// Empty for cells without a cell state.
    pub(crate) cell: Vec<N>,
}

/// A cell's equations in plain form.
pub(crate) trait PlainEquations {
    /// One step of one sequence.
    fn step<N: Number>(self, step: &PlainStep<'_, N>) -> PlainCarry<N>;
}

/// W x + b for as many rows as b has.
fn affine<N: Number>(weight: &[N], bias: &[N], x: &[N]) -> Vec<N> {
    bias.iter()
        .enumerate()
        .map(|(row, bias)| {
            x.iter()
                .zip(&weight[row * x.len()..])
                .fold(*bias, |sum, (x, w)| sum + *w * *x)
        })
        .collect()
}

/// What the reference returns.
#[derive(Clone, Debug)]
pub struct Outcome<N> {
    /// Outputs `[T, B, directions · H]`, zero past each sequence's end.
    pub output: Vec<N>,
    /// Final hidden states `[layers · directions, B, H]`.
    pub hidden: Vec<N>,
    /// Final cell states, or empty.
    pub cell: Vec<N>,
}

/// The whole stack over a batch. `weights` are laid out by [`Stack::tensors`], `hidden` and `cell` hold the initial state,
/// `noise` turns on dropout, recurrent dropout and sampled zoneout.
///
/// # Panics
/// If a slice is shorter than its shape: this is a reference for tests, not a way to run a network.
pub fn forward<N: Number>(
    stack: &Stack,
    weights: &[N],
    batch: &Batch<'_>,
    input: &[N],
    hidden: &[N],
    cell: &[N],
    noise: Option<Noise>,
) -> Outcome<N> {
    let zero = N::constant(0.0);
    let (units, directions) = (stack.hidden_size, stack.directions());
    let tensors = stack.tensors();
    let per_layer = tensors.len() / (stack.layers * directions);
    let mut outcome = Outcome {
        output: input.to_vec(),
        hidden: hidden.to_vec(),
        cell: cell.to_vec(),
    };
    for layer in 0..stack.layers {
        let inputs = stack.layer_input_size(layer);
        let layer_input = std::mem::take(&mut outcome.output);
        let mut output = vec![zero; batch.steps * batch.batch * directions * units];
        for direction in 0..directions {
            let index = layer * directions + direction;
            let tensor = |k: usize| {
                tensors
                    .get(index * per_layer + k)
                    .map_or(&[][..], |tensor| &weights[tensor.range()])
            };
            let peephole = if per_layer > 4 { tensor(4) } else { &[] };
            let noise_here = noise.map(|noise| noise.at(layer, direction));
            for row in 0..batch.batch {
                let state =
                    (index * batch.batch + row) * units..(index * batch.batch + row + 1) * units;
                let mut h = outcome.hidden[state.clone()].to_vec();
                let mut c = outcome.cell.get(state.clone()).unwrap_or_default().to_vec();
                let mask = noise_here
                    .filter(|_| stack.recurrent_dropout > 0.0)
                    .map(|noise| {
                        let rate = stack.recurrent_dropout;
                        mask(
                            noise.key(Mask::Recurrent, row, 0),
                            rate,
                            0.0,
                            1.0 / (1.0 - rate),
                            units,
                        )
                    });
                let length = batch.length(row);
                for index in 0..length {
                    let step = if direction == 0 {
                        index
                    } else {
                        length - 1 - index
                    };
                    let at = step * batch.batch + row;
                    let x = &layer_input[at * inputs..(at + 1) * inputs];
                    let masked: Vec<N> = match &mask {
                        Some(mask) => h
                            .iter()
                            .zip(mask)
                            .map(|(h, m)| *h * N::constant(f64::from(*m)))
                            .collect(),
                        None => h.clone(),
                    };
                    let plain = PlainStep {
                        input: affine(tensor(0), tensor(2), x),
                        hidden: &masked,
                        previous_hidden: &h,
                        previous_cell: &c,
                        weight_hh: tensor(1),
                        bias_hh: tensor(3),
                        peephole,
                    };
                    let next = stack.cell.visit(&plain);
                    let keep = |which: Mask, rate: f32, old: &[N], new: Vec<N>| match (
                        rate > 0.0,
                        noise_here,
                    ) {
                        (false, _) => new,
                        (true, None) => blend(&vec![rate; units], old, &new),
                        (true, Some(noise)) => {
                            blend(&mask_of(noise, which, row, step, rate, units), old, &new)
                        }
                    };
                    h = keep(Mask::Zoneout, stack.zoneout, &h, next.hidden);
                    if !c.is_empty() {
                        c = keep(Mask::ZoneoutCell, stack.zoneout_cell, &c, next.cell);
                    }
                    let target = (at * directions + direction) * units;
                    output[target..target + units].copy_from_slice(&h);
                }
                outcome.hidden[state.clone()].copy_from_slice(&h);
                if !c.is_empty() {
                    outcome.cell[state].copy_from_slice(&c);
                }
            }
        }
        if let Some(noise) = noise.filter(|_| stack.dropout > 0.0 && layer + 1 < stack.layers) {
            let rate = stack.dropout;
            for (at, values) in output.chunks_mut(directions * units).enumerate() {
                let key = noise
                    .at(layer, 0)
                    .key(Mask::Dropout, at % batch.batch, at / batch.batch);
                let mask = mask(key, rate, 0.0, 1.0 / (1.0 - rate), values.len());
                for (value, mask) in values.iter_mut().zip(mask) {
                    *value = *value * N::constant(f64::from(mask));
                }
            }
        }
        outcome.output = output;
    }
    outcome
}

fn mask(key: u64, rate: f32, dropped: f32, kept: f32, units: usize) -> Vec<f32> {
    let mut mask = vec![0.0; units];
    MaskValues::new(key, rate, dropped, kept).fill(&mut mask);
    mask
}

fn mask_of(
    noise: Noise,
    which: Mask,
    row: usize,
    step: usize,
    rate: f32,
    units: usize,
) -> Vec<f32> {
    mask(noise.key(which, row, step), rate, 1.0, 0.0, units)
}

/// share · old + (1 − share) · new.
fn blend<N: Number>(share: &[f32], old: &[N], new: &[N]) -> Vec<N> {
    let both = old.iter().zip(new);
    both.zip(share)
        .map(|((old, new), share)| {
            let share = f64::from(*share);
            N::constant(share) * *old + N::constant(1.0 - share) * *new
        })
        .collect()
}
