//! How precise times are.

use super::{TimeFormat, civil};

/// The smallest part that is written of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimePrecision {
    /// `2016`
    Year,
    /// `2016-07`
    Month,
    /// `2016-07-01`
    Day,
    /// `2016-07-01 13:00`
    Minute,
    /// `2016-07-01 13:00:09`
    Second,
    /// `2016-07-01 13:00:09.25`
    Microsecond,
}

impl TimePrecision {
    /// The least that tells all the times, microseconds since 1970, as far as their format does: of days that are written
    /// with a time of day of 00:00:00 it is the day.
    ///
    /// ```
    /// use tidegate_data::{TimeFormat, TimePrecision};
    ///
    /// let day = 86_400_000_000;
    /// let format = TimeFormat::DateTime { with_t: false, offset: false };
    /// assert_eq!(TimePrecision::of(format, [0, day]), TimePrecision::Day);
    /// let hourly = TimePrecision::of(format, [0, day / 24]);
    /// assert_eq!(hourly.text(day / 24), "1970-01-01 01:00");
    /// ```
    #[must_use]
    pub fn of(format: TimeFormat, times: impl IntoIterator<Item = i64>) -> TimePrecision {
        match format {
            TimeFormat::Parts { count: 1 } => TimePrecision::Year,
            TimeFormat::Month | TimeFormat::Parts { count: 2 } => TimePrecision::Month,
            TimeFormat::Date | TimeFormat::Parts { count: 3 } => TimePrecision::Day,
            _ => times
                .into_iter()
                .map(of_time)
                .max()
                .unwrap_or(TimePrecision::Day),
        }
    }

    /// A time, microseconds since 1970, as text; its number where it lies beyond the years -9999 to 9999.
    #[must_use]
    pub fn text(self, time: i64) -> String {
        let Some(civil) = civil(time) else {
            return time.to_string();
        };
        match self {
            TimePrecision::Year => civil.strftime("%Y").to_string(),
            TimePrecision::Month => civil.strftime("%Y-%m").to_string(),
            TimePrecision::Day => civil.date().to_string(),
            TimePrecision::Minute => civil.strftime("%Y-%m-%d %H:%M").to_string(),
            TimePrecision::Second => civil.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            TimePrecision::Microsecond => format!("{} {}", civil.date(), civil.time()),
        }
    }
}

fn of_time(time: i64) -> TimePrecision {
    const SECOND: i64 = 1_000_000;
    if time % SECOND != 0 {
        TimePrecision::Microsecond
    } else if time % (60 * SECOND) != 0 {
        TimePrecision::Second
    } else if time % (86_400 * SECOND) != 0 {
        TimePrecision::Minute
    } else {
        TimePrecision::Day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_precisely_as_the_most_precise_of_them() {
        let day = 1_467_331_200_000_000;
        for (format, times, text) in [
            (TimeFormat::Parts { count: 1 }, vec![day], "2016"),
            (TimeFormat::Month, vec![day], "2016-07"),
            (TimeFormat::Date, vec![day], "2016-07-01"),
            (TimeFormat::UnixSeconds, vec![day], "2016-07-01"),
            (
                TimeFormat::UnixSeconds,
                vec![day, day - 60_000_000],
                "2016-07-01 00:00",
            ),
            (
                TimeFormat::UnixSeconds,
                vec![day, day + 1_000_000],
                "2016-07-01 00:00:00",
            ),
            (
                TimeFormat::UnixMilliseconds,
                vec![day + 250_000],
                "2016-07-01 00:00:00.25",
            ),
        ] {
            let precision = TimePrecision::of(format, times.iter().copied());
            assert_eq!(precision.text(times[0]), text, "{format:?} {times:?}");
        }
        assert_eq!(TimePrecision::Day.text(i64::MAX), i64::MAX.to_string());
        assert_eq!(
            TimePrecision::of(TimeFormat::UnixSeconds, []),
            TimePrecision::Day
        );
    }
}
