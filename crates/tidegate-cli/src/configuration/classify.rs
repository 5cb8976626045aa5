//! The configuration of a run that trains a classifier.

mod keys;

use serde::{Deserialize, Serialize};
use tidegate_data::RecordingsOptions;
use tidegate_study::CellVariant;
use tidegate_train::{ClassWeights, ClassifyPooling, ClassifyRecipe, ModelTask, Training};

use super::key::Key;
use super::next::plain;
use super::{Configuration, word};

/// All of it. The [keys] say what each field means; the defaults are the recipe's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClassifyConfiguration {
    pub(crate) data: DataSection,
    pub(crate) split: SplitSection,
    pub(crate) model: ModelSection,
    pub(crate) training: TrainingSection,
}

impl Configuration for ClassifyConfiguration {
    const TASK: ModelTask = ModelTask::Classify;
    const SECTIONS: &'static [(&'static str, &'static str)] = keys::SECTIONS;
    const KEYS: &'static [Key] = keys::KEYS;

    fn data_file(&mut self) -> &mut Option<String> {
        &mut self.data.file
    }

    fn threads(&self) -> Option<usize> {
        self.training.threads
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DataSection {
    #[serde(with = "word::none")]
    pub(crate) file: Option<String>,
    #[serde(with = "word::auto")]
    pub(crate) id: Option<String>,
    #[serde(with = "word::auto")]
    pub(crate) time: Option<String>,
    #[serde(with = "word::all")]
    pub(crate) channels: Option<Vec<String>>,
    #[serde(with = "word::auto")]
    pub(crate) label: Option<String>,
    pub(crate) every_step: bool,
    #[serde(with = "word::none")]
    pub(crate) part: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SplitSection {
    pub(crate) validation: f64,
    #[serde(with = "word::none")]
    pub(crate) folds: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelSection {
    pub(crate) cell: CellVariant,
    pub(crate) hidden: usize,
    pub(crate) layers: usize,
    pub(crate) directions: Directions,
    pub(crate) pooling: ClassifyPooling,
    pub(crate) dropout: f64,
    pub(crate) input_dropout: f64,
    pub(crate) recurrent_dropout: f64,
}

/// Ways in which layers run through a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Directions {
    Both,
    Forward,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrainingSection {
    pub(crate) class_weights: ClassWeights,
    pub(crate) epochs: usize,
    #[serde(with = "word::none")]
    pub(crate) patience: Option<usize>,
    pub(crate) batch: usize,
    pub(crate) learning_rate: f64,
    #[serde(with = "word::none")]
    pub(crate) clip: Option<f64>,
    pub(crate) weight_decay: f64,
    pub(crate) seed: u64,
    #[serde(with = "word::auto")]
    pub(crate) threads: Option<usize>,
}

impl ClassifyConfiguration {
    /// How the recordings are read.
    pub(crate) fn recordings(&self) -> RecordingsOptions {
        let data = self.data.clone();
        RecordingsOptions {
            id: data.id,
            time: data.time,
            channels: data.channels,
            label: data.label,
            every_step: data.every_step,
            ignore_labels: false,
            part: data.part,
        }
    }

    /// What it asks for.
    pub(crate) fn recipe(&self) -> ClassifyRecipe {
        let ClassifyConfiguration {
            split,
            model,
            training,
            ..
        } = self;
        ClassifyRecipe {
            recordings: self.recordings(),
            valid_share: split.validation,
            cell: model.cell.cell(),
            hidden_size: model.hidden,
            layers: model.layers,
            bidirectional: model.directions == Directions::Both,
            pooling: model.pooling,
            dropout: model.dropout as f32,
            input_dropout: model.input_dropout as f32,
            recurrent_dropout: model.recurrent_dropout as f32,
            class_weights: training.class_weights,
            training: Training {
                learning_rate: training.learning_rate,
                weight_decay: Some(training.weight_decay),
                clip_norm: training.clip,
                epochs: training.epochs,
                patience: training.patience,
                batch_size: training.batch,
                seed: training.seed,
                ..ClassifyRecipe::default().training
            },
        }
    }
}

impl Default for SplitSection {
    fn default() -> Self {
        SplitSection {
            validation: ClassifyRecipe::default().valid_share,
            folds: None,
        }
    }
}

impl Default for ModelSection {
    fn default() -> Self {
        let recipe = ClassifyRecipe::default();
        ModelSection {
            cell: CellVariant::Gru,
            hidden: recipe.hidden_size,
            layers: recipe.layers,
            directions: match recipe.bidirectional {
                true => Directions::Both,
                false => Directions::Forward,
            },
            pooling: recipe.pooling,
            dropout: plain(recipe.dropout),
            input_dropout: plain(recipe.input_dropout),
            recurrent_dropout: plain(recipe.recurrent_dropout),
        }
    }
}

impl Default for TrainingSection {
    fn default() -> Self {
        let ClassifyRecipe {
            class_weights,
            training,
            ..
        } = ClassifyRecipe::default();
        TrainingSection {
            class_weights,
            epochs: training.epochs,
            patience: training.patience,
            batch: training.batch_size,
            learning_rate: training.learning_rate,
            clip: training.clip_norm,
            weight_decay: training.effective_weight_decay(),
            seed: 1,
            threads: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_recipe() {
        let mut expected = ClassifyRecipe::default();
        // A seed that a user gives is counted from 1.
        expected.training.seed = 1;
        expected.training.weight_decay = Some(expected.training.effective_weight_decay());
        assert_eq!(ClassifyConfiguration::default().recipe(), expected);
    }
}
