//! A table with a row for each step: a column tells recordings apart, another one may order their rows.

mod labels;
mod roles;
mod row_order;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;

use super::assembly::{Assembly, check_size, place};
use super::error::{RecordingsError, short};
use super::recording::{Label, Recording};
use super::{Recordings, RecordingsFormat, RecordingsNote, RecordingsOptions};
use crate::table::{Column, Table, Values};
use crate::table_layout::TableLayout;
use labels::LabelColumn;
use roles::Roles;
use row_order::RowOrder;

pub(super) fn read(
    table: &Table,
    path: Arc<Path>,
    options: &RecordingsOptions,
) -> Result<Recordings, RecordingsError> {
    let roles = Roles::find(table, &path, options)?;
    let columns = table.columns();
    let channels: Vec<&[f64]> = roles
        .channels
        .iter()
        .map(|&index| numbers(table, &columns[index], &path))
        .collect::<Result<_, _>>()?;
    check_size(
        table.rows().saturating_mul(channels.len()),
        &place(&path, table.place(table.rows() - 1)),
    )?;
    let order = roles
        .time
        .map(|index| RowOrder::of(table, index, &path))
        .transpose()?;
    let labels = roles
        .label
        .filter(|_| !options.ignore_labels)
        .map(|index| LabelColumn::of(table, index, &path, roles.id.is_some()))
        .transpose()?;
    let names = roles
        .channels
        .iter()
        .map(|&index| columns[index].name.clone());
    let mut assembly = Assembly::new(path.clone(), names.collect());
    for (name, mut rows) in recordings(table, &path, roles.id)? {
        let first = rows[0];
        if let Some(order) = &order {
            order.sort(&name, &mut rows)?;
        }
        let label = match &labels {
            None => Label::None,
            Some(labels) if options.every_step => labels.steps(&name, &rows, &mut assembly)?,
            Some(labels) => labels.whole(&name, &rows, &mut assembly)?,
        };
        let mut values = Vec::with_capacity(rows.len() * channels.len());
        for &row in &rows {
            values.extend(channels.iter().map(|channel| channel[row] as f32));
        }
        let recording = Recording {
            name,
            values,
            label,
            place: place(&path, table.place(first)),
        };
        assembly.add(recording, |step| place(&path, table.place(rows[step])))?;
    }
    let mut notes = roles.notes;
    if let (Some(id), true) = (
        roles.id,
        assembly.len() > 1 && assembly.len() == table.rows(),
    ) {
        notes.push(RecordingsNote::OneStepEach {
            column: columns[id].name.clone(),
        });
    }
    assembly.finish(RecordingsFormat::LongTable(table.format()), notes)
}

fn numbers<'a>(
    table: &Table,
    column: &'a Column,
    path: &Arc<Path>,
) -> Result<&'a [f64], RecordingsError> {
    let refused = match &column.values {
        Values::Numbers(numbers) => return Ok(numbers),
        Values::Texts(texts) => {
            let is_text = |text: &str| text.parse::<f64>().is_err();
            let missing: std::collections::HashSet<usize> =
                column.missing.iter().copied().collect();
            let mut rows = (0..texts.len()).filter(|row| !missing.contains(row));
            let row = rows.find(|&row| is_text(texts.get(row))).unwrap_or(0);
            (row, texts.get(row).to_owned())
        }
        Values::Times(_) => (0, "a time".to_owned()),
    };
    Err(RecordingsError::NotANumber {
        place: place(path, table.place(refused.0)),
        column: column.name.clone(),
        cell: short(&refused.1),
    })
}

/// The rows of each recording; without ids, the file is one.
fn recordings(
    table: &Table,
    path: &Arc<Path>,
    id: Option<usize>,
) -> Result<Vec<(String, Vec<usize>)>, RecordingsError> {
    let Some(id) = id else {
        let name = path.file_stem().unwrap_or(path.as_os_str());
        let name = name.to_string_lossy().into_owned();
        return Ok(vec![(name, (0..table.rows()).collect())]);
    };
    let column = &table.columns()[id];
    if let Some(&row) = column.missing.first() {
        return Err(RecordingsError::NoId {
            place: place(path, table.place(row)),
            column: column.name.clone(),
        });
    }
    match TableLayout::by_column(table, id) {
        TableLayout::Wide => Ok(Vec::new()),
        TableLayout::Long { series, .. } => {
            Ok(series.into_iter().map(|one| (one.name, one.rows)).collect())
        }
    }
}
