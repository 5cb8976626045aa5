//! What is asked for when a network for regression is trained.

use serde::{Deserialize, Serialize};
use tidegate_data::Recordings;
use tidegate_model::{Model, ModelConfiguration};

use super::data::RegressData;
use super::model::{RegressModel, RegressPlan};
use crate::checkpoint::Checkpointing;
use crate::error::TrainError;
use crate::event::Event;
use crate::sequence_network::SequenceNetwork;
use crate::train::train_until;
use crate::trained::Trained;
use crate::training::Training;

/// Everything that a trained network for regression follows from, but for the recordings and their targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegressRecipe {
    /// The share of the recordings that is held back to validate, between 0 and 1.
    pub valid_share: f64,
    /// The network.
    pub network: SequenceNetwork,
    /// How long and how fast.
    pub training: Training,
}

impl RegressRecipe {
    /// The configuration of the network for this data.
    ///
    /// # Errors
    /// [`TrainError::Model`] names the field at fault.
    pub fn configuration(&self, data: &RegressData) -> Result<ModelConfiguration, TrainError> {
        let readout = self.network.pooling.readout(false);
        let (channels, targets) = (data.schema.channels.len(), data.target_scaling.len());
        self.network.configuration(channels, targets, readout)
    }

    /// Splits and scales recordings with their targets, `[recordings, size]`. The split follows from the seed of the
    /// training.
    ///
    /// # Errors
    /// Those of [`RegressData::fit`].
    pub fn prepare(
        &self,
        recordings: &Recordings,
        targets: &[f64],
        size: usize,
    ) -> Result<RegressData, TrainError> {
        RegressData::fit(
            recordings,
            targets,
            size,
            self.valid_share,
            self.training.seed,
        )
    }

    /// Trains a network on prepared data. The seed of its initial parameters is the training's. Interrupted, the model is
    /// that of the best epoch so far.
    ///
    /// # Errors
    /// Those of [`train_until`].
    pub fn train(
        &self,
        data: &RegressData,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(RegressModel, Trained), TrainError> {
        let mut model = Model::new(self.configuration(data)?, self.training.seed)?;
        let trained = train_until(
            &mut model,
            &data.train,
            &data.valid,
            &self.training,
            checkpointing,
            observer,
            stop,
        )?;
        let plan = RegressPlan {
            schema: data.schema.clone(),
            target_scaling: data.target_scaling.clone(),
            valid_share: self.valid_share,
            training: self.training.clone(),
        };
        Ok((RegressModel { model, plan }, trained))
    }
}
