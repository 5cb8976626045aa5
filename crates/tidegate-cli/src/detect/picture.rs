//! The page of a stream that was read from a file.

use std::path::Path;

use super::arguments::DetectArguments;
use super::watch::Watch;
use crate::failure::Failure;

pub(super) fn page(
    _arguments: &DetectArguments,
    _input: &Path,
    _watch: &Watch,
) -> Result<String, Failure> {
    Ok(String::new())
}
