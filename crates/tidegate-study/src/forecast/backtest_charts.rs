//! The chart of a backtest: the actual values, and the forecasts of each origin.

use super::clock::Clock;
use super::fan::{Fan, point};
use super::forecast_picture::{ACTUAL, FORECAST};
use super::{BacktestPicture, BacktestSeries, OriginForecast, parts};
use crate::chart::{Axis, Chart, Line, Lines, Scale};

/// The actual values, what the model forecast with its bands, and the baselines for who asks for them.
pub(super) fn chart(
    picture: &BacktestPicture,
    series: &BacktestSeries,
    name: &str,
    clock: Clock,
    fan: &Fan<'_>,
) -> Option<Chart> {
    let rows = series.times.len();
    let first = rows.saturating_sub(parts::rows_each(picture.series.len()));
    let origins = apart(&series.origins, first);
    let past = series.times.iter().zip(&series.actual).skip(first);
    let actual = Line {
        name: "actual".to_owned(),
        look: ACTUAL,
        points: past.map(|(&time, &value)| point(time, value)).collect(),
        ..Line::default()
    };
    let mut model = line(series, &origins, &picture.model, FORECAST, |origin| {
        &origin.point
    });
    model.bands = fan.bands();
    for origin in &origins {
        for step in 0..origin.point.len() {
            let quantiles = origin.quantiles.get(step);
            fan.add(quantiles.map(Vec::as_slice), &mut model.bands);
        }
        fan.add(None, &mut model.bands);
    }
    let baselines = picture
        .baselines
        .iter()
        .enumerate()
        .map(|(index, name)| Line {
            on_request: true,
            ..line(series, &origins, name, FORECAST + 1 + index, |origin| {
                &origin.baselines[index]
            })
        });
    let lines = Lines {
        x: clock.axis(),
        y: Axis::new(parts::axis_name(&series.channel), Scale::Linear),
        series: [actual, model].into_iter().chain(baselines).collect(),
        guides: Vec::new(),
    };
    let words = in_words(series, &origins, first, clock, fan);
    Chart::lines(name, words, lines)
}

/// The origins whose steps do not overlap, from the last one backwards.
fn apart(origins: &[OriginForecast], first: usize) -> Vec<&OriginForecast> {
    let mut kept: Vec<&OriginForecast> = Vec::new();
    for origin in origins.iter().rev().filter(|origin| origin.first >= first) {
        let end = origin.first + origin.point.len();
        if kept.last().is_none_or(|after| end <= after.first) {
            kept.push(origin);
        }
    }
    kept.reverse();
    kept
}

/// A method's forecasts, with a break after each origin.
fn line(
    series: &BacktestSeries,
    origins: &[&OriginForecast],
    name: &str,
    look: usize,
    values: impl Fn(&OriginForecast) -> &[f64],
) -> Line {
    let mut points = Vec::new();
    for origin in origins {
        let times = series.times[origin.first..].iter();
        let steps = times.zip(values(origin));
        points.extend(steps.map(|(&time, &value)| point(time, Some(value))));
        points.push(point(series.times[origin.first], None));
    }
    Line {
        name: name.to_owned(),
        look,
        points,
        ..Line::default()
    }
}

fn in_words(
    series: &BacktestSeries,
    drawn: &[&OriginForecast],
    first: usize,
    clock: Clock,
    fan: &Fan<'_>,
) -> String {
    let mut words = match (drawn.len(), series.origins.len()) {
        (_, 0) => "There is no forecast of this series.".to_owned(),
        (1, 1) => "The forecast of one origin.".to_owned(),
        (drawn, all) if drawn == all => format!("The forecasts of all {all} origins."),
        (drawn, all) => {
            format!("Of {all} origins, the forecasts of {drawn} that do not overlap are drawn.")
        }
    };
    if let (true, Some(&time)) = (first > 0, series.times.get(first)) {
        words.push_str(&format!(
            " What was before {} is left out.",
            clock.text(time)
        ));
    }
    format!("{words} {}", fan.in_words()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forecasts_that_overlap_are_drawn_once_and_the_last_one_always() {
        let origin = |first: usize| OriginForecast {
            first,
            point: vec![0.0; 4],
            quantiles: Vec::new(),
            baselines: Vec::new(),
        };
        let origins: Vec<OriginForecast> = (0..10).map(origin).collect();
        let firsts = |from| -> Vec<usize> {
            let kept = apart(&origins, from);
            kept.iter().map(|origin| origin.first).collect()
        };
        assert_eq!(firsts(0), [1, 5, 9]);
        assert_eq!(firsts(2), [5, 9]);
    }
}
