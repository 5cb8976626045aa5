//! The readings of a table, as a detector sees them.

use std::collections::HashSet;
use std::ops::Range;

use tidegate_data::{Table, TimeColumn, Values};

use super::error::DetectError;
use crate::error::TrainError;

/// The watched columns of a table, and its times.
#[derive(Clone, Debug)]
pub struct DetectData {
    /// Names of the columns.
    pub names: Vec<String>,
    /// The times of the rows, if there are any.
    pub time: Option<TimeColumn>,
    /// The name of their column, where it is one.
    pub time_name: Option<String>,
    /// Number of rows.
    pub rows: usize,
    /// `[rows, columns]`, not a number where a value is missing.
    values: Vec<f64>,
}

impl DetectData {
    /// Finds the times and the columns: those of `targets`, or all of numbers but those of the times.
    ///
    /// # Errors
    /// [`TrainError::Time`] for times that are not read; [`TrainError::Detect`] for a column that is missing, holds no numbers or
    /// is there twice.
    pub fn of(
        table: &Table,
        time: Option<&str>,
        targets: Option<&[String]>,
    ) -> Result<DetectData, TrainError> {
        let time = TimeColumn::find(table, time)?;
        let columns = table.columns();
        let of_time = |index: &usize| {
            time.as_ref()
                .is_some_and(|time| time.columns.contains(index))
        };
        let is_numbers = |index: &usize| matches!(columns[*index].values, Values::Numbers(_));
        let usual = || {
            (0..columns.len())
                .filter(is_numbers)
                .filter(|index| !of_time(index))
        };
        let chosen: Vec<usize> = match targets {
            None => usual().collect(),
            Some(names) => names
                .iter()
                .map(|name| {
                    let found = columns.iter().position(|column| column.name == *name);
                    found.ok_or_else(|| DetectError::NoSuchColumn {
                        name: name.clone(),
                        columns: usual().map(|index| columns[index].name.clone()).collect(),
                    })
                })
                .collect::<Result<_, _>>()?,
        };
        if chosen.is_empty() {
            return Err(DetectError::NothingToWatch.into());
        }
        let mut names = HashSet::new();
        if let Some(&index) = chosen
            .iter()
            .find(|&&index| !names.insert(&columns[index].name))
        {
            let name = columns[index].name.clone();
            return Err(DetectError::Twice { name }.into());
        }
        let mut numbers = Vec::with_capacity(chosen.len());
        for &index in &chosen {
            let column = &columns[index];
            match &column.values {
                Values::Numbers(values) => numbers.push(values),
                _ => {
                    let stray = column.stray.as_ref();
                    return Err(DetectError::NotNumbers {
                        name: column.name.clone(),
                        stray: stray
                            .map(|stray| format!(": line {} is {:?}", stray.line, stray.cell)),
                    }
                    .into());
                }
            }
        }
        let rows = table.rows();
        let values = (0..rows).flat_map(|row| numbers.iter().map(move |column| column[row]));
        Ok(DetectData {
            names: chosen
                .iter()
                .map(|&index| columns[index].name.clone())
                .collect(),
            time_name: time.as_ref().and_then(|time| match time.columns[..] {
                [index] => Some(columns[index].name.clone()),
                _ => None,
            }),
            rows,
            values: values.collect(),
            time,
        })
    }

    /// The values of a row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        let width = self.names.len();
        &self.values[row * width..(row + 1) * width]
    }

    /// The values of one column in some rows.
    #[must_use]
    pub fn column(&self, column: usize, rows: Range<usize>) -> Vec<f64> {
        rows.map(|row| self.row(row)[column]).collect()
    }

    /// The usual distance of two rows of these in seconds: the median of those that are above 0.
    #[must_use]
    pub fn interval(&self, rows: Range<usize>) -> Option<f64> {
        let times = self.time.as_ref()?.times.get(rows)?;
        let steps = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
        let mut steps: Vec<i64> = steps.filter(|&step| step > 0).collect();
        steps.sort_unstable();
        steps.get(steps.len() / 2).map(|&step| step as f64 / 1e6)
    }

    /// Whether all values of a row are there.
    pub(super) fn is_whole(&self, row: usize) -> bool {
        self.row(row).iter().all(|value| !value.is_nan())
    }

    /// The first so many rows.
    pub(super) fn values_up_to(&self, rows: usize) -> &[f64] {
        &self.values[..rows.min(self.rows) * self.names.len()]
    }
}
