//! The ways of writing a time.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::{TimePrecision, civil, microseconds};

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
    /// Seconds since 1970-01-01 00:00:00 UTC.
    UnixSeconds,
    /// Milliseconds since then.
    UnixMilliseconds,
    /// A column for the year, and further ones down to the month, day, hour, minute or second.
    Parts {
        /// How many of them there are, 1 to 6.
        count: usize,
    },
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
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
            TimeFormat::DateTime { offset: true, .. }
            | TimeFormat::UnixSeconds
            | TimeFormat::UnixMilliseconds => format!("{} {}Z", civil.date(), civil.time()),
            TimeFormat::DateTime { .. } | TimeFormat::Parts { .. } => {
                format!("{} {}", civil.date(), civil.time())
            }
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

pub(super) fn read_number(number: f64) -> Option<(TimeFormat, i64)> {
    if SECONDS.contains(&number) {
        Some((TimeFormat::UnixSeconds, (number * 1e6).round() as i64))
    } else if MILLISECONDS.contains(&number) {
        Some((TimeFormat::UnixMilliseconds, (number * 1e3).round() as i64))
    } else {
        None
    }
}
