//! The answers to the four questions, each with its tables and charts.

mod data;
mod memory;
mod structure;
mod time;

use maud::{Markup, html};

use super::figure::Figures;
use super::shell::Section;
use crate::chart::{Chart, Line, Point, short_number};
use crate::language::Language;
use crate::omission::Omission;
use crate::question::Question;
use crate::study_report::StudyReport;

/// One section for each question that was asked.
pub(crate) fn markup(
    report: &StudyReport,
    language: Language,
    figures: &mut Figures,
) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut push = |question: Question, body: Option<Markup>| {
        if let Some(body) = body {
            sections.push(Section::new(
                question.name(),
                language.question(question),
                body,
            ));
        }
    };
    let memory = report.memory.as_ref();
    let memory = memory.map(|answer| memory::markup(answer, language, figures));
    push(Question::Memory, memory);
    let structure = report.structure.as_ref();
    let structure = structure.map(|answer| structure::markup(answer, language, figures));
    push(Question::Structure, structure);
    let time = report.time.as_ref();
    let time = time.map(|answer| time::markup(answer, language, figures));
    push(Question::Time, time);
    let data = report.data.as_ref();
    let data = data.map(|answer| data::markup(answer, report.confidence, language, figures));
    push(Question::Data, data);
    sections
}

/// The report's charts with a name for the file of each, such as `memory-1`.
#[must_use]
pub fn charts(report: &StudyReport, language: Language) -> Vec<(String, Chart)> {
    let mut charts = Vec::new();
    let mut push = |question: Question, drawn: Vec<Option<Chart>>| {
        let named = drawn.into_iter().enumerate();
        charts.extend(
            named.filter_map(|(index, chart)| Some((format!("{question}-{}", index + 1), chart?))),
        );
    };
    if let Some(answer) = &report.memory {
        push(Question::Memory, memory::charts(answer, language));
    }
    if let Some(answer) = &report.structure {
        push(Question::Structure, structure::charts(answer, language));
    }
    if let Some(answer) = &report.time {
        push(Question::Time, time::charts(answer, language));
    }
    if let Some(answer) = &report.data {
        push(
            Question::Data,
            data::charts(answer, report.confidence, language),
        );
    }
    charts
}

/// What could not be answered, in words.
pub(crate) fn omissions(omissions: &[Omission], language: Language) -> Markup {
    html! {
        @for omission in omissions { p.missing { (language.omission(omission)) } }
    }
}

/// The last point of each line in words, and what the bands are.
fn summary(lines: &[Line], bands: &str, language: Language) -> String {
    let ends: Vec<(String, String, String)> = lines
        .iter()
        .filter_map(|line| {
            let Point { x, y, .. } = line.points.last()?;
            Some((line.name.clone(), short_number(*x), short_number(*y)))
        })
        .collect();
    format!("{} {bands}", language.ends(&ends))
        .trim_end()
        .to_owned()
}

/// Least and greatest of some runs. What is drawn so is said to be so.
fn range(spread: &crate::spread::Spread) -> Option<[f64; 2]> {
    (spread.max > spread.min).then_some([spread.min, spread.max])
}
