//! The networks of forecasters over arrays: what `tidegate.ForecastNetwork` runs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tidegate_model::{FileError, Forecaster, Model, ModelError, WindowInputs};

use crate::arrays::{Floats, array_of, shape_text};
use crate::compute::compute;
use crate::error::{Failure, Outcome};
use crate::model::ModelObject;
use crate::named_tensors::{dictionary, flat};
use crate::sequences::Sequences;

/// A network from windows of a series to the rows that follow them.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct ForecastNetwork {
    network: RwLock<Arc<Forecaster>>,
}

impl ForecastNetwork {
    fn over(network: Forecaster) -> ForecastNetwork {
        ForecastNetwork {
            network: RwLock::new(Arc::new(network)),
        }
    }

    fn network(&self) -> Arc<Forecaster> {
        Arc::clone(&self.network.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[pymethods]
impl ForecastNetwork {
    /// The network in the bytes of its file.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> Outcome<ForecastNetwork> {
        let network = compute(py, || Forecaster::from_bytes(bytes))?;
        Ok(ForecastNetwork::over(network))
    }

    /// The bytes of the file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyBytes>> {
        let network = self.network();
        let bytes = compute(py, || network.to_bytes())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Writes the file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> Outcome<()> {
        let network = self.network();
        Ok(compute(py, || network.save(path))?)
    }

    /// The configuration as JSON.
    #[getter]
    fn configuration(&self) -> Outcome<String> {
        serde_json::to_string(self.network().configuration())
            .map_err(|error| Failure::value(error.to_string()))
    }

    /// What the network's maker says about it, by key.
    #[getter]
    fn description(&self) -> BTreeMap<String, String> {
        self.network().description().clone()
    }

    /// Copies of the parameters by name.
    fn state_dict<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyDict>> {
        let network = self.network();
        dictionary(py, network.tensors(), network.parameters())
    }

    /// Replaces every parameter.
    fn load_state_dict(&self, py: Python<'_>, state_dict: &Bound<'_, PyAny>) -> Outcome<()> {
        let network = self.network();
        let parameters = flat(network.tensors(), state_dict)?;
        let mut changed = compute(py, || {
            Forecaster::from_parameters(network.configuration().clone(), parameters)
        })?;
        *changed.description_mut() = network.description().clone();
        *self.network.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(changed);
        Ok(())
    }

    /// Forecasts of windows.
    #[pyo3(signature = (past, known, batch_first))]
    fn forward<'py>(
        &self,
        py: Python<'py>,
        past: &Bound<'py, PyAny>,
        known: Option<&Bound<'py, PyAny>>,
        batch_first: bool,
    ) -> Outcome<Bound<'py, PyArrayDyn<f32>>> {
        let network = self.network();
        let configuration = network.configuration();
        let rows = |name: &str, array: &Floats<'py>, width: usize, steps: usize| {
            let sequences = Sequences::of(name, array.shape(), Some(width), batch_first, None)?;
            if sequences.steps == steps {
                return Ok(sequences);
            }
            Err(Failure::value(format!(
                "{name} has shape {}, with {} rows where the network reads {steps}",
                shape_text(array.shape()),
                sequences.steps
            )))
        };
        let past = Floats::of("past", past)?;
        let (past_size, window) = (configuration.past_size, configuration.window);
        let windows = rows("past", &past, past_size, window)?;
        let (known_size, horizon) = (configuration.known_size, configuration.horizon);
        let known = match (Floats::of_option("known", known)?, known_size) {
            (None, 0) => Vec::new(),
            (None, _) => {
                return Err(Failure::value(format!(
                    "known is missing: the network reads {known_size} features of the {horizon} rows ahead"
                )));
            }
            (Some(known), _) => {
                let ahead = rows("known", &known, known_size, horizon)?;
                if (ahead.batch, ahead.is_batched) != (windows.batch, windows.is_batched) {
                    return Err(Failure::value(format!(
                        "known has shape {}, and past {}: they are not of the same windows",
                        shape_text(known.shape()),
                        shape_text(past.shape())
                    )));
                }
                ahead
                    .time_major(py, known.values(), known_size)
                    .into_owned()
            }
        };
        let past = windows.time_major(py, past.values(), past_size);
        let mut quantiles = Vec::new();
        let inputs = WindowInputs {
            windows: windows.batch,
            past: &past,
            known: &known,
        };
        compute(py, || network.forward(&inputs, &mut quantiles))?;
        let mut shape = vec![horizon, configuration.targets, configuration.levels];
        if windows.is_batched {
            shape.insert(0, windows.batch);
        }
        array_of(py, &shape, quantiles)
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> Outcome<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let from_bytes = slf.get_type().getattr("from_bytes")?;
        Ok((from_bytes, (slf.get().to_bytes(slf.py())?,)))
    }
}

/// The network in a file: a `Model` or a `ForecastNetwork`.
#[pyfunction]
pub(crate) fn load_network<'py>(py: Python<'py>, path: PathBuf) -> Outcome<Bound<'py, PyAny>> {
    match compute(py, || Model::load(&path)) {
        Ok(model) => Ok(Bound::new(py, ModelObject::over(model))?.into_any()),
        Err(ModelError::File {
            source: FileError::OtherKind { .. },
            ..
        }) => {
            let network = compute(py, || Forecaster::load(&path))?;
            Ok(Bound::new(py, ForecastNetwork::over(network))?.into_any())
        }
        Err(error) => Err(error.into()),
    }
}
