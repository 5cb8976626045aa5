//! From the cells of a column to its values.

use super::cells::{self, Cell, Decimal};
use super::error::{TableError, quoted};
use super::place::Place;
use super::texts::Texts;
use super::times::Times;

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name in the header; `unnamed_2` where the header leaves the second column's name empty.
    pub name: String,
    /// One value for each row.
    pub values: Values,
    /// The rows whose value is missing, from 0, in rising order.
    pub missing: Vec<usize>,
    /// What stands for missing values in this column.
    pub markers: Vec<Marker>,
    /// Texts in a column that is one of numbers otherwise; its values are kept as texts.
    pub stray: Option<StrayText>,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Finite numbers, and not-a-number in the rows that are missing.
    Numbers(Vec<f64>),
    /// The cells as written, without spaces around them.
    Texts(Texts),
    /// Times that the file keeps as such.
    Times(Times),
}

/// How often a marker stands for a missing value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// As written, empty where the cell is; `null` or `NaN` in a file without cells.
    pub text: String,
    /// Number of cells.
    pub count: usize,
    /// Where the first one is.
    pub first: Place,
}

/// Cells that keep a column from being one of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrayText {
    /// Number of cells.
    pub count: usize,
    /// Line in the file of the first one.
    pub line: u64,
    /// The first one.
    pub cell: String,
}

/// The cells of a column as they read with one decimal character.
struct Reading {
    values: Vec<f64>,
    missing: Vec<usize>,
    numbers: usize,
    texts: usize,
    first_text: Option<usize>,
    first_infinite: Option<usize>,
}

impl Column {
    /// Decides what a column is. `comma` allows numbers with a decimal comma; the second value says whether there are.
    pub(super) fn of_cells(
        name: String,
        cells: Texts,
        lines: &[u64],
        comma: bool,
    ) -> Result<(Column, bool), TableError> {
        let mut reading = Reading::of(&cells, Decimal::Point);
        let mut with_comma = false;
        if comma && reading.texts > 0 {
            let other = Reading::of(&cells, Decimal::Comma);
            if other.numbers > reading.numbers {
                (reading, with_comma) = (other, true);
            }
        }
        let numeric = reading.numbers > reading.texts;
        if let (true, Some(row)) = (numeric, reading.first_infinite) {
            return Err(TableError::Infinite {
                place: Place::Line(lines[row]),
                column: name,
                cell: quoted(cells.get(row)),
            });
        }
        let stray = match reading.first_text {
            Some(row) if numeric => Some(StrayText {
                count: reading.texts,
                line: lines[row],
                cell: quoted(cells.get(row)),
            }),
            _ => None,
        };
        let column = Column {
            name,
            markers: markers(&cells, &reading.missing, lines),
            values: match reading.texts {
                0 => Values::Numbers(reading.values),
                _ => Values::Texts(cells),
            },
            missing: reading.missing,
            stray,
        };
        Ok((column, with_comma))
    }

    /// Number of values that are not missing.
    #[must_use]
    pub fn present(&self) -> usize {
        let rows = match &self.values {
            Values::Numbers(values) => values.len(),
            Values::Texts(texts) => texts.len(),
            Values::Times(times) => times.microseconds.len(),
        };
        rows - self.missing.len()
    }
}

impl Reading {
    fn of(cells: &Texts, decimal: Decimal) -> Reading {
        let mut reading = Reading {
            values: Vec::with_capacity(cells.len()),
            missing: Vec::new(),
            numbers: 0,
            texts: 0,
            first_text: None,
            first_infinite: None,
        };
        for (row, cell) in cells.iter().enumerate() {
            let value = match cells::read(cell, decimal) {
                Cell::Number(number) => {
                    reading.numbers += 1;
                    number
                }
                Cell::Infinite => {
                    reading.numbers += 1;
                    reading.first_infinite.get_or_insert(row);
                    f64::NAN
                }
                Cell::Missing => {
                    reading.missing.push(row);
                    f64::NAN
                }
                Cell::Text => {
                    reading.texts += 1;
                    reading.first_text.get_or_insert(row);
                    f64::NAN
                }
            };
            reading.values.push(value);
        }
        reading
    }
}

fn markers(cells: &Texts, missing: &[usize], lines: &[u64]) -> Vec<Marker> {
    let mut markers: Vec<Marker> = Vec::new();
    for &row in missing {
        let text = cells.get(row);
        match markers.iter_mut().find(|marker| marker.text == text) {
            Some(marker) => marker.count += 1,
            None => markers.push(Marker {
                text: text.to_owned(),
                count: 1,
                first: Place::Line(lines[row]),
            }),
        }
    }
    markers
}
