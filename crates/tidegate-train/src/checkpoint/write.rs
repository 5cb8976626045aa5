//! Writing a checkpoint, whole or not at all.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::{Dtype, View};
use tidegate_model::replace_file;

use super::CheckpointProblem;
use super::header::{FORMAT_VERSION, Header, KEY};
use super::identity::Identity;
use super::read::buffer_name;
use super::snapshot::Snapshot;

/// Writes the checkpoint; whatever fails, a file that was there stays as it was.
pub(crate) fn write(
    path: &Path,
    identity: &Identity,
    buffers: &[&str],
    snapshot: &Snapshot,
) -> Result<(), CheckpointProblem> {
    let bytes = encode(identity, buffers, snapshot)?;
    replace_file(path, &bytes).map_err(|error| CheckpointProblem::Io {
        action: "write it",
        error,
    })
}

/// The bytes of the file.
pub(super) fn encode(
    identity: &Identity,
    buffers: &[&str],
    snapshot: &Snapshot,
) -> Result<Vec<u8>, CheckpointProblem> {
    let damaged = |reason: String| CheckpointProblem::Damaged { reason };
    let header = Header {
        format_version: FORMAT_VERSION,
        run: identity.clone(),
        updates: snapshot.optimiser.updates,
        position: snapshot.position,
        plateau: snapshot.plateau,
        epochs: snapshot.epochs.clone(),
        fingerprint: snapshot.fingerprint()?,
    };
    let json = serde_json::to_string(&header).map_err(|error| damaged(error.to_string()))?;
    let mut tensors = vec![(
        "parameters".to_owned(),
        Flat(&snapshot.parameters, [snapshot.parameters.len()]),
    )];
    let mut push = |name: String, values| tensors.push((name, Flat(values, [values.len()])));
    if let Some(best) = &snapshot.best_parameters {
        push("best_parameters".to_owned(), best.as_slice());
    }
    for (name, buffer) in buffers.iter().zip(&snapshot.optimiser.buffers) {
        push(buffer_name(name), buffer);
    }
    if snapshot.position.window > 0 {
        push("state.hidden".to_owned(), &snapshot.state.hidden);
        if !snapshot.state.cell.is_empty() {
            push("state.cell".to_owned(), &snapshot.state.cell);
        }
    }
    let metadata = HashMap::from([(KEY.to_owned(), json)]);
    safetensors::serialize(tensors, Some(metadata)).map_err(|error| damaged(error.to_string()))
}

/// A flat f32 buffer as safetensors wants to see it.
struct Flat<'a>(&'a [f32], [usize; 1]);

impl View for Flat<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.1
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let mut bytes = Vec::with_capacity(self.data_len());
        for value in self.0 {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        Cow::Owned(bytes)
    }

    fn data_len(&self) -> usize {
        size_of_val(self.0)
    }
}
