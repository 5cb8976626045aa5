//! The questions that a study asks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A question on recurrent cells, with runs, a table and a chart of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Over how many steps does a cell remember, and how far does the gradient reach back?
    Memory,
    /// What is a cell made of: gates, parameters, multiply-adds, bytes?
    Structure,
    /// How long does it take to train?
    Time,
    /// How much data does it need?
    Data,
}

impl Question {
    /// All of them, in the order of the report.
    pub const ALL: [Question; 4] = [
        Question::Memory,
        Question::Structure,
        Question::Time,
        Question::Data,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Question::Memory => "memory",
            Question::Structure => "structure",
            Question::Time => "time",
            Question::Data => "data",
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}
