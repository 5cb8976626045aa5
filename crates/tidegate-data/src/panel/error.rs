//! Everything that keeps a table from becoming series.

use super::note::counted;
use super::of_series;
use super::split_options::SplitError;
use crate::frequency::Frequency;
use crate::splits::Split;
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
    #[error("no column is left to forecast: name at least one column of numbers as a target")]
    NoTarget,

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
        "line {line}, column {column:?}: {cell:?} is not a number, and a {role} of numbers is expected: correct the cell, or leave it empty if the value is missing"
    )]
    NotANumber {
        /// `target` or `covariate`.
        role: &'static str,
        /// The column.
        column: String,
        /// Line of the first such cell.
        line: u64,
        /// The cell, shortened.
        cell: String,
    },

    /// A row does not say which series it belongs to.
    #[error("line {line}, column {column:?}: the series' name is missing: every row needs one")]
    SeriesNameMissing {
        /// The column.
        column: String,
        /// Line in the file.
        line: u64,
    },

    /// No series has two rows, so that nothing says how far rows are apart.
    #[error(
        "every series has a single time, so that nothing says how far apart rows are: at least two rows are needed"
    )]
    NoStep,

    /// Two rows of a series have one time.
    #[error(
        "line {line}: the time {time}{} stands in line {first_line} already{}: leave one of the rows out, or name the column \
         that tells series apart",
        of_series(series),
        more(*count)
    )]
    Repeated {
        /// The series.
        series: String,
        /// Line of the row.
        line: u64,
        /// Line of the first row with that time.
        first_line: u64,
        /// The time.
        time: String,
        /// Number of such rows in the file.
        count: usize,
    },

    /// Times go back.
    #[error(
        "line {line}: the time {time}{} is before {before} in line {line_before}{}: sort the rows by time, or name the column \
         that tells series apart",
        of_series(series),
        more(*count)
    )]
    Backwards {
        /// The series.
        series: String,
        /// Line of the row.
        line: u64,
        /// Its time.
        time: String,
        /// Line of the row before.
        line_before: u64,
        /// The time of the row before.
        before: String,
        /// Number of such rows in the file.
        count: usize,
    },

    /// Rows are no whole number of steps apart.
    #[error(
        "line {line}: the time {time}{} is no whole number of steps of {frequency} after {before} in line {line_before}{}: put \
         the rows on a grid of equal steps first",
        of_series(series),
        more(*count)
    )]
    Uneven {
        /// The series.
        series: String,
        /// Line of the row.
        line: u64,
        /// Its time.
        time: String,
        /// Line of the row before.
        line_before: u64,
        /// The time of the row before.
        before: String,
        /// The most frequent step.
        frequency: Frequency,
        /// Number of such rows in the file.
        count: usize,
    },

    /// Rows are missing in time.
    #[error(
        "line {line}: {} of {frequency} missing{} between {before} in line {line_before} and {time}{}: say what becomes of \
         missing values (mask, forward-fill, linear or drop), or fill the rows in",
        counted(*missing, "step"),
        of_series(series),
        more(*count)
    )]
    Gap {
        /// The series.
        series: String,
        /// Line of the row after the gap.
        line: u64,
        /// Its time.
        time: String,
        /// Line of the row before the gap.
        line_before: u64,
        /// The time of the row before.
        before: String,
        /// The most frequent step.
        frequency: Frequency,
        /// Rows that are missing there.
        missing: usize,
        /// Number of gaps in the file.
        count: usize,
    },

    /// Filling the gaps would make the table many times as long.
    #[error(
        "line {line}: {} of {frequency} missing{} between {before} and {time}: with all gaps filled the table of {rows} rows would \
         have more than {limit}; check the times, or treat what follows the gap as a series of its own",
        counted(*missing, "step"),
        of_series(series)
    )]
    GapTooLong {
        /// The series.
        series: String,
        /// Line of the row after the longest gap so far.
        line: u64,
        /// Its time.
        time: String,
        /// The time of the row before.
        before: String,
        /// The most frequent step.
        frequency: Frequency,
        /// Rows that are missing there.
        missing: usize,
        /// Rows of the table.
        rows: usize,
        /// Rows that it may grow to.
        limit: usize,
    },

    /// The rows are further apart, or less far, than in training.
    #[error("the rows are {found} apart, and the model was trained on rows {expected} apart")]
    FrequencyDiffers {
        /// In training.
        expected: Frequency,
        /// In the table.
        found: Frequency,
    },

    /// A value is missing.
    #[error(
        "line {line}, column {column:?}: the value{} is missing{}: say what becomes of missing values (mask, forward-fill, linear \
         or drop), or fill it in",
        of_series(series),
        if *count > 1 { format!(", as are {count} in the column") } else { String::new() }
    )]
    MissingValue {
        /// The series.
        series: String,
        /// Line of the first one.
        line: u64,
        /// The column.
        column: String,
        /// Missing values in the column.
        count: usize,
    },

    /// A covariate that is known ahead is missing in a row that is forecast.
    #[error(
        "line {line}, column {column:?}: the value{} is missing in a row that is forecast: a covariate that is known ahead has to be \
         known there",
        of_series(series)
    )]
    MissingAhead {
        /// The series.
        series: String,
        /// Line of the row; 0 where the row itself is missing in the times.
        line: u64,
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
        "line {line}, column {column:?}: the value{} is missing, and none was in training, so that the model has no mask for this \
         column: fill it in, or train on data in which the column has missing values",
        of_series(series)
    )]
    NotMasked {
        /// The series.
        series: String,
        /// The column.
        column: String,
        /// Line of the first one; 0 where the row itself is missing in the times.
        line: u64,
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
        "line {line}, column {column:?}: the category {category:?} is in no training row, which have {}: correct the cell, or train \
         on rows that have it",
        listed(known)
    )]
    UnseenCategory {
        /// The column.
        column: String,
        /// Line in the file.
        line: u64,
        /// The text, shortened.
        category: String,
        /// The categories of the training rows.
        known: Vec<String>,
    },

    /// A static covariate is not.
    #[error(
        "line {line}, column {column:?}: {value:?}{} differs from {first:?} in line {first_line}: a static covariate has one value for \
         each series; name the column as a past or known covariate",
        of_series(series)
    )]
    StaticChanges {
        /// The series.
        series: String,
        /// The column.
        column: String,
        /// Line of the first row that differs.
        line: u64,
        /// Its value.
        value: String,
        /// Line of the first row with a value.
        first_line: u64,
        /// Its value.
        first: String,
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
        "line {line}, column {column:?}: {value}{} is too far from the training rows to be scaled to a 32-bit float",
        of_series(series)
    )]
    NotFinite {
        /// The series.
        series: String,
        /// The column.
        column: String,
        /// Line in the file.
        line: u64,
        /// The value.
        value: f64,
    },

    /// A time is beyond what the calendar has.
    #[error("rows after {time} are beyond the years of the calendar")]
    BeyondCalendar {
        /// The last row's time.
        time: String,
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

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |name| format!(", did you mean {name:?}?"))
}

fn more(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        _ => format!(" (the first of {count} such rows)"),
    }
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
