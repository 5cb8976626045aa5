//! `tidegate gates`: what it shows of the models of a comparison, and what it refuses.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;
use support::{command, failure_of, file, gates, printed, scales, success, text};
use tempfile::TempDir;
use tidegate_data::{FeatureSequence, npy_bytes};

/// Models of a few units, as `tidegate compare --out` writes them: of the adding problem, copy memory and music.
static MODELS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let music = file(folder.path(), "scales.json", &scales());
    let train = |name: &str, options: &[&str]| {
        let out = folder.path().join(name);
        let out = out.to_str().unwrap();
        let tiny = [
            "--hidden",
            "3",
            "--seeds",
            "1",
            "--epochs",
            "1",
            "--threads",
            "1",
        ];
        success(&[options, &tiny, &["--out", out]].concat());
    };
    let sizes = ["--length", "6", "--sequences", "40"];
    let cells = ["--cells", "rnn,lstm,gru,mgu"];
    train(
        "adding",
        &[&["--task", "adding"], &sizes[..], &cells[..]].concat(),
    );
    train(
        "copy",
        &[&["--task", "copy", "--cells", "gru"], &sizes[..]].concat(),
    );
    train("music", &["--data", &music, "--cells", "gru"]);
    folder
});

/// The model file of a task and cell.
fn model(task: &str, cell: &str) -> String {
    let path = MODELS
        .path()
        .join(task)
        .join(format!("{cell}-seed1.safetensors"));
    path.to_str().unwrap().to_owned()
}

fn shown(options: &[&str]) -> String {
    let output = gates(options).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

fn document(options: &[&str]) -> Value {
    serde_json::from_str(&shown(&[options, &["--json"]].concat())).unwrap()
}

fn refused(options: &[&str]) -> String {
    failure_of(gates(options), 1)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).to_string_lossy().into())
        .collect();
    names.sort();
    names
}

#[test]
fn the_table_says_which_way_the_gate_works_and_shows_every_unit() {
    for (cell, expected) in [
        (
            "gru",
            &[
                "update gate z keeps",
                "z = 1 remembers",
                "update gate",
                "reset gate",
            ][..],
        ),
        (
            "lstm",
            &[
                "forget gate f keeps",
                "input gate",
                "forget gate",
                "output gate",
            ],
        ),
        ("mgu", &["f = 0 remembers", "forget gate"]),
        ("rnn", &["no gate", "correlation with"]),
    ] {
        let options = [&model("adding", cell), "--task", "adding", "--length", "6"];
        let text = shown(&options);
        for expected in expected {
            assert!(text.contains(expected), "{cell}: {expected}: {text}");
        }
        assert!(
            text.starts_with(&format!("{cell}-seed1.safetensors on adding problem")),
            "{text}"
        );
        let rows = text
            .lines()
            .filter(|line| line.starts_with(['0', '1', '2']));
        assert_eq!(rows.count(), 3, "{text}");
    }
}

#[test]
fn the_document_orders_units_by_memory_and_lists_the_arrays() {
    let document = document(&[&model("adding", "gru"), "--task", "adding", "--length", "6"]);
    assert_eq!(document["sequence"]["steps"], 6);
    assert_eq!(document["sequence"]["split"], "test");
    let layer = &document["layers"][0];
    let arrays: Vec<&str> = layer["arrays"]
        .as_array()
        .unwrap()
        .iter()
        .map(|array| array["name"].as_str().unwrap())
        .collect();
    assert_eq!(arrays, ["reset_gate", "update_gate", "candidate", "hidden"]);
    assert!(
        layer["arrays"][0].get("file").is_none(),
        "no file was written"
    );
    let units = layer["units"].as_array().unwrap();
    let number = |unit: &Value, name: &str| unit[name].as_f64().unwrap();
    for pair in units.windows(2) {
        assert!(number(&pair[0], "mean_kept") >= number(&pair[1], "mean_kept"));
    }
    for unit in units {
        let expected = -1.0 / number(unit, "mean_kept").ln();
        assert!((number(unit, "time_constant_steps") - expected).abs() < 1e-9);
        assert_eq!(unit["mean_kept"], unit["mean_gates"]["update_gate"]);
    }
}

#[test]
fn a_folder_gets_page_picture_document_and_every_array() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/gates");
    fs::create_dir_all(&out).unwrap();
    fs::write(out.join("mine.txt"), "mine").unwrap();
    let path = out.to_str().unwrap();
    let lstm = model("adding", "lstm");
    let options = [
        &lstm[..],
        "--task",
        "adding",
        "--length",
        "6",
        "--out",
        path,
    ];
    let text = shown(&options);
    assert!(text.contains("Written to"), "{text}");
    let expected = [
        "gates.html",
        "gates.json",
        "gates.png",
        "input.npy",
        "layer0_candidate.npy",
        "layer0_cell.npy",
        "layer0_forget_gate.npy",
        "layer0_hidden.npy",
        "layer0_input_gate.npy",
        "layer0_output_gate.npy",
        "mine.txt",
    ];
    assert_eq!(names(&out), expected);
    assert_eq!(fs::read(out.join("mine.txt")).unwrap(), b"mine");
    let written: Value =
        serde_json::from_slice(&fs::read(out.join("gates.json")).unwrap()).unwrap();
    assert_eq!(written, document(&options));
    for array in written["layers"][0]["arrays"].as_array().unwrap() {
        assert_eq!(array["shape"], serde_json::json!([6, 3]));
        let bytes = fs::read(out.join(array["file"].as_str().unwrap())).unwrap();
        assert_eq!(bytes.len(), 128 + 6 * 3 * 4);
    }
    // The sequence that was written is one that can be read.
    let input = out.join("input.npy");
    let again = document(&[&lstm, input.to_str().unwrap()]);
    assert_eq!(again["layers"][0]["units"], written["layers"][0]["units"]);
}

/// Columns of an array's file, each a unit over all steps.
fn columns(path: &Path) -> Vec<Vec<f64>> {
    let array = FeatureSequence::from_npy(path).unwrap();
    let column = |unit| array.values.iter().skip(unit).step_by(array.size);
    (0..array.size)
        .map(|unit| column(unit).copied().map(f64::from).collect())
        .collect()
}

#[test]
fn the_columns_of_an_array_are_the_units_of_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let gru = model("adding", "gru");
    let document = document(&[&gru[..], "--task", "adding", "--length", "7", "--out", out]);
    let units = document["layers"][0]["units"].as_array().unwrap();
    for name in ["update_gate", "reset_gate"] {
        let columns = columns(&folder.path().join(format!("layer0_{name}.npy")));
        assert_eq!((columns.len(), units.len()), (3, 3));
        for unit in units {
            let column = &columns[usize::try_from(unit["unit"].as_u64().unwrap()).unwrap()];
            assert_eq!(column.len(), 7);
            let mean = column.iter().sum::<f64>() / column.len() as f64;
            let expected = unit["mean_gates"][name].as_f64().unwrap();
            assert!((mean - expected).abs() < 1e-9, "{name}, {unit}: {mean}");
        }
    }
}

#[test]
fn another_cell_in_the_same_folder_leaves_no_array_of_the_former_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let write = |cell: &str| {
        let out = path.to_str().unwrap();
        shown(&[
            &model("adding", cell),
            "--task",
            "adding",
            "--length",
            "6",
            "--out",
            out,
        ])
    };
    // The user's own, though it is named like an array.
    fs::write(path.join("layer9_cell.npy"), "mine").unwrap();
    write("lstm");
    write("gru");
    let expected = [
        "gates.html",
        "gates.json",
        "gates.png",
        "input.npy",
        "layer0_candidate.npy",
        "layer0_hidden.npy",
        "layer0_reset_gate.npy",
        "layer0_update_gate.npy",
        "layer9_cell.npy",
    ];
    assert_eq!(names(path), expected);
    // A document that names something else takes nothing away.
    fs::write(path.join("mine.npy"), "mine").unwrap();
    let former =
        r#"{"layers": [{"arrays": [{"file": "mine.npy"}, {"file": "../x"}, {"file": 3}]}, 1]}"#;
    fs::write(path.join("gates.json"), former).unwrap();
    write("gru");
    assert!(path.join("mine.npy").exists());
}

#[test]
fn a_table_an_array_and_a_task_with_the_same_numbers_give_the_same_gates() {
    let folder = tempfile::tempdir().unwrap();
    let table = file(
        folder.path(),
        "x.csv",
        "number,marker\n0.5,1\n0.25,0\n1,1\n",
    );
    let of_table = document(&[&model("adding", "gru"), &table]);
    assert_eq!(
        of_table["sequence"]["features"],
        serde_json::json!(["number", "marker"])
    );
    let mut bytes = b"\x93NUMPY\x01\x00\x46\x00".to_vec();
    bytes.extend(
        format!(
            "{:<69}\n",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }"
        )
        .bytes(),
    );
    for value in [0.5_f64, 1.0, 0.25, 0.0, 1.0, 1.0] {
        bytes.extend(value.to_le_bytes());
    }
    let array = folder.path().join("x.npy");
    fs::write(&array, &bytes).unwrap();
    let of_array = document(&[&model("adding", "gru"), array.to_str().unwrap()]);
    assert_eq!(of_table["layers"], of_array["layers"]);
}

#[test]
fn pieces_of_music_and_tokens_are_shown() {
    let music = MODELS.path().join("scales.json");
    let music = music.to_str().unwrap();
    let document_of = |piece| {
        document(&[
            &model("music", "gru"),
            music,
            "--split",
            "valid",
            "--sequence",
            piece,
        ])
    };
    assert_eq!(
        document_of("1")["input"]["shape"],
        serde_json::json!([25, 88])
    );
    assert_ne!(document_of("1")["layers"], document_of("2")["layers"]);
    let copy = document(&[&model("copy", "gru"), "--task", "copy", "--length", "6"]);
    assert_eq!(copy["input"]["shape"], serde_json::json!([26]));
}

#[test]
fn whole_numbers_of_a_file_are_tokens_for_a_model_that_reads_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let copy = model("copy", "gru");
    let table = file(folder.path(), "tokens.csv", "token\n3\n1\n0\n2\n");
    let array = folder.path().join("tokens.npy");
    fs::write(&array, npy_bytes(&[4], &[3.0, 1.0, 0.0, 2.0])).unwrap();
    let shown = document(&[&copy, &table]);
    assert_eq!(shown["input"]["shape"], serde_json::json!([4]));
    let same = document(&[&copy, array.to_str().unwrap()]);
    assert_eq!(shown["layers"], same["layers"]);
    let other = file(folder.path(), "other.csv", "3\n1\n0\n1\n");
    assert_ne!(shown["layers"], document(&[&copy, &other])["layers"]);
    for (numbers, expected) in [
        ("3\n1.5\n", "step 1 is 1.5: the model reads tokens"),
        ("3\n-1\n", "step 1 is -1: the model reads tokens"),
        ("3,1\n1,2\n", "the shape [2, 2]: the model reads tokens"),
        ("3\n4000\n", "tokens up to 4000"),
    ] {
        let refusal = refused(&[&copy, &file(folder.path(), "bad.csv", numbers)]);
        let refusal = refusal.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(refusal.contains(expected), "{refusal}");
    }
}

#[test]
fn what_is_no_model_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(model("adding", "gru")).unwrap();
    let foreign = br#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let foreign = [&(foreign.len() as u64).to_le_bytes(), &foreign[..], &[0; 4]].concat();
    for (name, bytes, expected) in [
        (
            "text.safetensors",
            b"hello, this is no model".to_vec(),
            "more than the",
        ),
        ("empty.safetensors", vec![], "cut short"),
        ("foreign.safetensors", foreign, "no Tidegate model"),
        (
            "half.safetensors",
            whole[..whole.len() / 2].to_vec(),
            "cut short",
        ),
        (
            "long.safetensors",
            [&whole[..], b"!"].concat(),
            "after its last tensor",
        ),
        (
            "hostile.safetensors",
            [&[0xff; 8][..], b"{}"].concat(),
            "header of 18446744073709551615 bytes",
        ),
        (
            "header.safetensors",
            [&2_u64.to_le_bytes()[..], b"[]"].concat(),
            "not a safetensors file",
        ),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let out = folder.path().join("out");
        let options = [
            path.to_str().unwrap(),
            "--task",
            "adding",
            "--out",
            out.to_str().unwrap(),
        ];
        let message = refused(&options);
        assert!(
            message.contains(name) && message.contains(expected),
            "{message}"
        );
        assert!(!out.exists(), "{name} leaves a folder behind");
    }
    assert!(refused(&["missing.safetensors", "--task", "adding"]).contains("missing.safetensors"));
    assert!(
        refused(&[folder.path().to_str().unwrap(), "--task", "adding"])
            .contains("not a regular file")
    );
}

#[test]
fn data_that_makes_no_sense_or_does_not_fit_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (
            "wide.csv",
            "a,b,c\n1,2,3\n",
            "reads 2 features a step, but the data has 3 features a step (a, b, c)",
        ),
        (
            "narrow.csv",
            "a\n1\n",
            "reads 2 features a step, but the data has 1 feature a step (a)",
        ),
        (
            "text.csv",
            "a,b\n1,2\n3,four\n",
            "line 3, column 2 (\"b\"): \"four\" is not a number",
        ),
        ("nan.csv", "a,b\nNaN,2\n", "line 2, column 1 (\"a\")"),
        ("infinite.csv", "a,b\n1,inf\n", "line 2, column 2 (\"b\")"),
        ("missing.csv", "a,b\n1,\n", "the value is missing"),
        (
            "ragged.csv",
            "a,b\n1,2\n3\n",
            "line 3: the row has 1 column",
        ),
        ("empty.csv", "", "the file is empty"),
        ("steps.csv", "a,b\n", "at least one step"),
        ("headless.csv", "1,2\n3,4\n", "header"),
        ("array.npy", "1,2\n", ".npy"),
        ("music.json", "{\"train\": 1}", "line 1"),
        ("other.txt", "1 2", "cannot tell what it holds"),
    ];
    for (name, contents, expected) in cases {
        let path = file(folder.path(), name, contents);
        let out = folder.path().join("out");
        let message = refused(&[
            &model("adding", "gru"),
            &path,
            "--out",
            out.to_str().unwrap(),
        ]);
        assert!(
            message.contains(name) && message.contains(expected),
            "{name}: {message}"
        );
        assert!(!out.exists(), "{name} leaves a folder behind");
    }
    let table = file(folder.path(), "x.csv", "a,b\n1,2\n");
    let message = refused(&[&model("copy", "gru"), &table]);
    assert!(
        message.contains("the numbers have the shape [1, 2]: the model reads tokens"),
        "{message}"
    );
    let message = refused(&[&model("adding", "gru"), "--task", "copy"]);
    assert!(
        message.contains("2 features a step, but the data has tokens"),
        "{message}"
    );
    assert!(refused(&[&model("adding", "gru"), "missing.csv"]).contains("missing.csv"));
    assert!(
        refused(&[&model("adding", "gru"), "--task", "adding", "--length", "1"])
            .contains("at least 2 steps")
    );
}

#[test]
fn sequences_and_steps_that_are_not_there_are_refused_with_what_is() {
    let model = model("adding", "gru");
    let adding = |more: &[&str]| {
        refused(&[&[&model[..], "--task", "adding", "--length", "6"], more].concat())
    };
    let message = adding(&["--sequence", "1000"]);
    assert!(
        message.contains("test set holds 1000 sequences, numbers 0 to 999"),
        "{message}"
    );
    let music = MODELS.path().join("scales.json");
    let message = refused(&[
        &model,
        music.to_str().unwrap(),
        "--split",
        "valid",
        "--sequence",
        "4",
    ]);
    assert!(
        message.contains("validation set holds 4 sequences"),
        "{message}"
    );
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    for steps in ["6..", "0..7", "7..9"] {
        let message = adding(&["--steps", steps, "--out", out.to_str().unwrap()]);
        assert!(message.contains("the sequence has 6 (0 to 5)"), "{message}");
    }
    let long = [
        "--length",
        "300000",
        "--steps",
        "0..300000",
        "--out",
        out.to_str().unwrap(),
    ];
    let message = refused(&[&[&model[..], "--task", "adding"], &long[..]].concat());
    assert!(
        message.contains("at most 166666 steps of this model fit a page"),
        "{message}"
    );
    assert!(
        !out.exists(),
        "steps that are not shown leave a folder behind"
    );
}

#[test]
fn a_task_of_another_kind_is_refused_and_another_length_is_not() {
    let model = model("copy", "gru");
    let message = failure_of(gates(&[&model, "--task", "order", "--length", "12"]), 1);
    assert!(
        message.contains("trained on copy memory") && message.contains("temporal order, length 12"),
        "{message}"
    );
    let mut longer = gates(&[&model, "--task", "copy", "--length", "9"]);
    assert!(longer.status().unwrap().success());
}

#[test]
fn what_is_read_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let shown = folder.path().join("shown");
    let out = shown.to_str().unwrap();
    let model = model("adding", "gru");
    let task = ["--task", "adding", "--length", "5"];
    let output = gates(&[&[&*model, "--out", out], &task[..]].concat())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let input = shown.join("input.npy");
    let before = std::fs::read(&input).unwrap();
    let message = failure_of(gates(&[&model, input.to_str().unwrap(), "--out", out]), 1);
    assert!(message.contains("would be written over"), "{message}");
    assert_eq!(std::fs::read(&input).unwrap(), before);
    // Read from elsewhere, the same file is fine.
    let other = folder.path().join("other");
    let mut again = gates(&[
        &model,
        input.to_str().unwrap(),
        "--out",
        other.to_str().unwrap(),
    ]);
    assert!(again.status().unwrap().success());
}

#[test]
fn misuse_of_options_has_its_own_exit_status() {
    let model = model("adding", "gru");
    let table = "x.csv";
    let cases: [(&[&str], &str); 12] = [
        (&[], "<MODEL>"),
        (&[&model], "no sequence is named"),
        (&[&model, table, "--task", "adding"], "cannot be used with"),
        (&[&model, table, "--length", "5"], "cannot be used with"),
        (
            &[&model, table, "--split", "train"],
            "x.csv is one sequence",
        ),
        (&[&model, table, "--sequence", "1"], "x.csv is one sequence"),
        (&[&model, "--task", "sorting"], "mackey-glass"),
        (&[&model, "--task", "adding", "--language", "ko"], "--out"),
        (&[&model, "--task", "adding", "--sequence", "-1"], "-1"),
        (
            &[&model, "--task", "adding", "--steps", "5..2"],
            "below the end",
        ),
        (&[&model, "--task", "adding", "--steps", "5"], "A..B"),
        (&[&model, "--task", "adding", "--split", "all"], "valid"),
    ];
    for (options, expected) in cases {
        let message = failure_of(gates(options), 2);
        assert!(message.contains(expected), "{options:?}: {message}");
    }
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let occupied = file(folder.path(), "file", "");
    let model = model("adding", "gru");
    let message = |out: &str| {
        let task = ["--task", "adding", "--length", "6"];
        refused(&[&[&model[..]], &task[..], &["--out", out]].concat())
    };
    assert!(message(&occupied).contains("file: cannot make it"));
    // A folder stands where a file should be written.
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("gates.json")).unwrap();
    assert!(message(out.to_str().unwrap()).contains("cannot replace gates.json"));
    assert_eq!(names(&out), ["gates.json"]);
}

/// Generates data, trains a small model of it, and gives the paths of both.
fn trained(folder: &Path, kind: &[&str], task: &str, options: &[&str]) -> [String; 2] {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (data, model) = (path("data"), path("model"));
    let generated = [kind, &["-o", &data]].concat();
    printed(command("generate", &generated));
    let options = [&[task, &data, "-o", &model][..], options].concat();
    printed(command("train", &options));
    [model, data]
}

#[test]
fn models_of_tasks_see_their_own_data_as_in_training() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["--hidden", "8", "--epochs", "1"];
    let kind = ["gestures", "--recordings", "24"];
    let [model, data] = trained(folder.path(), &kind, "classify", &small);
    let recording = document(&[&model, &data, "--sequence", "5"]);
    assert_eq!(
        recording["sequence"]["features"],
        serde_json::json!(["x", "y", "z"])
    );
    let other = document(&[&model, &data, "--sequence", "6"]);
    assert_ne!(recording["layers"], other["layers"]);
    let message = refused(&[&model, &data, "--sequence", "24"]);
    assert!(
        message.contains("holds 24 sequences, numbers 0 to 23"),
        "{message}"
    );

    let folder = tempfile::tempdir().unwrap();
    let kind = ["text", "--sentences", "40"];
    let [model, data] = trained(folder.path(), &kind, "next", &small);
    let text = fs::read_to_string(&data).unwrap();
    let shown = document(&[&model, &data]);
    assert_eq!(shown["sequence"]["steps"], text.chars().count());
    let message = refused(&[&model, &data, "--sequence", "1"]);
    assert!(
        message.contains("holds one sequence, number 0"),
        "{message}"
    );
    fs::write(&data, "The gulls ☂").unwrap();
    assert!(refused(&[&model, &data]).contains('☂'));

    let folder = tempfile::tempdir().unwrap();
    let kind = ["machine", "--rows", "2000"];
    let [model, data] = trained(folder.path(), &kind, "detect", &["--epochs", "1"]);
    let shown = document(&[&model, &data]);
    assert_eq!(shown["sequence"]["steps"], 2000);
    assert_eq!(shown["sequence"]["features"].as_array().unwrap().len(), 2);
}
