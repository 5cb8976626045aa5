//! The weights of a recurrent node, checked against each other.

use super::kind::{Kind, PEEPHOLE_ORDER, reorder};
use crate::onnx::tensor::Tensor;

/// Weights of one direction, in ONNX's order of blocks.
#[derive(Clone, Copy)]
pub(in crate::onnx) struct DirectionWeights<'a> {
    /// `[G·H, I]`.
    pub(super) input: &'a [f32],
    /// `[G·H, H]`.
    pub(super) recurrent: &'a [f32],
    /// `[2·G·H]`: those of the input's products, then those of the recurrent ones.
    pub(super) bias: Option<&'a [f32]>,
    /// `[3·H]`.
    pub(super) peepholes: Option<&'a [f32]>,
}

impl DirectionWeights<'_> {
    /// As the engine lays one layer and direction out.
    pub(in crate::onnx) fn flat(&self, kind: Kind, hidden_size: usize) -> Vec<f32> {
        let order = kind.engine_order();
        let mut flat = reorder(self.input, order);
        flat.extend(reorder(self.recurrent, order));
        let rows = kind.blocks() * hidden_size;
        match self.bias {
            Some(bias) => {
                flat.extend(reorder(&bias[..rows], order));
                flat.extend(reorder(&bias[rows..], order));
            }
            None => flat.resize(flat.len() + 2 * rows, 0.0),
        }
        if let Some(peepholes) = self.peepholes {
            flat.extend(reorder(peepholes, PEEPHOLE_ORDER));
        }
        flat
    }
}

/// Inputs W, R, B and P of a recurrent node.
#[derive(Clone, Copy)]
pub(in crate::onnx) struct WeightTensors<'a> {
    pub(in crate::onnx) input: &'a Tensor,
    pub(in crate::onnx) recurrent: &'a Tensor,
    pub(in crate::onnx) bias: Option<&'a Tensor>,
    pub(in crate::onnx) peepholes: Option<&'a Tensor>,
}

impl<'a> WeightTensors<'a> {
    /// Each direction's weights, and the number of features that they read.
    ///
    /// # Errors
    /// A tensor of another shape or type.
    pub(in crate::onnx) fn split(
        &self,
        kind: Kind,
        directions: usize,
        hidden_size: usize,
    ) -> Result<(Vec<DirectionWeights<'a>>, usize), String> {
        let rows = kind
            .blocks()
            .checked_mul(hidden_size)
            .ok_or("hidden_size is too large")?;
        let input_size = match *self.input.shape() {
            [_, _, input_size] => input_size,
            _ => 0,
        };
        let input = values("W", self.input, &[directions, rows, input_size])?;
        let recurrent = values("R", self.recurrent, &[directions, rows, hidden_size])?;
        let bias = self
            .bias
            .map(|bias| values("B", bias, &[directions, 2 * rows]))
            .transpose()?;
        let peepholes = self
            .peepholes
            .map(|peepholes| values("P", peepholes, &[directions, 3 * hidden_size]))
            .transpose()?;
        let part = |values: &'a [f32], direction: usize| {
            let size = values.len() / directions;
            &values[direction * size..][..size]
        };
        let weights = (0..directions)
            .map(|direction| DirectionWeights {
                input: part(input, direction),
                recurrent: part(recurrent, direction),
                bias: bias.map(|bias| part(bias, direction)),
                peepholes: peepholes.map(|peepholes| part(peepholes, direction)),
            })
            .collect();
        Ok((weights, input_size))
    }
}

/// The values of an input that must be single precision and have this shape.
pub(super) fn values<'a>(
    name: &str,
    tensor: &'a Tensor,
    shape: &[usize],
) -> Result<&'a [f32], String> {
    let values = tensor
        .as_f32()
        .ok_or_else(|| format!("{name} is {}, not float32", tensor.element_type()))?;
    if tensor.shape() != shape {
        return Err(format!(
            "{name} has shape {:?}, and the other inputs and attributes ask for {shape:?}",
            tensor.shape()
        ));
    }
    Ok(values)
}
