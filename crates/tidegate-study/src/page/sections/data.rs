//! How much data each cell needs.

use maud::{Markup, html};

use super::{omissions, summary};
use crate::cell_variant::look;
use crate::chart::{Axis, Chart, Line, Lines, Point, Scale, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::table::{heads, spread, table};
use crate::study_report::{DataAnswer, SharedTask};

pub(crate) fn markup(
    answer: &DataAnswer,
    confidence: f64,
    language: Language,
    figures: &mut Figures,
) -> Markup {
    html! {
        @for task in &answer.tasks {
            (losses(task, language))
            (figures.show(chart(task, confidence, language).as_ref()))
            h3 { (language.texts().crossing) }
            @if task.crossings.is_empty() { p { (language.texts().no_crossing) } }
            @for crossing in &task.crossings {
                p { (language.crossing(
                    language.cell(crossing.first),
                    language.cell(crossing.second),
                    &short_number(crossing.sequences.round()),
                )) }
            }
        }
        (omissions(&answer.omissions, language))
    }
}

pub(crate) fn charts(
    answer: &DataAnswer,
    confidence: f64,
    language: Language,
) -> Vec<Option<Chart>> {
    answer
        .tasks
        .iter()
        .map(|task| chart(task, confidence, language))
        .collect()
}

fn losses(task: &SharedTask, language: Language) -> Markup {
    let texts = language.texts();
    let mut names = heads(&[texts.cell]);
    let shares = task.shares.iter().zip(&task.sequences);
    names.extend(shares.map(|(share, sequences)| format!("{share} ({sequences})")));
    let rows: Vec<Vec<String>> = task
        .cells
        .iter()
        .map(|cell| {
            let mut row = vec![language.cell(cell.cell).to_owned()];
            row.extend(cell.test_loss.iter().map(|loss| match loss {
                Some(loss) => spread(loss),
                None => texts.all_runs_diverged.to_owned(),
            }));
            row
        })
        .collect();
    let caption = format!(
        "{}: {}, {}; {} ({})",
        language.task(&task.task),
        texts.test_loss,
        language.loss(&task.loss),
        texts.share,
        texts.sequences,
    );
    table(&caption, &names, &rows)
}

fn chart(task: &SharedTask, confidence: f64, language: Language) -> Option<Chart> {
    let texts = language.texts();
    let series: Vec<Line> = task
        .cells
        .iter()
        .map(|cell| Line {
            name: language.cell(cell.cell).to_owned(),
            look: look(cell.cell),
            markers: true,
            points: task
                .sequences
                .iter()
                .zip(&cell.geometric_mean)
                .filter_map(|(&sequences, loss)| {
                    let loss = loss.as_ref()?;
                    Some(Point {
                        x: sequences as f64,
                        y: loss.mean,
                        interval: loss.interval,
                    })
                })
                .collect(),
            ..Line::default()
        })
        .collect();
    let words = summary(&series, &language.confidence_bands(confidence), language);
    let lines = Lines {
        x: Axis::new(texts.sequences, Scale::Log2),
        y: Axis::new(texts.test_loss, Scale::Log10).in_unit(language.loss_unit(&task.loss)),
        series,
        guides: Vec::new(),
    };
    let title = format!("{}: {}", language.task(&task.task), texts.geometric_mean);
    Chart::lines(title, words, lines)
}
