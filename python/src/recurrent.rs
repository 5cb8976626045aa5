//! Recurrent layers over arrays: what `tidegate.Gru` and its like run.

use std::sync::{Arc, PoisonError, RwLock};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use tidegate_cells::{Engine, Error as CellsError, InstructionSet, Stack, State};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};

use crate::arrays::{Floats, NewArray};
use crate::compute::compute;
use crate::error::{Failure, Outcome};
use crate::gate_arrays::gate_arrays;
use crate::named_tensors::{dictionary, flat};
use crate::room;
use crate::sequences::Sequences;
use crate::states::{check_finite, state_object, state_of};

/// Weights as they are and as the engine has packed them.
pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) weights: Vec<f32>,
}

/// Recurrent layers with their weights.
///
/// A call computes with the weights that there were when it began: other threads may replace them meanwhile.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct Recurrent {
    stack: Stack,
    loaded: RwLock<Arc<Loaded>>,
}

impl Recurrent {
    fn with_weights(stack: Stack, weights: Vec<f32>) -> Outcome<Recurrent> {
        let engine = Engine::new(stack.clone(), &weights)?;
        let loaded = RwLock::new(Arc::new(Loaded { engine, weights }));
        Ok(Recurrent { stack, loaded })
    }

    /// Layers that share the weights of others.
    pub(crate) fn sharing(loaded: &Arc<Loaded>) -> Recurrent {
        Recurrent {
            stack: loaded.engine.stack().clone(),
            loaded: RwLock::new(Arc::clone(loaded)),
        }
    }

    /// The weights at this moment.
    pub(crate) fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Class, arguments and state of pickled layers.
type Reduced<'py> = (Bound<'py, PyType>, (String, u64), Bound<'py, PyDict>);

#[pymethods]
impl Recurrent {
    /// Layers with initial weights, uniform in ±1/√hidden_size as PyTorch's are, of a configuration in JSON.
    #[new]
    fn new(py: Python<'_>, configuration: &str, seed: u64) -> Outcome<Recurrent> {
        let stack: Stack = serde_json::from_str(configuration)
            .map_err(|error| Failure::value(error.to_string()))?;
        stack.validate()?;
        let packed = stack.packed_bytes(InstructionSet::detect()?);
        let bytes = room::of_parameters(stack.parameter_count(), packed);
        room::require(bytes, || {
            format!("a network with {} weights", stack.parameter_count())
        })?;
        compute(py, || {
            // A model with the same seed begins with the same recurrent weights.
            let configuration =
                ModelConfiguration::new(InputLayer::Features, stack.clone(), 1, Readout::LastStep);
            let model = Model::new(configuration, seed)?;
            let weights = model.parameters()[..stack.parameter_count()].to_vec();
            Recurrent::with_weights(stack, weights)
        })
    }

    /// The configuration as JSON.
    #[getter]
    fn configuration(&self) -> Outcome<String> {
        serde_json::to_string(&self.stack).map_err(|error| Failure::value(error.to_string()))
    }

    /// Copies of the weights by PyTorch's names.
    fn state_dict<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyDict>> {
        dictionary(py, &self.stack.tensors(), &self.loaded().weights)
    }

    /// Replaces every weight.
    fn load_state_dict(&self, py: Python<'_>, state_dict: &Bound<'_, PyAny>) -> Outcome<()> {
        let weights = flat(&self.stack.tensors(), state_dict)?;
        let stack = self.stack.clone();
        let loaded = compute(py, || {
            let engine = Engine::new(stack, &weights)?;
            Ok::<_, Failure>(Loaded { engine, weights })
        })?;
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
        Ok(())
    }

    /// Output and final state over sequences.
    #[pyo3(signature = (x, state, lengths, batch_first))]
    fn forward<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        state: Option<&Bound<'py, PyAny>>,
        lengths: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let (input, sequences) = self.arguments(x, lengths, batch_first)?;
        let batch = sequences.is_batched.then_some(sequences.batch);
        let mut state = state_of(&self.stack, batch, state)?;
        let loaded = self.loaded();
        let (engine, width) = (&loaded.engine, self.stack.output_size());
        let mut output = NewArray::zeros(py, &sequences.shape_of_steps(width))?;
        let rows = sequences.time_major(py, input.values(), self.stack.input_size);
        let mut buffer = Vec::new();
        let target = if sequences.is_time_major() {
            output.values()
        } else {
            buffer.resize(rows.len() / self.stack.input_size * width, 0.0);
            &mut buffer[..]
        };
        self.run(py, engine, &sequences, &rows, &mut state, target)?;
        if !sequences.is_time_major() {
            sequences.to_callers_order(py, &buffer, output.values(), width);
        }
        let state = state_object(py, &self.stack, batch, state)?;
        Ok((output.finish().into_any(), state))
    }

    /// Gates, candidates and states by name.
    #[pyo3(signature = (x, state, lengths, batch_first))]
    fn trace<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        state: Option<&Bound<'py, PyAny>>,
        lengths: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<Bound<'py, PyDict>> {
        let (input, sequences) = self.arguments(x, lengths, batch_first)?;
        let batch = sequences.is_batched.then_some(sequences.batch);
        let mut state = state_of(&self.stack, batch, state)?;
        let loaded = self.loaded();
        let rows = sequences.time_major(py, input.values(), self.stack.input_size);
        let set = loaded.engine.instruction_set();
        room::require(room::of_trace(&self.stack, set, &sequences), || {
            format!("the trace of {sequences}")
        })?;
        let trace = compute(py, || {
            loaded.engine.trace(&sequences.batch(), &rows, &mut state)
        })?;
        gate_arrays(py, &trace, &sequences, self.stack.hidden_size)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Outcome<Reduced<'py>> {
        let configuration = slf.get().configuration()?;
        let state_dict = slf.get().state_dict(slf.py())?;
        Ok((slf.get_type(), (configuration, 0), state_dict))
    }

    fn __setstate__(&self, py: Python<'_>, state_dict: &Bound<'_, PyAny>) -> Outcome<()> {
        self.load_state_dict(py, state_dict)
    }
}

impl Recurrent {
    fn arguments<'py>(
        &self,
        x: &Bound<'py, PyAny>,
        lengths: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<(Floats<'py>, Sequences)> {
        let input = Floats::of("x", x)?;
        let width = Some(self.stack.input_size);
        let sequences = Sequences::of("x", input.shape(), width, batch_first, lengths)?;
        Ok((input, sequences))
    }

    /// Runs sequences that stand time first, with a look between parts of long ones, or between groups of those that are read
    /// whole, at whether the user wants to stop.
    fn run(
        &self,
        py: Python<'_>,
        engine: &Engine,
        sequences: &Sequences,
        rows: &[f32],
        state: &mut State,
        output: &mut [f32],
    ) -> Outcome<()> {
        let (inputs, width) = (self.stack.input_size, self.stack.output_size());
        let work = self.stack.multiply_adds_per_step();
        let (parts, groups) = match self.stack.bidirectional {
            true => (Vec::new(), sequences.groups(work)),
            false => (sequences.parts(work), Vec::new()),
        };
        if parts.len() + groups.len() == 1 {
            let bytes = room::of_pass(&self.stack, sequences);
            room::require(bytes, || sequences.to_string())?;
            return Ok(compute(py, || {
                engine.forward(&sequences.batch(), rows, state, output)
            })?);
        }
        compute(py, || sequences.check_finite(rows, inputs))?;
        check_finite(state)?;
        for part in &parts {
            py.check_signals()?;
            let (rows, output) = (&rows[part.range(inputs)], &mut output[part.range(width)]);
            compute(py, || engine.forward(&part.batch(), rows, state, output))?;
        }
        for group in &groups {
            py.check_signals()?;
            compute(py, || {
                let rows = group.take(rows, inputs);
                let mut own = group.take_state(state, self.stack.hidden_size);
                let mut own_output = group.take(output, width);
                engine.forward(&group.batch(), &rows, &mut own, &mut own_output)?;
                group.put(&own_output, output, width);
                group.put_state(&own, state, self.stack.hidden_size);
                Ok::<_, CellsError>(())
            })?;
        }
        Ok(())
    }
}
