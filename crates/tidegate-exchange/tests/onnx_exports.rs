//! Networks as PyTorch's two exporters write them, beside ONNX Runtime's outputs (`reference/onnx/exports.py`).
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod onnx_support;

use std::path::Path;

use onnx_support::{assert_close, tensor_of};
use serde_json::Value;
use tidegate_exchange::onnx::{Graph, Tensor};
use tidegate_exchange::{Activation, Layer, Network};

/// Largest difference allowed, relative to the largest magnitude in a tensor or 1: both sides are float32, and sum in other orders.
const BOUND: f32 = 2e-6;

fn exports() -> Vec<(Value, Graph)> {
    let records: Vec<Value> =
        serde_json::from_str(include_str!("reference/onnx/exports.json")).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/onnx/exports");
    let read = |record: Value| {
        let path = folder.join(format!("{}.onnx", record["name"].as_str().unwrap()));
        let graph = Graph::read(&std::fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (record, graph)
    };
    records.into_iter().map(read).collect()
}

#[test]
fn exports_of_pytorch_give_what_onnx_runtime_gives() {
    for (record, graph) in exports() {
        let inputs: Vec<(&str, Tensor)> = record["inputs"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, tensor)| (name.as_str(), tensor_of(tensor)))
            .collect();
        let outputs = graph.run(&inputs).unwrap();
        assert_eq!(outputs.len(), record["outputs"].as_object().unwrap().len());
        for (name, tensor) in outputs {
            let what = format!("{} {name}", record["name"]);
            assert_close(&what, &tensor, &tensor_of(&record["outputs"][&name]), BOUND);
        }
        assert_eq!(graph.plain_nodes(), []);
    }
}

/// The layers in words: a recurrent one with its number of layers and directions.
fn words(network: &Network) -> String {
    let word = |layer: &Layer| match layer {
        Layer::Recurrent { stack, .. } => {
            format!(
                "{} {}×{}",
                stack.cell.name(),
                stack.layers,
                stack.directions()
            )
        }
        layer => layer.name().to_owned(),
    };
    network
        .layers
        .iter()
        .map(word)
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn the_chain_of_layers_is_recognised_in_exports_of_pytorch() {
    for (record, graph) in exports() {
        let name = record["name"].as_str().unwrap();
        let expected = match name {
            "gru_last_script" | "gru_last_dynamo" => "gru 1×1, final state, dense, relu, softmax",
            "lstm_state_bidirectional_script" | "lstm_state_bidirectional_dynamo" => {
                "lstm 2×2, final state, dense, relu, softmax"
            }
            "rnn_mean_script" => "rnn 1×1, mean, dense, relu, softmax",
            "gru_tokens_bidirectional_script" | "gru_tokens_bidirectional_dynamo" => {
                "embedding, gru 1×2, dense, sigmoid"
            }
            "gru_states_script" | "gru_states_dynamo" => "gru 2×1",
            "lstm_states_script" | "lstm_states_dynamo" => "lstm 1×2",
            // Written as one product and activation after the other, which are no chain: a cell alone, an RNN by the newer
            // exporter, and all layers by Keras.
            _ => {
                let error = graph.to_network().unwrap_err().to_string();
                assert!(error.contains("of node"), "{name}: {error}");
                continue;
            }
        };
        let network = graph
            .to_network()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(words(&network), expected, "{name}");
        assert!(
            !network
                .layers
                .contains(&Layer::Activation(Activation::Tanh)),
            "{name}: the activations of cells are no layers"
        );
    }
}
