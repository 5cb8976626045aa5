//! What `tidegate compare` says of the questions that it asks.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use serde_json::Value;
use support::{failure, file, scales, success};

const TINY: [&str; 12] = [
    "--task",
    "adding",
    "--length",
    "10",
    "--sequences",
    "128",
    "--parameters",
    "200",
    "--seeds",
    "2",
    "--epochs",
    "1",
];

fn tiny<'a>(more: &[&'a str]) -> Vec<&'a str> {
    TINY.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn every_question_has_its_table_and_every_sentence_its_verdict() {
    let text = success(&TINY);
    for heading in [
        "Memory: ",
        "Structure: ",
        "Time: ",
        "Data: ",
        "What the textbooks say",
    ] {
        assert!(text.contains(heading), "{heading}: {text}");
    }
    let verdicts = text
        .lines()
        .filter(|line| {
            [" HOLDS", " DOES NOT HOLD", " UNDECIDED", " NO EVIDENCE"]
                .iter()
                .any(|end| line.ends_with(end))
        })
        .count();
    assert_eq!(verdicts, 6, "{text}");
}

#[test]
fn one_question_is_answered_alone() {
    let text = success(&tiny(&["--question", "structure"]));
    assert!(
        text.contains("Structure: ") && !text.contains("Memory: "),
        "{text}"
    );
    let text = success(&tiny(&["--question", "none"]));
    assert!(!text.contains("textbooks"), "{text}");
}

#[test]
fn json_has_the_questions_beside_the_rows() {
    let json = success(&tiny(&["--json"]));
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["rows"].as_array().unwrap().len(), 6);
    for question in ["memory", "structure", "time", "data"] {
        assert!(document[question].is_object(), "{question}");
    }
    assert_eq!(document["verdicts"].as_array().unwrap().len(), 6);
    let plain = success(&tiny(&["--json", "--question", "none"]));
    let plain: Value = serde_json::from_str(&plain).unwrap();
    let losses = |document: &Value| -> Vec<Value> {
        let rows = document["rows"].as_array().unwrap();
        rows.iter().map(|row| row["test_loss"].clone()).collect()
    };
    assert_eq!(losses(&document), losses(&plain));
    assert!(plain["memory"].is_null());
}

#[test]
fn too_little_data_for_shares_is_left_out_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "scales.json", &scales());
    let options = [
        "--data",
        &path,
        "--hidden",
        "3",
        "--seeds",
        "2",
        "--epochs",
        "1",
        "--question",
        "memory,data",
    ];
    let text = success(&options);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("12 training sequences are too few"),
        "{text}"
    );
    assert!(
        words.contains("the lag of this data cannot be chosen"),
        "{text}"
    );
}

#[test]
fn questions_that_make_no_sense_together_are_refused() {
    for (questions, expected) in [
        ("memory,memory", "twice"),
        ("none,data", "none stands alone"),
        (
            "speed",
            "possible values: memory, structure, time, data, none",
        ),
    ] {
        let message = failure(&tiny(&["--question", questions]), 2);
        assert!(message.contains(expected), "{message}");
    }
    let message = failure(&tiny(&["--quick", "--full"]), 2);
    assert!(message.contains("--full"), "{message}");
    let message = failure(&tiny(&["--language", "ko"]), 2);
    assert!(message.contains("--out"), "{message}");
}
