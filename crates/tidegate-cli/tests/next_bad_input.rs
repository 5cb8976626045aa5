//! What the commands of next-step models say of files and options that make no sense: one clear error, and nothing lost.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;
use std::process::Command;

use support::{command, failure_of, file, names, printed, readings, train_forecast};

fn train(data: &str, model: &Path, options: &[&str]) -> Command {
    let fixed = ["next", data, "-o", model.to_str().unwrap()];
    let quick = ["--hidden", "8", "--embedding", "4", "--epochs", "1"];
    command("train", &[&fixed, &quick[..], options].concat())
}

/// A model of a small text, or of small music.
fn model(folder: &Path, kind: &[&str], options: &[&str]) -> String {
    let data = folder.join("data");
    let out = ["-o", data.to_str().unwrap()];
    printed(command("generate", &[kind, &out[..]].concat()));
    let model = folder.join("model.safetensors");
    printed(train(data.to_str().unwrap(), &model, options));
    model.to_str().unwrap().to_owned()
}

#[test]
fn files_that_cannot_be_learnt_from_are_refused_with_their_place_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let within = |name: &str| folder.path().join(name);
    let line = "All the world's a stage.\n";
    let half = [
        line.repeat(20).as_bytes(),
        b"caf\xe9\n",
        line.repeat(20).as_bytes(),
    ]
    .concat();
    let cut = "안녕하세요".as_bytes();
    let piece = "[[60, 64], [62, 65]]";
    let music = |train: &str| {
        format!("{{\"train\": [{train}], \"valid\": [{piece}], \"test\": [{piece}]}}")
    };
    /// What is wrong, the file's bytes, options, and parts of the message.
    type Case = (
        &'static str,
        Vec<u8>,
        &'static [&'static str],
        &'static [&'static str],
    );
    let cases: Vec<Case> = vec![
        ("empty", Vec::new(), &[], &["it is empty"]),
        (
            "mark alone",
            b"\xef\xbb\xbf".to_vec(),
            &[],
            &["it is empty"],
        ),
        (
            "latin-1",
            half,
            &[],
            &["line 21, column 4", "byte 503", "0xE9", "bytes as tokens"],
        ),
        (
            "cut",
            cut[..14].to_vec(),
            &[],
            &["ends inside of a character"],
        ),
        ("short", b"abc".to_vec(), &[], &["3 tokens are too few"]),
        (
            "music cut",
            music(piece).as_bytes()[..40].to_vec(),
            &[],
            &["cut short", "--tokens characters"],
        ),
        (
            "no such key",
            music("[[60, 130]]").into_bytes(),
            &[],
            &["pitch 130", "piece 0, step 0"],
        ),
        (
            "no step",
            music("[]").into_bytes(),
            &[],
            &["training set, piece 0 has no steps"],
        ),
        (
            "no piece",
            music("").into_bytes(),
            &[],
            &["training set holds no piece"],
        ),
        (
            "text as music",
            line.repeat(20).into_bytes(),
            &["--tokens", "music"],
            &["line 1"],
        ),
        (
            "parts",
            line.repeat(20).into_bytes(),
            &["--validation", "0.5", "--test", "0.5"],
            &["test must be at least 0 and, with the validation part, below 1"],
        ),
    ];
    for (name, bytes, options, parts) in cases {
        let data = within(name);
        std::fs::write(&data, bytes).unwrap();
        let before = names(folder.path());
        let message = failure_of(
            train(
                data.to_str().unwrap(),
                &within("model.safetensors"),
                options,
            ),
            1,
        );
        for part in parts {
            assert!(message.contains(part), "{name}: {message}");
        }
        assert_eq!(names(folder.path()), before, "{name}");
    }
    let message = failure_of(train("gone.txt", &within("m"), &[]), 1);
    assert!(message.contains("gone.txt"), "{message}");
    let at = within("folder");
    std::fs::create_dir(&at).unwrap();
    let message = failure_of(train(at.to_str().unwrap(), &within("m"), &[]), 1);
    assert!(message.contains("is a folder"), "{message}");
    let message = failure_of(train("-", &within("m"), &[]), 2);
    assert!(message.contains("standard input"), "{message}");
}

#[test]
fn a_character_unseen_in_training_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path(), &["text", "--sentences", "100"], &[]);
    let other = file(folder.path(), "other.txt", "The old\nfisherman 한 waits.\n");
    let message = failure_of(command("evaluate", &[&model, &other]), 1);
    for part in ["other.txt: line 2, column 11", "'한' (U+D55C)", "bytes"] {
        assert!(message.contains(part), "{message}");
    }
    let message = failure_of(command("generate", &[&model, "--prompt", "The é"]), 1);
    assert!(
        message.contains("the prompt: line 1, column 5") && message.contains("'é'"),
        "{message}"
    );
    let prompt = folder.path().join("prompt");
    std::fs::write(&prompt, b"The \xff").unwrap();
    let prompt = prompt.to_str().unwrap();
    let message = failure_of(command("generate", &[&model, "--prompt-file", prompt]), 1);
    assert!(
        message.contains("prompt: line 1, column 5") && message.contains("0xFF"),
        "{message}"
    );
}

#[test]
fn models_and_files_of_another_kind_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = model(folder.path(), &["text", "--sentences", "100"], &[]);
    let other = tempfile::tempdir().unwrap();
    let music = model(
        other.path(),
        &["music", "--pieces", "10"],
        &["--window", "16"],
    );
    let [words, notes] = [&folder, &other].map(|folder| {
        let path = folder.path().join("data");
        path.to_str().unwrap().to_owned()
    });
    let midi = folder.path().join("text.mid");
    for (run, part) in [
        (
            command("generate", &[&text, "--midi", midi.to_str().unwrap()]),
            "leave out --midi",
        ),
        (command("generate", &[&words]), "data"),
        (command("evaluate", &[&music, &words]), "cannot read a text"),
        (
            command("generate", &[&music, "--prompt", "do re mi"]),
            "a list of steps",
        ),
        (
            command("generate", &[&music, "--prompt", "[[200]]"]),
            "pitch 200",
        ),
        (
            command("evaluate", &[&text, &words, "--plot", "page.html"]),
            "--plot has nothing to draw",
        ),
    ] {
        let message = failure_of(run, 1);
        assert!(message.contains(part), "{message}");
    }
    // A document of music is a text, too, but not one of these characters.
    let message = failure_of(command("evaluate", &[&text, &notes]), 1);
    assert!(message.contains("is not among"), "{message}");
    assert!(!midi.exists());
    let data = file(folder.path(), "load.csv", &readings(300));
    let forecaster = folder.path().join("load.safetensors");
    let forecaster = forecaster.to_str().unwrap();
    printed(train_forecast(&data, forecaster, &[]));
    let message = failure_of(command("generate", &[forecaster]), 1);
    assert!(message.contains("tidegate train next"), "{message}");
}

#[test]
fn options_that_make_no_sense_are_refused_as_misuse() {
    for options in [
        &["m", "--temperature", "-1"][..],
        &["m", "--temperature", "warm"],
        &["m", "--top-k", "0"],
        &["m", "--top-p", "0"],
        &["m", "--top-p", "1.5"],
        &["m", "--length", "0"],
        &["m", "--tempo", "90"],
        &["m", "--midi", "a.mid", "--tempo", "1"],
        &["m", "--prompt", "a", "--prompt-file", "b"],
        &["text", "--sentences", "0"],
        &["music", "--pieces", "2"],
    ] {
        failure_of(command("generate", options), 2);
    }
    for options in [
        &["--tokens", "words"][..],
        &["--validation", "0"],
        &["--transpose", "-1"],
        &["--recurrent-dropout", "1"],
    ] {
        let run = command("train", &[&["next", "a.txt", "-o", "m"], options].concat());
        failure_of(run, 2);
    }
}

#[test]
fn what_the_command_reads_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let music = model(folder.path(), &["music", "--pieces", "10"], &[]);
    let before = std::fs::read(&music).unwrap();
    let message = failure_of(command("generate", &[&music, "--midi", &music]), 1);
    assert!(
        message.contains("it is what the command reads"),
        "{message}"
    );
    assert_eq!(std::fs::read(&music).unwrap(), before);
    let gone = folder.path().join("gone/bach.mid");
    let message = failure_of(
        command("generate", &[&music, "--midi", gone.to_str().unwrap()]),
        1,
    );
    assert!(message.contains("cannot write"), "{message}");
}
