//! The configuration of a forecasting run.

mod keys;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tidegate_data::{Calendar, DateOrder, Missing, SplitBy};
use tidegate_study::CellVariant;
use tidegate_train::ModelTask;

use super::key::Key;
use super::space::{self, Candidates};
use super::{Configuration, word};

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ForecastConfiguration {
    pub(crate) data: DataSection,
    pub(crate) split: SplitSection,
    pub(crate) model: ModelSection,
    pub(crate) training: TrainingSection,
    pub(crate) forecast: ForecastSection,
    pub(crate) tune: TuneSection,
}

impl Configuration for ForecastConfiguration {
    const TASK: ModelTask = ModelTask::Forecast;
    const SECTIONS: &'static [(&'static str, &'static str)] = keys::SECTIONS;
    const KEYS: &'static [Key] = keys::KEYS;

    fn data_file(&mut self) -> &mut Option<String> {
        &mut self.data.file
    }

    fn threads(&self) -> Option<usize> {
        self.training.threads
    }
}

/// The file of readings, and what its columns are for. The [keys] say what each field means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct DataSection {
    #[serde(with = "word::none")]
    pub(crate) file: Option<String>,
    #[serde(with = "word::auto")]
    pub(crate) time: Option<String>,
    #[serde(with = "word::auto")]
    pub(crate) date_order: Option<DateOrder>,
    #[serde(with = "word::auto")]
    pub(crate) series: Option<String>,
    #[serde(with = "word::all")]
    pub(crate) targets: Option<Vec<String>>,
    pub(crate) past: Vec<String>,
    pub(crate) known: Vec<String>,
    #[serde(rename = "static")]
    pub(crate) statics: Vec<String>,
    pub(crate) calendar: Calendar,
    pub(crate) missing: Missing,
    #[serde(with = "word::auto")]
    pub(crate) season: Option<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SplitSection {
    pub(crate) parts: SplitBy,
    pub(crate) gap: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ModelSection {
    pub(crate) kind: ModelKind,
    pub(crate) cell: CellVariant,
    #[serde(with = "word::auto")]
    pub(crate) hidden: Option<usize>,
    pub(crate) layers: usize,
    #[serde(with = "word::auto")]
    pub(crate) segment: Option<usize>,
    pub(crate) dropout: f64,
    pub(crate) normalise: NormaliseName,
    #[serde(with = "word::auto")]
    pub(crate) window: Option<usize>,
    #[serde(with = "word::auto")]
    pub(crate) horizon: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ModelKind {
    Segment,
    Direct,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NormaliseName {
    None,
    Last,
    Instance,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TrainingSection {
    pub(crate) loss: LossName,
    #[serde(with = "word::auto")]
    pub(crate) epochs: Option<usize>,
    #[serde(with = "word::none")]
    pub(crate) patience: Option<usize>,
    #[serde(with = "word::auto")]
    pub(crate) batch: Option<usize>,
    pub(crate) learning_rate: f64,
    #[serde(with = "word::auto")]
    pub(crate) decay: Option<f64>,
    pub(crate) decay_from: usize,
    #[serde(with = "word::none")]
    pub(crate) clip: Option<f64>,
    pub(crate) weight_decay: f64,
    pub(crate) seed: u64,
    #[serde(with = "word::auto")]
    pub(crate) threads: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LossName {
    Squared,
    Absolute,
    Quantile,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ForecastSection {
    pub(crate) quantiles: Vec<f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct TuneSection {
    pub(crate) trials: usize,
    pub(crate) factor: usize,
    /// By the name of the key, which is the same in every section.
    pub(crate) space: BTreeMap<String, Candidates>,
}

impl Default for DataSection {
    fn default() -> Self {
        DataSection {
            file: None,
            time: None,
            date_order: None,
            series: None,
            targets: None,
            past: Vec::new(),
            known: Vec::new(),
            statics: Vec::new(),
            calendar: Calendar::None,
            missing: Missing::Refuse,
            season: None,
        }
    }
}

/// The segment-wise network of Lin et al. 2023 (arXiv 2308.11200), as its authors train it on a window of 96 steps.
impl Default for ModelSection {
    fn default() -> Self {
        ModelSection {
            kind: ModelKind::Segment,
            cell: CellVariant::Gru,
            hidden: None,
            layers: 1,
            segment: None,
            dropout: 0.5,
            normalise: NormaliseName::Last,
            window: None,
            horizon: None,
        }
    }
}

impl Default for TrainingSection {
    fn default() -> Self {
        TrainingSection {
            loss: LossName::Squared,
            epochs: None,
            patience: Some(10),
            batch: None,
            learning_rate: 1e-3,
            decay: None,
            decay_from: 3,
            clip: None,
            weight_decay: 0.0,
            seed: 1,
            threads: None,
        }
    }
}

impl Default for ForecastSection {
    fn default() -> Self {
        ForecastSection {
            quantiles: vec![0.1, 0.5, 0.9],
        }
    }
}

impl Default for TuneSection {
    fn default() -> Self {
        TuneSection {
            trials: 16,
            factor: 3,
            space: space::default_space(),
        }
    }
}
