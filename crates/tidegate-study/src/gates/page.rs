//! The page of a gate view: one file that works without a network.

use std::ops::Range;

use maud::{Markup, html};

use super::document::GateDocument;
use super::sequence::ShownSequence;
use super::subject::subject;
use super::{GateView, UnitGates, UnitMemory, charts, words};
use crate::chart::{name_width, short_number};
use crate::language::Language;
use crate::page::figure::Figures;
use crate::page::shell::{self, Section};
use crate::page::table::table;

/// Steps that a heat map on the smallest screen has room for.
const NARROW: usize = 150;

/// Units whose rows are not folded away.
const UNFOLDED: usize = 10;

/// Pixels beside the name of a row: the axis' title.
const BESIDE: usize = 44;

/// The whole page.
pub(super) fn page(
    view: &GateView,
    sequence: &ShownSequence,
    document: &GateDocument,
    shown: &Range<usize>,
    language: Language,
) -> String {
    let mut figures =
        Figures::of_one_axis(language, left_margin(view, sequence), shown.len() > NARROW);
    let opening = html! {
        p { (subject(document, language)) }
        p.note { strong { (words::convention(view.cell, language)) } }
        p { (words::order(view.cell, view.zoneout, language)) }
        p { (words::part(shown, view.steps, language)) }
        @if let Some(columns) = words::columns(charts::steps_per_column(shown), language) { p.note { (columns) } }
        @if let Some(input) = charts::input(sequence, shown, language) { (figures.show(Some(&input))) }
    };
    let mut sections = Vec::new();
    for layer in &view.layers {
        let charts = charts::layer(view, layer, shown, language);
        let (first, rest) = layer.units.split_at(layer.units.len().min(UNFOLDED));
        let body = html! {
            @for chart in &charts { (figures.show(Some(chart))) }
            p { (words::moments(language)) }
            (units(language.pick("Units by memory", "기억이 긴 순서의 유닛"), first, language))
            @if !rest.is_empty() {
                @let others = language.pick("The other units", "나머지 유닛");
                details {
                    summary { (others) ": " (rest.len()) }
                    (units(others, rest, language))
                }
            }
        };
        let title = words::layer(layer.layer, view.direction(layer), language);
        sections.push(Section::new(layer.key(), title, body));
    }
    let title = language.pick("What the gates do", "게이트가 하는 일");
    shell::document(language, title, &opening, &sections, &figures)
}

fn units(caption: &str, units: &[UnitGates], language: Language) -> Markup {
    let first = units.first();
    let gates = first.map_or(&[][..], |unit| &unit.gate_means);
    let memory = match first.is_some_and(|unit| unit.memory.time_constant().is_some()) {
        true => language.pick("time constant (steps)", "시간 상수(시점)"),
        false => language.pick("correlation with the step before", "전 시점과의 상관"),
    };
    let mean = language.pick("mean", "평균");
    let moments_head = language.pick(
        "most active moments: step (change)",
        "가장 활발한 순간: 시점(변화량)",
    );
    let mut heads = vec![language.pick("unit", "유닛").to_owned(), memory.to_owned()];
    heads.extend(
        gates
            .iter()
            .map(|(name, _)| format!("{mean} {}", words::array(name, language))),
    );
    heads.push(moments_head.to_owned());
    let row = |unit: &UnitGates| {
        let mut row = vec![unit.unit.to_string(), length(unit.memory)];
        row.extend(unit.gate_means.iter().map(|(_, mean)| format!("{mean:.3}")));
        row.push(moments(unit));
        row
    };
    table(caption, &heads, &units.iter().map(row).collect::<Vec<_>>())
}

fn length(memory: UnitMemory) -> String {
    match (memory, memory.time_constant()) {
        (_, Some(constant)) if constant.is_infinite() => "∞".to_owned(),
        (_, Some(constant)) => short_number(constant),
        (UnitMemory::Autocorrelation(Some(correlation)), _) => format!("{correlation:.3}"),
        _ => "–".to_owned(),
    }
}

fn moments(unit: &UnitGates) -> String {
    let moments = unit.most_active.iter();
    let moments =
        moments.map(|moment| format!("{} ({})", moment.step, short_number(moment.change)));
    match moments.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "–".to_owned(),
        moments => moments,
    }
}

/// Room for the longest name of a row, the same in all charts, so that their steps stand below each other.
fn left_margin(view: &GateView, sequence: &ShownSequence) -> usize {
    let names = sequence.names.iter().flatten().map(String::as_str);
    let largest = view.hidden_size.to_string();
    BESIDE + name_width(names.chain([&largest[..]])).ceil() as usize
}
