//! The three recurrent operators and the order of their blocks.

use super::activation::Activation;

/// A recurrent operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::onnx) enum Kind {
    Gru,
    Lstm,
    Rnn,
}

impl Kind {
    /// The operator's name.
    pub(in crate::onnx) fn name(self) -> &'static str {
        match self {
            Kind::Gru => "GRU",
            Kind::Lstm => "LSTM",
            Kind::Rnn => "RNN",
        }
    }

    /// For each of the engine's blocks of weights, its place among ONNX's: GRU r, z, n from z, r, h; LSTM i, f, g, o from
    /// i, o, f, c.
    pub(in crate::onnx) fn engine_order(self) -> &'static [usize] {
        match self {
            Kind::Gru => &[1, 0, 2],
            Kind::Lstm => &[0, 2, 3, 1],
            Kind::Rnn => &[0],
        }
    }

    /// The reverse of [`Kind::engine_order`].
    pub(in crate::onnx) fn onnx_order(self) -> &'static [usize] {
        match self {
            Kind::Gru => &[1, 0, 2],
            Kind::Lstm => &[0, 3, 1, 2],
            Kind::Rnn => &[0],
        }
    }

    /// Number of blocks of weights.
    pub(in crate::onnx) fn blocks(self) -> usize {
        self.engine_order().len()
    }

    /// The activations of one direction where the file names none.
    pub(super) fn default_activations(self) -> &'static [Activation] {
        match self {
            Kind::Gru => &[Activation::Sigmoid, Activation::Tanh],
            Kind::Lstm => &[Activation::Sigmoid, Activation::Tanh, Activation::Tanh],
            Kind::Rnn => &[Activation::Tanh],
        }
    }
}

/// The order of peepholes: ONNX's i, o, f from the engine's i, f, o, and the other way.
pub(in crate::onnx) const PEEPHOLE_ORDER: &[usize] = &[0, 2, 1];

/// Blocks of equal length in a new order: block `i` of the result is block `order[i]`.
pub(in crate::onnx) fn reorder(values: &[f32], order: &[usize]) -> Vec<f32> {
    let block = values.len() / order.len();
    order
        .iter()
        .flat_map(|&from| &values[from * block..(from + 1) * block])
        .copied()
        .collect()
}
