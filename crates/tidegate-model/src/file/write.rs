//! From a model to the bytes of its file.

use std::borrow::Cow;
use std::collections::HashMap;

use safetensors::tensor::{Dtype, View, serialize};
use tidegate_cells::Tensor;

use super::contents::Contents;
use super::header::{self, KEY, MAX_HEADER};
use crate::error::FileError;

/// A tensor and its values, as the safetensors writer wants to see them.
struct Named<'a> {
    tensor: &'a Tensor,
    values: &'a [f32],
}

impl View for Named<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        &self.tensor.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    }

    fn data_len(&self) -> usize {
        size_of_val(self.values)
    }
}

/// The bytes of the file. One metadata entry alone is written: of several, the order would not be fixed.
pub(crate) fn bytes<C: Contents>(network: &C) -> Result<Vec<u8>, FileError> {
    let parts = network.parts();
    let json = header::write::<C>(&parts)?;
    let tensors = parts.tensors.iter().map(|tensor| {
        let values = &parts.parameters[tensor.range()];
        (tensor.name.as_str(), Named { tensor, values })
    });
    let bytes = serialize(tensors, Some(HashMap::from([(KEY.to_owned(), json)])))
        .map_err(|error| FileError::NotSafetensors(error.to_string()))?;
    let length = bytes
        .first_chunk()
        .map_or(0, |length| u64::from_le_bytes(*length));
    if length > MAX_HEADER {
        return Err(FileError::HeaderTooLarge {
            found: length,
            limit: MAX_HEADER,
        });
    }
    Ok(bytes)
}
