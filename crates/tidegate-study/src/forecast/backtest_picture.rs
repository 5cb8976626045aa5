//! The page of a backtest: what was forecast from each origin beside the actual values, and how large the errors are.

use maud::{Markup, html};
use tidegate_data::TimeFormat;

use super::backtest_charts::chart;
use super::clock::Clock;
use super::fan::Fan;
use super::forecast_picture::FORECAST;
use super::parts::{self, Tables};
use super::scores::scores;
use super::{ForecastPageError, MethodScores, StepErrors};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::shell::{self, Section};

/// What a backtest page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestPicture {
    /// The headline.
    pub title: String,
    /// Sentences below it: which model, which data, how many origins.
    pub subject: Vec<String>,
    /// How the times are written in the data; none where its rows have no times, and are numbered instead.
    pub time_format: Option<TimeFormat>,
    /// What the legend calls the model.
    pub model: String,
    /// Names of the baselines.
    pub baselines: Vec<String>,
    /// Levels of the model's quantiles, between 0 and 1, rising; may be empty.
    pub levels: Vec<f64>,
    /// Scores of the model and of the baselines, in this order.
    pub scores: Vec<MethodScores>,
    /// The share, 0 to 1, that the interval of [`MethodScores::coverage`] should hold; none where nothing was covered.
    pub interval: Option<f64>,
    /// Errors at each step, of the model and of the baselines, in this order; none where they were not measured.
    pub errors: Option<StepErrors>,
    /// One for each series and channel; the first 50 are drawn, the others named.
    pub series: Vec<BacktestSeries>,
}

/// The actual values of one channel of one series, and what was forecast, in the data's units.
#[derive(Clone, Debug, PartialEq)]
pub struct BacktestSeries {
    /// The series; empty where the data has only one.
    pub name: String,
    /// The channel.
    pub channel: String,
    /// Times of the rows: microseconds since 1970, or numbers of rows.
    pub times: Vec<i64>,
    /// The actual values, one for each time; none where it is missing.
    pub actual: Vec<Option<f64>>,
    /// Forecasts in the order of their origins. Of those that overlap, as many are drawn as do not.
    pub origins: Vec<OriginForecast>,
}

/// What was forecast from one origin.
#[derive(Clone, Debug, PartialEq)]
pub struct OriginForecast {
    /// Row of [`BacktestSeries::times`] of the first step.
    pub first: usize,
    /// The model's forecast of each step.
    pub point: Vec<f64>,
    /// The model's quantiles of each step, one for each level; empty where there are no levels.
    pub quantiles: Vec<Vec<f64>>,
    /// For each baseline its forecast of each step.
    pub baselines: Vec<Vec<f64>>,
}

impl BacktestSeries {
    fn check(&self, name: &str, levels: usize, baselines: usize) -> Result<(), ForecastPageError> {
        let rows = self.times.len();
        let unless = |what, expected, found| ForecastPageError::unless(name, what, expected, found);
        unless("actual values", rows, self.actual.len())?;
        for origin in &self.origins {
            let steps = origin.point.len();
            // Steps beyond the last row were not backtested.
            let within = rows.saturating_sub(origin.first);
            if steps > within {
                unless("steps of an origin", within, steps)?;
            }
            unless("baselines of an origin", baselines, origin.baselines.len())?;
            for baseline in &origin.baselines {
                unless("steps of a baseline", steps, baseline.len())?;
            }
            if levels > 0 {
                unless("steps with quantiles", steps, origin.quantiles.len())?;
                for quantiles in &origin.quantiles {
                    unless("quantiles of a step", levels, quantiles.len())?;
                }
            }
        }
        Ok(())
    }
}

impl BacktestPicture {
    /// The page as an HTML document that works without a network, and without a script too.
    ///
    /// # Errors
    /// No series, no scores, lists that do not fit together, levels that do not rise from 0 to 1.
    pub fn html(&self) -> Result<String, ForecastPageError> {
        let fan = Fan::of(&self.levels)?;
        if self.series.is_empty() {
            return Err(ForecastPageError::Empty("a series"));
        }
        if self.scores.is_empty() {
            return Err(ForecastPageError::Empty("a score"));
        }
        let channels = parts::has_channels(self.series.iter().map(|one| one.channel.as_str()));
        let names = self.series.iter();
        let names = names.map(|one| parts::name(&one.name, &one.channel, channels));
        let names: Vec<String> = names.collect();
        for (series, name) in self.series.iter().zip(&names) {
            series.check(name, self.levels.len(), self.baselines.len())?;
        }
        if let Some(errors) = &self.errors {
            errors.check()?;
        }
        let times = self.series.iter().flat_map(|one| &one.times);
        let clock = Clock::of(self.time_format, times.copied());
        let mut figures = Figures::new(Language::English);
        let mut sections = vec![Section::new(
            "scores",
            "Scores",
            scores(&self.scores, self.interval),
        )];
        if let Some(errors) = &self.errors {
            sections.push(Section::new(
                "steps",
                "Error by step",
                step_errors(errors, &mut figures),
            ));
        }
        let (shown, left_out) = names.split_at(parts::drawn(names.len()));
        let bodies = self.series.iter().zip(shown).map(|(series, name)| {
            let chart = chart(self, series, name, clock, &fan);
            (name.clone(), figures.show(chart.as_ref()))
        });
        let bodies: Vec<(String, Markup)> = bodies.collect();
        let body = html! { (parts::left_out(left_out)) (parts::parts(&bodies)) };
        sections.push(Section::new(
            "forecasts",
            "Forecasts and actual values",
            body,
        ));
        let opening = html! { @for sentence in &self.subject { p { (sentence) } } };
        let language = Language::English;
        Ok(shell::document(
            language,
            &self.title,
            &opening,
            &sections,
            &figures,
        ))
    }
}

fn step_errors(errors: &StepErrors, figures: &mut Figures) -> Markup {
    let chart = errors.chart(|method| FORECAST + method);
    let (heads, rows) = errors.numbers();
    html! {
        (figures.show(chart.as_ref()))
        @if chart.is_some() {
            (Tables::default().show(&format!("{} by step of the horizon", errors.measure), &heads, &rows))
        }
    }
}
