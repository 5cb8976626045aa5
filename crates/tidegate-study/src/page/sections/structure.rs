//! What each cell is made of, counted and as the engine allocates and pads it.

use maud::{Markup, html};

use crate::cell_variant::{CellVariant, look};
use crate::chart::{Axis, Bar, BarSeries, Bars, Chart, Scale, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::table::{count, heads, table};
use crate::sizing::Equal;
use crate::study_report::{StructureAnswer, StructureRow};

pub(crate) fn markup(
    answer: &StructureAnswer,
    language: Language,
    figures: &mut Figures,
) -> Markup {
    html! {
        @for group in groups(answer) {
            (numbers(group, language))
        }
        @for chart in charts(answer, language) {
            (figures.show(chart.as_ref()))
        }
    }
}

/// The rows of one task at one size: they stand together.
fn groups(answer: &StructureAnswer) -> impl Iterator<Item = &[StructureRow]> {
    answer
        .rows
        .chunk_by(|first, second| first.task == second.task && first.equal == second.equal)
}

fn name(group: &[StructureRow], language: Language) -> String {
    group.first().map_or_else(String::new, |row| {
        format!(
            "{}: {}",
            language.task(&row.task),
            language.equal(row.equal)
        )
    })
}

fn numbers(group: &[StructureRow], language: Language) -> Markup {
    let texts = language.texts();
    let with = |name: &str, measured: &str| format!("{name} / {measured}");
    let mut names = heads(&[
        texts.cell,
        texts.gates,
        texts.hidden_size,
        texts.parameters,
        texts.recurrent_parameters,
    ]);
    names.extend([
        with(texts.multiply_adds, texts.padded),
        texts.state_bytes.to_owned(),
        with(texts.weight_bytes, texts.packed),
        with(texts.tape_bytes, texts.allocated),
    ]);
    let rows: Vec<Vec<String>> = group
        .iter()
        .map(|row| {
            vec![
                language.cell(row.cell).to_owned(),
                row.gates.to_string(),
                count(row.hidden_size),
                count(row.parameters),
                count(row.recurrent_parameters),
                with(&count(row.multiply_adds), &count(row.padded_multiply_adds)),
                count(row.state_bytes),
                with(&count(row.weight_bytes), &count(row.packed_weight_bytes)),
                with(
                    &short_number(row.tape_bytes_per_step),
                    &short_number(row.allocated_tape_bytes_per_step),
                ),
            ]
        })
        .collect();
    table(&name(group, language), &names, &rows)
}

/// One chart for each task at each size: every count over that of the LSTM, or of the first cell where none is an LSTM.
pub(crate) fn charts(answer: &StructureAnswer, language: Language) -> Vec<Option<Chart>> {
    groups(answer).map(|group| chart(group, language)).collect()
}

fn chart(group: &[StructureRow], language: Language) -> Option<Chart> {
    let texts = language.texts();
    type Count = fn(&StructureRow) -> f64;
    let counts: [(&str, Count); 5] = [
        (texts.parameters, |row| row.parameters as f64),
        (texts.multiply_adds, |row| row.multiply_adds as f64),
        (texts.state_bytes, |row| row.state_bytes as f64),
        (texts.weight_bytes, |row| row.weight_bytes as f64),
        (texts.tape_bytes, |row| row.tape_bytes_per_step),
    ];
    let lstm = group.iter().find(|row| row.cell == CellVariant::Lstm);
    let base = lstm.or(group.first())?;
    let series: Vec<BarSeries> = group
        .iter()
        .map(|row| BarSeries {
            name: language.cell(row.cell).to_owned(),
            look: look(row.cell),
            bars: counts
                .iter()
                .map(|(_, count)| {
                    Some(Bar {
                        value: count(row) / count(base),
                        interval: None,
                    })
                })
                .collect(),
        })
        .collect();
    let axis = if lstm.is_some() {
        texts.relative_to_lstm.to_owned()
    } else {
        format!("{} / {}", texts.ratio, language.cell(base.cell))
    };
    let what = if base.equal == Equal::Parameters {
        texts.equal_parameters
    } else {
        texts.equal_hidden
    };
    let words: Vec<String> = group
        .iter()
        .map(|row| {
            let value = short_number(row.multiply_adds as f64 / base.multiply_adds as f64);
            format!(
                "{}: {} {value}",
                language.cell(row.cell),
                texts.multiply_adds
            )
        })
        .collect();
    Chart::bars(
        format!("{}, {what}: {axis}", language.task(&base.task)),
        format!("{}.", words.join("; ")),
        Bars {
            value: Axis::new(axis, Scale::Linear),
            groups: counts.iter().map(|(name, _)| (*name).to_owned()).collect(),
            series,
        },
    )
}
