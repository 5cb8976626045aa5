//! Computing with the interpreter lock released, also in a process that was forked.
//!
//! Threads do not survive a fork: in the child (a worker of `multiprocessing`, of a data loader) the pool that the parent
//! had is a pool without threads, and whoever gives it work waits for ever. A child therefore gets pools of its own.

use std::collections::HashMap;
use std::process;
use std::sync::{LazyLock, Mutex, PoisonError};

use pyo3::Python;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// The process that loaded the module.
static LOADED_BY: LazyLock<u32> = LazyLock::new(process::id);

/// The pools by process and number of threads. They are never dropped: those of a parent process could not be joined.
static POOLS: LazyLock<Mutex<HashMap<(u32, usize), &'static ThreadPool>>> =
    LazyLock::new(Mutex::default);

/// Notes which process loads the module.
pub(crate) fn remember_process() {
    LazyLock::force(&LOADED_BY);
}

/// Runs `work` with the interpreter lock released.
pub(crate) fn compute<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    py.detach(|| in_pool(work))
}

/// Runs `work` where its threads live: in the process that loaded the module those of the library, else those of a pool of
/// this process.
pub(crate) fn in_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if process::id() == *LOADED_BY {
        return work();
    }
    match pool(0) {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// This process' pool with this many threads; with 0, one for each processor, or as many as `RAYON_NUM_THREADS` says.
///
/// # Errors
/// If the system gives no threads.
pub(crate) fn pool(threads: usize) -> Result<&'static ThreadPool, ThreadPoolBuildError> {
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (process::id(), threads);
    if let Some(pool) = pools.get(&key) {
        return Ok(pool);
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build()?;
    let pool: &'static ThreadPool = Box::leak(Box::new(pool));
    pools.insert(key, pool);
    Ok(pool)
}
