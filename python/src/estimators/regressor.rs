//! Regression of sequences.

use std::path::PathBuf;

use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tidegate_train::ModelTask;

use super::options::SequenceOptions;
use super::sequences::recordings;
use super::shared::Shared;
use super::task::check_task;
use super::training::{history, run};
use crate::compute::compute;
use crate::error::Outcome;

/// A trained network for regression with its plan, as its model file holds them.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct RegressModel {
    model: Shared<tidegate_train::RegressModel>,
}

#[pymethods]
impl RegressModel {
    /// Trains on sequences with targets `[n, size]` of `float64`; the model and the numbers of each epoch.
    #[staticmethod]
    #[pyo3(signature = (sequences, targets, options, threads=None, callback=None))]
    fn fit<'py>(
        py: Python<'py>,
        sequences: &Bound<'py, PyAny>,
        targets: PyReadonlyArray2<'py, f64>,
        options: SequenceOptions,
        threads: Option<usize>,
        callback: Option<Bound<'py, PyAny>>,
    ) -> Outcome<(RegressModel, Vec<Bound<'py, PyDict>>)> {
        let recipe = options.regress()?;
        let recordings = recordings(sequences, None)?;
        let size = targets.shape()[1];
        let targets: Vec<f64> = targets.as_array().iter().copied().collect();
        let (model, trained) = run(py, threads, callback.as_ref(), |observer, stop| {
            let data = recipe.prepare(&recordings, &targets, size)?;
            recipe.train(&data, None, observer, stop)
        })?;
        Ok((
            RegressModel {
                model: Shared::new(model),
            },
            history(py, &trained)?,
        ))
    }

    /// The numbers of each sequence, `[n, size]`, as `float64`.
    fn predict<'py>(
        &self,
        py: Python<'py>,
        sequences: &Bound<'py, PyAny>,
    ) -> Outcome<Bound<'py, PyArray2<f64>>> {
        let recordings = recordings(sequences, None)?;
        let found = compute(py, || self.model.read().predict(&recordings))?;
        let shape = [recordings.recordings.len(), self.targets()];
        Ok(PyArray1::from_vec(py, found).reshape(shape)?)
    }

    /// Channels of a sequence.
    #[getter]
    fn channels(&self) -> usize {
        self.model.read().plan.schema.channels.len()
    }

    /// Numbers of a sequence.
    #[getter]
    fn targets(&self) -> usize {
        self.model.read().plan.target_scaling.len()
    }

    /// What Python keeps in the file beside the plan; empty if there is nothing.
    #[getter]
    fn note(&self) -> String {
        let model = self.model.read();
        let note = model.model.description().get(super::NOTE);
        note.cloned().unwrap_or_default()
    }

    #[setter]
    fn set_note(&self, py: Python<'_>, note: String) {
        self.model.write(py, |model| {
            let description = model.model.description_mut();
            description.insert(super::NOTE.to_owned(), note);
        });
    }

    /// Writes the model file.
    fn save(&self, py: Python<'_>, path: PathBuf) -> Outcome<()> {
        Ok(self.model.write(py, |model| model.save(path))?)
    }

    /// Reads a model file.
    #[staticmethod]
    fn load(path: PathBuf) -> Outcome<RegressModel> {
        check_task(&path, ModelTask::Regress)?;
        let model = tidegate_train::RegressModel::load(path)?;
        Ok(RegressModel {
            model: Shared::new(model),
        })
    }

    /// The bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyBytes>> {
        let bytes = self
            .model
            .write(py, tidegate_train::RegressModel::to_bytes)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// For `pickle` and `copy`: by way of the bytes of the model file.
    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> Outcome<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let bytes = slf.get().to_bytes(slf.py())?;
        Ok((slf.get_type().getattr("from_bytes")?, (bytes,)))
    }

    /// The model in such bytes.
    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> Outcome<RegressModel> {
        let model = tidegate_train::RegressModel::from_bytes(bytes)?;
        Ok(RegressModel {
            model: Shared::new(model),
        })
    }
}
