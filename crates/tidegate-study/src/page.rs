//! The study's report as one HTML file: it reads nothing from a network, and what it says is in one language.

mod csv;
pub(crate) mod figure;
mod method;
mod sections;
mod sentences;
pub(crate) mod shell;
pub(crate) mod table;
mod verdict_cards;
mod words;

pub use csv::runs_csv;
pub use sections::charts;

use maud::html;

use crate::cell_movie::{ShownCell, section};
use crate::language::Language;
use crate::study_report::StudyReport;
use figure::Figures;
use shell::Section;

/// The report as an HTML document. `shown` are the cells drawn at work, `command` is how to repeat the study.
#[must_use]
pub fn render(
    report: &StudyReport,
    shown: &[ShownCell],
    language: Language,
    command: &str,
) -> String {
    let texts = language.texts();
    let mut figures = Figures::new(language);
    let mut parts = Vec::new();
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
    let opening = html! {
        (section(&report.cells, shown, language))
        @if shown.is_empty() { p.missing { (texts.no_movie) } }
    };
    shell::document(language, texts.title, &opening, &parts, &figures)
}

#[cfg(test)]
pub(crate) mod tests;
