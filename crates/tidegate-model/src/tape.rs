//! What a training pass leaves behind for its backward pass.

use tidegate_cells::{Batch, Noise, State, Tape};

use crate::readout::ReadoutBuffers;

/// The record of one training forward pass, and the working memory of its backward pass. Reusing it for pass after pass
/// reuses its memory.
#[derive(Default)]
pub struct ModelTape {
    /// What the recurrent layers keep.
    pub(crate) recurrent: Tape,
    /// Features that entered the recurrent layers; unused where they are the caller's.
    pub(crate) inputs: Vec<f32>,
    /// What the head read; after the backward pass through it the gradient of the recurrent output.
    pub(crate) readout: ReadoutBuffers,
    /// The pass that the tape holds, until `backward` consumes it.
    pub(crate) pass: Option<Pass>,
    /// Gradient of the features that the head read.
    pub(crate) feature_gradient: Vec<f32>,
    /// Gradient of the features that entered the recurrent layers.
    pub(crate) input_gradient: Vec<f32>,
    /// Gradient of the state, for a pass over whole sequences.
    pub(crate) state_gradient: Option<State>,
}

/// Shape and noise of a recorded pass.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pass {
    steps: usize,
    batch: usize,
    lengths: Option<Vec<usize>>,
    pub(crate) noise: Option<Noise>,
}

impl Pass {
    /// The pass of `batch` with `noise`.
    pub(crate) fn new(batch: &Batch, noise: Option<Noise>) -> Self {
        Pass {
            steps: batch.steps,
            batch: batch.batch,
            lengths: batch.lengths.map(<[usize]>::to_vec),
            noise,
        }
    }

    /// Whether the pass had the shape of `batch`.
    pub(crate) fn is_of(&self, batch: &Batch) -> bool {
        (self.steps, self.batch, self.lengths.as_deref())
            == (batch.steps, batch.batch, batch.lengths)
    }
}

impl ModelTape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        ModelTape::default()
    }

    /// Bytes held for the recorded pass and for its backward pass.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let buffers = [&self.inputs, &self.feature_gradient, &self.input_gradient];
        let state = self
            .state_gradient
            .as_ref()
            .map_or(0, |state| state.hidden.capacity() + state.cell.capacity());
        let values: usize = buffers.iter().map(|buffer| buffer.capacity()).sum();
        self.recurrent.memory_bytes()
            + self.readout.memory_bytes()
            + (values + state) * size_of::<f32>()
    }
}
