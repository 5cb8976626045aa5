//! What is asked for when a classifier is trained.

use serde::{Deserialize, Serialize};
use tidegate_cells::{Cell, Gru};
use tidegate_data::{Recordings, RecordingsOptions, RecordingsSchema};
use tidegate_model::{Model, ModelConfiguration};

use super::class_weights::ClassWeights;
use super::data::ClassifyData;
use super::model::{ClassifyModel, ClassifyPlan};
use crate::checkpoint::Checkpointing;
use crate::error::TrainError;
use crate::event::Event;
use crate::sequence_network::{ClassifyPooling, SequenceNetwork};
use crate::train::train_until;
use crate::trained::{Outcome, Trained};
use crate::training::Training;

/// Everything that a trained classifier follows from, but for the recordings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifyRecipe {
    /// How the recordings are read.
    pub recordings: RecordingsOptions,
    /// The share of each class that is held back to validate, between 0 and 1.
    pub valid_share: f64,
    /// The recurrent cell.
    pub cell: Cell,
    /// Units of a layer, in each direction.
    pub hidden_size: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// Whether layers also run backwards.
    pub bidirectional: bool,
    /// What of a recording the class is read from; not looked at where every step has one.
    pub pooling: ClassifyPooling,
    /// Dropout before the head and between layers.
    pub dropout: f32,
    /// Dropout of the channels.
    pub input_dropout: f32,
    /// Dropout from step to step, one mask for all steps of a recording.
    pub recurrent_dropout: f32,
    /// Whether rare classes count more.
    pub class_weights: ClassWeights,
    /// How long and how fast.
    pub training: Training,
}

/// What classified the training recordings of Japanese Vowels (270 of 9 speakers) best in cross-validation, among a few
/// settings.
impl Default for ClassifyRecipe {
    fn default() -> Self {
        ClassifyRecipe {
            recordings: RecordingsOptions::default(),
            valid_share: 0.1,
            cell: Cell::Gru(Gru::default()),
            hidden_size: 128,
            layers: 1,
            bidirectional: true,
            pooling: ClassifyPooling::Mean,
            dropout: 0.5,
            input_dropout: 0.2,
            recurrent_dropout: 0.3,
            class_weights: ClassWeights::Equal,
            training: Training {
                learning_rate: 3e-3,
                epochs: 100,
                patience: Some(20),
                batch_size: 16,
                ..Training::default()
            },
        }
    }
}

impl ClassifyRecipe {
    /// The configuration of the network for these recordings.
    ///
    /// # Errors
    /// [`TrainError::Model`] names the field at fault.
    pub fn configuration(
        &self,
        schema: &RecordingsSchema,
    ) -> Result<ModelConfiguration, TrainError> {
        let readout = self.pooling.readout(schema.every_step);
        let (channels, classes) = (schema.channels.len(), schema.classes.len());
        self.network().configuration(channels, classes, readout)
    }

    fn network(&self) -> SequenceNetwork {
        SequenceNetwork {
            cell: self.cell,
            hidden_size: self.hidden_size,
            layers: self.layers,
            bidirectional: self.bidirectional,
            pooling: self.pooling,
            dropout: self.dropout,
            input_dropout: self.input_dropout,
            recurrent_dropout: self.recurrent_dropout,
        }
    }

    /// Splits and scales recordings. The split follows from the seed of the training.
    ///
    /// # Errors
    /// [`TrainError::Recordings`] names what does not fit, and where.
    pub fn prepare(&self, recordings: &Recordings) -> Result<ClassifyData, TrainError> {
        ClassifyData::fit(recordings, self.valid_share, self.training.seed)
    }

    /// The options of training on this data, with the weights of its classes.
    fn training(&self, data: &ClassifyData) -> Training {
        let weights = self.class_weights.weights(&data.class_counts);
        Training {
            class_weights: weights.or_else(|| self.training.class_weights.clone()),
            ..self.training.clone()
        }
    }

    /// Trains a classifier on prepared data. The seed of its initial parameters is the training's. Interrupted, the model is
    /// that of the best epoch so far, with a temperature of 1.
    ///
    /// # Errors
    /// Those of [`train_until`].
    pub fn train(
        &self,
        data: &ClassifyData,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(ClassifyModel, Trained), TrainError> {
        let training = self.training(data);
        let configuration = self.configuration(&data.schema)?;
        let mut model = Model::new(configuration, training.seed)?;
        let trained = train_until(
            &mut model,
            &data.train,
            &data.valid,
            &training,
            checkpointing,
            observer,
            stop,
        )?;
        let plan = ClassifyPlan {
            schema: data.schema.clone(),
            recordings: self.recordings.clone(),
            valid_share: self.valid_share,
            class_counts: data.class_counts.clone(),
            class_weights: self.class_weights,
            temperature: 1.0,
            training,
        };
        let mut model = ClassifyModel { model, plan };
        // A run that is to go on is calibrated once it has ended.
        if trained.outcome != Outcome::Interrupted {
            model.calibrate(&data.valid)?;
        }
        Ok((model, trained))
    }
}
