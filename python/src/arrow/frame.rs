//! A table that goes out to Python's libraries.

use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, RecordBatchIterator, StringArray,
    TimestampMicrosecondArray,
};
use arrow_schema::ArrowError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tidegate_data::TimeKind;

use super::stream::capsule_of;
use crate::error::{Failure, Outcome};

/// Microseconds of a day.
const DAY: i64 = 24 * 3600 * 1_000_000;

/// A column that goes out.
pub(crate) enum FrameColumn {
    /// Numbers.
    Numbers(Vec<f64>),
    /// Whole numbers.
    Counts(Vec<i64>),
    /// Texts.
    Texts(Vec<String>),
    /// Microseconds since 1970.
    Times(Vec<i64>, TimeKind),
}

/// Named columns of equal length, which pandas, polars, pyarrow and others read through the Arrow PyCapsule interface.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct Frame {
    batch: RecordBatch,
}

impl Frame {
    /// # Errors
    /// `ValueError` where two columns differ in their length.
    pub(crate) fn new(columns: Vec<(String, FrameColumn)>) -> Outcome<Frame> {
        let arrays = columns.into_iter().map(|(name, column)| {
            let array: ArrayRef = match column {
                FrameColumn::Numbers(values) => Arc::new(Float64Array::from(values)),
                FrameColumn::Counts(values) => Arc::new(Int64Array::from(values)),
                FrameColumn::Texts(values) => Arc::new(StringArray::from(values)),
                FrameColumn::Times(times, TimeKind::Date) => {
                    let days = times.iter().map(|time| time.div_euclid(DAY) as i32);
                    Arc::new(Date32Array::from_iter_values(days))
                }
                FrameColumn::Times(times, TimeKind::Civil) => {
                    Arc::new(TimestampMicrosecondArray::from(times))
                }
                FrameColumn::Times(times, TimeKind::Instant) => {
                    Arc::new(TimestampMicrosecondArray::from(times).with_timezone("UTC"))
                }
            };
            (name, array)
        });
        let batch = RecordBatch::try_from_iter(arrays);
        Ok(Frame {
            batch: batch.map_err(|error| Failure::value(error.to_string()))?,
        })
    }
}

#[pymethods]
impl Frame {
    /// The rows as an Arrow stream; another schema than its own cannot be asked for.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> Outcome<Bound<'py, PyCapsule>> {
        // The interface allows to answer with the producer's own schema.
        let _ = requested_schema;
        let batches: [Result<RecordBatch, ArrowError>; 1] = [Ok(self.batch.clone())];
        let reader = RecordBatchIterator::new(batches, self.batch.schema());
        Ok(capsule_of(py, FFI_ArrowArrayStream::new(Box::new(reader)))?)
    }

    /// Number of rows.
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// The columns as Python's own objects: of each its name, its kind (`number`, `count`, `text`, `date`, `civil`,
    /// `instant`) and its values, times as microseconds since 1970.
    fn columns<'py>(
        &self,
        py: Python<'py>,
    ) -> Outcome<Vec<(String, &'static str, Bound<'py, PyAny>)>> {
        use arrow_array::cast::AsArray;
        use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
        use arrow_schema::DataType;
        use numpy::PyArray1;

        let schema = self.batch.schema();
        let columns = schema.fields().iter().zip(self.batch.columns());
        let columns = columns.map(|(field, array)| {
            let (kind, values) = match field.data_type() {
                DataType::Float64 => {
                    let values = array.as_primitive::<Float64Type>().values();
                    ("number", PyArray1::from_slice(py, values).into_any())
                }
                DataType::Int64 => {
                    let values = array.as_primitive::<Int64Type>().values();
                    ("count", PyArray1::from_slice(py, values).into_any())
                }
                DataType::Date32 => {
                    let days = array.as_primitive::<Date32Type>().values();
                    let times = days.iter().map(|&day| i64::from(day) * DAY);
                    ("date", PyArray1::from_iter(py, times).into_any())
                }
                DataType::Timestamp(_, zone) => {
                    let times = array.as_primitive::<TimestampMicrosecondType>().values();
                    let kind = if zone.is_some() { "instant" } else { "civil" };
                    (kind, PyArray1::from_slice(py, times).into_any())
                }
                _ => {
                    let texts: Vec<&str> = array.as_string::<i32>().iter().flatten().collect();
                    ("text", texts.into_pyobject(py)?.into_any())
                }
            };
            Ok((field.name().clone(), kind, values))
        });
        columns.collect()
    }
}
