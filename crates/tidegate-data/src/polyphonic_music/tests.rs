//! From a file to sequences.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

fn file_with(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hymns.json");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// The error for a file with this text, without its folder.
fn refused(text: &str) -> String {
    let (folder, path) = file_with(text);
    let prefix = format!("{}{}", folder.path().display(), std::path::MAIN_SEPARATOR);
    polyphonic_music(path)
        .unwrap_err()
        .to_string()
        .replace(&prefix, "")
}

fn columns(roll: &[f32]) -> Vec<Vec<usize>> {
    roll.chunks(88)
        .map(|row| (0..88).filter(|column| row[*column] == 1.0).collect())
        .collect()
}

#[test]
fn every_step_is_a_label_and_the_step_before_it_the_input() {
    let (_folder, path) = file_with(
        r#"{"train": [[[60, 64], [], [108]], [[21], [22]]], "valid": [[[60], [60]]], "test": [[[60], [60]]]}"#,
    );
    let splits = polyphonic_music(path).unwrap();
    assert_eq!(splits.name, "hymns");
    assert_eq!(
        (
            splits.train.len(),
            splits.train.total_steps(),
            splits.train.supervised_steps()
        ),
        (2, 5, 5)
    );
    let Sequence {
        inputs: Inputs::Features { size, values },
        targets: Targets::Labels(labels),
    } = &splits.train.sequences[0]
    else {
        panic!("not features and labels");
    };
    assert_eq!(*size, 88);
    assert_eq!(columns(values), [vec![], vec![39, 43], vec![]]);
    assert_eq!(columns(labels), [vec![39, 43], vec![], vec![87]]);
    assert_eq!(
        splits.train.to_string(),
        "2 sequences of 2 to 3 steps (5 in all), 88 features in, 88 labels out at every step"
    );
}

#[test]
fn a_piece_without_steps_is_named() {
    assert_eq!(
        refused(r#"{"train": [[[60]], []], "valid": [[[60]]], "test": [[[60]]]}"#),
        "hymns.json: training set, piece 1 has no steps: leave the piece out"
    );
}

#[test]
fn an_empty_set_is_named() {
    assert_eq!(
        refused(r#"{"train": [[[60], [60]]], "valid": [[[60], [60]]], "test": []}"#),
        "hymns.json: the test set holds no piece: give it at least one"
    );
}

#[test]
fn an_empty_file_is_cut_short() {
    assert_eq!(
        refused(""),
        "hymns.json, line 1, column 0 (outside the sets): the file is cut short (EOF while parsing a value)"
    );
}

#[test]
fn a_file_that_is_not_there_and_a_folder_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let missing = polyphonic_music(folder.path().join("none.json")).unwrap_err();
    assert!(matches!(missing, DataError::Unreadable { .. }));
    assert!(missing.to_string().contains("none.json"), "{missing}");
    let error = polyphonic_music(folder.path()).unwrap_err();
    assert!(matches!(error, DataError::IsFolder { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_refused_before_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.json");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    // To open the pipe would wait for ever: nobody writes to it.
    for path in [pipe, PathBuf::from("/dev/null")] {
        let error = polyphonic_music(path).unwrap_err();
        assert!(matches!(error, DataError::NotRegular { .. }), "{error}");
    }
}
