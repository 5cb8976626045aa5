//! Arrow streams in capsules of Python (the Arrow PyCapsule interface, `__arrow_c_stream__`).
#![allow(
    unsafe_code,
    reason = "the stream lies in memory that another library owns, behind a pointer"
)]

use std::ffi::CStr;

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_schema::ArrowError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// The name that the interface gives to capsules with a stream.
const NAME: &CStr = c"arrow_array_stream";

/// Takes the stream out of a capsule, which is empty afterwards.
///
/// # Errors
/// Python's where the capsule holds something else.
pub(super) fn reader_of(
    capsule: &Bound<'_, PyCapsule>,
) -> PyResult<Result<RecordBatchStreamReader, ArrowError>> {
    let stream = capsule
        .pointer_checked(Some(NAME))?
        .cast::<FFI_ArrowArrayStream>();
    // SAFETY: a capsule of this name holds a valid stream (the interface's contract; the name was just checked), which
    // nobody else reads while the interpreter lock is held. `from_raw` moves it out and leaves one that is released, so that
    // the capsule's destructor does not release it again; `try_new` refuses one that was released before.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    Ok(RecordBatchStreamReader::try_new(stream))
}

/// A capsule with a stream. Where nobody takes it out, it is released with the capsule.
///
/// # Errors
/// Python's where there is no memory for it.
pub(super) fn capsule_of(
    py: Python<'_>,
    stream: FFI_ArrowArrayStream,
) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, stream, NAME)
}
