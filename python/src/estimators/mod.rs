//! What the estimators of `tidegate.estimators` ask of Rust: training with the loop, the plans and the model files of the
//! command, and predictions of trained models.
//!
//! What is Python's own (scikit-learn's conventions, checks of parameters, frames of pandas and polars) lives in the Python
//! sources.

mod classifier;
mod forecaster;
mod options;
mod regressor;
mod sequences;
mod shared;
mod task;
mod training;

pub(crate) use classifier::ClassifyModel;
pub(crate) use forecaster::ForecastModel;
pub(crate) use regressor::RegressModel;

/// The key of what Python keeps in the description of a model file, beside the plan.
const NOTE: &str = "python";
