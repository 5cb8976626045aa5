//! What becomes of missing values: a whole series becomes pieces without any, or with masks.

use std::ops::Range;

use super::columns::Columns;
use super::error::MissingError;
use super::grid::Whole;
use super::note::SeriesNote;
use super::options::{Missing, Purpose};
use super::schema::{CovariateKind, CovariateRole};

/// Rows of a whole series that stay together.
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    /// Rows of them with a history.
    pub(super) history: usize,
    /// Each temporal column over the range, after filling. Under [`Missing::Mask`] what is missing before the first observed value, and
    /// categories, stay missing, as does what is missing in the rows after the history.
    pub(super) columns: Vec<Vec<f64>>,
}

/// A whole series on its way to pieces.
pub(super) struct Treatment<'a> {
    pub(super) columns: &'a Columns<'a>,
    pub(super) whole: &'a Whole,
    pub(super) missing: Missing,
    /// Columns that have a mask.
    pub(super) masked: &'a [String],
    pub(super) purpose: Purpose,
}

impl Treatment<'_> {
    pub(super) fn pieces(&self, notes: &mut Vec<SeriesNote>) -> Result<Vec<Piece>, MissingError> {
        let rows = self.whole.rows.len();
        let mut raw: Vec<Vec<f64>> = self
            .columns
            .temporal
            .iter()
            .map(|source| (0..rows).map(|row| source.value(self.whole, row)).collect())
            .collect();
        let history = self.history(&raw);
        if history == 0 {
            return Err(MissingError::NoHistory {
                series: self.whole.name.clone(),
            });
        }
        let end = match self.purpose {
            Purpose::Evaluate => rows,
            Purpose::Forecast { horizon } => rows.min(history.saturating_add(horizon)),
        };
        if self.missing == Missing::Drop {
            return self.drop(&raw, history, end, notes);
        }
        let mut start = 0;
        match self.missing {
            Missing::Refuse => refuse(self.columns, self.whole, history)?,
            Missing::Mask => self.check_masks(&raw, history)?,
            _ => {
                start = self.first_complete(&raw, history)?;
                if start > 0 {
                    notes.push(SeriesNote::LeadingRowsLeftOut {
                        series: self.whole.name.clone(),
                        rows: start,
                    });
                }
            }
        }
        for (source, values) in self.columns.temporal.iter().zip(&mut raw) {
            let values = &mut values[start..history];
            let count = values.iter().filter(|value| value.is_nan()).count();
            if count == 0 {
                continue;
            }
            notes.push(SeriesNote::ValuesFilled {
                series: self.whole.name.clone(),
                column: source.column.name.clone(),
                count,
                missing: self.missing,
            });
            let number = source.kind == CovariateKind::Number;
            match self.missing {
                Missing::Linear if number => interpolate(values),
                Missing::Mask if number => fill_forward(values),
                Missing::Linear | Missing::ForwardFill => fill_forward(values),
                _ => {}
            }
        }
        self.check_ahead(&raw, history..end)?;
        Ok(vec![Piece {
            range: start..end,
            history: history - start,
            columns: raw
                .into_iter()
                .map(|mut values| {
                    values.truncate(end);
                    values.drain(..start);
                    values
                })
                .collect(),
        }])
    }

    /// Rows before those that only hold what is known ahead.
    fn history(&self, raw: &[Vec<f64>]) -> usize {
        let rows = self.whole.rows.len();
        if self.purpose == Purpose::Evaluate || !self.columns.has_known() {
            return rows;
        }
        let ahead = |row: &usize| {
            let sources = self.columns.temporal.iter().zip(raw);
            self.whole.rows[*row].is_some()
                && sources
                    .filter(|(source, _)| source.role != Some(CovariateRole::Known))
                    .all(|(_, values)| values[*row].is_nan())
        };
        rows - (0..rows).rev().take_while(ahead).count()
    }

    fn check_masks(&self, raw: &[Vec<f64>], history: usize) -> Result<(), MissingError> {
        for (source, values) in self.columns.temporal.iter().zip(raw) {
            let row = values[..history].iter().position(|value| value.is_nan());
            if let Some(row) = row
                && !self.masked.contains(&source.column.name)
            {
                return Err(MissingError::NotMasked {
                    series: self.whole.name.clone(),
                    column: source.column.name.clone(),
                    line: self.columns.place(self.whole, row),
                });
            }
        }
        Ok(())
    }

    /// The first row by which every column was observed.
    fn first_complete(&self, raw: &[Vec<f64>], history: usize) -> Result<usize, MissingError> {
        let mut first = 0;
        for (source, values) in self.columns.temporal.iter().zip(raw) {
            let observed = values[..history].iter().position(|value| !value.is_nan());
            first = first.max(observed.ok_or_else(|| MissingError::NeverObserved {
                series: self.whole.name.clone(),
                column: source.column.name.clone(),
            })?);
        }
        Ok(first)
    }

    /// What is known ahead has to be there in the rows that are forecast.
    fn check_ahead(&self, raw: &[Vec<f64>], rows: Range<usize>) -> Result<(), MissingError> {
        for (source, values) in self.columns.temporal.iter().zip(raw) {
            if source.role != Some(CovariateRole::Known) {
                continue;
            }
            if let Some(row) = rows.clone().find(|&row| values[row].is_nan()) {
                return Err(MissingError::MissingAhead {
                    series: self.whole.name.clone(),
                    line: self.columns.place(self.whole, row),
                    column: source.column.name.clone(),
                });
            }
        }
        Ok(())
    }

    fn drop(
        &self,
        raw: &[Vec<f64>],
        history: usize,
        end: usize,
        notes: &mut Vec<SeriesNote>,
    ) -> Result<Vec<Piece>, MissingError> {
        let complete = |row: usize| raw.iter().all(|values| !values[row].is_nan());
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for row in (0..history).filter(|&row| complete(row)) {
            match ranges.last_mut() {
                Some(range) if range.end == row => range.end = row + 1,
                _ => ranges.push(row..row + 1),
            }
        }
        let left: usize = ranges.iter().map(Range::len).sum();
        let Some(last) = ranges.last().cloned() else {
            return Err(MissingError::NothingLeft {
                series: self.whole.name.clone(),
            });
        };
        if left < history {
            notes.push(SeriesNote::RowsLeftOut {
                series: self.whole.name.clone(),
                rows: history - left,
                pieces: ranges.len(),
            });
        }
        if let Purpose::Forecast { horizon } = self.purpose {
            // The forecast begins after the last complete row: covariates that are known ahead stand there already.
            let end = match self.columns.has_known() {
                true => self.whole.rows.len().min(last.end.saturating_add(horizon)),
                false => last.end.min(end),
            };
            self.check_ahead(raw, last.end..end)?;
            return Ok(vec![Piece {
                range: last.start..end,
                history: last.len(),
                columns: cut(raw, last.start..end),
            }]);
        }
        let piece = |range: Range<usize>| Piece {
            history: range.len(),
            columns: cut(raw, range.clone()),
            range,
        };
        Ok(ranges.into_iter().map(piece).collect())
    }
}

/// Names the first line with a missing value in the first rows, and in it the first column.
pub(super) fn refuse(columns: &Columns, whole: &Whole, rows: usize) -> Result<(), MissingError> {
    let missing = columns.temporal.iter().filter_map(|source| {
        let row = (0..rows).find(|&row| source.value(whole, row).is_nan())?;
        Some((row, source))
    });
    match missing.min_by_key(|&(row, _)| row) {
        None => Ok(()),
        Some((row, source)) => Err(MissingError::MissingValue {
            series: whole.name.clone(),
            line: columns.place(whole, row),
            column: source.column.name.clone(),
            count: source.column.missing.len(),
        }),
    }
}

fn cut(raw: &[Vec<f64>], range: Range<usize>) -> Vec<Vec<f64>> {
    raw.iter()
        .map(|values| values[range.clone()].to_vec())
        .collect()
}

/// Repeats the last value; the first one has to be there.
fn fill_forward(values: &mut [f64]) {
    for row in 1..values.len() {
        if values[row].is_nan() {
            values[row] = values[row - 1];
        }
    }
}

/// Draws straight lines between the values, and repeats the last one.
fn interpolate(values: &mut [f64]) {
    let mut last = 0;
    for row in 1..values.len() {
        if values[row].is_nan() {
            continue;
        }
        let (from, to, steps) = (values[last], values[row], (row - last) as f64);
        for (step, between) in (1..).zip(&mut values[last + 1..row]) {
            let share = f64::from(step) / steps;
            *between = from * (1.0 - share) + to * share;
        }
        last = row;
    }
    fill_forward(values);
}
