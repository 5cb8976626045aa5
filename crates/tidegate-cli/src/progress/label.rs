//! A run's name, short enough to stand beside a bar.

use tidegate_study::{CellVariant, RunName, Stage};

use crate::visible::visible;

/// How runs and cells are called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Labels {
    /// There is one task, which goes without saying.
    OneTask,
    /// Their task comes first.
    SeveralTasks,
    /// Their task comes first, with all that distinguishes the experiments of a study.
    Study,
}

/// What the names of generated tasks begin with, which tells them apart.
const GENERATED: [&str; 4] = [
    "adding problem",
    "copy memory",
    "temporal order",
    "Mackey-Glass",
];

impl Labels {
    /// For the tasks of a comparison.
    pub(crate) fn of(tasks: usize) -> Labels {
        match tasks {
            0 | 1 => Labels::OneTask,
            _ => Labels::SeveralTasks,
        }
    }

    /// Such as `adding problem: gru, seed 2`.
    pub(super) fn run(self, run: &RunName) -> String {
        let cell = self.cell(&run.task, run.cell);
        match run.stage {
            Stage::Tuning {
                candidate,
                candidates,
            } => format!("{cell}, tuning {}/{candidates}", candidate + 1),
            Stage::Final => format!("{cell}, seed {}", run.seed),
        }
    }

    /// Such as `adding problem: gru`.
    pub(super) fn cell(self, task: &str, cell: CellVariant) -> String {
        match self {
            Labels::OneTask => cell.to_string(),
            Labels::SeveralTasks => {
                let generated = GENERATED.iter().find(|name| task.starts_with(**name));
                let task = generated.map_or_else(|| visible(task), |&name| name.to_owned());
                format!("{task}: {cell}")
            }
            Labels::Study => format!("{}: {cell}", visible(task)),
        }
    }
}

#[cfg(test)]
mod tests {
    use tidegate_study::Task;

    use super::*;

    use crate::example::run;

    #[test]
    fn one_task_goes_without_saying() {
        assert_eq!(Labels::of(1).run(&run(1, Stage::Final)), "gru, seed 7");
    }

    #[test]
    fn of_several_tasks_the_generated_ones_are_shortened_and_others_escaped_but_not_cut() {
        let labels = Labels::of(2);
        let tuning = Stage::Tuning {
            candidate: 1,
            candidates: 3,
        };
        assert_eq!(
            labels.run(&run(1, tuning)),
            "adding problem: gru, tuning 2/3"
        );
        let cell = |task: &str| labels.cell(task, CellVariant::Lstm);
        assert_eq!(cell("bach, opus\u{1b} 2"), r"bach, opus\u{1b} 2: lstm");
        assert_eq!(cell(","), ",: lstm");
        for task in [
            Task::adding_problem(5),
            Task::copy_memory(5),
            Task::temporal_order(10),
            Task::mackey_glass(5),
        ] {
            let splits = task.with_sequences(2).splits().unwrap();
            assert!(!cell(&splits.name).contains(','));
        }
    }
}
