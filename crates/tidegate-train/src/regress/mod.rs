//! Regression: from recordings with numbers to a network that gives such numbers.
//!
//! Here live what is asked for ([`RegressRecipe`]), prepared recordings ([`RegressData`]) and what comes of training
//! ([`RegressModel`], one file that says all that a prediction needs). Here do not live the network and forecasts of series.

mod data;
mod model;
mod recipe;

pub use data::RegressData;
pub use model::{RegressModel, RegressPlan};
pub use recipe::RegressRecipe;
