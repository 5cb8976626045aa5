//! What a comparison prints.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use serde_json::Value;
use support::{compare, file, output, real_music, scales, success, text, timeless};

const TINY: [&str; 12] = [
    "--task",
    "adding",
    "--length",
    "10",
    "--sequences",
    "200",
    "--parameters",
    "200",
    "--seeds",
    "2",
    "--epochs",
    "2",
];

fn tiny<'a>(more: &[&'a str]) -> Vec<&'a str> {
    TINY.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn the_table_has_a_line_for_each_cell_and_sentences_below() {
    let options = ["--cells", "rnn,lstm-peephole,gru-before", "--threads", "2"];
    let text = success(&tiny(&options));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "adding problem, length 10");
    for heading in ["gates", "parameters", "test loss", "epochs"] {
        assert!(lines[3].contains(heading), "{text}");
    }
    for (line, cell) in lines[5..8]
        .iter()
        .zip(["rnn ", "lstm-peephole ", "gru-before "])
    {
        assert!(line.starts_with(cell) && line.contains(" ± "), "{text}");
    }
    assert!(
        text.contains(
            "Test loss: mean squared error, mean ± sample standard deviation over 2 seeds."
        )
    );
    let words: Vec<&str> = text.split_whitespace().collect();
    for expected in [
        "On this test set the lowest mean was that of ",
        "the seeds' spread",
        "Times are wall-clock seconds, measured with 1 thread a run",
    ] {
        assert!(words.join(" ").contains(expected), "{text}");
    }
}

#[test]
fn one_cell_and_one_seed_are_not_held_against_anything() {
    let text = success(&[
        "--task",
        "adding",
        "--length",
        "10",
        "--cells",
        "gru",
        "--parameters",
        "200",
        "--seeds",
        "1",
        "--epochs",
        "1",
        "--sequences",
        "100",
    ]);
    assert!(
        !text.contains("lowest mean") && !text.contains('±'),
        "{text}"
    );
}

#[test]
fn json_is_one_document_with_a_row_for_each_run() {
    let json = success(&tiny(&["--cells", "rnn,lstm,gru", "--json"]));
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["task"], "adding problem, length 10");
    assert_eq!(document["equal"], "parameters");
    let rows = document["rows"].as_array().unwrap();
    let runs: Vec<(&str, u64)> = rows
        .iter()
        .map(|row| (row["cell"].as_str().unwrap(), row["seed"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        runs,
        [
            ("rnn", 1),
            ("rnn", 2),
            ("lstm", 1),
            ("lstm", 2),
            ("gru", 1),
            ("gru", 2)
        ]
    );
    for row in rows {
        let reset = if row["cell"] == "gru" {
            Value::from("after")
        } else {
            Value::Null
        };
        assert_eq!(row["reset"], reset);
        for name in [
            "hidden_size",
            "parameters",
            "train_loss",
            "valid_loss",
            "test_loss",
            "epochs",
            "seconds_per_epoch",
            "seconds_to_best",
            "learning_rate",
            "recurrent_dropout",
        ] {
            assert!(row[name].is_number(), "{name} in {row}");
        }
    }
    let summary = document["summary"].as_array().unwrap();
    assert_eq!(summary.len(), 3);
    for cell in summary {
        assert!(
            cell["test_loss"]["standard_deviation"].is_number(),
            "{cell}"
        );
        assert!(cell["multiply_adds_per_step"].is_number(), "{cell}");
    }
    assert!(!document["tuning"].as_array().unwrap().is_empty());
}

#[test]
fn without_a_task_two_are_compared_and_their_rows_say_which() {
    let json = success(&[
        "--cells",
        "gru",
        "--hidden",
        "2",
        "--seeds",
        "1",
        "--epochs",
        "1",
        "--question",
        "none",
        "--json",
    ]);
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["equal"], "hidden");
    let tasks: Vec<&str> = document["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["task"].as_str().unwrap())
        .collect();
    assert_eq!(tasks.len(), 2);
    assert!(tasks[0].starts_with("adding problem, length 100"));
    assert!(tasks[1].starts_with("Mackey-Glass"));
    assert_eq!(document["task"], tasks.join("; "));
}

#[test]
fn music_is_read_from_a_file_and_copy_memory_is_generated() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "scales.json", &scales());
    let text = success(&[
        "--data", &path, "--cells", "mgu", "--hidden", "3", "--seeds", "1", "--epochs", "2",
    ]);
    assert!(text.starts_with("scales\n"), "{text}");
    assert!(text.contains("summed over 88 labels"), "{text}");
    let text = success(&[
        "--task",
        "copy",
        "--length",
        "3",
        "--sequences",
        "50",
        "--cells",
        "rnn-relu",
        "--hidden",
        "3",
        "--seeds",
        "1",
        "--epochs",
        "1",
    ]);
    assert!(text.contains("cross-entropy in nats per step"), "{text}");
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let of = |threads| timeless(&success(&tiny(&["--json", "--threads", threads])));
    let one = of("1");
    assert_eq!(one, of("2"));
    assert_eq!(one, of("16"));
}

#[test]
fn progress_in_plain_lines_goes_to_standard_error_one_for_each_run() {
    let output = output(&tiny(&["--cells", "gru"]));
    let progress = text(&output.stderr);
    let runs = progress
        .lines()
        .filter(|line| line.starts_with('['))
        .count();
    let choices = progress.lines().filter(|line| line.contains(", tuned: "));
    assert_eq!(
        progress.lines().count(),
        runs + choices.count(),
        "{progress}"
    );
    assert!(progress.contains(&format!("[{runs}/{runs}]")), "{progress}");
    assert!(!progress.contains('\u{1b}'), "{progress}");
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let mut child = compare(&tiny(&["--cells", "gru"])).spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn real_music_is_compared() {
    let Some(path) = real_music("a comparison on the JSB chorales") else {
        return;
    };
    let path = path.to_str().unwrap();
    let json = success(&[
        "--data",
        path,
        "--cells",
        "gru",
        "--hidden",
        "4",
        "--seeds",
        "1",
        "--epochs",
        "1",
        "--question",
        "none",
        "--json",
    ]);
    let document: Value = serde_json::from_str(&json).unwrap();
    let loss = document["rows"][0]["test_loss"].as_f64().unwrap();
    // A model that knows nothing scores 88 ln 2; the best published ones stay above 5.
    assert!(loss > 5.0 && loss < 88.0 * 2.0_f64.ln(), "{loss}");
}
