//! Everything that keeps rows from standing on a grid of equal steps.

use crate::frequency::Frequency;
use crate::panel::note::counted;
use crate::panel::of_series;
use crate::table::Place;

/// What is wrong, and where. Lines are those of the file, from 1; the one series of a wide table has an empty name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// A row does not say which series it belongs to.
    #[error("{line}, column {column:?}: the series' name is missing: every row needs one")]
    SeriesNameMissing {
        /// The column.
        column: String,
        /// Line in the file.
        line: Place,
    },

    /// No series has two rows, so that nothing says how far rows are apart.
    #[error(
        "every series has a single time, so that nothing says how far apart rows are: at least two rows are needed"
    )]
    NoStep,

    /// Two rows of a series have one time.
    #[error(
        "{line}: the time {time}{} stands in {first_line} already{}: leave one of the rows out, or name the column \
         that tells series apart",
        of_series(series),
        more(*count)
    )]
    Repeated {
        /// The series.
        series: String,
        /// Line of the row.
        line: Place,
        /// Line of the first row with that time.
        first_line: Place,
        /// The time.
        time: Box<str>,
        /// Number of such rows in the file.
        count: usize,
    },

    /// Times go back.
    #[error(
        "{line}: the time {time}{} is before {before} in {line_before}{}: sort the rows by time, or name the column \
         that tells series apart",
        of_series(series),
        more(*count)
    )]
    Backwards {
        /// The series.
        series: String,
        /// Line of the row.
        line: Place,
        /// Its time.
        time: Box<str>,
        /// Line of the row before.
        line_before: Place,
        /// The time of the row before.
        before: Box<str>,
        /// Number of such rows in the file.
        count: usize,
    },

    /// Rows are no whole number of steps apart.
    #[error(
        "{line}: the time {time}{} is no whole number of steps of {frequency} after {before} in {line_before}{}: put \
         the rows on a grid of equal steps first",
        of_series(series),
        more(*count)
    )]
    Uneven {
        /// The series.
        series: String,
        /// Line of the row.
        line: Place,
        /// Its time.
        time: Box<str>,
        /// Line of the row before.
        line_before: Place,
        /// The time of the row before.
        before: Box<str>,
        /// The most frequent step.
        frequency: Frequency,
        /// Number of such rows in the file.
        count: usize,
    },

    /// Rows are missing in time.
    #[error(
        "{line}: {} of {frequency} missing{} between {before} in {line_before} and {time}{}: say what becomes of \
         missing values (mask, forward-fill, linear or drop), or fill the rows in",
        counted(*missing, "step"),
        of_series(series),
        more(*count)
    )]
    Gap {
        /// The series.
        series: String,
        /// Line of the row after the gap.
        line: Place,
        /// Its time.
        time: Box<str>,
        /// Line of the row before the gap.
        line_before: Place,
        /// The time of the row before.
        before: Box<str>,
        /// The most frequent step.
        frequency: Frequency,
        /// Rows that are missing there.
        missing: usize,
        /// Number of gaps in the file.
        count: usize,
    },

    /// Filling the gaps would make the table many times as long.
    #[error(
        "{line}: {} of {frequency} missing{} between {before} and {time}: with all gaps filled the table of {rows} rows would \
         have more than {limit}; check the times, or treat what follows the gap as a series of its own",
        counted(*missing, "step"),
        of_series(series)
    )]
    GapTooLong {
        /// The series.
        series: String,
        /// Line of the row after the longest gap so far.
        line: Place,
        /// Its time.
        time: Box<str>,
        /// The time of the row before.
        before: Box<str>,
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

    /// A time is beyond what the calendar has.
    #[error("rows after {time} are beyond the years of the calendar")]
    BeyondCalendar {
        /// The last row's time.
        time: Box<str>,
    },
}

fn more(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        _ => format!(" (the first of {count} such rows)"),
    }
}
