//! Generated tasks whose lag can be chosen.

use crate::task::Task;

/// A generated task with a lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LagFamily {
    /// The lag is the number of steps.
    AddingProblem,
    /// The lag is the number of steps between a symbol and its recall.
    CopyMemory,
    /// The lag is the number of steps.
    TemporalOrder,
}

impl LagFamily {
    /// All of them.
    pub const ALL: [LagFamily; 3] = [
        LagFamily::AddingProblem,
        LagFamily::CopyMemory,
        LagFamily::TemporalOrder,
    ];

    /// The family of a task; none for one whose lag cannot be chosen.
    #[must_use]
    pub fn of(task: &Task) -> Option<LagFamily> {
        match task {
            Task::AddingProblem(_) => Some(LagFamily::AddingProblem),
            Task::CopyMemory(_) => Some(LagFamily::CopyMemory),
            Task::TemporalOrder(_) => Some(LagFamily::TemporalOrder),
            Task::MackeyGlass(_) | Task::PolyphonicMusic { .. } => None,
        }
    }

    /// The task at a lag.
    pub(crate) fn task(self, lag: usize) -> Task {
        match self {
            LagFamily::AddingProblem => Task::adding_problem(lag),
            LagFamily::CopyMemory => Task::copy_memory(lag),
            LagFamily::TemporalOrder => Task::temporal_order(lag),
        }
    }

    /// The lowest loss that is possible without memory: of the adding problem the variance of the sum of two numbers that are
    /// uniform in 0 to 1; of copy memory ten symbols guessed among eight, over all steps; of temporal order one guess among
    /// four.
    pub(crate) fn loss_without_memory(self, lag: usize) -> f64 {
        match self {
            LagFamily::AddingProblem => 1.0 / 6.0,
            LagFamily::CopyMemory => 10.0 * 8.0_f64.ln() / (lag as f64 + 20.0),
            LagFamily::TemporalOrder => 4.0_f64.ln(),
        }
    }
}
