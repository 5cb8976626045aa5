//! The columns that have a role, as numbers.

use std::borrow::Cow;

use super::categories::{self, numbers};
use super::error::SeriesError;
use super::grid::Whole;
use super::schema::{Covariate, CovariateKind, CovariateRole};
use crate::table::{Column, Place, Table};

/// A column with one number for each row of the table, not a number where missing.
pub(super) struct Source<'a> {
    pub(super) column: &'a Column,
    pub(super) kind: CovariateKind,
    /// None for a target.
    pub(super) role: Option<CovariateRole>,
    values: Cow<'a, [f64]>,
}

/// Columns in the schema's order.
pub(super) struct Columns<'a> {
    pub(super) table: &'a Table,
    /// Targets, past covariates, known covariates.
    pub(super) temporal: Vec<Source<'a>>,
    pub(super) statics: Vec<Source<'a>>,
    pub(super) targets: usize,
}

impl<'a> Columns<'a> {
    /// `targets` and `covariates` are columns of the table.
    pub(super) fn read(
        table: &'a Table,
        targets: &[&'a Column],
        covariates: &[(&'a Column, &Covariate)],
    ) -> Result<Columns<'a>, SeriesError> {
        let mut temporal = Vec::with_capacity(targets.len() + covariates.len());
        let mut statics = Vec::new();
        for &column in targets {
            temporal.push(Source {
                column,
                kind: CovariateKind::Number,
                role: None,
                values: numbers(table, column, "target")?,
            });
        }
        for &(column, covariate) in covariates {
            let source = Source {
                column,
                kind: covariate.kind.clone(),
                role: Some(covariate.role),
                values: categories::values(table, column, &covariate.kind)?,
            };
            match covariate.role {
                CovariateRole::Static => statics.push(source),
                CovariateRole::Past | CovariateRole::Known => temporal.push(source),
            }
        }
        Ok(Columns {
            table,
            temporal,
            statics,
            targets: targets.len(),
        })
    }

    /// Where a row of a series stands in the file; of one in a gap of the file, where the one before it does.
    pub(super) fn place(&self, whole: &Whole, row: usize) -> Place {
        let before = whole.rows[..=row].iter().rev().flatten().next();
        self.table.place(before.copied().unwrap_or(0))
    }

    /// Number of the line or row in the file of a row of a series; 0 where the file has a gap.
    pub(super) fn line(&self, whole: &Whole, row: usize) -> u64 {
        whole.rows[row].map_or(0, |row| self.table.line(row))
    }

    /// Whether there are covariates that are known ahead.
    pub(super) fn has_known(&self) -> bool {
        self.temporal
            .iter()
            .any(|source| source.role == Some(CovariateRole::Known))
    }
}

impl Source<'_> {
    /// The value in a row of a series; not a number where it is missing.
    pub(super) fn value(&self, whole: &Whole, row: usize) -> f64 {
        whole.rows[row].map_or(f64::NAN, |row| self.values[row])
    }

    /// The one value of a static covariate.
    pub(super) fn static_value(&self, table: &Table, whole: &Whole) -> Result<f64, SeriesError> {
        let rows = || whole.rows.iter().flatten().copied();
        let first = rows().find(|&row| !self.values[row].is_nan());
        let Some(first) = first else {
            return Err(SeriesError::StaticMissing {
                series: whole.name.clone(),
                column: self.column.name.clone(),
            });
        };
        let value = self.values[first];
        let other = rows().find(|&row| !self.values[row].is_nan() && self.values[row] != value);
        let text = |row| categories::shortened(&categories::cell(self.column, row));
        match other {
            None => Ok(value),
            Some(row) => Err(SeriesError::StaticChanges {
                series: whole.name.clone(),
                column: self.column.name.clone(),
                line: table.place(row),
                value: text(row).into(),
                first_line: table.place(first),
                first: text(first).into(),
            }),
        }
    }
}
