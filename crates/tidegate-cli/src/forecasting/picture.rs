//! Forecasts of windows as a page.

use tidegate_study::forecast::{ForecastPicture, PointForecast, SeriesForecast};
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{ForecastData, ForecastModel, WindowForecast};

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
