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
    /// Of a line that names all columns.
    pub(super) fn of_header(
        text: &str,
        columns: &StreamColumns,
        record: &mut StringRecord,
    ) -> Option<StreamLayout> {
        // Most lines are no header: the first name is looked for before the cells are.
        let first = columns.values.first()?;
        if !text.contains(first.as_str()) && !text.contains('"') {
            return None;
        }
        Separator::ALL.into_iter().find_map(|separator| {
            if !cells_of(text, separator, record) {
                return None;
            }
            let place = |name: &String| record.iter().position(|cell| cell.trim_ascii() == name);
            Some(StreamLayout {
                separator: char::from(separator.byte()),
                cells: record.len(),
                time: match &columns.time {
                    Some(name) => Some(place(name)?),
                    None => None,
                },
                values: columns.values.iter().map(place).collect::<Option<_>>()?,
            })
        })
    }

    /// Of a line that has the time and the values in the order in which they are asked for, and nothing else.
    pub(super) fn of_reading(
        text: &str,
        columns: &StreamColumns,
        record: &mut StringRecord,
    ) -> Option<StreamLayout> {
        let times = usize::from(columns.time.is_some());
        let cells = times + columns.values.len();
        Separator::ALL.into_iter().find_map(|separator| {
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
        })
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
