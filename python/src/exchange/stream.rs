//! A chain of layers that is fed step by step.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyList;
use tidegate_cells::Stack;
use tidegate_exchange::{Input, Layer, NetworkRunner, NetworkStream};
use tidegate_model::BatchInputs;

use super::network::NetworkObject;
use crate::arrays::{Floats, array_of, shape_text, token, tokens_of};
use crate::error::{Failure, Outcome};
use crate::states::{state_object, state_of};

/// One sequence, or several side by side, fed step by step.
#[pyclass(frozen, name = "NetworkStream", module = "tidegate._engine")]
pub(crate) struct NetworkStreamObject {
    runner: Arc<NetworkRunner>,
    batch: Option<usize>,
    stream: Mutex<NetworkStream>,
}

impl NetworkStreamObject {
    /// The stream, waited for without the interpreter lock.
    fn stream(&self, py: Python<'_>) -> MutexGuard<'_, NetworkStream> {
        let stream = self.stream.lock_py_attached(py);
        stream.unwrap_or_else(PoisonError::into_inner)
    }

    fn stacks(&self) -> Vec<&Stack> {
        let layers = self.runner.network().layers.iter();
        let stacks = layers.filter_map(|layer| match layer {
            Layer::Recurrent { stack, .. } => Some(stack),
            _ => None,
        });
        stacks.collect()
    }
}

#[pymethods]
impl NetworkStreamObject {
    /// A stream of a network; with `batch`, that many side by side.
    #[new]
    #[pyo3(signature = (network, batch=None))]
    fn new(network: &Bound<'_, NetworkObject>, batch: Option<usize>) -> Outcome<Self> {
        if batch == Some(0) {
            return Err(Failure::value(
                "batch is 0: there has to be at least one stream",
            ));
        }
        let runner = Arc::clone(network.get().runner());
        let stream = NetworkStream::new(Arc::clone(&runner), batch.unwrap_or(1))?;
        Ok(NetworkStreamObject {
            runner,
            batch,
            stream: Mutex::new(stream),
        })
    }

    /// Number of sequences side by side; `None` for one without an axis for them.
    #[getter]
    fn batch(&self) -> Option<usize> {
        self.batch
    }

    /// Advances by one step.
    fn step<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
    ) -> Outcome<Bound<'py, PyArrayDyn<f32>>> {
        let mut expected: Vec<usize> = self.batch.into_iter().collect();
        let check = |found: &[usize], expected: &[usize]| {
            if found == expected {
                return Ok(());
            }
            Err(Failure::value(format!(
                "x has shape {}, expected {}",
                shape_text(found),
                shape_text(expected)
            )))
        };
        let outputs = match self.runner.network().input {
            Input::Features(width) => {
                expected.push(width);
                let features = Floats::of("x", x)?;
                check(features.shape(), &expected)?;
                let inputs = BatchInputs::Features(features.values());
                self.stream(py).step(&inputs)?
            }
            Input::Tokens { .. } => {
                let tokens = match x.extract::<i64>() {
                    Ok(number) if self.batch.is_none() => vec![token("x", number)?],
                    _ => {
                        let (shape, tokens) = tokens_of("x", x)?;
                        check(&shape, &expected)?;
                        tokens
                    }
                };
                self.stream(py).step(&BatchInputs::Tokens(&tokens))?
            }
        };
        let mut shape: Vec<usize> = self.batch.into_iter().collect();
        shape.push(self.runner.network().output_size());
        array_of(py, &shape, outputs)
    }

    /// Starts again from states of zeros.
    fn reset(&self, py: Python<'_>) {
        self.stream(py).reset();
    }

    /// Copies of the states, one for each recurrent part of the chain.
    fn snapshot<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyList>> {
        let states = self.stream(py).snapshot();
        let objects = self.stacks().into_iter().zip(states);
        let objects = objects.map(|(stack, state)| state_object(py, stack, self.batch, state));
        Ok(PyList::new(py, objects.collect::<Outcome<Vec<_>>>()?)?)
    }

    /// Continues from such states.
    fn restore(&self, py: Python<'_>, states: Vec<Bound<'_, PyAny>>) -> Outcome<()> {
        let stacks = self.stacks();
        if states.len() != stacks.len() {
            return Err(Failure::value(format!(
                "states: expected {}, one for each recurrent part, found {}",
                stacks.len(),
                states.len()
            )));
        }
        let given = stacks.into_iter().zip(&states);
        let given = given.map(|(stack, state)| state_of(stack, self.batch, Some(state)));
        let states = given.collect::<Outcome<Vec<_>>>()?;
        let finite = |values: &[f32]| tidegate_cells::first_not_finite(values).is_none();
        if !states
            .iter()
            .all(|one| finite(&one.hidden) && finite(&one.cell))
        {
            return Err(Failure::value("states: every value has to be finite"));
        }
        Ok(self.stream(py).restore(states)?)
    }
}
