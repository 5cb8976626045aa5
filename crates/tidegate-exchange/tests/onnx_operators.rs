//! Every operator beside the recurrent ones, beside the standard's reference implementation (`reference/onnx/operators.py`).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod onnx_support;

use onnx_support::{assert_close, bytes_of_hex, tensor_of};
use serde_json::Value;
use tidegate_exchange::onnx::{Graph, Tensor};

/// Largest difference allowed, relative to the largest magnitude in a tensor or 1: both sides are float32, and their exponentials
/// may differ in the last places.
const BOUND: f32 = 1e-6;

#[test]
fn every_operator_gives_what_the_standard_says() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("reference/onnx/operators.json")).unwrap();
    let mut failures = Vec::new();
    for case in cases {
        let name = &case["name"];
        let inputs = case["inputs"].as_object().unwrap();
        let inputs: Vec<(&str, Tensor)> = inputs
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor_of(tensor)))
            .collect();
        let graph = Graph::read(&bytes_of_hex(&case["model"]));
        match graph.and_then(|graph| graph.run(&inputs)) {
            Ok(outputs) => {
                assert_eq!(outputs.len(), case["outputs"].as_object().unwrap().len());
                for (output, tensor) in outputs {
                    let what = format!("{name} {output}");
                    assert_close(&what, &tensor, &tensor_of(&case["outputs"][&output]), BOUND);
                }
            }
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn a_part_that_nothing_reads_is_still_a_part_of_split() {
    let graph = [
        onnx_support::node("Split", &["x"], &["a", "b", ""], &[("num_outputs", 3)]),
        onnx_support::input("x", 1, &["7"]),
        onnx_support::output("a"),
        onnx_support::output("b"),
    ];
    let graph = Graph::read(&onnx_support::model(&graph)).unwrap();
    let x: Vec<f32> = (0u8..7).map(f32::from).collect();
    let outputs = graph.run(&[("x", Tensor::new([7], x).unwrap())]).unwrap();
    assert_eq!(outputs[0].1.as_f32(), Some(&[0.0, 1.0, 2.0][..]));
    assert_eq!(outputs[1].1.as_f32(), Some(&[3.0, 4.0, 5.0][..]));
}

#[test]
fn a_bound_of_clip_adds_no_axes() {
    let graph = [
        onnx_support::node("Clip", &["x", "least"], &["y"], &[]),
        onnx_support::floats("least", &[1, 1, 1], &[0.0]),
        onnx_support::input("x", 1, &["2"]),
        onnx_support::output("y"),
    ];
    let graph = Graph::read(&onnx_support::model(&graph)).unwrap();
    let x = Tensor::new([2], vec![-1.0f32, 1.0]).unwrap();
    let outputs = graph.run(&[("x", x)]).unwrap();
    assert_eq!(outputs[0].1, Tensor::new([2], vec![0.0f32, 1.0]).unwrap());
}
