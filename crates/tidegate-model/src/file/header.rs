//! The metadata entry that makes a safetensors file a model file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use safetensors::tensor::Metadata;
use serde::{Deserialize, Serialize};

use crate::configuration::ModelConfiguration;
use crate::error::FileError;

/// Key of the entry.
pub(crate) const KEY: &str = "tidegate";
/// Version of the format.
pub(crate) const FORMAT_VERSION: u64 = 1;
/// Most bytes of the safetensors header, in files read and written.
pub(crate) const MAX_HEADER: u64 = 16 << 20;

/// The entry's JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header<'a> {
    format_version: u64,
    /// Everything that the tensors' names and shapes follow from.
    pub(crate) model: Cow<'a, ModelConfiguration>,
    /// What the maker of the model says about it; sorted by key, so that the same model gives the same bytes.
    #[serde(default)]
    pub(crate) description: Cow<'a, BTreeMap<String, String>>,
}

/// The part of the entry that every version shares.
#[derive(Deserialize)]
struct Version {
    format_version: u64,
}

impl<'a> Header<'a> {
    /// The entry of a model.
    pub(crate) fn new(
        model: &'a ModelConfiguration,
        description: &'a BTreeMap<String, String>,
    ) -> Self {
        Header {
            format_version: FORMAT_VERSION,
            model: Cow::Borrowed(model),
            description: Cow::Borrowed(description),
        }
    }
}

impl Header<'static> {
    /// Reads the entry: its version first, then, of a known version, the rest.
    pub(crate) fn read(metadata: &Metadata) -> Result<Self, FileError> {
        let entries = metadata.metadata().as_ref().ok_or(FileError::Foreign)?;
        let json = entries.get(KEY).ok_or(FileError::Foreign)?;
        let describe = |error: serde_json::Error| FileError::Description(error.to_string());
        let Version { format_version } = serde_json::from_str(json).map_err(describe)?;
        if format_version != FORMAT_VERSION {
            return Err(FileError::Version {
                found: format_version,
                supported: FORMAT_VERSION,
            });
        }
        serde_json::from_str(json).map_err(describe)
    }
}
