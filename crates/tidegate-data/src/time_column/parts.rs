//! Times in several columns: year, month, day, hour, minute, second.

use jiff::civil::DateTime;

use super::{TimeColumn, TimeError, TimeFormat, microseconds};
use crate::table::{Column, Table, Values};

const NAMES: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];

/// The columns of numbers from the year down, without a gap; none where there is no year.
pub(super) fn find(table: &Table) -> Option<Vec<usize>> {
    let named = |name: &str| {
        table.columns().iter().position(|column| {
            column.name.eq_ignore_ascii_case(name) && matches!(column.values, Values::Numbers(_))
        })
    };
    let parts: Vec<usize> = NAMES.iter().map_while(|name| named(name)).collect();
    (!parts.is_empty()).then_some(parts)
}

pub(super) fn read(table: &Table, parts: Vec<usize>) -> Result<TimeColumn, TimeError> {
    let columns: Vec<&Column> = parts.iter().map(|&index| &table.columns()[index]).collect();
    let times = (0..table.rows()).map(|row| {
        let mut values = [1970.0, 1.0, 1.0, 0.0, 0.0, 0.0];
        for (value, column) in values.iter_mut().zip(&columns) {
            match &column.values {
                Values::Numbers(numbers) if !numbers[row].is_nan() => *value = numbers[row],
                _ => {
                    return Err(TimeError::Missing {
                        place: table.place(row),
                        column: column.name.clone(),
                    });
                }
            }
        }
        time(values).ok_or_else(|| {
            let named = columns.iter().zip(values);
            let named = named.map(|(column, value)| format!("{} {value}", column.name));
            TimeError::Impossible {
                place: table.place(row),
                parts: named.collect::<Vec<_>>().join(", "),
            }
        })
    });
    Ok(TimeColumn {
        times: times.collect::<Result<_, _>>()?,
        format: TimeFormat::Parts { count: parts.len() },
        columns: parts,
    })
}

fn time(values: [f64; 6]) -> Option<i64> {
    let whole = |value: f64| {
        let fits = value.fract() == 0.0 && (-9999.0..=9999.0).contains(&value);
        fits.then_some(value as i16)
    };
    let part = |value: f64| i8::try_from(whole(value)?).ok();
    let [year, month, day, hour, minute, second] = values;
    let (month, day, hour) = (part(month)?, part(day)?, part(hour)?);
    let (minute, second) = (part(minute)?, part(second)?);
    let time = DateTime::new(whole(year)?, month, day, hour, minute, second, 0);
    microseconds(time.ok()?)
}
