//! One direction of a recurrent node by plain loops: everything that the standard allows and the engine's equations do not
//! cover (operator specification: operator set 22).
//!
//! ```text
//! GRU   z = f(W_z x + R_z h + b_z), r = f(W_r x + R_r h + b_r)
//!       n = g(W_h x + R_h (r ⊙ h) + Rb_h + Wb_h), or with linear_before_reset g(W_h x + r ⊙ (R_h h + Rb_h) + Wb_h)
//!       h = (1 − z) ⊙ n + z ⊙ h
//! LSTM  i = f(W_i x + R_i h + P_i ⊙ c + b_i), f likewise or, with input_forget, 1 − i; n = g(W_c x + R_c h + b_c)
//!       c = f ⊙ c + i ⊙ n, o = f(W_o x + R_o h + P_o ⊙ c + b_o), h = o ⊙ h(c)
//! RNN   h = f(W x + R h + b)
//! ```
//! With `clip` θ, the sums that enter f and g are kept within ±θ. The standard says so of every activation; runtimes leave out
//! h, which reads the cell state, and so does this.

use tidegate_cells::Batch;

use super::activation::Activation;
use super::kind::Kind;
use super::weights::DirectionWeights;

/// Options of a cell beside its weights.
#[derive(Clone, Debug)]
pub(super) struct PlainOptions {
    pub(super) kind: Kind,
    pub(super) input_size: usize,
    pub(super) hidden_size: usize,
    pub(super) activations: Vec<Activation>,
    pub(super) clip: Option<f32>,
    pub(super) linear_before_reset: bool,
    pub(super) input_forget: bool,
}

/// One direction with its weights.
#[derive(Debug)]
pub(super) struct PlainCell {
    options: PlainOptions,
    input: Vec<f32>,
    recurrent: Vec<f32>,
    bias: Option<Vec<f32>>,
    peepholes: Option<Vec<f32>>,
}

impl PlainCell {
    pub(super) fn new(options: PlainOptions, weights: &DirectionWeights<'_>) -> PlainCell {
        PlainCell {
            options,
            input: weights.input.to_vec(),
            recurrent: weights.recurrent.to_vec(),
            bias: weights.bias.map(<[f32]>::to_vec),
            peepholes: weights.peepholes.map(<[f32]>::to_vec),
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let values = self.input.len() + self.recurrent.len();
        let optional = [&self.bias, &self.peepholes].into_iter().flatten();
        (values + optional.map(Vec::len).sum::<usize>()) * size_of::<f32>()
    }

    /// Runs `x [T, B, I]`; `hidden` and `cell` `[B, H]` hold the initial state and then that at each sequence's end;
    /// `output [T, B, H]` comes with zeros, which stay past a sequence's end.
    pub(super) fn run(
        &self,
        batch: &Batch<'_>,
        x: &[f32],
        hidden: &mut [f32],
        cell: &mut [f32],
        output: &mut [f32],
    ) {
        let (inputs, units) = (self.options.input_size, self.options.hidden_size);
        for row in 0..batch.batch {
            let hidden = &mut hidden[row * units..][..units];
            let cell = match self.options.kind {
                Kind::Lstm => &mut cell[row * units..][..units],
                Kind::Gru | Kind::Rnn => &mut [],
            };
            for step in 0..batch.length(row) {
                let at = step * batch.batch + row;
                let x = &x[at * inputs..][..inputs];
                match self.options.kind {
                    Kind::Gru => self.gru(x, hidden),
                    Kind::Lstm => self.lstm(x, hidden, cell),
                    Kind::Rnn => self.rnn(x, hidden),
                }
                output[at * units..][..units].copy_from_slice(hidden);
            }
        }
    }

    fn gru(&self, x: &[f32], hidden: &mut [f32]) {
        let sum = |block, hidden: &[f32]| {
            add(
                self.input_product(block, x),
                &self.hidden_product(block, hidden),
            )
        };
        let update = self.activate(0, sum(0, hidden));
        let reset = self.activate(0, sum(1, hidden));
        let candidate = if self.options.linear_before_reset {
            let product = multiply(self.hidden_product(2, hidden), &reset);
            add(product, &self.input_product(2, x))
        } else {
            sum(2, &multiply(reset, hidden))
        };
        let candidate = self.activate(1, candidate);
        for ((hidden, update), candidate) in hidden.iter_mut().zip(update).zip(candidate) {
            *hidden = (1.0 - update) * candidate + update * *hidden;
        }
    }

    fn lstm(&self, x: &[f32], hidden: &mut [f32], cell: &mut [f32]) {
        let units = self.options.hidden_size;
        let sum = |block, peephole: Option<usize>, cell: &[f32]| {
            let mut sum = add(
                self.input_product(block, x),
                &self.hidden_product(block, hidden),
            );
            if let (Some(peephole), Some(weights)) = (peephole, &self.peepholes) {
                let weights = &weights[peephole * units..][..units];
                for ((sum, weight), cell) in sum.iter_mut().zip(weights).zip(cell) {
                    *sum += weight * cell;
                }
            }
            sum
        };
        let input = self.activate(0, sum(0, Some(0), cell));
        let forget = if self.options.input_forget {
            input.iter().map(|input| 1.0 - input).collect()
        } else {
            self.activate(0, sum(2, Some(2), cell))
        };
        let candidate = self.activate(1, sum(3, None, cell));
        for (unit, cell) in cell.iter_mut().enumerate() {
            *cell = forget[unit] * *cell + input[unit] * candidate[unit];
        }
        let output = self.activate(0, sum(1, Some(1), cell));
        let squash = self.options.activations[2];
        let squashed: Vec<f32> = cell.iter().map(|&cell| squash.apply(cell)).collect();
        hidden.copy_from_slice(&multiply(output, &squashed));
    }

    fn rnn(&self, x: &[f32], hidden: &mut [f32]) {
        let sum = add(self.input_product(0, x), &self.hidden_product(0, hidden));
        hidden.copy_from_slice(&self.activate(0, sum));
    }

    /// W_block x + Wb_block.
    fn input_product(&self, block: usize, x: &[f32]) -> Vec<f32> {
        self.product(&self.input, block, x, 0)
    }

    /// R_block h + Rb_block.
    fn hidden_product(&self, block: usize, hidden: &[f32]) -> Vec<f32> {
        self.product(&self.recurrent, block, hidden, self.options.kind.blocks())
    }

    fn product(&self, weights: &[f32], block: usize, values: &[f32], bias: usize) -> Vec<f32> {
        let units = self.options.hidden_size;
        let rows = weights[block * units * values.len()..].chunks(values.len().max(1));
        let mut product: Vec<f32> = if values.is_empty() {
            vec![0.0; units]
        } else {
            rows.take(units)
                .map(|row| row.iter().zip(values).map(|(a, b)| a * b).sum())
                .collect()
        };
        if let Some(biases) = &self.bias {
            let biases = &biases[(bias + block) * units..][..units];
            for (product, bias) in product.iter_mut().zip(biases) {
                *product += bias;
            }
        }
        product
    }

    /// Activation `index` of what is clipped before.
    fn activate(&self, index: usize, mut values: Vec<f32>) -> Vec<f32> {
        let activation = self.options.activations[index];
        for value in &mut values {
            if let Some(clip) = self.options.clip {
                *value = value.clamp(-clip, clip);
            }
            *value = activation.apply(*value);
        }
        values
    }
}

fn add(mut left: Vec<f32>, right: &[f32]) -> Vec<f32> {
    for (left, right) in left.iter_mut().zip(right) {
        *left += right;
    }
    left
}

fn multiply(mut left: Vec<f32>, right: &[f32]) -> Vec<f32> {
    for (left, right) in left.iter_mut().zip(right) {
        *left *= right;
    }
    left
}
