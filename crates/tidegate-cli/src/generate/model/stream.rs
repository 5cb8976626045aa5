//! Standard output for what appears as it is made.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// What is made within so little time appears together: an eye does not tell it apart, and a write for each character would
/// take longer than to make it.
const TOGETHER: Duration = Duration::from_millis(20);

/// Standard output until its reader goes away, which ends the stream quietly.
pub(super) struct Stream {
    output: BufWriter<StdoutLock<'static>>,
    shown: Instant,
    is_open: bool,
}

impl Stream {
    pub(super) fn new() -> Stream {
        Stream {
            output: BufWriter::new(io::stdout().lock()),
            shown: Instant::now(),
            is_open: true,
        }
    }

    /// Writes some bytes; says whether somebody still reads.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<bool, Failure> {
        let written = self.output.write_all(bytes);
        self.settle(written)?;
        if self.shown.elapsed() >= TOGETHER {
            self.flush()?;
        }
        Ok(self.is_open)
    }

    /// Shows all that was written.
    pub(super) fn flush(&mut self) -> Result<bool, Failure> {
        let flushed = self.output.flush();
        self.settle(flushed)?;
        self.shown = Instant::now();
        Ok(self.is_open)
    }

    fn settle(&mut self, result: io::Result<()>) -> Result<(), Failure> {
        match result {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_open = false;
                Ok(())
            }
            Err(error) => Err(Failure::StandardOutput(error)),
        }
    }
}
