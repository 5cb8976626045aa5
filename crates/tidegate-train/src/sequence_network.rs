//! The network that reads whole recordings.

use serde::{Deserialize, Serialize};
use tidegate_cells::{Cell, Stack};
use tidegate_model::{InputLayer, ModelConfiguration, Readout};

use crate::error::TrainError;

/// Layers, directions and dropout of a network that reads recordings, and what of them it is read from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceNetwork {
    /// The recurrent cell.
    pub cell: Cell,
    /// Units of a layer, in each direction.
    pub hidden_size: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// Whether layers also run backwards.
    pub bidirectional: bool,
    /// What of a recording the outputs are read from.
    pub pooling: ClassifyPooling,
    /// Dropout before the head and between layers.
    pub dropout: f32,
    /// Dropout of the channels.
    pub input_dropout: f32,
    /// Dropout from step to step, one mask for all steps of a recording.
    pub recurrent_dropout: f32,
}

impl SequenceNetwork {
    /// The configuration for so many channels and outputs.
    pub(crate) fn configuration(
        &self,
        channels: usize,
        outputs: usize,
        readout: Readout,
    ) -> Result<ModelConfiguration, TrainError> {
        let mut recurrent = Stack::new(self.cell, channels, self.hidden_size);
        recurrent.layers = self.layers;
        recurrent.bidirectional = self.bidirectional;
        recurrent.dropout = if self.layers > 1 { self.dropout } else { 0.0 };
        recurrent.recurrent_dropout = self.recurrent_dropout;
        let mut configuration =
            ModelConfiguration::new(InputLayer::Features, recurrent, outputs, readout);
        configuration.input_dropout = self.input_dropout;
        configuration.output_dropout = self.dropout;
        configuration
            .validate()
            .map_err(|error| TrainError::Model(error.into()))?;
        Ok(configuration)
    }
}

/// What of a recording's hidden states the class, or the value, is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassifyPooling {
    /// The last one.
    Last,
    /// Their mean.
    Mean,
    /// Their mean, weighted by attention.
    Attention,
}

impl ClassifyPooling {
    /// How the network is read, for a class of the whole or of every step.
    pub(crate) fn readout(self, every_step: bool) -> Readout {
        match self {
            _ if every_step => Readout::EveryStep,
            ClassifyPooling::Last => Readout::LastStep,
            ClassifyPooling::Mean => Readout::Mean,
            ClassifyPooling::Attention => Readout::Attention,
        }
    }
}
