//! The forecast of one window in the data's units, with what was before and what came.

use tidegate_data::{WindowPlace, WindowSet};
use tidegate_study::forecast::{ForecastPicture, PointForecast, SeriesForecast};
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{ForecastData, ForecastModel, Predictions, TrainError};

/// A window's forecast.
#[derive(Debug)]
pub(crate) struct WindowForecast {
    /// The series; empty where the data has only one.
    pub(crate) series: String,
    /// Rows of the series before the first step, in the file's series.
    pub(crate) rows_before: usize,
    /// Times of the rows before the first step: microseconds since 1970, or numbers of rows from 0.
    pub(crate) times_before: Vec<i64>,
    /// The same of the steps.
    pub(crate) times: Vec<i64>,
    pub(crate) channels: Vec<ChannelForecast>,
}

/// Of one channel.
#[derive(Debug)]
pub(crate) struct ChannelForecast {
    pub(crate) name: String,
    /// Not a number where missing.
    pub(crate) history: Vec<f64>,
    /// What came, as far as it is known.
    pub(crate) actual: Vec<f64>,
    pub(crate) point: Vec<f64>,
    /// One for each level, in each step.
    pub(crate) quantiles: Vec<Vec<f64>>,
}

/// The forecasts of some windows of a set.
pub(crate) fn forecast_windows(
    model: &ForecastModel,
    data: &ForecastData,
    set: &WindowSet,
    rows: &[usize],
) -> Result<Vec<WindowForecast>, TrainError> {
    let mut forecasts = Vec::with_capacity(rows.len());
    let mut predictions = Predictions::default();
    for rows in rows.chunks(model.batch_size()) {
        model.predict(set, rows, &mut predictions)?;
        for (index, &row) in rows.iter().enumerate() {
            let place = set.places()[row];
            forecasts.push(of_window(model, data, place, (&predictions, index)));
        }
    }
    Ok(forecasts)
}

fn of_window(
    model: &ForecastModel,
    data: &ForecastData,
    place: WindowPlace,
    (predictions, index): (&Predictions, usize),
) -> WindowForecast {
    let series = &data.panel.series[place.series];
    let levels = model.plan.levels.len().max(1);
    let channels = data.schema.targets.iter().enumerate();
    let channels = channels.map(|(target, name)| {
        let in_units = |values: Vec<f64>| -> Vec<f64> {
            let values = values.into_iter();
            values.map(|value| series.to_units(target, value)).collect()
        };
        let mut history = series.history(target);
        let mut actual = history.split_off(place.origin.min(history.len()));
        actual.truncate(model.horizon());
        let quantiles = in_units(predictions.of_quantiles(model, index, target));
        ChannelForecast {
            name: name.clone(),
            history,
            actual,
            point: in_units(predictions.of_point(model, index, target)),
            quantiles: quantiles.chunks(levels).map(<[f64]>::to_vec).collect(),
        }
    });
    let times_before = series.times[..place.origin].to_vec();
    let last = times_before.last().copied().unwrap_or(0);
    let after = |step: usize| match &data.schema.time {
        Some(time) => time.after(last, step).unwrap_or(i64::MAX),
        None => last.saturating_add(i64::try_from(step).unwrap_or(i64::MAX)),
    };
    WindowForecast {
        series: series.name.clone(),
        rows_before: series.offset + place.origin,
        times: (1..=model.horizon()).map(after).collect(),
        times_before,
        channels: channels.collect(),
    }
}

/// Whether the one number that is forecast is a mean or a median.
pub(crate) fn point_of(model: &ForecastModel) -> PointForecast {
    match model.plan.loss {
        ForecastLoss::Squared => PointForecast::Mean,
        ForecastLoss::Absolute | ForecastLoss::Quantile { .. } => PointForecast::Median,
    }
}

/// The page of these forecasts.
pub(crate) fn picture(
    title: String,
    subject: Vec<String>,
    model: &ForecastModel,
    data: &ForecastData,
    forecasts: Vec<WindowForecast>,
) -> ForecastPicture {
    let present = |values: Vec<f64>| -> Vec<Option<f64>> {
        let values = values.into_iter();
        values
            .map(|value| Some(value).filter(|value| !value.is_nan()))
            .collect()
    };
    let steps = model.horizon();
    let series = forecasts.into_iter().flat_map(|forecast| {
        let (name, times, forecast_times) =
            (forecast.series, forecast.times_before, forecast.times);
        let channels = forecast.channels.into_iter();
        channels
            .map(move |channel| SeriesForecast {
                name: name.clone(),
                channel: channel.name,
                times: times.clone(),
                history: present(channel.history),
                forecast_times: forecast_times.clone(),
                point: channel.point,
                quantiles: channel.quantiles,
                actual: Some(channel.actual)
                    .filter(|actual| actual.len() == steps)
                    .map(present),
            })
            .collect::<Vec<_>>()
    });
    ForecastPicture {
        title,
        subject,
        time_format: data.schema.time.as_ref().map(|time| time.format),
        point: point_of(model),
        levels: model.plan.levels.clone(),
        series: series.collect(),
    }
}
