//! A chart of each kind.

use super::*;

pub(crate) fn lines() -> Chart {
    let points = |offset: f64| {
        [25.0, 50.0, 100.0, 200.0, 400.0, 800.0]
            .map(|x: f64| Point {
                x,
                y: offset / x,
                interval: Some([0.7 * offset / x, 1.4 * offset / x]),
            })
            .to_vec()
    };
    let line = |name: &str, look, offset| Line {
        name: name.to_owned(),
        look,
        markers: true,
        points: points(offset),
        ..Line::default()
    };
    let lines = Lines {
        x: Axis::new("lag", Scale::Log2).in_unit("steps"),
        y: Axis::new("test loss", Scale::Log10).in_unit("mean squared error"),
        series: vec![
            line("GRU", 0, 1.0),
            line("LSTM", 1, 3.0),
            line("RNN <&>", 2, 12.0),
        ],
        guides: vec![Guide {
            name: "without memory".to_owned(),
            y: 0.167,
        }],
    };
    Chart::lines("Loss by lag", "It falls.", lines).unwrap()
}

pub(crate) fn bars() -> Chart {
    let bar = |value| {
        Some(Bar {
            value,
            interval: Some([value * 0.9, value * 1.2]),
        })
    };
    let bars = Bars {
        value: Axis::new("time per update", Scale::Linear).in_unit("ms"),
        groups: vec![
            "equal hidden size".to_owned(),
            "equal parameters".to_owned(),
        ],
        series: vec![
            BarSeries {
                name: "GRU".to_owned(),
                look: 0,
                bars: vec![bar(1.5), bar(2.25)],
            },
            BarSeries {
                name: "LSTM".to_owned(),
                look: 1,
                bars: vec![bar(2.0), None],
            },
        ],
    };
    Chart::bars("Time", "The GRU is faster.", bars).unwrap()
}

pub(crate) fn heat_map() -> Chart {
    let (rows, columns) = (12, 40);
    let map = HeatMap {
        x: Axis::new("step", Scale::Linear),
        y: "unit".to_owned(),
        value: "update gate".to_owned(),
        row_labels: (0..rows).map(|row| row.to_string()).collect(),
        first_column: 0,
        steps_per_column: 1,
        columns,
        values: (0..rows * columns)
            .map(|index| (index % columns) as f32 / columns as f32)
            .collect(),
        colours: Colours::Unit,
    };
    Chart::heat_map("Update gate", "It opens.", map).unwrap()
}
