//! The configuration of a recurrent network: a cell, its sizes, layers, directions and noise.

use serde::{Deserialize, Serialize};

use crate::cells::Cell;
use crate::error::{Error, check_length};
use crate::state::State;
use crate::tensor::Tensor;

/// A stack of recurrent layers, all of the same cell and hidden size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// The cell and its options.
    pub cell: Cell,
    /// Number of input features I.
    pub input_size: usize,
    /// Number of units H of each layer and direction.
    pub hidden_size: usize,
    /// Number of layers, 1 or more.
    #[serde(default = "one")]
    pub layers: usize,
    /// Whether each layer also runs backwards in time; the outputs of both directions stand side by side.
    #[serde(default)]
    pub bidirectional: bool,
    /// Probability of zeroing an output between two layers, in training.
    #[serde(default)]
    pub dropout: f32,
    /// Probability of zeroing a unit of the previous hidden state where it enters the recurrent products, with one mask
    /// for all steps of a sequence (variational dropout, Gal & Ghahramani 2016, arXiv 1512.05287), in training.
    #[serde(default)]
    pub recurrent_dropout: f32,
    /// Probability that a unit keeps its previous hidden state (zoneout, Krueger et al. 2017, arXiv 1606.01305):
    /// sampled in training, its expectation in inference.
    #[serde(default)]
    pub zoneout: f32,
    /// The same for the cell state of an LSTM.
    #[serde(default)]
    pub zoneout_cell: f32,
}

fn one() -> usize {
    1
}

impl Stack {
    /// One layer, one direction, no noise.
    #[must_use]
    pub fn new(cell: Cell, input_size: usize, hidden_size: usize) -> Self {
        Stack {
            cell,
            input_size,
            hidden_size,
            layers: 1,
            bidirectional: false,
            dropout: 0.0,
            recurrent_dropout: 0.0,
            zoneout: 0.0,
            zoneout_cell: 0.0,
        }
    }

    /// Checks every field, and that the parameters can be counted without overflow.
    ///
    /// # Errors
    /// [`Error::Option`] names the field at fault.
    pub fn validate(&self) -> Result<(), Error> {
        let option = |option: &'static str, reason: String| Err(Error::Option { option, reason });
        for (name, size) in [
            ("input_size", self.input_size),
            ("hidden_size", self.hidden_size),
            ("layers", self.layers),
        ] {
            if size == 0 {
                return option(name, "must be at least 1".into());
            }
        }
        for (name, rate) in [
            ("dropout", self.dropout),
            ("recurrent_dropout", self.recurrent_dropout),
            ("zoneout", self.zoneout),
            ("zoneout_cell", self.zoneout_cell),
        ] {
            if !(0.0..1.0).contains(&rate) {
                return option(
                    name,
                    format!("{rate} is not a probability from 0 to below 1"),
                );
            }
        }
        if self.zoneout_cell > 0.0 && !self.cell.carries_cell() {
            return option(
                "zoneout_cell",
                format!("a {} carries no cell state", self.cell.name()),
            );
        }
        if self.checked_parameter_count().is_none() {
            return option(
                "hidden_size",
                "the number of parameters does not fit this machine".into(),
            );
        }
        Ok(())
    }

    /// 2 for a bidirectional stack, else 1.
    #[must_use]
    pub fn directions(&self) -> usize {
        1 + usize::from(self.bidirectional)
    }

    /// Number of outputs per step: `hidden_size · directions`.
    #[must_use]
    pub fn output_size(&self) -> usize {
        self.hidden_size * self.directions()
    }

    /// Number of features that `layer` reads.
    #[must_use]
    pub fn layer_input_size(&self, layer: usize) -> usize {
        if layer == 0 {
            self.input_size
        } else {
            self.output_size()
        }
    }

    /// The parameters in their order in the flat buffer, with PyTorch's names and shapes.
    #[must_use]
    pub fn tensors(&self) -> Vec<Tensor> {
        let mut tensors = Vec::new();
        let mut offset = 0;
        let rows = self.cell.blocks() * self.hidden_size;
        for layer in 0..self.layers {
            for direction in 0..self.directions() {
                let suffix = format!("l{layer}{}", if direction == 1 { "_reverse" } else { "" });
                let mut push = |name: &str, shape: Vec<usize>| {
                    let tensor = Tensor {
                        name: format!("{name}_{suffix}"),
                        shape,
                        offset,
                    };
                    offset += tensor.len();
                    tensors.push(tensor);
                };
                push("weight_ih", vec![rows, self.layer_input_size(layer)]);
                push("weight_hh", vec![rows, self.hidden_size]);
                push("bias_ih", vec![rows]);
                push("bias_hh", vec![rows]);
                if self.cell.peepholes() > 0 {
                    push("peephole", vec![self.cell.peepholes(), self.hidden_size]);
                }
            }
        }
        tensors
    }

    /// Number of parameters of all layers and directions.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.checked_parameter_count().unwrap_or(usize::MAX)
    }

    fn checked_parameter_count(&self) -> Option<usize> {
        let rows = self.cell.blocks().checked_mul(self.hidden_size)?;
        let outputs = self.hidden_size.checked_mul(self.directions())?;
        let layer = |inputs: usize| {
            let columns = inputs.checked_add(self.hidden_size)?.checked_add(2)?;
            rows.checked_mul(columns)?
                .checked_add(self.cell.peepholes().checked_mul(self.hidden_size)?)
        };
        let upper = layer(outputs)?.checked_mul(self.layers.checked_sub(1)?)?;
        let total = layer(self.input_size)?
            .checked_add(upper)?
            .checked_mul(self.directions())?;
        (total <= isize::MAX as usize / 64).then_some(total)
    }

    /// Multiply-adds of the matrix products of one step of one sequence, over all layers and directions.
    #[must_use]
    pub fn multiply_adds_per_step(&self) -> usize {
        let rows = self.cell.blocks() * self.hidden_size;
        (0..self.layers)
            .map(|layer| {
                self.directions() * rows * (self.layer_input_size(layer) + self.hidden_size)
            })
            .sum()
    }

    /// The state before the first step: zeros.
    ///
    /// # Panics
    /// As a vector does, if that many values do not fit the machine.
    #[must_use]
    pub fn zero_state(&self, batch: usize) -> State {
        let len = self.state_len(batch);
        State {
            batch,
            hidden: vec![0.0; len],
            cell: vec![0.0; if self.cell.carries_cell() { len } else { 0 }],
        }
    }

    /// Number of values of one part of the state.
    pub(crate) fn state_len(&self, batch: usize) -> usize {
        [self.directions(), batch, self.hidden_size]
            .into_iter()
            .fold(self.layers, usize::saturating_mul)
    }

    /// Checks that `state` fits this stack and `batch` sequences.
    pub(crate) fn check_state(
        &self,
        what: [&'static str; 2],
        state: &State,
        batch: usize,
    ) -> Result<(), Error> {
        let shape = [
            ("layers · directions", self.layers * self.directions()),
            ("batch", batch),
            ("hidden size", self.hidden_size),
        ];
        check_length(what[0], state.hidden.len(), &shape)?;
        if self.cell.carries_cell() {
            check_length(what[1], state.cell.len(), &shape)?;
        }
        Ok(())
    }
}
