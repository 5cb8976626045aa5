//! What comes next, as one JSON document and as text.

use serde::Serialize;
use tidegate_data::WindowPlace;
use tidegate_train::losses::ForecastLoss;
use tidegate_train::{ForecastData, ForecastModel, Predictions};

use super::arguments::ForecastArguments;
use crate::columns::columns;
use crate::number::{significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::visible::visible;

/// Channels of series, and steps of each, that the text shows; the JSON document has all.
const SHOWN: usize = 8;
const SHOWN_STEPS: usize = 12;

#[derive(Debug, Serialize)]
pub(super) struct ForecastDocument {
    model: String,
    data: String,
    window: usize,
    horizon: usize,
    /// What `point` is: `mean`, or `median`.
    point: &'static str,
    /// Levels of the quantiles, rising.
    levels: Vec<f64>,
    channels: Vec<String>,
    notes: Vec<String>,
    pub(super) series: Vec<SeriesDocument>,
}

/// The forecast of one series; its name is empty where the data has only one.
#[derive(Debug, Serialize)]
pub(super) struct SeriesDocument {
    pub(super) name: String,
    pub(super) times: Vec<Time>,
    pub(super) channels: Vec<ChannelDocument>,
}

/// As the data writes it, or the number of a row, from 1, where the data has no times.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Time {
    Text(String),
    Row(usize),
}

/// Of one channel, in the data's units.
#[derive(Debug, Serialize)]
pub(super) struct ChannelDocument {
    pub(super) name: String,
    /// One number for each step.
    pub(super) point: Vec<f64>,
    /// For each step a number for each level, in rising order.
    pub(super) quantiles: Vec<Vec<f64>>,
}

impl ForecastDocument {
    pub(super) fn of(
        arguments: &ForecastArguments,
        data_name: String,
        model: &ForecastModel,
        data: &ForecastData,
        series: Vec<SeriesDocument>,
    ) -> ForecastDocument {
        ForecastDocument {
            model: arguments.model.display().to_string(),
            data: data_name,
            window: model.window(),
            horizon: model.horizon(),
            point: match model.plan.loss {
                ForecastLoss::Squared => "mean",
                ForecastLoss::Absolute | ForecastLoss::Quantile { .. } => "median",
            },
            levels: model.plan.levels.clone(),
            channels: data.schema.targets.clone(),
            notes: data.panel.notes.iter().map(ToString::to_string).collect(),
            series,
        }
    }

    pub(super) fn text(&self, page: Page) -> String {
        let title = format!(
            "{} after {}: {} steps, from the last {} rows.",
            self.model,
            self.data,
            thousands(self.horizon),
            thousands(self.window)
        );
        let mut text = paragraph(&visible(&title), page.text);
        for note in &self.notes {
            text += &paragraph(&visible(&format!("Note: {note}.")), page.text);
        }
        let several = self.channels.len() > 1;
        let all = self.series.iter().flat_map(|series| {
            let channels = series.channels.iter();
            channels.map(move |channel| (series, channel))
        });
        for (series, channel) in all.clone().take(SHOWN) {
            let name = match (series.name.as_str(), several) {
                ("", _) => channel.name.clone(),
                (name, false) => name.to_owned(),
                (name, true) => format!("{name}, {}", channel.name),
            };
            text += &format!("\n{}", paragraph(&visible(&name), page.text));
            text += &self.table(series, channel, page);
        }
        if let more @ 1.. = all.count().saturating_sub(SHOWN) {
            text += &format!("\n… and {more} more channels of series, which --json lists\n");
        }
        text
    }

    fn table(&self, series: &SeriesDocument, channel: &ChannelDocument, page: Page) -> String {
        let levels: Vec<String> = self
            .levels
            .iter()
            .map(|level| format!("{} %", significant(100.0 * level, 3).trim_end_matches(".0")))
            .collect();
        let mut headings = vec![["", "time"], ["", self.point]];
        headings.extend(levels.iter().map(|level| ["quantile", level.as_str()]));
        let steps = series
            .times
            .iter()
            .zip(&channel.point)
            .zip(&channel.quantiles);
        let rows: Vec<Vec<String>> = steps
            .take(SHOWN_STEPS)
            .map(|((time, &point), quantiles)| {
                let numbers = std::iter::once(point).chain(quantiles.iter().copied());
                std::iter::once(time.text())
                    .chain(numbers.map(|number| significant(number, 4)))
                    .collect()
            })
            .collect();
        let mut text = columns(&headings, &rows, page.table);
        if let more @ 1.. = channel.point.len().saturating_sub(SHOWN_STEPS) {
            text += &format!("… and {more} more steps, which --json lists\n");
        }
        text
    }
}

impl Time {
    fn text(&self) -> String {
        match self {
            Time::Text(text) => text.clone(),
            Time::Row(row) => format!("row {row}"),
        }
    }
}

/// The forecast of the series in which the window at this place lies.
pub(super) fn series(
    model: &ForecastModel,
    data: &ForecastData,
    place: WindowPlace,
    (predictions, index): (&Predictions, usize),
) -> SeriesDocument {
    let series = &data.panel.series[place.series];
    let levels = model.plan.levels.len();
    let times = times(model, data, place).into_iter();
    let channels = data.schema.targets.iter().enumerate();
    SeriesDocument {
        name: series.name.clone(),
        times: times
            .enumerate()
            .map(|(step, time)| match (&data.schema.time, time) {
                (Some(schema), Some(time)) => Time::Text(schema.format.text(time)),
                _ => Time::Row(series.offset + place.origin + step + 1),
            })
            .collect(),
        channels: channels
            .map(|(target, name)| {
                let in_units = |values: Vec<f64>| -> Vec<f64> {
                    let values = values.into_iter();
                    values.map(|value| series.to_units(target, value)).collect()
                };
                let quantiles = in_units(predictions.of_quantiles(model, index, target));
                ChannelDocument {
                    name: name.clone(),
                    point: in_units(predictions.of_point(model, index, target)),
                    quantiles: quantiles
                        .chunks(levels.max(1))
                        .map(<[f64]>::to_vec)
                        .collect(),
                }
            })
            .collect(),
    }
}

/// The times of the steps that are forecast; none where the data has no times, or the calendar ends.
pub(super) fn times(
    model: &ForecastModel,
    data: &ForecastData,
    place: WindowPlace,
) -> Vec<Option<i64>> {
    let last = data.panel.series[place.series].times[place.origin - 1];
    let time = data.schema.time.as_ref();
    let after = |step| time.and_then(|time| time.after(last, step));
    (1..=model.horizon()).map(after).collect()
}
