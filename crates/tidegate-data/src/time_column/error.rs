//! Everything that keeps a column from being one of times.

use super::format::TimeFormat;

/// What is wrong, and where. Lines are those of the file, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The column that is asked for does not exist.
    #[error("no column is called {name:?}: the columns are {}", columns.join(", "))]
    NoSuchColumn {
        /// The name that is asked for.
        name: String,
        /// The table's columns.
        columns: Vec<String>,
    },

    /// A cell is no time.
    #[error(
        "line {line}, column {column:?}: {cell:?} is not a time: write 2016-07-01 13:00:00 (with T, a \
         fraction or an offset), 2016-07-01, 2016-07, or seconds or milliseconds since 1970"
    )]
    NotATime {
        /// Line in the file.
        line: u64,
        /// The column's name.
        column: String,
        /// The cell, shortened.
        cell: String,
    },

    /// Times of one column are written in two ways.
    #[error(
        "column {column:?}: line {line} is written as {other}, and line {first_line} as {first}: write all \
         times in one way"
    )]
    MixedFormats {
        /// The column's name.
        column: String,
        /// Line of the first row.
        first_line: u64,
        /// How its time is written.
        first: TimeFormat,
        /// Line of the first row that differs.
        line: u64,
        /// How its time is written.
        other: TimeFormat,
    },

    /// A row has no time.
    #[error("line {line}, column {column:?}: the time is missing: every row needs one")]
    Missing {
        /// Line in the file.
        line: u64,
        /// The column's name.
        column: String,
    },

    /// The columns from year to second hold no date.
    #[error("line {line}: {parts} is no time: whole numbers of the calendar are expected")]
    Impossible {
        /// Line in the file.
        line: u64,
        /// Names and values, such as `year 2010, month 13`.
        parts: String,
    },
}
