//! The plan of a model in the description of a model file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::TrainError;

/// What errors call the bytes of a file that lies in memory.
pub(crate) const IN_MEMORY: &str = "model in memory";

/// Keeps the plan under a key in the description of a model that goes to `path`.
pub(crate) fn keep(
    plan: &impl Serialize,
    key: &str,
    description: &mut BTreeMap<String, String>,
    path: &Path,
) -> Result<(), TrainError> {
    let json = serde_json::to_string(plan).map_err(|error| problem(path, error.to_string()))?;
    description.insert(key.to_owned(), json);
    Ok(())
}

/// The plan in the description of a model that was read from `path`. `missing` says what a file without one lacks.
pub(crate) fn read<P: DeserializeOwned>(
    key: &str,
    description: &BTreeMap<String, String>,
    path: &Path,
    missing: &str,
) -> Result<P, TrainError> {
    let json = description
        .get(key)
        .ok_or_else(|| problem(path, missing.to_owned()))?;
    serde_json::from_str(json).map_err(|error| problem(path, error.to_string()))
}

/// What makes the plan of a file useless.
pub(crate) fn problem(path: &Path, reason: String) -> TrainError {
    TrainError::Plan {
        path: path.to_owned(),
        reason,
    }
}
