//! Lines of bounded length, and their cells.

use std::io::{self, BufRead};

use csv::{ReaderBuilder, StringRecord};

use super::Buffered;
use crate::table::Separator;

/// Bytes that are kept of a line; what is longer is no reading.
const LONGEST: usize = 1 << 20;

/// Reads lines one after the other.
#[derive(Debug)]
pub(super) struct LineReader<R> {
    source: R,
    /// The line without its end.
    pub(super) bytes: Vec<u8>,
    /// Whether the line is longer than what is kept of it.
    pub(super) is_too_long: bool,
    /// Number of the line, from 1.
    pub(super) line: u64,
    /// Whether a last line without an end is left alone.
    pub(super) ended_only: bool,
    /// Whether there was such a line.
    pub(super) has_left_one: bool,
}

impl<R: BufRead> LineReader<R> {
    pub(super) fn new(source: R) -> LineReader<R> {
        LineReader {
            source,
            bytes: Vec::new(),
            is_too_long: false,
            line: 0,
            ended_only: false,
            has_left_one: false,
        }
    }

    /// Reads the next line; false after the last.
    pub(super) fn advance(&mut self) -> io::Result<bool> {
        self.bytes.clear();
        self.is_too_long = false;
        let (mut begun, mut has_ended) = (false, false);
        loop {
            let chunk = match self.source.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            begun = true;
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = LONGEST - self.bytes.len();
            self.is_too_long |= part.len() > room;
            self.bytes.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(end.is_some());
            self.source.consume(used);
            if end.is_some() {
                has_ended = true;
                break;
            }
        }
        if begun && !has_ended && self.ended_only {
            self.has_left_one = true;
            self.bytes.clear();
            return Ok(false);
        }
        if self.bytes.last() == Some(&b'\r') {
            self.bytes.pop();
        }
        self.line += u64::from(begun);
        Ok(begun)
    }

    pub(super) fn has_more(&self) -> bool
    where
        R: Buffered,
    {
        self.source.is_holding()
    }
}

/// Splits a line into its cells; false where a quotation mark is not closed.
pub(super) fn cells_of(text: &str, separator: Separator, record: &mut StringRecord) -> bool {
    record.clear();
    if !text.contains('"') {
        let separator = char::from(separator.byte());
        text.split(separator)
            .for_each(|cell| record.push_field(cell));
        return true;
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(separator.byte())
        .has_headers(false)
        .terminator(csv::Terminator::Any(b'\n'))
        .flexible(true)
        .from_reader(text.as_bytes());
    // Cells within quotation marks hold an even number of them.
    let is_closed = text.bytes().filter(|&byte| byte == b'"').count() % 2 == 0;
    is_closed && matches!(reader.read_record(record), Ok(true))
}
