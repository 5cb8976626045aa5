//! Comparisons that are killed or interrupted, and go on.
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

use support::{compare, success, text, timeless};

const OPTIONS: [&str; 13] = [
    "--task",
    "adding",
    "--length",
    "20",
    "--sequences",
    "1500",
    "--cells",
    "gru,lstm",
    "--parameters",
    "800",
    "--epochs",
    "12",
    "--json",
];

fn with_folder(folder: &Path) -> Vec<&str> {
    OPTIONS
        .iter()
        .copied()
        .chain(["--out", folder.to_str().unwrap()])
        .collect()
}

/// Waits until the folder holds a checkpoint, so that a run is under way.
fn wait_for_checkpoint(folder: &Path, child: &mut Child) {
    let start = Instant::now();
    loop {
        let runs = std::fs::read_dir(folder.join("runs"))
            .into_iter()
            .flatten()
            .flatten();
        let is_checkpoint = |path: &Path| path.extension().is_some_and(|kind| kind == "checkpoint");
        if runs.into_iter().any(|entry| is_checkpoint(&entry.path())) {
            return;
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "ended before its first checkpoint was seen"
        );
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "no checkpoint is written"
        );
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_comparison_killed_again_and_again_ends_with_the_numbers_of_one_left_alone() {
    let expected = timeless(&success(&OPTIONS));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut kills = 0;
    let output = loop {
        let mut child = compare(&with_folder(&out)).spawn().unwrap();
        // Later each time, so that it ends at last.
        sleep(Duration::from_millis(30 + 40 * kills));
        let ended = child.try_wait().unwrap().is_some();
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        if ended {
            break output;
        }
        kills += 1;
    };
    assert!(
        kills > 2,
        "only {kills} processes were killed before they ended"
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(timeless(text(&output.stdout)), expected);
    let kept = std::fs::read_to_string(out.join("comparison.json")).unwrap();
    assert_eq!(timeless(&kept), expected);
    assert!(out.join("gru-seed3.safetensors").is_file());
}

#[test]
fn an_interrupted_comparison_says_how_to_continue_and_does() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut child = compare(&with_folder(&out)).spawn().unwrap();
    wait_for_checkpoint(&out, &mut child);
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.contains("repeat the same command"), "{message}");
    assert!(output.stdout.is_empty());
    assert!(!out.join("comparison.json").exists());
    let continued = success(&with_folder(&out));
    assert_eq!(timeless(&continued), timeless(&success(&OPTIONS)));
}
