//! Where the columns of a stream stand on a line.

use csv::StringRecord;
use serde::{Deserialize, Serialize};

use super::line::cells_of;
use super::read_value;
use crate::table::Separator;

/// The columns that are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamColumns {
    /// The name of the column of times, if one is to be repeated.
    pub time: Option<String>,
    /// The names of the columns of values.
    pub values: Vec<String>,
}

/// Where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamLayout {
    /// What stands between two cells: `,`, `;` or a tabulator.
    separator: char,
    /// Cells of a line.
    pub(super) cells: usize,
    /// The cell of the time.
    pub(super) time: Option<usize>,
    /// The cell of each value.
    pub(super) values: Vec<usize>,
}

impl StreamLayout {
    /// Of a line that names all columns; an error is the name of one that it has twice.
    pub(super) fn of_header(
        text: &str,
        columns: &StreamColumns,
        record: &mut StringRecord,
    ) -> Result<Option<StreamLayout>, String> {
        // Most lines are no header: the first name is looked for before the cells are.
        let Some(first) = columns.values.first() else {
            return Ok(None);
        };
        if !text.contains(first.as_str()) && !text.contains('"') {
            return Ok(None);
        }
        for separator in Separator::ALL {
            if !cells_of(text, separator, record) {
                continue;
            }
            let places = |name: &String| {
                let cells = record.iter().enumerate();
                let name = name.clone();
                cells.filter_map(move |(index, cell)| (cell.trim_ascii() == name).then_some(index))
            };
            let time = columns.time.as_ref().map(|name| places(name).next());
            let values: Option<Vec<usize>> = columns
                .values
                .iter()
                .map(|name| places(name).next())
                .collect();
            let (Some(values), false) = (values, time == Some(None)) else {
                continue;
            };
            let mut names = columns.time.iter().chain(&columns.values);
            return match names.find(|name| places(name).nth(1).is_some()) {
                Some(name) => Err(name.clone()),
                None => Ok(Some(StreamLayout {
                    separator: char::from(separator.byte()),
                    cells: record.len(),
                    time: time.flatten(),
                    values,
                })),
            };
        }
        Ok(None)
    }

    /// Of a line that has the time and the values in the order in which they are asked for, and nothing else. None where more
    /// than one separator gives these cells: `1;2,5` are a time and a value with a decimal comma, or with a semicolon in the time.
    pub(super) fn of_reading(
        text: &str,
        columns: &StreamColumns,
        record: &mut StringRecord,
    ) -> Option<StreamLayout> {
        let times = usize::from(columns.time.is_some());
        let cells = times + columns.values.len();
        let mut layouts = Separator::ALL.into_iter().filter_map(|separator| {
            let layout = StreamLayout {
                separator: char::from(separator.byte()),
                cells,
                time: columns.time.is_some().then_some(0),
                values: (times..cells).collect(),
            };
            let fits = cells_of(text, separator, record) && record.len() == cells;
            let comma = layout.allows_comma();
            let is_value = |cell: &str| read_value(cell.trim_ascii(), comma).is_ok();
            (fits && record.iter().skip(times).all(is_value)).then_some(layout)
        });
        let first = layouts.next()?;
        // One cell has no separator.
        match cells > 1 && layouts.next().is_some() {
            true => None,
            false => Some(first),
        }
    }

    /// Whether a layout that comes from elsewhere can be one of these columns.
    pub(super) fn fits(&self, columns: &StreamColumns) -> bool {
        let mut places = self.values.iter().chain(&self.time);
        self.time.is_some() == columns.time.is_some()
            && self.values.len() == columns.values.len()
            && Separator::ALL
                .iter()
                .any(|one| char::from(one.byte()) == self.separator)
            && places.all(|&place| place < self.cells)
    }

    pub(super) fn separator(&self) -> Separator {
        let mut all = Separator::ALL.into_iter();
        let found = all.find(|one| char::from(one.byte()) == self.separator);
        found.unwrap_or(Separator::Comma)
    }

    /// Whether numbers may be written with a decimal comma.
    pub(super) fn allows_comma(&self) -> bool {
        self.separator() == Separator::Semicolon
    }
}
