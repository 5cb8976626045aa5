//! What keeps a line from being a reading, and a stream from being read.

use std::io;

/// Characters of a cell that an error quotes.
const LONGEST_QUOTE: usize = 40;

/// Why a line is passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// Longer than 1 MiB.
    #[error("it is longer than 1 MiB")]
    TooLong,
    /// Bytes that are no text.
    #[error("it is not text in UTF-8")]
    NotUtf8,
    /// A quotation mark without its second.
    #[error("a quotation mark is not closed on the line")]
    UnclosedQuote,
    /// Another number of cells than in the header.
    #[error("it has {found} {} where {expected} are expected", if *found == 1 { "cell" } else { "cells" })]
    Cells {
        /// Cells of the line.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A cell that is no finite number and does not say that one is missing.
    #[error("column {column:?}: {cell:?} is {}", if *is_infinite { "infinite" } else { "not a number" })]
    NotANumber {
        /// The column's name.
        column: String,
        /// The cell, shortened.
        cell: String,
        /// Whether it is a number, but infinite or beyond 64-bit floats.
        is_infinite: bool,
    },
}

/// Why a stream cannot be read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// Reading failed.
    #[error("cannot read on: {0}")]
    Unreadable(io::Error),
    /// A header names a column twice.
    #[error(
        "line {line}: the header has the column {name:?} twice: give each column a name of its own"
    )]
    RepeatedColumn {
        /// Its number, from 1.
        line: u64,
        /// The column.
        name: String,
    },
    /// The columns are not named, and the line cannot be a reading either.
    #[error(
        "line {line}: {found:?} is no header that names {}, and no reading with exactly these cells: put the header first",
        wanted(time.as_deref(), values)
    )]
    NoColumns {
        /// Its number, from 1.
        line: u64,
        /// The line, shortened.
        found: String,
        /// The column of times.
        time: Option<String>,
        /// The columns of values.
        values: Vec<String>,
    },
}

fn wanted(time: Option<&str>, values: &[String]) -> String {
    let names = time.into_iter().chain(values.iter().map(String::as_str));
    let names: Vec<String> = names.map(|name| format!("{name:?}")).collect();
    names.join(", ")
}

pub(super) fn quoted(text: &str) -> String {
    let mut quote: String = text.chars().take(LONGEST_QUOTE).collect();
    if quote.len() < text.len() {
        quote.push('…');
    }
    quote
}
