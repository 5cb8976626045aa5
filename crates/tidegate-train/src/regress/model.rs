//! A trained network for regression with all that a prediction needs, in one file.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_data::{ChannelSchema, Recordings, Scaling};
use tidegate_model::{InputLayer, Model, Readout};

use super::data::without_targets;
use crate::error::TrainError;
use crate::model_task::ModelTask;
use crate::plan_file;
use crate::sequence_outputs::outputs_of;
use crate::training::Training;

/// What a network for regression was trained on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegressPlan {
    /// Channels and their scaling.
    pub schema: ChannelSchema,
    /// How each target is scaled.
    pub target_scaling: Vec<Scaling>,
    /// The share of the recordings that was held back to validate.
    pub valid_share: f64,
    /// How it was trained.
    pub training: Training,
}

/// A trained network for regression.
#[derive(Debug)]
pub struct RegressModel {
    /// The network.
    pub model: Model,
    /// What it was trained on.
    pub plan: RegressPlan,
}

impl RegressModel {
    /// Writes the file: to a temporary file in the same folder, which is synced and then renamed to `path`.
    ///
    /// # Errors
    /// [`TrainError::Model`]; a file that stood at `path` before is as it was then.
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let path = path.as_ref();
        self.keep_plan(path)?;
        Ok(self.model.save(path)?)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`TrainError::Model`] where the plan is longer than a model file may hold.
    pub fn to_bytes(&mut self) -> Result<Vec<u8>, TrainError> {
        let path = Path::new(plan_file::IN_MEMORY);
        self.keep_plan(path)?;
        Ok(self.model.to_bytes().map_err(|error| error.of(path))?)
    }

    fn keep_plan(&mut self, path: &Path) -> Result<(), TrainError> {
        let description = self.model.description_mut();
        plan_file::keep(&self.plan, ModelTask::Regress.name(), description, path)
    }

    /// Reads a file that [`RegressModel::save`] wrote.
    ///
    /// # Errors
    /// [`TrainError::Model`] and [`TrainError::Plan`] name the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<RegressModel, TrainError> {
        let path = path.as_ref();
        RegressModel::of_model(Model::load(path)?, path)
    }

    /// Reads the bytes of such a file.
    ///
    /// # Errors
    /// Those of [`RegressModel::load`].
    pub fn from_bytes(bytes: &[u8]) -> Result<RegressModel, TrainError> {
        let path = Path::new(plan_file::IN_MEMORY);
        let model = Model::from_bytes(bytes).map_err(|error| error.of(path))?;
        RegressModel::of_model(model, path)
    }

    /// A model of this place, which errors name, with the plan in its description.
    ///
    /// # Errors
    /// [`TrainError::Plan`] names the place and what is wrong with the plan.
    pub fn of_model(model: Model, path: &Path) -> Result<RegressModel, TrainError> {
        let missing = "it does not say what its outputs stand for";
        let plan = plan_file::read(
            ModelTask::Regress.name(),
            model.description(),
            path,
            missing,
        )?;
        let model = RegressModel { model, plan };
        match model.contradiction() {
            Some(reason) => Err(plan_file::problem(path, reason)),
            None => Ok(model),
        }
    }

    /// What in the plan does not fit the network.
    fn contradiction(&self) -> Option<String> {
        let (plan, network) = (&self.plan, self.model.configuration());
        if let Err(error) = plan.schema.validate() {
            return Some(error.to_string());
        }
        let facts = [
            (network.input == InputLayer::Features, "kind of input"),
            (
                plan.schema.channels.len() == network.recurrent.input_size,
                "channels",
            ),
            (plan.target_scaling.len() == network.outputs, "targets"),
            (
                plan.target_scaling.iter().all(Scaling::is_usable),
                "scaling of the targets",
            ),
            (
                network.readout != Readout::EveryStep,
                "steps that have targets",
            ),
        ];
        let wrong = facts.into_iter().find(|(fits, _)| !fits)?;
        Some(format!(
            "the {} of its recordings do not fit its network",
            wrong.1
        ))
    }

    /// The numbers of each recording, `[recordings, targets]`, in the targets' units.
    ///
    /// # Errors
    /// [`TrainError::Recordings`] where the channels differ from those of training or a value cannot be scaled;
    /// [`TrainError::EvaluationNotFinite`] where a number on the way is not finite.
    pub fn predict(&self, recordings: &Recordings) -> Result<Vec<f64>, TrainError> {
        let plan = &self.plan;
        let inputs = plan.schema.inputs(recordings)?;
        let set = without_targets(
            inputs,
            plan.schema.channels.len(),
            plan.target_scaling.len(),
        );
        let outputs = outputs_of(&self.model, &set)?;
        let in_units = outputs.iter().flat_map(|row| {
            let scaled = row.iter().zip(&plan.target_scaling);
            scaled.map(|(&value, scaling)| scaling.to_units(f64::from(value)))
        });
        Ok(in_units.collect())
    }
}
