//! What a training pass of a forecaster leaves behind for its backward pass.

use tidegate_cells::{Noise, Tape};

use super::normalisation::Level;

/// The record of one training forward pass, and working memory. Reusing it for pass after pass reuses its memory.
#[derive(Default)]
pub struct ForecasterTape {
    /// What the recurrent layers keep of the window.
    pub(crate) encoder: Tape,
    /// What they keep of the horizon's segments.
    pub(crate) decoder: Tape,
    /// What was taken out of each window and target.
    pub(crate) levels: Vec<Level>,
    /// The window as it enters the network: `[window, B, P]`, or segments `[segments, B · C, length · (1 + P − C)]`.
    pub(crate) window: Vec<f32>,
    /// The segments' embeddings `[segments, B · C, D]`.
    pub(crate) embedded: Vec<f32>,
    /// What tells the horizon's segments apart, `[horizon's segments · B · C, S]`.
    pub(crate) queries: Vec<f32>,
    /// What the head read.
    pub(crate) features: Vec<f32>,
    /// What the head gave.
    pub(crate) raw: Vec<f32>,
    /// Gradients of `raw`, of `features` and of `embedded`.
    pub(crate) raw_gradient: Vec<f32>,
    pub(crate) feature_gradient: Vec<f32>,
    pub(crate) embedded_gradient: Vec<f32>,
    /// The recorded pass, until `backward` consumes it.
    pub(crate) pass: Option<Pass>,
}

/// Size and noise of a recorded pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pass {
    pub(crate) windows: usize,
    pub(crate) noise: Option<Noise>,
}

impl ForecasterTape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        ForecasterTape::default()
    }
}
