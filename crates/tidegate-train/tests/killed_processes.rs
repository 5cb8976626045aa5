//! A process killed with SIGKILL at any moment, or out of disk space, and what is left of its run.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::thread::sleep;
use std::time::Duration;

use support::{bits, lstm_with_noise};
use tidegate_train::{Checkpointing, Event, Training};

const FOLDER: &str = "TIDEGATE_TRAIN_TEST_FOLDER";
const DELAY: &str = "TIDEGATE_TRAIN_TEST_DELAY";

fn training() -> Training {
    Training {
        learning_rate: 0.03,
        epochs: 4,
        batch_size: 4,
        window: Some(3),
        ..Training::default()
    }
}

/// Not a test of its own: the process that the tests below start and kill. It does nothing without their folder.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let delay = std::env::var(DELAY).map_or(0, |delay| delay.parse().unwrap());
    let checkpointing = Checkpointing {
        every_updates: Some(3),
        ..Checkpointing::new(folder.join("run.checkpoint"))
    };
    let mut observer = |event: Event| {
        if let Event::UpdateDone { .. } = event {
            sleep(Duration::from_millis(delay));
        }
    };
    let stop = AtomicBool::new(false);
    let result =
        lstm_with_noise().train_with(&training(), Some(&checkpointing), &mut observer, &stop);
    let (model, trained) = result.unwrap_or_else(|error| panic!("{error}"));
    let text = format!("{:?}", bits(&model, &trained));
    fs::write(folder.join("result"), text).unwrap();
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "child"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn a_process_killed_again_and_again_ends_with_the_bits_of_one_left_alone() {
    let (model, trained) = lstm_with_noise().train(&training()).unwrap();
    let expected = format!("{:?}", bits(&model, &trained));
    let mut kills = 0;
    for round in 0..3_u64 {
        let folder = tempfile::tempdir().unwrap();
        // Moments that look random; always later, so that the run ends at last.
        let mut patience = 20;
        for attempt in 1.. {
            let mut child = command(folder.path()).env(DELAY, "2").spawn().unwrap();
            patience += (attempt * 37 + round * 11) % 23;
            sleep(Duration::from_millis(patience));
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                break;
            }
            kills += 1;
        }
        assert_eq!(
            fs::read_to_string(folder.path().join("result")).unwrap(),
            expected
        );
    }
    assert!(
        kills > 3,
        "only {kills} processes were killed before they ended"
    );
}

#[test]
fn a_disk_that_is_full_leaves_the_old_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.checkpoint");
    // The first process writes checkpoints and is killed.
    let mut child = command(folder.path()).env(DELAY, "20").spawn().unwrap();
    while !path.exists() {
        sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = fs::read(&path).unwrap();
    let names = || {
        fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect::<Vec<_>>()
    };
    for name in names() {
        if name != "run.checkpoint" {
            fs::remove_file(folder.path().join(name)).unwrap();
        }
    }
    // The second may write no file of more than 1 KiB: writing fails, as on a full disk.
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            r#"trap "" XFSZ; ulimit -f 2; exec "$0" --exact child"#,
        ])
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = limited.output().unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("cannot write it"), "{text}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(), ["run.checkpoint"], "no temporary file is left");
    // With room again, the run goes on.
    assert!(command(folder.path()).status().unwrap().success());
}
