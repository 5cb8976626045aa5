//! A chart as a figure of plotly.js. Colours of text, axes and ground are the page's.

mod heat_map;
mod lines;

use serde_json::{Value, json};
use tidegate_data::TimePrecision;

use super::axis::{Axis, Scale};
use super::number::short_number;
use super::palette::{hex, look};
use super::ticks::Ticks;
use super::{Bars, Body, Chart};

pub(crate) use heat_map::name_width;

impl Chart {
    /// `{data, layout}` for `Plotly.newPlot`. Names are escaped: plotly reads some markup in text.
    #[must_use]
    pub fn plotly(&self) -> Value {
        let (data, mut layout) = match &self.body {
            Body::Lines(lines) => lines::figure(lines),
            Body::Bars(bars) => of_bars(bars),
            Body::HeatMap(map) => heat_map::figure(map),
        };
        layout["legend"] = json!({"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"});
        layout["margin"] = json!({"l": 10, "r": 10, "t": 10, "b": 10, "pad": 0});
        layout["showlegend"] = json!(!self.legend().is_empty());
        layout["paper_bgcolor"] = json!("rgba(0,0,0,0)");
        layout["plot_bgcolor"] = json!("rgba(0,0,0,0)");
        json!({"data": data, "layout": layout})
    }
}

fn of_bars(bars: &Bars) -> (Vec<Value>, Value) {
    let groups: Vec<String> = bars.groups.iter().map(|group| broken(group)).collect();
    let series = bars.series.iter().map(|series| {
        let look = look(series.look);
        let values = |value: &dyn Fn(&super::Bar) -> f64| -> Vec<Option<f64>> {
            series
                .bars
                .iter()
                .map(|bar| bar.as_ref().map(value))
                .collect()
        };
        let ends = |end: fn(f64, [f64; 2]) -> f64| -> Vec<Option<f64>> {
            let length = |bar: &super::Bar| Some(end(bar.value, bar.interval?));
            series
                .bars
                .iter()
                .map(|bar| bar.as_ref().and_then(length))
                .collect()
        };
        let above = ends(|value, interval| interval[1] - value);
        let below = ends(|value, interval| value - interval[0]);
        // An error bar of no length would still have its ends drawn.
        let has_intervals = above.iter().any(Option::is_some);
        let text: Vec<String> = series
            .bars
            .iter()
            .map(|bar| bar.map_or(String::new(), |bar| in_words(bar.value, bar.interval)))
            .collect();
        json!({
            "type": "bar", "name": escaped(&series.name), "x": groups,
            "y": values(&|bar| bar.value), "hovertext": text, "hoverinfo": "name+text",
            "error_y": {"type": "data", "visible": has_intervals, "symmetric": false, "array": above, "arrayminus": below,
                "color": "#888888"},
            "marker": {"color": hex(look.colour), "pattern": {"shape": look.pattern, "size": 7,
                "solidity": 0.2, "fillmode": "overlay", "fgcolor": "#ffffff", "fgopacity": 0.6}},
        })
    });
    let layout = json!({
        "barmode": "group", "xaxis": {"type": "category", "automargin": true},
        "yaxis": axis(&bars.value, bars.heights()),
    });
    (series.collect(), layout)
}

/// An axis; a logarithmic one is marked as in a picture.
fn axis(axis: &Axis, values: impl Iterator<Item = f64>) -> Value {
    let mut figure = json!({
        "title": {"text": escaped(&axis.label())}, "automargin": true,
        "type": match axis.scale {
            Scale::Linear | Scale::Whole => "linear",
            Scale::Time(_) => "date",
            Scale::Log2 | Scale::Log10 => "log",
        },
    });
    match axis.scale {
        Scale::Linear => {}
        Scale::Time(precision) => {
            figure["hoverformat"] = json!(time_format(precision));
            figure["tickformatstops"] = tick_formats(precision);
            // Marks between the days, months or years of the data would be written like those.
            let (low, high) = values
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                    (low.min(value), high.max(value))
                });
            if let Some((step, length)) = whole_step(precision)
                && high - low < 8.0 * length
            {
                figure["tick0"] = json!("2000-01-01");
                figure["dtick"] = step;
            }
        }
        Scale::Whole | Scale::Log2 | Scale::Log10 => {
            let ticks = Ticks::over(axis.scale, values, 8, false);
            let (marks, texts): (Vec<f64>, Vec<String>) = ticks.marks.into_iter().unzip();
            figure["tickvals"] = json!(marks);
            figure["ticktext"] = json!(texts);
        }
    }
    figure
}

/// The distance of marks that are as far apart as a precision tells times apart: as plotly has it, and in microseconds.
fn whole_step(precision: TimePrecision) -> Option<(Value, f64)> {
    const DAY: f64 = 86_400e6;
    match precision {
        TimePrecision::Year => Some((json!("M12"), 366.0 * DAY)),
        TimePrecision::Month => Some((json!("M1"), 31.0 * DAY)),
        TimePrecision::Day => Some((json!(86_400_000), DAY)),
        _ => None,
    }
}

/// As d3-time-format writes it.
fn time_format(precision: TimePrecision) -> &'static str {
    match precision {
        TimePrecision::Year => "%Y",
        TimePrecision::Month => "%Y-%m",
        TimePrecision::Day => "%Y-%m-%d",
        TimePrecision::Minute => "%Y-%m-%d %H:%M",
        TimePrecision::Second => "%Y-%m-%d %H:%M:%S",
        TimePrecision::Microsecond => "%Y-%m-%d %H:%M:%S.%f",
    }
}

/// How marks are written that are so many milliseconds or months apart: never finer than the times are.
fn tick_formats(precision: TimePrecision) -> Value {
    let written = |format: &'static str, least: TimePrecision| match precision {
        precision if precision < least => time_format(precision),
        _ => format,
    };
    json!([
        {"dtickrange": [null, 999], "value": written("%H:%M:%S.%f\n%Y-%m-%d", TimePrecision::Microsecond)},
        {"dtickrange": [1_000, 59_999], "value": written("%H:%M:%S\n%Y-%m-%d", TimePrecision::Second)},
        {"dtickrange": [60_000, 86_399_999], "value": written("%H:%M\n%Y-%m-%d", TimePrecision::Minute)},
        {"dtickrange": [86_400_000, 2_419_200_000_i64], "value": written("%Y-%m-%d", TimePrecision::Day)},
        {"dtickrange": ["M1", "M11"], "value": written("%Y-%m", TimePrecision::Month)},
        {"dtickrange": ["M12", null], "value": "%Y"},
    ])
}

fn in_words(value: f64, interval: Option<[f64; 2]>) -> String {
    match interval {
        Some([low, high]) => format!(
            "{} [{}, {}]",
            short_number(value),
            short_number(low),
            short_number(high)
        ),
        None => short_number(value),
    }
}

/// Plotly reads `<b>`, `<a href>` and the like in text, and `%{…}` in templates.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace("%{", "%\u{200b}{")
}

/// A long group's name in lines.
fn broken(group: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in group.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 22 => {
                line.push(' ');
                line.push_str(&escaped(word));
            }
            _ => lines.push(escaped(word)),
        }
    }
    lines.join("<br>")
}

#[cfg(test)]
mod tests {
    use super::super::examples;
    use super::*;

    #[test]
    fn every_line_has_a_band_and_stays_in_its_legend_group() {
        let figure = examples::lines().plotly();
        let data = figure["data"].as_array().unwrap();
        assert_eq!(data.len(), 6);
        assert_eq!(data[0]["fill"], "toself");
        assert_eq!(data[0]["x"].as_array().unwrap().len(), 12);
        assert_eq!(data[3]["name"], "GRU");
        assert_eq!(data[3]["legendgroup"], data[0]["legendgroup"]);
        assert_eq!(data[5]["name"], "RNN &lt;&amp;&gt;");
        assert_eq!(figure["layout"]["xaxis"]["type"], "log");
        assert_eq!(figure["layout"]["xaxis"]["tickvals"][0], 25.0);
    }

    #[test]
    fn bars_that_were_not_measured_are_null() {
        let figure = examples::bars().plotly();
        assert_eq!(figure["data"][1]["y"], json!([2.0, null]));
        let above = figure["data"][0]["error_y"]["array"][0].as_f64().unwrap();
        assert!((above - 0.3).abs() < 1e-12);
    }
}
