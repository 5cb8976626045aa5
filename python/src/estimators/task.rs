//! Whether a model file is one of the task of an estimator.

use std::path::Path;

use tidegate_train::ModelTask;

use crate::error::{Failure, Outcome};

/// Refuses a model of another task than the estimator's.
///
/// # Errors
/// `OSError` where the file cannot be read; `ValueError` says what the model was trained for, and what loads it.
pub(super) fn check_task(path: &Path, expected: ModelTask) -> Outcome<()> {
    let found = ModelTask::of_file(path)?;
    if found == Some(expected) {
        return Ok(());
    }
    let (is, loads) = match found {
        Some(task @ ModelTask::Classify) => (task.name(), "tidegate.SequenceClassifier.load"),
        Some(task @ ModelTask::Regress) => (task.name(), "tidegate.SequenceRegressor.load"),
        Some(task @ ModelTask::Forecast) => (task.name(), "tidegate.Forecaster.load"),
        Some(task @ (ModelTask::Detect | ModelTask::Next)) => (task.name(), "tidegate.load"),
        None => ("none", "tidegate.load"),
    };
    Err(Failure::value(format!(
        "{}: the task of the model is {is}, expected {expected}: {loads} reads it",
        path.display()
    )))
}
