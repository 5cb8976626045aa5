//! The file that keeps what is remembered of a stream.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_data::StreamLayout;
use tidegate_model::replace_file;
use tidegate_train::DetectorState;

use crate::failure::Failure;

/// What is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateFile {
    /// Lines of the stream that are seen and answered, headers and lines that were passed over among them.
    pub(super) lines: u64,
    /// Lines that were passed over.
    pub(super) skipped: u64,
    /// Where the columns stand.
    pub(super) layout: Option<StreamLayout>,
    pub(super) detector: DetectorState,
}

impl StateFile {
    /// Of a file; none where there is none yet.
    pub(super) fn read(path: &Path) -> Result<Option<StateFile>, Failure> {
        let problem = |reason: String| Failure::State {
            path: path.to_owned(),
            reason,
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(problem(format!("cannot be read: {error}"))),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            problem(format!(
                "is no state of tidegate detect ({error}): give another file, or remove it to begin anew"
            ))
        })
    }

    /// Replaces the file, whole or not at all.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let json = serde_json::to_vec(self)?;
        replace_file(path, &json).map_err(|error| Failure::write(path, error))
    }
}
