//! What a training forward pass leaves for the backward pass.

use crate::instruction_set::InstructionSet;
use crate::kernels::aligned::Aligned;
use crate::kernels::layer_weights::TransposedWeights;
use crate::kernels::outer_product::OuterProductBuffers;
use crate::noise::Noise;
use crate::packed_steps::PackedSteps;
use crate::stack::Stack;

/// Buffers of one layer and direction.
#[derive(Clone, Debug, Default)]
pub(crate) struct DirectionTape {
    /// Hidden states, packed rows of padded units.
    pub(crate) outputs: Aligned,
    /// Slots of every packed row; gradients of the pre-activations after the backward pass.
    pub(crate) slots: Aligned,
    /// Masked previous hidden states of every packed row, with recurrent dropout.
    pub(crate) operands: Aligned,
    /// Initial hidden state by rank.
    pub(crate) initial_hidden: Aligned,
    /// Initial cell state by rank.
    pub(crate) initial_cell: Aligned,
}

/// Buffers of one layer.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerTape {
    /// The layer's packed input, where it is not the caller's or the layer's below as it stands.
    pub(crate) input: Aligned,
    pub(crate) directions: Vec<DirectionTape>,
}

/// What [`Engine::forward_training`](crate::Engine::forward_training) leaves for
/// [`Engine::backward`](crate::Engine::backward): gates, states and inputs of every step. Its memory is kept and used again by
/// the next pass.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    pub(crate) layers: Vec<LayerTape>,
    pub(crate) steps: PackedSteps,
    pub(crate) noise: Option<Noise>,
    /// The stack and the instruction set, hence the padding, that filled the tape; none before the first pass and after a backward pass consumed it.
    pub(crate) filled_by: Option<(Stack, InstructionSet)>,
    /// The outputs `[T, B, D · H]` where the top layer's buffer does not have that form.
    pub(crate) output: Vec<f32>,
    pub(crate) output_len: usize,
    pub(crate) output_is_top: bool,
    /// Weights packed for the backward pass, for each direction of the layer that it was at last.
    pub(crate) transposed: Vec<TransposedWeights>,
    /// Gradients of the input of a layer and of the one above it, packed rows.
    pub(crate) input_gradients: [Aligned; 2],
    /// Packed blocks of the weight gradients, for each part.
    pub(crate) outer_products: Vec<OuterProductBuffers>,
    /// Gradient of the outputs, packed rows, where the caller's do not have that form.
    pub(crate) output_gradient: Aligned,
}

impl Tape {
    /// An empty tape.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Outputs of the last training forward pass, `[T, B, directions · H]`, zero past each sequence's end.
    #[must_use]
    pub fn output(&self) -> &[f32] {
        match self
            .layers
            .last()
            .and_then(|layer| layer.directions.first())
        {
            Some(top) if self.output_is_top => &top.outputs[..self.output_len],
            _ => &self.output,
        }
    }

    /// Memory of what the forward pass left, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let directions = self.layers.iter().flat_map(|layer| &layer.directions);
        let buffers = directions.flat_map(|tape| {
            [
                &tape.outputs,
                &tape.slots,
                &tape.operands,
                &tape.initial_hidden,
                &tape.initial_cell,
            ]
        });
        buffers
            .chain(self.layers.iter().map(|layer| &layer.input))
            .map(Aligned::memory_bytes)
            .sum::<usize>()
            + self.output.capacity() * size_of::<f32>()
    }

    /// Memory that backward passes work in and that is kept from one to the next, in bytes.
    #[must_use]
    pub fn working_memory_bytes(&self) -> usize {
        let outer_products = self.outer_products.iter();
        [&self.output_gradient]
            .into_iter()
            .chain(&self.input_gradients)
            .map(Aligned::memory_bytes)
            .chain(self.transposed.iter().map(TransposedWeights::memory_bytes))
            .chain(outer_products.map(OuterProductBuffers::memory_bytes))
            .sum()
    }
}
