//! The model file: safetensors with the tensors by their names, 32-bit floats, and one metadata entry `tidegate`, JSON:
//!
//! ```text
//! {"format_version":1,"model":{ModelConfiguration},"description":{"key":"text", …}}
//! ```
//!
//! A forecaster's file has `"forecaster":{ForecasterConfiguration}` in place of `"model"`.
//!
//! A file is data: reading it runs no code. Nothing in it is believed before it was held against the rest, and memory is
//! taken for parameters only once header, configuration and the file's length agree.

mod contents;
mod header;
mod read;
mod safetensors_header;
mod write;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::error::{FileError, ModelError};
use crate::model::Model;
use crate::replace_file::replace_file;
pub(crate) use contents::{Contents, Parts};
pub use safetensors_header::safetensors_header;

impl Model {
    /// Writes the model file: to a temporary file in the same folder, which is synced and then renamed to `path`.
    /// The same model gives the same bytes.
    ///
    /// # Errors
    /// [`ModelError::File`]; a file that stood at `path` before is as it was then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        save(self, path.as_ref())
    }

    /// Reads a model file. It runs no code and allocates no more than the file can fill.
    ///
    /// # Errors
    /// [`ModelError::File`] names the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<Model, ModelError> {
        load(path.as_ref())
    }

    /// The bytes of the model file.
    ///
    /// # Errors
    /// [`FileError::HeaderTooLarge`] if the description is longer than a model file may hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        to_bytes(self)
    }

    /// The model in the bytes of a model file, under the same guarantees as [`Model::load`].
    ///
    /// # Errors
    /// [`FileError`] says what is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, FileError> {
        from_bytes(bytes)
    }
}

/// Writes a network's file, as [`Model::save`] does.
pub(crate) fn save<C: Contents>(network: &C, path: &Path) -> Result<(), ModelError> {
    let bytes = to_bytes(network).map_err(|error| error.of(path))?;
    replace_file(path, &bytes).map_err(|error| FileError::Write(error).of(path))
}

/// Reads a network's file, as [`Model::load`] does.
pub(crate) fn load<C: Contents>(path: &Path) -> Result<C, ModelError> {
    let (file, length) = open(path).map_err(|error| error.of(path))?;
    read::network(file, length).map_err(|error| error.of(path))
}

/// The bytes of a network's file.
pub(crate) fn to_bytes<C: Contents>(network: &C) -> Result<Vec<u8>, FileError> {
    write::bytes(network)
}

/// The network in the bytes of its file.
pub(crate) fn from_bytes<C: Contents>(bytes: &[u8]) -> Result<C, FileError> {
    read::network(bytes, bytes.len() as u64)
}

/// What the maker of the network in a model file, of whatever kind, says about it, by key. The parameters are not read.
///
/// # Errors
/// [`ModelError::File`] names the file and what is wrong with it.
pub fn description_of_file(path: impl AsRef<Path>) -> Result<BTreeMap<String, String>, ModelError> {
    let path = path.as_ref();
    let (file, length) = open(path).map_err(|error| error.of(path))?;
    read::description(file, length).map_err(|error| error.of(path))
}

/// A regular file and its length.
fn open(path: &Path) -> Result<(BufReader<File>, u64), FileError> {
    // Asked before opening: to open a pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(FileError::Read)?.is_file() {
        return Err(FileError::NotRegular);
    }
    let file = File::open(path).map_err(FileError::Read)?;
    let length = file.metadata().map_err(FileError::Read)?.len();
    Ok((BufReader::new(file), length))
}
