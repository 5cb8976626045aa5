//! What can go wrong in a comparison.

use std::fmt;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tidegate_data::DataError;
use tidegate_model::ModelError;
use tidegate_train::{Bytes, TrainError};

use crate::cell_variant::CellVariant;
use crate::chart::PictureError;
use crate::run::RunName;

/// An error of a comparison: it names the option, run or file at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// An option has a value that makes no sense.
    #[error("{option} {reason}")]
    Option {
        /// The option.
        option: &'static str,
        /// Why it is refused, and what is accepted.
        reason: String,
    },
    /// The budget of parameters is too small.
    #[error(
        "{budget} parameters are too few: with a single unit, {cell} has {least} on this task; allow more"
    )]
    Budget {
        /// The cell.
        cell: CellVariant,
        /// The budget.
        budget: usize,
        /// Parameters with one unit.
        least: usize,
    },
    /// The task cannot be generated or read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The engine refuses to start.
    #[error(transparent)]
    Cells(#[from] tidegate_cells::Error),
    /// A model cannot be made or saved.
    #[error("{run}: {error}")]
    Model {
        /// The run.
        run: String,
        /// What is wrong.
        error: Box<ModelError>,
    },
    /// A run failed.
    #[error("{run}: {error}")]
    Run {
        /// The run.
        run: String,
        /// What is wrong.
        error: Box<TrainError>,
    },
    /// Every run of the comparison diverged.
    #[error(
        "every run diverged, so that nothing can be compared: {places}; compare models of another size, or other cells",
        places = places(.divergences)
    )]
    AllDiverged {
        /// Each final run, and where it diverged.
        divergences: Vec<(RunName, Divergence)>,
    },
    /// The memory does not suffice.
    #[error(
        "{what} would take about {needed} of memory, {available} are available: lower {lower}",
        needed = Bytes(*.needed),
        available = Bytes(*.available)
    )]
    Memory {
        /// What would be held.
        what: String,
        /// Estimate, in bytes.
        needed: u64,
        /// Bytes available.
        available: u64,
        /// The options that decide how much is needed.
        lower: &'static str,
    },
    /// The memory limit is too low for a run, in however short parts its sequences are run.
    #[error(
        "{run}: training takes {needed} of memory, even with the sequences run in short parts, and {limit} are allowed: \
         allow more, or lower the hidden size, the number of parameters or the batch size",
        needed = Bytes(*.needed),
        limit = Bytes(*.limit)
    )]
    MemoryLimit {
        /// The task and the cell.
        run: String,
        /// Bytes that suffice.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// A file or folder of the output folder cannot be used.
    #[error("output folder {}: cannot {action}: {error}", .folder.display())]
    Folder {
        /// The output folder.
        folder: PathBuf,
        /// What was being done.
        action: String,
        /// Why it failed.
        error: io::Error,
    },
    /// Another process is using the output folder.
    #[error("output folder {}: another comparison is writing to it: wait for it, or give another folder", .folder.display())]
    FolderInUse {
        /// The output folder.
        folder: PathBuf,
    },
    /// The output folder holds something else.
    #[error("output folder {}: it holds other files, but no comparison: give an empty or a new folder", .folder.display())]
    FolderOccupied {
        /// The output folder.
        folder: PathBuf,
    },
    /// The output folder holds a comparison with other options.
    #[error(
        "output folder {}: it holds another comparison: {what} is {there} there, {here} here; repeat what was given then, or give another folder",
        .folder.display()
    )]
    OtherComparison {
        /// The output folder.
        folder: PathBuf,
        /// The option that differs.
        what: String,
        /// Its value there.
        there: String,
        /// Its value here.
        here: String,
    },
    /// A file of the output folder makes no sense.
    #[error("{}: is damaged ({reason}): remove it, and what it held is computed again", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// The plan of the output folder makes no sense: what the folder's numbers were measured on is not known any more.
    #[error(
        "{}: is damaged ({reason}), so that it cannot be told which comparison the folder holds: give another folder",
        .path.display()
    )]
    DamagedPlan {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A report or record cannot be written as JSON.
    #[error("the results cannot be written as JSON: {0}")]
    Json(serde_json::Error),
    /// The results cannot be written as a table.
    #[error("the results cannot be written as a table: {0}")]
    Table(csv::Error),
    /// A chart cannot be drawn.
    #[error("a chart cannot be drawn: {0}")]
    Picture(PictureError),
    /// A thread cannot be started.
    #[error("cannot start {threads} threads: {reason}; ask for fewer")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// What the system says.
        reason: String,
    },
    /// The stop flag was seen.
    #[error("interrupted after {done} of {runs} runs")]
    Interrupted {
        /// Runs finished.
        done: usize,
        /// Runs of the comparison.
        runs: usize,
    },
}

/// Where a run stopped being finite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divergence {
    /// The number that stopped being finite.
    pub what: String,
    /// Epoch, counted from 1.
    pub epoch: usize,
    /// Update, counted from 1 over the whole run.
    pub update: u64,
}

impl fmt::Display for Divergence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Divergence {
            what,
            epoch,
            update,
        } = self;
        write!(
            formatter,
            "{what} is not finite in epoch {epoch}, update {update}"
        )
    }
}

fn places(divergences: &[(RunName, Divergence)]) -> String {
    let places: Vec<String> = divergences
        .iter()
        .map(|(run, divergence)| format!("{run} (with {}): {divergence}", run.candidate))
        .collect();
    places.join("; ")
}
