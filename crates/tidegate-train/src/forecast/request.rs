//! What is asked for when a forecaster is to be trained, before the data has had its say.

use tidegate_cells::{Cell, Gru};
use tidegate_data::{SeriesOptions, Split, SplitOptions};
use tidegate_model::Normalisation;

use super::data::ForecastData;
use super::lengths::{horizon_for, window_for};
use super::recipe::{ForecastRecipe, NetworkKind};
use crate::error::TrainError;
use crate::losses::ForecastLoss;
use crate::optimiser::Optimiser;
use crate::schedule::Schedule;
use crate::training::Training;

/// Epochs where there is much to train on, and the factor of the learning rate in each (Lin et al. 2023).
const EPOCHS: usize = 30;
const DECAY: f64 = 0.8;

/// Training windows below which there is little to train on, and very little.
const MANY: usize = 4_096;
const FEW: usize = 1_024;

/// A [`ForecastRecipe`] in which some is left open: what is absent, [`ForecastRequest::settle`] decides by the data.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastRequest {
    /// Roles of columns and what becomes of missing values.
    pub series: SeriesOptions,
    /// Training, validation and test.
    pub split: SplitOptions,
    /// Rows that are read; absent for four horizons, less where the series is short.
    pub window: Option<usize>,
    /// Rows that are forecast; absent for whole seasons, at least 8 rows, less where a part of the split is shorter.
    pub horizon: Option<usize>,
    /// Rows of a season; absent for what fits the frequency.
    pub season: Option<usize>,
    /// How the network reads a window.
    pub network: NetworkKind,
    /// The recurrent cell.
    pub cell: Cell,
    /// Units of a layer; absent for 512, or 128 with fewer than 4096 windows to train on and for the direct network.
    pub hidden_size: Option<usize>,
    /// Recurrent layers.
    pub layers: usize,
    /// What is taken out of a window before the network.
    pub normalisation: Normalisation,
    /// Dropout before the head and between layers.
    pub dropout: f32,
    /// What is kept small.
    pub loss: ForecastLoss,
    /// Levels of the quantiles of forecasts, rising.
    pub levels: Vec<f64>,
    /// Passes at most; absent for 30, 60 with fewer than 4096 windows to train on, 120 with fewer than 1024.
    pub epochs: Option<usize>,
    /// Training ends after so many epochs without a lower validation loss.
    pub patience: Option<usize>,
    /// Windows of an update; absent for a 32nd of the training windows, rounded down to a power of 2 from 8 to 256.
    pub batch_size: Option<usize>,
    /// The learning rate in the first epoch.
    pub learning_rate: f64,
    /// The learning rate is multiplied by it in each epoch from `decay_from` on; absent for 0.8 over 30 epochs, nearer to 1
    /// over more, and 1 with fewer than 1024 windows to train on.
    pub decay: Option<f64>,
    /// The first epoch, counted from 1, that is trained with a reduced learning rate.
    pub decay_from: usize,
    /// Limit on the gradient's global norm.
    pub clip_norm: Option<f64>,
    /// How far each update shrinks the parameters, times the learning rate.
    pub weight_decay: f64,
    /// Seed of the initial parameters and of everything random in training.
    pub seed: u64,
}

/// The segment-wise network of Lin et al. 2023 (arXiv 2308.11200), as its authors train it on a window of 96 steps.
impl Default for ForecastRequest {
    fn default() -> Self {
        ForecastRequest {
            series: SeriesOptions::default(),
            split: SplitOptions::default(),
            window: None,
            horizon: None,
            season: None,
            network: NetworkKind::Segment { length: None },
            cell: Cell::Gru(Gru::default()),
            hidden_size: None,
            layers: 1,
            normalisation: Normalisation::Last,
            dropout: 0.5,
            loss: ForecastLoss::Squared,
            levels: vec![0.1, 0.5, 0.9],
            epochs: None,
            patience: Some(10),
            batch_size: None,
            learning_rate: 1e-3,
            decay: None,
            decay_from: 3,
            clip_norm: None,
            weight_decay: 0.0,
            seed: 1,
        }
    }
}

impl ForecastRequest {
    /// The recipe for this data, in which nothing is left open but what follows from the data anew each time.
    ///
    /// # Errors
    /// [`TrainError::Series`] where a part has rows and no window fits; [`TrainError::Model`] for sizes that make no network.
    pub fn settle(&self, data: &ForecastData) -> Result<ForecastRecipe, TrainError> {
        let season = self.season.unwrap_or_else(|| data.schema.season());
        let (window, horizon) = self.lengths(data, season);
        let windows = data.windows(Split::Train, window, horizon)?.len();
        // What cannot be measured after the training is known before it.
        for part in [Split::Valid, Split::Test] {
            data.windows(part, window, horizon)?;
        }
        let hidden_size = match self.network {
            NetworkKind::Segment { .. } if windows >= MANY => 512,
            // A direct network makes a step for each row, not for each segment.
            NetworkKind::Segment { .. } | NetworkKind::Direct => 128,
        };
        let epochs = self.epochs.unwrap_or(match windows {
            0..FEW => 4 * EPOCHS,
            FEW..MANY => 2 * EPOCHS,
            MANY.. => EPOCHS,
        });
        let decay = match windows {
            // So few updates leave nothing to anneal.
            0..FEW => 1.0,
            // Over more epochs the rate falls as far in all.
            _ => DECAY.powf((EPOCHS as f64 / epochs as f64).min(1.0)),
        };
        let batch_size = 1 << (windows / 32).clamp(8, 256).ilog2();
        let mut recipe = ForecastRecipe {
            series: self.series.clone(),
            split: self.split,
            window,
            horizon,
            season: Some(season),
            network: self.network,
            cell: self.cell,
            hidden_size: self.hidden_size.unwrap_or(hidden_size),
            layers: self.layers,
            normalisation: self.normalisation,
            dropout: self.dropout,
            loss: self.loss.clone(),
            levels: self.levels.clone(),
            training: Training {
                optimiser: Optimiser::adam_w(),
                learning_rate: self.learning_rate,
                weight_decay: Some(self.weight_decay),
                clip_norm: self.clip_norm,
                schedule: Schedule::Exponential {
                    factor: self.decay.unwrap_or(decay),
                    first_epoch: self.decay_from,
                },
                epochs,
                patience: self.patience,
                batch_size: self.batch_size.unwrap_or(batch_size),
                seed: self.seed,
                ..Training::default()
            },
        };
        if let NetworkKind::Segment { .. } = recipe.network {
            recipe.network = recipe.settled_network(data)?;
        }
        Ok(recipe)
    }

    /// Window and horizon that fit the season, and half of the series at least.
    fn lengths(&self, data: &ForecastData, season: usize) -> (usize, usize) {
        let rows = |part: usize| {
            let lengths = data.parts.ranges.iter().map(|ranges| ranges[part].len());
            median(lengths.filter(|&rows| rows > 0).collect())
        };
        let measured = match (rows(1), rows(2)) {
            (valid, 0) => valid,
            (valid, test) => valid.min(test),
        };
        let horizon = self
            .horizon
            .unwrap_or_else(|| horizon_for(season, measured));
        let window = self.window.unwrap_or_else(|| window_for(horizon, rows(0)));
        (window, horizon)
    }
}

fn median(mut lengths: Vec<usize>) -> usize {
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or(0)
}
