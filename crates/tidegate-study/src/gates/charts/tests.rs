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
