//! What the commands of forecasting share: settling what a configuration leaves open, and showing errors of
//! forecasts. Here do not live the commands themselves.

mod errors;
mod picture;
mod settling;

pub(crate) use errors::{ErrorsDocument, key};
pub(crate) use picture::{picture, point_of};
pub(crate) use settling::{Settled, prepare, settle};
