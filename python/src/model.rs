//! Whole models over arrays: what `tidegate.Model` runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tidegate_cells::{InstructionSet, State};
use tidegate_model::{Model, ModelConfiguration, ModelError, Readout};

use crate::arrays::array_of;
use crate::compute::compute;
use crate::error::{Failure, Outcome};
use crate::gate_arrays::gate_arrays;
use crate::model_inputs::Inputs;
use crate::named_tensors::{dictionary, flat};
use crate::room;
use crate::sequences::Sequences;
use crate::states::{check_finite, state_object, state_of};

/// A model with its parameters and its description.
///
/// A call computes with the parameters that there were when it began: other threads may replace them meanwhile.
#[pyclass(frozen, name = "Model", module = "tidegate._engine")]
pub(crate) struct ModelObject {
    model: RwLock<Arc<Model>>,
}

impl ModelObject {
    pub(crate) fn over(model: Model) -> ModelObject {
        ModelObject {
            model: RwLock::new(Arc::new(model)),
        }
    }

    /// A model that shares the parameters of another.
    pub(crate) fn sharing(model: &Arc<Model>) -> ModelObject {
        ModelObject {
            model: RwLock::new(Arc::clone(model)),
        }
    }

    /// The parameters at this moment.
    pub(crate) fn model(&self) -> Arc<Model> {
        Arc::clone(&self.model.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, model: Model) {
        *self.model.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(model);
    }
}

#[pymethods]
impl ModelObject {
    /// A model with initial parameters, of a configuration in JSON.
    #[new]
    fn new(py: Python<'_>, configuration: &str, seed: u64) -> Outcome<ModelObject> {
        let configuration: ModelConfiguration = serde_json::from_str(configuration)
            .map_err(|error| Failure::value(error.to_string()))?;
        configuration.validate()?;
        let count = configuration.parameter_count();
        let packed = configuration.packed_bytes(InstructionSet::detect()?);
        room::require(room::of_parameters(count, packed), || {
            format!("a model with {count} parameters")
        })?;
        let model = compute(py, || Model::new(configuration, seed))?;
        Ok(ModelObject::over(model))
    }

    /// The model in the bytes of a model file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> Outcome<ModelObject> {
        let model = compute(py, || Model::from_bytes(bytes))?;
        Ok(ModelObject::over(model))
    }

    /// The bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyBytes>> {
        let model = self.model();
        let bytes = compute(py, || model.to_bytes())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes the model file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> Outcome<()> {
        let model = self.model();
        Ok(compute(py, || model.save(path))?)
    }

    /// The configuration as JSON.
    #[getter]
    fn configuration(&self) -> Outcome<String> {
        serde_json::to_string(self.model().configuration())
            .map_err(|error| Failure::value(error.to_string()))
    }

    /// What the model's maker says about it, by key.
    #[getter]
    fn description(&self) -> BTreeMap<String, String> {
        self.model().description().clone()
    }

    #[setter]
    fn set_description(&self, description: BTreeMap<String, String>) -> Outcome<()> {
        let model = self.model();
        let parameters = model.parameters().to_vec();
        let mut described = Model::from_parameters(model.configuration().clone(), parameters)?;
        *described.description_mut() = description;
        self.replace(described);
        Ok(())
    }

    /// Copies of the parameters by name.
    fn state_dict<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyDict>> {
        let model = self.model();
        dictionary(py, model.tensors(), model.parameters())
    }

    /// Replaces every parameter.
    fn load_state_dict(&self, py: Python<'_>, state_dict: &Bound<'_, PyAny>) -> Outcome<()> {
        let model = self.model();
        let parameters = flat(model.tensors(), state_dict)?;
        let mut changed = compute(py, || {
            Model::from_parameters(model.configuration().clone(), parameters)
        })?;
        *changed.description_mut() = model.description().clone();
        self.replace(changed);
        Ok(())
    }

    /// Outputs and final state over sequences.
    #[pyo3(signature = (x, state, lengths, batch_first))]
    fn forward<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        state: Option<&Bound<'py, PyAny>>,
        lengths: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<(Bound<'py, PyArrayDyn<f32>>, Bound<'py, PyAny>)> {
        let model = self.model();
        let stack = &model.configuration().recurrent;
        let (inputs, sequences) = Inputs::of(model.configuration(), x, lengths, batch_first)?;
        let batch = sequences.is_batched.then_some(sequences.batch);
        let mut state = state_of(stack, batch, state)?;
        let outputs = run(py, &model, &inputs, &sequences, &mut state)?;
        let width = model.configuration().outputs;
        let output = match model.configuration().readout {
            Readout::EveryStep if sequences.is_time_major() => {
                array_of(py, &sequences.shape_of_steps(width), outputs)?
            }
            Readout::EveryStep => {
                let mut array = vec![0.0; outputs.len()];
                sequences.to_callers_order(py, &outputs, &mut array, width);
                array_of(py, &sequences.shape_of_steps(width), array)?
            }
            _ => array_of(py, &sequences.shape_of_sequences(width), outputs)?,
        };
        Ok((output, state_object(py, stack, batch, state)?))
    }

    /// Gates, candidates and states of the recurrent layers by name.
    #[pyo3(signature = (x, state, lengths, batch_first))]
    fn trace<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        state: Option<&Bound<'py, PyAny>>,
        lengths: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<Bound<'py, PyDict>> {
        let model = self.model();
        let stack = &model.configuration().recurrent;
        let (inputs, sequences) = Inputs::of(model.configuration(), x, lengths, batch_first)?;
        let batch = sequences.is_batched.then_some(sequences.batch);
        let mut state = state_of(stack, batch, state)?;
        let rows = inputs.time_major(py, &sequences, stack.input_size);
        let set = InstructionSet::detect()?;
        room::require(room::of_trace(stack, set, &sequences), || {
            format!("the trace of {sequences}")
        })?;
        let trace = compute(py, || {
            model.trace(&sequences.batch(), &rows.all(), &mut state)
        })?;
        gate_arrays(py, &trace, &sequences, stack.hidden_size)
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> Outcome<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let from_bytes = slf.get_type().getattr("from_bytes")?;
        Ok((from_bytes, (slf.get().to_bytes(slf.py())?,)))
    }
}

/// The outputs, time first, with a look between parts of long sequences, or between groups of those that are read whole, at
/// whether the user wants to stop.
fn run(
    py: Python<'_>,
    model: &Model,
    inputs: &Inputs<'_>,
    sequences: &Sequences,
    state: &mut State,
) -> Outcome<Vec<f32>> {
    let configuration = model.configuration();
    let size = configuration.recurrent.input_size;
    let rows = inputs.time_major(py, sequences, size);
    let work = configuration.recurrent.multiply_adds_per_step();
    let (parts, groups) = match configuration.needs_whole_sequences() {
        true => (Vec::new(), sequences.groups(work)),
        false => (sequences.parts(work), Vec::new()),
    };
    let mut outputs = Vec::new();
    if parts.len() + groups.len() == 1 {
        let bytes = room::of_pass(&configuration.recurrent, sequences);
        room::require(bytes, || sequences.to_string())?;
        compute(py, || {
            model.forward(&sequences.batch(), &rows.all(), state, &mut outputs)
        })?;
        return Ok(outputs);
    }
    compute(py, || rows.check(sequences, configuration))?;
    check_finite(state)?;
    let mut own_outputs = Vec::new();
    for part in &parts {
        py.check_signals()?;
        compute(py, || {
            let rows = rows.part(part.range(1));
            model.forward(&part.batch(), &rows, state, &mut own_outputs)
        })?;
        match configuration.readout {
            Readout::EveryStep => outputs.extend_from_slice(&own_outputs),
            // Read from the state at the end.
            _ => std::mem::swap(&mut outputs, &mut own_outputs),
        }
    }
    let units = configuration.recurrent.hidden_size;
    let rows_of_sequence = match configuration.readout {
        Readout::EveryStep => sequences.steps,
        _ => 1,
    };
    for group in &groups {
        py.check_signals()?;
        outputs.resize(
            rows_of_sequence * sequences.batch * configuration.outputs,
            0.0,
        );
        compute(py, || {
            let mut own = group.take_state(state, units);
            let rows = rows.of_group(group);
            model.forward(&group.batch(), &rows.all(), &mut own, &mut own_outputs)?;
            group.put(&own_outputs, &mut outputs, configuration.outputs);
            group.put_state(&own, state, units);
            Ok::<_, ModelError>(())
        })?;
    }
    Ok(outputs)
}
