//! Dates with a slash, a dot or a hyphen between their numbers, and which of the numbers is the day.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{TimeError, TimeFormat, microseconds};
use crate::table::Place;

/// What stands first in a date whose year stands last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `31/12/2016`
    DayFirst,
    /// `12/31/2016`
    MonthFirst,
}

impl fmt::Display for DateOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DateOrder::DayFirst => "day first",
            DateOrder::MonthFirst => "month first",
        })
    }
}

/// A date as it is written, before it is known which number is what.
pub(super) struct WrittenDate {
    numbers: [i16; 3],
    separator: char,
    time: Option<Time>,
}

impl WrittenDate {
    /// Reads `2016/7/1`, `1/7/2016`, `1.7.2016` or `1-7-2016`, and a time of day after a space; no month or day of more than
    /// two digits, and no year of other than four.
    pub(super) fn read(text: &str) -> Option<WrittenDate> {
        let (date, time) = match text.split_once(' ') {
            None => (text, None),
            Some((date, time)) => (date, Some(time_of_day(time)?)),
        };
        let separator = date.chars().find(|one| !one.is_ascii_digit())?;
        if !matches!(separator, '/' | '.' | '-') {
            return None;
        }
        let mut parts = date.split(separator);
        let parts = [parts.next()?, parts.next()?, parts.next()?];
        let lengths = parts.map(str::len);
        let year_first = matches!(lengths, [4, 1..=2, 1..=2]) && separator != '-';
        if date.len() != lengths.iter().sum::<usize>() + 2
            || !(year_first || matches!(lengths, [1..=2, 1..=2, 4]))
        {
            return None;
        }
        let mut numbers = [0; 3];
        for (number, part) in numbers.iter_mut().zip(parts) {
            // A sign would be taken, too.
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then_some(())?;
            *number = part.parse().ok()?;
        }
        Some(WrittenDate {
            numbers,
            separator,
            time,
        })
    }

    fn year_first(&self) -> bool {
        self.numbers[0] > 99
    }

    /// The only order in which it is a date, if there is but one.
    fn order(&self) -> Option<DateOrder> {
        let possible = |order| self.time(order).is_some();
        match (
            possible(DateOrder::DayFirst),
            possible(DateOrder::MonthFirst),
        ) {
            (true, false) => Some(DateOrder::DayFirst),
            (false, true) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// The time in this order, with its format.
    pub(super) fn time(&self, order: DateOrder) -> Option<(TimeFormat, i64)> {
        let (separator, time_of_day) = (self.separator, self.time.is_some());
        let ([year, month, day], format) = match (self.numbers, order) {
            (numbers, _) if self.year_first() => (
                numbers,
                TimeFormat::YearFirst {
                    separator,
                    time_of_day,
                },
            ),
            ([day, month, year], DateOrder::DayFirst)
            | ([month, day, year], DateOrder::MonthFirst) => (
                [year, month, day],
                TimeFormat::YearLast {
                    order,
                    separator,
                    time_of_day,
                },
            ),
        };
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let time = self.time.unwrap_or(Time::midnight());
        Some((format, microseconds(date.to_datetime(time))?))
    }
}

/// `9:00`, `09:00`, `09:00:30` or with a fraction of a second.
fn time_of_day(text: &str) -> Option<Time> {
    let colon = text.find(':')?;
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
    text.bytes().all(plain).then_some(())?;
    match colon {
        1 => format!("0{text}").parse().ok(),
        2 => text.parse().ok(),
        _ => None,
    }
}

/// The order of a column's dates: that of the first one that can be read in one order only. Any order if the years stand
/// first.
pub(super) fn decide<'a>(
    column: &str,
    cells: impl Iterator<Item = (Place, &'a str)>,
) -> Result<DateOrder, TimeError> {
    let mut decided: Option<(DateOrder, Place)> = None;
    let mut undecided = None;
    for (place, cell) in cells {
        let Some(date) = WrittenDate::read(cell) else {
            continue;
        };
        if date.year_first() {
            return Ok(DateOrder::DayFirst);
        }
        match (date.order(), decided) {
            (None, _) => {
                undecided.get_or_insert((place, cell));
            }
            (Some(order), None) => decided = Some((order, place)),
            (Some(order), Some((first, first_place))) if order != first => {
                return Err(TimeError::MixedOrders {
                    column: column.to_owned(),
                    first_place,
                    first,
                    place,
                    other: order,
                });
            }
            _ => {}
        }
    }
    match (decided, undecided) {
        (Some((order, _)), _) => Ok(order),
        (None, Some((place, cell))) => Err(TimeError::UndecidedOrder {
            column: column.to_owned(),
            place,
            cell: cell.to_owned(),
        }),
        (None, None) => Ok(DateOrder::DayFirst),
    }
}
