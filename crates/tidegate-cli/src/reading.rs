//! Reading a file of readings, or standard input.

use std::io;
use std::path::Path;

use tidegate_data::{DataError, Table};

/// What the file is called in messages.
pub(crate) fn data_name(path: &Path) -> String {
    match is_standard_input(path) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}

/// The table of a file; - reads standard input.
pub(crate) fn read_table(path: &Path) -> Result<Table, DataError> {
    match is_standard_input(path) {
        true => Table::read_from(io::stdin().lock(), &data_name(path)),
        false => Table::read(path),
    }
}

pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
