//! PyTorch's tensors as slices. A tensor is asked for everything that its memory must be before an address is used.
#![allow(
    unsafe_code,
    reason = "PyTorch hands out the memory of a tensor as an address alone"
)]

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyAnyMethods, PyType};
use pyo3::{Bound, Py, PyAny, PyErr, PyResult, Python, intern};

/// What is imported from PyTorch, once.
struct Torch {
    tensor: Py<PyType>,
    float32: Py<PyAny>,
    int64: Py<PyAny>,
}

fn torch(py: Python<'_>) -> PyResult<&Torch> {
    static TORCH: PyOnceLock<Torch> = PyOnceLock::new();
    TORCH.get_or_try_init(py, || {
        let torch = py.import("torch")?;
        Ok(Torch {
            tensor: torch.getattr("Tensor")?.cast_into::<PyType>()?.unbind(),
            float32: torch.getattr("float32")?.unbind(),
            int64: torch.getattr("int64")?.unbind(),
        })
    })
}

/// The contiguous memory of a tensor on the CPU, which lives as long as this holds the tensor.
pub(crate) struct Memory {
    tensor: Py<PyAny>,
    address: usize,
    length: usize,
    bytes: usize,
}

impl Memory {
    fn of(
        tensor: &Bound<'_, PyAny>,
        what: &str,
        dtype: &Py<PyAny>,
        width: usize,
    ) -> PyResult<Self> {
        let py = tensor.py();
        if !tensor.is_instance(torch(py)?.tensor.bind(py))? {
            let kind = tensor.get_type();
            return Err(PyTypeError::new_err(format!(
                "{what} is a {kind}, not a torch.Tensor"
            )));
        }
        let found = tensor.getattr(intern!(py, "dtype"))?;
        if !found.is(dtype) {
            let wanted = dtype.bind(py);
            return Err(PyTypeError::new_err(format!(
                "{what} has dtype {found}, not {wanted}"
            )));
        }
        let says = |name| -> PyResult<bool> { tensor.call_method0(name)?.extract() };
        if !tensor.getattr(intern!(py, "is_cpu"))?.extract::<bool>()? {
            let device = tensor.getattr(intern!(py, "device"))?;
            return Err(refused(what, &format!("lies on {device}, not on the CPU")));
        }
        if !says(intern!(py, "is_contiguous"))? {
            return Err(refused(what, "is not contiguous: pass tensor.contiguous()"));
        }
        if says(intern!(py, "is_neg"))? {
            return Err(refused(
                what,
                "is a lazily negated view: pass tensor.resolve_neg()",
            ));
        }
        let count = |name| -> PyResult<usize> { tensor.call_method0(name)?.extract() };
        let length = count(intern!(py, "numel"))?;
        let address = count(intern!(py, "data_ptr"))?;
        if length > 0 {
            let offset = count(intern!(py, "storage_offset"))?;
            let storage = tensor.call_method0(intern!(py, "untyped_storage"))?;
            let held: usize = storage.call_method0(intern!(py, "nbytes"))?.extract()?;
            let end = offset
                .checked_add(length)
                .and_then(|end| end.checked_mul(width));
            // Of memory that is not there, the address is the offset alone.
            if end.is_none_or(|end| held < end) || address <= offset * width {
                return Err(refused(
                    what,
                    "has no memory for its values: its storage was freed or made smaller, or it is a zero tensor without one",
                ));
            }
        }
        Ok(Memory {
            address,
            tensor: tensor.clone().unbind(),
            length,
            bytes: length * width,
        })
    }

    /// The sizes of the tensor's axes.
    pub(crate) fn shape(&self, py: Python<'_>) -> PyResult<Vec<usize>> {
        self.tensor
            .bind(py)
            .getattr(intern!(py, "shape"))?
            .extract()
    }

    fn overlaps<T>(&self, slice: &[T]) -> bool {
        let start = slice.as_ptr().addr();
        let end = start + size_of_val(slice);
        start < self.address + self.bytes && self.address < end
    }
}

fn refused(what: &str, reason: &str) -> PyErr {
    PyValueError::new_err(format!("{what} {reason}"))
}

/// The values of a tensor of float32.
///
/// # Errors
/// `TypeError` for another dtype, `ValueError` for memory that is not contiguous, not the CPU's or not there.
pub(crate) fn floats(tensor: &Bound<'_, PyAny>, what: &str) -> PyResult<Memory> {
    Memory::of(tensor, what, &torch(tensor.py())?.float32, size_of::<f32>())
}

/// The values of a tensor of int64, none of them negative.
///
/// # Errors
/// Those of [`floats`], and `ValueError` for a negative value.
pub(crate) fn counts(tensor: &Bound<'_, PyAny>, what: &str) -> PyResult<Vec<usize>> {
    let memory = Memory::of(tensor, what, &torch(tensor.py())?.int64, size_of::<i64>())?;
    if memory.length == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: `Memory::of` saw a contiguous tensor of int64 on the CPU whose storage is there and reaches as far as its
    // `length` values. The interpreter lock is held, so that nobody frees the storage, and the tensor is held by `memory`.
    let values = unsafe { std::slice::from_raw_parts(memory.address as *const i64, memory.length) };
    let count = |&value: &i64| {
        usize::try_from(value).map_err(|_| PyValueError::new_err(format!("{what} holds {value}")))
    };
    values.iter().map(count).collect()
}

impl Memory {
    /// The tensor's values.
    pub(crate) fn read(&self) -> &[f32] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: `Memory::of` saw a contiguous tensor of float32 on the CPU whose storage is there and reaches as far as its
        // `length` values, and `self` keeps the tensor alive. That nobody frees, resizes or writes a storage while an operator
        // reads it is what PyTorch's own operators rest on, which release the interpreter lock too.
        unsafe { std::slice::from_raw_parts(self.address as *const f32, self.length) }
    }
}

/// The values of tensors that are written, apart from each other and from all that is read.
///
/// # Errors
/// `ValueError` where two of them share memory.
pub(crate) fn written<'a>(
    written: &'a mut [Memory],
    read: &[&[f32]],
) -> PyResult<Vec<&'a mut [f32]>> {
    let mut slices: Vec<&'a mut [f32]> = Vec::with_capacity(written.len());
    for memory in written {
        let shared = read.iter().any(|slice| memory.overlaps(slice))
            || slices.iter().any(|slice| memory.overlaps(slice));
        if shared {
            return Err(refused(
                "an output",
                "shares its memory with another tensor",
            ));
        }
        slices.push(if memory.length == 0 {
            &mut []
        } else {
            // SAFETY: as in `Memory::read`; and no other slice made here, nor any that is read, covers these values.
            unsafe { std::slice::from_raw_parts_mut(memory.address as *mut f32, memory.length) }
        });
    }
    Ok(slices)
}
