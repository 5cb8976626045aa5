//! An array of numbers from a file, of any shape: what a network is run over.

use std::path::Path;

use crate::error::DataError;
use crate::npy::{Array, Element};
use crate::regular_file::read_regular_file;

/// Numbers in an array; whole numbers up to 2⁵³ are exact.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberArray {
    /// Size of each axis.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f64>,
    /// Whether the numbers stood in rows of text, one for each step.
    pub of_rows: bool,
}

impl NumberArray {
    /// Reads a NumPy array of numbers, or rows of numbers separated by commas, `[rows, columns]`; a first line that is no row of
    /// numbers names the columns. Which of the two it is is seen by the content.
    ///
    /// # Errors
    /// [`DataError::Unreadable`], [`DataError::IsFolder`] or [`DataError::NotRegular`] where there is no file to read;
    /// [`DataError::MalformedArray`] says what is wrong with an array, [`DataError::MalformedTable`] what with which line.
    pub fn read(path: impl AsRef<Path>) -> Result<NumberArray, DataError> {
        let path = path.as_ref();
        let bytes = read_regular_file(path)?;
        let found = if bytes.starts_with(b"\x93NUMPY") {
            of_array(&bytes)
        } else {
            of_rows(&bytes)
        };
        found.map_err(|reason| DataError::MalformedArray {
            path: path.to_owned(),
            reason,
        })
    }
}

fn of_array(bytes: &[u8]) -> Result<NumberArray, String> {
    let array = Array::read(bytes)?;
    if !matches!(
        array.element,
        Element::Float(_) | Element::Signed(_) | Element::Unsigned(_)
    ) {
        return Err(format!(
            "the array has the type {:?}: numbers are expected",
            array.descr
        ));
    }
    let count: usize = array.shape.iter().product();
    let strides = array.strides();
    let place = |mut index: usize| {
        let mut place = 0;
        for (&size, &stride) in array.shape.iter().zip(&strides).rev() {
            place += index % size * stride;
            index /= size;
        }
        place
    };
    Ok(NumberArray {
        values: (0..count).map(|index| array.number(place(index))).collect(),
        shape: array.shape.clone(),
        of_rows: false,
    })
}

fn of_rows(bytes: &[u8]) -> Result<NumberArray, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "is neither a NumPy array nor text in UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut values, mut columns, mut rows) = (Vec::new(), None, 0);
    let lines = text.lines().enumerate();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let start = values.len();
        let mut wrong = None;
        for (column, cell) in line.split(',').enumerate() {
            match cell.trim().parse::<f64>() {
                Ok(value) => values.push(value),
                Err(_) => wrong = wrong.or(Some((column, cell.trim()))),
            }
        }
        if let Some((column, cell)) = wrong {
            // A header holds names alone: a row of numbers with one fault is a fault.
            if columns.is_none() && number == 0 && values.len() == start {
                continue;
            }
            let cell: String = cell.chars().take(40).collect();
            return Err(format!(
                "line {}, column {}: {cell:?} is no number",
                number + 1,
                column + 1
            ));
        }
        let found = values.len() - start;
        let expected = *columns.get_or_insert(found);
        if found != expected {
            return Err(format!(
                "line {}: has {found} numbers, the rows before have {expected}",
                number + 1
            ));
        }
        rows += 1;
    }
    match columns {
        Some(columns) => Ok(NumberArray {
            shape: vec![rows, columns],
            values,
            of_rows: true,
        }),
        None => Err("holds no row of numbers".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<NumberArray, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers");
        std::fs::write(&path, bytes).unwrap();
        NumberArray::read(path).map_err(|error| error.to_string())
    }

    #[test]
    fn a_first_row_of_numbers_with_one_fault_is_no_header() {
        for rows in ["1,2,\n1,2,3\n", "1,2,1e5x\n1,2,3\n"] {
            let error = read(rows.as_bytes()).unwrap_err();
            assert!(error.contains("line 1, column 3"), "{error}");
        }
    }

    #[test]
    fn rows_are_read_with_and_without_names_of_their_columns() {
        let expected = NumberArray {
            shape: vec![2, 2],
            values: vec![1.0, -2.5, 3.0, 4e3],
            of_rows: true,
        };
        assert_eq!(read(b"1,-2.5\n3,4e3\n").unwrap(), expected);
        assert_eq!(
            read(b"\xef\xbb\xbfa, b\r\n1, -2.5\r\n\r\n3, 4e3").unwrap(),
            expected
        );
    }

    #[test]
    fn what_is_no_number_is_named_with_its_line_and_column() {
        assert!(
            read(b"1,2\n3,x\n")
                .unwrap_err()
                .contains("line 2, column 2: \"x\"")
        );
        assert!(
            read(b"a,b\nc,d\n")
                .unwrap_err()
                .contains("line 2, column 1")
        );
        assert!(
            read(b"1,2\n3\n")
                .unwrap_err()
                .contains("line 2: has 1 numbers")
        );
        assert!(read(b"a,b\n").unwrap_err().contains("no row"));
        assert!(read(b"").unwrap_err().contains("no row"));
        assert!(read(b"\xff\xfe").unwrap_err().contains("UTF-8"));
    }

    #[test]
    fn arrays_of_any_shape_order_and_number_are_read() {
        let header = |text: &str| {
            let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
            bytes.extend((text.len() as u16).to_le_bytes());
            bytes.extend(text.as_bytes());
            bytes
        };
        let file = |order: &str| {
            let mut bytes = header(&format!(
                "{{'descr': '<i2', 'fortran_order': {order}, 'shape': (2, 1, 3), }}\n"
            ));
            bytes.extend((0..6i16).flat_map(i16::to_le_bytes));
            bytes
        };
        let found = read(&file("False")).unwrap();
        assert_eq!(found.shape, [2, 1, 3]);
        assert_eq!(found.values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(
            read(&file("True")).unwrap().values,
            [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]
        );
        let file = crate::npy_bytes(&[0, 3], &[]);
        assert_eq!(read(&file).unwrap().shape, [0, 3]);
        let texts = header("{'descr': '<U1', 'fortran_order': False, 'shape': (0,), }\n");
        assert!(read(&texts).unwrap_err().contains("numbers are expected"));
    }
}
