//! Computing with as many threads as PyTorch uses, and with the interpreter lock released.
//!
//! Threads do not survive a fork, so every process has pools of its own.

use std::collections::HashMap;
use std::process;
use std::sync::{LazyLock, Mutex, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::{PyErr, PyResult, Python};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Multiply-adds, or values, up to which nothing is split over threads: the engine splits from larger ones on.
const SMALL: usize = 1 << 16;

/// The pools by process and number of threads. They are never dropped: those of a parent process could not be joined.
static POOLS: LazyLock<Mutex<HashMap<(u32, usize), &'static ThreadPool>>> =
    LazyLock::new(Mutex::default);

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
    let pool = pool(threads)?;
    Ok(py.detach(|| pool.install(work)))
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

fn pool(threads: usize) -> PyResult<&'static ThreadPool> {
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (process::id(), threads);
    if let Some(pool) = pools.get(&key) {
        return Ok(pool);
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let refused = |error| {
        PyErr::from(PyRuntimeError::new_err(format!(
            "{threads} threads: {error}"
        )))
    };
    let pool: &'static ThreadPool = Box::leak(Box::new(pool.map_err(refused)?));
    pools.insert(key, pool);
    Ok(pool)
}
