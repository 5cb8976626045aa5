//! The times of a table's rows: which columns hold them, and how they are written.

mod date_order;
mod error;
mod format;
mod parts;
mod precision;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::tz::Offset;

pub use date_order::DateOrder;
pub use error::TimeError;
pub use format::TimeFormat;
pub use precision::TimePrecision;

use crate::table::{Column, Table, Values};
use date_order::WrittenDate;

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

/// What is known of a table's times beforehand; nothing by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeOptions<'a> {
    /// The column that holds them.
    pub name: Option<&'a str>,
    /// What stands first in dates such as `1/7/2016`.
    pub order: Option<DateOrder>,
}

/// The name of the column, or nothing.
impl<'a> From<Option<&'a str>> for TimeOptions<'a> {
    fn from(name: Option<&'a str>) -> TimeOptions<'a> {
        TimeOptions { name, order: None }
    }
}

impl TimeColumn {
    /// Finds the times of a table and reads them; none where no column holds any.
    ///
    /// [`TimeOptions::name`] asks for a column; `year`, where there is one, stands for all columns from `year` to
    /// `second`. Without a name these are tried in turn: columns with a usual name (`ds`, `date`, `timestamp` and the
    /// like), `year`, `month`, `day`, `hour`, `minute` and `second`, the first column that the file keeps as times, and the
    /// first column of texts whose first cell is a time. `20160701` is a time in a column with a usual name, or in the
    /// one that is asked for.
    ///
    /// In dates such as `1/7/2016` the day stands first, or the month, as all of the column's dates allow. Times without an
    /// offset are taken as if they were in UTC: in local times the change to summer time shows as a gap, and the change
    /// back as repeated times.
    ///
    /// # Errors
    /// A missing or unreadable time, two ways of writing in one column, dates of which no one tells its order, or no
    /// column of that name.
    ///
    /// ```
    /// use tidegate_data::{DateOrder, Table, TimeColumn, TimeFormat, TimeOptions};
    ///
    /// let table = Table::from_bytes(b"Month,Passengers\n1949-01,112\n1949-02,118\n")?;
    /// let time = TimeColumn::find(&table, None).unwrap().unwrap();
    /// assert_eq!((time.format, time.text(time.times[1])), (TimeFormat::Month, "1949-02".to_owned()));
    ///
    /// let table = Table::from_bytes(b"day,load\n01/07/2016,5.8\n02/07/2016,5.5\n")?;
    /// assert!(TimeColumn::find(&table, None).is_err());
    /// let options = TimeOptions { order: Some(DateOrder::DayFirst), ..TimeOptions::default() };
    /// let time = TimeColumn::find(&table, options).unwrap().unwrap();
    /// assert_eq!(time.text(time.times[1]), "2016-07-02");
    /// # Ok::<(), tidegate_data::TableError>(())
    /// ```
    pub fn find<'a>(
        table: &Table,
        options: impl Into<TimeOptions<'a>>,
    ) -> Result<Option<TimeColumn>, TimeError> {
        let TimeOptions { name, order } = options.into();
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
            return read(table, index, order, true).map(Some);
        }
        let usual = NAMES.iter().find_map(|name| {
            let named = |column: &Column| column.name.eq_ignore_ascii_case(name);
            let is_time = |column: &Column| match &column.values {
                // A name such as date promises times: what they are not is to be said.
                Values::Texts(_) => *name != "month" || begins_with_time(column, true),
                Values::Numbers(_) => begins_with_time(column, true),
                Values::Times(_) => true,
            };
            columns
                .iter()
                .position(|column| named(column) && is_time(column))
        });
        if let Some(index) = usual {
            return read(table, index, order, true).map(Some);
        }
        if let Some(parts) = parts::find(table) {
            return parts::read(table, parts).map(Some);
        }
        let typed = |column: &Column| matches!(column.values, Values::Times(_));
        let text = |column: &Column| matches!(column.values, Values::Texts(_));
        let found = columns.iter().position(typed).or_else(|| {
            columns
                .iter()
                .position(|column| text(column) && begins_with_time(column, false))
        });
        found
            .map(|index| read(table, index, order, false))
            .transpose()
    }

    /// A time as text, as precise as the column: `1949-01`, `2016-07-01` or `2016-07-01 13:00:00`; in UTC where the column
    /// gives an offset.
    #[must_use]
    pub fn text(&self, time: i64) -> String {
        self.format.text(time)
    }
}

/// Whether the first value is a time; numbers count as such where they are seconds or milliseconds of this age, or dates
/// of eight digits where these are `compact`.
fn begins_with_time(column: &Column, compact: bool) -> bool {
    let rows = column.missing.len() + column.present();
    let first = (0..rows).find(|row| column.missing.binary_search(row).is_err());
    let orders = [DateOrder::DayFirst, DateOrder::MonthFirst];
    let is_time = |row| {
        orders
            .iter()
            .any(|&order| cell(column, row, order, compact).is_some())
    };
    first.is_some_and(is_time)
}

/// The time of a cell that is not missing, with dates in this order and those of eight digits if they are `compact`.
fn cell(column: &Column, row: usize, order: DateOrder, compact: bool) -> Option<(TimeFormat, i64)> {
    let number = |number: f64| {
        let date = || compact.then(|| format::read_compact(number)).flatten();
        format::read_number(number).or_else(date)
    };
    match &column.values {
        Values::Numbers(values) => number(values[row]),
        Values::Texts(texts) => {
            let text = texts.get(row);
            let date = || WrittenDate::read(text)?.time(order);
            // A column of numbers with a text among them is kept as texts.
            let from_number = || number(text.parse().ok()?);
            format::read_text(text).or_else(date).or_else(from_number)
        }
        Values::Times(times) => Some((TimeFormat::Typed(times.kind), times.microseconds[row])),
    }
}

fn read(
    table: &Table,
    index: usize,
    order: Option<DateOrder>,
    compact: bool,
) -> Result<TimeColumn, TimeError> {
    let column = &table.columns()[index];
    if let Some(&row) = column.missing.first() {
        return Err(TimeError::Missing {
            place: table.place(row),
            column: column.name.clone(),
        });
    }
    let order = match (order, &column.values) {
        (None, Values::Texts(texts)) if WrittenDate::read(texts.get(0)).is_some() => {
            let cells = texts.iter().enumerate();
            let cells = cells.map(|(row, cell)| (table.place(row), cell));
            date_order::decide(&column.name, cells)?
        }
        (order, _) => order.unwrap_or(DateOrder::DayFirst),
    };
    let mut times = Vec::with_capacity(table.rows());
    let mut first_format = None;
    for row in 0..table.rows() {
        let place = table.place(row);
        let Some((format, time)) = cell(column, row, order, compact) else {
            return Err(TimeError::NotATime {
                place,
                column: column.name.clone(),
                cell: match &column.values {
                    Values::Numbers(values) => values[row].to_string(),
                    Values::Texts(texts) => texts.get(row).chars().take(40).collect(),
                    Values::Times(times) => times.microseconds[row].to_string(),
                },
            });
        };
        let expected = *first_format.get_or_insert(format);
        if format != expected {
            return Err(TimeError::MixedFormats {
                column: column.name.clone(),
                first_place: table.place(0),
                first: expected,
                place,
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
