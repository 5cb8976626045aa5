//! Writing the results.

use std::io::{self, ErrorKind, Write};

use crate::failure::Failure;

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
