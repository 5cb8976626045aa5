//! What the commands of forecasting share: settling what a configuration leaves open, and showing errors of
//! forecasts. Here do not live the commands themselves.

mod errors;
mod measured_part;
mod settling;
mod window_forecast;

pub(crate) use errors::{ErrorsDocument, key};
pub(crate) use measured_part::{MeasuredPart, measured_part};
pub(crate) use settling::{Settled, prepare, settle};
pub(crate) use window_forecast::{
    ChannelForecast, WindowForecast, forecast_windows, picture, point_of,
};
