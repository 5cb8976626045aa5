//! What was done to a table that its owner should know of.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::of_series;
use super::options::Missing;

/// Something that is no error. A series of a wide table has an empty name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SeriesNote {
    /// Rows were put in where times are missing.
    GapsFilled {
        /// The series.
        series: String,
        /// Number of gaps.
        gaps: usize,
        /// Rows that were put in.
        rows: usize,
    },
    /// Values of rows of the file were missing and have a stand-in.
    ValuesFilled {
        /// The series.
        series: String,
        /// The column.
        column: String,
        /// Number of values, those in rows that were put in counted.
        count: usize,
        /// What became of them.
        missing: Missing,
    },
    /// Rows before the first observed value of every column were left out.
    LeadingRowsLeftOut {
        /// The series.
        series: String,
        /// Number of rows.
        rows: usize,
    },
    /// Rows with a missing value were left out.
    RowsLeftOut {
        /// The series.
        series: String,
        /// Number of rows.
        rows: usize,
        /// Pieces that the series is cut into.
        pieces: usize,
    },
    /// A column is constant over the training rows: its deviation counts as 1.
    Constant {
        /// The series.
        series: String,
        /// The column.
        column: String,
    },
    /// A series was left out.
    SeriesLeftOut {
        /// The series.
        series: String,
        /// Why.
        reason: String,
    },
    /// A series that training did not see is scaled by its own rows in this table.
    ScaledByItself {
        /// The series.
        series: String,
    },
    /// No column holds times.
    NoTimes,
    /// Columns that have no role.
    Unused {
        /// Their names.
        columns: Vec<String>,
    },
}

impl fmt::Display for SeriesNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SeriesNote::GapsFilled { series, gaps, rows } => write!(
                f,
                "{} put in at {} in the times{}",
                counted(*rows, "row"),
                counted(*gaps, "gap"),
                of_series(series)
            ),
            SeriesNote::ValuesFilled {
                series,
                column,
                count,
                missing,
            } => write!(
                f,
                "{} of {column:?}{} filled by {missing}{}",
                counted(*count, "missing value"),
                of_series(series),
                match missing {
                    Missing::Linear =>
                        ": a window that ends inside a gap knows of the value after it, so that errors are too small",
                    _ => "",
                }
            ),
            SeriesNote::LeadingRowsLeftOut { series, rows } => write!(
                f,
                "the first {}{} left out: before the first observed value there is none to fill with",
                counted(*rows, "row"),
                of_series(series)
            ),
            SeriesNote::RowsLeftOut {
                series,
                rows,
                pieces,
            } => write!(
                f,
                "{}{} left out for a missing value; what is left is {}",
                counted(*rows, "row"),
                of_series(series),
                counted(*pieces, "piece")
            ),
            SeriesNote::Constant { series, column } => write!(
                f,
                "{column:?}{} is constant over the training rows",
                of_series(series)
            ),
            SeriesNote::SeriesLeftOut { series, reason } => {
                write!(f, "series {series:?} left out: {reason}")
            }
            SeriesNote::ScaledByItself { series } => write!(
                f,
                "series {series:?} was not in training: it is scaled by all its rows in this table, so that its scaled errors look ahead a little"
            ),
            SeriesNote::NoTimes => f.write_str(
                "no column holds times: the rows are taken in their order, as steps of one length; name the column of times where \
                 there is one",
            ),
            SeriesNote::Unused { columns } => {
                write!(
                    f,
                    "columns without a role, not used: {}",
                    columns.join(", ")
                )
            }
        }
    }
}

/// `1 row`, `2 rows`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
