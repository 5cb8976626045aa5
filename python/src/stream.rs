//! Streams: one step at a time, with the state in the stream's hands.

use std::sync::{Mutex, MutexGuard, PoisonError};

use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyType;
use tidegate_cells::State;
use tidegate_model::BatchInputs;

use crate::arrays::{Floats, NewArray, kind_of, shape_text, token, tokens_of};
use crate::compute::compute;
use crate::error::{Failure, Outcome};
use crate::room;
use crate::states::{check_finite, state_object, state_of};
use crate::steppable::{Scratch, Steppable};

/// Multiply-adds of a step from which the interpreter lock is released: about ten microseconds. To give the lock away and to
/// take it back costs as much as a small step.
const RELEASE_FROM: usize = 1 << 18;

/// The state, and the working memory of a step.
struct Position {
    state: State,
    scratch: Scratch,
}

/// One sequence, or several side by side, fed step by step.
///
/// The bits are those of a call over the whole sequences. A stream computes with the weights that the network had when the
/// stream was made. Calls from several threads run one after the other.
#[pyclass(frozen, module = "tidegate")]
pub(crate) struct Stream {
    network: Steppable,
    batch: Option<usize>,
    /// Shapes of a step's input and output.
    input_shape: Vec<usize>,
    output_shape: Vec<usize>,
    releases: bool,
    position: Mutex<Position>,
}

/// A step's input, borrowed from the caller's array.
enum Input<'py> {
    Features(Floats<'py>),
    Tokens(Vec<u32>),
}

impl Stream {
    fn input<'py>(&self, x: &Bound<'py, PyAny>) -> Outcome<Input<'py>> {
        if self.network.reads_tokens() {
            if self.batch.is_none()
                && let Ok(number) = x.extract::<i64>()
            {
                return Ok(Input::Tokens(vec![token("x", number)?]));
            }
            let (shape, tokens) = tokens_of("x", x)?;
            self.check_shape("x", &shape, &self.input_shape)?;
            return Ok(Input::Tokens(tokens));
        }
        let features = Floats::of("x", x)?;
        self.check_shape("x", features.shape(), &self.input_shape)?;
        Ok(Input::Features(features))
    }

    fn check_shape(&self, name: &str, found: &[usize], expected: &[usize]) -> Outcome<()> {
        if found == expected {
            return Ok(());
        }
        Err(Failure::value(format!(
            "{name} has shape {}, expected {}",
            shape_text(found),
            shape_text(expected)
        )))
    }

    /// The state, waited for without the interpreter lock, which the thread that has the state may need to finish.
    fn position(&self, py: Python<'_>) -> MutexGuard<'_, Position> {
        let position = self.position.lock_py_attached(py);
        position.unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, py: Python<'_>, input: &Input<'_>, output: &mut [f32]) -> Outcome<()> {
        let inputs = match input {
            Input::Features(features) => BatchInputs::Features(features.values()),
            Input::Tokens(tokens) => BatchInputs::Tokens(tokens),
        };
        let mut position = self.position(py);
        let Position { state, scratch } = &mut *position;
        if self.releases {
            compute(py, || self.network.step(&inputs, state, scratch, output))
        } else {
            // Too little work for more than one thread.
            self.network.step(&inputs, state, scratch, output)
        }
    }
}

/// Class, arguments and state of a pickled stream.
type Reduced<'py> = (
    Bound<'py, PyType>,
    (Bound<'py, PyAny>, Option<usize>),
    Bound<'py, PyAny>,
);

#[pymethods]
impl Stream {
    /// A stream of a network; with `batch`, that many streams side by side.
    #[new]
    #[pyo3(signature = (network, batch=None))]
    fn new(network: &Bound<'_, PyAny>, batch: Option<usize>) -> Outcome<Stream> {
        let network = Steppable::of(network)?;
        let rows = batch.unwrap_or(1);
        if rows == 0 {
            return Err(Failure::value(
                "batch is 0: there has to be at least one stream",
            ));
        }
        let (stack, width) = (network.stack(), network.outputs());
        let bytes = room::of_stream(stack, width, rows);
        room::require(bytes, || format!("{rows} streams side by side"))?;
        let mut input_shape: Vec<usize> = batch.into_iter().collect();
        let mut output_shape = input_shape.clone();
        if !network.reads_tokens() {
            input_shape.push(stack.input_size);
        }
        output_shape.push(width);
        let work = stack.multiply_adds_per_step() + stack.output_size() * width;
        let state = stack.zero_state(rows);
        Ok(Stream {
            releases: work.saturating_mul(rows) >= RELEASE_FROM,
            position: Mutex::new(Position {
                state,
                scratch: network.scratch(rows),
            }),
            batch,
            input_shape,
            output_shape,
            network,
        })
    }

    /// Number of streams side by side; `None` for one without an axis for them.
    #[getter]
    fn batch(&self) -> Option<usize> {
        self.batch
    }

    /// Advances by one step.
    #[pyo3(signature = (x, *, out=None))]
    fn step<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        out: Option<Bound<'py, PyAny>>,
    ) -> Outcome<Bound<'py, PyAny>> {
        let input = self.input(x)?;
        let Some(out) = out else {
            let mut output = NewArray::zeros(py, &self.output_shape)?;
            self.run(py, &input, output.values())?;
            return Ok(output.finish().into_any());
        };
        let Ok(target) = out.cast::<PyArrayDyn<f32>>() else {
            return Err(Failure::wrong_type(format!(
                "out: expected an array of float32 with shape {}, found {}",
                shape_text(&self.output_shape),
                kind_of(&out)
            )));
        };
        self.check_shape("out", target.shape(), &self.output_shape)?;
        if !target.is_c_contiguous() {
            return Err(Failure::value(
                "out: its values do not lie side by side in C order",
            ));
        }
        if !target.is_aligned() {
            return Err(Failure::value(
                "out: its values do not lie at addresses that are multiples of their size",
            ));
        }
        let Ok(mut target) = target.try_readwrite() else {
            return Err(Failure::value(
                "out is read-only, shares memory with x, or is used by another call",
            ));
        };
        let values = target.as_slice_mut().map_err(PyErr::from)?;
        self.run(py, &input, values)?;
        drop(target);
        Ok(out)
    }

    /// Starts again from a state of zeros.
    fn reset(&self, py: Python<'_>) {
        self.position(py).state.reset();
    }

    /// A copy of the state.
    fn snapshot<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyAny>> {
        let state = self.position(py).state.clone();
        state_object(py, self.network.stack(), self.batch, state)
    }

    /// Continues from a state.
    fn restore(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> Outcome<()> {
        let state = state_of(self.network.stack(), self.batch, Some(state))?;
        check_finite(&state)?;
        self.position(py).state = state;
        Ok(())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Outcome<Reduced<'py>> {
        let (py, stream) = (slf.py(), slf.get());
        let network = stream.network.object(py)?;
        let state = stream.snapshot(py)?;
        Ok((slf.get_type(), (network, stream.batch), state))
    }

    fn __setstate__(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> Outcome<()> {
        self.restore(py, state)
    }

    fn __repr__(&self) -> String {
        let cell = self.network.stack().cell.name();
        let network = match &self.network {
            Steppable::Recurrent(_) => cell.to_owned(),
            Steppable::Model(_) => format!("a model with {cell}"),
        };
        let streams = match self.batch {
            Some(batch) => format!(", batch={batch}"),
            None => String::new(),
        };
        format!(
            "<tidegate.Stream of {network}, {} -> {}{streams}>",
            shape_text(&self.input_shape),
            shape_text(&self.output_shape)
        )
    }
}
