//! What may be wrong with a configuration file.

use std::io;
use std::path::PathBuf;

use tidegate_train::ModelTask;

/// A file that is no configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigurationError {
    #[error("cannot read {}: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("cannot write {}: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("{}, line {line}: {wrong}", path.display())]
    Wrong {
        path: PathBuf,
        /// From 1.
        line: usize,
        wrong: Box<Wrong>,
    },
}

/// What is wrong in a line.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("not TOML: {0}")]
    Syntax(String),
    #[error("unknown section [{name}]; {}", .nearest.as_ref().map_or_else(
        || format!("the sections are {}", listed(.known)), |nearest| format!("did you mean [{nearest}]?")))]
    Section {
        name: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    #[error("unknown key {name:?} in [{section}]; {}", .nearest.as_ref().map_or_else(
        || format!("the keys are {}", listed(.known)), |nearest| format!("did you mean {nearest}?")))]
    Key {
        section: String,
        name: String,
        /// With its section where that is another one.
        nearest: Option<String>,
        known: Vec<String>,
    },
    #[error("{name} stands outside of every section; did you mean it below {}?", listed(.sections))]
    Outside { name: String, sections: Vec<String> },
    #[error("the configuration is for tidegate train {found}, not for tidegate train {expected}")]
    Task {
        found: ModelTask,
        expected: ModelTask,
    },
    #[error("{path} is {found}, but must be {allowed}")]
    Value {
        path: String,
        /// As it stands in the file.
        found: String,
        allowed: String,
    },
}

fn listed(names: &[String]) -> String {
    names.join(", ")
}
