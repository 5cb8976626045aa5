//! A run: one training of one cell on one task.

use std::fmt;

use crate::candidate::Candidate;
use crate::cell_variant::CellVariant;

/// The seed of every tuning run. Final runs have the seeds 1, 2, 3 and so on.
pub(crate) const TUNING_SEED: u64 = 0;

/// What a run is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It tries a candidate.
    Tuning {
        /// Index in the recipe's candidates.
        candidate: usize,
        /// Number of candidates.
        candidates: usize,
    },
    /// It is measured on the test set.
    Final,
}

/// Which run is meant.
#[derive(Clone, Debug, PartialEq)]
pub struct RunName {
    /// Unique in its comparison.
    pub id: usize,
    /// The task's name.
    pub task: String,
    /// The cell.
    pub cell: CellVariant,
    /// What the run is for.
    pub stage: Stage,
    /// Seed of the initial parameters, of the order of the sequences and of dropout.
    pub seed: u64,
    /// Learning rate and regularisation.
    pub candidate: Candidate,
    /// Multiply-adds of the forward passes of all its updates at most, to which its time is about in proportion.
    pub work: f64,
}

impl RunName {
    /// The beginning of the names of its files.
    pub(crate) fn file_stem(&self) -> String {
        match self.stage {
            Stage::Tuning { candidate, .. } => format!("{}-tuning{}", self.cell, candidate + 1),
            Stage::Final => format!("{}-seed{}", self.cell, self.seed),
        }
    }
}

/// Such as `Mackey-Glass, delay 17, 17 steps ahead: gru, seed 2`.
impl fmt::Display for RunName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}, ", self.task, self.cell)?;
        match self.stage {
            Stage::Tuning {
                candidate,
                candidates,
            } => write!(
                formatter,
                "tuning {} of {candidates} ({})",
                candidate + 1,
                self.candidate
            ),
            Stage::Final => write!(formatter, "seed {}", self.seed),
        }
    }
}
