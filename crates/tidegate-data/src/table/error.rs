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
    #[error("the file is {found}, which is not read: {instead}")]
    OtherFormat {
        /// What the file is.
        found: &'static str,
        /// What to do.
        instead: &'static str,
    },

    /// A file that is no text cannot be decoded.
    #[error("the {format} is cut short, damaged or of a kind that is not read: {reason}")]
    Damaged {
        /// What the file is.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },

    /// A file that is no text has no rows, or no columns.
    #[error("there are no rows: a table needs at least one, and one column")]
    NoRows,

    /// Columns of a Parquet file are compressed in a way that is not read.
    #[error(
        "column {column:?} is compressed with {codec}, which is not read: write it with Snappy, zstd, gzip, LZ4 or \
         without compression"
    )]
    CompressionNotRead {
        /// The column's name.
        column: String,
        /// The compression.
        codec: &'static str,
    },

    /// A column holds something that is neither number, text nor time.
    #[error(
        "column {column:?} holds {holds}, which are not read: leave the column out, or write it as numbers, texts or \
         timestamps"
    )]
    ColumnNotRead {
        /// The column's name.
        column: String,
        /// What it holds.
        holds: &'static str,
    },

    /// Arrays of one archive that do not make a table.
    #[error(
        "the arrays {first:?} and {other:?} have {first_rows} and {other_rows} rows: the arrays of a table have \
         equally many"
    )]
    UnequalLengths {
        /// Name of the first array.
        first: String,
        /// Its rows.
        first_rows: usize,
        /// Name of the first array that differs.
        other: String,
        /// Its rows.
        other_rows: usize,
    },

    /// A time of a column of times cannot be kept exactly.
    #[error("{place}, column {column:?}: the time {reason}")]
    UnreadableTime {
        /// Where it is.
        place: Place,
        /// The column's name.
        column: String,
        /// What is wrong.
        reason: &'static str,
    },

    /// The file is no text in UTF-8.
    #[error(
        "line {line}, byte {byte} is not text in UTF-8: save the table as CSV or JSON lines in UTF-8, or as Parquet"
    )]
    NotText {
        /// Line in the file.
        line: u64,
        /// Byte in the line, from 1.
        byte: u64,
    },

    /// Two columns have one name.
    #[error(
        "{}columns {first} and {second} are both called {name:?}: give each column a \
         name of its own", at(*line)
    )]
    DuplicateColumn {
        /// Line of the header, in a file that has lines.
        line: Option<u64>,
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

/// What to do with a file that is not read.
pub(super) const SAVE_AS_TABLE: &str = "save the table as CSV, JSON lines or Parquet";
pub(super) const SAVE_IN_UTF8: &str = "save it in UTF-8";
pub(super) const UNPACK: &str = "unpack it first";

/// An error quotes the file; a file may hold a text of any length.
const LONGEST_QUOTE: usize = 40;

/// The beginning of a text.
pub(crate) fn quoted(text: &str) -> String {
    let mut quote: String = text.chars().take(LONGEST_QUOTE).collect();
    if quote.len() < text.len() {
        quote.push('…');
    }
    quote
}

fn at(line: Option<u64>) -> String {
    line.map_or(String::new(), |line| format!("line {line}: "))
}

fn cells(count: usize) -> String {
    match count {
        1 => "1 cell".to_owned(),
        _ => format!("{count} cells"),
    }
}
