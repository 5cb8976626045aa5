//! Interrupting, continuing, and refusing what is no checkpoint of the run.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use support::{Problem, bits, gru, lstm_with_noise};
use tidegate_data::{Supervision, Targets};
use tidegate_train::{
    CheckpointProblem, Checkpointing, Event, ExistingCheckpoint, Optimiser, Outcome, Schedule,
    TrainError, Training,
};

fn training() -> Training {
    Training {
        learning_rate: 0.03,
        epochs: 3,
        batch_size: 4,
        window: Some(5),
        ..Training::default()
    }
}

fn checkpoint_problem(result: Result<impl Sized, TrainError>) -> CheckpointProblem {
    match result {
        Err(TrainError::Checkpoint { problem, .. }) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("no error"),
    }
}

/// Runs until the stop flag, raised after so many updates of this call, is seen.
fn run_for(
    problem: &Problem,
    training: &Training,
    checkpointing: &Checkpointing,
    updates: usize,
) -> (Outcome, Vec<u64>) {
    let stop = AtomicBool::new(updates == 0);
    let mut left = updates;
    let mut observer = |event: Event| {
        if let Event::UpdateDone { .. } = event {
            left = left.saturating_sub(1);
            stop.store(left == 0, Ordering::Relaxed);
        }
    };
    let (model, trained) = problem
        .train_with(training, Some(checkpointing), &mut observer, &stop)
        .unwrap();
    (trained.outcome, bits(&model, &trained))
}

fn problem(number: usize) -> Problem {
    match number % 3 {
        0 => gru(Supervision::EveryStep),
        1 => gru(Supervision::LastStep),
        _ => lstm_with_noise(),
    }
}

fn optimiser(number: usize) -> Optimiser {
    [
        Optimiser::adam_w(),
        Optimiser::rms_prop(),
        Optimiser::sgd(0.9),
        Optimiser::sgd(0.0),
    ][number % 4]
}

fn schedule(number: usize) -> Schedule {
    match number % 3 {
        0 => Schedule::Constant,
        1 => Schedule::Cosine {
            warm_up_epochs: 0.5,
            minimum: 0.001,
        },
        _ => Schedule::OnPlateau {
            factor: 0.5,
            patience: 0,
            minimum: 0.0,
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_run_interrupted_anywhere_and_continued_ends_with_the_same_bits(
        number in any::<[usize; 3]>(),
        window in prop::option::of(1..13_usize),
        batch_size in 1..13_usize,
        patience in prop::option::of(1..3_usize),
        pieces in prop::collection::vec(0..9_usize, 0..6),
    ) {
        let problem = problem(number[0]);
        let training = Training {
            optimiser: optimiser(number[1]), schedule: schedule(number[2]), window, batch_size, patience, ..training()
        };
        let (model, trained) = problem.train(&training).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
        for updates in pieces {
            run_for(&problem, &training, &checkpointing, updates);
        }
        let (outcome, found) = run_for(&problem, &training, &checkpointing, usize::MAX);
        prop_assert_eq!(outcome, trained.outcome);
        prop_assert_eq!(found, bits(&model, &trained));
    }
}

/// Copies the checkpoint that lies there after every write: what a killed process would have left.
#[test]
fn a_run_killed_after_any_checkpoint_ends_with_the_same_bits() {
    for number in 0..3 {
        let problem = problem(number);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.checkpoint");
        let checkpointing = Checkpointing {
            every_updates: Some(2),
            ..Checkpointing::new(&path)
        };
        let mut left_behind = Vec::new();
        let mut observer = |event: Event| {
            if let Event::CheckpointWritten { path, .. } = event {
                left_behind.push(fs::read(path).unwrap());
            }
        };
        let stop = AtomicBool::new(false);
        let (model, trained) = problem
            .train_with(&training(), Some(&checkpointing), &mut observer, &stop)
            .unwrap();
        let expected = bits(&model, &trained);
        let plain = problem.train(&training()).unwrap();
        assert_eq!(
            expected,
            bits(&plain.0, &plain.1),
            "checkpoints change nothing"
        );
        assert!(left_behind.len() > 6);
        for checkpoint in left_behind {
            fs::write(&path, checkpoint).unwrap();
            let (model, trained) = problem
                .train_with(&training(), Some(&checkpointing), &mut |_| {}, &stop)
                .unwrap();
            assert_eq!(bits(&model, &trained), expected);
        }
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing but the checkpoint is left"
        );
    }
}

/// A checkpoint inside a batch, with a carried state, of an interrupted run.
fn interrupted(folder: &Path) -> (Problem, Checkpointing) {
    let problem = lstm_with_noise();
    let checkpointing = Checkpointing::new(folder.join("run.checkpoint"));
    let training = Training {
        window: Some(1),
        ..training()
    };
    let (outcome, _) = run_for(&problem, &training, &checkpointing, 40);
    assert_eq!(outcome, Outcome::Interrupted);
    let bytes = fs::read(&checkpointing.path).unwrap();
    assert!(
        bytes.windows(10).any(|window| window == b"state.cell"),
        "the batch is not finished"
    );
    (problem, checkpointing)
}

fn resume(
    problem: &Problem,
    training: &Training,
    checkpointing: &Checkpointing,
) -> Result<(), TrainError> {
    problem
        .train_with(
            training,
            Some(checkpointing),
            &mut |_| {},
            &AtomicBool::new(false),
        )
        .map(|_| ())
}

#[test]
fn other_options_data_or_models_are_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let same = Training {
        window: Some(1),
        ..training()
    };
    let message = |problem: &Problem, training: &Training| {
        checkpoint_problem(resume(problem, training, &checkpointing)).to_string()
    };
    let slower = Training {
        learning_rate: 0.01,
        ..same.clone()
    };
    assert!(message(&problem, &slower).contains("option learning_rate is 0.03 there, 0.01 here"));
    let other = Training {
        optimiser: Optimiser::sgd(0.5),
        ..same.clone()
    };
    assert!(message(&problem, &other).contains("option optimiser"));
    let mut changed = problem.clone();
    changed.configuration.output_dropout = 0.0;
    assert!(message(&changed, &same).contains("model output_dropout"));
    let mut changed = problem.clone();
    if let Targets::Classes(classes) = &mut changed.train.sequences[3].targets {
        classes[0] ^= 1;
    }
    assert!(message(&changed, &same).contains("the training set"));
    let mut changed = problem.clone();
    changed.valid.sequences.pop();
    assert!(message(&changed, &same).contains("the validation set"));
    let mut model = tidegate_model::Model::new(problem.configuration.clone(), 6).unwrap();
    let (train, valid, stop) = (&problem.train, &problem.valid, AtomicBool::new(false));
    let result = tidegate_train::train(
        &mut model,
        train,
        valid,
        &same,
        Some(&checkpointing),
        &mut |_| {},
        &stop,
    );
    assert!(
        checkpoint_problem(result)
            .to_string()
            .contains("the initial parameters")
    );
    resume(&problem, &same, &checkpointing).unwrap();
}

#[test]
fn a_file_that_is_there_can_be_refused_or_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (problem, checkpointing) = interrupted(folder.path());
    let refuse = Checkpointing {
        existing: ExistingCheckpoint::Refuse,
        ..checkpointing.clone()
    };
    assert!(matches!(
        checkpoint_problem(resume(&problem, &training(), &refuse)),
        CheckpointProblem::Exists
    ));
    let replace = Checkpointing {
        existing: ExistingCheckpoint::Replace,
        ..checkpointing
    };
    resume(&problem, &training(), &replace).unwrap();
}

#[test]
fn a_completed_run_is_not_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let problem = gru(Supervision::EveryStep);
    let checkpointing = Checkpointing::new(folder.path().join("run.checkpoint"));
    let first = run_for(&problem, &training(), &checkpointing, usize::MAX);
    let stop = AtomicBool::new(false);
    let mut updates = 0;
    let mut observer =
        |event: Event| updates += usize::from(matches!(event, Event::UpdateDone { .. }));
    let (model, trained) = problem
        .train_with(&training(), Some(&checkpointing), &mut observer, &stop)
        .unwrap();
    assert_eq!((trained.outcome, bits(&model, &trained)), first);
    assert_eq!(updates, 0);
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
    let from = br#"{\"format_version\":1,"#;
    let place = bytes
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    let mut newer = bytes.clone();
    newer[place + from.len() - 2] = b'7';
    fs::write(&checkpointing.path, newer).unwrap();
    let found = checkpoint_problem(resume(&problem, &training(), &checkpointing));
    assert_eq!(
        found.to_string(),
        "has format version 7, this program reads version 1"
    );
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
