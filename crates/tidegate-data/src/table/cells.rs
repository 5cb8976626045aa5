//! What a single cell says.

/// A cell, read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    /// Nothing, or a marker that stands for nothing.
    Missing,
    /// A finite number.
    Number(f64),
    /// A number that is infinite, or too large for a float of 64 bits.
    Infinite,
    /// Anything else.
    Text,
}

/// The character before the fraction of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decimal {
    Point,
    Comma,
}

/// What stands for a missing value, beside nothing at all; in capitals or not.
const MARKERS: [&str; 6] = ["NA", "N/A", "NaN", "null", "None", "?"];

/// Reads a cell without spaces around it.
pub(crate) fn read(cell: &str, decimal: Decimal) -> Cell {
    if is_missing(cell) {
        return Cell::Missing;
    }
    let number = match decimal {
        Decimal::Point => cell.parse(),
        Decimal::Comma if cell.contains('.') => return Cell::Text,
        Decimal::Comma => cell.replace(',', ".").parse(),
    };
    match number {
        Ok(number) if f64::is_finite(number) => Cell::Number(number),
        Ok(number) if number.is_nan() => Cell::Missing,
        Ok(_) => Cell::Infinite,
        Err(_) => Cell::Text,
    }
}

fn is_missing(cell: &str) -> bool {
    // Most cells begin with a digit, which no marker does.
    match cell.as_bytes().first() {
        None => true,
        Some(first) if first.is_ascii_digit() => false,
        Some(_) => MARKERS
            .iter()
            .any(|marker| marker.eq_ignore_ascii_case(cell)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marker_of_a_missing_value_is_known() {
        for cell in [
            "", "NA", "na", "N/A", "NaN", "nan", "null", "None", "?", "-nan",
        ] {
            assert_eq!(read(cell, Decimal::Point), Cell::Missing, "{cell}");
        }
        for cell in ["-", "missing", "??", "N.A."] {
            assert_eq!(read(cell, Decimal::Point), Cell::Text, "{cell}");
        }
    }

    #[test]
    fn numbers_are_read_with_the_decimal_character_that_is_asked_for() {
        for (cell, point, comma) in [
            ("12", Cell::Number(12.0), Cell::Number(12.0)),
            ("-1.5e3", Cell::Number(-1500.0), Cell::Text),
            ("1,5", Cell::Text, Cell::Number(1.5)),
            ("1,234,5", Cell::Text, Cell::Text),
            ("-inf", Cell::Infinite, Cell::Infinite),
            ("1e400", Cell::Infinite, Cell::Infinite),
            ("0x10", Cell::Text, Cell::Text),
        ] {
            assert_eq!(read(cell, Decimal::Point), point, "{cell}");
            assert_eq!(read(cell, Decimal::Comma), comma, "{cell}");
        }
    }
}
