//! Whether the memory suffices, estimated before it is asked for: a process that asks for too much is ended.

use std::fs;
use std::sync::Arc;

use tidegate_data::Splits;
use tidegate_train::TrainError;

use crate::contest::Contest;
use crate::error::StudyError;
use crate::network::regularised;
use crate::recipe::Recipe;
use crate::task::Task;
use crate::threads::Threads;

/// Bytes of a number.
const NUMBER: f64 = 4.0;

/// Bytes of a sequence besides its numbers.
const SEQUENCE: f64 = 96.0;

/// Bytes that this process may still take; none where the system does not say.
pub(crate) fn available() -> Option<u64> {
    let machine = kibibytes("/proc/meminfo", "MemAvailable:");
    let limit = address_space_limit().map(|limit| {
        let taken = kibibytes("/proc/self/status", "VmSize:").unwrap_or(0);
        limit.saturating_sub(taken)
    });
    machine.into_iter().chain(limit).min()
}

/// Bytes of memory that the machine has; none where the system does not say.
pub(crate) fn of_machine() -> Option<u64> {
    kibibytes("/proc/meminfo", "MemTotal:")
}

/// The number of a line such as `MemAvailable:   24000 kB`, in bytes.
fn kibibytes(path: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let number: u64 = line.split_whitespace().next()?.parse().ok()?;
    number.checked_mul(1024)
}

/// The soft limit in a line such as `Max address space   unlimited   unlimited   bytes`; none where there is none.
fn address_space_limit() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/limits").ok()?;
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Refuses to generate a task's sets where they do not fit.
pub(crate) fn check_sets(task: &Task, available: Option<u64>) -> Result<(), StudyError> {
    let what = || format!("the sequences of the task {}", task.key());
    check(what, generated(task), available, "length or sequences")
}

/// Refuses to begin where the runs that are made at once do not fit.
pub(crate) fn check_runs(
    data: &[(Arc<Splits>, &Recipe)],
    contests: &[Contest],
    threads: Threads,
    available: Option<u64>,
) -> Result<(), StudyError> {
    let needs = contests.iter().map(|contest| {
        let (splits, recipe) = &data[contest.experiment];
        run(contest, splits, recipe)
    });
    let mut needs = needs.collect::<Result<Vec<u64>, _>>()?;
    // The largest ones may meet, each as often as it has runs.
    needs.sort_unstable_by_key(|&need| std::cmp::Reverse(need));
    let at_once = threads.runs_side_by_side(contests);
    let most_of_one = contests.iter().map(Contest::runs).max().unwrap_or(1).max(1);
    let largest = needs
        .iter()
        .flat_map(|&need| std::iter::repeat_n(need, most_of_one));
    let needed = largest.take(at_once).map(|need| need as f64).sum();
    let what = || match at_once {
        1 => "training, one run at a time,".to_owned(),
        runs => format!("training, {runs} runs at once,"),
    };
    check(
        what,
        needed,
        available,
        "the number of threads, the memory limit, the hidden size, the number of parameters or the length of the sequences",
    )
}

/// Refuses what would take more than is available.
pub(crate) fn check(
    what: impl FnOnce() -> String,
    needed: f64,
    available: Option<u64>,
    lower: &'static str,
) -> Result<(), StudyError> {
    match available {
        Some(available) if needed > available as f64 => Err(StudyError::Memory {
            what: what(),
            // Beyond the largest number, it stays at that.
            needed: needed as u64,
            available,
            lower,
        }),
        _ => Ok(()),
    }
}

/// Bytes of a generated task's sets; 0 for a file, whose contents nothing but reading it tells.
fn generated(task: &Task) -> f64 {
    let bytes = |sets: [usize; 3], inputs: f64, targets: f64| {
        let sequences: f64 = sets.iter().map(|&set| set as f64).sum();
        sequences * (NUMBER * (inputs + targets) + SEQUENCE)
    };
    match task {
        Task::AddingProblem(task) => bytes(
            [task.train, task.valid, task.test],
            2.0 * task.length as f64,
            1.0,
        ),
        Task::CopyMemory(task) => {
            let steps = task.lag as f64 + 20.0;
            bytes([task.train, task.valid, task.test], steps, steps)
        }
        Task::TemporalOrder(task) => {
            bytes([task.train, task.valid, task.test], task.length as f64, 1.0)
        }
        Task::MackeyGlass(task) => {
            let steps = task.window as f64;
            bytes([task.train, task.valid, task.test], steps, steps)
        }
        Task::PolyphonicMusic { .. } => 0.0,
    }
}

/// Bytes of a run at most, whatever its candidate, below the limit of its recipe.
fn run(contest: &Contest, splits: &Splits, recipe: &Recipe) -> Result<u64, StudyError> {
    let needs = contest.candidates.iter().map(|candidate| {
        let network = regularised(&contest.network, candidate);
        let training = recipe.training(candidate, recipe.training.epochs, 0);
        let plan = training.plan_memory(&network, &splits.train);
        plan.map(|plan| plan.bytes)
    });
    needs
        .reduce(|a, b| Ok(a?.max(b?)))
        .unwrap_or(Ok(0))
        .map_err(|error| {
            let run = format!("{}: {}", contest.task, contest.cell);
            match error {
                TrainError::Memory { needed, limit } => {
                    StudyError::MemoryLimit { run, needed, limit }
                }
                error => {
                    let error = Box::new(error);
                    StudyError::Run { run, error }
                }
            }
        })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::comparison::{Comparison, Experiment};
    use crate::preparation::Preparation;
    use crate::sizing::Sizing;

    #[test]
    fn sets_that_exceed_the_limit_are_refused_before_they_are_generated() {
        let task = Task::adding_problem(1_000_000_000);
        let text = check_sets(&task, Some(1 << 34)).unwrap_err().to_string();
        for part in [
            "task adding",
            "GiB of memory, 16.0 GiB are",
            "length or sequences",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(check_sets(&task, None).is_ok());
        assert!(check_sets(&Task::adding_problem(100), Some(1 << 34)).is_ok());
    }

    #[test]
    fn runs_that_exceed_the_limit_together_are_refused() {
        let task = Task::adding_problem(100).with_sequences(32);
        let comparison = |threads| Comparison {
            sizing: Sizing::EqualHiddenSize(Some(32)),
            threads,
            ..Comparison::new(vec![Experiment::new(task.clone())])
        };
        let refused = |threads, limit| {
            let comparison = comparison(threads);
            let preparation = Preparation::of(&comparison, &AtomicBool::new(false)).unwrap();
            let Preparation { data, contests, .. } = &preparation;
            check_runs(data, contests, preparation.threads, limit).err()
        };
        // A tape of 32 sequences of 100 steps and 32 units takes some 3 MB.
        let limit = Some(5_000_000);
        assert!(refused(1, limit).is_none());
        let text = refused(3, limit).unwrap().to_string();
        for part in ["3 runs at once", "4.8 MiB are", "threads", "hidden size"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(refused(3, None).is_none());
    }

    #[test]
    fn a_memory_limit_lets_more_runs_meet_and_is_refused_where_it_is_too_low() {
        let task = Task::adding_problem(400).with_sequences(32);
        let check = |limit: Option<u64>, available: u64| {
            let mut experiment = Experiment::new(task.clone());
            experiment.recipe.training.memory_limit = limit;
            let comparison = Comparison {
                sizing: Sizing::EqualHiddenSize(Some(32)),
                threads: 3,
                ..Comparison::new(vec![experiment])
            };
            let preparation = Preparation::of(&comparison, &AtomicBool::new(false)).unwrap();
            let Preparation { data, contests, .. } = &preparation;
            check_runs(data, contests, preparation.threads, Some(available))
        };
        // Whole, each of the three takes some 12 MB.
        assert!(check(None, 20_000_000).is_err());
        assert!(check(Some(4_000_000), 20_000_000).is_ok());
        let mut experiment = Experiment::new(task.clone());
        experiment.recipe.training.memory_limit = Some(100_000);
        let comparison = Comparison::new(vec![experiment]);
        let refused = Preparation::of(&comparison, &AtomicBool::new(false));
        let text = refused.err().unwrap().to_string();
        for part in ["adding", "97.7 KiB are allowed", "hidden size"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn linux_says_how_much_memory_is_available() {
        assert!(available().is_some_and(|bytes| bytes > 0));
    }
}
