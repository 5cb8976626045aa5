//! The labels of the rows of a table.

use std::path::Path;
use std::sync::Arc;

use super::super::assembly::{Assembly, place};
use super::super::error::{RecordingsError, short};
use super::super::recording::{Label, RecordingPlace};
use crate::table::{Column, Table, Values};

/// A column of labels.
pub(super) struct LabelColumn<'a> {
    table: &'a Table,
    column: &'a Column,
    path: &'a Arc<Path>,
    /// Of each row, where some are.
    missing: Vec<bool>,
    /// Whether a column tells recordings apart.
    pub(super) has_ids: bool,
}

impl<'a> LabelColumn<'a> {
    pub(super) fn of(
        table: &'a Table,
        index: usize,
        path: &'a Arc<Path>,
        has_ids: bool,
    ) -> Result<LabelColumn<'a>, RecordingsError> {
        let column = &table.columns()[index];
        if matches!(column.values, Values::Times(_)) {
            return Err(RecordingsError::Malformed {
                place: RecordingPlace {
                    path: path.clone(),
                    place: None,
                },
                reason: format!(
                    "column {:?} holds times: labels are texts or numbers",
                    column.name
                ),
            });
        }
        let mut missing = Vec::new();
        if !column.missing.is_empty() {
            missing = vec![false; table.rows()];
            for &row in &column.missing {
                missing[row] = true;
            }
        }
        Ok(LabelColumn {
            table,
            column,
            path,
            missing,
            has_ids,
        })
    }

    /// The one label of these rows; it may be missing in some of them.
    pub(super) fn whole(
        &self,
        recording: &str,
        rows: &[usize],
        assembly: &mut Assembly,
    ) -> Result<Label, RecordingsError> {
        let mut labelled = rows.iter().copied().filter(|&row| !self.is_missing(row));
        let Some(first) = labelled.next() else {
            return Ok(Label::None);
        };
        match labelled.find(|&row| !self.same(first, row)) {
            None => Ok(Label::Whole(self.text(first, assembly))),
            Some(second) => Err(RecordingsError::TwoLabels {
                place: place(self.path, self.table.place(first)),
                recording: short(recording),
                first: short(&self.text(first, assembly)),
                second: short(&self.text(second, assembly)),
                second_place: self.table.place(second),
                has_ids: self.has_ids,
            }),
        }
    }

    /// The label of each row; none where all are missing.
    pub(super) fn steps(
        &self,
        recording: &str,
        rows: &[usize],
        assembly: &mut Assembly,
    ) -> Result<Label, RecordingsError> {
        let mut missing = rows.iter().copied().filter(|&row| self.is_missing(row));
        if let Some(row) = missing.next() {
            return match missing.count() + 1 == rows.len() {
                true => Ok(Label::None),
                false => Err(RecordingsError::StepWithoutLabel {
                    place: place(self.path, self.table.place(row)),
                    recording: short(recording),
                }),
            };
        }
        let labels = rows.iter().map(|&row| self.text(row, assembly));
        Ok(Label::Steps(labels.collect()))
    }

    fn is_missing(&self, row: usize) -> bool {
        self.missing.get(row).is_some_and(|&missing| missing)
    }

    fn same(&self, one: usize, other: usize) -> bool {
        match &self.column.values {
            Values::Numbers(numbers) => numbers[one] == numbers[other],
            Values::Texts(texts) => texts.get(one) == texts.get(other),
            Values::Times(_) => true,
        }
    }

    fn text(&self, row: usize, assembly: &mut Assembly) -> Arc<str> {
        match &self.column.values {
            // 1 and 1.0 are one label.
            Values::Numbers(numbers) => assembly.label(&(numbers[row] + 0.0).to_string()),
            Values::Texts(texts) => assembly.label(texts.get(row)),
            Values::Times(_) => assembly.label(""),
        }
    }
}
