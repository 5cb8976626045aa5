//! What a file can hold: a model, or a forecaster.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tidegate_cells::Tensor;

use crate::configuration::ModelConfiguration;
use crate::error::{ConfigurationError, ModelError};
use crate::layout::Layout;
use crate::model::Model;

/// A network with a configuration, named tensors and a description.
pub(crate) trait Contents: Sized {
    /// Everything that the tensors' names and shapes follow from.
    type Configuration: Serialize + DeserializeOwned;
    /// The header's field that holds the configuration.
    const FIELD: &'static str;

    /// Checks a configuration from a file.
    fn validate(configuration: &Self::Configuration) -> Result<(), ConfigurationError>;

    /// Tensors that there are at least: with fewer in a file, [`Contents::tensors_of`] is not even listed.
    fn least_tensors(configuration: &Self::Configuration) -> usize;

    /// The tensors of a validated configuration, in the order of the flat buffer.
    fn tensors_of(configuration: &Self::Configuration) -> Vec<Tensor>;

    /// The network with these parameters.
    fn of_parts(
        configuration: Self::Configuration,
        parameters: Vec<f32>,
        description: BTreeMap<String, String>,
    ) -> Result<Self, ModelError>;

    /// Configuration, description, tensors and parameters.
    fn parts(&self) -> Parts<'_, Self::Configuration>;
}

/// What is written of a network.
pub(crate) struct Parts<'a, C> {
    pub(crate) configuration: &'a C,
    pub(crate) description: &'a BTreeMap<String, String>,
    pub(crate) tensors: &'a [Tensor],
    pub(crate) parameters: &'a [f32],
}

impl Contents for Model {
    type Configuration = ModelConfiguration;
    const FIELD: &'static str = "model";

    fn validate(configuration: &ModelConfiguration) -> Result<(), ConfigurationError> {
        configuration.validate()
    }

    fn least_tensors(configuration: &ModelConfiguration) -> usize {
        configuration.recurrent.layers
    }

    fn tensors_of(configuration: &ModelConfiguration) -> Vec<Tensor> {
        Layout::new(configuration).tensors
    }

    fn of_parts(
        configuration: ModelConfiguration,
        parameters: Vec<f32>,
        description: BTreeMap<String, String>,
    ) -> Result<Model, ModelError> {
        let mut model = Model::from_parameters(configuration, parameters)?;
        *model.description_mut() = description;
        Ok(model)
    }

    fn parts(&self) -> Parts<'_, ModelConfiguration> {
        Parts {
            configuration: self.configuration(),
            description: self.description(),
            tensors: self.tensors(),
            parameters: self.parameters(),
        }
    }
}
