//! How many false alarms are put up with.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A number of alarms in a period, such as `1/month`: what readings without an anomaly may set off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FalseAlarms {
    /// How many, above 0.
    pub count: f64,
    /// In which period.
    pub period: Period,
}

/// A period of a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Period {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// Seven days.
    Week,
    /// 30 days.
    Month,
    /// 365 days.
    Year,
    /// So many readings, at least 1.
    Readings(f64),
}

const NAMED: [(&str, Period); 5] = [
    ("hour", Period::Hour),
    ("day", Period::Day),
    ("week", Period::Week),
    ("month", Period::Month),
    ("year", Period::Year),
];

impl Period {
    /// Its seconds; none for a number of readings.
    #[must_use]
    pub fn seconds(self) -> Option<f64> {
        const DAY: f64 = 86_400.0;
        match self {
            Period::Hour => Some(DAY / 24.0),
            Period::Day => Some(DAY),
            Period::Week => Some(7.0 * DAY),
            Period::Month => Some(30.0 * DAY),
            Period::Year => Some(365.0 * DAY),
            Period::Readings(_) => None,
        }
    }
}

impl FalseAlarms {
    /// What is accepted, after the words `must be`.
    pub const ALLOWED: &'static str = "a number of alarms in an hour, day, week, month or year (1/month, 0.5/week), or in a \
                                       number of readings (1/10000)";

    /// The probability that one reading may set off an alarm, where readings are so many seconds apart; none where the
    /// period is one of time and the readings have none.
    #[must_use]
    pub fn per_reading(self, interval: Option<f64>) -> Option<f64> {
        match (self.period, self.period.seconds()) {
            (Period::Readings(readings), _) => Some(self.count / readings),
            (_, Some(seconds)) => Some(self.count * interval? / seconds),
            _ => None,
        }
    }
}

impl fmt::Display for FalseAlarms {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMED.iter().find(|(_, period)| *period == self.period) {
            Some((name, _)) => write!(formatter, "{}/{name}", self.count),
            None => match self.period {
                Period::Readings(readings) => write!(formatter, "{}/{readings}", self.count),
                _ => Ok(()),
            },
        }
    }
}

/// A text that names no rate of false alarms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no rate of false alarms: it must be {allowed}", allowed = FalseAlarms::ALLOWED)]
pub struct UnknownRate(String);

impl FromStr for FalseAlarms {
    type Err = UnknownRate;

    fn from_str(text: &str) -> Result<FalseAlarms, UnknownRate> {
        let unknown = || UnknownRate(text.to_owned());
        let (count, period) = text.split_once('/').ok_or_else(unknown)?;
        let number = |text: &str| {
            text.trim()
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
        };
        let count = number(count)
            .filter(|&count| count > 0.0)
            .ok_or_else(unknown)?;
        let period = period.trim();
        let named = NAMED.iter().find(|(name, _)| *name == period);
        let period = match named {
            Some((_, period)) => *period,
            None => {
                let readings = number(period).filter(|&readings| readings >= 1.0);
                Period::Readings(readings.ok_or_else(unknown)?)
            }
        };
        Ok(FalseAlarms { count, period })
    }
}

impl TryFrom<String> for FalseAlarms {
    type Error = UnknownRate;

    fn try_from(text: String) -> Result<FalseAlarms, UnknownRate> {
        text.parse()
    }
}

impl From<FalseAlarms> for String {
    fn from(rate: FalseAlarms) -> String {
        rate.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_they_are_written() {
        for text in [
            "1/month", "0.5/week", "2/hour", "1/year", "3/day", "1/10000",
        ] {
            assert_eq!(text.parse::<FalseAlarms>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "1",
            "month",
            "0/month",
            "-1/day",
            "1/0.5",
            "1/fortnight",
            "inf/day",
            "1/0",
            "1/-3",
        ] {
            let error = text.parse::<FalseAlarms>().unwrap_err();
            assert!(error.to_string().contains("1/month"), "{error}");
        }
    }

    #[test]
    fn a_rate_of_time_needs_readings_that_have_times() {
        let month: FalseAlarms = "1/month".parse().unwrap();
        assert_eq!(month.per_reading(Some(300.0)), Some(1.0 / 8640.0));
        assert_eq!(month.per_reading(None), None);
        let readings: FalseAlarms = "1/10000".parse().unwrap();
        assert_eq!(readings.per_reading(None), Some(1e-4));
    }
}
