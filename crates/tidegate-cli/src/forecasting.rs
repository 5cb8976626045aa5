//! What the commands of forecasting share: reading data, settling what a configuration leaves open, and showing errors of
//! forecasts. Here do not live the commands themselves.

mod errors;
mod reading;
mod settling;

use serde::Serialize;

use crate::failure::Failure;
use crate::page::Page;
use crate::standard_output::print;
pub(crate) use errors::ErrorsDocument;
pub(crate) use reading::{data_name, is_standard_input, read_table};
pub(crate) use settling::Settled;

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
