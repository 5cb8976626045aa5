//! The model file: safetensors with the tensors by their names, 32-bit floats, and one metadata entry `tidegate`, JSON:
//!
//! ```text
//! {"format_version":1,"model":{ModelConfiguration},"description":{"key":"text", …}}
//! ```
//!
//! A file is data: reading it runs no code. Nothing in it is believed before it was held against the rest, and memory is
//! taken for parameters only once header, configuration and the file's length agree.

mod header;
mod read;
mod write;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::error::{FileError, ModelError};
use crate::model::Model;
use crate::replace_file::replace_file;

impl Model {
    /// Writes the model file: to a temporary file in the same folder, which is synced and then renamed to `path`.
    /// The same model gives the same bytes.
    ///
    /// # Errors
    /// [`ModelError::File`]; a file that stood at `path` before is as it was then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        let path = path.as_ref();
        let bytes = self.to_bytes().map_err(|error| error.of(path))?;
        replace_file(path, &bytes).map_err(|error| FileError::Write(error).of(path))
    }

    /// Reads a model file. It runs no code and allocates no more than the file can fill.
    ///
    /// # Errors
    /// [`ModelError::File`] names the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<Model, ModelError> {
        let path = path.as_ref();
        load(path).map_err(|error| error.of(path))
    }

    /// The bytes of the model file.
    ///
    /// # Errors
    /// [`FileError::HeaderTooLarge`] if the description is longer than a model file may hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        write::bytes(self)
    }

    /// The model in the bytes of a model file, under the same guarantees as [`Model::load`].
    ///
    /// # Errors
    /// [`FileError`] says what is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, FileError> {
        read::model(bytes, bytes.len() as u64)
    }
}

fn load(path: &Path) -> Result<Model, FileError> {
    // Asked before opening: to open a pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(FileError::Read)?.is_file() {
        return Err(FileError::NotRegular);
    }
    let file = File::open(path).map_err(FileError::Read)?;
    let length = file.metadata().map_err(FileError::Read)?.len();
    read::model(BufReader::new(file), length)
}
