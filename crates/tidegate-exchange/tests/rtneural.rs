//! Small networks trained elsewhere, with recorded inputs and outputs: the models of RTNeural, in PyTorch's and in
//! Keras' layout. They lie outside the project, in `../shared/models/rtneural`, and are skipped where that is missing.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_cells::Batch;
use tidegate_exchange::{
    FileKind, Layer, Network, NetworkRunner, NetworkStream, pytorch, rtneural,
};
use tidegate_model::BatchInputs;

/// Largest difference allowed, relative to the largest recorded output; both sides are float32.
const BOUND: f32 = 1e-5;

#[allow(
    clippy::print_stderr,
    reason = "whoever runs the tests must see what was skipped"
)]
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/models/rtneural");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is missing", folder.display());
    None
}

#[test]
fn a_pytorch_gru_of_four_layers_gives_its_recorded_outputs_whole_and_step_by_step() {
    let Some(network) = check("gru_torch") else {
        return;
    };
    let model = network.to_model().unwrap();
    assert_eq!(model.configuration().recurrent.layers, 4);
}

#[test]
fn a_pytorch_lstm_of_four_layers_gives_its_recorded_outputs_whole_and_step_by_step() {
    check("lstm_torch");
}

#[test]
fn a_keras_gru_between_dense_layers_gives_its_recorded_outputs_whole_and_step_by_step() {
    check("gru");
}

#[test]
fn an_lstm_that_declares_16_units_and_holds_20_is_refused_with_both_numbers() {
    let Some(folder) = folder() else { return };
    let error = read(&folder.join("bad_lstm.json")).unwrap_err();
    assert_eq!(
        error,
        "layer 1 (LSTM): says that it has 16 units, but its weights have 20"
    );
}

fn read(path: &Path) -> Result<Network, String> {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(FileKind::of(&bytes).unwrap(), FileKind::RtNeural);
    Network::from_bytes(&bytes, &pytorch::Options::default()).map_err(|error| error.to_string())
}

/// The recorded outputs within the bound, the same bits whole and step by step, and the same bits after writing and reading.
fn check(name: &str) -> Option<Network> {
    let folder = folder()?;
    let network = read(&folder.join(format!("{name}.json"))).unwrap();
    let column = |kind: &str| {
        let path = folder.join(format!("{name}_{kind}_python.csv"));
        let text = std::fs::read_to_string(path).unwrap();
        let numbers = text
            .lines()
            .map(|line| line.trim().parse::<f64>().unwrap() as f32);
        numbers.collect::<Vec<f32>>()
    };
    let (input, expected) = (column("x"), column("y"));
    assert!(input.len() >= 100, "{name}: the recording is there");
    let whole = |network: &Network| {
        let batch = Batch::full(input.len(), 1);
        network
            .run(&batch, &BatchInputs::Features(&input))
            .unwrap()
            .values
    };
    let found = whole(&network);
    let largest = expected
        .iter()
        .fold(0.0, |most: f32, value| most.max(value.abs()));
    for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
        assert!(
            (found - expected).abs() <= BOUND * largest,
            "{name}, step {step}: {found}, recorded {expected}"
        );
    }
    let runner = Arc::new(NetworkRunner::new(network.clone()).unwrap());
    let mut stream = NetworkStream::new(runner, 1).unwrap();
    for (step, (input, whole)) in input.iter().zip(&found).enumerate() {
        let stepped = stream.step(&BatchInputs::Features(&[*input])).unwrap();
        assert_eq!(stepped[0].to_bits(), whole.to_bits(), "{name}, step {step}");
    }
    let written = rtneural::write(&network).unwrap();
    let back = rtneural::read(&written, &pytorch::Options::default()).unwrap();
    for (back, found) in whole(&back).iter().zip(&found) {
        // Where two biases became one, their sum was rounded.
        assert!(
            (back - found).abs() <= 1e-6,
            "{name}, written and read: {back}, {found}"
        );
    }
    Some(network)
}

fn refusal(json: &str) -> String {
    rtneural::read(json.as_bytes(), &pytorch::Options::default())
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_wrong_with_a_file_is_named() {
    assert!(refusal("{").contains("is not JSON"));
    assert!(refusal("[]").contains("expected an object"));
    assert!(refusal("{}").contains("holds no tensor"));
    assert!(refusal(r#"{"layers": 3}"#).contains("expected a list"));
    assert!(refusal(r#"{"layers": []}"#).contains("has no layer with weights"));
    assert!(
        refusal(r#"{"layers": [{"type": "conv1d"}]}"#)
            .contains("layer 1 (conv1d): this kind of layer has no counterpart")
    );
    assert!(
        refusal(r#"{"layers": [{"type": "dense", "weights": [[[1, 2], [3]], [0, 0]]}]}"#)
            .contains("weights 0: has a list of 1")
    );
    assert!(
        refusal(r#"{"layers": [{"type": "dense", "weights": [[[1, "a"]], [0, 0]]}]}"#)
            .contains("no number")
    );
    assert!(
        refusal(r#"{"layers": [{"type": "dense", "weights": [[[1e39]], [0]]}]}"#)
            .contains("must be finite")
    );
    assert!(
        refusal(r#"{"layers": [{"type": "dense", "activation": "elu", "weights": [[[1]], [0]]}]}"#)
            .contains("the activation elu")
    );
    assert!(refusal(r#"{"in_shape": [null, null, 2], "layers": [{"type": "dense", "weights": [[[1]], [0]]}]}"#).contains("says that 2 features enter"));
    assert!(
        refusal(r#"{"model_data": {"skip": 1}, "state_dict": {}}"#).contains("model_data.skip")
    );
}

#[test]
fn lists_that_spell_out_no_array_are_refused() {
    let deep = format!("{}1{}", "[".repeat(9), "]".repeat(9));
    for (list, reason) in [
        ("[[1, 2], [3]]", "has a list of 1"),
        ("[1, [2]]", "has a number beside lists"),
        ("[[2], 1]", "has a number beside lists"),
        ("[1, []]", "has a number beside lists"),
        ("[{}]", "is no number"),
        ("null", "is no number"),
        (&deep, "more than 8 lists"),
        ("[[], []]", "fc.weight: has shape [2, 0]"),
    ] {
        let error = refusal(&format!(r#"{{"fc.weight": {list}}}"#));
        assert!(
            error.starts_with("fc.weight: ") && error.contains(reason),
            "{list}: {error}"
        );
    }
}

#[test]
fn files_of_more_than_a_network_holds_are_refused_while_they_are_read() {
    let lists = |one: &str, count: usize| vec![one; count].join(",");
    let layers = format!(r#"{{"layers": [{}]}}"#, lists("{}", 1001));
    assert!(refusal(&layers).contains("more than 1000"));
    let arrays = format!(
        r#"{{"layers": [{{"type": "gru", "weights": [{}]}}]}}"#,
        lists("[]", 9)
    );
    assert!(refusal(&arrays).contains("more than 8"));
    let tensors = format!("{{{}}}", lists(r#""a": []"#, 4097));
    assert!(refusal(&tensors).contains("more than 4096"));
}

#[test]
fn options_are_refused_for_files_that_need_none() {
    let file = r#"{"layers": [{"type": "dense", "weights": [[[1]], [0]]}]}"#;
    let options = pytorch::Options {
        reset: tidegate_cells::Reset::Before,
        ..pytorch::Options::default()
    };
    let error = rtneural::read(file.as_bytes(), &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "option reset: is of PyTorch's parameters, and the file holds layers"
    );
    rtneural::read(file.as_bytes(), &pytorch::Options::default()).unwrap();
}

#[test]
fn what_the_format_cannot_hold_is_named() {
    let gru = tidegate_cells::Stack::new(
        tidegate_cells::Cell::Gru(tidegate_cells::Gru {
            reset: tidegate_cells::Reset::Before,
            ..Default::default()
        }),
        1,
        1,
    );
    let network = Network {
        input: tidegate_exchange::Input::Features(1),
        layers: vec![Layer::Recurrent {
            weights: vec![0.5; gru.parameter_count()],
            stack: gru,
        }],
    };
    let error = rtneural::write(&network).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "layer 1 (gru): the reset gate before the product has no counterpart in RTNeural"
        ),
        "{error}"
    );
}
