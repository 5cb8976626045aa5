//! Comparisons that are killed or interrupted, and go on.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{compare, success, text, timeless};

const OPTIONS: [&str; 17] = [
    "--task",
    "adding",
    "--length",
    "20",
    "--sequences",
    "6000",
    "--cells",
    "gru,lstm",
    "--parameters",
    "800",
    "--epochs",
    "30",
    "--threads",
    "2",
    "--question",
    "none",
    "--json",
];

fn with_folder(folder: &Path) -> Vec<&str> {
    OPTIONS
        .iter()
        .copied()
        .chain(["--out", folder.to_str().unwrap()])
        .collect()
}

/// The names of the checkpoints and records that the folder holds.
fn progress(folder: &Path) -> BTreeSet<String> {
    let runs = std::fs::read_dir(folder.join("runs"));
    let names = runs
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap());
    names
        .filter(|name| name.ends_with(".checkpoint") || name.ends_with(".json"))
        .collect()
}

/// Waits until the folder holds a checkpoint or record that is not among those seen, and returns those that are new;
/// none if the process ends before.
fn wait_for_progress(folder: &Path, seen: &BTreeSet<String>, child: &mut Child) -> Vec<String> {
    let start = Instant::now();
    loop {
        let ended = child.try_wait().unwrap().is_some();
        let new: Vec<String> = progress(folder).difference(seen).cloned().collect();
        if ended {
            return Vec::new();
        }
        if !new.is_empty() {
            return new;
        }
        assert!(
            start.elapsed() < Duration::from_secs(300),
            "nothing new is written"
        );
        sleep(Duration::from_millis(1));
    }
}

fn signal(child: &Child, name: &str) {
    let mut kill = Command::new("kill");
    let status = kill.args([name, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

#[test]
fn a_comparison_killed_again_and_again_ends_with_the_numbers_of_one_left_alone() {
    let expected = timeless(&success(&OPTIONS));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // Each process is killed once it wrote what none before it had: a checkpoint in the middle of a run, or a record.
    let mut seen = BTreeSet::new();
    let mut killed_after = Vec::new();
    let output = loop {
        let mut child = compare(&with_folder(&out)).spawn().unwrap();
        let new = wait_for_progress(&out, &seen, &mut child);
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        if output.status.signal().is_none() {
            break output;
        }
        killed_after.extend(new.iter().cloned());
        seen.extend(new);
    };
    for stage in ["-tuning", "-seed"] {
        assert!(
            killed_after.iter().any(|name| name.contains(stage)),
            "no process was killed after {stage}: {killed_after:?}"
        );
    }
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(timeless(text(&output.stdout)), expected);
    let kept = |name: &str| timeless(&std::fs::read_to_string(out.join(name)).unwrap());
    assert_eq!(kept("report.json"), expected);
    for (part, value) in kept("comparison.json").as_object().unwrap() {
        assert_eq!(value, &expected[part], "{part}");
    }
    assert!(out.join("gru-seed3.safetensors").is_file());
}

/// From a shell that ignores a signal, as `nohup` and a background job do.
fn ignoring(name: &str, out: &Path) -> Child {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!(r#"trap '' {name}; exec "$0" compare "$@""#)])
        .arg(env!("CARGO_BIN_EXE_tidegate"))
        .args(with_folder(out))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    shell.spawn().unwrap()
}

#[test]
fn a_signal_that_is_ignored_from_the_start_stays_ignored() {
    for name in ["INT", "HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let mut child = ignoring(name, &out);
        let new = wait_for_progress(&out, &BTreeSet::new(), &mut child);
        assert!(!new.is_empty(), "ended before anything was seen");
        signal(&child, &format!("-{name}"));
        let output = child.wait_with_output().unwrap();
        let message = text(&output.stderr);
        assert!(output.status.success(), "{name}: {message}");
        assert!(!message.contains("stopping"), "{message}");
    }
}

#[test]
fn an_interrupted_comparison_says_how_to_continue_and_does() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut child = compare(&with_folder(&out)).spawn().unwrap();
    let new = wait_for_progress(&out, &BTreeSet::new(), &mut child);
    assert!(!new.is_empty(), "ended before anything was seen");
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    let said = "stopping after the running update; press Ctrl-C again to end at once\n";
    assert_eq!(message.matches(said).count(), 1, "{message}");
    assert!(message.contains("repeat the same command"), "{message}");
    assert!(output.stdout.is_empty());
    assert!(!out.join("comparison.json").exists());
    let continued = success(&with_folder(&out));
    assert_eq!(timeless(&continued), timeless(&success(&OPTIONS)));
}
