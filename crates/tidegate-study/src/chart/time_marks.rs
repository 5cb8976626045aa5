//! Where an axis of times is marked: at the beginnings of years, months, days, hours and so on.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use tidegate_data::TimePrecision;

const SECOND: f64 = 1e6;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
const MONTH: f64 = 365.25 / 12.0 * DAY;

/// 1970 began on a Thursday, the first Monday came so much later.
const FIRST_MONDAY: f64 = 4.0 * DAY;

/// Distances of marks that have a fixed length, up to two weeks.
const STEPS: [f64; 19] = [
    SECOND,
    2.0 * SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    4.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
];

/// Distances in months.
const MONTHS: [i64; 12] = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 6_000];

/// Half the width of an axis that holds a single time.
pub(super) fn least_width(precision: TimePrecision) -> f64 {
    match precision {
        TimePrecision::Year => 12.0 * MONTH,
        TimePrecision::Month => MONTH,
        TimePrecision::Day => DAY,
        TimePrecision::Minute => MINUTE,
        TimePrecision::Second => SECOND,
        TimePrecision::Microsecond => 1e3,
    }
}

/// Marks between two times, at most about `wanted`, with what stands there: no part of the time that is the same at the
/// beginning of each of them.
pub(super) fn over(
    low: f64,
    high: f64,
    wanted: usize,
    precision: TimePrecision,
) -> Vec<(f64, String)> {
    let rough = ((high - low) / wanted.max(2) as f64).max(least_step(precision));
    if rough < SECOND {
        let (marks, _) = fixed(low, high, sub_second(rough));
        return named(marks, TimePrecision::Microsecond);
    }
    if let Some(&step) = STEPS.iter().find(|&&step| step >= rough * 0.999) {
        let (marks, step) = fixed(low, high, step);
        let written = match step {
            step if step >= DAY => TimePrecision::Day,
            step if step >= MINUTE => TimePrecision::Minute,
            _ => TimePrecision::Second,
        };
        return named(marks, written);
    }
    let months = MONTHS
        .iter()
        .find(|&&months| months as f64 * MONTH >= rough);
    let months = *months.unwrap_or(&MONTHS[MONTHS.len() - 1]);
    let written = match months % 12 {
        0 => TimePrecision::Year,
        _ => TimePrecision::Month,
    };
    named(months_between(low, high, months), written)
}

/// Finer marks would stand between times of this precision.
fn least_step(precision: TimePrecision) -> f64 {
    match precision {
        TimePrecision::Year => 11.0 * MONTH,
        TimePrecision::Month => 0.9 * MONTH,
        TimePrecision::Day => DAY,
        TimePrecision::Minute => MINUTE,
        TimePrecision::Second => SECOND,
        TimePrecision::Microsecond => 1.0,
    }
}

/// One, two or five times a power of ten.
fn sub_second(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    let factor = factors
        .into_iter()
        .find(|factor| factor * power >= rough * 0.999);
    factor.unwrap_or(10.0) * power
}

/// Whole steps since 1970, weeks since a Monday.
fn fixed(low: f64, high: f64, step: f64) -> (Vec<f64>, f64) {
    let from = if step % (7.0 * DAY) == 0.0 {
        FIRST_MONDAY
    } else {
        0.0
    };
    let (first, last) = (((low - from) / step).ceil(), ((high - from) / step).floor());
    let count = (last - first + 1.0).max(0.0) as usize;
    let marks = (0..count).map(|index| from + (first + index as f64) * step);
    (marks.collect(), step)
}

fn months_between(low: f64, high: f64, step: i64) -> Vec<f64> {
    let Some(first) = civil(low) else {
        return Vec::new();
    };
    let first = i64::from(first.year()) * 12 + i64::from(first.month()) - 1;
    let first = first.div_euclid(step);
    (first..)
        .map_while(|index| beginning_of_month(index * step))
        .take_while(|&mark| mark <= high)
        .filter(|&mark| mark >= low)
        .collect()
}

/// Of a month counted from that of the year 0.
fn beginning_of_month(month: i64) -> Option<f64> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    let date = Date::new(year, month.rem_euclid(12) as i8 + 1, 1).ok()?;
    let time = Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
    Some(time.ok()?.as_microsecond() as f64)
}

fn civil(time: f64) -> Option<DateTime> {
    let time = Timestamp::from_microsecond(time as i64).ok()?;
    Some(Offset::UTC.to_datetime(time))
}

fn named(marks: Vec<f64>, written: TimePrecision) -> Vec<(f64, String)> {
    let marks = marks.into_iter();
    marks
        .map(|mark| (mark, written.text(mark.round() as i64)))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2016-07-01 00:00.
    const JULY: f64 = 1_467_331_200e6;

    fn texts(length: f64, precision: TimePrecision) -> Vec<String> {
        let marks = over(JULY, JULY + length, 4, precision);
        marks.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn marks_are_round_dates_and_times() {
        assert_eq!(
            texts(3.0 * HOUR, TimePrecision::Minute),
            [
                "2016-07-01 00:00",
                "2016-07-01 01:00",
                "2016-07-01 02:00",
                "2016-07-01 03:00"
            ]
        );
        assert_eq!(
            texts(28.0 * DAY, TimePrecision::Minute),
            ["2016-07-04", "2016-07-11", "2016-07-18", "2016-07-25"]
        );
        assert_eq!(
            texts(200.0 * DAY, TimePrecision::Day),
            ["2016-07", "2016-09", "2016-11", "2017-01"]
        );
        assert_eq!(
            texts(9.0 * 365.0 * DAY, TimePrecision::Month),
            ["2020", "2025"]
        );
        assert_eq!(texts(2.0 * DAY, TimePrecision::Year), [""; 0]);
    }

    proptest! {
        #[test]
        fn marks_lie_within_and_are_few(low in -5e15..5e15, length in 1.0..5e15, wanted in 2_usize..12) {
            let marks = over(low, low + length, wanted, TimePrecision::Microsecond);
            prop_assert!(marks.len() <= wanted + 2, "{marks:?}");
            for (mark, _) in &marks {
                prop_assert!((low - 1.0..=low + length + 1.0).contains(mark), "{mark}");
            }
        }

        #[test]
        fn an_axis_of_a_single_time_has_a_mark(time in -5e15..5e15_f64) {
            let time = time.round();
            for precision in [TimePrecision::Minute, TimePrecision::Day, TimePrecision::Month, TimePrecision::Year] {
                let half = least_width(precision);
                prop_assert!(!over(time - half, time + half, 8, precision).is_empty(), "{precision:?}");
            }
        }
    }
}
