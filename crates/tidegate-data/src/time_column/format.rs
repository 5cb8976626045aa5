//! The ways of writing a time.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::date_order::DateOrder;
use super::{TimePrecision, civil, microseconds};
use crate::table::TimeKind;

/// How the times of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// `2016-07`
    Month,
    /// `2016-07-01`
    Date,
    /// `2016-07-01 13:00:00`, with or without seconds and a fraction of them.
    DateTime {
        /// Whether `T` stands before the time of day, and not a space.
        with_t: bool,
        /// Whether an offset such as `+09:00` or `Z` follows.
        offset: bool,
    },
    /// `2016/07/01` or `2016.07.01`
    YearFirst {
        /// What stands between the numbers.
        separator: char,
        /// Whether a time of day follows.
        time_of_day: bool,
    },
    /// `31/12/2016`, `31.12.2016` or `31-12-2016`
    YearLast {
        /// Whether the day or the month stands first.
        order: DateOrder,
        /// What stands between the numbers.
        separator: char,
        /// Whether a time of day follows.
        time_of_day: bool,
    },
    /// `20160701`
    CompactDate,
    /// Seconds since 1970-01-01 00:00:00 UTC.
    UnixSeconds,
    /// Milliseconds since then.
    UnixMilliseconds,
    /// A column for the year, and further ones down to the month, day, hour, minute or second.
    Parts {
        /// How many of them there are, 1 to 6.
        count: usize,
    },
    /// Kept as times by the file.
    Typed(TimeKind),
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = |time_of_day: bool| if time_of_day { " hh:mm:ss" } else { "" };
        f.write_str(match *self {
            TimeFormat::YearFirst {
                separator,
                time_of_day,
            } => return write!(f, "YYYY{separator}MM{separator}DD{}", of_day(time_of_day)),
            TimeFormat::YearLast {
                order,
                separator,
                time_of_day,
            } => {
                let (first, second) = match order {
                    DateOrder::DayFirst => ("DD", "MM"),
                    DateOrder::MonthFirst => ("MM", "DD"),
                };
                return write!(
                    f,
                    "{first}{separator}{second}{separator}YYYY{}",
                    of_day(time_of_day)
                );
            }
            TimeFormat::CompactDate => "YYYYMMDD",
            TimeFormat::Typed(TimeKind::Date) => "dates",
            TimeFormat::Typed(TimeKind::Civil) => "timestamps without a zone",
            TimeFormat::Typed(TimeKind::Instant) => "timestamps in UTC",
            TimeFormat::Month => "YYYY-MM",
            TimeFormat::Date => "YYYY-MM-DD",
            TimeFormat::DateTime { with_t, offset } => match (with_t, offset) {
                (false, false) => "YYYY-MM-DD hh:mm:ss",
                (false, true) => "YYYY-MM-DD hh:mm:ss+hh:mm",
                (true, false) => "YYYY-MM-DDThh:mm:ss",
                (true, true) => "YYYY-MM-DDThh:mm:ss+hh:mm",
            },
            TimeFormat::UnixSeconds => "seconds since 1970",
            TimeFormat::UnixMilliseconds => "milliseconds since 1970",
            TimeFormat::Parts { .. } => "parts in columns of their own",
        })
    }
}

impl TimeFormat {
    /// The order of day and month, where the format leaves it open.
    #[must_use]
    pub fn order(self) -> Option<DateOrder> {
        match self {
            TimeFormat::YearLast { order, .. } => Some(order),
            _ => None,
        }
    }

    /// Whether times are points in time, and not a local date and time of day that are taken as if they were in UTC.
    #[must_use]
    pub fn in_utc(self) -> bool {
        matches!(
            self,
            TimeFormat::DateTime { offset: true, .. }
                | TimeFormat::UnixSeconds
                | TimeFormat::UnixMilliseconds
                | TimeFormat::Typed(TimeKind::Instant)
        )
    }

    /// A time in microseconds since 1970 as text, as precise as this format.
    #[must_use]
    pub fn text(self, time: i64) -> String {
        let Some(civil) = civil(time) else {
            return time.to_string();
        };
        match self {
            TimeFormat::Month | TimeFormat::Date | TimeFormat::Parts { count: 1..=3 } => {
                TimePrecision::of(self, []).text(time)
            }
            TimeFormat::CompactDate
            | TimeFormat::YearFirst {
                time_of_day: false, ..
            }
            | TimeFormat::YearLast {
                time_of_day: false, ..
            }
            | TimeFormat::Typed(TimeKind::Date) => civil.date().to_string(),
            _ if self.in_utc() => format!("{} {}Z", civil.date(), civil.time()),
            _ => format!("{} {}", civil.date(), civil.time()),
        }
    }
}

/// Reads a time with its format, in microseconds.
pub(super) fn read_text(text: &str) -> Option<(TimeFormat, i64)> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        let digits = bytes.get(range)?;
        digits.iter().all(u8::is_ascii_digit).then_some(())?;
        std::str::from_utf8(digits).ok()?.parse::<i16>().ok()
    };
    let (year, month) = (digits(0..4)?, digits(5..7)?);
    if bytes[4] != b'-' {
        return None;
    }
    let date = |day| Date::new(year, i8::try_from(month).ok()?, day).ok();
    if bytes.len() == 7 {
        let time = microseconds(date(1)?.to_datetime(Time::midnight()))?;
        return Some((TimeFormat::Month, time));
    }
    let day = digits(8..10)?;
    if bytes[7] != b'-' {
        return None;
    }
    if bytes.len() == 10 {
        let time = microseconds(date(i8::try_from(day).ok()?)?.to_datetime(Time::midnight()))?;
        return Some((TimeFormat::Date, time));
    }
    let with_t = match bytes[10] {
        b' ' => false,
        b'T' => true,
        _ => return None,
    };
    let of_day = &text[11..];
    // Names of time zones and dates alone are left out, which the parser would take.
    digits(11..13)?;
    if of_day.contains('[') {
        return None;
    }
    let offset = of_day.contains(['Z', 'z', '+', '-']);
    let time = match offset {
        true => {
            let time: Timestamp = text.parse().ok()?;
            (time.subsec_nanosecond() % 1000 == 0).then(|| time.as_microsecond())?
        }
        false => microseconds(text.parse::<DateTime>().ok()?)?,
    };
    Some((TimeFormat::DateTime { with_t, offset }, time))
}

/// From 1973 to 2286 in seconds, and in milliseconds: numbers outside are no times, and no number is both.
const SECONDS: std::ops::Range<f64> = 1e8..1e10;
const MILLISECONDS: std::ops::Range<f64> = 1e11..1e13;

/// Reads `20160701`, which may as well be a number.
pub(super) fn read_compact(number: f64) -> Option<(TimeFormat, i64)> {
    if number.fract() != 0.0 || !(10_000_101.0..100_000_000.0).contains(&number) {
        return None;
    }
    let number = number as i32;
    let part = |number: i32| i8::try_from(number % 100).ok();
    let year = i16::try_from(number / 10_000).ok()?;
    let date = Date::new(year, part(number / 100)?, part(number)?).ok()?;
    let time = microseconds(date.to_datetime(Time::midnight()))?;
    Some((TimeFormat::CompactDate, time))
}

pub(super) fn read_number(number: f64) -> Option<(TimeFormat, i64)> {
    if SECONDS.contains(&number) {
        Some((TimeFormat::UnixSeconds, (number * 1e6).round() as i64))
    } else if MILLISECONDS.contains(&number) {
        Some((TimeFormat::UnixMilliseconds, (number * 1e3).round() as i64))
    } else {
        None
    }
}
