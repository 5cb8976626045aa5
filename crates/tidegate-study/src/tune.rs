//! Tuning of a forecaster: random search over declared settings with successive halving.
//!
//! Settings are drawn at random ([`draw`]; Bergstra & Bengio 2012). All trials are trained for a few epochs, the best part of
//! them goes on for more, from where it stood, and so on to the last round, whose trials make all epochs (Jamieson & Talwalkar
//! 2016, arXiv 1502.07943; the inner loop of Hyperband, Li et al. 2018, arXiv 1603.06560). The loss on the validation part
//! alone decides; the test part is not looked at. What is done is kept in a folder, from which an interrupted search goes on
//! and ends with the same bits.
//!
//! Here do not live the names of settings and what they mean: a trial is a [`ForecastRecipe`](tidegate_train::ForecastRecipe).

mod error;
mod memory;
mod record;
mod rungs;
mod search;
mod space;
#[cfg(test)]
mod tests;
mod training;
mod trial;

pub use error::TuneError;
pub use record::{RungResult, TrialRecord};
pub use rungs::{Rung, rungs};
pub use search::{TuneEvent, Tuned, Tuning, tune};
pub use space::{Dimension, Draw, draw};
pub use trial::Trial;
