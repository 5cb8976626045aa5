//! A table that Python holds.

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::ArrowError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tidegate_data::TableError;

use super::column::array_of;
use super::stream::reader_of;
use crate::error::{Failure, Outcome};

/// Columns of numbers, texts or times.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct Table {
    pub(crate) table: tidegate_data::Table,
}

#[pymethods]
impl Table {
    /// The rows of an Arrow stream, given as the capsule that `__arrow_c_stream__` returns.
    #[staticmethod]
    fn of_stream(capsule: &Bound<'_, PyCapsule>) -> Outcome<Table> {
        let reader = reader_of(capsule)?.map_err(not_read)?;
        let schema = reader.schema();
        Ok(Table {
            table: tidegate_data::Table::of_batches(&schema, reader).map_err(refusal)?,
        })
    }

    /// Columns of NumPy: of each its name, its kind and its values.
    #[staticmethod]
    fn of_columns(columns: Vec<(String, String, Bound<'_, PyAny>)>) -> Outcome<Table> {
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, kind, values)| Ok((name, array_of(name, kind, values)?)))
            .collect::<Outcome<_>>()?;
        if let [(first, one), rest @ ..] = &columns[..]
            && let Some((other, array)) = rest.iter().find(|(_, array)| array.len() != one.len())
        {
            return Err(Failure::value(format!(
                "the columns {first:?} and {other:?} have {} and {} rows: the columns of a table have equally many",
                one.len(),
                array.len()
            )));
        }
        if columns.is_empty() {
            return Err(refusal(TableError::NoRows));
        }
        let batch = RecordBatch::try_from_iter(columns)
            .map_err(|error| Failure::value(error.to_string()))?;
        let schema = batch.schema();
        Ok(Table {
            table: tidegate_data::Table::of_batches(&schema, [Ok(batch)]).map_err(refusal)?,
        })
    }

    /// Number of rows.
    fn __len__(&self) -> usize {
        self.table.rows()
    }
}

/// Why a stream's schema was not taken. Arrow's reader has one kind of error for a schema that is damaged and for one of a single
/// column, which is why its words tell them apart.
fn not_read(error: ArrowError) -> Failure {
    match error {
        ArrowError::CDataInterface(reason) if reason.contains("as a Schema") => {
            Failure::wrong_type("a stream of one column is no table: give a data frame")
        }
        error => Failure::value(format!("the Arrow stream cannot be read: {error}")),
    }
}

/// A column of a type that is not read is a `TypeError`, everything else a `ValueError`.
fn refusal(error: TableError) -> Failure {
    match error {
        TableError::ColumnNotRead { .. } => Failure::wrong_type(error.to_string()),
        error => Failure::value(error.to_string()),
    }
}
