//! How far the runs are, and how long the rest will take if multiply-adds take the same time in all runs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::step::Step;

/// Time is counted in the runs' work.
pub(super) struct Pace {
    start: Instant,
    done: usize,
    runs: usize,
    /// Of all runs.
    work: f64,
    /// Of the runs that are done, whether they needed all of it or not.
    work_done: f64,
    /// What was there when the comparison continued.
    found: f64,
    /// The runs at work, by id.
    running: BTreeMap<usize, Running>,
}

/// A run at work.
struct Running {
    made: u64,
    updates: u64,
    work: f64,
}

impl Running {
    /// What it has done.
    fn work_done(&self) -> f64 {
        self.work * part(self.made, self.updates)
    }
}

impl Pace {
    pub(super) fn new(start: Instant) -> Pace {
        Pace {
            start,
            done: 0,
            runs: 0,
            work: 0.0,
            work_done: 0.0,
            found: 0.0,
            running: BTreeMap::new(),
        }
    }

    pub(super) fn follow(&mut self, step: &Step<'_>, now: Instant) {
        match *step {
            Step::Started { runs, work } => {
                (self.start, self.runs, self.work) = (now, runs, work);
            }
            Step::RunStarted {
                run,
                epochs,
                updates_per_epoch,
                updates_made,
            } => {
                let updates = (epochs * updates_per_epoch) as u64;
                let running = Running {
                    made: updates_made,
                    updates,
                    work: run.work,
                };
                self.found += running.work_done();
                self.running.insert(run.id, running);
            }
            Step::UpdateDone { run, update, .. } => {
                if let Some(running) = self.running.get_mut(&run) {
                    running.made = update;
                }
            }
            Step::RunDone { run, kept, done } => {
                self.running.remove(&run.id);
                self.done = self.done.max(done);
                self.work_done += run.work;
                if kept {
                    self.found += run.work;
                }
            }
            Step::EpochDone { .. } | Step::Other => {}
        }
    }

    pub(super) fn done(&self) -> usize {
        self.done
    }

    pub(super) fn runs(&self) -> usize {
        self.runs
    }

    pub(super) fn elapsed(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.start)
    }

    /// Runs done, with the parts of those at work.
    pub(super) fn position(&self) -> f64 {
        let parts = self.running.values().map(|run| part(run.made, run.updates));
        self.done as f64 + parts.sum::<f64>()
    }

    fn work_done(&self) -> f64 {
        let running = self.running.values().map(Running::work_done);
        self.work_done + running.sum::<f64>()
    }

    /// Time left; none while nothing was made, and after the end.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        let made = self.work_done() - self.found;
        let left = self.work - self.work_done();
        let seconds = self.elapsed(now).as_secs_f64() * left / made;
        if made <= 0.0 || left <= 0.0 {
            return None;
        }
        Duration::try_from_secs_f64(seconds).ok()
    }
}

fn part(updates: u64, of: u64) -> f64 {
    if of == 0 {
        0.0
    } else {
        (updates as f64 / of as f64).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::step::Run;

    #[test]
    fn the_time_left_counts_only_what_was_made_since_the_start() {
        let start = Instant::now();
        let later = start + Duration::from_secs(60);
        let mut pace = Pace::new(start);
        let work = 400.0;
        pace.follow(&Step::Started { runs: 4, work }, start);
        assert_eq!(pace.left(later), None);
        let run = |id| Run {
            id,
            label: String::new(),
            work: 100.0,
        };
        let kept = Step::RunDone {
            run: &run(1),
            kept: true,
            done: 1,
        };
        pace.follow(&kept, later);
        assert_eq!(pace.left(later), None);
        let second = run(2);
        let started = Step::RunStarted {
            run: &second,
            epochs: 2,
            updates_per_epoch: 10,
            updates_made: 5,
        };
        pace.follow(&started, later);
        let update = Step::UpdateDone {
            run: 2,
            epoch: 2,
            update: 15,
            loss: 1.0,
        };
        pace.follow(&update, later);
        // Half a run in 60 seconds; 2.25 runs are left.
        assert_eq!(pace.position(), 1.75);
        assert_eq!(pace.left(later), Some(Duration::from_secs(270)));
    }
}
