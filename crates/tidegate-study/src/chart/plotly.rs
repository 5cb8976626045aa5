//! A chart as a figure of plotly.js. Colours of text, axes and ground are the page's.

mod heat_map;

use serde_json::{Value, json};
use tidegate_data::TimePrecision;

use super::axis::{Axis, Scale};
use super::number::short_number;
use super::palette::{hex, look};
use super::ticks::Ticks;
use super::{Bars, Body, Chart, Line, Lines};

pub(crate) use heat_map::name_width;

impl Chart {
    /// `{data, layout}` for `Plotly.newPlot`. Names are escaped: plotly reads some markup in text.
    #[must_use]
    pub fn plotly(&self) -> Value {
        let (data, mut layout) = match &self.body {
            Body::Lines(lines) => of_lines(lines),
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

fn of_lines(lines: &Lines) -> (Vec<Value>, Value) {
    let mut data = Vec::new();
    for (index, line) in lines.series.iter().enumerate() {
        for pieces in line.band_pieces() {
            data.extend(band(line, &pieces, lines.x.scale, index));
        }
    }
    for (index, line) in lines.series.iter().enumerate() {
        let look = look(line.look);
        let x: Vec<f64> = line
            .points
            .iter()
            .map(|p| place(p.x, lines.x.scale))
            .collect();
        let y: Vec<f64> = line.points.iter().map(|point| point.y).collect();
        let text: Vec<String> = (0..line.points.len())
            .map(|point| hovered(line, point))
            .collect();
        let sizes = marker_sizes(line);
        let has_markers = sizes.iter().any(|&size| size > 0);
        data.push(json!({
            "type": "scatter", "mode": if has_markers { "lines+markers" } else { "lines" },
            "name": escaped(&line.name), "legendgroup": index.to_string(), "visible": visible(line),
            "x": x, "y": y, "text": text, "connectgaps": false,
            "hovertemplate": "%{x}: %{text}",
            "line": {"color": hex(look.colour), "width": 2, "dash": look.dash_name},
            "marker": {"symbol": look.marker.name(), "size": if line.markers { json!(8) } else { json!(sizes) }},
        }));
    }
    let mut layout = json!({
        "xaxis": axis(&lines.x, lines.places()),
        "yaxis": axis(&lines.y, lines.heights()),
    });
    let guides = lines.guides.iter().map(|guide| {
        json!({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": guide.y, "y1": guide.y,
            "line": {"width": 1, "dash": "dash", "color": "#888888"},
            "label": {"text": escaped(&guide.name), "textposition": "end", "yanchor": "bottom"}})
    });
    layout["shapes"] = guides.collect();
    (data, layout)
}

/// The outline of a band; none where it has no piece.
fn band(line: &Line, pieces: &[Vec<(f64, [f64; 2])>], scale: Scale, group: usize) -> Option<Value> {
    let colour = look(line.look).colour;
    let [red, green, blue] = colour;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for piece in pieces {
        if !x.is_empty() {
            x.push(None);
            y.push(None);
        }
        let low = piece.iter().map(|&(x, [low, _])| (x, low));
        let high = piece.iter().map(|&(x, [_, high])| (x, high));
        for (across, up) in low.chain(high.rev()) {
            x.push(Some(place(across, scale)));
            y.push(Some(up));
        }
    }
    let is_thin = pieces.iter().any(|piece| piece.len() == 1);
    (!pieces.is_empty()).then(|| {
        json!({
            "type": "scatter", "mode": "lines", "x": x, "y": y, "fill": "toself",
            "fillcolor": format!("rgba({red},{green},{blue},{})", line.opacity()),
            "line": {"width": if is_thin { 2 } else { 0 }, "color": hex(colour)},
            "hoverinfo": "skip", "showlegend": false, "legendgroup": group.to_string(), "visible": visible(line),
        })
    })
}

/// Of the markers of its points: one that stands alone is no line, and has one in any case. None where there are no markers.
fn marker_sizes(line: &Line) -> Vec<usize> {
    let is_gap = |index: usize| line.points.get(index).is_none_or(|point| point.y.is_nan());
    let is_alone = |index: usize| {
        !is_gap(index) && index.checked_sub(1).is_none_or(is_gap) && is_gap(index + 1)
    };
    let sizes = (0..line.points.len()).map(|index| match line.markers || is_alone(index) {
        true => 8,
        false => 0,
    });
    let sizes: Vec<usize> = sizes.collect();
    match sizes.iter().all(|&size| size == 0) {
        true => Vec::new(),
        false => sizes,
    }
}

fn visible(line: &Line) -> Value {
    match line.on_request {
        true => json!("legendonly"),
        false => json!(true),
    }
}

/// Plotly counts times in milliseconds.
fn place(value: f64, scale: Scale) -> f64 {
    match scale {
        Scale::Time(_) => value / 1e3,
        _ => value,
    }
}

/// What is said of a point: its height, its interval, and those of the further bands.
fn hovered(line: &Line, index: usize) -> String {
    let point = &line.points[index];
    let mut text = in_words(point.y, point.interval);
    for band in line.bands.iter().rev() {
        if let Some([low, high]) = band.intervals[index] {
            text.push_str(&format!(
                "<br>{}: {} – {}",
                escaped(&band.name),
                short_number(low),
                short_number(high)
            ));
        }
    }
    text
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
