//! The section of a page.

use maud::{Markup, PreEscaped, html};
use tidegate_cells::Cell;

use super::film::film;
use super::input_strip::strip;
use super::{CellMovie, equations, gru, lstm, plain_recurrent, words};
use crate::language::Language;

const STYLE: &str = include_str!("cell_movie.css");
const SCRIPT: &str = include_str!("cell_movie.js");

/// The equations, and each movie with its controls, as a `<section>` that needs nothing else: style, script and numbers are
/// in it. Colours of text and ground are those of the page around it.
#[must_use]
pub fn section(movies: &[CellMovie], language: Language) -> Markup {
    html! {
        section class="cell-movies" {
            style { (PreEscaped(STYLE)) }
            h2 { (words::headline(language)) }
            (equations::equations(language))
            p { (words::symbols(language)) }
            p class="convention" { strong { (words::convention(language)) } }
            div class="cell-movie-row" {
                @for (index, movie) in movies.iter().enumerate() { (figure(index, movie, language)) }
            }
            @if !movies.is_empty() { script { (PreEscaped(SCRIPT)) } }
        }
    }
}

fn figure(index: usize, movie: &CellMovie, language: Language) -> Markup {
    let cell = movie.cell.cell();
    let controls = words::controls(language);
    let [slider, unit] = ["step", "unit"].map(|control| format!("cell-movie-{index}-{control}"));
    let last = movie.shown_steps() - 1;
    let (kind, drawing) = match cell {
        Cell::Gru(gru) => ("gru", gru::drawing(gru.reset, language)),
        Cell::Lstm(_) => ("lstm", lstm::drawing(language)),
        Cell::Rnn(_) | Cell::Mgu(_) => ("rnn", plain_recurrent::drawing(language)),
    };
    html! {
        figure class="cell-movie" data-play=(controls.play) data-pause=(controls.pause) {
            h3 { (words::cell_name(kind, language)) }
            (drawing)
            (strip(movie, language))
            div class="controls" {
                button type="button" class="play" { (controls.play) }
                label for=(slider) { (controls.step) }
                input id=(slider) class="step" type="range" min="0" max=(last) value="0" autocomplete="off";
                label for=(unit) { (controls.show) }
                select id=(unit) class="unit" autocomplete="off" {
                    option value="mean" { (controls.mean) }
                    @for unit in 0..movie.shown_units() {
                        option value=(unit) { (controls.unit) " " (unit) }
                    }
                }
            }
            p class="now" { (controls.step) " " output for=(slider) { "0 / " (last) } }
            figcaption { (words::caption(movie, language)) }
            script type="application/json" { (PreEscaped(script_data(&film(movie)))) }
        }
    }
}

/// JSON that cannot end the element that it stands in.
fn script_data(data: &serde_json::Value) -> String {
    data.to_string().replace('<', "\\u003c")
}
