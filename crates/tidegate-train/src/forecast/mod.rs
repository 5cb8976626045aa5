//! Forecasting: from a table to a trained forecaster, and from it to forecasts with quantiles.
//!
//! Here live what is asked for ([`ForecastRequest`], settled as [`ForecastRecipe`]), a prepared table ([`ForecastData`]), the training of a forecaster on its
//! windows ([`train_forecaster`]), and what comes of it ([`ForecastModel`]), one file that says all that a forecast needs.
//! Here do not live the network, the roles and scaling of columns, or the comparison with baselines.

mod data;
mod evaluation;
mod lengths;
mod lesson;
mod measured_part;
mod model;
mod predictions;
mod recipe;
mod request;
mod residuals;
mod window_forecast;

pub use data::ForecastData;
pub use evaluation::{ForecastEvaluation, MethodErrors, MethodEvaluation};
pub use lengths::{horizon_for, window_for};
pub use lesson::train_forecaster;
pub use measured_part::MeasuredPart;
pub use model::{ForecastModel, ForecastPlan};
pub use predictions::Predictions;
pub use recipe::{ForecastRecipe, NetworkKind};
pub use request::ForecastRequest;
pub use residuals::Residuals;
pub use window_forecast::{ChannelForecast, WindowForecast};
