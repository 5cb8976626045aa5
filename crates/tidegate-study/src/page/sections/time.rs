//! How long each cell takes to train.

use maud::{Markup, html};

use super::{omissions, range};
use crate::cell_variant::look;
use crate::chart::{Axis, Bar, BarSeries, Bars, Chart, Scale, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::table::{count, heads, optional_spread, spread, table};
use crate::spread::Spread;
use crate::study_report::{TimeAnswer, TimedTask, TimesOfCell};

pub(crate) fn markup(answer: &TimeAnswer, language: Language, figures: &mut Figures) -> Markup {
    html! {
        @for task in &answer.tasks { (times(task, language)) }
        @for chart in charts(answer, language) { (figures.show(chart.as_ref())) }
        (omissions(&answer.omissions, language))
    }
}

fn name(task: &TimedTask, language: Language) -> String {
    format!(
        "{}: {}",
        language.task(&task.task),
        language.equal(task.equal)
    )
}

fn times(task: &TimedTask, language: Language) -> Markup {
    let texts = language.texts();
    let names = heads(&[
        texts.cell,
        texts.hidden_size,
        texts.parameters,
        texts.seconds_per_update,
        texts.seconds_per_epoch,
        texts.reached,
        texts.updates_to_target,
        texts.seconds_to_target,
    ]);
    let rows: Vec<Vec<String>> = task
        .cells
        .iter()
        .map(|cell| {
            vec![
                language.cell(cell.cell).to_owned(),
                count(cell.hidden_size),
                count(cell.parameters),
                spread(&cell.seconds_per_update),
                spread(&cell.seconds_per_epoch),
                match task.target_loss {
                    Some(_) => language.seeds_of(cell.reached, cell.runs),
                    None => "–".to_owned(),
                },
                optional_spread(cell.updates_to_target.as_ref()),
                optional_spread(cell.seconds_to_target.as_ref()),
            ]
        })
        .collect();
    let mut caption = name(task, language);
    if let Some(target) = task.target_loss {
        let loss = language.loss(&task.loss);
        caption.push_str(&format!(
            "; {} {} ({loss})",
            texts.target,
            short_number(target)
        ));
    }
    table(&caption, &names, &rows)
}

/// Two charts: of an update, and up to the target. Each has a group for every task at every size.
pub(crate) fn charts(answer: &TimeAnswer, language: Language) -> Vec<Option<Chart>> {
    let texts = language.texts();
    vec![
        chart(
            answer,
            language,
            texts.time_per_update,
            texts.milliseconds,
            |cell| Some(scaled(cell.seconds_per_update, 1e3)),
        ),
        chart(
            answer,
            language,
            texts.time_to_target,
            texts.seconds,
            // A mean over the runs that arrived would flatter a cell whose other runs did not.
            |cell| cell.seconds_to_target.filter(|_| cell.reached == cell.runs),
        ),
    ]
}

fn scaled(spread: Spread, factor: f64) -> Spread {
    Spread {
        mean: spread.mean * factor,
        standard_deviation: spread.standard_deviation.map(|value| value * factor),
        min: spread.min * factor,
        max: spread.max * factor,
    }
}

fn chart(
    answer: &TimeAnswer,
    language: Language,
    title: &str,
    unit: &str,
    value: fn(&TimesOfCell) -> Option<Spread>,
) -> Option<Chart> {
    let mut cells: Vec<_> = Vec::new();
    for cell in answer.tasks.iter().flat_map(|task| &task.cells) {
        if !cells.contains(&cell.cell) {
            cells.push(cell.cell);
        }
    }
    let mut words = Vec::new();
    let mut series = Vec::new();
    for &variant in &cells {
        let mut bars = Vec::new();
        for task in &answer.tasks {
            let cell = task.cells.iter().find(|cell| cell.cell == variant);
            let spread = cell.and_then(value);
            if let Some(spread) = &spread {
                let mean = short_number(spread.mean);
                let name = name(task, language);
                words.push(format!(
                    "{}, {name}: {mean} {unit}.",
                    language.cell(variant)
                ));
            }
            bars.push(spread.map(|spread| Bar {
                value: spread.mean,
                interval: range(&spread),
            }));
        }
        series.push(BarSeries {
            name: language.cell(variant).to_owned(),
            look: look(variant),
            bars,
        });
    }
    words.push(language.texts().bars_of_seeds.to_owned());
    let bars = Bars {
        value: Axis::new(title, Scale::Linear).in_unit(unit),
        groups: answer
            .tasks
            .iter()
            .map(|task| name(task, language))
            .collect(),
        series,
    };
    Chart::bars(title, words.join(" "), bars)
}
