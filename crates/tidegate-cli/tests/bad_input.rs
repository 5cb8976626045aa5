//! Input that is refused: one clear message, the exit status, and nothing half-written.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use support::{compare, failure, file, scales, text};

const TINY: [&str; 10] = [
    "--cells",
    "gru",
    "--hidden",
    "3",
    "--seeds",
    "1",
    "--epochs",
    "1",
    "--threads",
    "1",
];

fn with<'a>(options: &[&'a str]) -> Vec<&'a str> {
    TINY.iter()
        .copied()
        .chain(options.iter().copied())
        .collect()
}

#[test]
fn a_file_that_is_missing_or_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    assert!(failure(&with(&["--data", "missing.json"]), 1).contains("missing.json"));
    assert!(failure(&with(&["--data", path]), 1).contains("is a folder"));
    assert!(failure(&with(&["--data", "/dev/null"]), 1).contains("/dev/null"));
}

#[cfg(unix)]
#[test]
fn a_file_name_with_commas_or_control_characters_is_shown_whole_and_harmless() {
    let folder = tempfile::tempdir().unwrap();
    for (name, shown) in [
        ("bach, opus 2.json", "bach, opus 2\n"),
        (",.json", ",\n"),
        ("a\u{1b}[2Jb.json", "a\\u{1b}[2Jb\n"),
    ] {
        let path = file(folder.path(), name, &scales());
        let output = compare(&with(&["--data", &path])).output().unwrap();
        let printed = text(&output.stdout);
        assert!(printed.starts_with(shown), "{printed}");
        let path = file(folder.path(), name, "[1]");
        let message = failure(&with(&["--data", &path]), 1);
        for text in [printed, text(&output.stderr), &message] {
            assert!(!text.contains('\u{1b}'), "{text}");
        }
    }
}

#[test]
fn music_that_makes_no_sense_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let whole = scales();
    let cases = [
        (
            "malformed.json",
            whole.replacen("[40", "[4x", 1),
            "line 1, column",
        ),
        (
            "truncated.json",
            whole[..whole.len() / 2].to_owned(),
            "line 1, column",
        ),
        (
            "pitch.json",
            whole.replacen("40", "20", 1),
            "pitch 20 is not on the piano",
        ),
        (
            "not_finite.json",
            whole.replacen("40", "1e999", 1),
            "line 1, column",
        ),
        ("empty.json", String::new(), "line"),
        (
            "no_piece.json",
            r#"{"train": [], "valid": [], "test": []}"#.to_owned(),
            "holds no piece",
        ),
        (
            "no_test.json",
            r#"{"train": [[[60],[60]]], "valid": [[[60],[60]]]}"#.to_owned(),
            "\"test\" is missing",
        ),
        (
            "no_step.json",
            r#"{"train": [[]], "valid": [[[60],[60]]], "test": [[[60],[60]]]}"#.to_owned(),
            "piece 0",
        ),
        ("other.json", "[1, 2]".to_owned(), "line 1, column"),
    ];
    for (name, contents, expected) in cases {
        let path = file(folder.path(), name, &contents);
        let out = folder.path().join("out");
        let message = failure(&with(&["--data", &path, "--out", out.to_str().unwrap()]), 1);
        assert!(
            message.contains(name) && message.contains(expected),
            "{message}"
        );
        assert!(!out.exists(), "{name} leaves a folder behind");
    }
}

#[test]
fn misuse_of_options_has_its_own_exit_status() {
    let cases: [(&[&str], &str); 18] = [
        (&["--memory", "2XB"], "512MiB"),
        (&["--memory", "0"], "at least one byte"),
        (&["--tasks", "adding"], "--tasks"),
        (&["--task", "sorting"], "mackey-glass"),
        (&["--cells", "gru,transformer"], "lstm-peephole"),
        (&["--cells", "gru,gru"], "twice"),
        (&["--cells", ""], "--cells"),
        (&["--seeds", "0"], "--seeds"),
        (&["--seeds", "-1"], "-1"),
        (&["--epochs", "0"], "--epochs"),
        (&["--threads", "0"], "--threads"),
        (&["--parameters", "many"], "--parameters"),
        (&["--task", "adding", "--length", "0"], "--length"),
        (
            &["--task", "adding", "--data", "x.json"],
            "cannot be used with",
        ),
        (
            &["--data", "x.json", "--length", "5"],
            "cannot be used with",
        ),
        (&["--length", "5"], "--task"),
        (
            &["--equal", "parameters", "--hidden", "5"],
            "--equal parameters",
        ),
        (
            &["--equal", "hidden", "--parameters", "5"],
            "--equal hidden",
        ),
    ];
    for (options, expected) in cases {
        let message = failure(options, 2);
        assert!(message.contains(expected), "{options:?}: {message}");
    }
}

#[test]
fn sizes_that_a_task_cannot_have_are_refused() {
    let message = failure(&["--task", "adding", "--length", "1"], 1);
    for expected in [
        "adding problem with --length 1: ",
        "at least 2 steps",
        "change --length or --sequences",
    ] {
        assert!(message.contains(expected), "{message}");
    }
    let message = failure(&["--task", "order", "--length", "9"], 1);
    assert!(
        message.contains("temporal order with --length 9: ") && message.contains("at least 10"),
        "{message}"
    );
    // Too many for a set, and for the memory: whichever is found first.
    let huge = ["--length", "10000000", "--sequences", "100000000"];
    let message = failure(&[&["--task", "adding"], &huge[..]].concat(), 1);
    assert!(
        message.contains("adding")
            && message.contains("--length")
            && message.contains("--sequences"),
        "{message}"
    );
    let message = failure(
        &["--task", "adding", "--length", "9", "--parameters", "5"],
        1,
    );
    assert!(message.contains("too few"), "{message}");
}

#[test]
fn a_memory_limit_that_is_too_low_is_refused_with_what_would_do() {
    let message = failure(&["--task", "adding", "--memory", "10KiB"], 1);
    for expected in ["adding", "rnn", "10.0 KiB are allowed", "options: --memory"] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_named_before_any_training() {
    let folder = tempfile::tempdir().unwrap();
    let occupied = file(folder.path(), "file", "");
    // Training this would take hours.
    let long = |out| {
        with(&[
            "--task",
            "adding",
            "--length",
            "500",
            "--sequences",
            "100000",
            "--out",
            out,
        ])
    };
    assert!(failure(&long(&occupied), 1).contains("file: cannot make it"));
    let message = failure(&long(folder.path().to_str().unwrap()), 1);
    assert!(message.contains("holds other files"), "{message}");
}

#[test]
fn a_folder_of_another_comparison_is_refused_and_keeps_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let options = |length| {
        with(&[
            "--task",
            "adding",
            "--sequences",
            "50",
            "--out",
            out.to_str().unwrap(),
            "--length",
            length,
        ])
    };
    support::success(&options("5"));
    let before = std::fs::read(out.join("comparison.json")).unwrap();
    let message = failure(&options("6"), 1);
    assert!(
        message.contains("another comparison") && message.contains("length 5"),
        "{message}"
    );
    assert_eq!(std::fs::read(out.join("comparison.json")).unwrap(), before);
}

#[test]
fn an_instruction_set_that_does_not_exist_is_named() {
    let output = compare(&TINY)
        .env("TIDEGATE_INSTRUCTION_SET", "abacus")
        .output()
        .unwrap();
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        message.contains("TIDEGATE_INSTRUCTION_SET") && message.contains("portable"),
        "{message}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half_written() {
    use std::process::Command;
    let tiny = [
        "compare",
        "--task",
        "adding",
        "--length",
        "5",
        "--sequences",
        "50",
    ];
    let shell = |script: &str, out: &std::path::Path| {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .arg(env!("CARGO_BIN_EXE_tidegate"));
        command
            .args(tiny)
            .args(TINY)
            .args(["--question", "none"])
            .arg("--out")
            .arg(out)
            .output()
            .unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let result = shell(r#"exec "$0" "$@" > /dev/full"#, &folder.path().join("a"));
    assert_eq!(result.status.code(), Some(1));
    assert!(
        text(&result.stderr).contains("standard output"),
        "{}",
        text(&result.stderr)
    );

    // Files of at most 2 KiB: the plan fits, a model or a checkpoint does not.
    for (blocks, expected) in [(0, "plan.json"), (4, "cannot write it")] {
        let out = folder.path().join(blocks.to_string());
        let result = shell(
            &format!(r#"trap "" XFSZ; ulimit -f {blocks}; exec "$0" "$@""#),
            &out,
        );
        let message = text(&result.stderr);
        assert_eq!(result.status.code(), Some(1), "{message}");
        assert!(message.contains(expected), "{message}");
        let left = |folder: &std::path::Path| {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            entries
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect::<Vec<_>>()
        };
        for name in left(&out).into_iter().chain(left(&out.join("runs"))) {
            assert!(
                !name.ends_with(".tmp") && !name.ends_with(".safetensors"),
                "{name}"
            );
        }
        let shell = shell(r#"exec "$0" "$@""#, &out);
        assert!(shell.status.success(), "{}", text(&shell.stderr));
    }
}
