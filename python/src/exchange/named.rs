//! Arrays by name, between Python's dictionaries and the formats.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyMapping};
use tidegate_exchange::{NamedArray, pytorch};

use crate::arrays::{Floats, array_of, type_name};
use crate::compute::compute;
use crate::error::{Failure, Outcome, of_file};

/// The arrays of a mapping from names to arrays of `float32`, in its order.
///
/// # Errors
/// `TypeError` for what is no such mapping; `ValueError` for a value that is not finite.
pub(super) fn arrays_of(given: &Bound<'_, PyAny>) -> Outcome<Vec<NamedArray>> {
    let Ok(given) = given.cast::<PyMapping>() else {
        return Err(Failure::wrong_type(format!(
            "state_dict: expected a mapping from names to arrays, found {}",
            type_name(given)
        )));
    };
    let mut arrays = Vec::new();
    for pair in given.items()?.iter() {
        let (name, value): (String, Bound<'_, PyAny>) = pair.extract()?;
        arrays.push(array(name, &value)?);
    }
    Ok(arrays)
}

/// One array of `float32`.
pub(super) fn array(name: String, value: &Bound<'_, PyAny>) -> Outcome<NamedArray> {
    let floats = Floats::of(&name, value)?;
    let (shape, values) = (floats.shape().to_vec(), floats.values().to_vec());
    Ok(NamedArray::new(name, shape, values)?)
}

/// A dictionary of copies, in the order of the arrays.
pub(super) fn dictionary<'py>(
    py: Python<'py>,
    arrays: Vec<NamedArray>,
) -> Outcome<Bound<'py, PyDict>> {
    let dictionary = PyDict::new(py);
    for array in arrays {
        dictionary.set_item(array.name, array_of(py, &array.shape, array.values)?)?;
    }
    Ok(dictionary)
}

/// Writes a file: beside it first, then it takes its name.
#[pyfunction]
pub(crate) fn replace_file(py: Python<'_>, path: PathBuf, contents: &[u8]) -> Outcome<()> {
    compute(py, || tidegate_model::replace_file(&path, contents))
        .map_err(|error| of_file(&error, &path))
}

/// The bytes of a safetensors file with these arrays.
#[pyfunction]
pub(crate) fn state_dict_bytes<'py>(
    py: Python<'py>,
    state_dict: &Bound<'py, PyAny>,
) -> Outcome<Bound<'py, PyBytes>> {
    let arrays = arrays_of(state_dict)?;
    let bytes = compute(py, || pytorch::write_tensors(&arrays))?;
    Ok(PyBytes::new(py, &bytes))
}
