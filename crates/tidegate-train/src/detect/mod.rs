//! Detecting anomalies: from a table to a detector, and from it to a score and an alarm for each reading of a stream.
//!
//! Here live what is asked for ([`DetectRecipe`]), the rows that everything is fitted on ([`DetectData`]), what comes of
//! the fitting ([`DetectModel`]), and the [`Detector`] that reads a stream one reading at a time. Here do not live the
//! network, the reading of streams, or the comparison with labels, which is a metric.

mod channel;
mod data;
mod detector;
mod error;
mod false_alarms;
mod folds;
mod learning;
mod memory;
mod model;
mod predictor;
mod recipe;
mod state;
mod tail;
#[cfg(test)]
mod tests;
mod views;

pub use channel::Channel;
pub use data::DetectData;
pub use detector::{Detection, Detector};
pub use error::DetectError;
pub use false_alarms::{FalseAlarms, Period};
pub use model::{DetectModel, DetectPlan, FittedRows};
pub use recipe::DetectRecipe;
pub use state::DetectorState;
pub use tail::Tail;
