//! The forward pass of a GRU as its equations read: three nested loops for the products, the standard library's functions.

use std::path::Path;

use crate::case::{self, Case, Work};
use crate::service::{Failure, Prepared};

pub(crate) struct Layer {
    case: Case,
    weights: Vec<f32>,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Layer {
    pub(crate) fn new(case: &Case, folder: &Path) -> Result<Layer, Failure> {
        if case.cell != "gru" || case.work != Work::Forward {
            return Err("the naive loop is the forward pass of a GRU".into());
        }
        Ok(Layer {
            weights: case::read(folder, "weights.f32")?,
            input: case::read(folder, "input.f32")?,
            output: vec![0.0; case.steps * case.batch * case.hidden],
            case: case.clone(),
        })
    }
}

/// `rows · weightsᵀ + bias`; every row as long as a row of the weights.
fn product(rows: &[f32], weights: &[f32], bias: &[f32], width: usize) -> Vec<f32> {
    let mut result = Vec::with_capacity(rows.len() / width * bias.len());
    for row in rows.chunks(width) {
        for (weights, bias) in weights.chunks(width).zip(bias) {
            let mut sum = *bias;
            for (value, weight) in row.iter().zip(weights) {
                sum += value * weight;
            }
            result.push(sum);
        }
    }
    result
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

impl Prepared for Layer {
    fn run(&mut self) -> Result<(), Failure> {
        let Case {
            batch,
            input,
            hidden,
            ..
        } = self.case;
        let (weight_ih, rest) = self.weights.split_at(3 * hidden * input);
        let (weight_hh, rest) = rest.split_at(3 * hidden * hidden);
        let (bias_ih, bias_hh) = rest.split_at(3 * hidden);
        let mut state = vec![0.0; batch * hidden];
        let steps = self.input.chunks(batch * input);
        for (x, output) in steps.zip(self.output.chunks_mut(batch * hidden)) {
            let from_input = product(x, weight_ih, bias_ih, input);
            let from_state = product(&state, weight_hh, bias_hh, hidden);
            for row in 0..batch {
                for unit in 0..hidden {
                    let [r, z, n] = [0, 1, 2].map(|block| (3 * row + block) * hidden + unit);
                    let reset = sigmoid(from_input[r] + from_state[r]);
                    let update = sigmoid(from_input[z] + from_state[z]);
                    let candidate = (from_input[n] + reset * from_state[n]).tanh();
                    let old = &mut state[row * hidden + unit];
                    *old = (1.0 - update) * candidate + update * *old;
                }
            }
            output.copy_from_slice(&state);
        }
        Ok(())
    }

    fn outputs(&mut self) -> Result<Vec<f32>, Failure> {
        self.run()?;
        Ok(self.output.clone())
    }
}
