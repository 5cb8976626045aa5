//! The study's report as one HTML file: it reads nothing from a network, and what it says is in one language.

mod cell_drawing;
mod cell_movie;
mod csv;
mod equations;
mod figure;
mod input_strip;
mod language;
mod method;
mod sections;
mod shell;
mod table;
mod verdict_cards;

pub use cell_movie::{CellMovie, MovieInput};
pub use csv::summary_csv;
pub use language::{Language, UnknownLanguage};
pub use sections::charts;

use maud::html;

use crate::study_report::StudyReport;
use figure::Figures;
use shell::Section;

/// The report as an HTML document. `movie` lights the drawing of the cell, `command` is how to repeat the study.
#[must_use]
pub fn render(
    report: &StudyReport,
    movie: Option<&CellMovie>,
    language: Language,
    command: &str,
) -> String {
    let texts = language.texts();
    let mut figures = Figures::new(language);
    let mut parts = vec![
        Section::new("equations", texts.equations, equations::markup(language)),
        Section::new(
            "drawing",
            texts.drawing,
            cell_drawing::markup(movie, language),
        ),
    ];
    if !report.verdicts.is_empty() {
        let cards = verdict_cards::markup(report, language);
        parts.push(Section::new("verdicts", texts.verdicts, cards));
    }
    parts.extend(sections::markup(report, language, &mut figures));
    parts.push(Section::new(
        "comparison",
        texts.comparison,
        method::comparison(report, language),
    ));
    parts.push(Section::new(
        "tuning",
        texts.tuning,
        method::tuning(report, language),
    ));
    parts.push(Section::new(
        "how",
        texts.how,
        method::repeat(report, language, command),
    ));
    let opening = html! { p.keeps { strong { (texts.keeps) } } };
    shell::document(language, texts.title, &opening, &parts, &figures)
}

#[cfg(test)]
pub(crate) mod tests;
