//! The times of the rows: dates and times, or mere numbers.

use tidegate_data::{TimeFormat, TimePrecision};

use crate::chart::{Axis, Scale};

/// How the times of a page are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Clock {
    /// None where the rows are numbered.
    precision: Option<TimePrecision>,
    is_utc: bool,
}

impl Clock {
    /// As precise as all these times need.
    pub(super) fn of(format: Option<TimeFormat>, times: impl Iterator<Item = i64>) -> Clock {
        Clock {
            precision: format.map(|format| TimePrecision::of(format, times)),
            is_utc: matches!(
                format,
                Some(
                    TimeFormat::DateTime { offset: true, .. }
                        | TimeFormat::UnixSeconds
                        | TimeFormat::UnixMilliseconds
                )
            ),
        }
    }

    /// A horizontal axis.
    pub(super) fn axis(self) -> Axis {
        match self.precision {
            Some(precision) => Axis::new(self.title(), Scale::Time(precision)),
            None => Axis::new(self.title(), Scale::Whole),
        }
    }

    /// What the times are called.
    pub(super) fn title(self) -> &'static str {
        match (self.precision, self.is_utc) {
            (None, _) => "row",
            (Some(_), true) => "time (UTC)",
            (Some(_), false) => "time",
        }
    }

    /// A time in words.
    pub(super) fn text(self, time: i64) -> String {
        match self.precision {
            Some(precision) => precision.text(time),
            None => time.to_string(),
        }
    }
}
