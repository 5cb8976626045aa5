//! The order of the rows of a recording.

use std::path::Path;
use std::sync::Arc;

use super::super::assembly::place;
use super::super::error::{RecordingsError, short};
use crate::table::{Column, Table, Values};
use crate::time_column::TimeColumn;

/// The times of a table's rows.
pub(super) struct RowOrder<'a> {
    table: &'a Table,
    column: &'a Column,
    path: &'a Arc<Path>,
    /// In the order of the times.
    keys: Vec<i64>,
    times: Option<TimeColumn>,
}

impl<'a> RowOrder<'a> {
    pub(super) fn of(
        table: &'a Table,
        index: usize,
        path: &'a Arc<Path>,
    ) -> Result<RowOrder<'a>, RecordingsError> {
        let column = &table.columns()[index];
        let times = match &column.values {
            Values::Numbers(_) => None,
            Values::Texts(_) | Values::Times(_) => {
                let found = TimeColumn::find(table, Some(&column.name[..]));
                found.map_err(|error| RecordingsError::Time {
                    path: path.to_path_buf(),
                    error,
                })?
            }
        };
        let keys = match (&column.values, &times) {
            (Values::Numbers(numbers), _) => {
                if let Some(&row) = column.missing.first() {
                    return Err(RecordingsError::Malformed {
                        place: place(path, table.place(row)),
                        reason: format!("column {:?}: the time is missing", column.name),
                    });
                }
                numbers.iter().map(|&number| sortable(number)).collect()
            }
            (_, Some(times)) => times.times.clone(),
            (_, None) => (0..).take(table.rows()).collect(),
        };
        Ok(RowOrder {
            table,
            column,
            path,
            keys,
            times,
        })
    }

    /// Puts the rows of a recording in the order of their times.
    pub(super) fn sort(&self, recording: &str, rows: &mut [usize]) -> Result<(), RecordingsError> {
        // Equal times keep the order of the file, so that the later row is the repeated one.
        rows.sort_by_key(|&row| self.keys[row]);
        let repeated = rows
            .windows(2)
            .find(|pair| self.keys[pair[0]] == self.keys[pair[1]]);
        match repeated {
            None => Ok(()),
            Some(pair) => Err(RecordingsError::RepeatedTime {
                place: place(self.path, self.table.place(pair[1])),
                recording: short(recording),
                time: short(&self.text(pair[1])),
                first: self.table.place(pair[0]),
            }),
        }
    }

    fn text(&self, row: usize) -> String {
        match (&self.column.values, &self.times) {
            (Values::Numbers(numbers), _) => numbers[row].to_string(),
            (_, Some(times)) => times.text(times.times[row]),
            (_, None) => row.to_string(),
        }
    }
}

/// A whole number that is in the same order as the finite numbers.
fn sortable(number: f64) -> i64 {
    // Both zeros are one time.
    let bits = (number + 0.0).to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_are_in_the_order_of_the_numbers(one in proptest::num::f64::NORMAL, other in proptest::num::f64::NORMAL) {
            prop_assert_eq!(one.partial_cmp(&other), Some(sortable(one).cmp(&sortable(other))));
            prop_assert_eq!(sortable(one).cmp(&sortable(0.0)), one.partial_cmp(&0.0).unwrap());
        }
    }

    #[test]
    fn both_zeros_are_one_time() {
        assert_eq!(sortable(0.0), sortable(-0.0));
    }
}
