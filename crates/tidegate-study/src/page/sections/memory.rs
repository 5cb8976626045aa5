//! How long each cell remembers, and how far the gradient reaches back.

use maud::{Markup, html};

use super::{omissions, range, summary};
use crate::cell_variant::look;
use crate::chart::{Axis, Chart, Guide, Line, Lines, Point, Scale, look_of_series, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::table::{heads, optional_spread, table};
use crate::study_report::{GradientReach, LagTask, MemoryAnswer, ReachOfCell};

/// Smaller norms are drawn at it: nothing is learnt from them, and they would press all others together.
const LEAST_NORM: f64 = 1e-12;

pub(crate) fn markup(answer: &MemoryAnswer, language: Language, figures: &mut Figures) -> Markup {
    html! {
        @if !answer.tasks.is_empty() { p { (language.solved_below(answer.solved_below)) } }
        @for task in &answer.tasks {
            h3 { (language.task(&task.key)) }
            (longest(task, language))
            (losses(task, language))
            (figures.show(lag_chart(task, language).as_ref()))
        }
        @for reach in &answer.gradients {
            (figures.show(reach_chart(reach, language).as_ref()))
        }
        (omissions(&answer.omissions, language))
    }
}

pub(crate) fn charts(answer: &MemoryAnswer, language: Language) -> Vec<Option<Chart>> {
    let lags = answer.tasks.iter().map(|task| lag_chart(task, language));
    let reaches = answer
        .gradients
        .iter()
        .map(|reach| reach_chart(reach, language));
    lags.chain(reaches).collect()
}

fn longest(task: &LagTask, language: Language) -> Markup {
    let texts = language.texts();
    let seeds = task.cells.iter().map(|cell| cell.longest_lag.len()).max();
    let mut names = heads(&[texts.cell]);
    names.extend((1..=seeds.unwrap_or(0)).map(|seed| format!("{} {seed}", texts.seed)));
    let rows: Vec<Vec<String>> = task
        .cells
        .iter()
        .map(|cell| {
            let mut row = vec![language.cell(cell.cell).to_owned()];
            row.extend(cell.longest_lag.iter().map(|lag| match lag {
                Some(lag) => lag.to_string(),
                None => texts.none_solved.to_owned(),
            }));
            row
        })
        .collect();
    let updates = task.updates;
    let caption = format!("{} ({}: {updates})", texts.longest_lag, texts.updates);
    table(&caption, &names, &rows)
}

fn losses(task: &LagTask, language: Language) -> Markup {
    let texts = language.texts();
    let mut names = heads(&[texts.cell]);
    names.extend(task.lags.iter().map(|lag| format!("{} {lag}", texts.lag)));
    let mut rows: Vec<Vec<String>> = task
        .cells
        .iter()
        .map(|cell| {
            let mut row = vec![language.cell(cell.cell).to_owned()];
            let cells = cell.test_loss.iter().zip(&cell.solved);
            row.extend(cells.map(|(loss, &solved)| match loss {
                Some(_) => format!(
                    "{} ({solved}/{})",
                    optional_spread(loss.as_ref()),
                    cell.longest_lag.len()
                ),
                None => texts.all_runs_diverged.to_owned(),
            }));
            row
        })
        .collect();
    let mut row = vec![texts.without_memory.to_owned()];
    let without = task.losses_without_memory.iter();
    row.extend(without.map(|&loss| short_number(loss)));
    rows.push(row);
    let caption = format!(
        "{}, {}; {}",
        texts.test_loss,
        language.loss(&task.loss),
        texts.solved_in_brackets
    );
    table(&caption, &names, &rows)
}

fn lag_chart(task: &LagTask, language: Language) -> Option<Chart> {
    let texts = language.texts();
    let series: Vec<Line> = task
        .cells
        .iter()
        .map(|cell| Line {
            name: language.cell(cell.cell).to_owned(),
            look: look(cell.cell),
            markers: true,
            points: task
                .lags
                .iter()
                .zip(&cell.test_loss)
                .filter_map(|(&lag, loss)| {
                    let loss = loss.as_ref()?;
                    Some(Point {
                        x: lag as f64,
                        y: loss.mean,
                        interval: range(loss),
                    })
                })
                .collect(),
            ..Line::default()
        })
        .collect();
    let mut guides = Vec::new();
    // A guide is one height: where the bound moves with the lag, the table has it.
    if let [first, rest @ ..] = &task.losses_without_memory[..]
        && rest.iter().all(|loss| (loss / first - 1.0).abs() < 0.05)
    {
        guides.push(Guide {
            name: texts.without_memory.to_owned(),
            y: *first,
        });
    }
    let title = format!("{}: {}", language.task(&task.key), texts.test_loss);
    let words = summary(&series, texts.bands_of_seeds, language);
    let lines = Lines {
        x: Axis::new(texts.lag, Scale::Log2).in_unit(texts.steps),
        y: Axis::new(texts.test_loss, Scale::Log10).in_unit(language.loss_unit(&task.loss)),
        series,
        guides,
    };
    Chart::lines(title, words, lines)
}

fn reach_chart(reach: &GradientReach, language: Language) -> Option<Chart> {
    let texts = language.texts();
    let line = |cell: &ReachOfCell, number: usize, state: &str, norms: &[f64]| Line {
        name: format!("{}, {state}", language.cell(cell.cell)),
        look: look_of_series(look(cell.cell), number),
        points: reach
            .lags
            .iter()
            .zip(norms)
            // The head reads the hidden state: no gradient has reached the cell state there yet.
            .filter(|&(&lag, &norm)| lag > 0 || norm > 0.0)
            .map(|(&lag, &norm)| Point::at(lag as f64, norm.max(LEAST_NORM)))
            .collect(),
        ..Line::default()
    };
    let series: Vec<Line> = reach
        .cells
        .iter()
        .flat_map(|cell| {
            let hidden = [
                line(cell, 0, texts.after, &cell.hidden_after),
                line(cell, 1, texts.before, &cell.hidden_before),
            ];
            let carried = cell.cell_after.as_ref();
            let carried = carried.map(|norms| line(cell, 2, texts.cell_state_after, norms));
            hidden.into_iter().chain(carried)
        })
        .collect();
    let title = format!("{}: {}", language.task(&reach.task), texts.gradient);
    let words = summary(
        &series,
        &language.least_norm(&short_number(LEAST_NORM)),
        language,
    );
    let lines = Lines {
        x: Axis::new(texts.lag_before_loss, Scale::Linear),
        y: Axis::new(texts.gradient_norm, Scale::Log10),
        series,
        guides: Vec::new(),
    };
    Chart::lines(title, words, lines)
}
