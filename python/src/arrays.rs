//! NumPy arrays in and out.
//!
//! Arrays of `float32` are read where they lie, without a copy; one whose elements do not lie side by side in C order (a
//! transposed one, a slice with steps, one without alignment) is copied into that order, as NumPy's own functions do. No
//! other dtype is converted: that costs precision or time, which is the caller's to spend.

use std::fmt::Display;

use numpy::{
    PyArray, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn,
    PyReadwriteArrayDyn, PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use crate::error::{Failure, Outcome};

/// An argument that is an array of `float32`.
pub(crate) struct Floats<'py> {
    array: PyReadonlyArrayDyn<'py, f32>,
}

impl<'py> Floats<'py> {
    /// Takes `value`, which messages call `name`.
    ///
    /// # Errors
    /// `TypeError` if it is no NumPy array or not of `float32`; `ValueError` if another call is writing to it.
    pub(crate) fn of(name: &str, value: &Bound<'py, PyAny>) -> Outcome<Floats<'py>> {
        let Ok(array) = value.cast::<PyArrayDyn<f32>>() else {
            return Err(wrong_kind(name, value, "float32"));
        };
        let array = in_c_order(array)?;
        match array.try_readonly() {
            Ok(array) => Ok(Floats { array }),
            Err(_) => Err(Failure::value(format!(
                "{name} is being written to by another call, or is the array given as out"
            ))),
        }
    }

    /// The same for an argument that may be `None`.
    pub(crate) fn of_option(
        name: &str,
        value: Option<&Bound<'py, PyAny>>,
    ) -> Outcome<Option<Floats<'py>>> {
        value.map(|value| Floats::of(name, value)).transpose()
    }

    /// Size of each axis.
    pub(crate) fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    /// The values in C order.
    pub(crate) fn values(&self) -> &[f32] {
        self.array.as_slice().unwrap_or_default()
    }
}

/// The array itself, or a copy of it in C order.
fn in_c_order<'py, T: numpy::Element>(
    array: &Bound<'py, PyArrayDyn<T>>,
) -> Outcome<Bound<'py, PyArrayDyn<T>>> {
    if array.is_c_contiguous() && array.is_aligned() {
        return Ok(array.clone());
    }
    let copy = array.call_method1("copy", ("C",))?;
    Ok(copy.cast_into::<PyArrayDyn<T>>().map_err(PyErr::from)?)
}

/// Integers of any integer dtype as `u32`: tokens.
///
/// # Errors
/// `TypeError` for other dtypes; `ValueError` for a negative number, or one that no vocabulary has.
pub(crate) fn tokens_of(name: &str, value: &Bound<'_, PyAny>) -> Outcome<(Vec<usize>, Vec<u32>)> {
    macro_rules! of_integers {
        ($($integer:ty),*) => {
            $(if let Ok(array) = value.cast::<PyArrayDyn<$integer>>() {
                let array = in_c_order(array)?;
                let array = array.try_readonly().map_err(PyErr::from)?;
                let values = array.as_slice().map_err(PyErr::from)?;
                let tokens = values.iter().map(|&value| token(name, value));
                return Ok((array.shape().to_vec(), tokens.collect::<Outcome<Vec<u32>>>()?));
            })*
        };
    }
    of_integers!(i64, i32, u32, u8, i16, u16, i8, u64);
    Err(wrong_kind(name, value, "an integer dtype"))
}

/// An integer as a token; whether the vocabulary has it, the model says.
///
/// # Errors
/// `ValueError` for a negative number, or one that no vocabulary has.
pub(crate) fn token<T: Copy + Display + TryInto<u32>>(name: &str, number: T) -> Outcome<u32> {
    let refused = |_| Failure::value(format!("{name} holds {number}, which is no token"));
    number.try_into().map_err(refused)
}

/// Lengths: any sequence of integers.
///
/// # Errors
/// `TypeError` if it is none; `ValueError` for a negative length.
pub(crate) fn lengths_of(value: &Bound<'_, PyAny>) -> Outcome<Vec<usize>> {
    let mut lengths = Vec::new();
    for item in value.try_iter()? {
        let item = item?;
        let Ok(length) = item.extract::<i64>() else {
            return Err(Failure::wrong_type(format!(
                "lengths: expected integers, found {}",
                type_name(&item)
            )));
        };
        lengths.push(
            usize::try_from(length)
                .map_err(|_| Failure::value(format!("lengths: {length} is negative")))?,
        );
    }
    Ok(lengths)
}

/// A new array of zeros that is being filled.
pub(crate) struct NewArray<'py> {
    array: PyReadwriteArrayDyn<'py, f32>,
}

impl<'py> NewArray<'py> {
    /// # Errors
    /// NumPy's `MemoryError`, with the shape, if there is no room.
    pub(crate) fn zeros(py: Python<'py>, shape: &[usize]) -> Outcome<NewArray<'py>> {
        static ZEROS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let zeros = ZEROS.import(py, "numpy", "zeros")?;
        let shape = PyTuple::new(py, shape)?;
        let array = zeros.call1((shape, numpy::dtype::<f32>(py)))?;
        let array = array.cast_into::<PyArrayDyn<f32>>().map_err(PyErr::from)?;
        let array = array.try_into_readwrite().map_err(PyErr::from)?;
        Ok(NewArray { array })
    }

    /// The values in C order.
    pub(crate) fn values(&mut self) -> &mut [f32] {
        // A new array is contiguous.
        self.array.as_slice_mut().unwrap_or_default()
    }

    /// The array, filled.
    pub(crate) fn finish(self) -> Bound<'py, PyArrayDyn<f32>> {
        Bound::clone(&self.array)
    }
}

/// A new array over `values`, without a copy.
pub(crate) fn array_of<'py>(
    py: Python<'py>,
    shape: &[usize],
    values: Vec<f32>,
) -> Outcome<Bound<'py, PyArrayDyn<f32>>> {
    Ok(PyArray::from_vec(py, values).reshape(shape)?)
}

/// A shape as Python writes it.
pub(crate) fn shape_text(shape: &[usize]) -> String {
    match shape {
        [only] => format!("({only},)"),
        _ => {
            let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("({})", sizes.join(", "))
        }
    }
}

/// Says what is given and how to convert it.
fn wrong_kind(name: &str, value: &Bound<'_, PyAny>, expected: &str) -> Failure {
    let dtype = match expected {
        "float32" => "np.float32",
        _ => "np.int64",
    };
    let found = kind_of(value);
    Failure::wrong_type(match value.cast::<PyUntypedArray>() {
        Ok(_) => format!(
            "{name}: expected an array of {expected}, found {found}: give {name}.astype({dtype})"
        ),
        Err(_) => format!(
            "{name}: expected a NumPy array of {expected}, found {found}: give np.asarray({name}, dtype={dtype})"
        ),
    })
}

/// Dtype and shape of an array, or the name of another value's type.
pub(crate) fn kind_of(value: &Bound<'_, PyAny>) -> String {
    let Ok(array) = value.cast::<PyUntypedArray>() else {
        return type_name(value);
    };
    let dtype = array.dtype();
    let order = match dtype.byteorder() {
        b'>' => " in another byte order",
        _ => "",
    };
    let shape = shape_text(array.shape());
    format!("one of {dtype}{order} with shape {shape}")
}

/// The name of a value's type.
pub(crate) fn type_name(value: &Bound<'_, PyAny>) -> String {
    value
        .get_type()
        .name()
        .map_or_else(|_| "another type".to_owned(), |name| name.to_string())
}
