//! The threads of a training.

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::failure::Failure;

/// So many threads; none for what the machine offers.
pub(crate) fn thread_pool(threads: Option<usize>) -> Result<ThreadPool, Failure> {
    let threads = threads.unwrap_or(0);
    let pool = ThreadPoolBuilder::new().num_threads(threads);
    pool.build().map_err(|error| Failure::Threads {
        threads,
        reason: error.to_string(),
    })
}
