#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::sync::Arc;

use tidegate_cells::{Batch, Cell, Gru};
use tidegate_data::{Label, Recording, RecordingPlace, Recordings, RecordingsFormat};
use tidegate_model::BatchInputs;
use tidegate_train::{ClassifyPooling, RegressRecipe, SequenceNetwork, Training};

use super::*;

/// Recordings of 7 steps and 2 channels, far from zero and of unlike spread, with two targets each.
fn recordings() -> (Recordings, Vec<f64>) {
    let path: Arc<Path> = Path::new("recordings").into();
    let recording = |index: usize| {
        let wave = |at: usize| ((index * 5 + at * 3) as f32 * 0.37).sin();
        Recording {
            name: index.to_string(),
            values: (0..7)
                .flat_map(|at| [100.0 + 20.0 * wave(at), 0.01 * wave(at + 1) - 3.0])
                .collect(),
            label: Label::None,
            place: RecordingPlace {
                path: Arc::clone(&path),
                place: None,
            },
        }
    };
    let targets = (0..20).flat_map(|index| {
        let value = f64::from(index) * 0.7;
        [1000.0 + 50.0 * value.sin(), 0.02 * value.cos() - 4.0]
    });
    let recordings = Recordings {
        path: PathBuf::from("recordings"),
        format: RecordingsFormat::Arrays,
        channels: vec!["first".to_owned(), "second".to_owned()],
        recordings: (0..20).map(recording).collect(),
        notes: Vec::new(),
    };
    (recordings, targets.collect())
}

#[test]
fn a_regressor_goes_from_raw_channels_to_targets_in_their_units() {
    let (recordings, targets) = recordings();
    let recipe = RegressRecipe {
        valid_share: 0.2,
        network: SequenceNetwork {
            cell: Cell::Gru(Gru::default()),
            hidden_size: 5,
            layers: 1,
            bidirectional: false,
            pooling: ClassifyPooling::Mean,
            dropout: 0.0,
            input_dropout: 0.0,
            recurrent_dropout: 0.0,
        },
        training: Training {
            epochs: 2,
            seed: 3,
            ..Training::default()
        },
    };
    let data = recipe.prepare(&recordings, &targets, 2).unwrap();
    let (mut model, _) = recipe.train(&data, None, &mut |_| {}, &|| false).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("regressor.safetensors");
    model.save(&path).unwrap();
    assert_eq!(ModelTask::of_file(&path).unwrap(), Some(ModelTask::Regress));

    let expected = model.predict(&recordings).unwrap();
    let joined = |options| TaskNetwork::of_model(Model::load(&path).unwrap(), &path, options);
    let TaskNetwork { network, notes, .. } = joined(TaskOptions::default()).unwrap();
    assert!(notes.iter().any(|note| note.contains("own units")));
    for (recording, expected) in recordings.recordings.iter().zip(expected.chunks(2)) {
        let inputs = BatchInputs::Features(&recording.values);
        let found = network.run(&Batch::full(7, 1), &inputs).unwrap().values;
        for ((found, expected), scaling) in found.iter().zip(expected).zip(&data.target_scaling) {
            let apart = (f64::from(*found) - expected).abs();
            // The channels are scaled in single precision here, in double there; single precision of values far from zero.
            let bound = 1e-4 * scaling.deviation + 1e-6 * expected.abs();
            assert!(apart <= bound, "{found} {expected}");
        }
    }

    let scaled = joined(TaskOptions {
        scaled: true,
        logits: false,
    });
    let scaled = scaled.unwrap().network;
    assert!(!matches!(scaled.layers[0], Layer::Scale { .. }));
    assert_eq!(scaled.layers, network.layers[1..]);
    let logits = joined(TaskOptions {
        scaled: false,
        logits: true,
    });
    let message = logits.unwrap_err().to_string();
    assert!(
        message.starts_with("logits is for classifiers"),
        "{message}"
    );

    let bytes = std::fs::read(&path).unwrap();
    let read = Network::from_bytes(&bytes, &crate::pytorch::Options::default()).unwrap();
    assert_eq!(read, network, "a file is read with its task");
}
