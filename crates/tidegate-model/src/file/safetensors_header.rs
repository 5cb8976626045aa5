//! The header of any safetensors file, held against the file's length.

use std::io::Read;

use safetensors::tensor::Metadata;

use super::header::MAX_HEADER;
use crate::error::FileError;

/// Bytes before the header: its length.
const PREFIX: u64 = 8;

/// Reads the header of a safetensors file of `length` bytes. Its tensors cover the rest of the file without gaps or
/// overlaps, each with as many bytes as its shape and type ask for; no more is read than the header.
///
/// # Errors
/// [`FileError`] says what is wrong with it: cut short, too long, or no header of a safetensors file.
pub fn safetensors_header(source: &mut impl Read, length: u64) -> Result<Metadata, FileError> {
    if length < PREFIX {
        return Err(FileError::Truncated {
            expected: PREFIX,
            found: length,
        });
    }
    let mut prefix = [0; PREFIX as usize];
    source.read_exact(&mut prefix).map_err(FileError::Read)?;
    let size = u64::from_le_bytes(prefix);
    if size > MAX_HEADER {
        return Err(FileError::HeaderTooLarge {
            found: size,
            limit: MAX_HEADER,
        });
    }
    let start = PREFIX + size;
    if length < start {
        return Err(FileError::Truncated {
            expected: start,
            found: length,
        });
    }
    let mut json = vec![0; size as usize];
    source.read_exact(&mut json).map_err(FileError::Read)?;
    let metadata: Metadata = serde_json::from_slice(&json)
        .map_err(|error| FileError::NotSafetensors(error.to_string()))?;
    let expected = start.saturating_add(metadata.data_len() as u64);
    if length < expected {
        return Err(FileError::Truncated {
            expected,
            found: length,
        });
    }
    if length > expected {
        return Err(FileError::Trailing(length - expected));
    }
    Ok(metadata)
}
