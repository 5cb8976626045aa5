//! One JSON object a line, each with the same keys.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;

use super::column::Column;
use super::error::{TableError, quoted};
use super::texts::Texts;
use super::{Table, TableFormat};

pub(super) fn read(text: &str) -> Result<Table, TableError> {
    let mut names: Vec<String> = Vec::new();
    let mut columns: Vec<Texts> = Vec::new();
    let mut lines = Vec::new();
    for (line, object) in (1..).zip(text.lines()) {
        if object.trim_ascii().is_empty() {
            continue;
        }
        let malformed = |reason| TableError::MalformedJson { line, reason };
        let Row(mut cells) =
            serde_json::from_str(object).map_err(|error| malformed(explain(&error)))?;
        if lines.is_empty() {
            names = cells.iter().map(|(name, _)| name.clone()).collect();
            columns = vec![Texts::default(); names.len()];
        }
        for (index, (name, column)) in names.iter().zip(&mut columns).enumerate() {
            // Rows have their keys in one order, as a rule.
            match cells
                .get(index..)
                .and_then(|rest| rest.iter().position(|(key, _)| key == name))
            {
                Some(distance) => cells.swap(index, index + distance),
                None => {
                    let name = quoted(name);
                    return Err(malformed(format!(
                        "the key {name:?} of the first row is missing: write null where there is no value"
                    )));
                }
            }
            column.push(cells[index].1.trim_ascii());
        }
        if let Some((name, _)) = cells.get(names.len()) {
            let name = quoted(name);
            return Err(malformed(format!(
                "the key {name:?} is not in the first row: all rows need the same keys"
            )));
        }
        lines.push(line);
    }
    if names.is_empty() {
        let reason = "the object is empty: keys are the columns' names".to_owned();
        let line = lines.first().copied().unwrap_or(1);
        return Err(TableError::MalformedJson { line, reason });
    }
    let columns = names.into_iter().zip(columns).map(|(name, cells)| {
        Column::of_cells(name, cells, &lines, false).map(|(column, _)| column)
    });
    Ok(Table {
        format: TableFormat::JsonLines,
        columns: columns.collect::<Result<_, _>>()?,
        lines,
    })
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
