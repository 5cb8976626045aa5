//! `tidegate generate`: the files that it writes, and those that it leaves alone.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::fs;

use support::{command, failure_of, file, names, printed, text};

#[test]
fn a_file_has_the_text_that_standard_output_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("load.csv");
    let options = [
        "load",
        "--rows",
        "30",
        "--ahead",
        "2",
        "--missing",
        "0.2",
        "--seed",
        "5",
    ];
    let whole = printed(command("generate", &options));
    assert_eq!(whole.lines().count(), 1 + 30 + 2);
    let out = [&options[..], &["-o", path.to_str().unwrap()]].concat();
    assert_eq!(printed(command("generate", &out)), "");
    assert_eq!(fs::read_to_string(&path).unwrap(), whole);
}

#[test]
fn recordings_have_their_labels_and_a_longer_file_begins_with_a_shorter_one() {
    for (kind, label) in [("gestures", "counterclockwise"), ("activity", "stairs")] {
        let csv = |recordings| {
            printed(command(
                "generate",
                &[kind, "--recordings", recordings, "--seed", "2"],
            ))
        };
        let (short, long) = (csv("8"), csv("20"));
        assert!(short.starts_with("sequence_id,time,x,y,z,label\n1,0.00,"));
        assert!(long.starts_with(&short) && long.contains(label));
        assert!(long.lines().last().unwrap().starts_with("20,"));
        let message = failure_of(command("generate", &[kind, "--recordings", "0"]), 2);
        assert!(message.contains("1..=10000"), "{message}");
    }
}

#[test]
fn a_file_that_is_there_is_replaced_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "load.csv", "mine");
    let message = failure_of(command("generate", &["load", "-o", &path]), 1);
    assert!(
        message.contains("load.csv") && message.contains("--force"),
        "{message}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    printed(command(
        "generate",
        &["load", "--rows", "3", "-o", &path, "--force"],
    ));
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 4);
    assert_eq!(names(folder.path()), ["load.csv"]);
}

#[test]
fn options_out_of_range_are_refused_with_what_is_allowed() {
    for (options, allowed) in [
        (&["load", "--rows", "0"][..], "1..=2000000"),
        (&["load", "--missing", "0.95"], "from 0 to 0.9"),
        (&["load", "--missing", "-1"], "from 0 to 0.9"),
        (&["load", "--force"], "--out"),
    ] {
        let message = failure_of(command("generate", options), 2);
        assert!(message.contains(allowed), "{message}");
    }
    let too_long = ["load", "--rows", "2000000", "--ahead", "1"];
    let message = failure_of(command("generate", &too_long), 1);
    assert!(message.contains("at most 2000000 rows"), "{message}");
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone/load.csv");
    let options = ["load", "-o", path.to_str().unwrap()];
    let message = failure_of(command("generate", &options), 1);
    assert!(message.contains("cannot write"), "{message}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut command = command("generate", &["load", "--rows", "20000"]);
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_word_that_is_no_kind_and_no_file_is_refused_with_the_kinds() {
    let message = failure_of(command("generate", &["weather"]), 1);
    for word in ["weather is no file", "load, sales", "text, music"] {
        assert!(message.contains(word), "{message}");
    }
}
