//! The page of a watched stream: readings, scores, the threshold, alarms, and what was labelled.

use maud::html;
use tidegate_data::TimeFormat;

use super::clock::Clock;
use super::error::ForecastPageError;
use super::fan::point;
use super::forecast_picture::ACTUAL;
use super::parts::{self, Tables};
use crate::chart::{Axis, Chart, Guide, Line, Lines, Point, Scale, look_of_series, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::shell::{self, Section};

/// Points of a line at most: a longer one is thinned, and keeps its lowest and its highest values.
const MOST_POINTS: usize = 6_000;

/// Alarms in the table at most.
const MOST_ALARMS: usize = 1_000;

/// Space between an axis and the edge of the page, equal in all charts.
const LEFT: usize = 76;

/// What a page of a watched stream shows.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectionPicture {
    /// The headline.
    pub title: String,
    /// Sentences below it: which model, how many alarms.
    pub subject: Vec<String>,
    /// How the times are written in the data; none where its readings have none, and are numbered instead.
    pub time_format: Option<TimeFormat>,
    /// Times of the readings: microseconds since 1970, or numbers.
    pub times: Vec<i64>,
    /// The channels, each with its name and one value for each time; none where it is missing.
    pub channels: Vec<(String, Vec<Option<f64>>)>,
    /// One for each time; none where there is none.
    pub scores: Vec<Option<f64>>,
    /// The score from which there is an alarm.
    pub threshold: f64,
    /// The readings, from 0, at which an alarm is raised.
    pub alarms: Vec<usize>,
    /// First and last reading of each labelled window; none where nothing is labelled.
    pub windows: Vec<[usize; 2]>,
}

impl DetectionPicture {
    /// The page as an HTML document that works without a network, and without a script too.
    ///
    /// # Errors
    /// No reading, or lists that do not fit together.
    pub fn html(&self) -> Result<String, ForecastPageError> {
        let rows = self.times.len();
        if rows == 0 {
            return Err(ForecastPageError::Empty("a reading"));
        }
        if self.channels.is_empty() {
            return Err(ForecastPageError::Empty("a channel"));
        }
        for (name, values) in &self.channels {
            ForecastPageError::unless(name, "values", rows, values.len())?;
        }
        ForecastPageError::unless("scores", "scores", rows, self.scores.len())?;
        let places = self.alarms.iter().chain(self.windows.iter().flatten());
        if let Some(&beyond) = places.max().filter(|&&place| place >= rows) {
            ForecastPageError::unless("alarms and windows", "readings", beyond + 1, rows)?;
        }
        let clock = Clock::of(self.time_format, self.times.iter().copied());
        let mut figures = Figures::of_one_axis(Language::English, LEFT, false);
        let (shown, left_out) = self.channels.split_at(parts::drawn(self.channels.len()));
        let charts = html! {
            (figures.show(self.score_chart(clock).as_ref()))
            @for (index, (name, values)) in shown.iter().enumerate() {
                (figures.show(self.channel_chart(clock, index, name, values).as_ref()))
            }
            (parts::left_out(&left_out.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()))
        };
        let sections = [
            Section::new("stream", "Scores and readings", charts),
            Section::new("alarms", "Alarms", self.alarm_table(clock)),
        ];
        let opening = html! { @for sentence in &self.subject { p { (sentence) } } };
        Ok(shell::document(
            Language::English,
            &self.title,
            &opening,
            &sections,
            &figures,
        ))
    }

    fn score_chart(&self, clock: Clock) -> Option<Chart> {
        let lines = Lines {
            x: clock.axis(),
            y: Axis::new("score", Scale::Linear),
            series: self.lines("score", ACTUAL, &self.scores),
            guides: vec![Guide {
                name: format!("threshold {}", short_number(self.threshold)),
                y: self.threshold,
            }],
        };
        let words = format!(
            "The score of each of {} readings, −log₁₀ of the probability of one as unusual. {} raised from the threshold of {} \
             on.{}",
            self.times.len(),
            match self.alarms.len() {
                0 => "No alarm is".to_owned(),
                1 => "1 alarm is".to_owned(),
                alarms => format!("{alarms} alarms are"),
            },
            short_number(self.threshold),
            self.labelled(),
        );
        Chart::lines("Score", words, lines)
    }

    fn channel_chart(
        &self,
        clock: Clock,
        index: usize,
        name: &str,
        values: &[Option<f64>],
    ) -> Option<Chart> {
        let lines = Lines {
            x: clock.axis(),
            y: Axis::new(parts::axis_name(name), Scale::Linear),
            series: self.lines(name, look_of_series(ACTUAL, index), values),
            guides: Vec::new(),
        };
        let words = format!(
            "The readings of {name}, with the alarms.{}",
            self.labelled()
        );
        Chart::lines(name, words, lines)
    }

    fn labelled(&self) -> String {
        match self.windows.len() {
            0 => String::new(),
            1 => " 1 labelled window is shaded.".to_owned(),
            windows => format!(" {windows} labelled windows are shaded."),
        }
    }

    /// A thinned line of values, the labelled windows behind it, and the alarms on it.
    fn lines(&self, name: &str, look: usize, values: &[Option<f64>]) -> Vec<Line> {
        let known = || values.iter().flatten().copied();
        let low = known().fold(f64::INFINITY, f64::min);
        let high = known().fold(f64::NEG_INFINITY, f64::max);
        let mut lines = vec![Line {
            name: name.to_owned(),
            look,
            points: self.thinned(values),
            ..Line::default()
        }];
        if !self.windows.is_empty() && low <= high {
            let corner = |row: usize| Point {
                interval: Some([low, high]),
                ..Point::at(self.times[row] as f64, high)
            };
            let points = self.windows.iter().flat_map(|&[first, last]| {
                let end = Point::at(self.times[last] as f64, f64::NAN);
                [corner(first), corner(last), end]
            });
            lines.push(Line {
                name: "labelled".to_owned(),
                look: 2,
                points: points.collect(),
                ..Line::default()
            });
        }
        if !self.alarms.is_empty() {
            let alarms = self.alarms.iter().flat_map(|&row| {
                let value = values[row].or(known().next());
                [point(self.times[row], value), point(self.times[row], None)]
            });
            lines.push(Line {
                name: "alarm".to_owned(),
                look: 1,
                markers: true,
                points: alarms.collect(),
                ..Line::default()
            });
        }
        lines
    }

    /// Of each stretch of readings the lowest and the highest, in their order; where one is missing, the line breaks.
    fn thinned(&self, values: &[Option<f64>]) -> Vec<Point> {
        let stretch = (2 * values.len()).div_ceil(MOST_POINTS).max(1);
        if stretch <= 2 {
            let all = self.times.iter().zip(values);
            return all.map(|(&time, &value)| point(time, value)).collect();
        }
        let mut points = Vec::with_capacity(MOST_POINTS + 2);
        for (index, part) in values.chunks(stretch).enumerate() {
            let known = || {
                let rows = part.iter().enumerate();
                rows.filter_map(|(row, value)| Some((row, (*value)?)))
            };
            let by_value = |one: &(usize, f64), other: &(usize, f64)| one.1.total_cmp(&other.1);
            let ends = known().min_by(by_value).zip(known().max_by(by_value));
            let mut rows = match ends {
                Some((low, high)) => vec![low.0, high.0],
                None => vec![0],
            };
            rows.sort_unstable();
            rows.dedup();
            for row in rows {
                points.push(point(self.times[index * stretch + row], part[row]));
            }
        }
        points
    }

    fn alarm_table(&self, clock: Clock) -> maud::Markup {
        let heads = [
            clock.title().to_owned(),
            "score".to_owned(),
            "in a labelled window".to_owned(),
        ];
        let width = if self.windows.is_empty() { 2 } else { 3 };
        let is_labelled = |row: usize| {
            self.windows
                .iter()
                .any(|&[first, last]| (first..=last).contains(&row))
        };
        let rows: Vec<Vec<String>> = self
            .alarms
            .iter()
            .take(MOST_ALARMS)
            .map(|&row| {
                let cells = [
                    clock.text(self.times[row]),
                    self.scores[row].map_or_else(String::new, short_number),
                    if is_labelled(row) { "yes" } else { "no" }.to_owned(),
                ];
                cells[..width].to_vec()
            })
            .collect();
        html! {
            @if rows.is_empty() {
                p { "No alarm was raised." }
            } @else {
                (Tables::default().show("Alarms", &heads[..width], &rows))
                @if self.alarms.len() > rows.len() {
                    p.missing { (self.alarms.len() - rows.len()) " further alarms are left out." }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(rows: usize) -> DetectionPicture {
        let values = (0..rows).map(|row| Some((row % 50) as f64));
        let mut values: Vec<Option<f64>> = values.collect();
        values[rows / 2] = Some(900.0);
        DetectionPicture {
            title: "A stream".to_owned(),
            subject: vec!["A model.".to_owned()],
            time_format: None,
            times: (0..rows as i64).collect(),
            channels: vec![("pressure".to_owned(), values.clone())],
            scores: values,
            threshold: 100.0,
            alarms: vec![rows / 2],
            windows: vec![[rows / 2 - 5, rows / 2 + 5]],
        }
    }

    #[test]
    fn a_long_stream_stays_light_and_keeps_its_peaks() {
        let picture = picture(200_000);
        let points = picture.thinned(&picture.scores);
        assert!(points.len() <= MOST_POINTS + 2, "{}", points.len());
        assert!(points.iter().any(|point| point.y == 900.0));
        assert!(points.windows(2).all(|pair| pair[0].x < pair[1].x));
        assert!(picture.html().unwrap().len() < 6 << 20);
    }

    #[test]
    fn the_page_names_the_alarms_and_the_threshold() {
        let html = picture(300).html().unwrap();
        for expected in [
            "threshold 100",
            "1 alarm is raised",
            "1 labelled window",
            "pressure",
        ] {
            assert!(html.contains(expected), "{expected}");
        }
    }

    #[test]
    fn lists_that_do_not_fit_are_refused() {
        let mut short = picture(300);
        short.scores.pop();
        assert!(matches!(
            short.html(),
            Err(ForecastPageError::Length { .. })
        ));
        let mut beyond = picture(300);
        beyond.alarms.push(300);
        assert!(beyond.html().is_err());
        let mut empty = picture(300);
        empty.channels.clear();
        assert!(matches!(empty.html(), Err(ForecastPageError::Empty(_))));
    }
}
