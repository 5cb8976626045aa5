//! How well a model forecasts the windows of a part, beside forecasts that need no model.

use std::ops::Range;

use tidegate_data::{Split, WindowPlace};

use super::data::ForecastData;
use super::model::ForecastModel;
use super::predictions::Predictions;
use crate::baselines::Baseline;
use crate::error::TrainError;
use crate::metrics::{ForecastMetrics, MetricValues, seasonal_naive_scale};

/// What was measured over the windows of a part.
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

/// What is added up for one method and target.
#[derive(Clone)]
struct Sums {
    scaled: ForecastMetrics,
    in_units: ForecastMetrics,
}

/// A target through the rows of one series.
struct Channel {
    history: Vec<f64>,
    /// Of the mean absolute scaled error.
    scale: Option<f64>,
    /// Of each baseline's quantiles.
    deviations: Vec<Option<f64>>,
}

/// One method's forecast of a target in a window, in the data's units.
struct OneForecast<'a> {
    point: &'a [f64],
    quantiles: &'a [f64],
}

impl Sums {
    fn new(levels: &[f64]) -> Sums {
        Sums {
            scaled: ForecastMetrics::new(&[]),
            in_units: ForecastMetrics::new(levels),
        }
    }

    fn merge(&mut self, other: &Sums) {
        self.scaled.merge(&other.scaled);
        self.in_units.merge(&other.in_units);
    }

    fn errors(&self) -> MethodErrors {
        MethodErrors {
            scaled: self.scaled.values(),
            in_units: self.in_units.values(),
        }
    }
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

    /// Forecasts every window of a part and measures how far it lies from what came. Values that were not observed do not
    /// count. The scale of the mean absolute scaled error and the spread of the baselines come from the training rows of each
    /// series, or, where it has none in this data, from the rows before its first window.
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
        if set.is_empty() {
            return Err(TrainError::EmptySet { part: "evaluation" });
        }
        let baselines = self.baselines();
        let levels = &self.plan.levels;
        let targets = data.schema.targets.len();
        let mut channels: Vec<Vec<Channel>> = Vec::with_capacity(data.panel.series.len());
        for series in 0..data.panel.series.len() {
            let first = set.places().iter().find(|place| place.series == series);
            let fitted = self.fitted_rows(data, series, first);
            channels.push(
                (0..targets)
                    .map(|target| self.channel(data, series, target, &fitted))
                    .collect(),
            );
        }
        // `[1 + baselines][targets]`
        let mut sums = vec![vec![Sums::new(levels); targets]; 1 + baselines.len()];
        let rows: Vec<usize> = (0..set.len()).collect();
        let mut predictions = Predictions::default();
        for rows in rows.chunks(self.batch_size()) {
            self.predict(&set, rows, &mut predictions)?;
            for (index, &row) in rows.iter().enumerate() {
                let place = set.places()[row];
                for (target, channel) in channels[place.series].iter().enumerate() {
                    let window = self.measure(data, place, target, channel, (&predictions, index));
                    for (sums, measured) in sums.iter_mut().zip(window) {
                        sums[target].merge(&measured);
                    }
                }
            }
        }
        let evaluation = |range: Range<usize>| {
            let errors = |method: &Vec<Sums>| {
                let mut all = Sums::new(levels);
                method[range.clone()].iter().for_each(|one| all.merge(one));
                all.errors()
            };
            MethodEvaluation {
                model: errors(&sums[0]),
                baselines: baselines
                    .into_iter()
                    .zip(sums[1..].iter().map(errors))
                    .collect(),
            }
        };
        let names = data.schema.targets.iter().enumerate();
        Ok(ForecastEvaluation {
            windows: set.len(),
            horizon: self.horizon(),
            all: evaluation(0..targets),
            channels: names
                .map(|(target, name)| (name.clone(), evaluation(target..target + 1)))
                .collect(),
        })
    }

    fn fitted_rows(
        &self,
        data: &ForecastData,
        series: usize,
        first: Option<&WindowPlace>,
    ) -> Range<usize> {
        let training = data.parts.ranges[series][0].clone();
        match training.is_empty() {
            true => 0..first.map_or(0, |place| place.origin),
            false => training,
        }
    }

    fn channel(
        &self,
        data: &ForecastData,
        series: usize,
        target: usize,
        fitted: &Range<usize>,
    ) -> Channel {
        let history = data.panel.series[series].history(target);
        let rows = history.get(fitted.clone()).unwrap_or_default();
        Channel {
            scale: seasonal_naive_scale(rows, self.plan.season),
            deviations: self
                .baselines()
                .iter()
                .map(|baseline| baseline.deviation(rows))
                .collect(),
            history,
        }
    }

    /// What the model and each baseline err in one window.
    fn measure(
        &self,
        data: &ForecastData,
        place: WindowPlace,
        target: usize,
        channel: &Channel,
        (predictions, index): (&Predictions, usize),
    ) -> Vec<Sums> {
        let series = &data.panel.series[place.series];
        let (horizon, levels) = (self.horizon(), &self.plan.levels);
        let actual = &channel.history[place.origin..place.origin + horizon];
        let observed: Vec<bool> = actual.iter().map(|value| !value.is_nan()).collect();
        let to_scaled = |values: &[f64]| -> Vec<f64> {
            let values = values.iter();
            values
                .map(|&value| series.to_scaled(target, value))
                .collect()
        };
        let scaled_actual = to_scaled(actual);
        let sums = |point: &[f64], forecast: &OneForecast<'_>| {
            let mut sums = Sums::new(levels);
            sums.scaled.add(point, &[], &scaled_actual, &observed, None);
            let OneForecast { point, quantiles } = forecast;
            sums.in_units
                .add(point, quantiles, actual, &observed, channel.scale);
            sums
        };
        let point = predictions.of_point(self, index, target);
        let in_units = |values: &[f64]| -> Vec<f64> {
            let values = values.iter();
            values
                .map(|&value| series.to_units(target, value))
                .collect()
        };
        let own = OneForecast {
            point: &in_units(&point),
            quantiles: &in_units(&predictions.of_quantiles(self, index, target)),
        };
        let mut all = vec![sums(&point, &own)];
        let history = &channel.history[..place.origin];
        for (baseline, deviation) in self.baselines().into_iter().zip(&channel.deviations) {
            let Some(point) = baseline.forecast(history, horizon) else {
                all.push(Sums::new(levels));
                continue;
            };
            let quantiles = deviation
                .and_then(|deviation| baseline.quantiles(history, horizon, levels, deviation));
            let forecast = OneForecast {
                point: &point,
                quantiles: &quantiles.unwrap_or_default(),
            };
            all.push(sums(&to_scaled(&point), &forecast));
        }
        all
    }
}

impl Predictions {
    /// The forecast of a target in one of the windows, a number for each row of the horizon.
    #[must_use]
    pub fn of_point(&self, model: &ForecastModel, window: usize, target: usize) -> Vec<f64> {
        self.numbers(model, &self.point, 1, window, target)
    }

    /// Its quantiles, `[horizon, levels]`.
    #[must_use]
    pub fn of_quantiles(&self, model: &ForecastModel, window: usize, target: usize) -> Vec<f64> {
        let levels = model.plan.levels.len();
        self.numbers(model, &self.quantiles, levels, window, target)
    }

    fn numbers(
        &self,
        model: &ForecastModel,
        values: &[f32],
        levels: usize,
        window: usize,
        target: usize,
    ) -> Vec<f64> {
        let (horizon, targets) = (model.horizon(), model.plan.schema.targets.len());
        let first = window * horizon;
        let rows = (first..first + horizon).map(|row| (row * targets + target) * levels);
        rows.flat_map(|start| values[start..start + levels].iter().copied().map(f64::from))
            .collect()
    }
}
