//! The page of a forecast: what was, and what is to come with its uncertainty.

use maud::{Markup, html};
use tidegate_data::TimeFormat;

use super::ForecastPageError;
use super::clock::Clock;
use super::fan::{Fan, point};
use super::parts::{self, Tables};
use crate::chart::{Axis, Chart, Line, Lines, Scale, look_of_series, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::shell::{self, Section};

/// Looks that are the same on every page of forecasting.
pub(super) const ACTUAL: usize = 0;
pub(super) const FORECAST: usize = 1;

/// What a forecast page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastPicture {
    /// The headline.
    pub title: String,
    /// Sentences below it: which model, which data.
    pub subject: Vec<String>,
    /// How the times are written in the data; none where its rows have no times, and are numbered instead.
    pub time_format: Option<TimeFormat>,
    /// What [`SeriesForecast::point`] holds.
    pub point: PointForecast,
    /// Levels of the quantiles, between 0 and 1, rising; two of them that are as far from 0 as from 1 make a band.
    pub levels: Vec<f64>,
    /// One for each series and channel; the first 50 are drawn, the others named.
    pub series: Vec<SeriesForecast>,
}

/// The one number that is forecast for each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointForecast {
    /// The 50 % quantile.
    Median,
    /// The mean.
    Mean,
}

/// The forecast of one channel of one series, in the data's units.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesForecast {
    /// The series; empty where the data has only one.
    pub name: String,
    /// The channel.
    pub channel: String,
    /// Times of the history: microseconds since 1970, or numbers of rows.
    pub times: Vec<i64>,
    /// What was, one for each time; none where it is missing. The last values are drawn, as many as the page has room for.
    pub history: Vec<Option<f64>>,
    /// Times of the steps that are forecast, at least one.
    pub forecast_times: Vec<i64>,
    /// The forecast of each step.
    pub point: Vec<f64>,
    /// Quantiles of each step, one for each level; empty where there are no levels.
    pub quantiles: Vec<Vec<f64>>,
    /// The actual values, one for each step, where they are known.
    pub actual: Option<Vec<Option<f64>>>,
}

impl PointForecast {
    fn name(self) -> &'static str {
        match self {
            PointForecast::Median => "forecast (median)",
            PointForecast::Mean => "forecast (mean)",
        }
    }
}

impl SeriesForecast {
    fn check(&self, name: &str, levels: usize) -> Result<(), ForecastPageError> {
        let steps = self.forecast_times.len();
        if steps == 0 {
            return Err(ForecastPageError::Empty("a step that is forecast"));
        }
        let unless = |what, expected, found| ForecastPageError::unless(name, what, expected, found);
        unless(
            "values of the history",
            self.times.len(),
            self.history.len(),
        )?;
        unless("forecasts", steps, self.point.len())?;
        if levels > 0 {
            unless("steps with quantiles", steps, self.quantiles.len())?;
            for quantiles in &self.quantiles {
                unless("quantiles of a step", levels, quantiles.len())?;
            }
        }
        match &self.actual {
            Some(actual) => unless("actual values", steps, actual.len()),
            None => Ok(()),
        }
    }
}

impl ForecastPicture {
    /// The page as an HTML document that works without a network, and without a script too.
    ///
    /// # Errors
    /// No series, a series without a step, lists that do not fit together, levels that do not rise from 0 to 1.
    pub fn html(&self) -> Result<String, ForecastPageError> {
        let fan = Fan::of(&self.levels)?;
        if self.series.is_empty() {
            return Err(ForecastPageError::Empty("a series"));
        }
        let channels = parts::has_channels(self.series.iter().map(|one| one.channel.as_str()));
        let names = self.series.iter();
        let names = names.map(|one| parts::name(&one.name, &one.channel, channels));
        let names: Vec<String> = names.collect();
        for (series, name) in self.series.iter().zip(&names) {
            series.check(name, self.levels.len())?;
        }
        let series = self.series.iter();
        let times = series.flat_map(|one| one.times.iter().chain(&one.forecast_times));
        let clock = Clock::of(self.time_format, times.copied());
        let mut figures = Figures::new(Language::English);
        let mut tables = Tables::default();
        let (shown, left_out) = names.split_at(parts::drawn(names.len()));
        let bodies = self.series.iter().zip(shown).map(|(series, name)| {
            let chart = self.chart(series, name, clock, &fan);
            let body = html! {
                (figures.show(chart.as_ref()))
                (self.table(series, name, clock, &fan, &mut tables))
            };
            (name.clone(), body)
        });
        let bodies: Vec<(String, Markup)> = bodies.collect();
        let opening = html! { @for sentence in &self.subject { p { (sentence) } } };
        let body = html! { (parts::left_out(left_out)) (parts::parts(&bodies)) };
        let section = Section::new("forecast", "Forecast", body);
        let language = Language::English;
        Ok(shell::document(
            language,
            &self.title,
            &opening,
            &[section],
            &figures,
        ))
    }

    fn chart(
        &self,
        series: &SeriesForecast,
        name: &str,
        clock: Clock,
        fan: &Fan<'_>,
    ) -> Option<Chart> {
        let room = parts::rows_each(self.series.len());
        let room = room.saturating_sub(series.forecast_times.len());
        let past = series.times.iter().zip(&series.history);
        let past = past.skip(series.times.len().saturating_sub(room.max(50)));
        let history = Line {
            name: "history".to_owned(),
            look: ACTUAL,
            points: past.map(|(&time, &value)| point(time, value)).collect(),
            ..Line::default()
        };
        let actual = series.actual.iter().map(|actual| Line {
            name: "actual".to_owned(),
            look: look_of_series(ACTUAL, 1),
            points: series
                .forecast_times
                .iter()
                .zip(actual)
                .map(|(&time, &value)| point(time, value))
                .collect(),
            ..Line::default()
        });
        let mut bands = fan.bands();
        for step in 0..series.forecast_times.len() {
            let quantiles = series.quantiles.get(step);
            fan.add(quantiles.map(Vec::as_slice), &mut bands);
        }
        let points = series.forecast_times.iter().zip(&series.point);
        let forecast = Line {
            name: self.point.name().to_owned(),
            look: FORECAST,
            points: points
                .map(|(&time, &value)| point(time, Some(value)))
                .collect(),
            bands,
            ..Line::default()
        };
        let lines = Lines {
            x: clock.axis(),
            y: Axis::new(parts::axis_name(&series.channel), Scale::Linear),
            series: [history]
                .into_iter()
                .chain(actual)
                .chain([forecast])
                .collect(),
            guides: Vec::new(),
        };
        Chart::lines(name, self.in_words(series, clock, fan), lines)
    }

    fn in_words(&self, series: &SeriesForecast, clock: Clock, fan: &Fan<'_>) -> String {
        let (times, values) = (&series.forecast_times, &series.point);
        let (first, last) = (clock.text(times[0]), clock.text(times[times.len() - 1]));
        let value = |index: usize| short_number(values[index]);
        let words = match values.len() {
            1 => format!("The {} of {first} is {}.", self.point.name(), value(0)),
            steps => format!(
                "The {} goes over {steps} steps from {} at {first} to {} at {last}.",
                self.point.name(),
                value(0),
                value(steps - 1)
            ),
        };
        format!("{words} {}", fan.in_words()).trim_end().to_owned()
    }

    fn table(
        &self,
        series: &SeriesForecast,
        name: &str,
        clock: Clock,
        fan: &Fan<'_>,
        tables: &mut Tables,
    ) -> Markup {
        let mut heads = vec![clock.title().to_owned(), self.point.name().to_owned()];
        heads.extend(fan.heads());
        heads.extend(series.actual.iter().map(|_| "actual".to_owned()));
        let row = |(step, &time): (usize, &i64)| {
            let mut row = vec![clock.text(time), short_number(series.point[step])];
            let quantiles = series.quantiles.get(step).into_iter().flatten();
            row.extend(quantiles.map(|&quantile| short_number(quantile)));
            if let Some(actual) = &series.actual {
                row.push(actual[step].map_or_else(|| "–".to_owned(), short_number));
            }
            row
        };
        let rows: Vec<_> = series.forecast_times.iter().enumerate().map(row).collect();
        tables.show(&format!("{name}: forecast"), &heads, &rows)
    }
}
