//! A column of a file whose columns have types, as its values arrive.

use super::column::{Column, Marker, Values};
use super::error::TableError;
use super::place::Place;
use super::size;
use super::texts::Texts;
use super::times::{TimeKind, Times};

/// What a column's values become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColumnKind {
    Numbers,
    Texts,
    Times(TimeKind),
}

/// A value of a column; every column holds those of its kind, or null.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    Null,
    Number(f64),
    Text(&'a str),
    /// Microseconds since 1970.
    Time(i64),
}

pub(super) struct TypedColumn {
    column: Column,
    rows: usize,
}

impl TypedColumn {
    pub(super) fn new(name: String, kind: ColumnKind) -> TypedColumn {
        TypedColumn {
            column: Column {
                name,
                values: match kind {
                    ColumnKind::Numbers => Values::Numbers(Vec::new()),
                    ColumnKind::Texts => Values::Texts(Texts::default()),
                    ColumnKind::Times(kind) => Values::Times(Times {
                        microseconds: Vec::new(),
                        kind,
                    }),
                },
                missing: Vec::new(),
                markers: Vec::new(),
                stray: None,
            },
            rows: 0,
        }
    }

    /// Appends a row; numbers that are none are missing.
    pub(super) fn push(&mut self, cell: Cell) -> Result<(), TableError> {
        let marker = match cell {
            Cell::Number(number) if number.is_nan() => Some("NaN"),
            Cell::Number(number) if number.is_infinite() => {
                return Err(TableError::Infinite {
                    place: self.place(),
                    column: self.column.name.clone(),
                    cell: number.to_string(),
                });
            }
            Cell::Null => Some("null"),
            _ => None,
        };
        if let Some(marker) = marker {
            self.mark(marker);
        }
        match (&mut self.column.values, cell) {
            (Values::Numbers(numbers), Cell::Number(number)) => numbers.push(number),
            (Values::Numbers(numbers), _) => numbers.push(f64::NAN),
            (Values::Texts(texts), Cell::Text(text)) => {
                if texts.bytes() + text.len() > size::BYTES {
                    return Err(TableError::TooLarge {
                        what: format!(
                            "has more than 1 GiB of text in column {:?}",
                            self.column.name
                        ),
                        limit: "1 GiB".to_owned(),
                    });
                }
                texts.push(text);
            }
            (Values::Texts(texts), _) => texts.push(""),
            (Values::Times(times), Cell::Time(time)) => times.microseconds.push(time),
            (Values::Times(times), _) => times.microseconds.push(Times::MISSING),
        }
        self.rows += 1;
        Ok(())
    }

    /// An error in the row that is to be appended.
    pub(super) fn unreadable_time(&self, reason: &'static str) -> TableError {
        TableError::UnreadableTime {
            place: self.place(),
            column: self.column.name.clone(),
            reason,
        }
    }

    pub(super) fn finish(self) -> Column {
        self.column
    }

    fn place(&self) -> Place {
        Place::Row(self.rows as u64 + 1)
    }

    fn mark(&mut self, text: &str) {
        let first = self.place();
        self.column.missing.push(self.rows);
        let markers = &mut self.column.markers;
        match markers.iter_mut().find(|marker| marker.text == text) {
            Some(marker) => marker.count += 1,
            None => markers.push(Marker {
                text: text.to_owned(),
                count: 1,
                first,
            }),
        }
    }
}
