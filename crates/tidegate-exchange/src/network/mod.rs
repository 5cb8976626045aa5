//! A chain of layers with their weights: what the formats of other libraries have in common.

mod difference;
mod model;
mod parts;
mod runner;
mod shapes;
mod stream;

use serde::{Deserialize, Serialize};
use tidegate_cells::Stack;

pub use parts::NetworkParts;
pub use runner::{NetworkOutputs, NetworkRunner};
pub use stream::NetworkStream;

/// What a network reads at each step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Leaves the mean over a sequence's steps: one row per sequence, zeros for one without a step.
    Mean,
    /// Leaves the mean over a sequence's steps weighted by attention, as
    /// [`Readout::Attention`](tidegate_model::Readout::Attention) defines it: one row per sequence.
    Attention {
        /// W `[K, K]` for K features, row-major.
        weight: Vec<f32>,
        /// b `[K]`.
        bias: Vec<f32>,
        /// v `[K]`.
        score: Vec<f32>,
    },
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

impl Layer {
    /// What the layer is called in messages, for example `gru` or `dense`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Layer::Scale { .. } => "scale",
            Layer::Embedding { .. } => "embedding",
            Layer::Recurrent { stack, .. } => stack.cell.name(),
            Layer::FinalState => "final state",
            Layer::Mean => "mean",
            Layer::Attention { .. } => "attention",
            Layer::Dense { .. } => "dense",
            Layer::Activation(activation) => activation.name(),
        }
    }
}

impl Activation {
    /// Lower-case name, for example `relu`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Activation::Relu => "relu",
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
            Activation::Softmax => "softmax",
        }
    }
}

/// A chain of layers from the input to the output.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// What enters the first layer.
    pub input: Input,
    /// In the order of computation.
    pub layers: Vec<Layer>,
}
