//! What comes next, as one JSON document and as text.

use serde::Serialize;
use tidegate_study::forecast::PointForecast;
use tidegate_train::{ChannelForecast, ForecastData, ForecastModel, WindowForecast};

use super::arguments::ForecastArguments;
use crate::columns::columns;
use crate::forecasting::point_of;
use crate::number::{significant, thousands};
use crate::page::Page;
use crate::paragraph::paragraph;
use crate::terminal_chart::{Glyphs, TerminalChart};
use crate::visible::visible;

/// Channels of series, and steps of each, that the text shows; the JSON document has all.
const SHOWN: usize = 4;
const SHOWN_STEPS: usize = 12;

/// Horizons of history in the chart.
const CHART_HORIZONS: usize = 3;

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
    /// When the chart begins.
    #[serde(skip)]
    first: Time,
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
    /// The last values before, for the chart.
    #[serde(skip)]
    history: Vec<f64>,
}

impl ForecastDocument {
    pub(super) fn of(
        arguments: &ForecastArguments,
        data_name: String,
        model: &ForecastModel,
        data: &ForecastData,
        forecasts: &[WindowForecast],
    ) -> ForecastDocument {
        let series = forecasts.iter();
        ForecastDocument {
            model: arguments.model.display().to_string(),
            data: data_name,
            window: model.window(),
            horizon: model.horizon(),
            point: match point_of(model) {
                PointForecast::Mean => "mean",
                PointForecast::Median => "median",
            },
            levels: model.plan.levels.clone(),
            channels: data.schema.targets.clone(),
            notes: notes(model, data, forecasts),
            series: series.map(|one| SeriesDocument::of(one, data)).collect(),
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
            text += &series.chart(channel, page);
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

impl SeriesDocument {
    fn of(forecast: &WindowForecast, data: &ForecastData) -> SeriesDocument {
        let format = data.schema.time.as_ref().map(|time| time.format);
        let time = |time: i64, row: usize| match format {
            Some(format) => Time::Text(format.text(time)),
            None => Time::Row(row + 1),
        };
        let before = forecast.times_before.len();
        let drawn = before.min(CHART_HORIZONS * forecast.times.len());
        let first = forecast.times_before.get(before - drawn);
        let steps = forecast.times.iter().enumerate();
        SeriesDocument {
            name: forecast.series.clone(),
            times: steps
                .map(|(step, &at)| time(at, forecast.rows_before + step))
                .collect(),
            first: time(
                first.copied().unwrap_or(0),
                forecast.rows_before.saturating_sub(drawn),
            ),
            channels: forecast
                .channels
                .iter()
                .map(|channel| ChannelDocument::of(channel, drawn))
                .collect(),
        }
    }

    fn chart(&self, channel: &ChannelDocument, page: Page) -> String {
        let band: Vec<[f64; 2]> = channel
            .quantiles
            .iter()
            .filter_map(|quantiles| match quantiles[..] {
                [low, .., high] => Some([low, high]),
                _ => None,
            })
            .collect();
        let chart = TerminalChart {
            history: &channel.history,
            forecast: &channel.point,
            band: &band,
            first: &self.first.text(),
            last: &self.times.last().map_or_else(String::new, Time::text),
        };
        chart.text(page.text, Glyphs::of_environment()) + "\n"
    }
}

impl ChannelDocument {
    fn of(forecast: &ChannelForecast, drawn: usize) -> ChannelDocument {
        let before = forecast.history.len();
        ChannelDocument {
            name: forecast.name.clone(),
            point: forecast.point.clone(),
            quantiles: forecast.quantiles.clone(),
            history: forecast.history[before.saturating_sub(drawn)..].to_vec(),
        }
    }
}

/// What was done to the data, and the series that are too short for a window.
fn notes(model: &ForecastModel, data: &ForecastData, forecasts: &[WindowForecast]) -> Vec<String> {
    let mut notes: Vec<String> = data.panel.notes.iter().map(ToString::to_string).collect();
    let has_forecast = |name: &str| forecasts.iter().any(|one| one.series == name);
    let mut short: Vec<&str> = data
        .panel
        .series
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    short.retain(|name| !has_forecast(name));
    short.dedup();
    if let Some(first) = short.first() {
        notes.push(format!(
            "{} series without a forecast: fewer than the {} rows of a window; the first is {first:?}",
            short.len(),
            model.window()
        ));
    }
    notes
}
