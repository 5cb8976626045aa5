//! A trained forecaster with all that a forecast needs, in one file.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tidegate_data::{Parts, Purpose, SeriesSchema, SplitTimes, Table, WindowBatch, WindowSet};
use tidegate_model::Forecaster;

use super::data::ForecastData;
use super::lesson::inputs;
use super::predictions::Predictions;
use super::residuals::Residuals;
use crate::error::TrainError;
use crate::losses::ForecastLoss;
use crate::model_task::ModelTask;
use crate::plan_file;
use crate::training::Training;

/// Most numbers that a batch of predictions computes at once.
const MOST_NUMBERS: usize = 1 << 22;

/// What a forecaster was trained on and for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForecastPlan {
    /// Roles, scaling and calendar.
    pub schema: SeriesSchema,
    /// When training, validation and test began and ended.
    pub split: SplitTimes,
    /// Rows of a season.
    pub season: usize,
    /// What was kept small.
    pub loss: ForecastLoss,
    /// Levels of the quantiles, rising.
    pub levels: Vec<f64>,
    /// What gives a point forecast its quantiles; absent where the network gives them itself.
    pub residuals: Option<Residuals>,
    /// How it was trained.
    pub training: Training,
}

/// A trained forecaster.
#[derive(Debug)]
pub struct ForecastModel {
    /// The network.
    pub forecaster: Forecaster,
    /// What it was trained on and for.
    pub plan: ForecastPlan,
}

impl ForecastModel {
    /// Writes the file: to a temporary file in the same folder, which is synced and then renamed to `path`.
    ///
    /// # Errors
    /// [`TrainError::Model`]; a file that stood at `path` before is as it was then.
    pub fn save(&mut self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let path = path.as_ref();
        self.keep_plan(path)?;
        Ok(self.forecaster.save(path)?)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`TrainError::Model`] where the plan is longer than a model file may hold.
    pub fn to_bytes(&mut self) -> Result<Vec<u8>, TrainError> {
        let path = Path::new(plan_file::IN_MEMORY);
        self.keep_plan(path)?;
        Ok(self.forecaster.to_bytes().map_err(|error| error.of(path))?)
    }

    fn keep_plan(&mut self, path: &Path) -> Result<(), TrainError> {
        let description = self.forecaster.description_mut();
        plan_file::keep(&self.plan, ModelTask::Forecast.name(), description, path)
    }

    /// Reads a file that [`ForecastModel::save`] wrote.
    ///
    /// # Errors
    /// [`TrainError::Model`] and [`TrainError::Plan`] name the file and what is wrong with it.
    pub fn load(path: impl AsRef<Path>) -> Result<ForecastModel, TrainError> {
        let path = path.as_ref();
        ForecastModel::of_forecaster(Forecaster::load(path)?, path)
    }

    /// Reads the bytes of such a file.
    ///
    /// # Errors
    /// Those of [`ForecastModel::load`].
    pub fn from_bytes(bytes: &[u8]) -> Result<ForecastModel, TrainError> {
        let path = Path::new(plan_file::IN_MEMORY);
        let forecaster = Forecaster::from_bytes(bytes).map_err(|error| error.of(path))?;
        ForecastModel::of_forecaster(forecaster, path)
    }

    /// A forecaster from this place, with the plan in its description.
    fn of_forecaster(forecaster: Forecaster, path: &Path) -> Result<ForecastModel, TrainError> {
        let missing = "it does not say what was forecast";
        let description = forecaster.description();
        let plan = plan_file::read(ModelTask::Forecast.name(), description, path, missing)?;
        let model = ForecastModel { forecaster, plan };
        match model.contradiction() {
            Some(reason) => Err(plan_file::problem(path, reason)),
            None => Ok(model),
        }
    }

    /// What in the plan does not fit the network.
    fn contradiction(&self) -> Option<String> {
        let (plan, network) = (&self.plan, self.forecaster.configuration());
        let schema = &plan.schema;
        let levels = plan.levels.clone();
        if let Err(error) = (ForecastLoss::Quantile { levels }).validate() {
            return Some(error.to_string());
        }
        let offsets = plan.residuals.as_ref().map_or(0, |one| one.offsets.len());
        let expected = match network.levels {
            1 => network.horizon * network.targets * plan.levels.len(),
            _ => 0,
        };
        let rows = network.horizon * network.targets;
        let is_sorted = plan.residuals.iter().all(|residuals| {
            let mut rows = residuals.offsets.chunks_exact(plan.levels.len());
            rows.all(|row| row.iter().all(|one| one.is_finite()) && row.is_sorted())
        });
        let facts = [
            (schema.targets.len() == network.targets, "targets"),
            (
                schema.past_features().len() == network.past_size,
                "features known up to now",
            ),
            (
                schema.known_features().len() == network.known_size,
                "features known ahead",
            ),
            (
                plan.loss.levels() == network.levels,
                "numbers for each value",
            ),
            (
                network.levels == 1 || plan.levels.len() == network.levels,
                "quantiles",
            ),
            (offsets == expected && rows > 0, "errors of its quantiles"),
            (is_sorted, "order of its quantiles"),
            (
                network.levels == 1 || plan.levels.contains(&0.5),
                "median of its quantiles",
            ),
            (plan.season > 0, "season"),
        ];
        let wrong = facts.into_iter().find(|(fits, _)| !fits)?;
        Some(format!(
            "the {} of its data do not fit its network",
            wrong.1
        ))
    }

    /// Rows that are read.
    #[must_use]
    pub fn window(&self) -> usize {
        self.forecaster.configuration().window
    }

    /// Rows that are forecast.
    #[must_use]
    pub fn horizon(&self) -> usize {
        self.forecaster.configuration().horizon
    }

    /// Prepares a table whose rows are all history, with the parts of training where they are in it.
    ///
    /// # Errors
    /// [`TrainError::Series`] names what does not fit, and where.
    pub fn prepare(&self, table: &Table) -> Result<ForecastData, TrainError> {
        let schema = self.plan.schema.clone();
        let panel = schema.apply(table, Purpose::Evaluate)?;
        let parts = self.plan.split.parts(&panel);
        Ok(ForecastData::new(schema, panel, parts))
    }

    /// Prepares a table whose future is to be forecast.
    ///
    /// # Errors
    /// [`TrainError::Series`] names what does not fit, and where.
    pub fn prepare_ahead(&self, table: &Table) -> Result<ForecastData, TrainError> {
        let schema = self.plan.schema.clone();
        let horizon = self.horizon();
        let panel = schema.apply(table, Purpose::Forecast { horizon })?;
        let parts = Parts::test_only(&panel);
        Ok(ForecastData::new(schema, panel, parts))
    }

    /// Which of the numbers that the network gives for each value is its point forecast: the only one, or the median.
    #[must_use]
    pub fn point_level(&self) -> usize {
        match self.forecaster.configuration().levels {
            1 => 0,
            levels => {
                let median = self.plan.levels.iter().position(|&level| level == 0.5);
                median.unwrap_or((levels - 1) / 2)
            }
        }
    }

    /// Windows whose forecasts are computed at once: as many as fit in a little memory.
    #[must_use]
    pub fn batch_size(&self) -> usize {
        let network = self.forecaster.configuration();
        let hidden = network
            .recurrent
            .hidden_size
            .saturating_mul(network.targets);
        let rows = network.window.saturating_add(network.horizon);
        let one = rows.saturating_mul(hidden.max(network.targets * self.plan.levels.len()));
        (MOST_NUMBERS / one.max(1)).clamp(1, 256)
    }

    /// Forecasts the windows `rows` of a set, on the network's scale.
    ///
    /// # Errors
    /// [`TrainError::Model`] where the windows do not fit the network or a number is not finite.
    ///
    /// # Panics
    /// As indexing does, if a row is not below the number of windows.
    pub fn predict(
        &self,
        set: &WindowSet,
        rows: &[usize],
        predictions: &mut Predictions,
    ) -> Result<(), TrainError> {
        let mut batch = WindowBatch::default();
        set.fill(rows, &mut batch);
        self.predict_batch(&batch, predictions)
    }

    fn predict_batch(
        &self,
        batch: &WindowBatch,
        predictions: &mut Predictions,
    ) -> Result<(), TrainError> {
        let Predictions { point, quantiles } = predictions;
        let levels = self.plan.levels.len();
        let network = self.forecaster.configuration();
        if network.levels == 1 {
            self.forecaster.forward(&inputs(batch), point)?;
            let offsets = self.plan.residuals.iter().flat_map(|one| &one.offsets);
            quantiles.clear();
            quantiles.reserve(point.len() * levels);
            let offsets: Vec<f32> = offsets.copied().collect();
            for (index, &value) in point.iter().enumerate() {
                let place = index % (network.horizon * network.targets);
                let offsets = offsets.get(place * levels..(place + 1) * levels);
                quantiles.extend(
                    offsets
                        .unwrap_or_default()
                        .iter()
                        .map(|offset| value + offset),
                );
            }
        } else {
            self.forecaster.forward(&inputs(batch), quantiles)?;
            let median = self.point_level();
            let rows = quantiles.chunks_exact(levels);
            point.clear();
            point.extend(rows.map(|row| row[median]));
        }
        Ok(())
    }

    /// Finds the quantiles of a point forecast from its errors on these windows.
    pub(super) fn calibrate(&mut self, set: &WindowSet) -> Result<(), TrainError> {
        let network = self.forecaster.configuration();
        if network.levels > 1 {
            return Ok(());
        }
        let (horizon, targets) = (network.horizon, network.targets);
        let mut errors = vec![vec![Vec::with_capacity(set.len()); targets]; horizon];
        let (mut batch, mut predictions) = (WindowBatch::default(), Predictions::default());
        let rows: Vec<usize> = (0..set.len()).collect();
        for rows in rows.chunks(self.batch_size()) {
            set.fill(rows, &mut batch);
            self.predict_batch(&batch, &mut predictions)?;
            let values = predictions.point.iter().zip(&batch.targets).enumerate();
            for (index, (forecast, value)) in values {
                if batch.observed.get(index).is_none_or(|&observed| observed) {
                    let place = index % (horizon * targets);
                    errors[place / targets][place % targets].push(value - forecast);
                }
            }
        }
        self.plan.residuals = Some(Residuals::of_errors(&mut errors, &self.plan.levels));
        Ok(())
    }
}
