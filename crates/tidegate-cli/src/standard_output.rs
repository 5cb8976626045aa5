//! Writing the results.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::failure::Failure;
use crate::page::Page;

/// Writes to standard output. A reader that has gone, such as `head`, has read what it wanted.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::StandardOutput(error)),
        _ => Ok(()),
    }
}

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
