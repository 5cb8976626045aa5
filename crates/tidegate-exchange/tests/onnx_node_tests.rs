//! The ONNX standard's own node tests of GRU, LSTM and RNN. They lie outside the project, in `../shared/onnx_node_tests`, and are
//! skipped where that folder is missing.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod onnx_support;

use std::path::{Path, PathBuf};

use onnx_support::assert_close;
use tidegate_exchange::onnx::{Graph, Tensor};

/// Largest difference allowed, relative to the largest magnitude in the same tensor or 1; both sides are float32.
const BOUND: f32 = 1e-5;

/// One test per folder, and the list of all of them.
macro_rules! node_tests {
    ($($name:ident),* $(,)?) => {
        mod the_importer_passes_the_node_test_of_the_onnx_standard {
            $(
                #[test]
                fn $name() {
                    super::check(concat!("test_", stringify!($name)));
                }
            )*
        }

        const NAMES: &[&str] = &[$(concat!("test_", stringify!($name))),*];
    };
}

node_tests! {
    gru_batchwise,
    gru_defaults,
    gru_seq_length,
    gru_with_initial_bias,
    lstm_batchwise,
    lstm_defaults,
    lstm_with_initial_bias,
    lstm_with_peepholes,
    rnn_seq_length,
    simple_rnn_batchwise,
    simple_rnn_defaults,
    simple_rnn_with_initial_bias,
}

#[test]
fn every_folder_of_node_tests_has_its_test() {
    let Some(folder) = folder() else {
        return;
    };
    let mut folders: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, NAMES);
}

/// `../shared/onnx_node_tests`, seen from the root of the workspace; where it is missing, says so and gives nothing.
#[allow(
    clippy::print_stderr,
    reason = "whoever runs the tests must see what was skipped"
)]
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/onnx_node_tests");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is missing", folder.display());
    None
}

fn check(name: &str) {
    let Some(folder) = folder() else {
        return;
    };
    let folder = folder.join(name);
    let graph = Graph::read(&std::fs::read(folder.join("model.onnx")).unwrap()).unwrap();
    assert_eq!(graph.plain_nodes(), []);
    let tensor = |kind: &str, index: usize| {
        let path = folder.join(format!("test_data_set_0/{kind}_{index}.pb"));
        Tensor::read(&std::fs::read(path).unwrap()).unwrap()
    };
    let inputs: Vec<(&str, Tensor)> = graph
        .inputs()
        .iter()
        .enumerate()
        .map(|(index, port)| (port.name.as_str(), tensor("input", index)))
        .collect();
    let outputs = graph.run(&inputs).unwrap();
    assert!(!outputs.is_empty());
    for (index, (output, found)) in outputs.iter().enumerate() {
        assert_close(
            &format!("{name}: {output}"),
            found,
            &tensor("output", index),
            BOUND,
        );
    }
}
