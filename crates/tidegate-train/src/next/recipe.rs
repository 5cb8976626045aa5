//! What is asked for when a next-step model is trained.

use serde::{Deserialize, Serialize};
use tidegate_cells::{Cell, Gru, Stack};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};

use super::corpus::{Corpus, TokenKind};
use super::data::NextData;
use super::model::{NextModel, NextPlan};
use crate::checkpoint::Checkpointing;
use crate::error::TrainError;
use crate::event::Event;
use crate::schedule::Schedule;
use crate::train::train_until;
use crate::trained::Trained;
use crate::training::Training;

/// Everything that a trained next-step model follows from, but for the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NextRecipe {
    /// What the tokens are; absent for notes where the file holds music, else characters. Default: absent.
    pub tokens: Option<TokenKind>,
    /// Share of a text, at its end, that is held back to choose the best epoch; above 0 and, with the test part, below 1. A
    /// file of music says itself what is held back. Default: 0.1.
    pub validation: f64,
    /// Share of a text, behind the validation part, that is measured in the end; 0 for none. Default: 0.
    pub test: f64,
    /// Semitones by which training pieces of music are moved at most, down and up: to each shift that keeps their pitches
    /// between the lowest and the highest of all training pieces. What sounds the same in another key is learnt in all of
    /// them. Default: 5.
    pub transpose: u8,
    /// The recurrent cell. Default: a GRU.
    pub cell: Cell,
    /// Units of a layer. Default: 256.
    pub hidden_size: usize,
    /// Numbers that stand for a token. Default: 32.
    pub embedding_size: usize,
    /// Recurrent layers. Default: 1.
    pub layers: usize,
    /// Dropout before the head and between layers. Default: 0.2.
    pub dropout: f32,
    /// Dropout of the hidden state where it enters the recurrent products. Default: 0.1.
    pub recurrent_dropout: f32,
    /// How long and how fast. `batch_size` is the number of streams that a text is cut into, at most: there are fewer where a
    /// stream would be shorter than eight windows.
    pub training: Training,
}

impl Default for NextRecipe {
    fn default() -> Self {
        NextRecipe {
            tokens: None,
            validation: 0.1,
            test: 0.0,
            transpose: 5,
            cell: Cell::Gru(Gru::default()),
            hidden_size: 256,
            embedding_size: 32,
            layers: 1,
            dropout: 0.2,
            recurrent_dropout: 0.1,
            training: Training {
                learning_rate: 0.004,
                schedule: Schedule::Cosine {
                    warm_up_epochs: 0.0,
                    minimum: 0.0,
                },
                weight_decay: Some(0.05),
                epochs: 24,
                batch_size: 32,
                window: Some(100),
                ..Training::default()
            },
        }
    }
}

impl NextRecipe {
    /// Tokens of a text that are held back for validation and for testing.
    pub(super) fn held_back(&self, tokens: usize) -> Result<[usize; 2], TrainError> {
        let refuse = |option, reason: &str| {
            let reason = reason.to_owned();
            Err(TrainError::Option { option, reason })
        };
        if !(self.validation > 0.0 && self.validation < 1.0) {
            return refuse("validation", "must be a share above 0 and below 1");
        }
        if !(self.test >= 0.0 && self.validation + self.test < 1.0) {
            return refuse(
                "test",
                "must be at least 0 and, with the validation part, below 1",
            );
        }
        let share = |share: f64| (tokens as f64 * share).floor() as usize;
        let held_back = [share(self.validation), share(self.test)];
        let training = tokens.saturating_sub(held_back[0] + held_back[1]);
        // Of a part of one token nothing can be predicted.
        let is_short = |part: usize, asked: f64| asked > 0.0 && part < 2;
        if is_short(held_back[0], self.validation)
            || is_short(held_back[1], self.test)
            || training < 2
        {
            return Err(TrainError::ShortText { tokens });
        }
        Ok(held_back)
    }

    /// Prepares a file's contents.
    ///
    /// # Errors
    /// [`TrainError::Text`] for a text that is not UTF-8 where its characters are to be tokens, [`TrainError::ShortText`] for
    /// one with too few of them, [`TrainError::Option`] for shares that do not fit or tokens of another kind than the file's.
    pub fn prepare(&self, corpus: &Corpus) -> Result<NextData, TrainError> {
        NextData::of(self, corpus)
    }

    /// The configuration of the network for so many tokens.
    ///
    /// # Errors
    /// [`TrainError::Model`] names the field at fault.
    pub fn configuration(&self, vocabulary: usize) -> Result<ModelConfiguration, TrainError> {
        let mut recurrent = Stack::new(self.cell, self.embedding_size, self.hidden_size);
        recurrent.layers = self.layers;
        recurrent.dropout = if self.layers > 1 { self.dropout } else { 0.0 };
        recurrent.recurrent_dropout = self.recurrent_dropout;
        let input = InputLayer::Embedding {
            vocabulary,
            size: self.embedding_size,
        };
        let mut configuration =
            ModelConfiguration::new(input, recurrent, vocabulary, Readout::EveryStep);
        configuration.output_dropout = self.dropout;
        configuration
            .validate()
            .map_err(|error| TrainError::Model(error.into()))?;
        Ok(configuration)
    }

    /// Trains a model on prepared data. The seed of its initial parameters is the training's. Interrupted, the model is that
    /// of the best epoch so far.
    ///
    /// # Errors
    /// Those of [`train`](crate::train).
    pub fn train(
        &self,
        data: &NextData,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(NextModel, Trained), TrainError> {
        let configuration = self.configuration(data.material.vocabulary())?;
        let mut model = Model::new(configuration, self.training.seed)?;
        let trained = train_until(
            &mut model,
            &data.train,
            &data.valid,
            &self.training,
            checkpointing,
            observer,
            stop,
        )?;
        let plan = NextPlan {
            material: data.material.clone(),
            training: self.training.clone(),
        };
        Ok((NextModel { model, plan }, trained))
    }
}
