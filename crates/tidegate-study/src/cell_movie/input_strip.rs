//! The input over time, and below it what the parts did, under one cursor.

use std::fmt::Write as _;

use maud::{Markup, html};
use tidegate_data::Inputs;

use super::film::LOWEST_PITCH;
use super::{CellMovie, words};
use crate::language::Language;

/// Where the first step begins and the last one ends.
const SIDES: [f32; 2] = [34.0, 356.0];
/// Height of a feature's row, and of a part's.
const ROW: f32 = 30.0;
/// Height of the input where each feature has a line of a few pixels only.
const ROLL: f32 = 84.0;
/// Features that have a row each.
const ROWS: usize = 4;
/// Shades of a value in the roll.
const SHADES: usize = 4;

/// Gates and states in the order shown, with their symbols.
const PARTS: [(&str, &str); 8] = [
    ("reset_gate", "r"),
    ("update_gate", "z"),
    ("input_gate", "i"),
    ("forget_gate", "f"),
    ("output_gate", "o"),
    ("candidate", "n"),
    ("cell", "c"),
    ("hidden", "h"),
];

pub(super) fn strip(movie: &CellMovie, language: Language) -> Markup {
    let steps = movie.shown_steps();
    let (input, input_height) = input(&movie.inputs, steps);
    let parts: Vec<(&str, &str)> = shown_parts(movie).collect();
    let height = input_height + ROW * parts.len() as f32;
    let [left, right] = SIDES;
    html! {
        svg class="strip" viewBox=(format!("0 0 360 {height}")) role="img"
            aria-label=(words::controls(language).input)
            data-left=(left) data-right=(right) {
            rect class="cursor" y="0" height=(height) x=(left) width=(width(steps).max(1.0)) {}
            (input)
            @if movie.scene.pitches && input_height == ROLL { (pitches(&movie.inputs)) }
            @for (index, (name, symbol)) in parts.iter().enumerate() {
                @let top = input_height + ROW * index as f32;
                line class="rule" x1=(left) x2=(right) y1=(top) y2=(top) {}
                text class="symbol" x="16" y=(top + ROW / 2.0 + 4.0) { (symbol) }
                path class="trace" data-trace=(name) data-top=(top + 3.0) data-bottom=(top + ROW - 3.0) {}
            }
        }
    }
}

/// The parts of a cell that are shown over time, with their symbols. Of a plain recurrent cell, the candidate is the new
/// hidden state itself.
pub(super) fn shown_parts(movie: &CellMovie) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_lstm = movie.part("cell").is_some();
    let is_plain = movie.parts.len() == 2;
    PARTS
        .into_iter()
        .filter(move |(name, _)| movie.part(name).is_some() && !(is_plain && *name == "candidate"))
        .map(move |(name, symbol)| {
            (
                name,
                if is_lstm && symbol == "n" {
                    "g"
                } else {
                    symbol
                },
            )
        })
}

/// The lowest pitch at the bottom of the roll and the highest at its top.
fn pitches(inputs: &Inputs) -> Markup {
    let highest = match inputs {
        Inputs::Features { size, .. } => LOWEST_PITCH + size - 1,
        Inputs::Tokens(_) => return html! {},
    };
    html! {
        text class="index" x="16" y="12" { (highest) }
        text class="index" x="16" y=(ROLL - 4.0) { (LOWEST_PITCH) }
    }
}

fn width(steps: usize) -> f32 {
    (SIDES[1] - SIDES[0]) / steps as f32
}

/// The drawing and its height.
fn input(inputs: &Inputs, steps: usize) -> (Markup, f32) {
    match inputs {
        Inputs::Features { size, values } if *size <= ROWS => {
            let rows = (0..*size).map(|feature| {
                let values = values.chunks_exact(*size).take(steps);
                row(
                    feature,
                    *size,
                    &values.map(|row| row[feature]).collect::<Vec<_>>(),
                )
            });
            let rows: Vec<Markup> = rows.collect();
            (html! { @for row in &rows { (row) } }, ROW * *size as f32)
        }
        Inputs::Features { size, values } => {
            let values = &values[..steps * size];
            let largest = values
                .iter()
                .fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
            let cells = values
                .iter()
                .enumerate()
                .map(|(index, value)| (index / size, index % size, value.abs() / largest));
            (roll(*size, steps, cells), ROLL)
        }
        Inputs::Tokens(tokens) => {
            let tokens = &tokens[..steps];
            let kinds = tokens.iter().max().map_or(1, |most| *most as usize + 1);
            let cells = tokens.iter().enumerate();
            let cells = cells.map(|(step, token)| (step, *token as usize, 1.0));
            (roll(kinds, steps, cells), ROLL)
        }
    }
}

/// A feature as bars from zero.
fn row(feature: usize, size: usize, values: &[f32]) -> Markup {
    let low = values.iter().copied().fold(0.0_f32, f32::min);
    let high = values.iter().copied().fold(0.0_f32, f32::max);
    let range = (high - low).max(f32::MIN_POSITIVE);
    let top = ROW * feature as f32;
    let y = |value: f32| top + 3.0 + (ROW - 6.0) * (high - value) / range;
    let mut bars = String::new();
    for (step, &value) in values.iter().enumerate() {
        let x = SIDES[0] + (step as f32 + 0.5) * width(values.len());
        // A string takes whatever is written to it.
        let _ = write!(bars, "M{x:.1} {:.1}V{:.1}", y(0.0), y(value));
    }
    let thickness = (0.7 * width(values.len())).min(5.0);
    html! {
        line class="rule" x1=(SIDES[0]) x2=(SIDES[1]) y1=(y(0.0)) y2=(y(0.0)) {}
        text class="symbol" x="16" y=(top + ROW / 2.0 + 4.0) {
            "x" @if size > 1 { tspan class="index" dy="4" { (feature + 1) } }
        }
        path class="input" d=(bars) style=(format!("stroke-width:{thickness:.2}")) {}
    }
}

/// Many features as rows of marks, the first at the bottom; a mark is as opaque as its value is large.
fn roll(rows: usize, steps: usize, cells: impl Iterator<Item = (usize, usize, f32)>) -> Markup {
    let height = (ROLL - 6.0) / rows as f32;
    let mut shades = vec![String::new(); SHADES];
    for (step, row, level) in cells {
        let shade = (level * SHADES as f32).ceil() as usize;
        if let Some(shade) = shade.checked_sub(1).and_then(|index| shades.get_mut(index)) {
            let x = SIDES[0] + step as f32 * width(steps);
            let y = ROLL - 3.0 - (row as f32 + 0.5) * height;
            let _ = write!(shade, "M{x:.1} {y:.1}h{:.1}", width(steps));
        }
    }
    html! {
        text class="symbol" x="16" y=(ROLL / 2.0) { "x" }
        @for (index, marks) in shades.iter().enumerate() {
            @if !marks.is_empty() {
                path class="input" d=(marks)
                    style=(format!("stroke-width:{:.2};stroke-opacity:{:.2}", height.clamp(1.2, 8.0), (index + 1) as f32 / SHADES as f32)) {}
            }
        }
    }
}
