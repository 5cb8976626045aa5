//! The forecast of one window in the data's units, with what was before and what came.

use tidegate_data::{WindowPlace, WindowSet};

use super::data::ForecastData;
use super::model::ForecastModel;
use super::predictions::Predictions;
use crate::error::TrainError;

/// A window's forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowForecast {
    /// The series; empty where the data has only one.
    pub series: String,
    /// Rows of the series before the first step, in the file's series.
    pub rows_before: usize,
    /// Times of the rows before the first step: microseconds since 1970, or numbers of rows from 0.
    pub times_before: Vec<i64>,
    /// The same of the steps.
    pub times: Vec<i64>,
    /// Of each channel.
    pub channels: Vec<ChannelForecast>,
}

/// Of one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelForecast {
    /// The channel.
    pub name: String,
    /// Not a number where missing.
    pub history: Vec<f64>,
    /// What came, as far as it is known.
    pub actual: Vec<f64>,
    /// The forecast itself, a number for each step.
    pub point: Vec<f64>,
    /// One for each level, in each step.
    pub quantiles: Vec<Vec<f64>>,
}

impl ForecastModel {
    /// The forecasts of the windows `rows` of a set, in the data's units.
    ///
    /// # Errors
    /// [`TrainError::Model`] where the windows do not fit the network or a number is not finite.
    ///
    /// # Panics
    /// As indexing does, if a row is not below the number of windows.
    pub fn forecast_windows(
        &self,
        data: &ForecastData,
        set: &WindowSet,
        rows: &[usize],
    ) -> Result<Vec<WindowForecast>, TrainError> {
        let mut forecasts = Vec::with_capacity(rows.len());
        let mut predictions = Predictions::default();
        for rows in rows.chunks(self.batch_size()) {
            self.predict(set, rows, &mut predictions)?;
            for (index, &row) in rows.iter().enumerate() {
                let place = set.places()[row];
                forecasts.push(of_window(self, data, place, (&predictions, index)));
            }
        }
        Ok(forecasts)
    }
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
