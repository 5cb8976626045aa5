//! A trained classifier with all that a prediction needs, in one file.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_data::{
    Recordings, RecordingsOptions, RecordingsSchema, Sequence, SequenceSet, Supervision, Targets,
};
use tidegate_model::{InputLayer, Model, Readout};

use super::class_weights::ClassWeights;
use super::predictions::ClassProbabilities;
use super::temperature::{LIMITS, fit_temperature, log_probabilities};
use crate::error::TrainError;
use crate::model_task::ModelTask;
use crate::plan_file;
use crate::sequence_outputs::outputs_of;
use crate::training::Training;

/// What a classifier was trained on and for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifyPlan {
    /// Channels, scaling and classes.
    pub schema: RecordingsSchema,
    /// How the recordings were read.
    pub recordings: RecordingsOptions,
    /// The share of each class that was held back to validate.
    pub valid_share: f64,
    /// Of each class, how many recordings, or steps, were trained on.
    pub class_counts: Vec<usize>,
    /// Whether rare classes counted more.
    pub class_weights: ClassWeights,
    /// By which logits are divided before they become probabilities; found on the validation recordings.
    pub temperature: f64,
    /// How it was trained.
    pub training: Training,
}

/// A trained classifier.
#[derive(Debug)]
pub struct ClassifyModel {
    /// The network.
    pub model: Model,
    /// What it was trained on and for.
    pub plan: ClassifyPlan,
}

impl ClassifyModel {
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
        plan_file::keep(&self.plan, ModelTask::Classify.name(), description, path)
    }

    /// Reads a file that [`ClassifyModel::save`] wrote.
    ///
    /// # Errors
    /// [`TrainError::Model`] and [`TrainError::Plan`] name the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<ClassifyModel, TrainError> {
        let path = path.as_ref();
        ClassifyModel::of_model(Model::load(path)?, path)
    }

    /// Reads the bytes of such a file.
    ///
    /// # Errors
    /// Those of [`ClassifyModel::load`].
    pub fn from_bytes(bytes: &[u8]) -> Result<ClassifyModel, TrainError> {
        let path = Path::new(plan_file::IN_MEMORY);
        let model = Model::from_bytes(bytes).map_err(|error| error.of(path))?;
        ClassifyModel::of_model(model, path)
    }

    /// A model of this place, which errors name, with the plan in its description.
    ///
    /// # Errors
    /// [`TrainError::Plan`] names the place and what is wrong with the plan.
    pub fn of_model(model: Model, path: &Path) -> Result<ClassifyModel, TrainError> {
        let plan: ClassifyPlan = plan_file::read(
            ModelTask::Classify.name(),
            model.description(),
            path,
            "it does not say what was classified",
        )?;
        let model = ClassifyModel { model, plan };
        match model.contradiction() {
            Some(reason) => Err(plan_file::problem(path, reason)),
            None => Ok(model),
        }
    }

    /// What in the plan does not fit the network.
    fn contradiction(&self) -> Option<String> {
        let (plan, network) = (&self.plan, self.model.configuration());
        let schema = &plan.schema;
        if let Err(error) = schema.validate() {
            return Some(error.to_string());
        }
        let facts = [
            (network.input == InputLayer::Features, "kind of input"),
            (
                schema.channels.len() == network.recurrent.input_size,
                "channels",
            ),
            (schema.classes.len() == network.outputs, "classes"),
            (
                schema.every_step == (network.readout == Readout::EveryStep),
                "steps that have a class",
            ),
            (
                plan.class_counts.len() == schema.classes.len(),
                "counts of its classes",
            ),
            (
                (LIMITS[0]..=LIMITS[1]).contains(&plan.temperature),
                "temperature",
            ),
        ];
        let wrong = facts.into_iter().find(|(fits, _)| !fits)?;
        Some(format!(
            "the {} of its recordings do not fit its network",
            wrong.1
        ))
    }

    /// The classes and their probabilities, of each recording in the file's order. Labels are not looked at.
    ///
    /// # Errors
    /// [`TrainError::Recordings`] where the channels differ from those of training or a value cannot be scaled;
    /// [`TrainError::EvaluationNotFinite`] where a number on the way is not finite.
    pub fn predict(&self, recordings: &Recordings) -> Result<Vec<ClassProbabilities>, TrainError> {
        let inputs = self.plan.schema.inputs(recordings)?;
        let sequences = inputs.into_iter().map(|inputs| {
            // What the layout of a batch asks for and nothing reads.
            let targets = self.supervision().supervised_steps(inputs.steps());
            Sequence {
                targets: Targets::Classes(vec![0; targets]),
                inputs,
            }
        });
        let set = self.set_of(sequences.collect());
        self.predict_set(&set)
    }

    /// The same of sequences that [`RecordingsSchema::set`] scaled.
    ///
    /// # Errors
    /// [`TrainError::EvaluationNotFinite`] where a number on the way is not finite.
    pub fn predict_set(&self, set: &SequenceSet) -> Result<Vec<ClassProbabilities>, TrainError> {
        let classes = self.plan.schema.classes.len();
        let logits = outputs_of(&self.model, set)?;
        let mut row_of = Vec::with_capacity(classes);
        let predictions = logits.iter().map(|logits| {
            let mut logarithms = Vec::with_capacity(logits.len());
            for row in logits.chunks_exact(classes) {
                log_probabilities(row, self.plan.temperature, &mut row_of);
                logarithms.extend_from_slice(&row_of);
            }
            ClassProbabilities {
                classes,
                logarithms,
            }
        });
        Ok(predictions.collect())
    }

    /// Finds the temperature on the validation set.
    pub(super) fn calibrate(&mut self, valid: &SequenceSet) -> Result<(), TrainError> {
        let logits = outputs_of(&self.model, valid)?.concat();
        let targets: Vec<u32> = valid
            .sequences
            .iter()
            .flat_map(|sequence| match &sequence.targets {
                Targets::Classes(classes) => &classes[..],
                Targets::Values(_) | Targets::Labels(_) => &[],
            })
            .copied()
            .collect();
        self.plan.temperature = fit_temperature(&logits, &targets, self.plan.schema.classes.len());
        Ok(())
    }

    fn supervision(&self) -> Supervision {
        self.plan.schema.supervision()
    }

    fn set_of(&self, sequences: Vec<Sequence>) -> SequenceSet {
        SequenceSet {
            input: self.plan.schema.input(),
            target: self.plan.schema.target(),
            supervision: self.supervision(),
            sequences,
        }
    }
}
