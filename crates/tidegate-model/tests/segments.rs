//! The segment-wise network against PyTorch's numbers.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use tidegate_cells::{Cell, Gru, Lstm, Stack};
use tidegate_model::{
    Forecaster, ForecasterConfiguration, ForecasterTape, Network, Normalisation, WindowInputs,
};

fn numbers(value: &Value) -> Vec<f32> {
    let numbers = value.as_array().unwrap().iter();
    numbers
        .map(|number| number.as_f64().unwrap() as f32)
        .collect()
}

fn assert_close(what: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected
        .iter()
        .fold(1.0_f32, |most, value| most.max(value.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(
            error <= 1e-5 * largest,
            "{what}: {found} against {expected}"
        );
    }
}

#[test]
fn forecasts_and_gradients_are_those_of_pytorch() {
    let document: Value = serde_json::from_str(include_str!("reference/segments.json")).unwrap();
    let size = |name: &str| document[name].as_u64().unwrap() as usize;
    for case in document["cases"].as_array().unwrap() {
        let cell = match case["cell"].as_str().unwrap() {
            "gru" => Cell::Gru(Gru::default()),
            _ => Cell::Lstm(Lstm { peepholes: false }),
        };
        let configuration = ForecasterConfiguration {
            network: Network::Segment {
                length: size("length"),
            },
            recurrent: Stack::new(cell, size("width"), size("width")),
            window: size("window"),
            horizon: size("horizon"),
            targets: size("targets"),
            past_size: size("targets"),
            known_size: 0,
            levels: 1,
            normalisation: Normalisation::Last,
            dropout: 0.0,
        };
        let mut forecaster = Forecaster::new(configuration, 1).unwrap();
        let mut parameters = vec![0.0; forecaster.parameters().len()];
        for tensor in forecaster.tensors() {
            let values = numbers(&case["parameters"][&tensor.name]);
            parameters[tensor.range()].copy_from_slice(&values);
        }
        forecaster.set_parameters(&parameters).unwrap();
        let past = numbers(&case["past"]);
        let inputs = WindowInputs {
            windows: size("windows"),
            past: &past,
            known: &[],
        };
        let (mut tape, mut outputs) = (ForecasterTape::new(), Vec::new());
        forecaster
            .forward_training(&inputs, None, &mut tape, &mut outputs)
            .unwrap();
        assert_close("forecast", &outputs, &numbers(&case["forecast"]));
        let mut gradient = vec![0.0; parameters.len()];
        forecaster
            .backward(&mut tape, &numbers(&case["weights"]), &mut gradient)
            .unwrap();
        for tensor in forecaster.tensors() {
            let expected = numbers(&case["gradients"][&tensor.name]);
            assert_close(&tensor.name, &gradient[tensor.range()], &expected);
        }
    }
}
