//! What is timed, and the files that hold its numbers; `bench/shapes.py` and `bench/case_files.py` say more.

use std::path::Path;

use serde::Deserialize;

use crate::service::Failure;

/// What is done with a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Work {
    Forward,
    Training,
    Step,
}

/// One layer of a cell over a batch of sequences.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub(crate) struct Case {
    pub(crate) cell: String,
    pub(crate) work: Work,
    pub(crate) batch: usize,
    pub(crate) steps: usize,
    pub(crate) input: usize,
    pub(crate) hidden: usize,
}

/// The little-endian f32 values of a file of a case.
pub(crate) fn read(folder: &Path, name: &str) -> Result<Vec<f32>, Failure> {
    let path = folder.join(name);
    let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(bytes
        .as_chunks()
        .0
        .iter()
        .map(|&value| f32::from_le_bytes(value))
        .collect())
}

/// Writes values as [`read`] reads them.
pub(crate) fn write(path: &Path, values: &[f32]) -> Result<(), Failure> {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()).into())
}
