//! The section of a page.

use maud::{Markup, PreEscaped, html};
use tidegate_cells::Cell;

use super::film::film;
use super::input_strip::strip;
use super::missing::missing;
use super::{CellMovie, ShownCell, equations, gru, lstm, plain_recurrent, words};
use crate::cell_variant::CellVariant;
use crate::language::Language;

/// The order in which cells are explained.
const ORDER: [CellVariant; CellVariant::ALL.len()] = [
    CellVariant::Gru,
    CellVariant::GruBefore,
    CellVariant::Lstm,
    CellVariant::LstmPeephole,
    CellVariant::Mgu,
    CellVariant::Rnn,
    CellVariant::RnnRelu,
];

const STYLE: &str = include_str!("cell_movie.css");
const SCRIPT: &str = include_str!("cell_movie.js");

/// The equations of the cells that were compared, and each movie with its controls or the reason why there is none, as a
/// `<section>` that needs nothing else: style, script and numbers are in it. Colours of text and ground are those of the
/// page around it.
#[must_use]
pub fn section(compared: &[CellVariant], shown: &[ShownCell], language: Language) -> Markup {
    let compared: Vec<CellVariant> = ORDER
        .into_iter()
        .filter(|cell| compared.contains(cell))
        .collect();
    let movies = || shown.iter().filter_map(|shown| shown.movie.as_ref().ok());
    let errors = shown
        .iter()
        .filter_map(|shown| Some((shown.cell, shown.movie.as_ref().err()?)));
    html! {
        section class="cell-movies" {
            style { (PreEscaped(STYLE)) }
            h2 { (words::headline(language)) }
            (equations::equations(&compared, language))
            p { (words::symbols(&compared, language)) }
            @for convention in words::conventions(&compared, language) {
                p class="convention" { strong { (convention) } }
            }
            div class="cell-movie-row" {
                @for (index, movie) in movies().enumerate() { (figure(index, movie, language)) }
            }
            @for (cell, error) in errors { p.missing { (missing(cell, error, language)) } }
            @if movies().next().is_some() { script { (PreEscaped(SCRIPT)) } }
        }
    }
}

fn figure(index: usize, movie: &CellMovie, language: Language) -> Markup {
    let cell = movie.cell.cell();
    let controls = words::controls(language);
    let [slider, unit] = ["step", "unit"].map(|control| format!("cell-movie-{index}-{control}"));
    let last = movie.shown_steps() - 1;
    let drawing = match cell {
        Cell::Gru(gru) => gru::drawing(gru.reset, language),
        Cell::Lstm(_) => lstm::drawing(language),
        Cell::Rnn(_) | Cell::Mgu(_) => plain_recurrent::drawing(language),
    };
    html! {
        figure class="cell-movie" data-play=(controls.play) data-pause=(controls.pause) {
            h3 { (words::variant_name(movie.cell, language)) }
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
            // The slider says its step itself; what the eye sees of the drawing is said below.
            p class="now" { (controls.step) " " output for=(slider) aria-live="off" { "0 / " (last) } }
            p class="spoken" aria-live="off" data-input=(controls.spoken_input) {}
            figcaption { (words::caption(movie, language)) }
            script type="application/json" { (PreEscaped(script_data(&film(movie, language)))) }
        }
    }
}

/// JSON that cannot end the element that it stands in.
fn script_data(data: &serde_json::Value) -> String {
    data.to_string().replace('<', "\\u003c")
}
