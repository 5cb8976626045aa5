//! A table from Arrow's batches in memory, as another library hands them over.

use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, FieldRef, Schema};

use super::arrow_columns::ArrowColumns;
use super::error::TableError;
use super::guarded::guarded;
use super::{Table, TableFormat};

/// What errors call the batches.
const FORMAT: &str = "Arrow stream";

impl Table {
    /// The rows of some batches, one after the other; columns become what those of a file would. The rows of all batches are
    /// counted through.
    ///
    /// Batches that do not hold together are an error, as far as they can be looked into: where their memory lies is
    /// believed.
    ///
    /// # Errors
    /// What is wrong, with the row and the column's name.
    pub fn of_batches(
        schema: &Schema,
        batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
    ) -> Result<Table, TableError> {
        guarded(FORMAT, || {
            let mut columns = ArrowColumns::new(schema)?;
            for batch in batches {
                let batch = batch.map_err(damaged)?;
                let found = batch.schema_ref().fields();
                let is_same = |(one, other): (&FieldRef, &FieldRef)| {
                    one.name() == other.name() && one.data_type() == other.data_type()
                };
                if found.len() != schema.fields().len()
                    || !found.iter().zip(schema.fields()).all(is_same)
                {
                    return Err(damaged("its batches differ in their columns"));
                }
                for array in batch.columns() {
                    array.to_data().validate_full().map_err(damaged)?;
                }
                columns.append(&batch)?;
            }
            columns.finish(TableFormat::ArrowStream)
        })
    }
}

fn damaged(reason: impl ToString) -> TableError {
    TableError::Damaged {
        format: FORMAT,
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, StringArray, StringViewArray};
    use arrow_schema::{DataType, Field};

    use super::*;
    use crate::table::{Place, Values};

    fn batch(name: &str, array: ArrayRef) -> RecordBatch {
        RecordBatch::try_from_iter([(name, array)]).unwrap()
    }

    #[test]
    fn the_rows_of_all_batches_stand_below_each_other() {
        let numbers = |numbers: &[Option<f64>]| -> ArrayRef {
            Arc::new(numbers.iter().copied().collect::<Float64Array>())
        };
        let schema = Schema::new(vec![Field::new("load", DataType::Float64, true)]);
        let batches = [
            batch("load", numbers(&[Some(1.5), None])),
            batch("load", numbers(&[Some(2.5)])),
        ];
        let table = Table::of_batches(&schema, batches.map(Ok)).unwrap();
        assert_eq!(table.rows(), 3);
        assert_eq!(table.columns()[0].missing, [1]);
        assert_eq!(table.place(2), Place::Row(3));
        let infinite = batch("load", numbers(&[Some(1.0), Some(f64::INFINITY)]));
        let error = Table::of_batches(&schema, [Ok(infinite)]).unwrap_err();
        let message = error.to_string();
        assert!(
            message.starts_with("row 2, column \"load\": inf"),
            "{message}"
        );
    }

    #[test]
    fn views_of_texts_are_texts() {
        let views = StringViewArray::from(vec!["a", "a text that is too long to stand in a view"]);
        let schema = Schema::new(vec![Field::new("name", DataType::Utf8View, true)]);
        let table = Table::of_batches(&schema, [Ok(batch("name", Arc::new(views)))]).unwrap();
        let Values::Texts(texts) = &table.columns()[0].values else {
            panic!("no texts");
        };
        assert!(texts.get(1).ends_with("a view"));
    }

    #[test]
    fn batches_that_do_not_belong_together_or_fail_to_arrive_are_errors() {
        let schema = Schema::new(vec![Field::new("load", DataType::Float64, true)]);
        let other = batch("load", Arc::new(StringArray::from(vec!["a"])));
        let error = Table::of_batches(&schema, [Ok(other)]).unwrap_err();
        assert!(error.to_string().contains("differ in their columns"));
        let broken = ArrowError::ComputeError("the connection is lost".to_owned());
        let error = Table::of_batches(&schema, [Err(broken)]).unwrap_err();
        assert!(error.to_string().contains("the connection is lost"));
        assert_eq!(
            Table::of_batches(&schema, []).unwrap_err(),
            TableError::NoRows
        );
    }
}
