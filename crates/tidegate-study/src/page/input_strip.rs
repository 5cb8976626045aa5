//! What was fed to the cell, under its drawing, with a cursor at the step that is shown.

use maud::{Markup, html};

use super::cell_movie::CellMovie;
use super::language::Language;
use crate::chart::short_number;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 10.0;
const ROW: f64 = 46.0;
/// Features that are drawn as a line each; more are drawn as dots, one row each.
const MOST_LINES: usize = 4;

pub(crate) fn markup(movie: &CellMovie, step: usize, language: Language) -> Markup {
    let features = movie.input.names.len();
    let height = if features <= MOST_LINES {
        ROW * features as f64
    } else {
        120.0
    };
    let across =
        |step: usize| LEFT + (WIDTH - 2.0 * LEFT) * (step as f64 + 0.5) / movie.steps as f64;
    let label = language.texts().input;
    html! {
        svg.strip viewBox=(format!("0 0 {WIDTH} {}", height + 8.0)) role="img" aria-label=(label)
            data-left=(LEFT) data-width=(WIDTH - 2.0 * LEFT) {
            @if features <= MOST_LINES {
                @for feature in 0..features { (line(movie, feature, &across)) }
            } @else {
                (dots(movie, height, &across))
            }
            line #cursor x1=(across(step)) x2=(across(step)) y1="0" y2=(height + 8.0) {}
        }
    }
}

fn line(movie: &CellMovie, feature: usize, across: &dyn Fn(usize) -> f64) -> Markup {
    let features = movie.input.names.len();
    let values = || movie.input.values.iter().skip(feature).step_by(features);
    let low = values().copied().fold(f32::INFINITY, f32::min);
    let high = values().copied().fold(f32::NEG_INFINITY, f32::max);
    let range = (high - low).max(f32::MIN_POSITIVE);
    let top = ROW * feature as f64;
    let points: Vec<String> = values()
        .enumerate()
        .map(|(step, value)| {
            let up = f64::from((value - low) / range);
            format!("{:.1},{:.1}", across(step), top + 40.0 - 24.0 * up)
        })
        .collect();
    let (low, high) = (short_number(low.into()), short_number(high.into()));
    html! {
        text x=(LEFT) y=(top + 11.0) { (movie.input.names[feature]) " (" (low) " – " (high) ")" }
        polyline points=(points.join(" ")) {}
    }
}

/// What is not zero, as dots: the first feature at the bottom.
fn dots(movie: &CellMovie, height: f64, across: &dyn Fn(usize) -> f64) -> Markup {
    let features = movie.input.names.len();
    let row = height / features as f64;
    let width = (WIDTH - 2.0 * LEFT) / movie.steps as f64;
    let mut path = String::new();
    for (index, value) in movie.input.values.iter().enumerate() {
        if *value != 0.0 {
            let (step, feature) = (index / features, index % features);
            let x = across(step) - width / 2.0;
            let y = height - (feature as f64 + 0.5) * row;
            path.push_str(&format!("M{x:.1} {y:.1}h{width:.1}"));
        }
    }
    html! { path.dots d=(path) stroke-width=(row.max(1.5)) {} }
}
