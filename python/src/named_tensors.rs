//! Parameters by name: from a flat buffer to a dictionary of arrays, and back.

use std::collections::BTreeSet;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping};
use tidegate_cells::Tensor;

use crate::arrays::{Floats, array_of, shape_text};
use crate::error::{Failure, Outcome};

/// A dictionary from names to copies of the tensors.
pub(crate) fn dictionary<'py>(
    py: Python<'py>,
    tensors: &[Tensor],
    parameters: &[f32],
) -> Outcome<Bound<'py, PyDict>> {
    let dictionary = PyDict::new(py);
    for tensor in tensors {
        let values = parameters[tensor.range()].to_vec();
        dictionary.set_item(&tensor.name, array_of(py, &tensor.shape, values)?)?;
    }
    Ok(dictionary)
}

/// The flat buffer from a mapping that has every tensor and no other.
///
/// # Errors
/// `ValueError` names what is missing, what has no place and what has another shape; `TypeError` what is no array of
/// `float32`.
pub(crate) fn flat(tensors: &[Tensor], given: &Bound<'_, PyAny>) -> Outcome<Vec<f32>> {
    let Ok(given) = given.cast::<PyMapping>() else {
        return Err(Failure::wrong_type(format!(
            "state_dict: expected a mapping from names to arrays, found {}",
            crate::arrays::type_name(given)
        )));
    };
    let mut names = BTreeSet::new();
    for name in given.keys()?.iter() {
        names.insert(name.extract::<String>()?);
    }
    let missing: Vec<&str> = tensors
        .iter()
        .map(|tensor| tensor.name.as_str())
        .filter(|name| !names.remove(*name))
        .collect();
    if !missing.is_empty() || !names.is_empty() {
        let unexpected: Vec<String> = names.into_iter().collect();
        let mut problems = Vec::new();
        if !missing.is_empty() {
            problems.push(format!("missing: {}", missing.join(", ")));
        }
        if !unexpected.is_empty() {
            problems.push(format!("without a place: {}", unexpected.join(", ")));
        }
        return Err(Failure::value(format!(
            "state_dict: {}",
            problems.join("; ")
        )));
    }
    let mut parameters = vec![0.0; tensors.last().map_or(0, |last| last.range().end)];
    for tensor in tensors {
        let array = Floats::of(&tensor.name, &given.get_item(&tensor.name)?)?;
        if array.shape() != tensor.shape {
            return Err(Failure::value(format!(
                "{} has shape {}, expected {}",
                tensor.name,
                shape_text(array.shape()),
                shape_text(&tensor.shape)
            )));
        }
        parameters[tensor.range()].copy_from_slice(array.values());
    }
    Ok(parameters)
}
