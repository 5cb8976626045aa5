//! Jobs made side by side, each with threads of its own, some of which make others possible.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A job that waits for its turn.
pub(crate) struct Job<J> {
    /// What is to be done.
    pub(crate) what: J,
    /// Threads that it takes, 1 or more, and at most those of the queue.
    pub(crate) threads: usize,
}

/// Why a job gave no result.
pub(crate) enum Ended<E> {
    /// It was told to stop.
    Stopped,
    /// It failed.
    Failed(E),
}

struct State<J, E> {
    waiting: VecDeque<Job<J>>,
    threads_in_use: usize,
    stopped: bool,
    failure: Option<E>,
}

struct Queue<'a, J, E> {
    state: Mutex<State<J, E>>,
    changed: Condvar,
    threads: usize,
    stop: &'a AtomicBool,
}

/// Works all jobs off, in order as far as `threads` allow, and those that they return too.
///
/// Once a job fails or stops, no other is begun, and `stop` tells those that are running.
///
/// # Errors
/// The first failure, if there is one; else that a job was stopped.
pub(crate) fn work_off<J: Send, E: Send>(
    jobs: Vec<Job<J>>,
    threads: usize,
    stop: &AtomicBool,
    work: impl Fn(&J) -> Result<Vec<Job<J>>, Ended<E>> + Sync,
) -> Result<(), Ended<E>> {
    let state = State {
        waiting: jobs.into(),
        threads_in_use: 0,
        stopped: false,
        failure: None,
    };
    let queue = Queue {
        state: Mutex::new(state),
        changed: Condvar::new(),
        threads,
        stop,
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| queue.work(&work));
        }
    });
    let state = queue
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    match (state.failure, state.stopped) {
        (Some(failure), _) => Err(Ended::Failed(failure)),
        (None, true) => Err(Ended::Stopped),
        (None, false) => Ok(()),
    }
}

impl<J, E> Queue<'_, J, E> {
    fn lock(&self) -> MutexGuard<'_, State<J, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One worker: takes jobs until none is left and none that runs can bring another.
    fn work(&self, work: impl Fn(&J) -> Result<Vec<Job<J>>, Ended<E>>) {
        while let Some(job) = self.take() {
            let running = Running {
                queue: self,
                threads: job.threads,
                returned: false,
            };
            let result = work(&job.what);
            running.finish(result);
        }
    }

    fn take(&self) -> Option<Job<J>> {
        let mut state = self.lock();
        loop {
            if state.stopped || (state.waiting.is_empty() && state.threads_in_use == 0) {
                return None;
            }
            let free = self.threads.saturating_sub(state.threads_in_use);
            let fits = |job: &Job<J>| job.threads <= free;
            if state.waiting.front().is_some_and(fits)
                && let Some(job) = state.waiting.pop_front()
            {
                state.threads_in_use += job.threads;
                return Some(job);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A job that runs. However it ends, its threads are given back, so that no worker waits for ever.
struct Running<'a, J, E> {
    queue: &'a Queue<'a, J, E>,
    threads: usize,
    returned: bool,
}

impl<J, E> Running<'_, J, E> {
    fn finish(mut self, result: Result<Vec<Job<J>>, Ended<E>>) {
        self.returned = true;
        let mut state = self.queue.lock();
        match result {
            Ok(jobs) => state.waiting.extend(jobs),
            Err(ended) => {
                state.stopped = true;
                if let (Ended::Failed(failure), None) = (ended, &state.failure) {
                    state.failure = Some(failure);
                }
            }
        }
    }
}

impl<J, E> Drop for Running<'_, J, E> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.threads_in_use -= self.threads;
        // A panic goes on through the scope; the others end.
        state.stopped |= !self.returned;
        if state.stopped {
            self.queue.stop.store(true, Ordering::Relaxed);
        }
        drop(state);
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn job(what: usize, threads: usize) -> Job<usize> {
        Job { what, threads }
    }

    #[test]
    fn every_job_is_done_once_also_those_that_come_later_and_threads_are_never_exceeded() {
        for threads in 1..5 {
            let done = Mutex::new(Vec::new());
            let (in_use, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let jobs = vec![job(1, 1), job(2, threads), job(3, 1), job(4, 1)];
            let result = work_off(jobs, threads, &AtomicBool::new(false), |&what| {
                let taken = if what == 2 { threads } else { 1 };
                let now = in_use.fetch_add(taken, Ordering::SeqCst) + taken;
                most.fetch_max(now, Ordering::SeqCst);
                std::thread::yield_now();
                in_use.fetch_sub(taken, Ordering::SeqCst);
                done.lock().unwrap().push(what);
                let more = if what < 5 {
                    vec![job(what * 10, 1)]
                } else {
                    vec![]
                };
                Ok::<_, Ended<()>>(more)
            });
            assert!(result.is_ok());
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!(done, [1, 2, 3, 4, 10, 20, 30, 40]);
            assert!(most.into_inner() <= threads);
        }
    }

    #[test]
    fn a_failure_stops_the_others_and_outweighs_that_they_stopped() {
        let stop = AtomicBool::new(false);
        let jobs = vec![job(1, 1), job(2, 1), job(3, 1)];
        let result = work_off(jobs, 2, &stop, |&what| match what {
            1 => {
                while !stop.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                }
                Err(Ended::Stopped)
            }
            2 => Err(Ended::Failed("broken")),
            _ => panic!("begun after a failure"),
        });
        assert!(matches!(result, Err(Ended::Failed("broken"))));
    }

    #[test]
    fn a_job_that_stops_ends_the_work() {
        let jobs = vec![job(1, 1), job(2, 1)];
        let result = work_off(jobs, 1, &AtomicBool::new(false), |&what| {
            assert_eq!(what, 1);
            Err::<Vec<Job<usize>>, Ended<()>>(Ended::Stopped)
        });
        assert!(matches!(result, Err(Ended::Stopped)));
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_in_a_job_leaves_no_worker_waiting() {
        let _ = work_off(vec![job(1, 1)], 3, &AtomicBool::new(false), |_| {
            if true {
                panic!("on purpose");
            }
            Ok::<_, Ended<()>>(vec![])
        });
    }
}
