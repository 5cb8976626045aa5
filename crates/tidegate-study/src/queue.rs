//! Jobs made side by side, each with threads of its own, some of which make others possible.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

/// A job that waits for its turn.
pub(crate) struct Job<J> {
    /// What is to be done.
    pub(crate) what: J,
    /// Threads that it takes, 1 or more, and at most those of the queue.
    pub(crate) threads: usize,
    /// Of those that wait, the ones with the least are begun first.
    pub(crate) turn: u64,
}

/// How many threads there are.
#[derive(Clone, Copy)]
pub(crate) struct Capacity {
    /// Threads that jobs may have at once, all together.
    pub(crate) threads: usize,
    /// The most jobs that can ever be ready at once.
    pub(crate) jobs: usize,
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

/// Works all jobs off, by their turn and as far as the threads allow, and those that they return too.
///
/// Once a job fails or stops, no other is begun, and `stop` tells those that are running. Where not all workers can be
/// started, those that can do all the work.
///
/// # Errors
/// The first failure, if there is one; else that a job was stopped. `not_started` makes the failure where no worker can be
/// started at all.
pub(crate) fn work_off<J: Send, E: Send>(
    jobs: Vec<Job<J>>,
    capacity: Capacity,
    stop: &AtomicBool,
    not_started: impl FnOnce(io::Error) -> E,
    work: impl Fn(&Job<J>) -> Result<Vec<Job<J>>, Ended<E>> + Sync,
) -> Result<(), Ended<E>> {
    work_off_on(|_| Builder::new(), jobs, capacity, stop, not_started, work)
}

/// The same, with the thread that is to be made for each worker.
fn work_off_on<J: Send, E: Send>(
    thread: impl Fn(usize) -> Builder,
    jobs: Vec<Job<J>>,
    capacity: Capacity,
    stop: &AtomicBool,
    not_started: impl FnOnce(io::Error) -> E,
    work: impl Fn(&Job<J>) -> Result<Vec<Job<J>>, Ended<E>> + Sync,
) -> Result<(), Ended<E>> {
    let mut state = State {
        waiting: VecDeque::new(),
        threads_in_use: 0,
        stopped: false,
        failure: None,
    };
    state.add(jobs);
    let queue = Queue {
        state: Mutex::new(state),
        changed: Condvar::new(),
        threads: capacity.threads,
        stop,
    };
    let workers = capacity.threads.min(capacity.jobs).max(1);
    let started = std::thread::scope(|scope| {
        for worker in 0..workers {
            let spawned = thread(worker).spawn_scoped(scope, || queue.work(&work));
            match spawned {
                Err(error) if worker == 0 => return Err(error),
                // Those that run are enough; another attempt would fail too.
                Err(_) => break,
                Ok(_) => {}
            }
        }
        Ok(())
    });
    if let Err(error) = started {
        return Err(Ended::Failed(not_started(error)));
    }
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

impl<J, E> State<J, E> {
    /// Jobs of the same turn stay in the order in which they came.
    fn add(&mut self, jobs: Vec<Job<J>>) {
        self.waiting.extend(jobs);
        self.waiting
            .make_contiguous()
            .sort_by_key(|waiting| waiting.turn);
    }
}

impl<J, E> Queue<'_, J, E> {
    fn lock(&self) -> MutexGuard<'_, State<J, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One worker: takes jobs until none is left and none that runs can bring another.
    fn work(&self, work: impl Fn(&Job<J>) -> Result<Vec<Job<J>>, Ended<E>>) {
        while let Some(job) = self.take() {
            let running = Running {
                queue: self,
                threads: job.threads,
                returned: false,
            };
            let result = work(&job);
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
            Ok(jobs) => state.add(jobs),
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
        Job {
            what,
            threads,
            turn: 0,
        }
    }

    fn capacity(threads: usize) -> Capacity {
        Capacity { threads, jobs: 8 }
    }

    fn none_started(error: io::Error) -> &'static str {
        panic!("{error}")
    }

    #[test]
    fn every_job_is_done_once_also_those_that_come_later_and_threads_are_never_exceeded() {
        for threads in 1..5 {
            let done = Mutex::new(Vec::new());
            let (in_use, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let jobs = vec![job(1, 1), job(2, threads), job(3, 1), job(4, 1)];
            let result = work_off(
                jobs,
                capacity(threads),
                &AtomicBool::new(false),
                none_started,
                |begun| {
                    let what = begun.what;
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
                    Ok(more)
                },
            );
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
        let result = work_off(jobs, capacity(2), &stop, none_started, |job| {
            match job.what {
                1 => {
                    while !stop.load(Ordering::Relaxed) {
                        std::thread::yield_now();
                    }
                    Err(Ended::Stopped)
                }
                2 => Err(Ended::Failed("broken")),
                _ => panic!("begun after a failure"),
            }
        });
        assert!(matches!(result, Err(Ended::Failed("broken"))));
    }

    #[test]
    fn a_job_that_stops_ends_the_work() {
        let jobs = vec![job(1, 1), job(2, 1)];
        let result = work_off(
            jobs,
            capacity(1),
            &AtomicBool::new(false),
            none_started,
            |job| {
                assert_eq!(job.what, 1);
                Err(Ended::Stopped)
            },
        );
        assert!(matches!(result, Err(Ended::Stopped)));
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_in_a_job_leaves_no_worker_waiting() {
        let _ = work_off(
            vec![job(1, 1)],
            capacity(3),
            &AtomicBool::new(false),
            none_started,
            |_| {
                if true {
                    panic!("on purpose");
                }
                Ok(vec![])
            },
        );
    }

    /// More stack than any address space has.
    fn impossible() -> Builder {
        Builder::new().stack_size(1 << 60)
    }

    #[test]
    fn where_few_threads_can_be_started_these_do_all_the_work() {
        let done = AtomicUsize::new(0);
        let jobs = (0..5).map(|what| job(what, 1)).collect();
        let stop = AtomicBool::new(false);
        let thread = |worker| match worker {
            0 => Builder::new(),
            _ => impossible(),
        };
        let result = work_off_on(thread, jobs, capacity(3), &stop, none_started, |_| {
            done.fetch_add(1, Ordering::Relaxed);
            Ok(vec![])
        });
        assert!(result.is_ok());
        assert_eq!(done.into_inner(), 5);
    }

    #[test]
    fn where_no_thread_can_be_started_that_is_the_failure() {
        let stop = AtomicBool::new(false);
        let result = work_off_on(
            |_| impossible(),
            vec![job(1, 1)],
            capacity(3),
            &stop,
            |error| error.kind(),
            |_| Ok(vec![]),
        );
        assert!(matches!(result, Err(Ended::Failed(_))));
    }

    #[test]
    fn no_more_threads_are_started_than_there_can_be_jobs() {
        let workers = AtomicUsize::new(0);
        let thread = |_| {
            workers.fetch_add(1, Ordering::Relaxed);
            Builder::new()
        };
        let jobs = vec![job(1, 1)];
        let many = Capacity {
            threads: 1_000_000,
            jobs: 2,
        };
        let stop = AtomicBool::new(false);
        let result = work_off_on(thread, jobs, many, &stop, none_started, |_| Ok(vec![]));
        assert!(result.is_ok());
        assert_eq!(workers.into_inner(), 2);
    }

    #[test]
    fn jobs_are_begun_by_their_turn_and_else_as_they_came() {
        let done = Mutex::new(Vec::new());
        let at = |what, turn| Job {
            what,
            threads: 1,
            turn,
        };
        let stop = AtomicBool::new(false);
        let jobs = vec![at(1, 0), at(2, 0)];
        let result = work_off(jobs, capacity(1), &stop, none_started, |job| {
            done.lock().unwrap().push((job.what, job.turn));
            Ok(match job.turn {
                0 => vec![at(job.what, 1), at(job.what, 2)],
                _ => vec![],
            })
        });
        assert!(result.is_ok());
        let done = done.into_inner().unwrap();
        assert_eq!(done, [(1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 2)]);
    }
}
