//! A table of readings from a file: named columns of numbers, texts or times.
//!
//! Here a file becomes columns; what a column means for a forecast, its time among it, is found out elsewhere.

mod arrow_batches;
mod arrow_columns;
mod arrow_ipc;
mod cells;
mod column;
mod content;
#[cfg(test)]
mod damaged_tests;
mod delimited;
mod error;
mod guarded;
mod json_lines;
mod names;
mod numpy;
#[cfg(test)]
mod numpy_tests;
mod parquet;
mod place;
mod size;
#[cfg(test)]
mod test_files;
#[cfg(test)]
mod tests;
mod texts;
mod times;
mod typed_column;
#[cfg(test)]
mod typed_tests;

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

pub(crate) use cells::{Cell, Decimal, read as read_cell};
pub use column::{Column, Marker, StrayText, Values};
pub use error::TableError;
pub use place::Place;
pub use texts::Texts;
pub use times::{TimeKind, Times};

use crate::error::DataError;
use crate::regular_file::{read_regular_file, read_whole};
use content::Content;
pub(crate) use content::{is_binary, text};
pub(crate) use error::quoted;
use guarded::guarded;

/// Named columns of equal length, at least one, with at least one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    format: TableFormat,
    columns: Vec<Column>,
    rows: Rows,
}

/// Where the rows are in the file.
#[derive(Clone, Debug, PartialEq)]
enum Rows {
    /// The line at which each begins.
    Lines(Vec<u64>),
    /// In a file without lines: how many there are.
    Counted(usize),
}

/// How the file is written, as found in its content; its name does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    /// A header and rows of cells (CSV).
    Delimited {
        /// What stands between two cells.
        separator: Separator,
        /// Whether numbers are written with a decimal comma in at least one column.
        decimal_comma: bool,
    },
    /// One JSON object a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// Arrow's format for files, which is Feather version 2.
    ArrowFile,
    /// Arrow's format for streams.
    ArrowStream,
    /// One NumPy array.
    Npy,
    /// An archive of NumPy arrays.
    Npz,
}

/// What stands between two cells of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tabulator.
    Tab,
}

impl Separator {
    /// All of them, in the order in which they are preferred.
    pub const ALL: [Separator; 3] = [Separator::Comma, Separator::Semicolon, Separator::Tab];

    /// The byte in the file.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
        }
    }

    /// Its name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Separator::Comma => "comma",
            Separator::Semicolon => "semicolon",
            Separator::Tab => "tab",
        }
    }
}

impl Table {
    /// Reads a file of up to 1 GiB, known by its content: CSV with a header, separated by commas, semicolons or tabs; JSON
    /// lines; Parquet; Arrow IPC, as a file (Feather) or a stream; a NumPy array or an archive of them.
    ///
    /// In CSV and JSON lines, spaces around a cell do not count. A column is one of numbers where all its cells are numbers
    /// or missing; a cell is missing where it is empty or says NA, N/A, NaN, null, None or ?, in capitals or not. A decimal
    /// comma is read only between semicolons. JSON lines have a column for each key that occurs.
    ///
    /// In the other formats a column has the type that it is written with: whole numbers, floats, decimals and booleans (0
    /// and 1) become 64-bit floats, dates and timestamps [`Times`]; nulls and NaN are missing. A NumPy vector is the
    /// column `value`, or has its name in the archive; a matrix of shape `[rows, columns]` has the columns `column_0`, or
    /// `name_0`, and so on.
    ///
    /// # Errors
    /// [`DataError::Unreadable`], [`DataError::IsFolder`] or [`DataError::NotRegular`] where there is no file to read;
    /// [`DataError::Table`] where it holds no table.
    pub fn read(path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        Table::of_file(read_regular_file(path)?, path)
    }

    /// The same from something that is read to its end, such as standard input; errors call it by this name.
    ///
    /// # Errors
    /// [`DataError::Unreadable`] where reading fails; [`DataError::Table`] where what is read holds no table.
    pub fn read_from(source: impl Read, name: &str) -> Result<Table, DataError> {
        let name = Path::new(name);
        Table::of_file(read_whole(source, name)?, name)
    }

    /// What a file with this content holds.
    pub(crate) fn of_file(bytes: Vec<u8>, path: &Path) -> Result<Table, DataError> {
        Table::of_content(Cow::Owned(bytes)).map_err(|error| DataError::Table {
            path: path.to_owned(),
            error,
        })
    }

    /// The same from the content of a file.
    ///
    /// # Errors
    /// What is wrong, with the line or row in the file and the column's name.
    ///
    /// ```
    /// use tidegate_data::{Place, Table, TableError};
    ///
    /// let error = Table::from_bytes(b"day,load\n2016-07-01,5.8\n2016-07-02,inf\n").unwrap_err();
    /// assert!(matches!(error, TableError::Infinite { place: Place::Line(3), .. }));
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Table, TableError> {
        Table::of_content(Cow::Borrowed(bytes))
    }

    fn of_content(bytes: Cow<[u8]>) -> Result<Table, TableError> {
        match content::recognise(&bytes)? {
            Content::Delimited(text) => delimited::read(text),
            Content::JsonLines(text) => json_lines::read(text),
            Content::Parquet => guarded(parquet::FORMAT, || parquet::read(bytes.into_owned())),
            Content::ArrowFile => guarded(arrow_ipc::FORMAT, || arrow_ipc::read_file(&bytes)),
            Content::ArrowStream => guarded(arrow_ipc::FORMAT, || arrow_ipc::read_stream(&bytes)),
            Content::Npy => numpy::read_array(&bytes),
            Content::Zip => numpy::read_archive(&bytes),
        }
    }

    /// How the file is written.
    #[must_use]
    pub fn format(&self) -> TableFormat {
        self.format
    }

    /// The columns, in the file's order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        match &self.rows {
            Rows::Lines(lines) => lines.len(),
            Rows::Counted(rows) => *rows,
        }
    }

    /// Where a row, counted from 0, is in the file: the line at which it begins, or its number in a file without lines.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn place(&self, row: usize) -> Place {
        match &self.rows {
            Rows::Lines(lines) => Place::Line(lines[row]),
            Rows::Counted(rows) => {
                assert!(row < *rows);
                Place::Row(row as u64 + 1)
            }
        }
    }

    /// The number of a row's [`place`](Table::place).
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        self.place(row).number()
    }
}
