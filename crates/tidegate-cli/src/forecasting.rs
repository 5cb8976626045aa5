//! What the commands of forecasting share: reading data, settling what a configuration leaves open, and showing errors of
//! forecasts. Here do not live the commands themselves.

mod data_file;
mod errors;
mod measured_part;
mod outputs;
mod reading;
mod settling;
mod thread_pool;
mod window_forecast;

use std::path::Path;

use serde::Serialize;
use tidegate_model::replace_file;
use tidegate_study::forecast::ForecastPageError;

use crate::failure::Failure;
use crate::page::Page;
use crate::standard_output::print;
pub(crate) use data_file::with_data_file;
pub(crate) use errors::{ErrorsDocument, key};
pub(crate) use measured_part::{MeasuredPart, measured_part};
pub(crate) use outputs::check_outputs;
pub(crate) use reading::{data_name, is_standard_input, read_table};
pub(crate) use settling::{Settled, prepare, settle};
pub(crate) use thread_pool::thread_pool;
pub(crate) use window_forecast::{
    ChannelForecast, WindowForecast, forecast_windows, picture, point_of,
};

/// Prints a result as one JSON document or as text.
pub(crate) fn print_result(
    json: bool,
    document: &impl Serialize,
    text: impl FnOnce(Page) -> String,
) -> Result<(), Failure> {
    print(&match json {
        true => serde_json::to_string_pretty(document)? + "\n",
        false => text(Page::of_standard_output()),
    })
}

/// Writes a page, whole or not at all.
pub(crate) fn write_page(
    path: &Path,
    html: Result<String, ForecastPageError>,
) -> Result<(), Failure> {
    let html = html.map_err(|error| Failure::Page {
        path: path.to_owned(),
        error,
    })?;
    replace_file(path, html.as_bytes()).map_err(|error| Failure::write(path, error))
}
