//! `tidegate train classify`, `evaluate` and `classify`: from recordings to classes with probabilities.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use support::{command, document, failure_of, file, names, printed, real_data, timeless};

/// Generated recordings in a folder.
fn generated(folder: &Path, kind: &str, count: usize, seed: usize) -> String {
    let path = folder.join(format!("{kind}-{seed}.csv"));
    let path = path.to_str().unwrap().to_owned();
    let options = [
        kind,
        "--recordings",
        &count.to_string(),
        "--seed",
        &seed.to_string(),
        "-o",
        &path,
    ];
    printed(command("generate", &options));
    path
}

/// A quick training run.
fn train(data: &str, model: &str, options: &[&str]) -> std::process::Command {
    let mut words = vec!["classify", data, "-o", model];
    if !options.contains(&"--epochs") {
        words.extend(["--epochs", "4"]);
    }
    words.extend(["--hidden", "8", "--threads", "1"]);
    words.extend(options);
    command("train", &words)
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn from_recordings_to_a_model_its_measures_and_its_classes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (data, test) = (
        generated(folder, "gestures", 80, 1),
        generated(folder, "gestures", 30, 2),
    );
    let (model, page, plot) = (
        path(folder, "gestures.safetensors"),
        path(folder, "page.html"),
        path(folder, "training.html"),
    );
    let options = [
        "--json",
        "--plot",
        &plot,
        "--epochs",
        "25",
        "--learning-rate",
        "0.02",
    ];
    let found = document(train(&data, &model, &options));
    assert_eq!(found["recordings"], json!({"train": 73, "valid": 7}));
    assert_eq!(found["classes"].as_array().unwrap().len(), 4);
    assert!(found["temperature"].as_f64().unwrap() > 0.0);
    assert!(
        std::fs::read_to_string(plot)
            .unwrap()
            .contains("cross-entropy")
    );

    let measured = document(command(
        "evaluate",
        &[&model, &test, "--json", "--plot", &page],
    ));
    let metrics = &measured["metrics"];
    let accuracy = metrics["accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.8, "{accuracy}");
    for metric in [
        "macro_f1",
        "negative_log_likelihood",
        "expected_calibration_error",
    ] {
        assert!(metrics[metric].is_number(), "{metric}");
    }
    let labels = &measured["confusion"]["labels"];
    assert_eq!(
        labels,
        &json!(["clockwise", "counterclockwise", "left", "right"])
    );
    let counts = measured["confusion"]["counts"].as_array().unwrap();
    let right: u64 = (0..4)
        .map(|class| counts[class][class].as_u64().unwrap())
        .sum();
    assert!((right as f64 / 30.0 - accuracy).abs() < 1e-12);
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains("Confusion matrix") && html.contains("clockwise"));
    let text = printed(command("evaluate", &[&model, &test]));
    assert!(
        text.contains("accuracy") && text.contains("is \\ predicted"),
        "{text}"
    );

    let lines = printed(command("classify", &[&model, &test]));
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 31);
    assert_eq!(
        lines[0],
        "recording,class,p_clockwise,p_counterclockwise,p_left,p_right"
    );
    let out = path(folder, "classes.jsonl");
    printed(command("classify", &[&model, &test, "--json", "-o", &out]));
    let objects = std::fs::read_to_string(out).unwrap();
    for (line, row) in objects.lines().zip(&lines[1..]) {
        let object: Value = serde_json::from_str(line).unwrap();
        let cells: Vec<&str> = row.split(',').collect();
        assert_eq!(object["recording"], cells[0]);
        assert_eq!(object["class"], cells[1]);
        let probabilities = object["probabilities"].as_object().unwrap();
        let total: f64 = probabilities
            .values()
            .map(|one| one.as_f64().unwrap())
            .sum();
        assert!((total - 1.0).abs() < 1e-9);
    }
    let written = std::fs::read_to_string(path(folder, "gestures.safetensors.toml")).unwrap();
    assert!(written.contains("task = \"classify\"") && written.contains("pooling = \"mean\""));
}

#[test]
fn a_model_of_steps_gives_each_step_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = generated(folder, "activity", 8, 1);
    let model = path(folder, "activity.safetensors");
    let options = [
        "--every-step",
        "--class-weights",
        "balanced",
        "--epochs",
        "2",
        "--json",
    ];
    let found = document(train(&data, &model, &options));
    assert_eq!(found["every_step"], true);
    let measured = document(command("evaluate", &[&model, &data, "--json"]));
    let steps = measured["steps"].as_u64().unwrap();
    let lines = printed(command("classify", &[&model, &data]));
    assert_eq!(lines.lines().count() as u64, steps + 1);
    assert!(lines.starts_with("recording,step,class,p_rest,p_run,p_stairs,p_walk\n"));
    // Through a pipe, which is read once.
    let mut child = command("classify", &[&model, "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let bytes = std::fs::read(&data).unwrap();
    let mut input = child.stdin.take().unwrap();
    let sender = std::thread::spawn(move || input.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    sender.join().unwrap().unwrap();
    assert!(output.status.success(), "{}", support::text(&output.stderr));
    assert_eq!(support::text(&output.stdout), lines);
}

#[test]
fn labels_that_contradict_each_other_are_not_looked_at_to_classify() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = generated(folder, "gestures", 24, 1);
    let model = path(folder, "model");
    printed(train(&data, &model, &[]));
    let text = std::fs::read_to_string(&data).unwrap();
    let lines = text.lines().enumerate().map(|(line, text)| {
        let (cells, label) = text.rsplit_once(',').unwrap();
        match line {
            0 => format!("{cells},{label}\n"),
            _ => format!("{cells},other{line}\n"),
        }
    });
    let other = file(folder, "other.csv", &lines.collect::<String>());
    assert_eq!(
        printed(command("classify", &[&model, &other])),
        printed(command("classify", &[&model, &data]))
    );
}

#[test]
fn nothing_is_written_into_a_folder_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = generated(folder, "gestures", 24, 1);
    let model = path(folder, "model");
    printed(train(&data, &model, &[]));
    let arrays = folder.join("arrays/a");
    std::fs::create_dir_all(&arrays).unwrap();
    std::fs::write(arrays.join("1.npy"), "an array").unwrap();
    let (arrays, array) = (path(folder, "arrays"), path(&arrays, "1.npy"));
    for run in [
        train(&arrays, &array, &[]),
        train(&arrays, &path(folder, "arrays/model"), &[]),
        command("classify", &[&model, &arrays, "-o", &array]),
        command("evaluate", &[&model, &arrays, "--plot", &array]),
    ] {
        let failure = failure_of(run, 1);
        assert!(failure.contains("outside of that folder"), "{failure}");
    }
    assert_eq!(std::fs::read(&array).unwrap(), b"an array");
    assert_eq!(names(Path::new(&arrays)), ["a"]);
}

#[test]
fn cross_validation_is_reported_and_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "gestures", 24, 1);
    let model = path(folder.path(), "model");
    let options = ["--folds", "3", "--json"];
    let first = document(train(&data, &model, &options));
    let found = &first["cross_validation"];
    assert_eq!(found["folds"].as_array().unwrap().len(), 3);
    assert!(found["accuracy"]["mean"].is_number() && found["macro_f1"]["deviation"].is_number());
    let second = document(train(&data, &model, &options));
    assert_eq!(timeless(&first.to_string()), timeless(&second.to_string()));
    let text = printed(train(&data, &model, &["--folds", "3"]));
    assert!(text.contains("Cross-validation, 3 folds"), "{text}");
}

#[test]
fn labels_are_not_needed_to_classify_and_standard_input_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = generated(folder, "gestures", 24, 1);
    let model = path(folder, "model");
    printed(train(&data, &model, &[]));
    let text = std::fs::read_to_string(&data).unwrap();
    let without: Vec<&str> = text
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0)
        .collect();
    let unlabelled = file(folder, "unlabelled.csv", &without.join("\n"));
    let expected = printed(command("classify", &[&model, &data]));
    assert_eq!(
        printed(command("classify", &[&model, &unlabelled])),
        expected
    );
    let mut piped = command("classify", &[&model, "-"]);
    piped.stdin(std::fs::File::open(&unlabelled).unwrap());
    assert_eq!(printed(piped), expected);
    let failure = failure_of(command("evaluate", &[&model, &unlabelled]), 1);
    assert!(failure.contains("label"), "{failure}");
}

/// What a run on this file of CSV says when it fails, and that it leaves nothing behind.
fn refused(rows: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "data.csv", rows);
    let failure = failure_of(train(&data, &path(folder.path(), "model"), options), 1);
    assert_eq!(names(folder.path()), ["data.csv"], "{failure}");
    assert_eq!(failure.trim_end().lines().count(), 1, "{failure}");
    failure
}

/// Recordings of three steps with these labels.
fn rows(labels: &[&str]) -> String {
    let mut text = String::from("id,step,x,label\n");
    for (index, label) in labels.iter().enumerate() {
        for step in 0..3 {
            text += &format!("r{index},{step},{}.{step},{label}\n", index % 3);
        }
    }
    text
}

#[test]
fn recordings_that_cannot_be_learned_are_refused_with_one_line_and_nothing_is_left() {
    let failure = refused(&rows(&["a"; 6]), &[]);
    assert!(failure.contains("every label is \"a\""), "{failure}");
    let failure = refused(&rows(&["a", "a", "a", "b", "b", ""]), &[]);
    assert!(failure.contains("label"), "{failure}");
    let failure = refused("id,step,x\nr,0,1\nr,1,2\ns,0,1\n", &[]);
    assert!(failure.contains("--label"), "{failure}");
    let failure = refused(&rows(&["a", "a", "b", "b", "c"]), &["--folds", "2"]);
    assert!(failure.contains("\"c\" has one recording"), "{failure}");
    let failure = refused("", &[]);
    assert!(failure.starts_with("error: "), "{failure}");
    let failure = refused("id,step,x,label\n", &[]);
    assert!(failure.starts_with("error: "), "{failure}");
    let words = rows(&["a", "a", "b", "b"]).replace("1.1", "much");
    let failure = refused(&words, &["--channels", "x"]);
    assert!(failure.contains("much"), "{failure}");
    let failure = refused(&rows(&["a", "b", "c", "d", "e", "f"]), &[]);
    assert!(failure.contains("label of its own"), "{failure}");
    let failure = refused(&rows(&["a", "a", "b", "b"]), &["--channels", "y"]);
    assert!(failure.contains("no column is called \"y\""), "{failure}");
}

#[test]
fn a_class_with_one_recording_is_noted_and_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let data = file(
        folder.path(),
        "data.csv",
        &rows(&["a", "a", "a", "b", "b", "b", "c"]),
    );
    let found = document(train(&data, &path(folder.path(), "model"), &["--json"]));
    let notes = found["notes"].to_string();
    assert!(notes.contains("one recording"), "{notes}");
}

#[test]
fn a_sequence_without_steps_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let ts = "@problemName Gaps\n@timestamps false\n@univariate true\n@classLabel true a b\n@data\n1,2:a\n:b\n3,4:b\n1,1:a\n";
    let data = file(folder.path(), "data.ts", ts);
    let failure = failure_of(train(&data, &path(folder.path(), "model"), &[]), 1);
    assert!(
        failure.contains("line 7") && failure.contains("step"),
        "{failure}"
    );
}

#[test]
fn channels_that_differ_and_classes_never_seen_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = generated(folder, "gestures", 24, 1);
    let model = path(folder, "model");
    printed(train(&data, &model, &[]));
    let text = std::fs::read_to_string(&data).unwrap();
    let header = text.lines().next().unwrap().to_owned();
    let channel = header.split(',').nth(2).unwrap();
    let renamed = text.replacen(channel, "other", 1);
    let renamed = file(folder, "renamed.csv", &renamed);
    let out = path(folder, "out.csv");
    let failure = failure_of(command("classify", &[&model, &renamed, "-o", &out]), 1);
    assert!(
        failure.contains("missing") && failure.contains("other"),
        "{failure}"
    );
    assert!(!Path::new(&out).exists());
    let unseen = file(folder, "unseen.csv", &text.replace("left", "wave"));
    let failure = failure_of(command("evaluate", &[&model, &unseen]), 1);
    assert!(failure.contains("\"wave\""), "{failure}");
    let failure = failure_of(command("classify", &[&model, &data, "-o", &model]), 1);
    assert!(failure.contains("written over"), "{failure}");
    let steps = failure_of(
        train(&data, &path(folder, "steps"), &["--label", "nothing"]),
        1,
    );
    assert!(steps.contains("\"nothing\""), "{steps}");
}

#[test]
fn a_model_of_another_task_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = generated(folder, "gestures", 24, 1);
    let load = file(folder, "load.csv", &support::readings(400));
    let model = path(folder, "load.safetensors");
    printed(support::train_forecast(&load, &model, &[]));
    let failure = failure_of(command("classify", &[&model, &data]), 1);
    assert!(
        failure.contains(
            "load.safetensors is a model of tidegate train forecast; tidegate classify needs one of tidegate train classify"
        ),
        "{failure}"
    );
    let failure = failure_of(command("evaluate", &[&model, &load, "--part", "test"]), 1);
    assert!(failure.contains("no use for --part"), "{failure}");
}

#[test]
fn a_reader_that_goes_away_ends_the_command_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = generated(folder, "activity", 8, 1);
    let model = path(folder, "model");
    printed(train(&data, &model, &["--every-step", "--epochs", "1"]));
    let mut process = command("classify", &[&model, &data])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[test]
fn japanese_vowels_are_told_apart() {
    let name = "japanese_vowels/JapaneseVowels_TRAIN.ts";
    let Some(data) = real_data("japanese_vowels_are_told_apart", name) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let model = path(folder.path(), "vowels.safetensors");
    let test = data.with_file_name("JapaneseVowels_TEST.ts");
    printed(command(
        "train",
        &["classify", data.to_str().unwrap(), "-o", &model],
    ));
    let found = document(command(
        "evaluate",
        &[&model, test.to_str().unwrap(), "--json"],
    ));
    let accuracy = found["metrics"]["accuracy"].as_f64().unwrap();
    assert!(accuracy >= 0.97, "{accuracy}");
    assert_eq!(found["recordings"], 370);
}
