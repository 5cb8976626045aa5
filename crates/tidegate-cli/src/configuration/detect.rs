//! The configuration of a run that fits a detector of anomalies.

mod keys;

use serde::{Deserialize, Serialize};
use tidegate_study::CellVariant;
use tidegate_train::{DetectRecipe, FalseAlarms, ModelTask, Training};

use super::key::Key;
use super::{Configuration, word};

/// All of it. The [keys] say what each field means; the defaults are the recipe's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DetectConfiguration {
    pub(crate) data: DataSection,
    pub(crate) split: SplitSection,
    pub(crate) model: ModelSection,
    pub(crate) training: TrainingSection,
    pub(crate) alarms: AlarmsSection,
}

impl Configuration for DetectConfiguration {
    const TASK: ModelTask = ModelTask::Detect;
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
    pub(crate) time: Option<String>,
    #[serde(with = "word::all")]
    pub(crate) targets: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SplitSection {
    pub(crate) first: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelSection {
    pub(crate) cell: CellVariant,
    pub(crate) hidden: usize,
    pub(crate) layers: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrainingSection {
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AlarmsSection {
    #[serde(with = "word::auto")]
    pub(crate) false_alarms: Option<FalseAlarms>,
    pub(crate) hold_off: usize,
    pub(crate) span: usize,
}

impl DetectConfiguration {
    /// What it asks for.
    pub(crate) fn recipe(&self) -> DetectRecipe {
        let DetectConfiguration {
            split,
            model,
            training,
            alarms,
            ..
        } = self;
        DetectRecipe {
            first: split.first,
            cell: model.cell.cell(),
            hidden_size: model.hidden,
            layers: model.layers,
            span: alarms.span,
            false_alarms: alarms.false_alarms,
            hold_off: alarms.hold_off,
            training: Training {
                learning_rate: training.learning_rate,
                weight_decay: Some(training.weight_decay),
                clip_norm: training.clip,
                epochs: training.epochs,
                patience: training.patience,
                batch_size: training.batch,
                seed: training.seed,
                ..DetectRecipe::default().training
            },
        }
    }
}

impl Default for SplitSection {
    fn default() -> Self {
        SplitSection {
            first: DetectRecipe::default().first,
        }
    }
}

impl Default for ModelSection {
    fn default() -> Self {
        let recipe = DetectRecipe::default();
        ModelSection {
            cell: CellVariant::Gru,
            hidden: recipe.hidden_size,
            layers: recipe.layers,
        }
    }
}

impl Default for TrainingSection {
    fn default() -> Self {
        let training = DetectRecipe::default().training;
        TrainingSection {
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

impl Default for AlarmsSection {
    fn default() -> Self {
        let recipe = DetectRecipe::default();
        AlarmsSection {
            false_alarms: None,
            hold_off: recipe.hold_off,
            span: recipe.span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_recipe() {
        let mut expected = DetectRecipe::default();
        // A seed that a user gives is counted from 1; the decay is spelt out.
        expected.training.seed = 1;
        expected.training.weight_decay = Some(expected.training.effective_weight_decay());
        assert_eq!(DetectConfiguration::default().recipe(), expected);
    }
}
