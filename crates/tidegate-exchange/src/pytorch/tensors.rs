//! The tensors of a safetensors file, as 32-bit floats.

use std::borrow::Cow;
use std::collections::HashMap;

use half::{bf16, f16};
use safetensors::tensor::{Dtype, Metadata, View, serialize};
use tidegate_model::{FileError, safetensors_header};

use crate::array::NamedArray;
use crate::error::ExchangeError;

/// Key of the metadata entry that says what the names do not.
pub(super) const KEY: &str = "tidegate.layers";

/// Every tensor of a safetensors file, in the order of their bytes. 16-bit floats become 32-bit ones, which hold them exactly;
/// 64-bit ones do where every value can be held exactly.
///
/// # Errors
/// [`ExchangeError::File`] if the file is damaged, or names the tensor of another type, or the value that a 32-bit float cannot hold.
pub fn read_tensors(bytes: &[u8]) -> Result<Vec<NamedArray>, ExchangeError> {
    read_with_metadata(bytes).map(|(arrays, _)| arrays)
}

/// The same with the metadata entry of files that [`super::write()`] wrote.
pub(super) fn read_with_metadata(
    bytes: &[u8],
) -> Result<(Vec<NamedArray>, Option<String>), ExchangeError> {
    let mut source = bytes;
    let metadata = safetensors_header(&mut source, bytes.len() as u64)?;
    // What is left of the source are the tensors' bytes.
    let data = source;
    let mut arrays = Vec::new();
    for name in metadata.offset_keys() {
        let Some(info) = metadata.info(&name) else {
            continue;
        };
        let (start, end) = info.data_offsets;
        let bytes = data.get(start..end).ok_or(FileError::Truncated {
            expected: end as u64,
            found: data.len() as u64,
        })?;
        let values = values(&name, info.dtype, bytes)?;
        arrays.push(NamedArray::new(name, info.shape.clone(), values)?);
    }
    Ok((arrays, written(&metadata)))
}

/// The metadata entry alone.
pub(super) fn metadata(mut bytes: &[u8]) -> Result<Option<String>, ExchangeError> {
    let length = bytes.len() as u64;
    Ok(written(&safetensors_header(&mut bytes, length)?))
}

fn written(metadata: &Metadata) -> Option<String> {
    let entries = metadata.metadata().as_ref();
    entries.and_then(|entries| entries.get(KEY).cloned())
}

fn values(name: &str, dtype: Dtype, bytes: &[u8]) -> Result<Vec<f32>, ExchangeError> {
    let malformed = |reason: String| ExchangeError::Malformed {
        place: name.to_owned(),
        reason,
    };
    match dtype {
        Dtype::F32 => Ok(bytes
            .as_chunks()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect()),
        Dtype::F16 => Ok(bytes
            .as_chunks()
            .0
            .iter()
            .map(|bytes| f16::from_le_bytes(*bytes).to_f32())
            .collect()),
        Dtype::BF16 => Ok(bytes
            .as_chunks()
            .0
            .iter()
            .map(|bytes| bf16::from_le_bytes(*bytes).to_f32())
            .collect()),
        Dtype::F64 => bytes
            .as_chunks()
            .0
            .iter()
            .enumerate()
            .map(|(index, bytes)| {
                let value = f64::from_le_bytes(*bytes);
                let single = value as f32;
                // What is not a number is refused as such, with all that is not finite.
                if f64::from(single) == value || value.is_nan() {
                    Ok(single)
                } else {
                    Err(malformed(format!(
                        "holds 64-bit floats, and value {index}, {value}, is none of 32 bits: save the module as \
                         32-bit floats (module.float())"
                    )))
                }
            })
            .collect(),
        other => Err(malformed(format!(
            "has type {other}, where floats (F32, F16, BF16, F64) are read"
        ))),
    }
}

/// A safetensors file of these tensors, for any reader of such files.
///
/// # Errors
/// [`ExchangeError::File`] if names are longer than such a file may hold.
pub fn write_tensors(arrays: &[NamedArray]) -> Result<Vec<u8>, ExchangeError> {
    bytes(arrays, None)
}

/// The same with a metadata entry.
pub(super) fn bytes(
    arrays: &[NamedArray],
    written: Option<String>,
) -> Result<Vec<u8>, ExchangeError> {
    let metadata = written.map(|written| HashMap::from([(KEY.to_owned(), written)]));
    let tensors = arrays.iter().map(|array| (&array.name, Written(array)));
    serialize(tensors, metadata)
        .map_err(|error| FileError::NotSafetensors(error.to_string()).into())
}

struct Written<'a>(&'a NamedArray);

impl View for Written<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let values = &self.0.values;
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    }

    fn data_len(&self) -> usize {
        size_of_val(&*self.0.values)
    }
}
