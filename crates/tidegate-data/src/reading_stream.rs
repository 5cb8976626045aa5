//! Readings that arrive line by line: from a file, a pipe, or a device that never ends.
//!
//! Here a line becomes a time and values, one line after the other and in bounded memory. What does not read as one is
//! named and passed over, and the next line is read as if nothing had been. Tables that are read whole live elsewhere.

mod error;
mod layout;
mod line;
#[cfg(test)]
mod tests;

use std::io::{self, BufRead};

use csv::StringRecord;

pub use error::{LineProblem, StreamError};
pub use layout::{StreamColumns, StreamLayout};

use crate::table::{Cell, Decimal, read_cell};
use line::{LineReader, cells_of};

/// A stream of readings, one a line, separated by commas, semicolons or tabs.
///
/// A line is a header where it holds the names of all columns that are asked for; there may be further ones later, which
/// may put the columns in another order. Without one, a line is a reading where it has exactly the time and the values, in
/// the order in which they are asked for; or it has the layout of a stream before ([`ReadingStream::with_layout`]). Cells
/// are read as in a [`Table`](crate::Table): a cell is missing where it is empty or says NA and the like, and a decimal
/// comma is read between semicolons. A quotation mark must be closed on its line.
///
/// ```
/// use tidegate_data::{ReadingStream, StreamColumns, StreamLine};
///
/// let columns = StreamColumns { time: Some("at".to_owned()), values: vec!["load".to_owned()] };
/// let mut stream = ReadingStream::new(&b"at,load\nMonday,5.5\nTuesday,five\n"[..], columns);
/// assert_eq!(stream.next()?, Some(StreamLine::Header));
/// assert_eq!(stream.next()?, Some(StreamLine::Reading { time: "Monday", values: &[5.5] }));
/// let Some(StreamLine::Skipped { time: "Tuesday", problem }) = stream.next()? else { panic!() };
/// assert_eq!(problem.to_string(), "column \"load\": \"five\" is not a number");
/// assert_eq!(stream.next()?, None);
/// # Ok::<(), tidegate_data::StreamError>(())
/// ```
#[derive(Debug)]
pub struct ReadingStream<R> {
    source: LineReader<R>,
    columns: StreamColumns,
    layout: Option<StreamLayout>,
    record: StringRecord,
    values: Vec<f64>,
}

/// What a line of a stream is.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamLine<'a> {
    /// The names of the columns.
    Header,
    /// A reading.
    Reading {
        /// The cell of the time as written; empty where no time is asked for.
        time: &'a str,
        /// One for each column that is asked for; not a number where it is missing.
        values: &'a [f64],
    },
    /// A line that is passed over.
    Skipped {
        /// The cell of the time, where that much can be read; else empty.
        time: &'a str,
        /// What is wrong with it.
        problem: LineProblem,
    },
}

impl<R: BufRead> ReadingStream<R> {
    /// A stream from its first line.
    pub fn new(source: R, columns: StreamColumns) -> ReadingStream<R> {
        ReadingStream {
            source: LineReader::new(source),
            values: vec![f64::NAN; columns.values.len()],
            columns,
            layout: None,
            record: StringRecord::new(),
        }
    }

    /// The same where a header has been read before, so that none need follow.
    #[must_use]
    pub fn with_layout(mut self, layout: Option<StreamLayout>) -> ReadingStream<R> {
        self.layout = layout.filter(|layout| layout.fits(&self.columns));
        self
    }

    /// Leaves a last line without an end alone, which somebody may still be writing.
    #[must_use]
    pub fn only_ended_lines(mut self) -> ReadingStream<R> {
        self.source.ended_only = true;
        self
    }

    /// Whether a last line without an end was left alone.
    #[must_use]
    pub fn has_left_a_line(&self) -> bool {
        self.source.has_left_one
    }

    /// Where the columns stand, once that is known.
    #[must_use]
    pub fn layout(&self) -> Option<&StreamLayout> {
        self.layout.as_ref()
    }

    /// Number of the last line that was read, from 1; 0 before the first.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.source.line
    }

    /// Whether the next line has been received already, to its end: asking for it does not wait for the sender.
    pub fn has_more(&self) -> bool
    where
        R: Buffered,
    {
        self.source.has_more()
    }

    /// Reads the next line; none after the last.
    ///
    /// # Errors
    /// [`StreamError::Unreadable`] where reading fails. [`StreamError::NoColumns`] where the first line neither names the
    /// columns nor can be a reading without a header, or can be one in two ways; [`StreamError::RepeatedColumn`] where a
    /// header has a column that is asked for twice.
    #[allow(
        clippy::should_implement_trait,
        reason = "a line borrows the stream's buffers, and reading may fail"
    )]
    pub fn next(&mut self) -> Result<Option<StreamLine<'_>>, StreamError> {
        let unreadable = |error: io::Error| StreamError::Unreadable(error);
        if !self.source.advance().map_err(unreadable)? {
            return Ok(None);
        }
        let skipped = |problem| Ok(Some(StreamLine::Skipped { time: "", problem }));
        if self.source.is_too_long {
            return skipped(LineProblem::TooLong);
        }
        let Ok(text) = std::str::from_utf8(&self.source.bytes) else {
            return skipped(LineProblem::NotUtf8);
        };
        let text = match self.source.line {
            1 => text.strip_prefix('\u{feff}').unwrap_or(text),
            _ => text,
        };
        let layout =
            StreamLayout::of_header(text, &self.columns, &mut self.record).map_err(|name| {
                StreamError::RepeatedColumn {
                    line: self.source.line,
                    name,
                }
            })?;
        if let Some(layout) = layout {
            self.layout = Some(layout);
            return Ok(Some(StreamLine::Header));
        }
        if self.layout.is_none() {
            self.layout = StreamLayout::of_reading(text, &self.columns, &mut self.record);
        }
        let Some(layout) = &self.layout else {
            return Err(StreamError::NoColumns {
                line: self.source.line,
                found: error::quoted(text),
                time: self.columns.time.clone(),
                values: self.columns.values.clone(),
            });
        };
        if !cells_of(text, layout.separator(), &mut self.record) {
            return skipped(LineProblem::UnclosedQuote);
        }
        let time = layout.time.and_then(|index| self.record.get(index));
        let time = time.unwrap_or_default().trim_ascii();
        if self.record.len() != layout.cells {
            let problem = LineProblem::Cells {
                found: self.record.len(),
                expected: layout.cells,
            };
            return Ok(Some(StreamLine::Skipped { time, problem }));
        }
        for (channel, &index) in layout.values.iter().enumerate() {
            let cell = self.record.get(index).unwrap_or_default().trim_ascii();
            match read_value(cell, layout.allows_comma()) {
                Ok(value) => self.values[channel] = value,
                Err(is_infinite) => {
                    let problem = LineProblem::NotANumber {
                        column: self.columns.values[channel].clone(),
                        cell: error::quoted(cell),
                        is_infinite,
                    };
                    return Ok(Some(StreamLine::Skipped { time, problem }));
                }
            }
        }
        Ok(Some(StreamLine::Reading {
            time,
            values: &self.values,
        }))
    }
}

/// A number, or not-a-number for a missing one; for anything else whether it is infinite.
fn read_value(cell: &str, comma: bool) -> Result<f64, bool> {
    let read = match read_cell(cell, Decimal::Point) {
        Cell::Text if comma => read_cell(cell, Decimal::Comma),
        read => read,
    };
    match read {
        Cell::Number(value) => Ok(value),
        Cell::Missing => Ok(f64::NAN),
        Cell::Infinite => Err(true),
        Cell::Text => Err(false),
    }
}

/// A source that knows whether it holds a whole line that has not been asked for.
pub trait Buffered {
    /// Whether it does.
    fn is_holding(&self) -> bool;
}

impl<R: io::Read> Buffered for io::BufReader<R> {
    fn is_holding(&self) -> bool {
        self.buffer().contains(&b'\n')
    }
}
