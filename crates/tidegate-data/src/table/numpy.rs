//! NumPy's arrays: one in a `.npy` file, several in an archive of them (`.npz`).

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::column::Column;
use super::error::{SAVE_AS_TABLE, TableError, quoted};
use super::typed_column::{Cell, ColumnKind, TypedColumn};
use super::{Rows, Table, TableFormat, TimeKind, Times, names, size};
use crate::npy::{Array, Element};

const EXTENSION: &str = ".npy";

/// Columns of one array of `rows` rows.
struct Part {
    names: Vec<String>,
    columns: Vec<Column>,
    rows: usize,
}

/// One array: a vector is the column `value`, a matrix has the columns `column_0` and so on.
pub(super) fn read_array(bytes: &[u8]) -> Result<Table, TableError> {
    let part = part(bytes, "value", "column", |reason| TableError::Damaged {
        format: "NumPy file",
        reason,
    })?;
    table(part.columns, part.rows, TableFormat::Npy)
}

/// An archive of arrays: a vector is a column with its name, a matrix has the columns `name_0` and so on.
pub(super) fn read_archive(bytes: &[u8]) -> Result<Table, TableError> {
    let archive_error = |reason: String| TableError::Damaged {
        format: "NumPy archive",
        reason,
    };
    let of_zip = |error: ZipError| archive_error(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(of_zip)?;
    let mut parts: Vec<(String, Part)> = Vec::new();
    let mut left = size::BYTES;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(of_zip)?;
        let file_name = file.name().map_err(of_zip)?.into_owned();
        let Some(name) = file_name.strip_suffix(EXTENSION) else {
            return Err(TableError::OtherFormat {
                found: "a ZIP archive or a spreadsheet",
                instead: SAVE_AS_TABLE,
            });
        };
        let mut content = Vec::new();
        let mut limited = file.by_ref().take(left as u64 + 1);
        limited
            .read_to_end(&mut content)
            .map_err(|error| archive_error(error.to_string()))?;
        left = left
            .checked_sub(content.len())
            .ok_or_else(|| TableError::TooLarge {
                what: "has more than 1 GiB of values once it is unpacked".to_owned(),
                limit: "1 GiB".to_owned(),
            })?;
        let part = part(&content, name, name, |reason| {
            archive_error(format!("array {:?}: {reason}", quoted(name)))
        })?;
        parts.push((name.to_owned(), part));
    }
    let Some((first_name, first)) = parts.first() else {
        return Err(TableError::NoRows);
    };
    if let Some((name, part)) = parts.iter().find(|(_, part)| part.rows != first.rows) {
        return Err(TableError::UnequalLengths {
            first: first_name.clone(),
            first_rows: first.rows,
            other: name.clone(),
            other_rows: part.rows,
        });
    }
    let rows = first.rows;
    let given = parts.iter().flat_map(|(_, part)| &part.names);
    names::distinct(given.map(String::as_str), None)?;
    let columns = parts.into_iter().flat_map(|(_, part)| part.columns);
    table(columns.collect(), rows, TableFormat::Npz)
}

fn table(columns: Vec<Column>, rows: usize, format: TableFormat) -> Result<Table, TableError> {
    size::allow(rows, columns.len())?;
    if columns.is_empty() || rows == 0 {
        return Err(TableError::NoRows);
    }
    Ok(Table {
        format,
        columns,
        rows: Rows::Counted(rows),
    })
}

/// Reads an array with the name of its column if it is a vector, and the beginning of the names if it is a matrix.
fn part(
    bytes: &[u8],
    vector: &str,
    matrix: &str,
    damaged: impl Fn(String) -> TableError,
) -> Result<Part, TableError> {
    let array = Array::read(bytes).map_err(&damaged)?;
    let (rows, names) = match array.shape[..] {
        [rows] => (rows, vec![vector.to_owned()]),
        [rows, columns] => {
            size::allow(rows, columns)?;
            let names = (0..columns).map(|column| format!("{matrix}_{column}"));
            (rows, names.collect())
        }
        _ => {
            return Err(damaged(format!(
                "it has the shape {:?}: [rows] or [rows, columns] is expected",
                array.shape
            )));
        }
    };
    size::allow(rows, names.len())?;
    let kind = match array.element {
        Element::Text { .. } => ColumnKind::Texts,
        Element::Time(unit) if unit.is_date() => ColumnKind::Times(TimeKind::Date),
        Element::Time(_) => ColumnKind::Times(TimeKind::Civil),
        _ => ColumnKind::Numbers,
    };
    let columns = names.iter().enumerate().map(|(index, name)| {
        let mut column = TypedColumn::new(name.clone(), kind);
        for row in 0..rows {
            let place = array.place(row, index, names.len());
            let text;
            let cell = match array.element {
                Element::Text { .. } => {
                    let found = array.text(place);
                    text = found.ok_or_else(|| {
                        damaged(format!("row {}: a text is none in Unicode", row + 1))
                    })?;
                    Cell::Text(&text)
                }
                Element::Time(unit) => match array.whole(place) {
                    i64::MIN => Cell::Null,
                    time => match Times::checked(unit.microseconds(time)) {
                        Ok(time) => Cell::Time(time),
                        Err(reason) => return Err(column.unreadable_time(reason)),
                    },
                },
                _ => Cell::Number(array.number(place)),
            };
            column.push(cell)?;
        }
        Ok(column.finish())
    });
    Ok(Part {
        columns: columns.collect::<Result<_, _>>()?,
        names,
        rows,
    })
}
