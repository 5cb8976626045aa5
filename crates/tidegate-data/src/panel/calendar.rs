//! Features of the calendar: where a time stands in its day, week or year.

use serde::{Deserialize, Serialize};

use crate::frequency::Frequency;
use crate::time_column::civil;

/// A position in a cycle of the calendar, which becomes two features: its sine and its cosine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarFeature {
    /// From midnight to midnight, minutes and seconds counted.
    HourOfDay,
    /// From Monday to Sunday, in days.
    DayOfWeek,
    /// From 1 January on, in days.
    DayOfYear,
    /// From January on, in months.
    MonthOfYear,
}

const DAY: i64 = 24 * 3600 * 1_000_000;
const WEEK: i64 = 7 * DAY;

impl CalendarFeature {
    /// The ones that tell rows of a frequency apart.
    pub(super) fn of_frequency(frequency: Frequency) -> Vec<CalendarFeature> {
        use CalendarFeature::{DayOfWeek, DayOfYear, HourOfDay, MonthOfYear};
        match frequency {
            Frequency::Microseconds(..DAY) => vec![HourOfDay, DayOfWeek],
            Frequency::Microseconds(..WEEK) => vec![DayOfWeek, DayOfYear],
            Frequency::Microseconds(_) => vec![MonthOfYear],
            Frequency::Months(months) if months % 12 == 0 => vec![],
            Frequency::Months(_) => vec![MonthOfYear],
        }
    }

    /// Its name in a list of features, without sine and cosine.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CalendarFeature::HourOfDay => "hour_of_day",
            CalendarFeature::DayOfWeek => "day_of_week",
            CalendarFeature::DayOfYear => "day_of_year",
            CalendarFeature::MonthOfYear => "month_of_year",
        }
    }

    /// Sine and cosine of a time in microseconds since 1970; none beyond the years that a calendar has.
    pub(super) fn values(self, time: i64) -> Option<[f32; 2]> {
        let civil = civil(time)?;
        let position = match self {
            CalendarFeature::HourOfDay => time.rem_euclid(DAY) as f64 / DAY as f64,
            CalendarFeature::DayOfWeek => f64::from(civil.weekday().to_monday_zero_offset()) / 7.0,
            CalendarFeature::DayOfYear => {
                f64::from(civil.day_of_year() - 1) / f64::from(civil.days_in_year())
            }
            CalendarFeature::MonthOfYear => f64::from(civil.month() - 1) / 12.0,
        };
        let (sine, cosine) = (std::f64::consts::TAU * position).sin_cos();
        Some([sine as f32, cosine as f32])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_where_it_stands_in_its_cycle() {
        // 1970-01-01 was a Thursday.
        let near = |feature: CalendarFeature, time: i64, sine: f64, cosine: f64| {
            let [a, b] = feature.values(time).unwrap();
            (f64::from(a) - sine).abs() < 1e-6 && (f64::from(b) - cosine).abs() < 1e-6
        };
        assert!(near(CalendarFeature::HourOfDay, DAY / 4, 1.0, 0.0));
        let thursday = (std::f64::consts::TAU * 3.0 / 7.0).sin_cos();
        assert!(near(CalendarFeature::DayOfWeek, 0, thursday.0, thursday.1));
        assert!(near(CalendarFeature::DayOfYear, 0, 0.0, 1.0));
        // 1970-04-01 begins the second quarter.
        assert!(near(CalendarFeature::MonthOfYear, 90 * DAY, 1.0, 0.0));
        // Before 1970 the day goes the same way.
        assert!(near(CalendarFeature::HourOfDay, -DAY / 4, -1.0, 0.0));
        assert_eq!(CalendarFeature::MonthOfYear.values(i64::MAX), None);
    }

    #[test]
    fn features_fit_the_frequency() {
        use CalendarFeature::{DayOfWeek, DayOfYear, HourOfDay, MonthOfYear};
        for (frequency, features) in [
            (
                Frequency::Microseconds(DAY / 24),
                vec![HourOfDay, DayOfWeek],
            ),
            (Frequency::Microseconds(DAY), vec![DayOfWeek, DayOfYear]),
            (Frequency::Microseconds(WEEK), vec![MonthOfYear]),
            (Frequency::Months(3), vec![MonthOfYear]),
            (Frequency::Months(12), vec![]),
        ] {
            assert_eq!(CalendarFeature::of_frequency(frequency), features);
        }
    }
}
