//! Everything that keeps a table from becoming series.

mod grid;
mod missing;

pub use grid::GridError;
pub use missing::MissingError;

use super::of_series;
use super::split_options::SplitError;
use crate::splits::Split;
use crate::table::Place;
use crate::time_column::TimeError;

/// What is wrong, and where. Lines are those of the file, from 1; the one series of a wide table has an empty name.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SeriesError {
    /// The times cannot be read.
    #[error(transparent)]
    Time(#[from] TimeError),

    /// The split does not fit.
    #[error(transparent)]
    Split(#[from] SplitError),

    /// The times make no grid of equal steps.
    #[error(transparent)]
    Grid(Box<GridError>),

    /// Values are missing where they are needed.
    #[error(transparent)]
    Missing(#[from] MissingError),

    /// A column that is asked for does not exist.
    #[error(
        "no column is called {name:?} ({role}){}: the columns are {}",
        meant(nearest.as_deref()),
        columns.join(", ")
    )]
    NoSuchColumn {
        /// What it is asked for, such as `target`.
        role: &'static str,
        /// The name.
        name: String,
        /// A column whose name is near.
        nearest: Option<String>,
        /// The table's columns.
        columns: Vec<String>,
    },

    /// One column has two roles.
    #[error("column {column:?} cannot be both {first} and {second}: give it one role")]
    TwoRoles {
        /// The column.
        column: String,
        /// One role.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },

    /// There is nothing to forecast.
    #[error(
        "no column of numbers is left to forecast: the columns without a role are {}",
        if unused.is_empty() { "none".to_owned() } else { unused.join(", ") }
    )]
    NoTarget {
        /// The columns that have no other role; all hold texts or times.
        unused: Vec<String>,
    },

    /// Columns that the model was trained with are not in the table.
    #[error(
        "the model was trained with {} that the table does not have: {}; its columns are {}",
        if names.len() == 1 { "a column" } else { "columns" },
        names.join(", "),
        columns.join(", ")
    )]
    MissingColumns {
        /// The columns that are missing.
        names: Vec<String>,
        /// The table's columns.
        columns: Vec<String>,
    },

    /// A text where a number is expected.
    #[error(
        "{line}, column {column:?}: {cell:?} is not a number, and a {role} of numbers is expected: correct the cell, or leave it empty if the value is missing"
    )]
    NotANumber {
        /// `target` or `covariate`.
        role: &'static str,
        /// The column.
        column: String,
        /// Line of the first such cell.
        line: Place,
        /// The cell, shortened.
        cell: String,
    },

    /// A column of texts has too many different ones.
    #[error(
        "column {column:?} has {count} different texts, and a covariate may have {limit} categories at most: is it a name or a comment? leave it out"
    )]
    TooManyCategories {
        /// The column.
        column: String,
        /// Different texts in the training rows.
        count: usize,
        /// How many there may be.
        limit: usize,
    },

    /// A text that no training row holds.
    #[error(
        "{line}, column {column:?}: the category {category:?} is in no training row, which have {}: correct the cell, or train \
         on rows that have it",
        listed(known)
    )]
    UnseenCategory {
        /// The column.
        column: String,
        /// Line in the file.
        line: Place,
        /// The text, shortened.
        category: String,
        /// The categories of the training rows.
        known: Vec<String>,
    },

    /// A static covariate is not.
    #[error(
        "{line}, column {column:?}: {value:?}{} differs from {first:?} in {first_line}: a static covariate has one value for \
         each series; name the column as a past or known covariate",
        of_series(series)
    )]
    StaticChanges {
        /// The series.
        series: String,
        /// The column.
        column: String,
        /// Line of the first row that differs.
        line: Place,
        /// Its value.
        value: Box<str>,
        /// Line of the first row with a value.
        first_line: Place,
        /// Its value.
        first: Box<str>,
    },

    /// A static covariate has no value.
    #[error(
        "column {column:?}{} has no value: a static covariate needs one for each series",
        of_series(series)
    )]
    StaticMissing {
        /// The series.
        series: String,
        /// The column.
        column: String,
    },

    /// A target is the same in every training row.
    #[error(
        "the target {column:?} is constant: it is {value} in every training row{}; leave it out of the targets",
        of_series(series)
    )]
    ConstantTarget {
        /// The column.
        column: String,
        /// Its value.
        value: f64,
        /// The series.
        series: String,
    },

    /// A target has no value to be scaled by.
    #[error(
        "the target {column:?}{} has no value in the training rows: leave it out of the targets, or change the split",
        of_series(series)
    )]
    NoTrainingValue {
        /// The column.
        column: String,
        /// The series.
        series: String,
    },

    /// A value leaves the range of 32-bit floats once it is scaled.
    #[error(
        "{line}, column {column:?}: {value}{} is too far from the training rows to be scaled to a 32-bit float",
        of_series(series)
    )]
    NotFinite {
        /// The series.
        series: String,
        /// The column.
        column: String,
        /// Line in the file.
        line: Place,
        /// The value.
        value: f64,
    },

    /// No window fits into a part.
    #[error(
        "no window fits into the {part} part: a window of {window} and a horizon of {horizon} need {} rows{}, and the longest series has \
         {longest} there: shorten the window or the horizon, or change the split",
        window.saturating_add(*horizon),
        if *part == Split::Train { "" } else { " (the window may reach into the part before)" }
    )]
    TooShort {
        /// The part.
        part: Split,
        /// Rows that a window reads.
        window: usize,
        /// Rows that are forecast.
        horizon: usize,
        /// Rows of the longest series in the part.
        longest: usize,
    },

    /// A schema that no training made.
    #[error("the schema of the data does not hold together: {reason}")]
    Schema {
        /// What does not fit.
        reason: &'static str,
    },

    /// A window or a horizon without rows.
    #[error("{what} is 0: it has to be 1 at least")]
    Zero {
        /// `the window` or `the horizon`.
        what: &'static str,
    },
}

// An error of many fields would make every result of this module large.
impl From<GridError> for SeriesError {
    fn from(error: GridError) -> SeriesError {
        SeriesError::Grid(Box::new(error))
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!(", did you mean {name:?}?"))
}

/// At most ten.
fn listed(known: &[String]) -> String {
    let mut shown: Vec<String> = known
        .iter()
        .take(10)
        .map(|one| format!("{one:?}"))
        .collect();
    if known.len() > 10 {
        shown.push(format!("… ({} in all)", known.len()));
    }
    shown.join(", ")
}
