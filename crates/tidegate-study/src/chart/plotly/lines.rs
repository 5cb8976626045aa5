//! Lines with bands as traces of plotly.js.

use serde_json::{Value, json};

use super::super::axis::Scale;
use super::super::line::{BandPiece, Line, Lines};
use super::super::number::short_number;
use super::super::palette::{hex, look};
use super::{axis, escaped, in_words};

pub(super) fn figure(lines: &Lines) -> (Vec<Value>, Value) {
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
fn band(line: &Line, pieces: &[BandPiece], scale: Scale, group: usize) -> Option<Value> {
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
