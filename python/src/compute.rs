//! Computing with the interpreter lock released, also in a process that was forked.
//!
//! Threads do not survive a fork: in the child (a worker of `multiprocessing`, of a data loader) the pool that the parent
//! had is a pool without threads, and whoever gives it work waits for ever. A child therefore gets a pool of its own.

use std::process;
use std::sync::{LazyLock, Mutex, PoisonError};

use pyo3::Python;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// The process that loaded the module.
static LOADED_BY: LazyLock<u32> = LazyLock::new(process::id);

/// The pool of a forked process, with the process that it belongs to.
static FORKED: Mutex<Option<(u32, &'static ThreadPool)>> = Mutex::new(None);

/// Notes which process loads the module.
pub(crate) fn remember_process() {
    LazyLock::force(&LOADED_BY);
}

/// Runs `work` with the interpreter lock released.
pub(crate) fn compute<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    py.detach(|| in_pool(work))
}

/// Runs `work` where its threads live.
pub(crate) fn in_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let process = process::id();
    if process == *LOADED_BY {
        return work();
    }
    match pool_of(process) {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

fn pool_of(process: u32) -> Option<&'static ThreadPool> {
    let mut forked = FORKED.lock().unwrap_or_else(PoisonError::into_inner);
    match *forked {
        Some((owner, pool)) if owner == process => Some(pool),
        // One pool for each forked process, which lives as long as the process: it is never dropped, since the threads of
        // the parent's pool could not be joined.
        _ => {
            let pool = Box::leak(Box::new(ThreadPoolBuilder::new().build().ok()?));
            *forked = Some((process, pool));
            Some(pool)
        }
    }
}
