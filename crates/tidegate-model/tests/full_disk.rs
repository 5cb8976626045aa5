//! A disk that fills up while a model is saved. A child process whose files may not grow stands in for the full disk: its
//! write fails half-way, whoever runs it.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::process::Command;

use tidegate_cells::{Cell, Gru, Stack};
use tidegate_model::{FileError, InputLayer, Model, ModelConfiguration, ModelError, Readout};

/// Tells the child where to save.
const PATH: &str = "TIDEGATE_TEST_SAVE_TO";

fn model(seed: u64) -> Model {
    let stack = Stack::new(Cell::Gru(Gru::default()), 16, 64);
    Model::new(
        ModelConfiguration::new(InputLayer::Features, stack, 1, Readout::LastStep),
        seed,
    )
    .unwrap()
}

#[test]
fn a_disk_that_fills_up_leaves_the_old_file_and_no_other() {
    if let Some(path) = std::env::var_os(PATH) {
        match model(2).save(path) {
            Err(ModelError::File {
                source: FileError::Write(_),
                ..
            }) => return,
            other => panic!("the write should have failed: {other:?}"),
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    model(1).save(&path).unwrap();
    let before = fs::read(&path).unwrap();
    // Files of at most 16 blocks of 512 bytes (1,024 in some shells); the model takes 60,000. Without the trap, the
    // process would be killed instead of told.
    let status = Command::new("sh")
        .args([
            "-c",
            r#"trap "" XFSZ; ulimit -f 16; exec "$0" --exact --nocapture "$1""#,
        ])
        .arg(std::env::current_exe().unwrap())
        .arg("a_disk_that_fills_up_leaves_the_old_file_and_no_other")
        .env(PATH, &path)
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&status.stdout),
        String::from_utf8_lossy(&status.stderr)
    );
    assert!(
        status.status.success() && said.contains("1 passed"),
        "{said}"
    );
    assert!(
        fs::read(&path).unwrap() == before,
        "the old file is as it was"
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file is left"
    );
}
