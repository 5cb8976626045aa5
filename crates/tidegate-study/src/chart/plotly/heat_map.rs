//! A heat map as a figure of plotly.js.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::drawing::shortened;
use super::super::heat_map::HeatMap;
use super::super::layout::TEXT;
use super::super::painter::text_width;
use super::super::palette::hex;
use super::escaped;

/// Pixels that the names of a heat map's rows take on the page at most: a telephone has few.
const NAME_ROOM: f64 = 110.0;

/// Plotly writes titles of axes larger than their marks.
const AXIS_TITLE: f64 = 1.2 * TEXT;

/// Pixels of a row with a name.
const NAME_HEIGHT: f64 = 15.0;

/// Steps up to which an axis would be marked between them.
const FEW_STEPS: usize = 24;

/// Pixels that the longest of these names takes beside a heat map on the page, shortened if it has to be.
pub(crate) fn name_width<'a>(names: impl Iterator<Item = &'a str>) -> f64 {
    let widths = names.map(|name| text_width(&shortened(name, NAME_ROOM), TEXT));
    widths.fold(0.0, f64::max)
}

/// Traces and layout.
pub(super) fn figure(map: &HeatMap) -> (Vec<Value>, Value) {
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
    let title = match text_width(&map.value, AXIS_TITLE) <= plot_height as f64 {
        true => escaped(&map.value),
        false => String::new(),
    };
    let upright = shortened(&map.y, (plot_height + 8) as f64 * TEXT / AXIS_TITLE);
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
    let mut y = json!({"title": {"text": escaped(&upright), "standoff": 4}, "autorange": "reversed",
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

#[cfg(test)]
mod tests {
    use super::super::super::{Body, examples};
    use super::*;

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
}
