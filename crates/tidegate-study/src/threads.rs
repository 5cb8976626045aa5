//! How many threads each run has.

use crate::contest::Contest;

/// Threads of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Threads {
    /// All together.
    pub(crate) all: usize,
    /// Of each tuning run.
    pub(crate) tuning: usize,
    /// Of each final run.
    pub(crate) finals: usize,
}

impl Threads {
    /// One for each run; where there are fewer runs than threads, several. The same number for all runs of a kind: their
    /// seconds are compared.
    pub(crate) fn share(all: usize, contests: &[Contest]) -> Threads {
        let sum = |runs: fn(&Contest) -> usize| contests.iter().map(runs).sum();
        let share = |runs: usize| (all / runs.max(1)).max(1);
        Threads {
            all,
            tuning: share(sum(Contest::tuning_runs)),
            finals: share(sum(|contest| contest.seeds)),
        }
    }

    /// The most runs that there can be at once.
    pub(crate) fn runs_side_by_side(self, contests: &[Contest]) -> usize {
        let ready = |contest: &Contest| contest.tuning_runs().max(contest.seeds);
        let jobs: usize = contests.iter().map(ready).sum();
        let tunes = contests.iter().any(|contest| contest.tuning_runs() > 0);
        let least = if tunes {
            self.finals.min(self.tuning)
        } else {
            self.finals
        };
        jobs.min(self.all / least)
    }
}
