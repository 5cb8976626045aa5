//! The heat maps of a gate view.

use std::ops::Range;

use tidegate_data::Inputs;

use super::sequence::ShownSequence;
use super::{GateArray, GateView, LayerGates, words};
use crate::chart::{Axis, Chart, Colours, HeatMap, MOST_COLUMNS, Scale};
use crate::language::Language;

/// Features whose ranges differ by more than this are shown each from its lowest to its highest value.
const ALIKE: f32 = 4.0;

/// Heat maps of a picture beside that of the input: more would make it tens of thousands of pixels tall.
const MOST_MAPS: usize = 12;

/// Those of a picture: the input and, below it, the arrays of the first layers, as many as the picture holds. The first
/// title says which layers are left out.
pub(super) fn picture(
    view: &GateView,
    sequence: &ShownSequence,
    steps: &Range<usize>,
    language: Language,
) -> Vec<Chart> {
    let mut maps = 0;
    let drawn = view.layers.iter().take_while(|layer| {
        maps += layer.arrays.len();
        maps <= MOST_MAPS
    });
    let drawn = drawn.count().max(1);
    let title = match view.layers.get(drawn) {
        Some(left_out) => {
            let name = words::layer(left_out.layer, view.direction(left_out), language);
            format!(
                "{} {}",
                input_title(language),
                words::left_out(&name, language)
            )
        }
        None => input_title(language).to_owned(),
    };
    let layers = view.layers.iter().take(drawn);
    let layers = layers.flat_map(|gates| layer(view, gates, steps, language));
    titled_input(title, sequence, steps, language)
        .into_iter()
        .chain(layers)
        .collect()
}

fn input_title(language: Language) -> &'static str {
    language.pick("Input", "입력")
}

/// The input over the steps shown.
pub(super) fn input(
    sequence: &ShownSequence,
    steps: &Range<usize>,
    language: Language,
) -> Option<Chart> {
    titled_input(input_title(language).to_owned(), sequence, steps, language)
}

fn titled_input(
    title: String,
    sequence: &ShownSequence,
    steps: &Range<usize>,
    language: Language,
) -> Option<Chart> {
    let (rows, kind, value) = match &sequence.inputs {
        Inputs::Features { size, values } => {
            let row = |feature| {
                let values = values[steps.start * size..steps.end * size].iter();
                values.skip(feature).step_by(*size).copied().collect()
            };
            let rows: Vec<Vec<f32>> = (0..*size).map(row).collect();
            let features = language.pick("feature", "특징");
            (rows, features, language.pick("value", "값"))
        }
        Inputs::Tokens(tokens) => {
            let row = tokens[steps.clone()].iter().map(|&token| token as f32);
            let token = language.pick("token", "토큰");
            (vec![row.collect()], token, token)
        }
    };
    let scaled = differ(&rows);
    let mut rows: Vec<(String, Vec<f32>)> = rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| {
            let names = sequence.names.as_ref();
            let name = names.map_or_else(
                || index.to_string(),
                |names| match sequence.split {
                    Some(_) => words::feature(&names[index], language).to_owned(),
                    None => names[index].clone(),
                },
            );
            (name, if scaled { to_own_range(&row) } else { row })
        })
        .collect();
    // High notes stand above low ones.
    if sequence.pitches {
        rows.reverse();
    }
    let value = match scaled {
        true => language.pick("from lowest to highest", "최저~최고"),
        false => value,
    };
    let is_share = rows
        .iter()
        .flat_map(|(_, row)| row)
        .all(|value| (0.0..=1.0).contains(value));
    let map = HeatMap {
        x: step_axis(steps, language),
        y: match sequence.pitches {
            true => language.pick("MIDI pitch", "MIDI 음높이"),
            false => kind,
        }
        .to_owned(),
        value: value.to_owned(),
        row_labels: rows.iter().map(|(name, _)| name.clone()).collect(),
        first_column: steps.start,
        steps_per_column: 1,
        columns: steps.len(),
        values: rows.into_iter().flat_map(|(_, row)| row).collect(),
        colours: if is_share {
            Colours::Unit
        } else {
            Colours::Automatic
        },
    };
    let mut summary = language
        .pick("What the model reads.", "모델이 읽는 값입니다.")
        .to_owned();
    if scaled {
        summary += language.pick(
            " Each feature is coloured from its lowest to its highest value.",
            " 각 특징은 최저값부터 최고값까지의 범위로 색을 나타냅니다.",
        );
    }
    Chart::heat_map(title, summary, map.reduced(MOST_COLUMNS))
}

/// The arrays of a layer over the steps shown, units by memory.
pub(super) fn layer(
    view: &GateView,
    layer: &LayerGates,
    steps: &Range<usize>,
    language: Language,
) -> Vec<Chart> {
    let title = words::layer(layer.layer, view.direction(layer), language);
    layer
        .arrays
        .iter()
        .filter_map(|array| {
            let name = words::array(term(view, array), language);
            let title = match view.layers.len() {
                1 => capitalised(name),
                _ => format!("{title}: {name}"),
            };
            let summary = words::meaning(term(view, array), view.cell, language);
            Chart::heat_map(
                title,
                summary,
                heat_map(view, layer, array, steps, language).reduced(MOST_COLUMNS),
            )
        })
        .collect()
}

fn heat_map(
    view: &GateView,
    layer: &LayerGates,
    array: &GateArray,
    steps: &Range<usize>,
    language: Language,
) -> HeatMap {
    let units = view.hidden_size;
    let shown = &array.values[steps.start * units..steps.end * units];
    let row = |unit: usize| shown.iter().skip(unit).step_by(units).copied();
    let bounded = array.values.iter().all(|value| value.abs() <= 1.0);
    HeatMap {
        x: step_axis(steps, language),
        y: language
            .pick("unit, longest memory first", "유닛(기억이 긴 순서)")
            .to_owned(),
        value: words::array(term(view, array), language).to_owned(),
        row_labels: layer
            .units
            .iter()
            .map(|unit| unit.unit.to_string())
            .collect(),
        first_column: steps.start,
        steps_per_column: 1,
        columns: steps.len(),
        values: layer.units.iter().flat_map(|unit| row(unit.unit)).collect(),
        colours: match (array.is_gate(), bounded) {
            (true, _) => Colours::Unit,
            (false, true) => Colours::Symmetric,
            (false, false) => Colours::Automatic,
        },
    }
}

/// An LSTM's candidate is one of the cell state.
fn term(view: &GateView, array: &GateArray) -> &'static str {
    match array.name {
        "candidate" if view.cell.carries_cell() => "cell_candidate",
        name => name,
    }
}

/// Steps that a column of the heat maps stands for.
pub(super) fn steps_per_column(steps: &Range<usize>) -> usize {
    steps.len().div_ceil(MOST_COLUMNS)
}

fn step_axis(steps: &Range<usize>, language: Language) -> Axis {
    let axis = Axis::new(language.pick("step", "시점"), Scale::Linear);
    match steps_per_column(steps) {
        0 | 1 => axis,
        together => axis.in_unit(language.pick(
            format!("each column: {together} steps"),
            format!("한 열: {together}개 시점"),
        )),
    }
}

/// Whether one scale of colours would hide some of the rows.
fn differ(rows: &[Vec<f32>]) -> bool {
    let all: Vec<(f32, f32)> = rows.iter().map(|row| bounds(row)).collect();
    let span = |(low, high): (f32, f32)| high - low;
    let spans = all.iter().copied().map(span).filter(|span| *span > 0.0);
    let smallest = spans.fold(f32::INFINITY, f32::min);
    let lowest = all.iter().map(|row| row.0).fold(f32::INFINITY, f32::min);
    let highest = all
        .iter()
        .map(|row| row.1)
        .fold(f32::NEG_INFINITY, f32::max);
    span((lowest, highest)) > ALIKE * smallest
}

fn to_own_range(row: &[f32]) -> Vec<f32> {
    let (low, high) = bounds(row);
    // The widest range is infinite in single precision.
    let [low, high] = [low, high].map(f64::from);
    let place = |&value: &f32| match high > low {
        true => (f64::from(value) - low) / (high - low),
        false => 0.5,
    };
    row.iter().map(|value| place(value) as f32).collect()
}

fn bounds(values: &[f32]) -> (f32, f32) {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (low, high)
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

#[cfg(test)]
mod tests;
