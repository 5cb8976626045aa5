//! What of a recording the classes are read from.

use serde::{Deserialize, Serialize};
use tidegate_model::Readout;

/// What of a recording's hidden states the class is read from.
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
    pub(super) fn readout(self, every_step: bool) -> Readout {
        match self {
            _ if every_step => Readout::EveryStep,
            ClassifyPooling::Last => Readout::LastStep,
            ClassifyPooling::Mean => Readout::Mean,
            ClassifyPooling::Attention => Readout::Attention,
        }
    }
}
