//! A column of NumPy's as one of Arrow's.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float64Array, StringArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray, TimestampSecondArray,
};
use numpy::{PyReadonlyArray1, PyReadonlyArrayDyn};
use pyo3::prelude::*;

use crate::error::{Failure, Outcome};

/// What NumPy writes for a time that is missing (`NaT`).
const NOT_A_TIME: i64 = i64::MIN;

/// An array of the kind that Python found: `number` (`float64`), `text` (a list of `str` or `None`), or the unit of times
/// (`int64` since 1970).
pub(super) fn array_of(name: &str, kind: &str, values: &Bound<'_, PyAny>) -> Outcome<ArrayRef> {
    Ok(match kind {
        "number" => {
            let values: PyReadonlyArrayDyn<'_, f64> = values.extract()?;
            let values = values.as_array();
            Arc::new(values.iter().copied().collect::<Float64Array>())
        }
        "text" => Arc::new(
            values
                .extract::<Vec<Option<String>>>()?
                .into_iter()
                .collect::<StringArray>(),
        ),
        unit => {
            let values: PyReadonlyArray1<'_, i64> = values.extract()?;
            let values = values.as_array();
            let times = values
                .iter()
                .map(|&time| (time != NOT_A_TIME).then_some(time));
            match unit {
                "s" => Arc::new(times.collect::<TimestampSecondArray>()),
                "ms" => Arc::new(times.collect::<TimestampMillisecondArray>()),
                "us" => Arc::new(times.collect::<TimestampMicrosecondArray>()),
                "ns" => Arc::new(times.collect::<TimestampNanosecondArray>()),
                _ => {
                    return Err(Failure::wrong_type(format!(
                        "column {name:?} has times in a unit that is not read: {unit}"
                    )));
                }
            }
        }
    })
}
