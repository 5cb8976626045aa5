//! Classifiers of sequences.

use std::path::PathBuf;

use numpy::{PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use tidegate_train::{ModelTask, TrainError};

use super::options::SequenceOptions;
use super::sequences::recordings;
use super::shared::Shared;
use super::task::check_task;
use super::training::{history, run};
use crate::compute::compute;
use crate::error::{Failure, Outcome};

/// A trained classifier with its plan: what a model file of `tidegate train classify` holds.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct ClassifyModel {
    model: Shared<tidegate_train::ClassifyModel>,
}

#[pymethods]
impl ClassifyModel {
    /// Trains on sequences with a label each; the model and the numbers of each epoch.
    #[staticmethod]
    #[pyo3(signature = (sequences, labels, options, threads=None, callback=None))]
    fn fit<'py>(
        py: Python<'py>,
        sequences: &Bound<'py, PyAny>,
        labels: Vec<String>,
        options: SequenceOptions,
        threads: Option<usize>,
        callback: Option<Bound<'py, PyAny>>,
    ) -> Outcome<(ClassifyModel, Vec<Bound<'py, PyDict>>)> {
        let recipe = options.classify()?;
        let recordings = recordings(sequences, Some(&labels))?;
        let (model, trained) = run(py, threads, callback.as_ref(), |observer, stop| {
            let data = recipe.prepare(&recordings)?;
            recipe.train(&data, None, observer, stop)
        })?;
        Ok((
            ClassifyModel {
                model: Shared::new(model),
            },
            history(py, &trained)?,
        ))
    }

    /// The probability of each class, `[n, classes]`, as `float64`.
    fn probabilities<'py>(
        &self,
        py: Python<'py>,
        sequences: &Bound<'py, PyAny>,
    ) -> Outcome<Bound<'py, PyArray2<f64>>> {
        let recordings = recordings(sequences, None)?;
        let found = compute(py, || {
            let found = self.model.read().predict(&recordings)?;
            let probabilities = found.iter().flat_map(|one| one.probabilities(0));
            Ok::<Vec<f64>, TrainError>(probabilities.collect())
        })?;
        let classes = self.model.read().plan.schema.classes.len();
        let rows = found.len() / classes;
        let array = numpy::PyArray1::from_vec(py, found);
        Ok(array.reshape([rows, classes])?)
    }

    /// The classes' names, in the order of the probabilities.
    #[getter]
    fn classes(&self) -> Vec<String> {
        self.model.read().plan.schema.classes.clone()
    }

    /// Channels of a sequence.
    #[getter]
    fn channels(&self) -> usize {
        self.model.read().plan.schema.channels.len()
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

    /// Reads a model file of a classifier that names whole sequences.
    #[staticmethod]
    fn load(path: PathBuf) -> Outcome<ClassifyModel> {
        check_task(&path, ModelTask::Classify)?;
        let model = tidegate_train::ClassifyModel::load(&path)?;
        if model.plan.schema.every_step {
            return Err(Failure::value(format!(
                "{}: the model names every step, and a classifier of sequences names each as a whole: use tidegate.load",
                path.display()
            )));
        }
        Ok(ClassifyModel {
            model: Shared::new(model),
        })
    }

    /// The bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Outcome<Bound<'py, PyBytes>> {
        let bytes = self
            .model
            .write(py, tidegate_train::ClassifyModel::to_bytes)?;
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
    fn from_bytes(bytes: &[u8]) -> Outcome<ClassifyModel> {
        let model = tidegate_train::ClassifyModel::from_bytes(bytes)?;
        Ok(ClassifyModel {
            model: Shared::new(model),
        })
    }
}
