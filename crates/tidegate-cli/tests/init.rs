//! `tidegate init`: what it writes, and what it leaves alone.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;
use std::process::Command;

use support::{command, failure_of, file, real_data, text};
use toml::{Table, Value};

fn init(options: &[&str], folder: &Path) -> Command {
    let mut init = command("init", options);
    init.current_dir(folder);
    init
}

/// Writes a configuration and reads it.
fn written(options: &[&str], folder: &Path, name: &str) -> Table {
    let output = init(options, folder).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains(name),
        "{}",
        text(&output.stdout)
    );
    std::fs::read_to_string(folder.join(name))
        .unwrap()
        .parse()
        .unwrap()
}

#[test]
fn the_file_is_toml_with_every_section_and_a_comment_above_every_key() {
    let folder = tempfile::tempdir().unwrap();
    let table = written(&[], folder.path(), "tidegate.toml");
    let sections: Vec<&str> = table.keys().map(String::as_str).collect();
    for section in ["data", "split", "model", "training", "forecast", "tune"] {
        assert!(sections.contains(&section), "{sections:?}");
    }
    assert_eq!(table["model"]["dropout"], Value::Float(0.5));
    let text = std::fs::read_to_string(folder.path().join("tidegate.toml")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let is_key = |line: &str| !line.starts_with('#') && line.contains(" = ");
    for pair in lines.windows(2).filter(|pair| is_key(pair[1])) {
        let of_space = pair[0] == "[tune.space]" || is_key(pair[0]);
        assert!(pair[0].starts_with('#') || of_space, "{pair:?}");
    }
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_to_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "mine.toml", "mine");
    let message = failure_of(init(&["mine.toml"], folder.path()), 1);
    assert!(message.contains("mine.toml is there already"), "{message}");
    assert!(message.contains("--force"), "{message}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    written(&["mine.toml", "--force"], folder.path(), "mine.toml");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_found_in_the_data_is_filled_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = "ds,city,y,wind,note\n".to_owned();
    for city in ["A", "B"] {
        for row in 0..200 {
            let (month, day) = (1 + row / 28, 1 + row % 28);
            rows += &format!("2016-{month:02}-{day:02},{city},{row},{},calm\n", row % 7);
        }
    }
    file(folder.path(), "load.csv", &rows);
    let table = written(
        &["--data", "load.csv", "load.toml"],
        folder.path(),
        "load.toml",
    );
    assert_eq!(table["data"]["file"].as_str(), Some("load.csv"));
    assert_eq!(table["data"]["time"].as_str(), Some("ds"));
    assert_eq!(table["data"]["series"].as_str(), Some("city"));
    assert_eq!(table["data"]["targets"], Value::from(vec!["y", "wind"]));
    assert_eq!(table["model"]["horizon"].as_integer(), Some(14));
    assert_eq!(table["model"]["window"].as_integer(), Some(56));
}

#[test]
fn lengths_fit_the_frequency_of_real_data() {
    for (name, window, horizon) in [
        ("etth1/ETTh1.csv", 96, 24),
        ("univariate/airline-passengers.csv", 36, 12),
    ] {
        let Some(path) = real_data("lengths_fit_the_frequency_of_real_data", name) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let options = ["--data", path.to_str().unwrap()];
        let table = written(&options, folder.path(), "tidegate.toml");
        let of = |key: &str| table["model"][key].as_integer();
        assert_eq!((of("window"), of("horizon")), (Some(window), Some(horizon)));
    }
}

#[test]
fn data_that_cannot_be_read_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    for (contents, expected) in [
        ("", "empty"),
        ("ds,y\n", "no row"),
        ("ds,y\n2016-01-01,1\n2016-02,2\n", "line 3"),
        ("ds,y\nyesterday,1\ntoday,2\n", "line 2"),
    ] {
        file(folder.path(), "load.csv", contents);
        let message = failure_of(init(&["--data", "load.csv"], folder.path()), 1);
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("load.csv"), "{message}");
        assert!(!folder.path().join("tidegate.toml").exists());
    }
    let message = failure_of(init(&["gone/tidegate.toml"], folder.path()), 1);
    assert!(message.contains("gone/tidegate.toml"), "{message}");
}

#[test]
fn a_configuration_of_any_task_names_the_task_and_is_trained_by_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    for task in ["classify", "detect", "forecast", "next"] {
        let name = format!("{task}.toml");
        let options = ["--task", task, "--data", "gone.csv", &name];
        let table = match task {
            // Its file is looked at.
            "forecast" => written(&["--task", task, &name], folder.path(), &name),
            _ => written(&options, folder.path(), &name),
        };
        assert_eq!(table["task"].as_str(), Some(task));
        if task != "forecast" {
            assert_eq!(table["data"]["file"].as_str(), Some("gone.csv"));
        }
        let train = |other: &str| {
            let options = [other, "gone.csv", "--config", &name, "-o", "m.safetensors"];
            let mut train = command("train", &options);
            train.current_dir(folder.path());
            failure_of(train, 1)
        };
        assert!(train(task).contains("gone.csv"), "{}", train(task));
        let other = if task == "next" { "detect" } else { "next" };
        let message = train(other);
        assert!(
            message.contains(&format!(
                "is for tidegate train {task}, not for tidegate train {other}"
            )),
            "{message}"
        );
    }
}
