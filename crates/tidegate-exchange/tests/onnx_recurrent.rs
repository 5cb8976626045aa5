//! GRU, LSTM and RNN nodes over a grid of all attributes, beside ONNX Runtime's outputs (`reference/onnx/recurrent.py`).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod onnx_support;

use onnx_support::{assert_close, bytes_of_hex, tensor_of};
use serde_json::Value;
use tidegate_exchange::onnx::{Graph, Tensor};

/// Largest difference allowed, relative to the largest magnitude in a tensor or 1: both sides are float32, and sum in other orders.
const BOUND: f32 = 2e-6;

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("reference/onnx/recurrent.json")).unwrap()
}

fn run(case: &Value) -> (Graph, Vec<(String, Tensor)>) {
    let graph = Graph::read(&bytes_of_hex(&case["model"])).unwrap();
    let inputs = case["inputs"].as_object().unwrap();
    let inputs: Vec<(&str, Tensor)> = inputs
        .iter()
        .map(|(name, tensor)| (name.as_str(), tensor_of(tensor)))
        .collect();
    let outputs = graph.run(&inputs).unwrap();
    (graph, outputs)
}

#[test]
fn every_attribute_of_the_recurrent_operators_is_computed_as_by_onnx_runtime() {
    for case in cases() {
        let (_, outputs) = run(&case);
        assert!(!outputs.is_empty());
        for (name, tensor) in outputs {
            let what = format!("{} {name}, {}", case["name"], case["options"]);
            assert_close(&what, &tensor, &tensor_of(&case["outputs"][&name]), BOUND);
        }
    }
}

#[test]
fn what_the_engine_does_not_cover_is_named_and_nothing_else() {
    for case in cases() {
        let (graph, _) = run(&case);
        let options = &case["options"];
        let activations = options["activations"].to_string();
        let covered = match case["name"].as_str().unwrap().split_once('_').unwrap().0 {
            "gru" => r#"["Sigmoid","Relu"]"#,
            "lstm" => "null",
            _ => r#"["Relu"]"#,
        };
        let on_engine = options["clip"].is_null()
            && options["input_forget"] != 1
            && (activations == "null" || activations == covered);
        assert_eq!(
            graph.plain_nodes().is_empty(),
            on_engine,
            "{options}: {:?}",
            graph.plain_nodes()
        );
        for node in graph.plain_nodes() {
            let why = ["clip", "input_forget", "activations"];
            assert!(
                why.iter().any(|why| node.reason.contains(why)),
                "{}",
                node.reason
            );
        }
    }
}
