//! Layers of Keras: what is computed here comes back from what is written, and what is not is named.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use serde_json::{Value, json};
use tidegate_cells::{Activation, Batch, Cell, Gru, Lstm, Reset, Rnn, Stack};
use tidegate_exchange::keras::{self, KerasLayer};
use tidegate_exchange::{NamedArray, Network};
use tidegate_model::{BatchInputs, InputLayer, Model, ModelConfiguration, Readout};

fn array(shape: &[usize]) -> NamedArray {
    let values = (0..shape.iter().product()).map(|index: usize| (index as f32).sin());
    NamedArray::new("weights".into(), shape.to_vec(), values.collect()).unwrap()
}

fn layer(class: &str, configuration: Value, shapes: &[&[usize]]) -> KerasLayer {
    KerasLayer {
        class: class.into(),
        configuration,
        weights: shapes.iter().map(|shape| array(shape)).collect(),
    }
}

#[test]
fn every_network_that_keras_can_hold_computes_the_same_after_writing_and_reading() {
    let reset = |reset, candidate| Cell::Gru(Gru { reset, candidate });
    let cells = [
        reset(Reset::After, Activation::Tanh),
        reset(Reset::Before, Activation::Relu),
        Cell::Lstm(Lstm::default()),
        Cell::Rnn(Rnn {
            activation: Activation::Relu,
        }),
    ];
    let features: Vec<f32> = (0..4 * 2 * 3)
        .map(|index| (index as f32 * 0.3).cos())
        .collect();
    for cell in cells {
        for bidirectional in [false, true] {
            for readout in [Readout::EveryStep, Readout::LastStep, Readout::Mean] {
                let mut stack = Stack::new(cell, 3, 5);
                stack.layers = 2;
                stack.bidirectional = bidirectional;
                let configuration =
                    ModelConfiguration::new(InputLayer::Features, stack, 2, readout);
                let network = Network::from_model(&Model::new(configuration, 3).unwrap());
                let back = keras::read(&keras::write(&network).unwrap()).unwrap();
                let run = |network: &Network| {
                    network
                        .run(&Batch::full(4, 2), &BatchInputs::Features(&features))
                        .unwrap()
                };
                let (found, expected) = (run(&back), run(&network));
                assert_eq!(found.every_step, expected.every_step);
                // Where two biases became one, their sum was rounded.
                for (found, expected) in found.values.iter().zip(&expected.values) {
                    assert!(
                        (found - expected).abs() < 1e-6,
                        "{cell:?}: {found}, {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_not_computed_is_named_with_its_layer() {
    let refusal = |class: &str, configuration: Value, shapes: &[&[usize]]| {
        keras::read(&[layer(class, configuration, shapes)])
            .unwrap_err()
            .to_string()
    };
    let gru: &[&[usize]] = &[&[2, 9], &[3, 9], &[2, 9]];
    for (key, value) in [
        ("activation", json!("elu")),
        ("recurrent_activation", json!("hard_sigmoid")),
        ("go_backwards", json!(true)),
        ("stateful", json!(true)),
    ] {
        let error = refusal("GRU", json!({"name": "g", key: value}), gru);
        assert!(
            error.starts_with("layer g (GRU): ") && error.contains(key),
            "{error}"
        );
    }
    assert!(
        refusal("GRU", json!({"reset_after": false}), gru)
            .contains("has shape [2, 9], expected [9]")
    );
    assert!(
        refusal("GRU", json!({"units": 4}), gru)
            .contains("says that it has 4 units, but its weights have 3")
    );
    assert!(
        refusal(
            "LSTM",
            json!({"activation": "relu"}),
            &[&[2, 12], &[3, 12], &[12]]
        )
        .contains("the activation relu")
    );
    assert!(refusal("LSTM", json!({}), &[&[2, 12]]).contains("has 1 array of weights"));
    assert!(refusal("LSTM", json!({}), &[&[2, 12], &[0, 0], &[12]]).contains("weights"));
    assert!(refusal("Embedding", json!({"mask_zero": true}), &[&[4, 2]]).contains("mask_zero"));
    assert!(refusal("Conv1D", json!({}), &[]).contains("layer Conv1D: this kind of layer"));
    assert!(
        refusal("Dense", json!({"activation": "gelu"}), &[&[2, 2], &[2]])
            .contains("the activation gelu")
    );
    for option in [
        json!({"max_value": 6.0}),
        json!({"max_value": 0.0}),
        json!({"threshold": 1.0}),
    ] {
        assert!(refusal("ReLU", option, &[]).contains("relu with"));
    }
    assert!(
        refusal("Dense", json!({}), &[&[0, 1 << 61]]).contains("[0, 2305843009213693952]"),
        "no memory is asked for"
    );
    assert!(refusal("Softmax", json!({"axis": 1}), &[]).contains("axis"));
    assert!(
        refusal(
            "Dense",
            json!({"activation": {"class_name": "x"}}),
            &[&[2, 2], &[2]]
        )
        .contains("the activation {")
    );
    let inner = json!({"class_name": "GRU", "config": {}});
    assert!(
        refusal(
            "Bidirectional",
            json!({"merge_mode": "sum", "layer": inner}),
            gru
        )
        .contains("merge_mode sum")
    );
    assert!(refusal("Bidirectional", json!({}), gru).contains("its configuration has no layer"));
}

#[test]
fn a_bias_stands_where_the_configuration_says_so_and_nowhere_else() {
    for (class, columns) in [("GRU", 9), ("LSTM", 12), ("SimpleRNN", 3)] {
        let bias: &[usize] = if class == "GRU" { &[2, 9] } else { &[columns] };
        let (kernel, recurrent): (&[usize], &[usize]) = (&[2, columns], &[3, columns]);
        let read = |configuration: Value, shapes: &[&[usize]]| {
            keras::read(&[layer(class, configuration, shapes)]).map_err(|error| error.to_string())
        };
        let without = json!({"name": "l", "use_bias": false});
        assert!(read(without.clone(), &[kernel, recurrent]).is_ok());
        assert_eq!(
            read(json!({"name": "l"}), &[kernel, recurrent]).unwrap_err(),
            format!(
                "layer l ({class}): has 2 arrays of weights, expected a kernel, a recurrent kernel and a bias"
            )
        );
        assert!(
            read(without, &[kernel, recurrent, bias])
                .unwrap_err()
                .contains(
                    "has 3 arrays of weights, expected a kernel and a recurrent kernel alone"
                )
        );
    }
    let dense = |configuration: Value, shapes: &[&[usize]]| {
        keras::read(&[layer("Dense", configuration, shapes)]).map_err(|error| error.to_string())
    };
    assert!(dense(json!({"use_bias": false, "units": 3}), &[&[2, 3]]).is_ok());
    assert_eq!(
        dense(json!({"name": "d"}), &[&[2, 3]]).unwrap_err(),
        "layer d (Dense): has 1 array of weights, expected a kernel and a bias"
    );
    assert!(
        dense(json!({"use_bias": false}), &[&[2, 3], &[3]])
            .unwrap_err()
            .contains("has 2 arrays of weights, expected a kernel alone")
    );
    assert!(
        dense(json!({"units": 4}), &[&[2, 3], &[3]])
            .unwrap_err()
            .contains("says that it has 4 units, but its weights have 3")
    );
}
