//! The forecaster's file, in the format of the model file.

use std::collections::BTreeMap;
use std::path::Path;

use tidegate_cells::Tensor;

use super::{Forecaster, ForecasterConfiguration, ForecasterLayout};
use crate::error::{ConfigurationError, FileError, ModelError};
use crate::file::{self, Contents, Parts};

impl Contents for Forecaster {
    type Configuration = ForecasterConfiguration;
    const FIELD: &'static str = "forecaster";

    fn validate(configuration: &ForecasterConfiguration) -> Result<(), ConfigurationError> {
        configuration.validate()
    }

    fn least_tensors(configuration: &ForecasterConfiguration) -> usize {
        configuration.recurrent.layers
    }

    fn tensors_of(configuration: &ForecasterConfiguration) -> Vec<Tensor> {
        ForecasterLayout::new(configuration).tensors
    }

    fn of_parts(
        configuration: ForecasterConfiguration,
        parameters: Vec<f32>,
        description: BTreeMap<String, String>,
    ) -> Result<Forecaster, ModelError> {
        let mut forecaster = Forecaster::from_parameters(configuration, parameters)?;
        forecaster.description = description;
        Ok(forecaster)
    }

    fn parts(&self) -> Parts<'_, ForecasterConfiguration> {
        Parts {
            configuration: &self.configuration,
            description: &self.description,
            tensors: &self.layout.tensors,
            parameters: &self.parameters,
        }
    }
}

impl Forecaster {
    /// Writes the file: to a temporary file in the same folder, which is synced and then renamed to `path`. The same
    /// forecaster gives the same bytes.
    ///
    /// # Errors
    /// [`ModelError::File`]; a file that stood at `path` before is as it was then.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ModelError> {
        file::save(self, path.as_ref())
    }

    /// Reads a forecaster's file. It runs no code and allocates no more than the file can fill.
    ///
    /// # Errors
    /// [`ModelError::File`] names the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<Forecaster, ModelError> {
        file::load(path.as_ref())
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`FileError::HeaderTooLarge`] if the description is longer than a model file may hold.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FileError> {
        file::to_bytes(self)
    }

    /// The forecaster in the bytes of its file, under the same guarantees as [`Forecaster::load`].
    ///
    /// # Errors
    /// [`FileError`] says what is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Forecaster, FileError> {
        file::from_bytes(bytes)
    }
}
