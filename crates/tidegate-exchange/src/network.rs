//! A chain of layers with their weights: what the formats of other libraries have in common.

use tidegate_cells::Stack;

/// What a network reads at each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// This many features.
    Features(usize),
    /// One token, 0 to `vocabulary − 1`; the first layer is a [`Layer::Embedding`].
    Tokens {
        /// Number of tokens.
        vocabulary: usize,
    },
}

/// A function of each value, or, for [`Activation::Softmax`], of each row.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Activation {
    /// max(0, x).
    Relu,
    /// The logistic function.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// exp(x) over the sum of the row.
    Softmax,
}

/// One layer. Rows of features are `[steps, batch, features]` up to a layer that leaves one row per sequence, then `[batch, features]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Layer {
    /// Replaces each feature x by (x − offset) · factor.
    Scale {
        /// One for each feature.
        offset: Vec<f32>,
        /// One for each feature.
        factor: Vec<f32>,
    },
    /// Replaces tokens by rows of `weight [vocabulary, size]`.
    Embedding {
        /// Number of features per token.
        size: usize,
        /// Row-major.
        weight: Vec<f32>,
    },
    /// Recurrent layers with `weights` as [`Stack::tensors`] lays them out.
    Recurrent {
        /// The cell, its options and sizes.
        stack: Stack,
        /// All parameters.
        weights: Vec<f32>,
    },
    /// Leaves the final hidden state of the recurrent layers below (both directions' side by side): one row per sequence.
    FinalState,
    /// Leaves the mean over a sequence's steps: one row per sequence.
    Mean,
    /// y = W x + b of each row.
    Dense {
        /// `[outputs, inputs]`, row-major.
        weight: Vec<f32>,
        /// One for each output.
        bias: Vec<f32>,
    },
    /// A function of the values.
    Activation(Activation),
}

/// A chain of layers from the input to the output.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What enters the first layer.
    pub input: Input,
    /// In the order of computation.
    pub layers: Vec<Layer>,
}
