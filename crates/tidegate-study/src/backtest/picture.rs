//! The page of a backtest.

use tidegate_data::WindowPlace;
use tidegate_train::baselines::Baseline;
use tidegate_train::{
    ForecastData, ForecastModel, MethodErrors, MethodEvaluation, Predictions, TrainError,
};

use super::{Backtest, ScoreMeasure, rolling};
use crate::forecast::{
    BacktestPicture, BacktestSeries, MethodErrors as ErrorsOfSteps, MethodScores, OriginForecast,
    StepErrors,
};

/// What the page calls the model.
const MODEL: &str = "model";

impl Backtest {
    /// The page with this headline and these sentences below it. Of origins closer than the horizon, those are on it whose
    /// forecasts do not overlap.
    ///
    /// # Errors
    /// [`TrainError::Model`] where a forecast is not finite.
    pub fn picture(
        &self,
        title: String,
        subject: Vec<String>,
        model: &ForecastModel,
        data: &ForecastData,
    ) -> Result<BacktestPicture, TrainError> {
        let measure = ScoreMeasure::of(&self.evaluation.all);
        let coverage = self.evaluation.all.model.in_units.coverage.first();
        Ok(BacktestPicture {
            title,
            subject,
            time_format: data.schema.time.as_ref().map(|time| time.format),
            model: MODEL.to_owned(),
            baselines: model
                .baselines()
                .iter()
                .map(|baseline| baseline.name().to_owned())
                .collect(),
            levels: model.plan.levels.clone(),
            scores: named(&self.evaluation.all)
                .map(|(method, errors)| scores(method, errors))
                .collect(),
            interval: coverage.map(|coverage| coverage.nominal),
            errors: Some(self.step_errors(measure)),
            series: self.series(model, data)?,
        })
    }

    fn step_errors(&self, measure: ScoreMeasure) -> StepErrors {
        let all = &self.evaluation.all;
        let methods = named(all).enumerate().map(|(index, (method, _))| {
            let steps = all.steps.iter().map(|step| {
                let of_method = named(step).nth(index);
                of_method.and_then(|(_, errors)| measure.value(errors))
            });
            ErrorsOfSteps {
                method: method.to_owned(),
                errors: steps.collect(),
            }
        });
        StepErrors {
            measure: measure.name().to_owned(),
            methods: methods.collect(),
        }
    }

    fn series(
        &self,
        model: &ForecastModel,
        data: &ForecastData,
    ) -> Result<Vec<BacktestSeries>, TrainError> {
        // A whole number of strides, so that the origins are among those that were measured.
        let apart = model.horizon().div_ceil(self.stride) * self.stride;
        let places = rolling(self.set.places(), apart, None);
        let set = data.at(model.window(), model.horizon(), places)?;
        let mut drawn: Vec<Vec<BacktestSeries>> = Vec::new();
        let mut histories: Vec<Vec<f64>> = Vec::new();
        let mut last = None;
        let mut predictions = Predictions::default();
        let rows: Vec<usize> = (0..set.len()).collect();
        for rows in rows.chunks(model.batch_size()) {
            model.predict(&set, rows, &mut predictions)?;
            for (index, &row) in rows.iter().enumerate() {
                let place = set.places()[row];
                if last != Some(place.series) {
                    last = Some(place.series);
                    let one = &data.panel.series[place.series];
                    let targets = 0..data.schema.targets.len();
                    histories = targets.map(|target| one.history(target)).collect();
                    drawn.push(empty(data, place.series, &histories));
                }
                let channels = drawn.last_mut().into_iter().flatten();
                for (target, (channel, history)) in channels.zip(&histories).enumerate() {
                    let forecast = (&predictions, index);
                    let history = &history[..place.origin];
                    let origin = origin(model, data, place, target, forecast, history);
                    channel.origins.push(origin);
                }
            }
        }
        Ok(drawn.into_iter().flatten().collect())
    }
}

/// The methods of an evaluation, the model first.
fn named(evaluation: &MethodEvaluation) -> impl Iterator<Item = (&'static str, &MethodErrors)> {
    let baselines = evaluation.baselines.iter();
    std::iter::once((MODEL, &evaluation.model))
        .chain(baselines.map(|(baseline, errors)| (Baseline::name(*baseline), errors)))
}

fn scores(method: &str, errors: &MethodErrors) -> MethodScores {
    MethodScores {
        method: method.to_owned(),
        mase: errors.in_units.mase,
        smape: errors.in_units.smape,
        mse: errors.scaled.mse,
        mae: errors.scaled.mae,
        weighted_quantile_loss: errors.in_units.weighted_quantile_loss,
        coverage: errors.in_units.coverage.first().and_then(|one| one.covered),
    }
}

/// The channels of a series before anything is forecast.
fn empty(data: &ForecastData, series: usize, histories: &[Vec<f64>]) -> Vec<BacktestSeries> {
    let one = &data.panel.series[series];
    let targets = data.schema.targets.iter().zip(histories);
    let channels = targets.map(|(channel, history)| BacktestSeries {
        name: one.name.clone(),
        channel: channel.clone(),
        times: one.times[..one.target_rows].to_vec(),
        actual: history
            .iter()
            .map(|&value| Some(value).filter(|value| !value.is_nan()))
            .collect(),
        origins: Vec::new(),
    });
    channels.collect()
}

fn origin(
    model: &ForecastModel,
    data: &ForecastData,
    place: WindowPlace,
    target: usize,
    (predictions, index): (&Predictions, usize),
    history: &[f64],
) -> OriginForecast {
    let series = &data.panel.series[place.series];
    let in_units = |values: Vec<f64>| -> Vec<f64> {
        let values = values.into_iter();
        values.map(|value| series.to_units(target, value)).collect()
    };
    let levels = model.plan.levels.len().max(1);
    let quantiles = in_units(predictions.of_quantiles(model, index, target));
    let steps = model.horizon();
    OriginForecast {
        first: place.origin,
        point: in_units(predictions.of_point(model, index, target)),
        quantiles: quantiles.chunks(levels).map(<[f64]>::to_vec).collect(),
        baselines: model
            .baselines()
            .iter()
            .map(|baseline| {
                let forecast = baseline.forecast(history, steps);
                forecast.unwrap_or_else(|| vec![f64::NAN; steps])
            })
            .collect(),
    }
}
