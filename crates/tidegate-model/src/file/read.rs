//! From the bytes of a model file to a model.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;

use safetensors::tensor::{Dtype, Metadata};
use tidegate_cells::Tensor;

use super::contents::Contents;
use super::header;
use super::safetensors_header::safetensors_header;
use crate::error::FileError;
use crate::layout::first_not_finite_parameter;

/// Bytes of a value.
const VALUE: u64 = size_of::<f32>() as u64;

/// Reads a network from a file of `length` bytes.
pub(crate) fn network<C: Contents>(mut source: impl Read, length: u64) -> Result<C, FileError> {
    let metadata = safetensors_header(&mut source, length)?;
    let (configuration, description) = header::read::<C>(&metadata)?;
    C::validate(&configuration)?;
    let expected = check_tensors::<C>(&configuration, &metadata)?;
    let count = expected.last().map_or(0, |last| last.range().end);
    let mut parameters = Vec::new();
    parameters
        .try_reserve_exact(count)
        .map_err(|_| FileError::Memory(count))?;
    parameters.resize(count, 0.0);
    let by_name: HashMap<&str, &Tensor> = expected
        .iter()
        .map(|tensor| (tensor.name.as_str(), tensor))
        .collect();
    for name in metadata.offset_keys() {
        let tensor = by_name
            .get(name.as_str())
            .ok_or_else(|| FileError::UnexpectedTensor(name.clone()))?;
        read_values(&mut source, &mut parameters[tensor.range()])?;
    }
    if let Some((place, value)) = first_not_finite_parameter(&expected, &parameters) {
        return Err(FileError::NotFinite { place, value });
    }
    C::of_parts(configuration, parameters, description)
        .map_err(|error| FileError::Model(Box::new(error)))
}

/// The description in a file of `length` bytes, of whatever kind its network is; the parameters are not read.
pub(crate) fn description(
    mut source: impl Read,
    length: u64,
) -> Result<BTreeMap<String, String>, FileError> {
    header::description(&safetensors_header(&mut source, length)?)
}

/// Checks that the file holds exactly the tensors that the configuration asks for, and gives them in the order of the flat buffer.
fn check_tensors<C: Contents>(
    configuration: &C::Configuration,
    metadata: &Metadata,
) -> Result<Vec<Tensor>, FileError> {
    let tensors = metadata.tensors();
    // Each layer has tensors of its own: with too few of them in the file, its layers are not even listed.
    let least = C::least_tensors(configuration);
    if tensors.len() < least {
        return Err(FileError::TensorCount {
            expected: least,
            found: tensors.len(),
        });
    }
    let wanted = C::tensors_of(configuration);
    for tensor in &wanted {
        let name = || tensor.name.clone();
        let found = tensors
            .get(&tensor.name)
            .ok_or_else(|| FileError::MissingTensor(name()))?;
        if found.dtype != Dtype::F32 {
            return Err(FileError::Type {
                name: name(),
                found: found.dtype.to_string(),
            });
        }
        if found.shape != tensor.shape {
            return Err(FileError::Shape {
                name: name(),
                expected: tensor.shape.clone(),
                found: found.shape.clone(),
            });
        }
    }
    if tensors.len() > wanted.len() {
        let known: HashSet<&str> = wanted.iter().map(|tensor| tensor.name.as_str()).collect();
        // The first by offset, so that the same file gives the same message.
        if let Some(name) = metadata
            .offset_keys()
            .into_iter()
            .find(|name| !known.contains(name.as_str()))
        {
            return Err(FileError::UnexpectedTensor(name));
        }
    }
    Ok(wanted)
}

/// Reads little-endian values.
fn read_values(source: &mut impl Read, values: &mut [f32]) -> Result<(), FileError> {
    let mut buffer = [0; 16_384];
    for values in values.chunks_mut(buffer.len() / VALUE as usize) {
        let bytes = &mut buffer[..values.len() * VALUE as usize];
        source.read_exact(bytes).map_err(FileError::Read)?;
        for (value, bytes) in values.iter_mut().zip(bytes.as_chunks().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
    Ok(())
}
