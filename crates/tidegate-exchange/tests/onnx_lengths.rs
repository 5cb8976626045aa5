//! Graphs whose recurrent nodes take lengths.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod onnx_support;

use onnx_support::{floats, input, integers, model, node, output};
use tidegate_exchange::onnx::{Graph, Tensor};

const STEPS: usize = 5;

/// A GRU over `x` with these further inputs, then these nodes, which give `last`.
fn graph(further: &[&str], nodes: &[Vec<u8>]) -> Graph {
    let weights =
        |count: usize| -> Vec<f32> { (0..count).map(|place| (place as f32 * 1.7).sin()).collect() };
    let mut inputs = vec!["x", "w", "r"];
    inputs.extend(further);
    let mut graph = vec![node("GRU", &inputs, &["y", "h"], &[("hidden_size", 4)])];
    graph.extend_from_slice(nodes);
    graph.extend([
        floats("w", &[1, 12, 2], &weights(24)),
        floats("r", &[1, 12, 4], &weights(48)),
        floats("w2", &[1, 12, 4], &weights(48)),
        integers("first", &[0]),
        integers("second", &[1]),
        onnx_support::constant("end", 7, &[], &(-1i64).to_le_bytes()),
        input("x", 1, &["steps", "batch", "2"]),
        output("last"),
    ]);
    if further.contains(&"lengths") {
        graph.push(input("lengths", 6, &["batch"]));
    }
    if further.contains(&"initial") {
        graph.push(input("initial", 1, &["1", "batch", "4"]));
    }
    Graph::read(&model(&graph)).unwrap()
}

/// Nodes from the GRU's outputs to one row for each sequence.
fn ends() -> [(&'static str, Vec<Vec<u8>>); 3] {
    let rows = node("Squeeze", &["y", "second"], &["rows"], &[]);
    let mean = node(
        "ReduceMean",
        &["rows", "first"],
        &["last"],
        &[("keepdims", 0)],
    );
    [
        (
            "state",
            vec![node("Squeeze", &["h", "first"], &["last"], &[])],
        ),
        (
            "last step",
            vec![
                rows.clone(),
                node("Gather", &["rows", "end"], &["last"], &[]),
            ],
        ),
        ("mean", vec![rows, mean]),
    ]
}

#[test]
fn without_lengths_the_state_the_last_step_and_the_mean_are_layers_of_a_network() {
    for (what, nodes) in ends() {
        let network = graph(&[], &nodes).to_network();
        assert!(network.is_ok(), "{what}: {network:?}");
    }
}

#[test]
fn with_lengths_only_the_state_is_a_layer_of_a_network() {
    for (what, nodes) in ends() {
        let network = graph(&["", "lengths"], &nodes).to_network();
        if what == "state" {
            assert!(network.is_ok(), "{network:?}");
        } else {
            let error = network.unwrap_err().to_string();
            assert!(error.contains("padded steps count"), "{what}: {error}");
        }
    }
}

#[test]
fn a_layer_that_reads_the_padding_of_the_one_below_has_no_place_in_a_network() {
    let above = |lengths: &[&str]| {
        let mut inputs = vec!["rows", "w2", "r"];
        inputs.extend(lengths);
        let nodes = [
            node("Squeeze", &["y", "second"], &["rows"], &[]),
            node("GRU", &inputs, &["", "h2"], &[("hidden_size", 4)]),
            node("Squeeze", &["h2", "first"], &["last"], &[]),
        ];
        graph(&["", "lengths"], &nodes).to_network()
    };
    let both = above(&["", "lengths"]);
    assert!(both.is_ok(), "{both:?}");
    let error = above(&[]).unwrap_err().to_string();
    assert!(error.contains("sequence_lens"), "{error}");
}

#[test]
fn what_stands_past_a_length_is_not_read() {
    let nodes = [node("Identity", &["y"], &["last"], &[])];
    let graph = graph(&["", "lengths"], &nodes);
    let run = |padding: f32| {
        let values: Vec<f32> = (0..STEPS * 2 * 2)
            .map(|place| {
                let (step, row) = (place / 4, place / 2 % 2);
                if row == 1 && step >= 3 {
                    padding
                } else {
                    place as f32 * 0.1
                }
            })
            .collect();
        let x = Tensor::new([STEPS, 2, 2], values).unwrap();
        let lengths = Tensor::new([2], vec![STEPS as i32, 3]).unwrap();
        graph.run(&[("x", x), ("lengths", lengths)])
    };
    let expected = run(0.0).unwrap();
    assert_eq!(run(f32::NAN).unwrap(), expected);
    assert_eq!(run(f32::INFINITY).unwrap(), expected);
}

#[test]
fn a_number_within_a_length_that_is_none_is_refused_with_its_step() {
    let nodes = [node("Identity", &["y"], &["last"], &[])];
    let mut values = vec![0.0f32; STEPS * 2 * 2];
    values[2 * 4 + 3] = f32::NAN;
    let x = Tensor::new([STEPS, 2, 2], values).unwrap();
    let lengths = Tensor::new([2], vec![STEPS as i32, 3]).unwrap();
    let result = graph(&["", "lengths"], &nodes).run(&[("x", x), ("lengths", lengths)]);
    let error = result.unwrap_err().to_string();
    assert!(error.contains("NaN at step 2 of sequence 1"), "{error}");
}

#[test]
fn a_sequence_of_length_zero_keeps_its_initial_state() {
    let nodes = [node("Identity", &["h"], &["last"], &[])];
    let initial = [0.1f32, -0.2, 0.3, -0.4, 0.5, 0.6, 0.7, 0.8];
    let x = Tensor::new([STEPS, 2, 2], vec![0.5f32; STEPS * 4]).unwrap();
    let outputs = graph(&["", "lengths", "initial"], &nodes)
        .run(&[
            ("x", x),
            ("lengths", Tensor::new([2], vec![0, 2]).unwrap()),
            ("initial", Tensor::new([1, 2, 4], initial.to_vec()).unwrap()),
        ])
        .unwrap();
    assert_eq!(outputs[0].1.as_f32().unwrap()[..4], initial[..4]);
    assert_ne!(outputs[0].1.as_f32().unwrap()[4..], initial[4..]);
}
