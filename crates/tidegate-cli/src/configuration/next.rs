//! The configuration of a run of next-step training.

mod keys;

use serde::{Deserialize, Serialize};
use tidegate_study::CellVariant;
use tidegate_train::{ModelTask, NextRecipe, Schedule, TokenKind, Training};

use super::key::Key;
use super::{Configuration, word};

/// All of it. The [keys] say what each field means; the defaults are the recipe's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct NextConfiguration {
    pub(crate) data: DataSection,
    pub(crate) split: SplitSection,
    pub(crate) model: ModelSection,
    pub(crate) training: TrainingSection,
}

impl Configuration for NextConfiguration {
    const TASK: ModelTask = ModelTask::Next;
    const SECTIONS: &'static [(&'static str, &'static str)] = keys::SECTIONS;
    const KEYS: &'static [Key] = keys::KEYS;

    fn data_file(&mut self) -> &mut Option<String> {
        &mut self.data.file
    }

    fn threads(&self) -> Option<usize> {
        self.training.threads
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DataSection {
    #[serde(with = "word::none")]
    pub(crate) file: Option<String>,
    #[serde(with = "word::auto")]
    pub(crate) tokens: Option<TokenKind>,
    pub(crate) transpose: u8,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SplitSection {
    pub(crate) validation: f64,
    pub(crate) test: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelSection {
    pub(crate) cell: CellVariant,
    pub(crate) hidden: usize,
    pub(crate) embedding: usize,
    pub(crate) layers: usize,
    pub(crate) dropout: f64,
    pub(crate) recurrent_dropout: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrainingSection {
    #[serde(with = "word::auto")]
    pub(crate) epochs: Option<usize>,
    #[serde(with = "word::none")]
    pub(crate) patience: Option<usize>,
    pub(crate) batch: usize,
    pub(crate) window: usize,
    pub(crate) learning_rate: f64,
    #[serde(with = "word::none")]
    pub(crate) clip: Option<f64>,
    pub(crate) weight_decay: f64,
    pub(crate) seed: u64,
    #[serde(with = "word::auto")]
    pub(crate) threads: Option<usize>,
}

impl NextConfiguration {
    /// What it asks for. Epochs that it leaves open are the recipe's.
    pub(crate) fn recipe(&self) -> NextRecipe {
        let NextConfiguration {
            data,
            split,
            model,
            training,
        } = self;
        let default = NextRecipe::default();
        NextRecipe {
            tokens: data.tokens,
            validation: split.validation,
            test: split.test,
            transpose: data.transpose,
            cell: model.cell.cell(),
            hidden_size: model.hidden,
            embedding_size: model.embedding,
            layers: model.layers,
            dropout: model.dropout as f32,
            recurrent_dropout: model.recurrent_dropout as f32,
            training: Training {
                learning_rate: training.learning_rate,
                weight_decay: Some(training.weight_decay),
                clip_norm: training.clip,
                schedule: Schedule::Cosine {
                    warm_up_epochs: 0.0,
                    minimum: 0.0,
                },
                epochs: training.epochs.unwrap_or(default.training.epochs),
                patience: training.patience,
                batch_size: training.batch,
                window: Some(training.window),
                seed: training.seed,
                ..default.training
            },
        }
    }
}

impl Default for DataSection {
    fn default() -> Self {
        DataSection {
            file: None,
            tokens: None,
            transpose: NextRecipe::default().transpose,
        }
    }
}

impl Default for SplitSection {
    fn default() -> Self {
        let NextRecipe {
            validation, test, ..
        } = NextRecipe::default();
        SplitSection { validation, test }
    }
}

impl Default for ModelSection {
    fn default() -> Self {
        let recipe = NextRecipe::default();
        ModelSection {
            cell: CellVariant::Gru,
            hidden: recipe.hidden_size,
            embedding: recipe.embedding_size,
            layers: recipe.layers,
            dropout: plain(recipe.dropout),
            recurrent_dropout: plain(recipe.recurrent_dropout),
        }
    }
}

impl Default for TrainingSection {
    fn default() -> Self {
        let training = NextRecipe::default().training;
        TrainingSection {
            epochs: None,
            patience: training.patience,
            batch: training.batch_size,
            window: training.window.unwrap_or_default(),
            learning_rate: training.learning_rate,
            clip: training.clip_norm,
            weight_decay: training.effective_weight_decay(),
            seed: 1,
            threads: None,
        }
    }
}

/// The number that is written like this one: 0.2 of f32 is 0.2, not 0.200000003.
pub(super) fn plain(share: f32) -> f64 {
    share
        .to_string()
        .parse()
        .unwrap_or_else(|_| f64::from(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_recipe() {
        let mut expected = NextRecipe::default();
        // A seed that a user gives is counted from 1.
        expected.training.seed = 1;
        assert_eq!(NextConfiguration::default().recipe(), expected);
    }
}
