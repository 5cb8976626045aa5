//! Classifying: from recordings to a trained classifier, and from it to classes with probabilities.
//!
//! Here live what is asked for ([`ClassifyRecipe`]), prepared recordings ([`ClassifyData`]), what comes of training
//! ([`ClassifyModel`], one file that says all that a prediction needs), its [`ClassifyEvaluation`] and cross-validation
//! ([`CrossValidation`]). Labelling every step is the same with a class for each step. Here do not live the network, the
//! readers of recordings or the measures.

mod class_weights;
mod cross_validation;
mod data;
mod evaluation;
mod model;
mod predictions;
mod recipe;
mod temperature;

pub use class_weights::ClassWeights;
pub use cross_validation::{CrossValidation, Fold, MeanDeviation};
pub use data::ClassifyData;
pub use evaluation::ClassifyEvaluation;
pub use model::{ClassifyModel, ClassifyPlan};
pub use predictions::ClassProbabilities;
pub use recipe::ClassifyRecipe;
