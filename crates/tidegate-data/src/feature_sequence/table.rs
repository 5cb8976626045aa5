//! A CSV file with a header and rows of numbers.

use std::path::Path;

use csv::{ByteRecord, ErrorKind, Reader};

use super::FeatureSequence;
use crate::error::DataError;

/// An error quotes the file; a file may hold a text of any length.
const LONGEST_QUOTE: usize = 40;

/// Reads the text of a table. `path` only names it in errors.
pub(super) fn read(path: &Path, text: &[u8]) -> Result<FeatureSequence, DataError> {
    let malformed = |line, column: Option<(usize, String)>, reason: String| {
        Err(DataError::MalformedTable {
            path: path.to_owned(),
            line,
            column,
            reason,
        })
    };
    let mut reader = Reader::from_reader(text);
    let names: Vec<String> = match reader.byte_headers() {
        Ok(header) => header.iter().map(quote).collect(),
        Err(error) => return malformed(1, None, explain(&error)),
    };
    if names.is_empty() {
        let reason = "the file is empty: a header with the features' names is expected, then a row for each step";
        return malformed(1, None, reason.to_owned());
    }
    if names.iter().all(|name| number(name.as_bytes()).is_some()) {
        let reason =
            "the first row holds numbers: a header with the features' names is expected there";
        return malformed(1, None, reason.to_owned());
    }
    let mut values = Vec::new();
    let mut row = ByteRecord::new();
    loop {
        let (line, start) = (reader.position().line(), reader.position().byte() as usize);
        match reader.read_byte_record(&mut row) {
            Ok(false) => break,
            // The reader passes over empty lines. One of them between rows may be a missing value.
            Ok(true) if begins_with_empty_line(text, start) => {
                let reason = "the line is empty, and rows follow: every step needs all features";
                return malformed(line, None, reason.to_owned());
            }
            Ok(true) => {}
            Err(error) => {
                let line = error.position().map_or(line, csv::Position::line);
                return malformed(line, None, explain(&error));
            }
        }
        let line = row.position().map_or(line, csv::Position::line);
        for (index, field) in row.iter().enumerate() {
            let refuse = |reason| malformed(line, Some((index + 1, names[index].clone())), reason);
            match number(field) {
                Some(value) if value.is_finite() => values.push(value),
                Some(_) => {
                    let reason = "is infinite, not a number or beyond 32-bit floats";
                    return refuse(format!(
                        "{} {reason}: every value has to be finite",
                        quote(field)
                    ));
                }
                None if field.trim_ascii().is_empty() => {
                    return refuse(
                        "the value is missing: every step needs all features".to_owned(),
                    );
                }
                None => return refuse(format!("{:?} is not a number", quote(field))),
            }
        }
    }
    if values.is_empty() {
        return malformed(
            1,
            None,
            "no row follows the header: a sequence needs at least one step".to_owned(),
        );
    }
    Ok(FeatureSequence {
        size: names.len(),
        names: Some(names),
        values,
    })
}

/// Whether the text from `start`, where a row ended, begins with an empty line. A row that ends with `\r\n` ends for the
/// reader before the `\n`.
fn begins_with_empty_line(text: &[u8], start: usize) -> bool {
    let rest = &text[start..];
    let rest = match text[..start].last() {
        Some(b'\r') => rest.strip_prefix(b"\n").unwrap_or(rest),
        _ => rest,
    };
    matches!(rest.first(), Some(b'\r' | b'\n'))
}

fn number(field: &[u8]) -> Option<f32> {
    std::str::from_utf8(field.trim_ascii()).ok()?.parse().ok()
}

fn quote(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field.trim_ascii());
    let mut quoted: String = text.chars().take(LONGEST_QUOTE).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    quoted
}

fn explain(error: &csv::Error) -> String {
    match error.kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            let columns = |count: u64| match count {
                1 => "1 column".to_owned(),
                _ => format!("{count} columns"),
            };
            format!(
                "the row has {} where the header has {expected_len}",
                columns(*len)
            )
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FeatureSequence, String> {
        super::read(Path::new("x.csv"), text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_become_steps_and_the_header_names_the_features() {
        let sequence = read("load, oil\n1,-2.5e-1\r\n 3 ,\"4\"\n").unwrap();
        assert_eq!(sequence.names.as_deref().unwrap(), ["load", "oil"]);
        assert_eq!((sequence.size, sequence.steps()), (2, 2));
        assert_eq!(sequence.values, [1.0, -0.25, 3.0, 4.0]);
        // Empty lines at the end hide no step.
        assert_eq!(read("a\n1\n2\n\n\n").unwrap().values, [1.0, 2.0]);
        assert_eq!(read("a\r\n1\r\n2").unwrap().values, [1.0, 2.0]);
    }

    #[test]
    fn what_is_no_number_is_refused_with_line_and_column() {
        for (text, expected) in [
            (
                "a,b\n1,2\n3,x\n",
                "x.csv, line 3, column 2 (\"b\"): \"x\" is not a number",
            ),
            ("a\n1\n\n3\n", "line 3: the line is empty"),
            (
                "a,b\n1,NA\n",
                "line 2, column 2 (\"b\"): \"NA\" is not a number",
            ),
            (
                "a,b\n1,\n",
                "line 2, column 2 (\"b\"): the value is missing",
            ),
            (
                "a,b\nnan,1\n",
                "line 2, column 1 (\"a\"): nan is infinite, not a number",
            ),
            (
                "a,b\n1,1e999\n",
                "line 2, column 2 (\"b\"): 1e999 is infinite",
            ),
            (
                "a,b\n1,2\n1,2,3\n",
                "line 3: the row has 3 columns where the header has 2",
            ),
            (
                "a,b\n1\n",
                "line 2: the row has 1 column where the header has 2",
            ),
            ("1,2\n3,4\n", "line 1: the first row holds numbers"),
            ("", "line 1: the file is empty"),
            ("\n\n", "line 1: the file is empty"),
            ("a,b\n", "no row follows the header"),
        ] {
            let message = read(text).unwrap_err();
            assert!(message.contains(expected), "{text:?}: {message}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_and_shown_shortened() {
        let text = [b"a\n", &[0xff; 100][..], b"\n"].concat();
        let message = super::read(Path::new("x"), &text).unwrap_err().to_string();
        assert!(
            message.contains("…\" is not a number") && message.len() < 250,
            "{message}"
        );
    }
}
