//! Times that a file keeps as such, and not as numbers or texts.

use crate::time_column::civil;

/// One time for each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// Microseconds since 1970-01-01 00:00:00, in UTC where the file names a zone, else as if it were in UTC; and
    /// [`Times::MISSING`] in the rows that are missing.
    pub microseconds: Vec<i64>,
    /// What the file says of them.
    pub kind: TimeKind,
}

/// What a file that keeps times says of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeKind {
    /// Days.
    Date,
    /// Date and time of day, in no zone that is named.
    Civil,
    /// Points in time: a zone is named.
    Instant,
}

impl Times {
    /// What stands in the rows that are missing.
    pub const MISSING: i64 = i64::MIN;

    /// A time of a file, in microseconds if it is a whole number of them; the error says what is wrong with it.
    pub(super) fn checked(microseconds: Option<i64>) -> Result<i64, &'static str> {
        let time = microseconds.ok_or(
            "is no whole number of microseconds, or beyond the years that these can tell: round it",
        )?;
        match civil(time) {
            Some(_) => Ok(time),
            None => Err("is beyond the years -9999 to 9999"),
        }
    }
}
