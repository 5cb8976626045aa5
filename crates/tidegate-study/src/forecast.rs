//! Pages of forecasting: a forecast, a backtest and a training, and a watched stream, each as one HTML file that reads nothing from a network.
//!
//! Here live the plain inputs of the pages ([`ForecastPicture`], [`BacktestPicture`], [`TrainingPicture`],
//! [`DetectionPicture`]) and what makes
//! charts, tables and words of them; what computes the numbers lives elsewhere. What does not fit together, or would be a
//! page without anything to see, is a [`ForecastPageError`].

mod backtest_charts;
mod backtest_picture;
mod clock;
mod detection_picture;
mod error;
mod fan;
mod forecast_picture;
mod parts;
mod scores;
#[cfg(test)]
mod tests;
mod training_picture;

pub use backtest_picture::{BacktestPicture, BacktestSeries, OriginForecast};
pub use detection_picture::DetectionPicture;
pub use error::ForecastPageError;
pub use forecast_picture::{ForecastPicture, PointForecast, SeriesForecast};
pub use scores::{MethodErrors, MethodScores, StepErrors};
pub use training_picture::{EpochLosses, TrainingPicture};
