//! A drawing of the cell, whose parts are lit by the values that a trained model had.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::cell_movie::{CellMovie, Part};
use super::input_strip;
use super::language::Language;
use super::shell::script_json;

/// A box with a name: a gate, the candidate or a state.
struct Place {
    part: &'static str,
    symbol: &'static str,
    /// Middle of the box.
    x: i32,
    y: i32,
    /// Whether the name stands below the box and not in it: for the states at both ends.
    is_end: bool,
}

const fn place(part: &'static str, symbol: &'static str, x: i32, y: i32, is_end: bool) -> Place {
    Place {
        part,
        symbol,
        x,
        y,
        is_end,
    }
}

/// A cell as boxes, operations and wires.
struct Drawing {
    places: &'static [Place],
    /// Signs in circles, with their middles.
    operations: &'static [(&'static str, i32, i32)],
    wires: &'static [&'static str],
}

const GRU: Drawing = Drawing {
    places: &[
        place("previous", "h", 52, 70, true),
        place("reset_gate", "r", 170, 250, false),
        place("update_gate", "z", 320, 250, false),
        place("candidate", "n", 480, 250, false),
        place("hidden", "h", 668, 70, true),
        place("input", "x", 52, 350, true),
    ],
    operations: &[
        ("⊙", 170, 140),
        ("⊙", 320, 70),
        ("1−", 480, 185),
        ("⊙", 590, 185),
        ("+", 590, 70),
    ],
    wires: &[
        // The state along the top.
        "M78 70H306",
        "M334 70H576",
        "M604 70H642",
        // The state down to the gates, and to the reset product.
        "M110 70V310H310V275",
        "M160 310V275",
        "M170 70V126",
        // The input to the gates and the candidate.
        "M78 350H480V275",
        "M180 350V275",
        "M330 350V275",
        // The gates.
        "M170 225V154",
        "M320 225V84",
        "M320 185H466",
        "M494 185H576",
        // The reset state to the candidate, the candidate to the sum.
        "M184 140H425V235H440",
        "M520 250H590V199",
        "M590 171V84",
    ],
};

const LSTM: Drawing = Drawing {
    places: &[
        place("previous_cell", "c", 52, 70, true),
        place("previous", "h", 52, 310, true),
        place("forget_gate", "f", 170, 230, false),
        place("input_gate", "i", 290, 230, false),
        place("candidate", "g", 410, 230, false),
        place("output_gate", "o", 530, 230, false),
        place("cell", "c", 668, 70, true),
        place("hidden", "h", 668, 310, true),
        place("input", "x", 52, 370, true),
    ],
    operations: &[
        ("⊙", 170, 70),
        ("+", 350, 70),
        ("⊙", 350, 150),
        ("tanh", 590, 110),
        ("⊙", 590, 180),
    ],
    wires: &[
        "M78 70H156",
        "M184 70H336",
        "M364 70H642",
        "M590 70V92",
        "M170 205V84",
        "M290 205V150H336",
        "M410 205V150H364",
        "M350 136V84",
        "M78 310H520V255",
        "M160 310V255",
        "M280 310V255",
        "M400 310V255",
        "M78 370H540V255",
        "M180 370V255",
        "M300 370V255",
        "M420 370V255",
        "M530 205V180H576",
        "M590 128V166",
        "M590 194V310H642",
    ],
};

pub(crate) fn markup(movie: Option<&CellMovie>, language: Language) -> Markup {
    let texts = language.texts();
    let movie = movie.filter(|movie| movie.is_lstm() || movie.is_gru());
    let is_lstm = movie.is_some_and(CellMovie::is_lstm);
    let drawing = if is_lstm { &LSTM } else { &GRU };
    // Where nothing moves, the middle of the sequence is shown.
    let step = movie.map_or(0, |movie| movie.steps / 2);
    let title = if is_lstm { "LSTM" } else { "GRU" };
    html! {
        @if !is_lstm { p { (texts.keeps) } }
        @if let Some(movie) = movie {
            p { (texts.drawing_how) } p { (movie.caption) }
        } @else { p.missing { (texts.no_movie) } }
        div #cell data-step=(step) {
            svg.cell viewBox="0 0 720 400" role="img" aria-label=(title) {
                @for wire in drawing.wires { path.wire d=(wire) {} }
                @for (sign, x, y) in drawing.operations {
                    g.operation {
                        @if *sign == "tanh" {
                            rect x=(x - 24) y=(y - 15) width="48" height="30" rx="15" {}
                        } @else { circle cx=(x) cy=(y) r="14" {} }
                        text x=(x) y=(y + 5) { (sign) }
                    }
                }
                @for place in drawing.places { (boxed(place, movie, step, language, is_lstm)) }
            }
            @if let Some(movie) = movie {
                (controls(movie, step, language))
                (input_strip::markup(movie, step, language))
                script #movie type="application/json" {
                    (maud::PreEscaped(script_json(&json(movie, language))))
                }
            }
        }
    }
}

fn boxed(
    place: &Place,
    movie: Option<&CellMovie>,
    step: usize,
    language: Language,
    is_lstm: bool,
) -> Markup {
    let (source, shift, index) = match place.part {
        "previous" => ("hidden", 1, "t−1"),
        "previous_cell" => ("cell", 1, "t−1"),
        part => (part, 0, "t"),
    };
    let name = match source {
        "input" => language.texts().input,
        source => language.part(source, is_lstm),
    };
    let value = movie.and_then(|movie| {
        let part = movie.part(source)?;
        // Before the first step, the state is zero.
        Some(step.checked_sub(shift).map_or(0.0, |step| part.mean[step]))
    });
    let (half_width, half_height) = if place.is_end { (26, 22) } else { (40, 25) };
    // At both ends, the name stands beyond the box.
    let below = if place.is_end {
        place.y + half_height + 16
    } else {
        place.y + 44
    };
    let is_gate = source.ends_with("_gate");
    html! {
        g.part data-part=(source) data-shift=(shift) data-gate[is_gate] {
            rect.lit x=(place.x - half_width) y=(place.y - half_height) width=(2 * half_width)
                height=(2 * half_height) rx="6"
                style=[value.map(|value| format!("--lit:{}", value.clamp(0.0, 1.0)))] {}
            text.symbol x=(place.x) y=(place.y - 3) {
                (place.symbol) tspan.index dy="4" { (index) }
            }
            text.value x=(place.x) y=(place.y + 17) {
                @if let Some(value) = value { (format!("{value:.2}")) }
            }
            @if place.is_end {
                text.name x=(place.x) y=(below) { (name) }
            } @else {
                text.name.beside x=(place.x + half_width) y=(place.y + half_height + 15) { (name) }
            }
        }
    }
}

fn controls(movie: &CellMovie, step: usize, language: Language) -> Markup {
    let texts = language.texts();
    html! {
        div.controls {
            button #play type="button" data-play=(texts.play) data-pause=(texts.pause) { (texts.play) }
            label {
                (texts.step) " " output #step-number for="step" { (step + 1) } " / " (movie.steps)
                input #step type="range" min="0" max=(movie.steps - 1) value=(step);
            }
            label {
                (texts.shown) " "
                select #unit {
                    option value="mean" { (texts.mean) }
                    @for unit in 0..movie.units { option value=(unit) { (texts.unit) " " (unit) } }
                }
            }
        }
    }
}

fn json(movie: &CellMovie, language: Language) -> Value {
    let rounded = |values: &[f32]| -> Vec<f64> {
        values
            .iter()
            .map(|&value| (f64::from(value) * 1000.0).round() / 1000.0)
            .collect()
    };
    let part = |part: &Part| {
        json!({
            "name": part.name, "label": language.part(part.name, movie.is_lstm()),
            "mean": rounded(&part.mean), "values": rounded(&part.values),
        })
    };
    json!({
        "steps": movie.steps, "units": movie.units,
        "parts": movie.parts.iter().map(part).collect::<Vec<_>>(),
        "features": movie.input.names.len(), "input": rounded(&movie.input.values),
    })
}
