//! What is asked for when a forecaster is trained.

use serde::{Deserialize, Serialize};
use tidegate_cells::{Cell, Stack};
use tidegate_data::{SeriesOptions, Split, SplitOptions, Table, WindowSet};
use tidegate_model::{Forecaster, ForecasterConfiguration, Network, Normalisation};

use super::data::ForecastData;
use super::lesson::train_forecaster;
use super::model::{ForecastModel, ForecastPlan};
use crate::checkpoint::Checkpointing;
use crate::error::TrainError;
use crate::event::Event;
use crate::losses::ForecastLoss;
use crate::trained::{Outcome, Trained};
use crate::training::Training;

/// The longest segment that is chosen where none is given: SegRNN's.
const LONGEST_SEGMENT: usize = 24;

/// How the network reads a window, where the rest follows from the recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NetworkKind {
    /// Row by row: [`Network::Direct`].
    Direct,
    /// In segments: [`Network::Segment`].
    Segment {
        /// Rows of a segment; absent for the season where it divides the window and is at most 24, else for the largest
        /// divisor of the window up to 24.
        length: Option<usize>,
    },
}

/// Everything that a trained forecaster follows from, but for the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastRecipe {
    /// Roles of columns and what becomes of missing values.
    pub series: SeriesOptions,
    /// Training, validation and test.
    pub split: SplitOptions,
    /// Rows that are read.
    pub window: usize,
    /// Rows that are forecast.
    pub horizon: usize,
    /// Rows of a season, for the baselines and for the choice of a segment's length; absent for what fits the frequency.
    pub season: Option<usize>,
    /// How the network reads a window.
    pub network: NetworkKind,
    /// The recurrent cell.
    pub cell: Cell,
    /// Units of a layer.
    pub hidden_size: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// What is taken out of a window before the network.
    pub normalisation: Normalisation,
    /// Dropout before the head and between layers.
    pub dropout: f32,
    /// What is kept small.
    pub loss: ForecastLoss,
    /// Levels of the quantiles of forecasts, rising; those of the loss, if it is one of quantiles.
    pub levels: Vec<f64>,
    /// How long and how fast.
    pub training: Training,
}

impl ForecastRecipe {
    /// The season that the recipe gives, or the data.
    #[must_use]
    pub fn season(&self, data: &ForecastData) -> usize {
        self.season.unwrap_or_else(|| data.schema.season()).max(1)
    }

    /// The configuration of the network for this data.
    ///
    /// # Errors
    /// [`TrainError::Model`] names the field at fault.
    pub fn configuration(
        &self,
        data: &ForecastData,
    ) -> Result<ForecasterConfiguration, TrainError> {
        let shape = data.shape(self.window, self.horizon);
        let (network, input_size) = match self.network {
            NetworkKind::Direct => (Network::Direct, shape.past_size),
            NetworkKind::Segment { length } => {
                let length =
                    length.unwrap_or_else(|| segment_length(self.window, self.season(data)));
                (Network::Segment { length }, self.hidden_size)
            }
        };
        let mut recurrent = Stack::new(self.cell, input_size, self.hidden_size);
        recurrent.layers = self.layers;
        recurrent.dropout = if self.layers > 1 { self.dropout } else { 0.0 };
        let configuration = ForecasterConfiguration {
            network,
            recurrent,
            window: shape.window,
            horizon: shape.horizon,
            targets: shape.targets,
            past_size: shape.past_size,
            known_size: shape.known_size,
            levels: self.loss.levels(),
            normalisation: self.normalisation,
            dropout: self.dropout,
        };
        configuration
            .validate()
            .map_err(|error| TrainError::Model(error.into()))?;
        Ok(configuration)
    }

    /// The network with the length of its segments.
    pub(super) fn settled_network(&self, data: &ForecastData) -> Result<NetworkKind, TrainError> {
        Ok(match self.configuration(data)?.network {
            Network::Segment { length } => NetworkKind::Segment {
                length: Some(length),
            },
            Network::Direct => NetworkKind::Direct,
        })
    }

    /// Prepares a table.
    ///
    /// # Errors
    /// [`TrainError::Series`] names what does not fit, and where.
    pub fn prepare(&self, table: &Table) -> Result<ForecastData, TrainError> {
        ForecastData::fit(table, &self.series, &self.split)
    }

    /// The windows to train and to validate on.
    ///
    /// # Errors
    /// [`TrainError::Series`] where no window fits, [`TrainError::EmptySet`] where a part has none.
    pub fn windows(&self, data: &ForecastData) -> Result<[WindowSet; 2], TrainError> {
        let set = |split, part| {
            let set = data.windows(split, self.window, self.horizon)?;
            match set.is_empty() {
                true => Err(TrainError::EmptySet { part }),
                false => Ok(set),
            }
        };
        Ok([
            set(Split::Train, "training")?,
            set(Split::Valid, "validation")?,
        ])
    }

    /// Trains a forecaster on prepared data. The seed of its initial parameters is the training's. Interrupted, the model is
    /// that of the best epoch so far, without the errors that give a point forecast its quantiles.
    ///
    /// # Errors
    /// Those of [`train_forecaster`].
    pub fn train(
        &self,
        data: &ForecastData,
        checkpointing: Option<&Checkpointing>,
        observer: &mut dyn FnMut(Event<'_>),
        stop: &dyn Fn() -> bool,
    ) -> Result<(ForecastModel, Trained), TrainError> {
        let [train, valid] = self.windows(data)?;
        if let ForecastLoss::Quantile { levels } = &self.loss
            && *levels != self.levels
        {
            let reason = format!("are {:?}, but the loss is one of {levels:?}", self.levels);
            return Err(TrainError::Option {
                option: "quantiles",
                reason,
            });
        }
        let levels = self.levels.clone();
        ForecastLoss::Quantile { levels }.validate()?;
        if matches!(self.loss, ForecastLoss::Quantile { .. }) && !self.levels.contains(&0.5) {
            let reason = format!(
                "are {:?}, but the quantile loss needs 0.5 among them: the median is its forecast",
                self.levels
            );
            return Err(TrainError::Option {
                option: "quantiles",
                reason,
            });
        }
        let configuration = self.configuration(data)?;
        let mut forecaster = Forecaster::new(configuration, self.training.seed)?;
        let trained = train_forecaster(
            &mut forecaster,
            &train,
            &valid,
            &self.loss,
            &self.training,
            checkpointing,
            observer,
            stop,
        )?;
        let plan = ForecastPlan {
            schema: data.schema.clone(),
            split: data.parts.times(&data.panel),
            season: self.season(data),
            loss: self.loss.clone(),
            levels: self.levels.clone(),
            residuals: None,
            training: self.training.clone(),
        };
        let mut model = ForecastModel { forecaster, plan };
        // A run that is to go on is calibrated once it has ended.
        if trained.outcome != Outcome::Interrupted {
            model.calibrate(&valid)?;
        }
        Ok((model, trained))
    }
}

/// The season, if segments of its length are possible and usual, else the largest divisor of the window up to 24.
fn segment_length(window: usize, season: usize) -> usize {
    let fits = |length: &usize| *length <= LONGEST_SEGMENT && window.is_multiple_of(*length);
    match season {
        2.. if fits(&season) => season,
        _ => (1..=LONGEST_SEGMENT).rev().find(fits).unwrap_or(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_a_season_where_that_is_possible() {
        assert_eq!(segment_length(96, 24), 24);
        assert_eq!(segment_length(36, 12), 12);
        assert_eq!(segment_length(96, 288), 24);
        assert_eq!(segment_length(28, 1), 14);
        assert_eq!(segment_length(29, 7), 1);
    }
}
