//! A tape lives as long as the tensor that stands for it: a tensor of one byte over the memory of a [`TapeBuffer`].
//!
//! Its tape is found by the byte's address, so that the tensor holds nothing that a copy of it could be mistaken for: a
//! backward pass that is given a copy finds no tape and computes the forward pass again.
#![allow(unsafe_code, reason = "Python's buffer protocol")]

use std::collections::HashMap;
use std::ffi::c_int;
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyBufferError;
use pyo3::{Bound, PyResult, ffi, pyclass, pymethods};
use tidegate_cells::Tape;

use super::network::Network;

type Tapes = HashMap<usize, (Arc<Network>, Tape)>;

/// The tapes of forward passes that no backward pass has consumed, by the address of their byte.
static TAPES: LazyLock<Mutex<Tapes>> = LazyLock::new(Mutex::default);

fn tapes() -> MutexGuard<'static, Tapes> {
    TAPES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The byte whose address names a tape; with it dies the tape.
#[pyclass(frozen, module = "tidegate._engine")]
pub(crate) struct TapeBuffer {
    byte: Box<AtomicU8>,
}

impl TapeBuffer {
    /// Keeps `tape` until it is taken or this is dropped.
    pub(crate) fn holding(network: Arc<Network>, tape: Tape) -> TapeBuffer {
        let buffer = TapeBuffer {
            byte: Box::default(),
        };
        tapes().insert(buffer.address(), (network, tape));
        buffer
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(&*self.byte).addr()
    }
}

/// The tape that the byte at `address` names, unless it was taken before.
pub(crate) fn take(address: usize) -> Option<Tape> {
    let found = tapes().remove(&address);
    found.map(|(_, tape)| tape)
}

impl Drop for TapeBuffer {
    fn drop(&mut self) {
        let found = tapes().remove(&self.address());
        if let Some((network, tape)) = found {
            network.keep_tape(tape);
        }
    }
}

#[pymethods]
impl TapeBuffer {
    /// The byte, as writable memory: PyTorch makes tensors of no other without a warning. Nobody reads what it holds.
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        if view.is_null() {
            return Err(PyBufferError::new_err("the view is missing"));
        }
        let byte = slf.get().byte.as_ptr().cast();
        // SAFETY: `view` is Python's to be filled; the byte lives as long as the object, which the view holds.
        let filled = unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), byte, 1, 0, flags) };
        if filled == 0 {
            Ok(())
        } else {
            Err(pyo3::PyErr::fetch(slf.py()))
        }
    }
}
