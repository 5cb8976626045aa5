//! Everything that keeps a file from being a table.

use super::place::Place;

/// What is wrong, and where. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// Nothing, or white space alone.
    #[error("the file is empty: a header with the columns' names is expected, then rows")]
    Empty,

    /// No row follows the header.
    #[error("no row follows the header: a table needs at least one")]
    HeaderOnly,

    /// The first line is a row.
    #[error(
        "line {line} holds {cell:?}, and no name: the file needs a header, a first line with the \
         columns' names"
    )]
    NoHeader {
        /// Line in the file.
        line: u64,
        /// Its first cell.
        cell: String,
    },

    /// The file is of a kind that is known, and not read.
    #[error(
        "the file is {found}, which is not read: save the table as CSV or as JSON lines, in UTF-8"
    )]
    OtherFormat {
        /// What the file is.
        found: &'static str,
    },

    /// The file is no text in UTF-8.
    #[error("line {line} is not text in UTF-8: save the table as CSV or as JSON lines, in UTF-8")]
    NotText {
        /// Line in the file.
        line: u64,
    },

    /// Two columns have one name.
    #[error(
        "line {line}: columns {first} and {second} are both called {name:?}: give each column a \
         name of its own"
    )]
    DuplicateColumn {
        /// Line in the file.
        line: u64,
        /// The name.
        name: String,
        /// Number of the first column, from 1.
        first: usize,
        /// Number of the second column, from 1.
        second: usize,
    },

    /// A row has too many or too few cells.
    #[error("line {line}: the row has {} where the header has {expected}", cells(*found))]
    RaggedRow {
        /// Line in the file.
        line: u64,
        /// Cells of the row.
        found: usize,
        /// Names in the header.
        expected: usize,
    },

    /// An empty line between rows.
    #[error("line {line} is empty, and rows follow: fill it in, or delete it if no row is missing")]
    EmptyLine {
        /// Line in the file.
        line: u64,
    },

    /// A quotation mark is opened and never closed.
    #[error(
        "the row that begins at line {line} opens a quotation mark that is not closed before the \
         file ends"
    )]
    UnclosedQuote {
        /// Line in the file.
        line: u64,
    },

    /// The table would not fit in memory.
    #[error(
        "the table {what}, and at most {limit} are read: keep the rows and columns that matter"
    )]
    TooLarge {
        /// What the table has, as far as it is read.
        what: String,
        /// How much is read.
        limit: String,
    },

    /// A number is infinite.
    #[error(
        "{place}, column {column:?}: {cell} is infinite or beyond 64-bit floats: every number \
         has to be finite; leave the cell empty if the value is missing"
    )]
    Infinite {
        /// Where it is.
        place: Place,
        /// The column's name.
        column: String,
        /// The cell as written.
        cell: String,
    },

    /// A line is no JSON object with plain values.
    #[error("line {line}: {reason}")]
    MalformedJson {
        /// Line in the file.
        line: u64,
        /// What is wrong, and what is expected.
        reason: String,
    },
}

/// An error quotes the file; a file may hold a text of any length.
const LONGEST_QUOTE: usize = 40;

/// The beginning of a text.
pub(super) fn quoted(text: &str) -> String {
    let mut quote: String = text.chars().take(LONGEST_QUOTE).collect();
    if quote.len() < text.len() {
        quote.push('…');
    }
    quote
}

fn cells(count: usize) -> String {
    match count {
        1 => "1 cell".to_owned(),
        _ => format!("{count} cells"),
    }
}
