//! What can go wrong in tuning.

use std::path::PathBuf;

use tidegate_train::TrainError;

use crate::error::StudyError;

/// An error of tuning: it names the trial, option or file at fault. A trial that fails is no error while another one goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TuneError {
    /// There is nothing to choose from.
    #[error("there is nothing to try: declare values or a range for at least one setting")]
    NoTrial,
    /// An option has a value that makes no sense.
    #[error("{option} {reason}")]
    Option {
        /// The option.
        option: &'static str,
        /// Why it is refused, and what is accepted.
        reason: String,
    },
    /// No trial came through.
    #[error("every trial failed, so that there is no best one: {}; declare other values", .failures.join("; "))]
    AllFailed {
        /// Trials with why they failed; some of many.
        failures: Vec<String>,
    },
    /// The folder holds a search with other options or data.
    #[error(
        "output folder {}: it holds another search: {what} is {there} there, {here} here; repeat what was given then, or give \
         another folder",
        .folder.display()
    )]
    OtherSearch {
        /// The output folder.
        folder: PathBuf,
        /// What differs.
        what: String,
        /// Its value there.
        there: String,
        /// Its value here.
        here: String,
    },
    /// The folder holds something else.
    #[error(
        "output folder {}: it holds other files, but no search: give an empty or a new folder",
        .folder.display()
    )]
    Occupied {
        /// The output folder.
        folder: PathBuf,
    },
    /// Another process is using the folder.
    #[error("output folder {}: another search is writing to it: wait for it, or give another folder", .folder.display())]
    InUse {
        /// The output folder.
        folder: PathBuf,
    },
    /// The stop flag was seen.
    #[error("interrupted after {done} of {runs} runs")]
    Interrupted {
        /// Runs of a trial through a round that are done.
        done: usize,
        /// Runs of the search.
        runs: usize,
    },
    /// A trial cannot be trained for a reason that lies outside of it.
    #[error("trial {trial}: {error}")]
    Trial {
        /// The trial, from 1.
        trial: usize,
        /// What is wrong.
        error: Box<TrainError>,
    },
    /// The folder cannot be used.
    #[error(transparent)]
    Study(StudyError),
}

impl From<StudyError> for TuneError {
    fn from(error: StudyError) -> TuneError {
        match error {
            StudyError::OtherComparison {
                folder,
                what,
                there,
                here,
            } => TuneError::OtherSearch {
                folder,
                what,
                there,
                here,
            },
            StudyError::FolderOccupied { folder } => TuneError::Occupied { folder },
            StudyError::FolderInUse { folder } => TuneError::InUse { folder },
            error => TuneError::Study(error),
        }
    }
}
