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
            let name = names.map_or_else(|| index.to_string(), |names| names[index].clone());
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
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use tidegate_cells::{Cell, Gru};

    use super::*;
    use crate::gates::{UnitGates, UnitMemory};

    /// A chart's rows as the page has them, from the top, with their names.
    fn rows(chart: &Chart) -> Vec<(String, Vec<f32>)> {
        let figure = chart.plotly();
        assert_eq!(figure["layout"]["yaxis"]["autorange"], "reversed");
        let trace = &figure["data"][0];
        let names = trace["y"].as_array().unwrap();
        let bytes = STANDARD
            .decode(trace["z"]["bdata"].as_str().unwrap())
            .unwrap();
        let values: Vec<f32> = bytes
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
            .collect();
        let columns = values.len() / names.len();
        let shape = format!("{}, {columns}", names.len());
        assert_eq!(trace["z"]["shape"], shape);
        let names = names.iter().map(|name| name.as_str().unwrap().to_owned());
        names
            .zip(values.chunks(columns).map(<[f32]>::to_vec))
            .collect()
    }

    /// So many layers of three units over four steps, of which unit 2 remembers longest and unit 1 shortest.
    fn view(layers: usize) -> GateView {
        let unit = |unit, kept| UnitGates {
            unit,
            memory: UnitMemory::Gate { kept },
            gate_means: Vec::new(),
            most_active: Vec::new(),
        };
        let array = |name| GateArray {
            name,
            values: (0..12).map(|index| index as f32 / 16.0).collect(),
        };
        let layer = |layer| LayerGates {
            layer,
            reverse: false,
            arrays: ["reset_gate", "update_gate", "candidate", "hidden"]
                .map(array)
                .to_vec(),
            units: vec![unit(2, 0.9), unit(0, 0.5), unit(1, 0.1)],
        };
        GateView {
            cell: Cell::Gru(Gru::default()),
            hidden_size: 3,
            steps: 4,
            zoneout: 0.0,
            layers: (0..layers).map(layer).collect(),
        }
    }

    fn sequence(inputs: Inputs, names: &[&str], pitches: bool) -> ShownSequence {
        ShownSequence {
            name: "x".to_owned(),
            split: None,
            sequence: 0,
            inputs,
            names: Some(names.iter().map(|name| (*name).to_owned()).collect()),
            pitches,
        }
    }

    #[test]
    fn a_row_is_a_unit_in_the_order_of_memory_and_a_column_a_step() {
        let view = view(1);
        let shown = &view.layers[0];
        for steps in [0..4, 1..3] {
            let charts = layer(&view, shown, &steps, Language::English);
            for (chart, array) in charts.iter().zip(&shown.arrays) {
                for ((name, row), unit) in rows(chart).iter().zip(&shown.units) {
                    assert_eq!(*name, unit.unit.to_string());
                    let column = |step| array.values[step * view.hidden_size + unit.unit];
                    let expected: Vec<f32> = steps.clone().map(column).collect();
                    assert_eq!(*row, expected, "{} of {steps:?}", array.name);
                }
            }
        }
    }

    #[test]
    fn the_highest_pitch_stands_at_the_top_and_other_features_in_their_own_order() {
        let values = vec![0.0, 1.0, 0.5, 0.25, 0.0, 1.0];
        let inputs = Inputs::Features { size: 3, values };
        let names = ["21", "22", "23"];
        let of = |pitches| {
            let sequence = sequence(inputs.clone(), &names, pitches);
            rows(&input(&sequence, &(0..2), Language::English).unwrap())
        };
        let row = |name: &str, values: [f32; 2]| (name.to_owned(), values.to_vec());
        let from_low = [
            row("21", [0.0, 0.25]),
            row("22", [1.0, 0.0]),
            row("23", [0.5, 1.0]),
        ];
        assert_eq!(of(false), from_low);
        let mut from_high = from_low;
        from_high.reverse();
        assert_eq!(of(true), from_high);
    }

    #[test]
    fn a_picture_of_a_deep_model_is_bounded_and_says_what_it_leaves_out() {
        let inputs = Inputs::Features {
            size: 1,
            values: vec![0.5; 4],
        };
        let sequence = sequence(inputs, &["a"], false);
        let of = |layers, language| picture(&view(layers), &sequence, &(0..4), language);
        let whole = of(3, Language::English);
        assert_eq!((whole.len(), whole[0].title()), (1 + 12, "Input"));
        let cut = of(20, Language::English);
        assert_eq!(cut.len(), 1 + MOST_MAPS);
        assert!(
            cut[0]
                .title()
                .contains("left out of this picture: Layer 3 and"),
            "{}",
            cut[0].title()
        );
        assert!(
            of(20, Language::Korean)[0]
                .title()
                .contains("생략: 3번 층부터")
        );
    }

    #[test]
    fn features_of_other_levels_or_other_spans_are_shown_each_in_its_own_range() {
        let wave = |level: f32, half: f32| vec![level - half, level, level + half];
        for (rows, expected) in [
            (vec![wave(1010.0, 5.0), wave(10.0, 5.0)], true),
            (vec![vec![1e9; 3], wave(0.0, 1.0)], true),
            (vec![wave(0.0, 1.0), wave(0.0, 100.0)], true),
            (vec![wave(0.0, 1.0), wave(0.5, 0.5)], false),
            (vec![wave(1010.0, 5.0), wave(1012.0, 4.0)], false),
            (vec![wave(1e6, 1.0)], false),
            (vec![vec![3.0; 3], vec![5.0; 3]], false),
        ] {
            assert_eq!(differ(&rows), expected, "{rows:?}");
        }
        assert_eq!(to_own_range(&wave(1010.0, 5.0)), [0.0, 0.5, 1.0]);
        assert_eq!(to_own_range(&[f32::MIN, 0.0, f32::MAX]), [0.0, 0.5, 1.0]);
    }
}
