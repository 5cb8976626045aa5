//! Files that are damaged, foreign or of another machine are refused and left alone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::checkpoints::{checkpoint_problem, interrupted, resume, run_for, training};
use support::{Problem, gru, running_mean};
use tidegate_cells::InstructionSet;
use tidegate_data::Supervision;
use tidegate_train::{CheckpointProblem, Checkpointing, TrainError, Training};

/// The header's JSON and the tensors' bytes of a safetensors file.
fn split(bytes: &[u8]) -> (Value, Vec<u8>) {
    let size = u64::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let header = serde_json::from_slice(&bytes[8..8 + size]).unwrap();
    (header, bytes[8 + size..].to_vec())
}

/// A safetensors file of a header and tensors' bytes.
fn join(header: &Value, data: &[u8]) -> Vec<u8> {
    let json = header.to_string();
    [&(json.len() as u64).to_le_bytes(), json.as_bytes(), data].concat()
}

/// The checkpoint with what it says about the run changed.
fn with_metadata(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (mut header, data) = split(bytes);
    let entry = &mut header["__metadata__"]["tidegate_checkpoint"];
    let mut run: Value = serde_json::from_str(entry.as_str().unwrap()).unwrap();
    change(&mut run);
    *entry = json!(run.to_string());
    join(&header, &data)
}

/// The run of [`interrupted`].
fn windows_of_one() -> Training {
    Training {
        window: Some(1),
        ..training()
    }
}

#[test]
fn what_is_no_checkpoint_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.checkpoint");
    let problem = gru(Supervision::EveryStep);
    let checkpointing = Checkpointing::new(&path);
    let refused = || checkpoint_problem(resume(&problem, &training(), &checkpointing));
    fs::create_dir(&path).unwrap();
    assert!(matches!(refused(), CheckpointProblem::NotAFile));
    fs::remove_dir(&path).unwrap();
    for bytes in [&b""[..], b"hello", &[0xff; 64], b"\x02\0\0\0\0\0\0\0{}"] {
        fs::write(&path, bytes).unwrap();
        let problem = refused();
        assert!(
            matches!(
                problem,
                CheckpointProblem::NotSafetensors { .. } | CheckpointProblem::NotACheckpoint
            ),
            "{problem}"
        );
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    problem.model().save(&path).unwrap();
    assert!(matches!(refused(), CheckpointProblem::NotACheckpoint));
    // A file with a hole: large to look at, but nothing is read or allocated.
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert!(matches!(refused(), CheckpointProblem::TooLarge { .. }));
}

#[test]
fn a_checkpoint_of_another_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let bytes = fs::read(&checkpointing.path).unwrap();
    let from = br#"{\"format_version\":2,"#;
    let place = bytes
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    for version in ["1", "7"] {
        let mut other = bytes.clone();
        other[place + from.len() - 2] = version.as_bytes()[0];
        fs::write(&checkpointing.path, other).unwrap();
        let found = checkpoint_problem(resume(&problem, &training(), &checkpointing));
        assert_eq!(
            found.to_string(),
            format!("has format version {version}, this program reads version 2")
        );
    }
}

#[test]
fn a_value_that_is_not_finite_is_refused_in_every_tensor() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let good = fs::read(&checkpointing.path).unwrap();
    let (header, data) = split(&good);
    let mut names = Vec::new();
    for (name, tensor) in header.as_object().unwrap() {
        if name == "__metadata__" {
            continue;
        }
        let end = tensor["data_offsets"][1].as_u64().unwrap() as usize;
        for bad in [f32::NAN, f32::NEG_INFINITY] {
            let mut data = data.clone();
            data[end - 4..end].copy_from_slice(&bad.to_le_bytes());
            fs::write(&checkpointing.path, join(&header, &data)).unwrap();
            match checkpoint_problem(resume(&problem, &windows_of_one(), &checkpointing)) {
                CheckpointProblem::Tensor { tensor, reason } => {
                    assert_eq!(&tensor, name);
                    assert!(reason.contains("not finite"), "{reason}");
                }
                other => panic!("{name}: {other}"),
            }
        }
        names.push(name.as_str());
    }
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "best_parameters",
            "optimiser.mean",
            "optimiser.mean_of_squares",
            "parameters",
            "state.cell",
            "state.hidden"
        ]
    );
}

#[test]
fn a_position_that_its_epoch_does_not_have_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let good = fs::read(&checkpointing.path).unwrap();
    let refused = |batch: Option<usize>, window: Option<usize>| {
        let bytes = with_metadata(&good, |run| {
            for (field, value) in [("batch", batch), ("window", window)] {
                if let Some(value) = value {
                    run["position"][field] = json!(value);
                }
            }
        });
        fs::write(&checkpointing.path, bytes).unwrap();
        match checkpoint_problem(resume(&problem, &windows_of_one(), &checkpointing)) {
            CheckpointProblem::Damaged { reason } => reason,
            other => panic!("{other}"),
        }
    };
    let beyond = "its position lies beyond the training set";
    // Three batches of windows of one step; the longest sequence has twelve.
    for (batch, window) in [
        (Some(4), Some(0)),
        (Some(4), None),
        (Some(3), Some(1)),
        (Some(usize::MAX), Some(0)),
        (None, Some(12)),
        (None, Some(usize::MAX)),
        (Some(usize::MAX), Some(usize::MAX)),
    ] {
        assert_eq!(refused(batch, window), beyond, "{batch:?}, {window:?}");
    }
    let contradiction = "its position contradicts its number of updates";
    for (batch, window) in [(Some(1), Some(0)), (Some(2), Some(0)), (Some(3), Some(0))] {
        assert_eq!(refused(batch, window), contradiction);
    }
}

#[test]
fn a_batch_beyond_the_last_is_refused_when_every_update_of_the_epoch_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let problem = gru(Supervision::EveryStep);
    let whole = Training {
        window: None,
        ..training()
    };
    run_for(&problem, &whole, &checkpointing, 3);
    let good = fs::read(&checkpointing.path).unwrap();
    for batch in [4, 5, usize::MAX] {
        let bytes = with_metadata(&good, |run| {
            assert_eq!(run["position"]["batch"], json!(3));
            run["position"]["batch"] = json!(batch);
        });
        fs::write(&checkpointing.path, bytes).unwrap();
        assert_eq!(
            checkpoint_problem(resume(&problem, &whole, &checkpointing)).to_string(),
            "is damaged: its position lies beyond the training set"
        );
    }
}

#[test]
fn a_window_that_only_another_batch_has_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let mut problem = gru(Supervision::EveryStep);
    problem.train = running_mean(Supervision::EveryStep, &[2, 9], 0);
    let training = Training {
        window: Some(1),
        batch_size: 1,
        epochs: 1,
        ..training()
    };
    run_for(&problem, &training, &checkpointing, 1);
    let good = fs::read(&checkpointing.path).unwrap();
    let mut reasons = [0, 1].map(|batch| {
        let bytes = with_metadata(&good, |run| {
            run["position"]["batch"] = json!(batch);
            run["position"]["window"] = json!(5);
        });
        fs::write(&checkpointing.path, bytes).unwrap();
        checkpoint_problem(resume(&problem, &training, &checkpointing)).to_string()
    });
    // The longer sequence has such a window, the shorter has not.
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [
            "is damaged: its position contradicts its number of updates",
            "is damaged: its position lies beyond the training set"
        ]
    );
}

#[test]
fn a_checkpoint_of_another_instruction_set_is_refused_and_says_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let good = fs::read(&checkpointing.path).unwrap();
    let here = InstructionSet::detect().unwrap().to_string();
    let bytes = with_metadata(&good, |run| {
        assert_eq!(run["run"]["instruction_set"], json!(here));
        run["run"]["instruction_set"] = json!("sse9");
    });
    fs::write(&checkpointing.path, bytes).unwrap();
    let message =
        checkpoint_problem(resume(&problem, &windows_of_one(), &checkpointing)).to_string();
    assert!(
        message.contains("instruction set sse9")
            && message.contains(&format!("here it is {here}"))
            && message.contains("TIDEGATE_INSTRUCTION_SET=sse9"),
        "{message}"
    );
}

#[test]
fn a_flipped_bit_in_any_tensor_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let bytes = fs::read(&checkpointing.path).unwrap();
    let (_, data) = split(&bytes);
    let first = bytes.len() - data.len();
    for value in (0..data.len() / 4).step_by(7) {
        let mut damaged = bytes.clone();
        // The lowest bit of the mantissa: still a number, hardly another one.
        damaged[first + 4 * value] ^= 1;
        fs::write(&checkpointing.path, &damaged).unwrap();
        let problem = checkpoint_problem(resume(&problem, &windows_of_one(), &checkpointing));
        assert!(
            matches!(problem, CheckpointProblem::Damaged { .. }),
            "{problem}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_checkpoint_cut_short_or_with_changed_bytes_never_panics(
        cut in prop::option::of(0.0..1.0_f64),
        changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 0..4),
        in_header: bool,
    ) {
        thread_local! {
            static GOOD: (Problem, Vec<u8>) = {
                let folder = tempfile::tempdir().unwrap();
                let (problem, checkpointing) = interrupted(folder.path());
                (problem, fs::read(&checkpointing.path).unwrap())
            };
        }
        GOOD.with(|(problem, good)| {
            let folder = tempfile::tempdir().unwrap();
            let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
            let mut bytes = good.clone();
            let header = usize::from(u16::from_le_bytes([good[0], good[1]]));
            for (place, byte) in &changes {
                let range = if in_header { header } else { bytes.len() };
                bytes[(place * range as f64) as usize] = *byte;
            }
            if let Some(cut) = cut {
                bytes.truncate((cut * bytes.len() as f64) as usize);
            }
            fs::write(&checkpointing.path, &bytes).unwrap();
            let same = Training { window: Some(1), ..training() };
            // Changed bytes of a tensor can still be numbers: then the run goes on, or says where it ends.
            let result = resume(problem, &same, &checkpointing);
            if cut.is_some() {
                assert!(matches!(result, Err(TrainError::Checkpoint { .. })));
                assert_eq!(fs::read(&checkpointing.path).unwrap(), bytes);
            }
        });
    }
}
