//! The times of a table's rows: which columns hold them, and how they are written.

mod error;
mod format;
mod parts;
mod precision;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::tz::Offset;

pub use error::TimeError;
pub use format::TimeFormat;
pub use precision::TimePrecision;

use crate::table::{Column, Table, Values};

/// Names that a time column has, as a rule.
const NAMES: [&str; 7] = [
    "ds",
    "date",
    "datetime",
    "date_time",
    "timestamp",
    "time",
    "month",
];

/// The times of a table's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeColumn {
    /// Indices of the table's columns that hold them: one, or year, month, day and so on.
    pub columns: Vec<usize>,
    /// How they are written.
    pub format: TimeFormat,
    /// Microseconds since 1970-01-01 00:00:00, one for each row; of times without an offset, as if they were in UTC.
    pub times: Vec<i64>,
}

impl TimeColumn {
    /// Finds the times of a table and reads them; none where no column holds any.
    ///
    /// `name` asks for a column; `year`, where there is one, stands for all columns from `year` to `second`. Without a
    /// name these are tried in turn: columns with a usual name (`ds`, `date`, `timestamp` and the like), `year`, `month`,
    /// `day`, `hour`, `minute` and `second`, and the first column of texts whose first cell is a time.
    ///
    /// # Errors
    /// A missing or unreadable time, two ways of writing in one column, or no column of that name.
    ///
    /// ```
    /// use tidegate_data::{Table, TimeColumn, TimeFormat};
    ///
    /// let table = Table::from_bytes(b"Month,Passengers\n1949-01,112\n1949-02,118\n")?;
    /// let time = TimeColumn::find(&table, None).unwrap().unwrap();
    /// assert_eq!((time.format, time.text(time.times[1])), (TimeFormat::Month, "1949-02".to_owned()));
    /// # Ok::<(), tidegate_data::TableError>(())
    /// ```
    pub fn find(table: &Table, name: Option<&str>) -> Result<Option<TimeColumn>, TimeError> {
        let columns = table.columns();
        if let Some(name) = name {
            let found = columns.iter().position(|column| column.name == name);
            let index = found.ok_or_else(|| TimeError::NoSuchColumn {
                name: name.to_owned(),
                columns: columns.iter().map(|column| column.name.clone()).collect(),
            })?;
            if name.eq_ignore_ascii_case("year")
                && let Some(parts) = parts::find(table)
            {
                return parts::read(table, parts).map(Some);
            }
            return read(table, index).map(Some);
        }
        let usual = NAMES.iter().find_map(|name| {
            let named = |column: &Column| column.name.eq_ignore_ascii_case(name);
            let is_time = |column: &Column| match &column.values {
                // A name such as date promises times: what they are not is to be said.
                Values::Texts(_) => *name != "month" || begins_with_time(column),
                Values::Numbers(_) => begins_with_time(column),
            };
            columns
                .iter()
                .position(|column| named(column) && is_time(column))
        });
        if let Some(index) = usual {
            return read(table, index).map(Some);
        }
        if let Some(parts) = parts::find(table) {
            return parts::read(table, parts).map(Some);
        }
        let text = |column: &Column| matches!(column.values, Values::Texts(_));
        let found = columns
            .iter()
            .position(|column| text(column) && begins_with_time(column));
        found.map(|index| read(table, index)).transpose()
    }

    /// A time as text, as precise as the column: `1949-01`, `2016-07-01` or `2016-07-01 13:00:00`; in UTC where the column
    /// gives an offset.
    #[must_use]
    pub fn text(&self, time: i64) -> String {
        self.format.text(time)
    }
}

/// Whether the first value is a time; numbers count as such where they are seconds or milliseconds of this age.
fn begins_with_time(column: &Column) -> bool {
    let rows = column.missing.len() + column.present();
    let first = (0..rows).find(|row| column.missing.binary_search(row).is_err());
    first.is_some_and(|row| cell(column, row).is_some())
}

/// The time of a cell that is not missing.
fn cell(column: &Column, row: usize) -> Option<(TimeFormat, i64)> {
    match &column.values {
        Values::Numbers(values) => format::read_number(values[row]),
        Values::Texts(texts) => {
            let text = texts.get(row);
            // A column of numbers with a text among them is kept as texts.
            let number = || format::read_number(text.parse().ok()?);
            format::read_text(text).or_else(number)
        }
    }
}

fn read(table: &Table, index: usize) -> Result<TimeColumn, TimeError> {
    let column = &table.columns()[index];
    if let Some(&row) = column.missing.first() {
        return Err(TimeError::Missing {
            line: table.line(row),
            column: column.name.clone(),
        });
    }
    let mut times = Vec::with_capacity(table.rows());
    let mut first_format = None;
    for row in 0..table.rows() {
        let line = table.line(row);
        let Some((format, time)) = cell(column, row) else {
            return Err(TimeError::NotATime {
                line,
                column: column.name.clone(),
                cell: match &column.values {
                    Values::Numbers(values) => values[row].to_string(),
                    Values::Texts(texts) => texts.get(row).chars().take(40).collect(),
                },
            });
        };
        let expected = *first_format.get_or_insert(format);
        if format != expected {
            return Err(TimeError::MixedFormats {
                column: column.name.clone(),
                first_line: table.line(0),
                first: expected,
                line,
                other: format,
            });
        }
        times.push(time);
    }
    // A table has at least one row.
    let format = first_format.unwrap_or(TimeFormat::Date);
    Ok(TimeColumn {
        columns: vec![index],
        format,
        times,
    })
}

/// Microseconds of a time that a person wrote, in any of the formats of texts.
pub(crate) fn time_of(text: &str) -> Option<i64> {
    format::read_text(text).map(|(_, time)| time)
}

/// Microseconds of a date and a time of day, as if in UTC.
pub(crate) fn microseconds(time: jiff::civil::DateTime) -> Option<i64> {
    let time = Offset::UTC.to_timestamp(time).ok()?;
    (time.subsec_nanosecond() % 1000 == 0).then(|| time.as_microsecond())
}

/// Date and time of day of microseconds, in UTC; none beyond the years -9999 to 9999.
pub(crate) fn civil(time: i64) -> Option<jiff::civil::DateTime> {
    let time = Timestamp::from_microsecond(time).ok()?;
    Some(Offset::UTC.to_datetime(time))
}
