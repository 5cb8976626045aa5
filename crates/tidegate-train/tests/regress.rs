//! Regression of whole recordings.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_cells::{Cell, Gru};
use tidegate_data::{Label, Recording, RecordingPlace, Recordings, RecordingsFormat};
use tidegate_train::{
    ClassifyModel, ClassifyPooling, Outcome, RegressModel, RegressRecipe, SequenceNetwork,
    TrainError, Training,
};

/// Ramps of different lengths and slopes, each with its slope, in hundreds, and its negative.
fn ramps(count: usize) -> (Recordings, Vec<f64>) {
    let path: Arc<Path> = Path::new("ramps").into();
    let (mut recordings, mut targets) = (Vec::new(), Vec::new());
    for index in 0..count {
        let slope = (index * 7 % 20) as f32 / 10.0 - 1.0;
        let steps = 6 + index % 5;
        let values = (0..steps).flat_map(|step| [slope * step as f32 / 6.0, 1.0]);
        recordings.push(Recording {
            name: index.to_string(),
            values: values.collect(),
            label: Label::None,
            place: RecordingPlace {
                path: Arc::clone(&path),
                place: None,
            },
        });
        targets.extend([100.0 * f64::from(slope), 5.0 - f64::from(slope)]);
    }
    let recordings = Recordings {
        path: PathBuf::from("ramps"),
        format: RecordingsFormat::Arrays,
        channels: vec!["channel_0".to_owned(), "channel_1".to_owned()],
        recordings,
        notes: Vec::new(),
    };
    (recordings, targets)
}

fn recipe(epochs: usize) -> RegressRecipe {
    RegressRecipe {
        valid_share: 0.2,
        network: SequenceNetwork {
            cell: Cell::Gru(Gru::default()),
            hidden_size: 12,
            layers: 1,
            bidirectional: false,
            pooling: ClassifyPooling::Last,
            dropout: 0.0,
            input_dropout: 0.0,
            recurrent_dropout: 0.0,
        },
        training: Training {
            learning_rate: 0.01,
            epochs,
            batch_size: 8,
            seed: 3,
            ..Training::default()
        },
    }
}

fn trained(epochs: usize) -> (RegressModel, Recordings, Vec<f64>) {
    let (recordings, targets) = ramps(60);
    let recipe = recipe(epochs);
    let data = recipe.prepare(&recordings, &targets, 2).unwrap();
    assert_eq!(data.valid_rows.len(), 12);
    let (model, trained) = recipe.train(&data, None, &mut |_| {}, &|| false).unwrap();
    assert_eq!(trained.outcome, Outcome::Completed);
    (model, recordings, targets)
}

#[test]
fn predictions_come_near_the_targets_in_their_own_units() {
    let (model, recordings, targets) = trained(60);
    let found = model.predict(&recordings).unwrap();
    assert_eq!(found.len(), targets.len());
    // The targets' deviations are 58 and 0.58: to know nothing of them is to err by as much.
    for (found, target) in found.chunks(2).zip(targets.chunks(2)) {
        assert!((found[0] - target[0]).abs() < 25.0, "{found:?} {target:?}");
        assert!((found[1] - target[1]).abs() < 0.25, "{found:?} {target:?}");
    }
}

#[test]
fn a_file_holds_all_that_a_prediction_needs() {
    let (mut model, recordings, _) = trained(2);
    let expected = model.predict(&recordings).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    model.save(&path).unwrap();
    let loaded = RegressModel::load(&path).unwrap();
    assert_eq!(loaded.plan, model.plan);
    assert_eq!(loaded.predict(&recordings).unwrap(), expected);
    let copy = RegressModel::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(copy.predict(&recordings).unwrap(), expected);
    let error = ClassifyModel::load(&path).unwrap_err().to_string();
    assert!(
        error.contains("does not say what was classified"),
        "{error}"
    );
}

#[test]
fn a_plan_that_does_not_fit_its_network_is_refused() {
    let (mut model, _, _) = trained(1);
    model.plan.target_scaling.pop();
    let error = RegressModel::from_bytes(&model.to_bytes().unwrap()).unwrap_err();
    assert!(
        error.to_string().contains("the targets of its recordings"),
        "{error}"
    );
}

#[test]
fn targets_that_do_not_fit_the_recordings_are_refused() {
    let (recordings, mut targets) = ramps(10);
    let prepare = |targets: &[f64]| recipe(1).prepare(&recordings, targets, 2).map(|_| ());
    assert!(matches!(
        prepare(&targets[..19]),
        Err(TrainError::Length {
            what: "targets",
            ..
        })
    ));
    targets[5] = f64::INFINITY;
    assert!(matches!(prepare(&targets), Err(TrainError::Data { .. })));
    let (one, targets) = ramps(1);
    assert!(matches!(
        recipe(1).prepare(&one, &targets, 2),
        Err(TrainError::Recordings(_))
    ));
}
