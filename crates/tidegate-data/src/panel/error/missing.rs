//! Everything that is wrong with missing values.

use crate::panel::note::counted;
use crate::panel::of_series;
use crate::table::Place;

/// What is missing, and where. Lines are those of the file, from 1; the one series of a wide table has an empty name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MissingError {
    /// A value is missing.
    #[error(
        "{line}, column {column:?}: the value{} is missing{}: say what becomes of missing values (mask, forward-fill, linear \
         or drop), or fill it in",
        of_series(series),
        if *count > 1 { format!(", as are {count} in the column") } else { String::new() }
    )]
    MissingValue {
        /// The series.
        series: String,
        /// Line of the first one.
        line: Place,
        /// The column.
        column: String,
        /// Missing values in the column.
        count: usize,
    },

    /// A covariate that is known ahead is missing in a row that is forecast.
    #[error(
        "{line}, column {column:?}: the value{} is missing in a row that is forecast: a covariate that is known ahead has to be \
         known there",
        of_series(series)
    )]
    MissingAhead {
        /// The series.
        series: String,
        /// Line of the row; 0 where the row itself is missing in the times.
        line: Place,
        /// The column.
        column: String,
    },

    /// Covariates that are known ahead do not reach as far as the forecast.
    #[error(
        "{} with covariates that are known ahead follow{} the last target{}, and {horizon} are forecast: add rows with {} and \
         without a target",
        counted(*rows, "row"),
        if *rows == 1 { "s" } else { "" },
        of_series(series),
        columns.join(", ")
    )]
    TooFewAhead {
        /// The series.
        series: String,
        /// Rows after the last target.
        rows: usize,
        /// Rows that are forecast.
        horizon: usize,
        /// The covariates.
        columns: Vec<String>,
    },

    /// A column that never missed a value in training does now, and the network has no mask for it.
    #[error(
        "{line}, column {column:?}: the value{} is missing, and none was in training, so that the model has no mask for this \
         column: fill it in, or train on data in which the column has missing values",
        of_series(series)
    )]
    NotMasked {
        /// The series.
        series: String,
        /// The column.
        column: String,
        /// Line of the first one; 0 where the row itself is missing in the times.
        line: Place,
    },

    /// There is nothing to fill missing values with.
    #[error(
        "column {column:?}{} has no value at all, so that there is nothing to fill it with: leave the column out",
        of_series(series)
    )]
    NeverObserved {
        /// The series.
        series: String,
        /// The column.
        column: String,
    },

    /// Every row has a missing value.
    #[error(
        "every row{} has a missing value, and none is left: mask or fill missing values, or leave columns out",
        of_series(series)
    )]
    NothingLeft {
        /// The series.
        series: String,
    },

    /// No row has a target.
    #[error("no row{} has a target: a forecast needs a history", of_series(series))]
    NoHistory {
        /// The series.
        series: String,
    },
}
