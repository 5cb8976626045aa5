//! Reading a checkpoint: nothing in the file is believed before it is checked.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use tidegate_cells::{State, first_not_finite};

use super::CheckpointProblem;
use super::header::{Header, KEY};
use super::identity::Identity;
use super::snapshot::{Expectation, Snapshot};
use crate::optimiser::OptimiserState;

/// Reads the checkpoint of this run; none if there is no file.
pub(crate) fn read(
    path: &Path,
    identity: &Identity,
    expected: &Expectation,
) -> Result<Option<Snapshot>, CheckpointProblem> {
    match read_bytes(path, expected.largest_file())? {
        Some(bytes) => decode(&bytes, identity, expected).map(Some),
        None => Ok(None),
    }
}

fn read_bytes(path: &Path, largest: u64) -> Result<Option<Vec<u8>>, CheckpointProblem> {
    let io = |action| move |error| CheckpointProblem::Io { action, error };
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(CheckpointProblem::Io {
                action: "look at it",
                error,
            });
        }
    };
    if !metadata.is_file() {
        return Err(CheckpointProblem::NotAFile);
    }
    let too_large = CheckpointProblem::TooLarge {
        bytes: metadata.len(),
        largest,
    };
    if metadata.len() > largest {
        return Err(too_large);
    }
    let mut bytes = Vec::new();
    if usize::try_from(metadata.len())
        .map_or(true, |length| bytes.try_reserve_exact(length).is_err())
    {
        return Err(too_large);
    }
    let file = File::open(path).map_err(io("open it"))?;
    file.take(metadata.len())
        .read_to_end(&mut bytes)
        .map_err(io("read it"))?;
    Ok(Some(bytes))
}

pub(super) fn decode(
    bytes: &[u8],
    identity: &Identity,
    expected: &Expectation,
) -> Result<Snapshot, CheckpointProblem> {
    let foreign = |error: safetensors::SafeTensorError| CheckpointProblem::NotSafetensors {
        reason: error.to_string(),
    };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(foreign)?;
    let json = metadata
        .metadata()
        .as_ref()
        .and_then(|metadata| metadata.get(KEY));
    let header = Header::parse(json.ok_or(CheckpointProblem::NotACheckpoint)?)?;
    identity.check(&header.run)?;
    header.validate(expected)?;

    let tensors = SafeTensors::deserialize(bytes).map_err(foreign)?;
    let count = expected.parameters();
    let parameters = finite("parameters", values(&tensors, "parameters", count)?)?;
    let best_parameters = if header.epochs.is_empty() {
        None
    } else {
        Some(finite(
            "best_parameters",
            values(&tensors, "best_parameters", count)?,
        )?)
    };
    let buffers = expected.buffers.iter().map(|name| {
        let name = buffer_name(name);
        finite(&name, values(&tensors, &name, count)?)
    });
    let optimiser = OptimiserState {
        updates: header.updates,
        buffers: buffers.collect::<Result<_, _>>()?,
    };
    let mut state = State {
        batch: 0,
        hidden: Vec::new(),
        cell: Vec::new(),
    };
    if header.position.window > 0 {
        let rows = expected.rows(header.position.batch);
        let one = &expected.state_of_one;
        state.batch = rows;
        let read = |name, count| finite(name, values(&tensors, name, count)?);
        state.hidden = read("state.hidden", one.hidden.len() * rows)?;
        if !one.cell.is_empty() {
            state.cell = read("state.cell", one.cell.len() * rows)?;
        }
    }
    let snapshot = Snapshot {
        parameters,
        best_parameters,
        optimiser,
        state,
        position: header.position,
        plateau: header.plateau,
        epochs: header.epochs,
    };
    if snapshot.fingerprint()? != header.fingerprint {
        return Err(CheckpointProblem::Damaged {
            reason: "its numbers are not those that were written".to_owned(),
        });
    }
    Ok(snapshot)
}

/// Name of one of the optimiser's buffers.
pub(super) fn buffer_name(name: &str) -> String {
    format!("optimiser.{name}")
}

fn values(tensors: &SafeTensors, name: &str, count: usize) -> Result<Vec<f32>, CheckpointProblem> {
    let problem = |reason: String| CheckpointProblem::Tensor {
        tensor: name.to_owned(),
        reason,
    };
    let tensor = tensors
        .tensor(name)
        .map_err(|_| problem("is missing".to_owned()))?;
    if tensor.dtype() != Dtype::F32 || tensor.shape() != [count] {
        let (dtype, shape) = (tensor.dtype(), tensor.shape());
        return Err(problem(format!(
            "has type {dtype:?} and shape {shape:?}, expected F32 and [{count}]"
        )));
    }
    let (values, _) = tensor.data().as_chunks::<4>();
    Ok(values
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect())
}

fn finite(name: &str, values: Vec<f32>) -> Result<Vec<f32>, CheckpointProblem> {
    if first_not_finite(&values).is_none() {
        return Ok(values);
    }
    Err(CheckpointProblem::Tensor {
        tensor: name.to_owned(),
        reason: "has a value that is not finite".to_owned(),
    })
}
