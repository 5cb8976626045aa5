//! A table of files and their labels.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::super::RecordingsOptions;
use super::super::assembly::place;
use super::super::error::{RecordingsError, short};
use super::super::names::{FILES, LABELS};
use super::super::recording::RecordingPlace;
use super::File;
use crate::table::{Column, Table, Values};

/// Gives each file the label that the table has for it. Each file has a row, and each row a file.
pub(super) fn apply(
    path: Arc<Path>,
    options: &RecordingsOptions,
    files: &mut [File],
) -> Result<(), RecordingsError> {
    let table = Table::read(&path)?;
    let names = column(&table, &path, options.id.as_deref(), &FILES, "file")?;
    let labels = column(&table, &path, options.label.as_deref(), &LABELS, "label")?;
    let mut rows: HashMap<String, usize> = HashMap::new();
    for row in 0..table.rows() {
        let name = text(names, row);
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        if let Some(first) = rows.insert(name.clone(), row) {
            return Err(RecordingsError::RepeatedName {
                place: place(&path, table.place(row)),
                name: short(&name),
                first: table.place(first),
            });
        }
    }
    // What is written 001 in the table is read as 1: the file 001.npy is meant where no other one is of that number.
    let mut numbered: HashMap<String, usize> = HashMap::new();
    if matches!(names.values, Values::Numbers(_)) {
        for number in files.iter().filter_map(|file| number(&file.name)) {
            *numbered.entry(number).or_default() += 1;
        }
    }
    for file in files {
        let by_number = || number(&file.name).filter(|number| numbered.get(number) == Some(&1));
        let found = rows.remove(&file.name);
        let Some(row) = found.or_else(|| rows.remove(&by_number()?)) else {
            return Err(RecordingsError::NoLabel {
                place: RecordingPlace {
                    path: path.clone(),
                    place: None,
                },
                recording: short(&file.name),
            });
        };
        file.label = match labels.missing.binary_search(&row) {
            Ok(_) => None,
            Err(_) => Some(text(labels, row)),
        };
    }
    match rows.into_iter().min_by_key(|&(_, row)| row) {
        None => Ok(()),
        Some((name, row)) => Err(RecordingsError::NoSuchFile {
            place: place(&path, table.place(row)),
            file: short(&name),
        }),
    }
}

/// The number that a name is, as the table writes it; none where it is no number.
fn number(name: &str) -> Option<String> {
    let number: f64 = name.parse().ok()?;
    Some((number + 0.0).to_string())
}

fn column<'a>(
    table: &'a Table,
    path: &Arc<Path>,
    asked: Option<&str>,
    usual: &[&str],
    role: &'static str,
) -> Result<&'a Column, RecordingsError> {
    let columns = table.columns().iter();
    let named = |name: &str| {
        columns
            .clone()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    };
    let found = match asked {
        Some(name) => named(name),
        None => usual.iter().find_map(|name| named(name)),
    };
    found.ok_or_else(|| RecordingsError::NoSuchColumn {
        path: path.to_path_buf(),
        role,
        name: short(asked.unwrap_or(usual[0])),
        nearest: None,
        columns: columns.clone().map(|column| column.name.clone()).collect(),
    })
}

fn text(column: &Column, row: usize) -> String {
    match &column.values {
        Values::Numbers(numbers) => (numbers[row] + 0.0).to_string(),
        Values::Texts(texts) => texts.get(row).to_owned(),
        Values::Times(times) => times.microseconds[row].to_string(),
    }
}
