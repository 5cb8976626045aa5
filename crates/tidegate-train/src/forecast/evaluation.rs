//! How well a model forecasts windows, beside forecasts that need no model.

mod sums;

use std::ops::Range;
use std::sync::Arc;

use tidegate_data::{PanelSeries, Split, WindowPlace, WindowSet};

use super::data::ForecastData;
use super::model::ForecastModel;
use super::predictions::Predictions;
use crate::baselines::Baseline;
use crate::error::TrainError;
use crate::metrics::{MetricValues, seasonal_naive_scale};
use sums::{Actual, OneForecast, Sums, of_all, of_steps};

/// What was measured over some windows.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastEvaluation {
    /// Number of windows.
    pub windows: usize,
    /// Rows that each of them forecasts.
    pub horizon: usize,
    /// Over all targets and series.
    pub all: MethodEvaluation,
    /// The same of each target over all series, by its name.
    pub channels: Vec<(String, MethodEvaluation)>,
}

/// The errors of the model and of the baselines on the same windows.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodEvaluation {
    /// The model's.
    pub model: MethodErrors,
    /// Naive, seasonal naive and drift.
    pub baselines: Vec<(Baseline, MethodErrors)>,
    /// The same at each step of the horizon, the first step first; empty where it was not asked for, and at a step.
    pub steps: Vec<MethodEvaluation>,
}

/// The errors of one method.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodErrors {
    /// On the network's scale: each target of each series scaled by mean and deviation of its training rows. Here there are
    /// no quantiles.
    pub scaled: MetricValues,
    /// In the data's units.
    pub in_units: MetricValues,
}

/// A target through the rows of one series, with all its pieces.
#[derive(Clone)]
struct Channel {
    /// Not a number where it was not observed.
    history: Arc<Vec<f64>>,
    /// Of the mean absolute scaled error.
    scale: Option<f64>,
    /// Of each baseline's quantiles.
    deviations: Vec<Option<f64>>,
}

impl ForecastModel {
    /// The baselines that a forecast of this model is measured beside.
    #[must_use]
    pub fn baselines(&self) -> [Baseline; 3] {
        let season = self.plan.season;
        [
            Baseline::Naive,
            Baseline::SeasonalNaive { season },
            Baseline::Drift,
        ]
    }

    /// Forecasts every window of a part and measures how far it lies from what came, as [`ForecastModel::evaluate_windows`]
    /// does.
    ///
    /// # Errors
    /// [`TrainError::Series`] where the part has rows and no window fits; [`TrainError::EmptySet`] where it has none;
    /// [`TrainError::Model`] where a forecast is not finite.
    pub fn evaluate(
        &self,
        data: &ForecastData,
        part: Split,
    ) -> Result<ForecastEvaluation, TrainError> {
        let set = data.windows(part, self.window(), self.horizon())?;
        self.evaluate_windows(data, &set, false)
    }

    /// Forecasts these windows of the data and measures how far they lie from what came, also `by_step` of the horizon where
    /// that is asked for. Values that were not observed do not count. The scale of the mean absolute scaled error and the
    /// spread of the baselines come from the training rows of each series, or, where it has none in this data, from the rows
    /// before its first window.
    ///
    /// # Errors
    /// [`TrainError::EmptySet`] where there is no window; [`TrainError::Model`] where the windows do not fit the network or a
    /// forecast is not finite.
    pub fn evaluate_windows(
        &self,
        data: &ForecastData,
        set: &WindowSet,
        by_step: bool,
    ) -> Result<ForecastEvaluation, TrainError> {
        if set.is_empty() {
            return Err(TrainError::EmptySet { part: "evaluation" });
        }
        let targets = data.schema.targets.len();
        let mut channels: Vec<Vec<Channel>> = Vec::with_capacity(data.panel.series.len());
        // Pieces of one series stand in a row and share its history.
        for pieces in data.panel.series.chunk_by(|a, b| a.name == b.name) {
            let first = channels.len()..channels.len() + pieces.len();
            let fitted = fitted_rows(data, first.clone(), set);
            let of_series: Vec<Channel> = (0..targets)
                .map(|target| self.channel(pieces, target, &fitted))
                .collect();
            channels.extend(first.map(|_| of_series.clone()));
        }
        let parts = if by_step { self.horizon() } else { 1 };
        let one = vec![vec![Sums::new(&self.plan.levels); parts]; targets];
        let mut sums = vec![one; 1 + self.baselines().len()];
        let rows: Vec<usize> = (0..set.len()).collect();
        let mut predictions = Predictions::default();
        for rows in rows.chunks(self.batch_size()) {
            self.predict(set, rows, &mut predictions)?;
            for (index, &row) in rows.iter().enumerate() {
                let place = set.places()[row];
                for (target, channel) in channels[place.series].iter().enumerate() {
                    let forecast = (&predictions, index);
                    self.measure(data, place, target, channel, forecast, &mut sums);
                }
            }
        }
        let names = data.schema.targets.iter().enumerate();
        let evaluation = |targets| self.evaluation(&sums, targets, by_step);
        Ok(ForecastEvaluation {
            windows: set.len(),
            horizon: self.horizon(),
            all: evaluation(0..targets),
            channels: names
                .map(|(target, name)| (name.clone(), evaluation(target..target + 1)))
                .collect(),
        })
    }

    /// What the sums of these targets come to; `sums` is `[1 + baselines][targets][steps or one]`.
    fn evaluation(
        &self,
        sums: &[Vec<Vec<Sums>>],
        targets: Range<usize>,
        by_step: bool,
    ) -> MethodEvaluation {
        let levels = &self.plan.levels;
        let named = |errors: Vec<MethodErrors>, steps| MethodEvaluation {
            model: errors[0].clone(),
            baselines: self
                .baselines()
                .into_iter()
                .zip(errors.into_iter().skip(1))
                .collect(),
            steps,
        };
        let methods = || sums.iter().map(|method| &method[targets.clone()]);
        let mut steps = Vec::new();
        if by_step {
            let of_methods: Vec<_> = methods().map(|method| of_steps(method, levels)).collect();
            steps.extend((0..self.horizon()).map(|step| {
                let errors = of_methods.iter().map(|method| method[step].clone());
                named(errors.collect(), Vec::new())
            }));
        }
        let all = methods().map(|method| of_all(method, levels)).collect();
        named(all, steps)
    }

    /// A target of a series, from all its pieces.
    fn channel(&self, pieces: &[PanelSeries], target: usize, fitted: &Range<usize>) -> Channel {
        let rows = pieces.first().map_or(0, |piece| piece.grid.len());
        let mut history = vec![f64::NAN; rows];
        for piece in pieces {
            let values = piece.history(target);
            history[piece.offset..piece.offset + values.len()].copy_from_slice(&values);
        }
        let rows = history.get(fitted.clone()).unwrap_or_default();
        Channel {
            scale: seasonal_naive_scale(rows, self.plan.season),
            deviations: self
                .baselines()
                .iter()
                .map(|baseline| baseline.deviation(rows))
                .collect(),
            history: Arc::new(history),
        }
    }

    /// Adds what the model and each baseline err in one window.
    fn measure(
        &self,
        data: &ForecastData,
        place: WindowPlace,
        target: usize,
        channel: &Channel,
        (predictions, index): (&Predictions, usize),
        sums: &mut [Vec<Vec<Sums>>],
    ) {
        let series = &data.panel.series[place.series];
        let (horizon, levels) = (self.horizon(), &self.plan.levels);
        let origin = series.offset + place.origin;
        let in_units = &channel.history[origin..origin + horizon];
        let to_scaled = |values: &[f64]| -> Vec<f64> {
            let values = values.iter();
            values
                .map(|&value| series.to_scaled(target, value))
                .collect()
        };
        let to_units = |values: &[f64]| -> Vec<f64> {
            let values = values.iter();
            values
                .map(|&value| series.to_units(target, value))
                .collect()
        };
        let observed: Vec<bool> = in_units.iter().map(|value| !value.is_nan()).collect();
        let actual = Actual {
            scaled: &to_scaled(in_units),
            in_units,
            observed: &observed,
            scale: channel.scale,
        };
        let scaled = predictions.of_point(self, index, target);
        let own = OneForecast {
            in_units: &to_units(&scaled),
            scaled: &scaled,
            quantiles: &to_units(&predictions.of_quantiles(self, index, target)),
        };
        let history = &channel.history[..origin];
        let points: Option<Vec<Vec<f64>>> = self
            .baselines()
            .iter()
            .map(|baseline| baseline.forecast(history, horizon))
            .collect();
        // Where nothing was observed before, no baseline can forecast: all methods are measured on the same values.
        let Some(points) = points else {
            return;
        };
        Sums::add(&mut sums[0][target], &own, &actual);
        let baselines = self.baselines().into_iter().zip(&channel.deviations);
        for (((baseline, deviation), point), sums) in baselines.zip(points).zip(&mut sums[1..]) {
            let quantiles = deviation
                .and_then(|deviation| baseline.quantiles(history, horizon, levels, deviation));
            let forecast = OneForecast {
                scaled: &to_scaled(&point),
                in_units: &point,
                quantiles: &quantiles.unwrap_or_default(),
            };
            Sums::add(&mut sums[target], &forecast, &actual);
        }
    }
}

/// The training rows of a series, counted in the whole of it; without any the rows before the first window.
fn fitted_rows(data: &ForecastData, pieces: Range<usize>, set: &WindowSet) -> Range<usize> {
    let mut rows: Option<Range<usize>> = None;
    for piece in pieces.clone() {
        let training = &data.parts.ranges[piece][0];
        if !training.is_empty() {
            let offset = data.panel.series[piece].offset;
            let start = rows.map_or(offset + training.start, |rows| rows.start);
            rows = Some(start..offset + training.end);
        }
    }
    let first = || {
        let places = set.places().iter();
        let mut of_pieces = places.filter(|place| pieces.contains(&place.series));
        let place = of_pieces.next();
        place.map_or(0, |place| {
            data.panel.series[place.series].offset + place.origin
        })
    };
    rows.unwrap_or_else(|| 0..first())
}
