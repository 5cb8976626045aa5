//! What a pass reads: the tensors of a call, held to the network that its weights are those of.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::{Bound, FromPyObject, PyAny, PyErr, Python};
use tidegate_cells::{Batch, Noise};

use super::network::{Description, Network};
use super::tensor::{Memory, counts, floats};
use super::threads::Size;
use crate::error::Outcome;

/// The arguments of the operator `tidegate::recurrent` in its order: input, batch sizes, hidden and cell state, weights; kind
/// of cell, layers, whether bidirectional, rates; seed of the noise.
#[derive(FromPyObject)]
pub(crate) struct Arguments<'py>(
    Bound<'py, PyAny>,
    Option<Bound<'py, PyAny>>,
    Option<Bound<'py, PyAny>>,
    Option<Bound<'py, PyAny>>,
    Vec<Bound<'py, PyAny>>,
    String,
    usize,
    bool,
    [f32; 4],
    Option<i64>,
);

/// The tensors of a call, as memory.
pub(crate) struct Call {
    pub(crate) network: Arc<Network>,
    pub(crate) input: Memory,
    hidden: Option<Memory>,
    cell: Option<Memory>,
    weights: Vec<Memory>,
    biases: bool,
    pub(crate) noise: Option<Noise>,
    pub(crate) sequences: usize,
    steps: usize,
    lengths: Option<Vec<usize>>,
}

impl Call {
    /// Reads the arguments.
    ///
    /// # Errors
    /// `TypeError` for what is no tensor of its dtype, `ValueError` for shapes that do not fit each other.
    pub(crate) fn read<'py>(py: Python<'py>, arguments: Arguments<'py>) -> Outcome<Self> {
        let Arguments(
            input,
            batch_sizes,
            hidden,
            cell,
            weights,
            kind,
            layers,
            bidirectional,
            rates,
            seed,
        ) = arguments;
        let input = floats(&input, "input")?;
        let weights = weights
            .iter()
            .map(|weight| floats(weight, "a weight"))
            .collect::<Result<Vec<_>, PyErr>>()?;
        let shapes = weights
            .iter()
            .map(|weight| weight.shape(py))
            .collect::<Result<Vec<_>, PyErr>>()?;
        let (Some(&[_, input_size]), Some(&[_, hidden_size])) = (
            shapes.first().map(Vec::as_slice),
            shapes.get(1).map(Vec::as_slice),
        ) else {
            return Err(value("weights begin with two matrices").into());
        };
        let network = Network::find(Description {
            kind,
            input_size,
            hidden_size,
            layers,
            bidirectional,
            rates: rates.map(f32::to_bits),
        })?;
        let directions = layers * network.stack.directions();
        let biases = weights.len() == 4 * directions;
        if !biases && weights.len() != 2 * directions {
            return Err(value(&format!(
                "{} weights for {layers} layers and {} directions: each takes weight_ih, weight_hh, and with biases bias_ih, bias_hh",
                weights.len(),
                network.stack.directions()
            ))
            .into());
        }
        let expected = network.shapes.iter().enumerate();
        let expected = expected.filter(|(index, _)| biases || index % 4 < 2);
        for (found, (_, shape)) in shapes.iter().zip(expected) {
            if found != shape {
                return Err(value(&format!("a weight has shape {found:?}, not {shape:?}")).into());
            }
        }
        let shape = input.shape(py)?;
        let (steps, sequences, lengths) = match (batch_sizes, &shape[..]) {
            (None, &[steps, sequences, _]) => (steps, sequences, None),
            (Some(sizes), &[rows, _]) => {
                let sizes = counts(&sizes, "batch_sizes")?;
                let lengths = lengths(&sizes, rows)?;
                (sizes.len(), lengths.len(), Some(lengths))
            }
            _ => return Err(value(&format!("input has shape {shape:?}")).into()),
        };
        if shape.last() != Some(&input_size) {
            let message =
                format!("input has shape {shape:?}, but weights read {input_size} features");
            return Err(value(&message).into());
        }
        let state = |state: Option<Bound<'py, PyAny>>, what| -> Outcome<Option<Memory>> {
            let Some(state) = state else { return Ok(None) };
            let state = floats(&state, what)?;
            let (found, expected) = (state.shape(py)?, vec![directions, sequences, hidden_size]);
            if found != expected {
                return Err(value(&format!("{what} has shape {found:?}, not {expected:?}")).into());
            }
            Ok(Some(state))
        };
        Ok(Call {
            hidden: state(hidden, "the initial hidden state")?,
            cell: state(cell, "the initial cell state")?,
            network,
            input,
            weights,
            biases,
            // Any 64 bits are a seed.
            noise: seed.map(|seed| Noise::new(seed.cast_unsigned())),
            sequences,
            steps,
            lengths,
        })
    }

    /// The batch of the input.
    pub(crate) fn batch(&self) -> Batch<'_> {
        match &self.lengths {
            Some(lengths) => Batch::packed(lengths),
            None => Batch::full(self.steps, self.sequences),
        }
    }

    /// A slice for each tensor of the stack; biases that are not there are empty.
    pub(crate) fn weights(&self) -> Vec<&[f32]> {
        let slices = self.weights.iter().map(Memory::read);
        if self.biases {
            return slices.collect();
        }
        slices
            .enumerate()
            .fold(Vec::new(), |mut all, (index, slice)| {
                all.push(slice);
                if index % 2 == 1 {
                    all.extend([&[][..]; 2]);
                }
                all
            })
    }

    /// All values that a pass reads, with the given weights.
    pub(crate) fn all_read<'a>(&'a self, weights: &[&'a [f32]]) -> Vec<&'a [f32]> {
        let state = self.state().into_iter().flatten();
        let rest = state.chain([self.input.read()]);
        weights.iter().copied().chain(rest).collect()
    }

    /// Whether there are biases.
    pub(crate) fn has_biases(&self) -> bool {
        self.biases
    }

    /// The initial state, where it is given.
    pub(crate) fn state(&self) -> [Option<&[f32]>; 2] {
        [&self.hidden, &self.cell].map(|state| state.as_ref().map(Memory::read))
    }

    /// How large a pass is.
    pub(crate) fn size(&self) -> Size {
        let stack = &self.network.stack;
        Size {
            multiply_adds: self.batch().total_steps() * stack.multiply_adds_per_step(),
            parameters: stack.parameter_count(),
        }
    }
}

/// The lengths of the sequences, from the number of sequences at each step.
fn lengths(batch_sizes: &[usize], rows: usize) -> Outcome<Vec<usize>> {
    let falls = batch_sizes.windows(2).all(|pair| pair[0] >= pair[1]);
    let total = batch_sizes
        .iter()
        .try_fold(0usize, |sum, &size| sum.checked_add(size));
    if !falls || total != Some(rows) {
        let message = format!(
            "batch_sizes must not increase and must count the {rows} packed rows, but are {batch_sizes:?}"
        );
        return Err(value(&message).into());
    }
    let sequences = batch_sizes.first().copied().unwrap_or(0);
    let length = |rank| batch_sizes.partition_point(|&size| size > rank);
    Ok((0..sequences).map(length).collect())
}

fn value(message: &str) -> PyErr {
    PyValueError::new_err(message.to_owned())
}
