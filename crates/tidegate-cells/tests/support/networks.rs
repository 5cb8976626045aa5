//! Networks and numbers for tests, from a seed.

#![allow(dead_code, reason = "each test file uses its part")]

use tidegate_cells::{Activation, Cell, Gru, Lstm, Mgu, Reset, Rnn, Stack};

/// Every cell with every option.
pub(crate) fn all_cells() -> Vec<Cell> {
    let mut cells = vec![Cell::Mgu(Mgu {})];
    for activation in [Activation::Tanh, Activation::Relu] {
        cells.push(Cell::Rnn(Rnn { activation }));
        for reset in [Reset::After, Reset::Before] {
            cells.push(Cell::Gru(Gru {
                reset,
                candidate: activation,
            }));
        }
    }
    for peepholes in [false, true] {
        cells.push(Cell::Lstm(Lstm { peepholes }));
    }
    cells
}

/// A sequence of numbers that a seed determines (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Uniform in ±`range`.
    pub(crate) fn uniform(&mut self, range: f32) -> f32 {
        ((self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0) * range
    }

    pub(crate) fn values(&mut self, len: usize, range: f32) -> Vec<f32> {
        (0..len).map(|_| self.uniform(range)).collect()
    }
}

/// Weights of the size that training has: pre-activations spread over the range where σ and tanh bend. Where they saturate,
/// f32 cannot hold 1 − y², and no bound on a gradient's relative error would mean anything.
pub(crate) fn weights(stack: &Stack, numbers: &mut Numbers) -> Vec<f32> {
    let fan_in = (stack.hidden_size + stack.input_size) as f32;
    numbers.values(stack.parameter_count(), 1.5 / fan_in.sqrt())
}
