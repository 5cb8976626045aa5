//! Trainings of forecasters that are killed or interrupted, and go on.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{command, failure_of, file, names, printed, readings, text};

fn train(data: &str, model: &Path, options: &[&str]) -> Command {
    let fixed = [
        "forecast",
        data,
        "-o",
        model.to_str().unwrap(),
        "--window",
        "48",
        "--horizon",
        "24",
        "--hidden",
        "64",
        "--batch",
        "16",
        "--epochs",
        "12",
        "--patience",
        "none",
        "--threads",
        "1",
    ];
    command("train", &[&fixed, options].concat())
}

fn resume(model: &Path) -> Command {
    command("resume", &[model.to_str().unwrap()])
}

/// Waits until the checkpoint is there, and says whether the process still runs.
fn wait_for(checkpoint: &Path, child: &mut Child) -> bool {
    let start = Instant::now();
    while !checkpoint.exists() {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        assert!(
            start.elapsed() < Duration::from_secs(300),
            "no checkpoint is written"
        );
        sleep(Duration::from_millis(1));
    }
    child.try_wait().unwrap().is_none()
}

/// Data, the bytes of a model that was left alone, and where another one is to be trained.
fn beginning(folder: &Path) -> (String, Vec<u8>, std::path::PathBuf) {
    let data = file(folder, "load.csv", &readings(1_200));
    let alone = folder.join("alone.safetensors");
    printed(train(&data, &alone, &[]));
    (
        data,
        std::fs::read(alone).unwrap(),
        folder.join("load.safetensors"),
    )
}

#[test]
fn a_run_killed_in_the_middle_is_resumed_to_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (data, expected, model) = beginning(folder.path());
    let checkpoint = folder.path().join("load.safetensors.checkpoint");
    let mut child = train(&data, &model, &[]).spawn().unwrap();
    assert!(
        wait_for(&checkpoint, &mut child),
        "ended before it could be killed"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!model.exists());
    // Without --force another run does not begin on top of it.
    let message = failure_of(train(&data, &model, &[]), 1);
    assert!(message.contains("tidegate resume"), "{message}");
    printed(resume(&model));
    assert!(std::fs::read(&model).unwrap() == expected);
    let kept: Vec<String> = names(folder.path())
        .into_iter()
        .filter(|name| name.starts_with("load.safetensors"))
        .collect();
    assert_eq!(kept, ["load.safetensors", "load.safetensors.toml"]);
    let message = failure_of(resume(&model), 1);
    assert!(message.contains("no interrupted run"), "{message}");
}

#[test]
fn ctrl_c_keeps_a_checkpoint_and_says_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let (data, expected, model) = beginning(folder.path());
    let checkpoint = folder.path().join("load.safetensors.checkpoint");
    let mut child = train(&data, &model, &["--json"]).spawn().unwrap();
    assert!(
        wait_for(&checkpoint, &mut child),
        "ended before it could be interrupted"
    );
    let id = child.id().to_string();
    let status = Command::new("kill").args(["-INT", &id]).status();
    assert!(status.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(output.stdout.is_empty());
    assert!(message.contains("tidegate resume"), "{message}");
    assert!(!model.exists());
    // Data that changed in between would be another run.
    let whole = std::fs::read_to_string(&data).unwrap();
    file(
        folder.path(),
        "load.csv",
        &whole.replacen("2020-01-01 00:00:00,", "2020-01-01 00:00:00,9", 1),
    );
    let message = failure_of(resume(&model), 1);
    assert!(message.contains("another run"), "{message}");
    assert!(checkpoint.exists());
    file(folder.path(), "load.csv", &whole);
    printed(resume(&model));
    assert!(std::fs::read(&model).unwrap() == expected);
}

#[test]
fn a_model_from_before_stays_until_the_new_one_is_trained() {
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "load.csv", &readings(1_200));
    let model = folder.path().join("load.safetensors");
    printed(train(&data, &model, &[]));
    let configuration = folder.path().join("load.safetensors.toml");
    let before = [&model, &configuration].map(|path| std::fs::read(path).unwrap());
    let checkpoint = folder.path().join("load.safetensors.checkpoint");
    let mut child = train(&data, &model, &["--seed", "2"]).spawn().unwrap();
    assert!(
        wait_for(&checkpoint, &mut child),
        "ended before it could be killed"
    );
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(before == [&model, &configuration].map(|path| std::fs::read(path).unwrap()));
    printed(train(&data, &model, &["--seed", "2", "--force"]));
    assert!(before[0] != std::fs::read(&model).unwrap());
    assert!(!checkpoint.exists());
}
