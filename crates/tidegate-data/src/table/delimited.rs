//! A header and rows of cells, separated by commas, semicolons or tabs.

use csv::{ReaderBuilder, StringRecord};

use super::cells::{self, Cell, Decimal};
use super::column::Column;
use super::error::{TableError, quoted};
use super::texts::Texts;
use super::{Separator, Table, TableFormat, names};

/// Rows that the separator is found from.
const SAMPLE: usize = 100;

pub(super) fn read(text: &str) -> Result<Table, TableError> {
    let separator = separator(text);
    let mut rows = Rows::new(text, separator);
    let mut row = StringRecord::new();
    let Some(header_line) = rows.next(&mut row)? else {
        return Err(TableError::Empty);
    };
    let names = header_names(&row, header_line)?;
    let mut columns = vec![Texts::default(); names.len()];
    let mut lines = Vec::new();
    while let Some(line) = rows.next(&mut row)? {
        if row.len() != names.len() {
            return Err(TableError::RaggedRow {
                line,
                found: row.len(),
                expected: names.len(),
            });
        }
        for (column, cell) in columns.iter_mut().zip(&row) {
            column.push(cell.trim_ascii());
        }
        lines.push(line);
    }
    if lines.is_empty() {
        return Err(TableError::HeaderOnly);
    }
    let comma = separator == Separator::Semicolon;
    let mut decimal_comma = false;
    let mut read = Vec::with_capacity(names.len());
    for (name, cells) in names.into_iter().zip(columns) {
        let (column, with_comma) = Column::of_cells(name, cells, &lines, comma)?;
        decimal_comma |= with_comma;
        read.push(column);
    }
    Ok(Table {
        format: TableFormat::Delimited {
            separator,
            decimal_comma,
        },
        columns: read,
        rows: super::Rows::Lines(lines),
    })
}

/// The separator with which the first rows have as many cells as the header, and the most; where none has, the one that
/// the header holds most of.
fn separator(text: &str) -> Separator {
    let fits = |separator: Separator| {
        let mut rows = Rows::new(text, separator);
        let mut row = StringRecord::new();
        let mut next = || matches!(rows.next(&mut row), Ok(Some(_))).then_some(row.len());
        let columns = next().unwrap_or(0);
        let even = (0..SAMPLE).map_while(|_| next()).all(|len| len == columns);
        (even && columns > 1, columns)
    };
    // Of equals the last is taken, and the first separator is preferred.
    let best = Separator::ALL
        .into_iter()
        .rev()
        .max_by_key(|&one| fits(one));
    best.unwrap_or(Separator::Comma)
}

fn header_names(header: &StringRecord, line: u64) -> Result<Vec<String>, TableError> {
    let is_name = |cell: &str| {
        let number = cells::read(cell, Decimal::Point) != Cell::Text
            || cells::read(cell, Decimal::Comma) != Cell::Text;
        !number && !begins_with_year(cell)
    };
    if !header.iter().any(|cell| is_name(cell.trim_ascii())) {
        return Err(TableError::NoHeader {
            line,
            cell: quoted(header.get(0).unwrap_or_default().trim_ascii()),
        });
    }
    names::distinct(header.iter(), Some(line))
}

/// A date stands in a row, not in a header.
fn begins_with_year(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    bytes.len() >= 7 && bytes[..4].iter().all(u8::is_ascii_digit) && matches!(bytes[4], b'-' | b'/')
}

/// The rows of a text with the lines that they begin at.
struct Rows<'a> {
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
    /// How far lines are counted, in bytes, and the line there.
    counted: usize,
    line: u64,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, separator: Separator) -> Rows<'a> {
        Rows {
            text,
            reader: ReaderBuilder::new()
                .delimiter(separator.byte())
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes()),
            counted: 0,
            line: 1,
        }
    }

    /// Reads the next row and gives the line that it begins at; none after the last.
    fn next(&mut self, row: &mut StringRecord) -> Result<Option<u64>, TableError> {
        let bytes = self.text.as_bytes();
        // After a row that ends with "\r\n" the reader stands before the "\n".
        let mut start = self.reader.position().byte() as usize;
        if start > 0 && bytes[start - 1] == b'\r' && bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
        self.count_lines(start);
        let line = self.line;
        match self.reader.read_record(row) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            // The text is UTF-8, rows may differ in length, and there is nothing else to fail.
            Err(_) => return Err(TableError::NotText { line, byte: 1 }),
        }
        if line > 1 && matches!(bytes.get(start), Some(b'\r' | b'\n')) {
            return Err(TableError::EmptyLine { line });
        }
        let start = start
            + bytes[start..]
                .iter()
                .take_while(|&&byte| is_end(byte))
                .count();
        self.count_lines(start);
        let end = self.reader.position().byte() as usize;
        let open = end == bytes.len()
            && row
                .iter()
                .next_back()
                .is_some_and(|cell| cell.contains(['\r', '\n']))
            && bytes[start..].iter().filter(|&&byte| byte == b'"').count() % 2 == 1;
        match open {
            true => Err(TableError::UnclosedQuote { line: self.line }),
            false => Ok(Some(self.line)),
        }
    }

    /// Counts the ends of lines up to a place: "\n", "\r\n" or "\r".
    fn count_lines(&mut self, place: usize) {
        let bytes = self.text.as_bytes();
        for index in self.counted..place {
            let end = match bytes[index] {
                b'\n' => true,
                b'\r' => bytes.get(index + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(end);
        }
        self.counted = self.counted.max(place);
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
