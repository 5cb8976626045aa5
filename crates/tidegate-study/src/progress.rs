//! What a comparison tells its observer while it runs.

use tidegate_train::EpochRecord;

use crate::candidate::Candidate;
use crate::cell_variant::CellVariant;
use crate::record::Outcome;
use crate::run::RunName;

/// Something that happened. Runs that are made side by side report from several threads.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// The data is read, the models are sized, the output folder is open.
    Started {
        /// Runs of the comparison, those of tuning included.
        runs: usize,
        /// The [work](RunName::work) of all of them.
        work: f64,
    },
    /// A run starts or continues.
    RunStarted {
        /// The run.
        run: &'a RunName,
        /// Its epochs at most.
        epochs: usize,
        /// Updates in an epoch.
        updates_per_epoch: usize,
        /// Updates made before it was interrupted; else 0.
        updates_made: u64,
        /// Threads that it has for itself.
        threads: usize,
    },
    /// A run made an update.
    UpdateDone {
        /// The run.
        run: &'a RunName,
        /// Counted from 1.
        epoch: usize,
        /// Counted from 1 over the whole run.
        update: u64,
        /// Training loss before the update.
        loss: f64,
    },
    /// A run completed an epoch.
    EpochDone {
        /// The run.
        run: &'a RunName,
        /// The numbers.
        epoch: &'a EpochRecord,
        /// Its epochs at most.
        epochs: usize,
    },
    /// A run is finished, or was found finished in the output folder.
    RunDone {
        /// The run.
        run: &'a RunName,
        /// How it ended.
        outcome: &'a Outcome,
        /// Whether it was found in the output folder.
        kept: bool,
        /// Runs finished so far.
        done: usize,
        /// Runs of the comparison.
        runs: usize,
    },
    /// A cell's tuning is complete.
    Chosen {
        /// The task's name.
        task: &'a str,
        /// The cell.
        cell: CellVariant,
        /// The candidate with the lowest validation loss.
        candidate: &'a Candidate,
        /// Number of candidates tried.
        tried: usize,
    },
    /// Every candidate of a cell diverged in tuning.
    NoneFit {
        /// The task's name.
        task: &'a str,
        /// The cell.
        cell: CellVariant,
        /// The candidate that diverged last, with which the final runs are made.
        candidate: &'a Candidate,
        /// Number of candidates tried.
        tried: usize,
    },
}
