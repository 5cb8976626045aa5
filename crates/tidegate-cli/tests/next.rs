//! Training, evaluating and generating with next-step models of text and of music.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use support::{command, document, file, names, printed};

/// Options of a training that takes no time.
const QUICK: [&str; 10] = [
    "--hidden",
    "24",
    "--embedding",
    "8",
    "--epochs",
    "8",
    "--batch",
    "8",
    "--window",
    "32",
];

/// A small text, or small music, from the program itself.
fn generated(folder: &Path, name: &str, options: &[&str]) -> String {
    let path = folder.join(name);
    let path = path.to_str().unwrap().to_owned();
    printed(command("generate", &[options, &["-o", &path]].concat()));
    path
}

/// A model trained on a file, and the document of its training.
fn trained(folder: &Path, data: &str, options: &[&str]) -> (String, Value) {
    let model = folder.join("model.safetensors");
    let model = model.to_str().unwrap().to_owned();
    let fixed = ["next", data, "-o", &model, "--json"];
    let run = document(command("train", &[&fixed, &QUICK[..], options].concat()));
    (model, run)
}

fn generate(model: &str, options: &[&str]) -> String {
    printed(command("generate", &[&[model], options].concat()))
}

#[test]
fn a_text_is_learnt_measured_and_continued() {
    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "text.txt", &["text", "--sentences", "600"]);
    let (model, run) = trained(folder.path(), &data, &[]);
    assert_eq!(run["tokens"], "characters");
    let nats = run["validation"]["metrics"]["nats_per_character"]
        .as_f64()
        .unwrap();
    // An even guess among all characters is the least that one can know.
    let guess = run["vocabulary"].as_f64().unwrap().ln();
    assert!(nats < 0.7 * guess, "{nats} against {guess}");

    let measured = document(command("evaluate", &[&model, &data, "--json"]));
    assert_eq!(measured["part"], "validation");
    let metrics = &measured["metrics"];
    assert_eq!(metrics["nats_per_character"].as_f64().unwrap(), nats);
    let bits = metrics["bits_per_character"].as_f64().unwrap();
    assert!((bits - nats / std::f64::consts::LN_2).abs() < 1e-12);
    let perplexity = metrics["perplexity"].as_f64().unwrap();
    assert!((perplexity - nats.exp()).abs() < 1e-9);

    let options = ["--length", "200", "--seed", "3", "--prompt", "The old "];
    let text = generate(&model, &options);
    assert!(text.starts_with("The old ") && text.trim_end_matches('\n').chars().count() >= 200);
    assert_eq!(
        generate(&model, &options),
        text,
        "a seed gives the same text"
    );
    let other = ["--length", "200", "--seed", "4", "--prompt", "The old "];
    assert_ne!(generate(&model, &other), text);
    let json = document(command(
        "generate",
        &[&[&model, "--json"], &options[..]].concat(),
    ));
    assert_eq!(json["prompt"], "The old ");
    let shown = format!("The old {}", json["text"].as_str().unwrap());
    assert_eq!(shown.trim_end_matches('\n'), text.trim_end_matches('\n'));
    assert!(json["tokens_per_second"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_test_part_that_is_held_back_is_what_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "text.txt", &["text", "--sentences", "300"]);
    let (model, run) = trained(folder.path(), &data, &["--test", "0.2"]);
    let measured = document(command("evaluate", &[&model, &data, "--json"]));
    assert_eq!(measured["part"], "test");
    assert_eq!(measured["metrics"], run["test"]["metrics"]);
    let other = generated(
        folder.path(),
        "other.txt",
        &["text", "--sentences", "50", "--seed", "2"],
    );
    let measured = document(command("evaluate", &[&model, &other, "--json"]));
    assert_eq!(measured["part"], "all");
    let characters = std::fs::read_to_string(&other).unwrap().chars().count();
    assert_eq!(measured["tokens"], characters - 1);
}

#[test]
fn korean_is_continued_in_whole_characters_and_any_bytes_as_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["text", "--language", "korean", "--sentences", "400"];
    let data = generated(folder.path(), "이야기.txt", &options);
    let (model, _) = trained(folder.path(), &data, &[]);
    let text = generate(&model, &["--length", "100", "--prompt", "늙은 어부가 "]);
    assert!(text.starts_with("늙은 어부가 "));
    let known = std::fs::read_to_string(&data).unwrap();
    assert!(text.chars().all(|character| known.contains(character)));

    let bytes = folder.path().join("bytes.bin");
    let noise: Vec<u8> = (0..3_000_u32)
        .map(|index| (index * 7 % 251) as u8)
        .collect();
    std::fs::write(&bytes, noise).unwrap();
    let bytes = bytes.to_str().unwrap();
    let (model, run) = trained(folder.path(), bytes, &["--tokens", "bytes"]);
    assert_eq!(run["vocabulary"], 256);
    let output = command("generate", &[&model, "--length", "50"])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!((50..=51).contains(&output.stdout.len()));
    let measured = document(command("evaluate", &[&model, bytes, "--json"]));
    assert!(measured["metrics"]["bits_per_byte"].is_number());
}

#[test]
fn music_is_learnt_measured_and_written_as_midi() {
    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "music.json", &["music", "--pieces", "40"]);
    let (model, run) = trained(folder.path(), &data, &[]);
    assert_eq!(run["tokens"], "music");
    let measured = document(command("evaluate", &[&model, &data, "--json"]));
    assert_eq!(measured["part"], "test");
    assert_eq!(measured["metrics"], run["test"]["metrics"]);
    let metrics = &measured["metrics"];
    let (notes, steps) = (
        measured["tokens"].as_f64().unwrap(),
        measured["steps"].as_f64().unwrap(),
    );
    let per_step = metrics["nats_per_token"].as_f64().unwrap() * notes / steps;
    assert!((metrics["nats_per_step"].as_f64().unwrap() - per_step).abs() < 1e-9);

    let midi = folder.path().join("music.mid");
    let options = ["--length", "60", "--midi", midi.to_str().unwrap()];
    let json = document(command(
        "generate",
        &[&[&model, "--json"], &options[..]].concat(),
    ));
    assert!(std::fs::read(&midi).unwrap().starts_with(b"MThd"));
    let pieces: Vec<Vec<Vec<u8>>> = serde_json::from_value(json["pieces"].clone()).unwrap();
    assert_eq!(pieces.iter().map(Vec::len).sum::<usize>(), 60);
    let falls = |chord: &Vec<u8>| chord.is_sorted_by(|above, below| above > below);
    assert!(pieces.iter().flatten().all(falls));
    let distance = &json["statistics"]["distance"];
    assert!((0.0..=1.0).contains(&distance["voices"].as_f64().unwrap()));

    // What appears as it is made is the same music.
    let shown = generate(&model, &["--length", "60"]);
    let shown: Vec<Vec<Vec<u8>>> = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown, pieces);
    let table = generate(&model, &options);
    assert!(
        table.contains("voices sounding") && table.contains("music.mid"),
        "{table}"
    );
    let prompt = ["--length", "4", "--prompt", "[[48, 64, 60, 67], []]"];
    let shown = generate(&model, &prompt);
    assert!(shown.starts_with("[[[67, 64, 60, 48],\n[],\n["), "{shown}");
}

#[test]
fn a_prompt_may_be_longer_than_any_window() {
    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "text.txt", &["text", "--sentences", "300"]);
    let (model, _) = trained(folder.path(), &data, &[]);
    let long = generated(folder.path(), "long.txt", &["text", "--sentences", "2000"]);
    let text = generate(&model, &["--prompt-file", &long, "--length", "50"]);
    let prompt = std::fs::read_to_string(&long).unwrap();
    assert!(text.starts_with(&prompt) && text.len() > prompt.len() + 49);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_ends_the_text_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "text.txt", &["text", "--sentences", "300"]);
    let (model, _) = trained(folder.path(), &data, &[]);
    let mut child = command("generate", &[&model, "--length", "1000000000"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut some = [0; 100];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut some).unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty());
}

#[test]
fn a_run_is_told_by_its_configuration_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "text.txt", &["text", "--sentences", "200"]);
    let (model, _) = trained(folder.path(), &data, &["--seed", "5"]);
    let configuration = format!("{model}.toml");
    let again = folder.path().join("again.safetensors");
    let again = again.to_str().unwrap();
    let page = folder.path().join("page.html");
    let options = ["next", "--config", &configuration, "-o", again, "--plot"];
    printed(command(
        "train",
        &[&options[..], &[page.to_str().unwrap()]].concat(),
    ));
    assert_eq!(
        std::fs::read(&model).unwrap(),
        std::fs::read(again).unwrap()
    );
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("nats per character"));
    assert!(
        !names(folder.path())
            .iter()
            .any(|name| name.contains("checkpoint"))
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_goes_on_to_the_same_bits() {
    use std::process::Command;
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    let folder = tempfile::tempdir().unwrap();
    let data = generated(folder.path(), "text.txt", &["text", "--sentences", "2000"]);
    let train = |model: &str| {
        let options = ["--hidden", "64", "--epochs", "3", "--threads", "1"];
        command(
            "train",
            &[&["next", &data, "-o", model], &options[..]].concat(),
        )
    };
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (alone, model) = (path("alone.safetensors"), path("model.safetensors"));
    printed(train(&alone));
    let mut child = train(&model).spawn().unwrap();
    let checkpoint = path("model.safetensors.checkpoint");
    let start = Instant::now();
    while !Path::new(&checkpoint).exists() {
        assert!(start.elapsed() < Duration::from_secs(300) && child.try_wait().unwrap().is_none());
        sleep(Duration::from_millis(1));
    }
    let id = child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    printed(command("resume", &[&model]));
    assert_eq!(std::fs::read(alone).unwrap(), std::fs::read(model).unwrap());
}

#[test]
fn a_file_of_text_that_looks_like_json_is_text() {
    let folder = tempfile::tempdir().unwrap();
    let code = "{ \"name\": [1, 2, 3], \"other\": true }\n".repeat(60);
    let data = file(folder.path(), "code.json", &code);
    let (_, run) = trained(folder.path(), &data, &[]);
    assert_eq!(run["tokens"], "characters");
}
