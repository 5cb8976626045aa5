//! Whether the memory suffices, estimated before it is asked for: a process that asks for too much is ended.

use std::fs;

use tidegate_data::{SequenceSet, Splits};

use crate::contest::Contest;
use crate::error::StudyError;
use crate::recipe::Recipe;
use crate::task::Task;
use crate::threads::Threads;

/// Bytes of a number.
const NUMBER: f64 = 4.0;

/// Bytes of a sequence besides its numbers.
const SEQUENCE: f64 = 96.0;

/// Parameters, the best and the packed ones, gradient, two moments of the optimiser, and copies while these are written.
const PARAMETER_COPIES: f64 = 8.0;

/// The engine pads hidden units to whole vectors.
const UNITS_TOGETHER: usize = 16;

/// Bytes that this process may still take; none where the system does not say.
pub(crate) fn available() -> Option<u64> {
    let machine = kibibytes("/proc/meminfo", "MemAvailable:");
    let limit = address_space_limit().map(|limit| {
        let taken = kibibytes("/proc/self/status", "VmSize:").unwrap_or(0);
        limit.saturating_sub(taken)
    });
    machine.into_iter().chain(limit).min()
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
    data: &[(Splits, &Recipe)],
    contests: &[Contest],
    threads: Threads,
    available: Option<u64>,
) -> Result<(), StudyError> {
    let mut needs: Vec<f64> = contests
        .iter()
        .map(|contest| {
            let (splits, recipe) = &data[contest.experiment];
            run(contest, splits, recipe)
        })
        .collect();
    // The largest ones may meet, each as often as it has runs.
    needs.sort_by(|a, b| b.total_cmp(a));
    let at_once = threads.runs_side_by_side(contests);
    let most_of_one = contests.iter().map(Contest::runs).max().unwrap_or(1).max(1);
    let largest = needs
        .iter()
        .flat_map(|&need| std::iter::repeat_n(need, most_of_one));
    let needed = largest.take(at_once).sum();
    let what = || match at_once {
        1 => "training, one run at a time,".to_owned(),
        runs => format!("training, {runs} runs at once,"),
    };
    check(
        what,
        needed,
        available,
        "the number of threads, the hidden size, the number of parameters or the length of the sequences",
    )
}

fn check(
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
        Task::MackeyGlass(task) => {
            let steps = task.window as f64;
            bytes([task.train, task.valid, task.test], steps, steps)
        }
        Task::PolyphonicMusic { .. } => 0.0,
    }
}

/// Bytes of a run: its tape, its batch and its parameters.
fn run(contest: &Contest, splits: &Splits, recipe: &Recipe) -> f64 {
    let network = &contest.network;
    let stack = &network.recurrent;
    let longest = longest(&splits.train);
    let steps = recipe
        .training
        .window
        .map_or(longest, |window| window.min(longest));
    let batch = recipe.training.batch_size.min(splits.train.len());
    let padded = (stack.hidden_size as f64 / UNITS_TOGETHER as f64).ceil() * UNITS_TOGETHER as f64;
    // What a step keeps: its blocks, one more product or the cell's state, its output and the gradient of that.
    let tape = (stack.cell.blocks() + 3) as f64 * padded;
    let copies_of_inputs = 2.0 * stack.input_size as f64;
    let outputs_and_gradients = 3.0 * network.outputs as f64;
    let step = tape + copies_of_inputs + outputs_and_gradients;
    let parameters = PARAMETER_COPIES * network.parameter_count() as f64;
    NUMBER * (steps as f64 * batch as f64 * step + parameters)
}

fn longest(set: &SequenceSet) -> usize {
    let lengths = (0..set.len()).map(|index| set.sequence_length(index));
    lengths.max().unwrap_or(0)
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
    #[cfg(target_os = "linux")]
    fn linux_says_how_much_memory_is_available() {
        assert!(available().is_some_and(|bytes| bytes > 0));
    }
}
