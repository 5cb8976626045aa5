//! The rows of each series on a grid of equal steps.

use std::sync::Arc;

use super::error::GridError;
use super::note::SeriesNote;
use super::options::Missing;
use crate::frequency::Frequency;
use crate::table::Table;
use crate::table_layout::TableLayout;
use crate::time_column::{TimeColumn, civil, microseconds};
use crate::time_steps::TimeSteps;

/// A whole series on its grid.
pub(super) struct Whole {
    /// Empty for the one series of a wide table.
    pub(super) name: String,
    /// Rows of the table; none where the table has a gap.
    pub(super) rows: Vec<Option<usize>>,
    /// Their times; row numbers where the table has none.
    pub(super) times: Arc<Vec<i64>>,
}

/// All series of a table on their grids.
pub(super) struct Grid {
    pub(super) wholes: Vec<Whole>,
    pub(super) frequency: Option<Frequency>,
    /// Whether months are counted from end to end.
    pub(super) month_end: bool,
    pub(super) notes: Vec<SeriesNote>,
}

/// How many times as long gaps may make a table.
const GROWTH: usize = 10;

/// Lays the rows on their grids. `expected` is the frequency of the rows in training, where there was a training.
pub(super) fn lay(
    table: &Table,
    time: Option<&TimeColumn>,
    layout: &TableLayout,
    missing: Missing,
    expected: Option<Frequency>,
) -> Result<Grid, GridError> {
    let (names, rows) = named_rows(table, layout)?;
    let Some(time) = time else {
        let wholes = names.into_iter().zip(rows).map(|(name, rows)| Whole {
            name,
            times: Arc::new((0..rows.len() as i64).collect()),
            rows: rows.into_iter().map(Some).collect(),
        });
        return Ok(Grid {
            wholes: wholes.collect(),
            frequency: None,
            month_end: false,
            notes: Vec::new(),
        });
    };
    let steps = TimeSteps::of(time, &rows);
    let place = Places {
        table,
        time,
        names: &names,
        rows: &rows,
    };
    place.check_order(&steps)?;
    let frequency = match (steps.frequency, expected) {
        (Some(found), Some(expected)) if found != expected => {
            return Err(GridError::FrequencyDiffers { expected, found });
        }
        (found, expected) => found.or(expected).ok_or(GridError::NoStep)?,
    };
    place.check_steps(&steps, frequency, missing)?;
    let month_end = matches!(frequency, Frequency::Months(_)) && days_differ(&time.times);
    let mut notes = Vec::new();
    let mut wholes = Vec::with_capacity(rows.len());
    for (name, rows) in names.into_iter().zip(&rows) {
        let mut whole = Whole {
            name,
            rows: Vec::with_capacity(rows.len()),
            times: Arc::default(),
        };
        let mut times = Vec::with_capacity(rows.len());
        let mut gaps = 0;
        for (index, &row) in rows.iter().enumerate() {
            if index > 0 {
                let before = time.times[rows[index - 1]];
                let between = steps_between(frequency, before, time.times[row]) - 1;
                gaps += usize::from(between > 0);
                for step in 1..=between {
                    whole.rows.push(None);
                    times.push(after(frequency, month_end, before, step).ok_or_else(|| {
                        GridError::BeyondCalendar {
                            time: time.text(before).into(),
                        }
                    })?);
                }
            }
            whole.rows.push(Some(row));
            times.push(time.times[row]);
        }
        if gaps > 0 {
            notes.push(SeriesNote::GapsFilled {
                series: whole.name.clone(),
                gaps,
                rows: times.len() - rows.len(),
            });
        }
        whole.times = Arc::new(times);
        wholes.push(whole);
    }
    Ok(Grid {
        wholes,
        frequency: Some(frequency),
        month_end,
        notes,
    })
}

/// The time so many steps later; none beyond the years of the calendar.
pub(super) fn after(frequency: Frequency, month_end: bool, time: i64, steps: i64) -> Option<i64> {
    match frequency {
        Frequency::Microseconds(length) => {
            let time = time.checked_add(length.checked_mul(steps)?)?;
            civil(time).map(|_| time)
        }
        Frequency::Months(length) => {
            let start = civil(time)?;
            let months = length.checked_mul(steps)?;
            let later = start
                .checked_add(jiff::Span::new().try_months(months).ok()?)
                .ok()?;
            let later = match month_end {
                true => later.date().last_of_month().to_datetime(later.time()),
                false => later,
            };
            microseconds(later)
        }
    }
}

/// Whole steps from one time to a later one of the same grid.
fn steps_between(frequency: Frequency, from: i64, to: i64) -> i64 {
    match frequency {
        Frequency::Microseconds(length) => (to - from) / length,
        Frequency::Months(length) => {
            let month = |time| {
                civil(time).map_or(0, |time| {
                    i64::from(time.year()) * 12 + i64::from(time.month())
                })
            };
            (month(to) - month(from)) / length
        }
    }
}

fn days_differ(times: &[i64]) -> bool {
    let mut days = times.iter().map(|&time| civil(time).map(|time| time.day()));
    let first = days.next();
    days.any(|day| Some(day) != first)
}

type NamedRows = (Vec<String>, Vec<Vec<usize>>);

fn named_rows(table: &Table, layout: &TableLayout) -> Result<NamedRows, GridError> {
    let TableLayout::Long { column, series } = layout else {
        return Ok((vec![String::new()], vec![(0..table.rows()).collect()]));
    };
    let column = &table.columns()[*column];
    match column.missing.first() {
        Some(&row) => Err(GridError::SeriesNameMissing {
            column: column.name.clone(),
            line: table.place(row),
        }),
        None => Ok(series
            .iter()
            .map(|one| (one.name.clone(), one.rows.clone()))
            .unzip()),
    }
}

/// Names the rows that break a grid.
struct Places<'a> {
    table: &'a Table,
    time: &'a TimeColumn,
    names: &'a [String],
    rows: &'a [Vec<usize>],
}

impl Places<'_> {
    /// The series of a row, and the row's place among its rows.
    fn find(&self, row: usize) -> (usize, usize) {
        let found = self.rows.iter().enumerate().find_map(|(series, rows)| {
            // Rows of a series rise.
            rows.binary_search(&row).ok().map(|place| (series, place))
        });
        found.unwrap_or((0, 0))
    }

    fn check_order(&self, steps: &TimeSteps) -> Result<(), GridError> {
        let text = |row: usize| self.time.text(self.time.times[row]);
        if let Some(places) = steps.backwards {
            let (series, place) = self.find(places.first);
            let before = self.rows[series][place - 1];
            return Err(GridError::Backwards {
                series: self.names[series].clone(),
                line: self.table.place(places.first),
                time: text(places.first).into(),
                line_before: self.table.place(before),
                before: text(before).into(),
                count: places.count,
            });
        }
        if let Some(places) = steps.repeated {
            let (series, _) = self.find(places.first);
            let same = |&&row: &&usize| text(row) == text(places.first);
            let first = self.rows[series].iter().find(same).copied();
            return Err(GridError::Repeated {
                series: self.names[series].clone(),
                line: self.table.place(places.first),
                first_line: self.table.place(first.unwrap_or(places.first)),
                time: text(places.first).into(),
                count: places.count,
            });
        }
        Ok(())
    }

    fn check_steps(
        &self,
        steps: &TimeSteps,
        frequency: Frequency,
        missing: Missing,
    ) -> Result<(), GridError> {
        let text = |row: usize| self.time.text(self.time.times[row]);
        if let Some(places) = steps.uneven {
            let (series, place) = self.find(places.first);
            let before = self.rows[series][place - 1];
            return Err(GridError::Uneven {
                series: self.names[series].clone(),
                line: self.table.place(places.first),
                time: text(places.first).into(),
                line_before: self.table.place(before),
                before: text(before).into(),
                frequency,
                count: places.count,
            });
        }
        let Some(gaps) = steps.gaps else {
            return Ok(());
        };
        let limit = self.table.rows().max(1000).saturating_mul(GROWTH);
        let too_long = usize::try_from(gaps.missing).map_or(true, |rows| rows > limit);
        if missing != Missing::Refuse && !too_long {
            return Ok(());
        }
        let gap = if too_long { gaps.longest } else { gaps.first };
        let (series, place) = self.find(gap.row);
        let before = self.rows[series][place - 1];
        let name = self.names[series].clone();
        let rows = usize::try_from(gap.missing).unwrap_or(usize::MAX);
        Err(match too_long && missing != Missing::Refuse {
            true => GridError::GapTooLong {
                series: name,
                line: self.table.place(gap.row),
                time: text(gap.row).into(),
                before: text(before).into(),
                frequency,
                missing: rows,
                rows: self.table.rows(),
                limit,
            },
            false => GridError::Gap {
                series: name,
                line: self.table.place(gap.row),
                time: text(gap.row).into(),
                line_before: self.table.place(before),
                before: text(before).into(),
                frequency,
                missing: rows,
                count: gaps.count,
            },
        })
    }
}
