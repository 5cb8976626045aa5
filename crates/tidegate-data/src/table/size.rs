//! How large a table may be once it is unpacked: a small file can announce, or hold, far more than fits in memory.

use super::error::TableError;

/// 1 GiB of numbers.
pub(super) const CELLS: usize = 1 << 27;

/// 1 GiB of what is unpacked from an archive, or of texts.
pub(super) const BYTES: usize = 1 << 30;

/// More than any table has that a forecast could be made from.
const COLUMNS: usize = 1 << 16;

pub(super) fn allow(rows: usize, columns: usize) -> Result<(), TableError> {
    if columns > COLUMNS {
        return Err(TableError::TooLarge {
            what: format!("has {columns} columns or more"),
            limit: format!("{COLUMNS} columns"),
        });
    }
    if rows.saturating_mul(columns) > CELLS {
        return Err(TableError::TooLarge {
            what: format!("has {rows} rows of {columns} columns or more"),
            limit: format!("{CELLS} cells"),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_as_many_cells_as_fit_in_memory_and_no_column_too_many() {
        assert!(allow(CELLS, 1).is_ok() && allow(1, COLUMNS).is_ok());
        for (rows, columns) in [
            (CELLS + 1, 1),
            (1, COLUMNS + 1),
            (CELLS / 2, 3),
            (usize::MAX, 2),
        ] {
            assert!(allow(rows, columns).is_err());
        }
    }
}
