//! How many runs are made at once, as measured: a run's seconds depend on it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The runs that are being made, each with the most there were at once since it began.
#[derive(Default)]
pub(crate) struct Neighbours {
    present: Mutex<HashMap<usize, usize>>,
}

/// A run that is being made.
pub(crate) struct Presence<'a> {
    neighbours: &'a Neighbours,
    run: usize,
}

impl Neighbours {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, usize>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run with the id `run` begins; it ends when what is returned is dropped.
    pub(crate) fn arrive(&self, run: usize) -> Presence<'_> {
        let mut present = self.lock();
        present.insert(run, 0);
        let now = present.len();
        for most in present.values_mut() {
            *most = now.max(*most);
        }
        Presence {
            neighbours: self,
            run,
        }
    }
}

impl Presence<'_> {
    /// The most runs at once so far, this one included.
    pub(crate) fn most(&self) -> usize {
        self.neighbours.lock().get(&self.run).copied().unwrap_or(1)
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        self.neighbours.lock().remove(&self.run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_knows_the_most_that_were_made_at_once_while_it_ran() {
        let neighbours = Neighbours::default();
        let first = neighbours.arrive(7);
        assert_eq!(first.most(), 1);
        let second = neighbours.arrive(8);
        drop(second);
        let third = neighbours.arrive(9);
        assert_eq!((first.most(), third.most()), (2, 2));
        drop(first);
        assert_eq!(third.most(), 2);
        assert_eq!(neighbours.arrive(10).most(), 2);
        drop(third);
        assert_eq!(neighbours.arrive(11).most(), 1);
    }
}
