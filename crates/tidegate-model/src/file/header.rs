//! The metadata entry that makes a safetensors file a model file.

use std::collections::BTreeMap;

use safetensors::tensor::Metadata;
use serde_json::{Map, Value};

use super::contents::{Contents, Parts};
use crate::error::FileError;

/// Key of the entry.
pub(crate) const KEY: &str = "tidegate";
/// Version of the format.
pub(crate) const FORMAT_VERSION: u64 = 1;
/// Most bytes of the safetensors header, in files read and written: below the limit of the format itself, 100 MB.
pub(crate) const MAX_HEADER: u64 = 64 << 20;

/// What the header's configuration stands for, by its field's name.
const KINDS: [(&str, &str); 2] = [
    ("model", "a model of sequences"),
    ("forecaster", "a forecaster"),
];

/// The entry's JSON: `format_version`, the configuration under the name of what the file holds, and `description`.
pub(crate) fn write<C: Contents>(parts: &Parts<'_, C::Configuration>) -> Result<String, FileError> {
    // Written field by field: the order is part of the file's bytes.
    Ok(format!(
        "{{\"format_version\":{FORMAT_VERSION},\"{}\":{},\"description\":{}}}",
        C::FIELD,
        serde_json::to_string(parts.configuration).map_err(describe)?,
        serde_json::to_string(parts.description).map_err(describe)?,
    ))
}

/// The fields of the entry of a file whose version is known, without the version.
fn fields(metadata: &Metadata) -> Result<Map<String, Value>, FileError> {
    let entries = metadata.metadata().as_ref().ok_or(FileError::Foreign)?;
    let json = entries.get(KEY).ok_or(FileError::Foreign)?;
    let mut fields: Map<String, Value> = serde_json::from_str(json).map_err(describe)?;
    let version = fields.remove("format_version");
    let version = serde_json::from_value(version.unwrap_or_default()).map_err(describe)?;
    if version != FORMAT_VERSION {
        return Err(FileError::Version {
            found: version,
            supported: FORMAT_VERSION,
        });
    }
    Ok(fields)
}

/// What the maker of the network says about it.
pub(crate) fn description(metadata: &Metadata) -> Result<BTreeMap<String, String>, FileError> {
    take_description(&mut fields(metadata)?)
}

fn take_description(
    fields: &mut Map<String, Value>,
) -> Result<BTreeMap<String, String>, FileError> {
    match fields.remove("description") {
        Some(description) => serde_json::from_value(description).map_err(describe),
        None => Ok(BTreeMap::new()),
    }
}

fn describe(error: serde_json::Error) -> FileError {
    FileError::Description(error.to_string())
}

/// Reads configuration and description.
pub(crate) fn read<C: Contents>(
    metadata: &Metadata,
) -> Result<(C::Configuration, BTreeMap<String, String>), FileError> {
    let mut fields = fields(metadata)?;
    let Some(configuration) = fields.remove(C::FIELD) else {
        let kind = |field: &str| KINDS.iter().find(|(name, _)| *name == field);
        let other = fields.keys().find_map(|field| kind(field));
        return Err(match (other, kind(C::FIELD)) {
            (Some((_, found)), Some((_, expected))) => FileError::OtherKind { found, expected },
            _ => FileError::Description(format!("missing field `{}`", C::FIELD)),
        });
    };
    let configuration = serde_json::from_value(configuration).map_err(describe)?;
    let description = take_description(&mut fields)?;
    match fields.keys().next() {
        Some(field) => Err(FileError::Description(format!("unknown field `{field}`"))),
        None => Ok((configuration, description)),
    }
}
