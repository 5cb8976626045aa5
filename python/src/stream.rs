//! Streams: one step at a time, with the state in the stream's hands.

use std::sync::{Arc, Mutex};

use numpy::{PyArrayDyn, PyArrayMethods, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyType;
use tidegate_cells::{Stack, State, StepScratch};
use tidegate_model::{BatchInputs, InputLayer, Model, ModelScratch};

use crate::arrays::{Floats, NewArray, shape_text, token, tokens_of, type_name};
use crate::compute::compute;
use crate::error::{Failure, Outcome};
use crate::model::ModelObject;
use crate::recurrent::{Loaded, Recurrent};
use crate::states::{state_object, state_of};

/// Multiply-adds of a step from which the interpreter lock is released: about ten microseconds. To give the lock away and to
/// take it back costs as much as a small step.
const RELEASE_FROM: usize = 1 << 18;

/// What a stream runs, as it was when the stream was made.
enum Network {
    Recurrent(Arc<Loaded>),
    Model(Arc<Model>),
}

/// The state, and the working memory of a step.
struct Position {
    state: State,
    scratch: Scratch,
}

enum Scratch {
    Recurrent(StepScratch),
    Model(ModelScratch),
}

/// One sequence, or several side by side, fed step by step.
///
/// The bits are those of a call over the whole sequences. A stream computes with the weights that the network had when the
/// stream was made. Calls from several threads run one after the other.
#[pyclass(frozen, module = "tidegate")]
pub(crate) struct Stream {
    network: Network,
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
    fn stack(&self) -> &Stack {
        match &self.network {
            Network::Recurrent(loaded) => loaded.engine.stack(),
            Network::Model(model) => &model.configuration().recurrent,
        }
    }

    fn reads_tokens(&self) -> bool {
        match &self.network {
            Network::Recurrent(_) => false,
            Network::Model(model) => {
                matches!(model.configuration().input, InputLayer::Embedding { .. })
            }
        }
    }

    fn input<'py>(&self, x: &Bound<'py, PyAny>) -> Outcome<Input<'py>> {
        if self.reads_tokens() {
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

    /// One step from slice to slice.
    fn advance(
        &self,
        inputs: &BatchInputs<'_>,
        position: &mut Position,
        output: &mut [f32],
    ) -> Outcome<()> {
        let Position { state, scratch } = position;
        match (&self.network, scratch, inputs) {
            (
                Network::Recurrent(loaded),
                Scratch::Recurrent(scratch),
                BatchInputs::Features(features),
            ) => Ok(loaded.engine.step(features, state, scratch, output)?),
            (Network::Model(model), Scratch::Model(scratch), _) => {
                Ok(model.step(inputs, state, scratch, output)?)
            }
            _ => Err(tidegate_cells::Error::Scratch.into()),
        }
    }

    fn run(&self, py: Python<'_>, input: &Input<'_>, output: &mut [f32]) -> Outcome<()> {
        let inputs = match input {
            Input::Features(features) => BatchInputs::Features(features.values()),
            Input::Tokens(tokens) => BatchInputs::Tokens(tokens),
        };
        // Waits without the interpreter lock, which the thread that computes may need to finish.
        let mut position = self
            .position
            .lock_py_attached(py)
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let position = &mut *position;
        if self.releases {
            compute(py, || self.advance(&inputs, position, output))
        } else {
            crate::compute::in_pool(|| self.advance(&inputs, position, output))
        }
    }
}

#[pymethods]
impl Stream {
    /// A stream of a network; with `batch`, that many streams side by side.
    #[new]
    #[pyo3(signature = (network, batch=None))]
    fn new(network: &Bound<'_, PyAny>, batch: Option<usize>) -> Outcome<Stream> {
        let engine = network.getattr_opt("_engine")?;
        let network = engine.as_ref().unwrap_or(network);
        let network = if let Ok(recurrent) = network.cast::<Recurrent>() {
            Network::Recurrent(recurrent.get().loaded())
        } else if let Ok(model) = network.cast::<ModelObject>() {
            Network::Model(model.get().model())
        } else {
            return Err(Failure::wrong_type(format!(
                "network: expected a Gru, Lstm, Mgu, Rnn or Model, found {}",
                type_name(network)
            )));
        };
        let rows = batch.unwrap_or(1);
        if rows == 0 {
            return Err(Failure::value(
                "batch is 0: there has to be at least one stream",
            ));
        }
        let scratch;
        let (stack, width, reads_tokens) = match &network {
            Network::Recurrent(loaded) => {
                let stack = loaded.engine.stack();
                if stack.bidirectional {
                    return Err(tidegate_cells::Error::Bidirectional.into());
                }
                scratch = Scratch::Recurrent(loaded.engine.step_scratch(rows));
                (stack, stack.output_size(), false)
            }
            Network::Model(model) => {
                let configuration = model.configuration();
                if configuration.readout.pools() {
                    return Err(tidegate_model::ModelError::Pooling.into());
                }
                if configuration.recurrent.bidirectional {
                    return Err(tidegate_cells::Error::Bidirectional.into());
                }
                scratch = Scratch::Model(model.step_scratch(rows));
                let reads_tokens = matches!(configuration.input, InputLayer::Embedding { .. });
                (
                    &configuration.recurrent,
                    configuration.outputs,
                    reads_tokens,
                )
            }
        };
        let mut input_shape: Vec<usize> = batch.into_iter().collect();
        let mut output_shape = input_shape.clone();
        if !reads_tokens {
            input_shape.push(stack.input_size);
        }
        output_shape.push(width);
        let work = stack.multiply_adds_per_step() + stack.output_size() * width;
        Ok(Stream {
            releases: work.saturating_mul(rows) >= RELEASE_FROM,
            position: Mutex::new(Position {
                state: stack.zero_state(rows),
                scratch,
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
                type_name(&out)
            )));
        };
        self.check_shape("out", target.shape(), &self.output_shape)?;
        if !target.is_c_contiguous() {
            return Err(Failure::value(
                "out: its values do not lie side by side in C order",
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
        let position = self.position.lock_py_attached(py);
        position
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .state
            .reset();
    }

    /// A copy of the state.
    fn snapshot<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyAny>> {
        let state = {
            let position = self.position.lock_py_attached(py);
            let position = position.unwrap_or_else(std::sync::PoisonError::into_inner);
            position.state.clone()
        };
        state_object(py, self.stack(), self.batch, state)
    }

    /// Continues from a state.
    fn restore(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> Outcome<()> {
        let state = state_of(self.stack(), self.batch, Some(state))?;
        let finite = |values: &[f32]| tidegate_cells::first_not_finite(values).is_none();
        if !(finite(&state.hidden) && finite(&state.cell)) {
            return Err(Failure::value("state: every value has to be finite"));
        }
        let position = self.position.lock_py_attached(py);
        position
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .state = state;
        Ok(())
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> Outcome<(
        Bound<'py, PyType>,
        (Bound<'py, PyAny>, Option<usize>),
        Bound<'py, PyAny>,
    )> {
        let (py, stream) = (slf.py(), slf.get());
        let network = match &stream.network {
            Network::Recurrent(loaded) => Bound::new(py, Recurrent::sharing(loaded))?.into_any(),
            Network::Model(model) => Bound::new(py, ModelObject::sharing(model))?.into_any(),
        };
        Ok((
            slf.get_type(),
            (network, stream.batch),
            stream.snapshot(py)?,
        ))
    }

    fn __setstate__(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> Outcome<()> {
        self.restore(py, state)
    }

    fn __repr__(&self) -> String {
        let stack = self.stack();
        let network = match &self.network {
            Network::Recurrent(_) => stack.cell.name().to_owned(),
            Network::Model(_) => format!("model with {}", stack.cell.name()),
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
