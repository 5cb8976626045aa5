//! The tasks that models are trained for.

use std::fmt;
use std::path::Path;

use super::error::ConfigurationError;
use super::file;

/// What a model is trained for: the word after `tidegate train`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Forecast,
    Classify,
    Detect,
    Next,
}

impl Task {
    const ALL: [Task; 4] = [Task::Forecast, Task::Classify, Task::Detect, Task::Next];

    /// The task that a configuration file is for.
    pub(crate) fn of_file(path: &Path) -> Result<Task, ConfigurationError> {
        file::task(path)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Task::Forecast => "forecast",
            Task::Classify => "classify",
            Task::Detect => "detect",
            Task::Next => "next",
        }
    }

    pub(super) fn named(name: &str) -> Option<Task> {
        Task::ALL.into_iter().find(|task| task.name() == name)
    }

    /// What is allowed, after the words `must be`.
    pub(super) fn describe() -> String {
        let names = Task::ALL.map(|task| format!("\"{}\"", task.name()));
        let [others @ .., last] = &names;
        format!("{} or {last}", others.join(", "))
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
