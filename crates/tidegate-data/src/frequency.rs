//! How far a series' rows are apart.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The distance of a row from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// A fixed number of microseconds, above 0.
    Microseconds(i64),
    /// A number of months of the calendar, above 0.
    Months(i64),
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

impl Frequency {
    /// The number and the unit, `second`, `day`, `week`, `month`, `quarter` or `year`: the largest of which there is a
    /// whole number; of seconds there may be a fraction.
    ///
    /// ```
    /// use tidegate_data::Frequency;
    ///
    /// assert_eq!(Frequency::Microseconds(3_600_000_000).in_units(), (3600.0, "second"));
    /// assert_eq!(Frequency::Months(3).in_units(), (1.0, "quarter"));
    /// ```
    #[must_use]
    pub fn in_units(self) -> (f64, &'static str) {
        let units = match self {
            Frequency::Microseconds(_) => [(WEEK, "week"), (DAY, "day"), (SECOND, "second")],
            Frequency::Months(_) => [(12, "year"), (3, "quarter"), (1, "month")],
        };
        self.in_largest(&units)
    }

    /// Steps of the season that is usual at this frequency, at least 1: the steps of a day below a day, 7 for days, 52
    /// for weeks, 12 for months, 4 for quarters, and 1, which is none, else.
    ///
    /// ```
    /// use tidegate_data::Frequency;
    ///
    /// assert_eq!(Frequency::Microseconds(900_000_000).season(), 96);
    /// assert_eq!(Frequency::Months(1).season(), 12);
    /// ```
    #[must_use]
    pub fn season(self) -> usize {
        let steps = |whole: i64, length: i64| match whole % length {
            0 => usize::try_from(whole / length).unwrap_or(1),
            _ => 1,
        };
        match self {
            Frequency::Microseconds(length) if length < DAY => steps(DAY, length),
            Frequency::Microseconds(DAY) => 7,
            Frequency::Microseconds(WEEK) => 52,
            Frequency::Microseconds(_) => 1,
            Frequency::Months(length) => steps(12, length),
        }
    }

    fn in_largest(self, units: &[(i64, &'static str)]) -> (f64, &'static str) {
        let (Frequency::Microseconds(length) | Frequency::Months(length)) = self;
        let whole = units.iter().find(|(unit, _)| length % unit == 0);
        let (unit, name) = whole
            .or(units.last())
            .copied()
            .unwrap_or((SECOND, "second"));
        (length as f64 / unit as f64, name)
    }
}

/// Such as `1 hour`, `15 minutes` or `1 month`.
impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self {
            Frequency::Microseconds(_) => self.in_largest(&[
                (WEEK, "week"),
                (DAY, "day"),
                (HOUR, "hour"),
                (MINUTE, "minute"),
                (SECOND, "second"),
            ]),
            Frequency::Months(_) => self.in_units(),
        };
        let plural = if count == 1.0 { "" } else { "s" };
        write!(f, "{count} {unit}{plural}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_is_a_day_a_week_or_a_year_of_steps() {
        for (frequency, season) in [
            (Frequency::Microseconds(SECOND), 86_400),
            (Frequency::Microseconds(5 * MINUTE), 288),
            (Frequency::Microseconds(HOUR), 24),
            (Frequency::Microseconds(7 * HOUR), 1),
            (Frequency::Microseconds(DAY), 7),
            (Frequency::Microseconds(2 * DAY), 1),
            (Frequency::Microseconds(WEEK), 52),
            (Frequency::Months(1), 12),
            (Frequency::Months(3), 4),
            (Frequency::Months(12), 1),
            (Frequency::Months(5), 1),
        ] {
            assert_eq!(frequency.season(), season, "{frequency}");
        }
    }

    #[test]
    fn the_largest_unit_of_which_there_is_a_whole_number_is_named() {
        for (frequency, text, units) in [
            (Frequency::Microseconds(HOUR), "1 hour", (3600.0, "second")),
            (
                Frequency::Microseconds(15 * MINUTE),
                "15 minutes",
                (900.0, "second"),
            ),
            (
                Frequency::Microseconds(20_000),
                "0.02 seconds",
                (0.02, "second"),
            ),
            (
                Frequency::Microseconds(36 * HOUR),
                "36 hours",
                (129_600.0, "second"),
            ),
            (Frequency::Microseconds(3 * DAY), "3 days", (3.0, "day")),
            (Frequency::Microseconds(WEEK), "1 week", (1.0, "week")),
            (Frequency::Months(1), "1 month", (1.0, "month")),
            (Frequency::Months(6), "2 quarters", (2.0, "quarter")),
            (Frequency::Months(24), "2 years", (2.0, "year")),
        ] {
            assert_eq!(
                (frequency.to_string().as_str(), frequency.in_units()),
                (text, units)
            );
        }
    }
}
