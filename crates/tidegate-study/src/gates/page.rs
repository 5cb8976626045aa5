//! The page of a gate view: one file that works without a network.

use std::ops::Range;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::document::GateDocument;
use super::sequence::ShownSequence;
use super::{GateView, LayerGates, UnitGates, UnitMemory, charts, words};
use crate::chart::Chart;
use crate::language::Language;

const PLOTLY: &str = include_str!("../../assets/plotly-cartesian.min.js");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Units whose rows are not folded away.
const UNFOLDED: usize = 10;

/// Pixels of a letter of a row's name, and beside the name.
const LETTER: usize = 7;
const BESIDE: usize = 40;

/// The whole page.
pub(super) fn page(
    view: &GateView,
    sequence: &ShownSequence,
    document: &GateDocument,
    shown: &Range<usize>,
    language: Language,
) -> String {
    let input = charts::input(sequence, shown, language);
    let layers: Vec<(&LayerGates, Vec<Chart>)> = view
        .layers
        .iter()
        .map(|layer| (layer, charts::layer(view, layer, shown, language)))
        .collect();
    let all: Vec<&Chart> = input
        .iter()
        .chain(layers.iter().flat_map(|(_, charts)| charts))
        .collect();
    let left = left_margin(view, sequence);
    let figures: Value = all.iter().map(|chart| figure(chart, left)).collect();
    let title = language.pick("What the gates do", "게이트가 하는 일");
    let mut number = 0;
    let mut figures_of = |charts: &[Chart]| -> Markup {
        html! {
            @for chart in charts {
                figure {
                    figcaption { (chart.title()) }
                    div.chart id={"chart-" ({ number += 1; number - 1 })} role="img" aria-label=(chart.summary()) {}
                }
            }
        }
    };
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) ": " (document.model.file) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p { (subject(view, document, language)) }
                p.note { strong { (words::convention(view.cell, language)) } }
                p { (words::order(view.cell, language)) }
                p { (words::part(shown, view.steps, language)) }
                @if let Some(input) = &input { (figures_of(std::slice::from_ref(input))) }
                @for (layer, charts) in &layers {
                    section {
                        h2 { (words::layer(layer.layer, view.direction(layer), language)) }
                        (figures_of(charts))
                        h3 { (language.pick("Units by memory", "기억이 긴 순서의 유닛")) }
                        p { (words::moments(language)) }
                        (table(&layer.units[..layer.units.len().min(UNFOLDED)], language))
                        @if let Some(rest @ [_, ..]) = layer.units.get(UNFOLDED..) {
                            details {
                                summary { (language.pick("The other units", "나머지 유닛")) ": " (rest.len()) }
                                (table(rest, language))
                            }
                        }
                    }
                }
                script { (PreEscaped(PLOTLY)) }
                script { (PreEscaped(format!("const figures = {};\n{SCRIPT}", in_script(&figures)))) }
            }
        }
    }
    .into_string()
}

/// Model and sequence.
fn subject(view: &GateView, document: &GateDocument, language: Language) -> String {
    let (model, sequence) = (&document.model, &document.sequence);
    let (file, cell) = (&model.file, model.cell.name().to_uppercase());
    let (units, parameters, steps) = (model.hidden_size, model.parameters, view.steps);
    let (name, number) = (&sequence.name, sequence.sequence);
    match language {
        Language::English => {
            let from = sequence
                .split
                .map_or_else(String::new, |split| format!(", {split} sequence {number}"));
            format!(
                "{file}: {cell}, {} × {units} units, {parameters} parameters, on {name}{from}, {steps} steps.",
                view.layers.len()
            )
        }
        Language::Korean => {
            let from = sequence.split.map_or_else(String::new, |split| {
                format!(", {}의 {number}번 시퀀스", split.key())
            });
            format!(
                "{file}: {cell}, {} × 유닛 {units}개, 매개변수 {parameters}개. 데이터: {name}{from}, 시점 {steps}개.",
                view.layers.len()
            )
        }
    }
}

fn table(units: &[UnitGates], language: Language) -> Markup {
    let gates = units.first().map_or(&[][..], |unit| &unit.gate_means);
    let by_gate = units
        .first()
        .is_some_and(|unit| unit.memory.time_constant().is_some());
    let memory = match by_gate {
        true => language.pick("time constant (steps)", "시간 상수(시점)"),
        false => language.pick("correlation with the step before", "전 시점과의 상관"),
    };
    let mean = language.pick("mean", "평균");
    html! {
        div.wide {
            table {
                thead { tr {
                    th { (language.pick("unit", "유닛")) }
                    th { (memory) }
                    @for (name, _) in gates { th { (mean) " " (words::array(name, language)) } }
                    th { (language.pick("most active moments: step (change)", "가장 활발한 순간: 시점(변화량)")) }
                } }
                tbody {
                    @for unit in units {
                        tr {
                            td { (unit.unit) }
                            td { (length(unit.memory)) }
                            @for (_, mean) in &unit.gate_means { td { (format!("{mean:.3}")) } }
                            td { (moments(unit)) }
                        }
                    }
                }
            }
        }
    }
}

fn length(memory: UnitMemory) -> String {
    match (memory, memory.time_constant()) {
        (_, Some(constant)) if constant.is_infinite() => "∞".to_owned(),
        (_, Some(constant)) => crate::chart::short_number(constant),
        (UnitMemory::Autocorrelation(Some(correlation)), _) => format!("{correlation:.3}"),
        _ => "–".to_owned(),
    }
}

fn moments(unit: &UnitGates) -> String {
    let moments = unit.most_active.iter();
    let moments = moments.map(|moment| {
        format!(
            "{} ({})",
            moment.step,
            crate::chart::short_number(moment.change)
        )
    });
    match moments.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "–".to_owned(),
        moments => moments,
    }
}

/// Room for the longest name of a row, the same in all charts, so that their steps stand below each other.
fn left_margin(view: &GateView, sequence: &ShownSequence) -> usize {
    let names = sequence.names.iter().flatten();
    let longest = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let digits = view.hidden_size.to_string().len();
    BESIDE + LETTER * longest.max(digits).min(14)
}

/// A heat map whose sides stand where those of the others do.
fn figure(chart: &Chart, left: usize) -> Value {
    let mut figure = chart.plotly();
    let layout = &mut figure["layout"];
    layout["margin"] = json!({"l": left, "r": 84, "t": 8, "b": 44, "pad": 0, "autoexpand": false});
    layout["xaxis"]["automargin"] = json!(false);
    layout["yaxis"]["automargin"] = json!(false);
    figure
}

/// JSON inside a script: nothing in it may end the script.
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}
