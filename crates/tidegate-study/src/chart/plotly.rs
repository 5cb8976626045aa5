//! A chart as a figure of plotly.js. Colours of text, axes and ground are the page's.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::axis::{Axis, Scale};
use super::drawing::shortened;
use super::heat_map::HeatMap;
use super::layout::TEXT;
use super::number::short_number;
use super::painter::text_width;
use super::palette::{hex, look};
use super::ticks::Ticks;
use super::{Bars, Body, Chart, Lines};

/// Pixels that the names of a heat map's rows take on the page at most: a telephone has few.
const NAME_ROOM: f64 = 110.0;

/// Pixels of a row with a name.
const NAME_HEIGHT: f64 = 15.0;

/// Steps up to which an axis would be marked between them.
const FEW_STEPS: usize = 24;

/// Pixels that the longest of these names takes beside a heat map on the page, shortened if it has to be.
pub(crate) fn name_width<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    let widths = names.map(|name| text_width(&shortened(name, NAME_ROOM), TEXT));
    widths.fold(0.0, f64::max)
}

impl Chart {
    /// `{data, layout}` for `Plotly.newPlot`. Names are escaped: plotly reads some markup in text.
    #[must_use]
    pub fn plotly(&self) -> Value {
        let (data, mut layout) = match &self.body {
            Body::Lines(lines) => of_lines(lines),
            Body::Bars(bars) => of_bars(bars),
            Body::HeatMap(map) => of_heat_map(map),
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
        let colour = look(line.look).colour;
        let [red, green, blue] = colour;
        for piece in line.points.split(|point| point.interval.is_none()) {
            let low = piece.iter().filter_map(|p| Some((p.x, p.interval?[0])));
            let high = piece.iter().filter_map(|p| Some((p.x, p.interval?[1])));
            let (x, y): (Vec<f64>, Vec<f64>) = low.chain(high.rev()).unzip();
            if !x.is_empty() {
                data.push(json!({
                    "type": "scatter", "mode": "lines", "x": x, "y": y, "fill": "toself",
                    "fillcolor": format!("rgba({red},{green},{blue},0.18)"),
                    "line": {"width": if piece.len() == 1 { 2 } else { 0 }, "color": hex(colour)},
                    "hoverinfo": "skip", "showlegend": false, "legendgroup": index.to_string(),
                }));
            }
        }
    }
    for (index, line) in lines.series.iter().enumerate() {
        let look = look(line.look);
        let values = |value: fn(&super::Point) -> f64| -> Vec<f64> {
            line.points.iter().map(value).collect()
        };
        let text: Vec<String> = line
            .points
            .iter()
            .map(|point| in_words(point.y, point.interval))
            .collect();
        let has_markers = line.markers || line.points.len() == 1;
        data.push(json!({
            "type": "scatter", "mode": if has_markers { "lines+markers" } else { "lines" },
            "name": escaped(&line.name), "legendgroup": index.to_string(),
            "x": values(|point| point.x), "y": values(|point| point.y), "text": text,
            "hovertemplate": "%{x}: %{text}",
            "line": {"color": hex(look.colour), "width": 2, "dash": look.dash_name},
            "marker": {"symbol": look.marker.name(), "size": 8},
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

fn of_heat_map(map: &HeatMap) -> (Vec<Value>, Value) {
    let [low, high] = map.range();
    let stops = map.stops();
    let last = (stops.len() - 1) as f64;
    let scale: Vec<Value> = stops
        .iter()
        .enumerate()
        .map(|(index, &colour)| json!([index as f64 / last, hex(colour)]))
        .collect();
    let bytes: Vec<u8> = map
        .values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let rows = map.rows();
    let plot_height = (rows * 8).clamp(90, 420);
    let together = map.steps_per_column;
    // The middle of a column, and how far its steps lie around it.
    let half = (together - 1) as f64 / 2.0;
    let step = match together {
        1 => "%{x}".to_owned(),
        _ if together % 2 == 1 => format!("%{{x:.0f}} ± {half}"),
        _ => format!("%{{x:.1f}} ± {half}"),
    };
    // Where there is no room for it, text on hovering and the words above the chart say it.
    let title = match text_width(&map.value, TEXT) <= plot_height as f64 {
        true => escaped(&map.value),
        false => String::new(),
    };
    let mut trace = json!({
        "type": "heatmap", "zmin": low, "zmax": high, "colorscale": scale,
        "x0": map.first_column as f64 + half, "dx": together,
        "z": {"dtype": "f4", "bdata": STANDARD.encode(bytes),
            "shape": format!("{rows}, {}", map.columns)},
        "colorbar": {"title": {"text": title, "side": "right"}, "thickness": 14},
        "hovertemplate": format!(
            "{} {step}<br>{} %{{y}}<br>{} %{{z:.3f}}<extra></extra>",
            escaped(&map.x.title), escaped(&map.y), escaped(&map.value)),
    });
    let mut y = json!({"title": {"text": escaped(&map.y)}, "autorange": "reversed",
        "automargin": true, "showgrid": false});
    if !map.row_labels.is_empty() {
        // Rows with the same name would be one row: what makes them different is not seen.
        let mut seen = HashMap::new();
        let names = map.row_labels.iter().map(|name| {
            let times = seen.entry(name).or_insert(0_usize);
            *times += 1;
            escaped(name) + &"\u{200b}".repeat(*times - 1)
        });
        trace["y"] = names.collect();
        y["type"] = json!("category");
        if map
            .row_labels
            .iter()
            .any(|name| shortened(name, NAME_ROOM) != *name)
        {
            let every = (NAME_HEIGHT * rows as f64 / plot_height as f64)
                .ceil()
                .max(1.0);
            let marked = map.row_labels.iter().enumerate().step_by(every as usize);
            // Text on hovering is that of a mark at the very place of a row. Marks a little beside it leave the whole name
            // there; plotly takes a ten-thousandth of the rows for the same place.
            let beside = 0.01 + 2e-4 * rows as f64;
            let (places, texts): (Vec<f64>, Vec<String>) = marked
                .map(|(row, name)| (row as f64 + beside, escaped(&shortened(name, NAME_ROOM))))
                .unzip();
            y["tickvals"] = json!(places);
            y["ticktext"] = json!(texts);
        }
    }
    let mut x = json!({"title": {"text": escaped(&map.x.label())}, "automargin": true,
        "showgrid": false});
    if map.columns * together <= FEW_STEPS {
        let marks = map.ticks().marks;
        let apart = marks.windows(2).map(|pair| pair[1].0 - pair[0].0);
        x["tick0"] = json!(0);
        x["dtick"] = json!(
            apart
                .fold(f64::INFINITY, f64::min)
                .clamp(1.0, FEW_STEPS as f64)
        );
    }
    (
        vec![trace],
        json!({"xaxis": x, "yaxis": y, "height": plot_height + 80}),
    )
}

/// An axis; a logarithmic one is marked as in a picture.
fn axis(axis: &Axis, values: impl Iterator<Item = f64>) -> Value {
    let mut figure = json!({
        "title": {"text": escaped(&axis.label())}, "automargin": true,
        "type": if axis.scale == Scale::Linear { "linear" } else { "log" },
    });
    if axis.scale != Scale::Linear {
        let ticks = Ticks::over(axis.scale, values, 8, false);
        let (marks, texts): (Vec<f64>, Vec<String>) = ticks.marks.into_iter().unzip();
        figure["tickvals"] = json!(marks);
        figure["ticktext"] = json!(texts);
    }
    figure
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
    fn a_heat_map_travels_as_a_typed_array() {
        let figure = examples::heat_map().plotly();
        let z = &figure["data"][0]["z"];
        assert_eq!((&z["dtype"], &z["shape"]), (&json!("f4"), &json!("12, 40")));
        let bytes = STANDARD.decode(z["bdata"].as_str().unwrap()).unwrap();
        assert_eq!(bytes.len(), 4 * 12 * 40);
        assert_eq!(
            f32::from_le_bytes(bytes[4..8].try_into().unwrap()),
            1.0 / 40.0
        );
    }

    fn changed(change: impl FnOnce(&mut HeatMap)) -> Value {
        let mut chart = examples::heat_map();
        if let Body::HeatMap(map) = &mut chart.body {
            change(map);
        }
        chart.plotly()
    }

    #[test]
    fn columns_of_several_steps_keep_the_axis_in_steps() {
        let figure = changed(|map| {
            map.first_column = 100;
            *map = map.clone().reduced(20);
        });
        let trace = &figure["data"][0];
        assert_eq!((&trace["x0"], &trace["dx"]), (&json!(100.5), &json!(2)));
        let hover = trace["hovertemplate"].as_str().unwrap();
        assert!(hover.starts_with("step %{x:.1f} ± 0.5<br>"), "{hover}");
    }

    #[test]
    fn short_sequences_are_marked_at_whole_steps_only() {
        for columns in 1..=FEW_STEPS {
            let figure = changed(|map| {
                map.values.truncate(12 * columns);
                map.columns = columns;
            });
            let apart = figure["layout"]["xaxis"]["dtick"].as_f64().unwrap();
            assert!(apart >= 1.0 && apart.fract() == 0.0, "{columns}: {apart}");
        }
    }

    #[test]
    fn long_names_of_rows_are_shortened_beside_the_map_and_whole_on_hovering() {
        let name = "outdoor_temperature_celsius_sensor";
        let figure = changed(|map| map.row_labels[0] = name.to_owned());
        let shown = figure["layout"]["yaxis"]["ticktext"][0].as_str().unwrap();
        assert!(
            shown.starts_with("outdoor") && shown.ends_with('…'),
            "{shown}"
        );
        assert_eq!(figure["data"][0]["y"][0], name);
        for name in [name, "실외온도섭씨센서기상관측값측정", "7"] {
            assert!(name_width([name].into_iter()) <= NAME_ROOM, "{name}");
        }
        assert!(name_width(["습도"].into_iter()) > 22.0);
    }

    #[test]
    fn a_title_beside_the_colours_is_left_out_where_it_would_be_cut() {
        let title = |rows: usize| {
            let figure = changed(|map| {
                map.values.truncate(40 * rows);
                map.row_labels.truncate(rows);
                map.value = "from lowest to highest".to_owned();
            });
            figure["data"][0]["colorbar"]["title"]["text"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(title(2), "");
    }

    #[test]
    fn bars_that_were_not_measured_are_null() {
        let figure = examples::bars().plotly();
        assert_eq!(figure["data"][1]["y"], json!([2.0, null]));
        let above = figure["data"][0]["error_y"]["array"][0].as_f64().unwrap();
        assert!((above - 0.3).abs() < 1e-12);
    }
}
