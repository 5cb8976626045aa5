//! Computing with as many threads as PyTorch uses, and with the interpreter lock released.

use pyo3::exceptions::PyRuntimeError;
use pyo3::{PyResult, Python};

use crate::compute::pool;

/// Multiply-adds, or values, up to which nothing is split over threads: the engine splits from larger ones on.
const SMALL: usize = 1 << 16;

/// Runs `work` of so many multiply-adds over so many values with the interpreter lock released.
///
/// # Errors
/// `RuntimeError` where the system gives no threads.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    threads: usize,
    size: Size,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    if size.is_small() {
        // Handing it to another thread would take longer.
        return Ok(py.detach(work));
    }
    match pool(threads) {
        Ok(pool) => Ok(py.detach(|| pool.install(work))),
        Err(error) => Err(PyRuntimeError::new_err(format!(
            "{threads} threads: {error}"
        ))),
    }
}

/// How large a computation is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) multiply_adds: usize,
    pub(crate) parameters: usize,
}

impl Size {
    fn is_small(self) -> bool {
        self.multiply_adds < 16 * SMALL && self.parameters < SMALL
    }
}
