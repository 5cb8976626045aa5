//! The numbers that the page's script reads.

use serde_json::{Map, Value, json};
use tidegate_data::Inputs;

use super::input_strip::shown_parts;
use super::{CellMovie, Scene, words};
use crate::language::Language;

/// Significant digits of a number on the page.
const DIGITS: usize = 3;

/// Features of a step that are written out.
const WRITTEN_FEATURES: usize = 3;

/// The MIDI pitch of the first of music's features.
pub(super) const LOWEST_PITCH: usize = 21;

/// Of every part the mean over all units and the values of the units shown; of every step its input in words; and the names
/// by which those who do not see the drawing hear the values.
pub(super) fn film(movie: &CellMovie, language: Language) -> Value {
    let mut parts = Map::new();
    for part in &movie.parts {
        parts.insert(
            part.name.to_owned(),
            series(movie, part.name.ends_with("_gate"), &part.values),
        );
    }
    for (name, values) in flows(movie) {
        parts.insert(name.to_owned(), series(movie, false, &values));
    }
    let steps = movie.shown_steps();
    let magnitudes: Vec<f32> = (0..steps)
        .map(|step| magnitude(&movie.inputs, step))
        .collect();
    let largest = magnitudes.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let levels = magnitudes.iter().map(|value| rounded(value / largest));
    let spoken = shown_parts(movie).map(|(part, _)| {
        let name = words::part(words::part_of(movie.cell, part), language);
        json!([part, name])
    });
    json!({
        "steps": steps,
        "spoken": spoken.collect::<Vec<_>>(),
        "first": liveliest_step(movie),
        "parts": parts,
        "input": {
            "levels": levels.collect::<Vec<f64>>(),
            "texts": (0..steps).map(|step| in_words(&movie.inputs, movie.scene, step)).collect::<Vec<_>>(),
        },
    })
}

/// What flows into the state: the old state that is kept, and the candidate that is written.
fn flows(movie: &CellMovie) -> Vec<(&'static str, Vec<f32>)> {
    let part = |name| movie.part(name);
    if let (Some(update), Some(candidate), Some(hidden)) =
        (part("update_gate"), part("candidate"), part("hidden"))
    {
        let kept = product(update, &before(hidden, movie.units));
        let open: Vec<f32> = update.iter().map(|value| 1.0 - value).collect();
        return vec![("kept", kept), ("written", product(&open, candidate))];
    }
    if let (Some(input), Some(forget), Some(candidate), Some(cell)) = (
        part("input_gate"),
        part("forget_gate"),
        part("candidate"),
        part("cell"),
    ) {
        let kept = product(forget, &before(cell, movie.units));
        let squashed = cell.iter().map(|value| value.tanh()).collect();
        return vec![
            ("kept", kept),
            ("written", product(input, candidate)),
            ("squashed", squashed),
        ];
    }
    Vec::new()
}

/// The states before each step: zero before the first.
fn before(states: &[f32], units: usize) -> Vec<f32> {
    let mut before = vec![0.0; units];
    before.extend_from_slice(&states[..states.len() - units]);
    before
}

fn product(left: &[f32], right: &[f32]) -> Vec<f32> {
    left.iter()
        .zip(right)
        .map(|(left, right)| left * right)
        .collect()
}

/// Signed values would cancel in the mean over units: of all but gates it is the mean magnitude.
fn series(movie: &CellMovie, gate: bool, values: &[f32]) -> Value {
    let steps = movie.shown_steps();
    let rows = || values.chunks_exact(movie.units).take(steps);
    let mean = rows().map(|row| {
        let sum: f64 = row.iter().map(|value| f64::from(value.abs())).sum();
        rounded(sum as f32 / movie.units as f32)
    });
    let unit = |unit: usize| -> Vec<f64> { rows().map(|row| rounded(row[unit])).collect() };
    let largest = rows()
        .flatten()
        .fold(1.0_f32, |largest, value| largest.max(value.abs()));
    json!({
        "gate": gate,
        "scale": rounded(largest),
        "mean": mean.collect::<Vec<f64>>(),
        "units": (0..movie.shown_units()).map(unit).collect::<Vec<_>>(),
    })
}

/// The step after the first at which the hidden state changes most.
fn liveliest_step(movie: &CellMovie) -> usize {
    let hidden = movie.part("hidden").unwrap_or_default();
    let rows: Vec<&[f32]> = hidden
        .chunks_exact(movie.units)
        .take(movie.shown_steps())
        .collect();
    let change = |pair: &[&[f32]]| -> f32 {
        let both = pair[0].iter().zip(pair[1]);
        both.map(|(before, after)| (after - before).abs()).sum()
    };
    let changes = rows.windows(2).map(change).enumerate();
    let most = changes.max_by(|(_, one), (_, other)| one.total_cmp(other));
    most.map_or(0, |(step, _)| step + 1)
}

fn magnitude(inputs: &Inputs, step: usize) -> f32 {
    match inputs {
        Inputs::Features { size, values } => {
            let row = &values[step * size..(step + 1) * size];
            row.iter()
                .fold(0.0, |largest, value| largest.max(value.abs()))
        }
        Inputs::Tokens(_) => 1.0,
    }
}

fn in_words(inputs: &Inputs, scene: Scene, step: usize) -> String {
    match inputs {
        Inputs::Tokens(tokens) => tokens[step].to_string(),
        Inputs::Features { size, values } => {
            let row = &values[step * size..(step + 1) * size];
            if *size <= WRITTEN_FEATURES {
                let numbers: Vec<String> = row.iter().map(|value| number(*value)).collect();
                return format!("({})", numbers.join(", "));
            }
            // What a vector of zeros and ones says is where its ones are.
            let (sign, first, nothing) = match scene.pitches {
                true => ("MIDI", LOWEST_PITCH, "–"),
                false => ("≠ 0:", 0, "0"),
            };
            let at: Vec<String> = (0..row.len())
                .filter(|&feature| row[feature] != 0.0)
                .map(|feature| (feature + first).to_string())
                .collect();
            match at.len() {
                0 => nothing.to_owned(),
                1..=8 => format!("{sign} {}", at.join(", ")),
                more => format!("{sign} {more} / {size}"),
            }
        }
    }
}

fn number(value: f32) -> String {
    rounded(value).to_string().replace('-', "−")
}

fn rounded(value: f32) -> f64 {
    format!("{value:.*e}", DIGITS - 1)
        .parse()
        .unwrap_or_default()
}
