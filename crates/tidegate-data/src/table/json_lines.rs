//! One JSON object a line; a column for each key.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;

use super::column::Column;
use super::error::{TableError, quoted};
use super::texts::Texts;
use super::{Rows, Table, TableFormat, size};

/// The columns of the keys that have occurred so far, in that order.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    cells: Vec<Texts>,
    indices: HashMap<String, usize>,
}

pub(super) fn read(text: &str) -> Result<Table, TableError> {
    let mut columns = Columns::default();
    let mut lines = Vec::new();
    for (line, object) in (1..).zip(text.lines()) {
        if object.trim_ascii().is_empty() {
            continue;
        }
        let Row(cells) =
            serde_json::from_str(object).map_err(|error| TableError::MalformedJson {
                line,
                reason: explain(&error),
            })?;
        columns.add(cells, lines.len())?;
        lines.push(line);
    }
    if columns.names.is_empty() {
        let reason = "the object is empty: keys are the columns' names".to_owned();
        let line = lines.first().copied().unwrap_or(1);
        return Err(TableError::MalformedJson { line, reason });
    }
    let cells = columns.names.into_iter().zip(columns.cells);
    let columns = cells.map(|(name, cells)| {
        Column::of_cells(name, cells, &lines, false).map(|(column, _)| column)
    });
    Ok(Table {
        format: TableFormat::JsonLines,
        columns: columns.collect::<Result<_, _>>()?,
        rows: Rows::Lines(lines),
    })
}

impl Columns {
    /// Adds a row, before which there are `rows`; a key that it or one of them does not have has an empty cell.
    fn add(&mut self, row: Vec<(String, String)>, rows: usize) -> Result<(), TableError> {
        for (position, (key, cell)) in row.into_iter().enumerate() {
            // Rows have their keys in one order, as a rule.
            let index = match self.names.get(position) {
                Some(name) if *name == key => position,
                _ => match self.indices.get(&key) {
                    Some(&index) => index,
                    None => self.new_column(key, rows)?,
                },
            };
            self.cells[index].push(cell.trim_ascii());
        }
        size::allow(rows + 1, self.names.len())?;
        for cells in &mut self.cells {
            if cells.len() == rows {
                cells.push("");
            }
        }
        Ok(())
    }

    fn new_column(&mut self, name: String, rows: usize) -> Result<usize, TableError> {
        let index = self.names.len();
        size::allow(rows + 1, index + 1)?;
        let mut cells = Texts::default();
        for _ in 0..rows {
            cells.push("");
        }
        self.indices.insert(name.clone(), index);
        self.names.push(name);
        self.cells.push(cells);
        Ok(index)
    }
}

fn explain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    // The position that follows is that in the line, whose number is always 1.
    let reason = text.split(" at line ").next().unwrap_or(&text);
    match error.classify() {
        Category::Data => reason.to_owned(),
        _ => format!(
            "not one JSON object a line ({reason} at column {})",
            error.column()
        ),
    }
}

/// Keys and values of an object, in its order.
struct Row(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object with a value for each column")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut cells: Vec<(String, String)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                let key = quoted(&key);
                return Err(de::Error::custom(format!("the key {key:?} occurs twice")));
            }
            let Plain(value) = map.next_value()?;
            cells.push((key, value));
        }
        Ok(Row(cells))
    }
}

/// A value as it would stand in a cell.
struct Plain(String);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Plain, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl Visitor<'_> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, true, false or null in each column")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Plain, E> {
        Ok(Plain("null".to_owned()))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Plain, E> {
        Ok(Plain(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Plain, E> {
        Ok(Plain(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Plain, E> {
        Ok(Plain(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Plain, E> {
        Ok(Plain(value.to_string()))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Plain, E> {
        Ok(Plain(value.to_owned()))
    }
}
