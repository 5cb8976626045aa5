//! Where a row is, as people count.

use std::fmt;

use serde::Serialize;

/// A place in a table's file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A line of a text file.
    Line(u64),
    /// A row of a file without lines.
    Row(u64),
}

impl Place {
    /// The line or the row.
    #[must_use]
    pub fn number(self) -> u64 {
        let (Place::Line(number) | Place::Row(number)) = self;
        number
    }
}

/// Such as `line 3` or `row 3`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Row(row) => write!(f, "row {row}"),
        }
    }
}
