//! The ONNX standard's own node tests of GRU, LSTM and RNN, run on the engine. They lie outside the project, in
//! `../shared/onnx_node_tests`, and are skipped where that folder is missing.

#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod onnx;
mod support;

use onnx::node_test::NodeTest;
use onnx::operator;
use support::closeness::Comparison;
use support::outside::outside;

/// Largest difference allowed, relative to the largest magnitude in the same tensor; both sides are float32.
const BOUND: f64 = 1e-5;

/// One test per folder, and the list of all of them.
macro_rules! node_tests {
    ($($name:ident),* $(,)?) => {
        mod the_engine_passes_the_node_test_of_the_onnx_standard {
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
    let Some(folder) = outside("onnx_node_tests") else {
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

fn check(name: &str) {
    let Some(folder) = outside("onnx_node_tests") else {
        return;
    };
    let test = NodeTest::read(&folder.join(name));
    let outputs = operator::run(&test);
    let mut comparison = Comparison::new(BOUND);
    let mut compared = 0;
    for (index, (actual, name)) in outputs.iter().zip(["Y", "Y_h", "Y_c"]).enumerate() {
        let Some(expected) = test.expected(index) else {
            continue;
        };
        if actual.shape != expected.shape {
            comparison.fail(format!(
                "{name} has shape {:?}, expected {:?}",
                actual.shape, expected.shape
            ));
        }
        let values: Vec<f64> = expected
            .values
            .iter()
            .map(|&value| f64::from(value))
            .collect();
        comparison.check(name, &actual.values, &values);
        compared += 1;
    }
    assert_eq!(
        compared,
        test.outputs.len(),
        "{name}: every expected output is compared"
    );
    comparison.finish(name);
}
