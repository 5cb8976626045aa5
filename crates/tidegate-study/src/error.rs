//! What can go wrong in a comparison.

use std::fmt;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tidegate_data::DataError;
use tidegate_model::ModelError;
use tidegate_train::TrainError;

use crate::candidate::Candidate;
use crate::cell_variant::CellVariant;

/// An error of a comparison: it names the option, run or file at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// No cell has this name.
    #[error("there is no cell {0:?}: the cells are {cells}", cells = cell_names())]
    UnknownCell(String),
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
    /// A final run diverged.
    #[error(
        "{run}: {divergence}; leave this cell out, or compare models of another size (its {candidate} was the best in tuning)"
    )]
    Diverged {
        /// The run, with cell and seed.
        run: String,
        /// Where.
        divergence: Box<Divergence>,
        /// What was chosen in tuning.
        candidate: Candidate,
    },
    /// Every candidate of a cell diverged in tuning.
    #[error(
        "{task}: {cell} diverged with every candidate of tuning (seed {seed}): {places}; leave this cell out, or compare models of another size",
        places = places(.divergences)
    )]
    AllDiverged {
        /// The task.
        task: String,
        /// The cell.
        cell: CellVariant,
        /// Seed of the tuning runs.
        seed: u64,
        /// Each candidate, and where it diverged.
        divergences: Vec<(Candidate, Divergence)>,
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
    /// A report or record cannot be written as JSON.
    #[error("the results cannot be written as JSON: {0}")]
    Json(serde_json::Error),
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

fn cell_names() -> String {
    CellVariant::ALL.map(CellVariant::name).join(", ")
}

fn places(divergences: &[(Candidate, Divergence)]) -> String {
    let places: Vec<String> = divergences
        .iter()
        .map(|(candidate, divergence)| format!("with {candidate}, {divergence}"))
        .collect();
    places.join("; ")
}
