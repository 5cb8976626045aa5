//! From the arrays of Arrow, into which Parquet and Arrow's own files are decoded, to columns.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, DecimalType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Schema, TimeUnit};

use super::error::TableError;
use super::typed_column::{Cell, ColumnKind, TypedColumn};
use super::{Rows, Table, TableFormat, TimeKind, Times, names, size};

/// The value of a row, or what is wrong with its time.
type Reader<'a> = Box<dyn Fn(usize) -> Result<Cell<'a>, &'static str> + 'a>;

/// Columns that grow with each batch of rows.
pub(super) struct ArrowColumns {
    columns: Vec<TypedColumn>,
    rows: usize,
}

impl ArrowColumns {
    pub(super) fn new(schema: &Schema) -> Result<ArrowColumns, TableError> {
        size::allow(1, schema.fields().len())?;
        let given = schema.fields().iter().map(|field| field.name().as_str());
        let names = names::distinct(given, None)?;
        let columns = names.into_iter().zip(schema.fields());
        let columns = columns.map(|(name, field)| match kind(field.data_type()) {
            Ok(kind) => Ok(TypedColumn::new(name, kind)),
            Err(holds) => Err(TableError::ColumnNotRead {
                column: name,
                holds,
            }),
        });
        Ok(ArrowColumns {
            columns: columns.collect::<Result<_, _>>()?,
            rows: 0,
        })
    }

    pub(super) fn append(&mut self, batch: &RecordBatch) -> Result<(), TableError> {
        self.rows = self.rows.saturating_add(batch.num_rows());
        size::allow(self.rows, self.columns.len())?;
        for (column, array) in self.columns.iter_mut().zip(batch.columns()) {
            let cell = reader(array);
            for row in 0..batch.num_rows() {
                match cell(row) {
                    Ok(cell) => column.push(cell)?,
                    Err(reason) => return Err(column.unreadable_time(reason)),
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(self, format: TableFormat) -> Result<Table, TableError> {
        if self.columns.is_empty() || self.rows == 0 {
            return Err(TableError::NoRows);
        }
        Ok(Table {
            format,
            columns: self.columns.into_iter().map(TypedColumn::finish).collect(),
            rows: Rows::Counted(self.rows),
        })
    }
}

/// What a column becomes, or what it holds that is not read.
fn kind(data_type: &DataType) -> Result<ColumnKind, &'static str> {
    match data_type {
        data_type if data_type.is_numeric() => Ok(ColumnKind::Numbers),
        DataType::Boolean | DataType::Null => Ok(ColumnKind::Numbers),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Ok(ColumnKind::Texts),
        DataType::Date32 | DataType::Date64 => Ok(ColumnKind::Times(TimeKind::Date)),
        DataType::Timestamp(_, None) => Ok(ColumnKind::Times(TimeKind::Civil)),
        DataType::Timestamp(_, Some(_)) => Ok(ColumnKind::Times(TimeKind::Instant)),
        DataType::Dictionary(_, values) if !values.is_nested() => kind(values),
        DataType::Struct(_) => Err("records of several fields"),
        DataType::Map(..) => Err("maps"),
        DataType::Time32(_) | DataType::Time64(_) => Err("times of day without a date"),
        DataType::Duration(_) | DataType::Interval(_) => Err("lengths of time"),
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => Err("bytes"),
        data_type if data_type.is_nested() => Err("lists or other nested values"),
        _ => Err("values of a rare type"),
    }
}

/// A column of a type that [`kind`] does not know is never asked for: it is null throughout.
fn reader(array: &dyn Array) -> Reader<'_> {
    match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean();
            present(array, move |row| {
                Cell::Number(f64::from(u8::from(values.value(row))))
            })
        }
        DataType::Int8 => numbers::<Int8Type>(array, f64::from),
        DataType::Int16 => numbers::<Int16Type>(array, f64::from),
        DataType::Int32 => numbers::<Int32Type>(array, f64::from),
        DataType::Int64 => numbers::<Int64Type>(array, |value| value as f64),
        DataType::UInt8 => numbers::<UInt8Type>(array, f64::from),
        DataType::UInt16 => numbers::<UInt16Type>(array, f64::from),
        DataType::UInt32 => numbers::<UInt32Type>(array, f64::from),
        DataType::UInt64 => numbers::<UInt64Type>(array, |value| value as f64),
        DataType::Float16 => numbers::<Float16Type>(array, |value| value.to_f64()),
        DataType::Float32 => numbers::<Float32Type>(array, f64::from),
        DataType::Float64 => numbers::<Float64Type>(array, |value| value),
        DataType::Decimal32(..) => decimals::<Decimal32Type>(array),
        DataType::Decimal64(..) => decimals::<Decimal64Type>(array),
        DataType::Decimal128(..) => decimals::<Decimal128Type>(array),
        DataType::Decimal256(..) => decimals::<Decimal256Type>(array),
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            present(array, move |row| Cell::Text(texts.value(row)))
        }
        DataType::LargeUtf8 => {
            let texts = array.as_string::<i64>();
            present(array, move |row| Cell::Text(texts.value(row)))
        }
        DataType::Utf8View => {
            let texts = array.as_string_view();
            present(array, move |row| Cell::Text(texts.value(row)))
        }
        DataType::Date32 => times::<Date32Type>(array, |days| {
            i64::from(days).checked_mul(24 * 3600 * 1_000_000)
        }),
        DataType::Date64 => times::<Date64Type>(array, |time| time.checked_mul(1000)),
        DataType::Timestamp(TimeUnit::Second, _) => {
            times::<TimestampSecondType>(array, |time| time.checked_mul(1_000_000))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            times::<TimestampMillisecondType>(array, |time| time.checked_mul(1000))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            times::<TimestampMicrosecondType>(array, Some)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            times::<TimestampNanosecondType>(array, |time| {
                (time % 1000 == 0).then_some(time / 1000)
            })
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let (key, value) = (reader(dictionary.keys()), reader(dictionary.values()));
            Box::new(move |row| match key(row)? {
                // Keys are positions in the dictionary, which Arrow checks.
                Cell::Number(key) => value(key as usize),
                _ => Ok(Cell::Null),
            })
        }
        _ => Box::new(|_| Ok(Cell::Null)),
    }
}

fn present<'a>(array: &'a dyn Array, cell: impl Fn(usize) -> Cell<'a> + 'a) -> Reader<'a> {
    Box::new(move |row| match array.is_null(row) {
        true => Ok(Cell::Null),
        false => Ok(cell(row)),
    })
}

fn numbers<T: ArrowPrimitiveType>(
    array: &dyn Array,
    number: impl Fn(T::Native) -> f64 + 'static,
) -> Reader<'_> {
    let values = array.as_primitive::<T>();
    present(array, move |row| Cell::Number(number(values.value(row))))
}

/// By way of their text, which is rounded once.
fn decimals<T: DecimalType>(array: &dyn Array) -> Reader<'_> {
    let values = array.as_primitive::<T>();
    present(array, move |row| {
        Cell::Number(values.value_as_string(row).parse().unwrap_or(f64::NAN))
    })
}

fn times<T: ArrowPrimitiveType>(
    array: &dyn Array,
    microseconds: impl Fn(T::Native) -> Option<i64> + 'static,
) -> Reader<'_> {
    let values = array.as_primitive::<T>();
    Box::new(move |row| match array.is_null(row) {
        true => Ok(Cell::Null),
        false => Times::checked(microseconds(values.value(row))).map(Cell::Time),
    })
}
