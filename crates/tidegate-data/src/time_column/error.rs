//! Everything that keeps a column from being one of times.

use super::date_order::DateOrder;
use super::format::TimeFormat;
use crate::table::Place;

/// What is wrong, and where.
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
        "{place}, column {column:?}: {cell:?} is not a time: write 2016-07-01 13:00:00 (with T, a \
         fraction or an offset), 2016-07-01, 2016-07, 2016/07/01, 31/12/2016 or 12/31/2016, or seconds or \
         milliseconds since 1970"
    )]
    NotATime {
        /// Where it is.
        place: Place,
        /// The column's name.
        column: String,
        /// The cell, shortened.
        cell: String,
    },

    /// Times of one column are written in two ways.
    #[error(
        "column {column:?}: {place} is written as {other}, and {first_place} as {first}: write all \
         times in one way"
    )]
    MixedFormats {
        /// The column's name.
        column: String,
        /// Where the first row is.
        first_place: Place,
        /// How its time is written.
        first: TimeFormat,
        /// Where the first row is that differs.
        place: Place,
        /// How its time is written.
        other: TimeFormat,
    },

    /// The dates of one column can be read in one order only, and not all in the same.
    #[error(
        "column {column:?}: {first_place} can only be {first}, and {place} only {other}: write all dates in one \
         order, best as 2016-07-01"
    )]
    MixedOrders {
        /// The column's name.
        column: String,
        /// Where the first date is that can be read in one order only.
        first_place: Place,
        /// Its order.
        first: DateOrder,
        /// Where the first date is that differs.
        place: Place,
        /// Its order.
        other: DateOrder,
    },

    /// No date of a column tells whether the day or the month stands first.
    #[error(
        "column {column:?}: {place} holds {cell}, and no row tells whether the day or the month stands first: say \
         --day-first or --month-first, or write dates as 2016-07-01"
    )]
    UndecidedOrder {
        /// The column's name.
        column: String,
        /// Where the first date is.
        place: Place,
        /// The date as written.
        cell: String,
    },

    /// A row has no time.
    #[error("{place}, column {column:?}: the time is missing: every row needs one")]
    Missing {
        /// Where it is.
        place: Place,
        /// The column's name.
        column: String,
    },

    /// The columns from year to second hold no date.
    #[error("{place}: {parts} is no time: whole numbers of the calendar are expected")]
    Impossible {
        /// Where it is.
        place: Place,
        /// Names and values, such as `year 2010, month 13`.
        parts: String,
    },
}
