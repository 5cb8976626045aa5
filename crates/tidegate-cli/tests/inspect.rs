//! `tidegate inspect`: what it says of whole, malformed and real files.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use support::{failure_of, file, inspect, real_data, text};

/// A command that reads this from standard input.
fn given(input: &[u8], options: &[&str]) -> std::process::Output {
    let mut command = inspect(&[&["-"], options].concat());
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn shown(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty());
    text(&output.stdout).to_owned()
}

fn document(input: &str) -> Value {
    let output = given(input.as_bytes(), &["--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn kinds(document: &Value) -> Vec<&str> {
    let problems = document["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|problem| problem["kind"].as_str().unwrap())
        .collect()
}

#[test]
fn the_document_tells_format_columns_time_and_problems() {
    let document = document(
        "ds;load;flat\n2016-07-01 00:00;1,5;7\n2016-07-01 01:00;;7\n2016-07-01 03:00;2,5;7\n2016-07-01 04:00;NA;7\n",
    );
    let expected = json!({
        "data": "standard input",
        "format": {"kind": "csv", "separator": "semicolon", "decimal": "comma"},
        "rows": 4,
        "columns": [
            {"name": "ds", "kind": "text", "role": "time", "minimum": null, "maximum": null, "mean": null,
             "distinct": 4, "missing": 0, "missing_markers": []},
            {"name": "load", "kind": "number", "role": "value", "minimum": 1.5, "maximum": 2.5, "mean": 2.0,
             "distinct": null, "missing": 2, "missing_markers": [
                {"text": "", "count": 1, "first": {"line": 3}}, {"text": "NA", "count": 1, "first": {"line": 5}}]},
            {"name": "flat", "kind": "number", "role": "value", "minimum": 7.0, "maximum": 7.0, "mean": 7.0,
             "distinct": null, "missing": 0, "missing_markers": []},
        ],
        "time": {
            "columns": ["ds"], "format": "YYYY-MM-DD hh:mm:ss", "in_utc": false,
            "earliest": "2016-07-01 00:00:00", "latest": "2016-07-01 04:00:00",
            "frequency": {"count": 3600.0, "unit": "second", "text": "1 hour"},
            "steps": 3, "regular_steps": 2,
            "gaps": {"count": 1, "missing_steps": 1, "first": {"before": {"line": 4}, "missing_steps": 1},
                     "longest": {"before": {"line": 4}, "missing_steps": 1}},
            "repeated": null, "backwards": null, "uneven": null,
        },
        "layout": "wide", "series_column": null, "series": [],
        "problems": [
            {"kind": "gaps", "column": null, "place": {"line": 4}, "message": "1 step is missing in 1 gap, before line 4"},
            {"kind": "missing_values", "column": "load", "place": {"line": 3},
             "message": "column \"load\": 2 values are missing, the first in line 3"},
            {"kind": "constant_column", "column": "flat", "place": null,
             "message": "column \"flat\" is constant: it is always 7"},
        ],
    });
    assert_eq!(document, expected, "{document:#}");
}

#[test]
fn every_problem_has_its_kind() {
    for (input, expected) in [
        ("ds,y\n2016-01,1\n2016-02,2\n", &[][..]),
        ("x,y\n1,1\n2,2\n", &["no_time"]),
        ("ds,y\n2016-01,1\n", &["one_row"]),
        ("ds,y\n01/07/2016,1\n02/07/2016,2\n", &["unreadable_time"]),
        ("ds,y\n2016-01-01,1\n2016-02,2\n", &["unreadable_time"]),
        ("ds,y\n13/07/2016,1\n07/14/2016,2\n", &["unreadable_time"]),
        ("ds,y\n2016-01-01,1\n01/02/2016,2\n", &["unreadable_time"]),
        (
            "{\"ds\": \"2016-01\", \"y\": 1}\n{\"ds\": \"2016-02\", \"z\": 2}\n{\"ds\": \"2016-03\", \"y\": 2, \"z\": 3}\n",
            &["missing_values", "missing_values"],
        ),
        (
            "ds,y\n2016-01,1\n2016-02,2\n2016-02,3\n2016-03,2\n2016-01,4\n",
            &["repeated_times", "backward_times"],
        ),
        (
            "ds,y\n2016-01-01,1\n2016-01-03,2\n2016-01-05,3\n2016-01-06,2\n",
            &["uneven_times"],
        ),
        ("ds,y,z\n2016-01,1,\n2016-02,2,\n", &["empty_column"]),
        (
            "ds,y\n2016-01,1\n2016-02,off\n2016-03,2\n",
            &["text_among_numbers"],
        ),
        (
            "unique_id,ds,y\nA,2016-01,1\nA,2016-02,2\nB,2016-01,3\n",
            &["short_series"],
        ),
    ] {
        assert_eq!(kinds(&document(input)), expected, "{input}");
    }
}

#[test]
fn many_series_are_listed_with_their_lengths() {
    let input = "{\"unique_id\": \"A\", \"ds\": \"2016-01\", \"y\": 1}\n{\"unique_id\": \"A\", \"ds\": \"2016-02\", \"y\": 2}\n\
                 {\"unique_id\": \"B\", \"ds\": \"2016-01\", \"y\": 3}\n{\"unique_id\": \"B\", \"ds\": \"2016-02\", \"y\": 4}\n";
    let document = document(input);
    assert_eq!(document["format"], json!({"kind": "json_lines"}));
    assert_eq!(document["layout"], "long");
    assert_eq!(
        document["series"][1],
        json!({"name": "B", "rows": 2, "first": {"line": 3}})
    );
    let output = given(input.as_bytes(), &[]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("Long: 2 series by unique_id, of 2 to 2 rows: A (2), B (2)."),
        "{shown}"
    );
    assert!(
        shown.ends_with("Nothing is wrong with it for forecasting.\n"),
        "{shown}"
    );
}

#[test]
fn text_fits_a_page_of_a_hundred_columns_and_shows_no_control_characters() {
    let header: Vec<String> = (0..50)
        .map(|column| format!("\"{}\u{1b}{column}\"", "a long name ".repeat(9)))
        .collect();
    let rows = format!(
        "{}\n{}\n",
        vec!["-1.2345e-300"; 50].join(","),
        vec!["NA"; 50].join(",")
    );
    let output = given(format!("{}\n{rows}", header.join(",")).as_bytes(), &[]);
    let shown = text(&output.stdout);
    assert!(
        shown.lines().all(|line| line.chars().count() <= 100),
        "{shown}"
    );
    assert!(
        shown.contains("… and 10 columns more, which --json lists"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'));
}

#[test]
fn a_file_that_is_no_table_is_one_error_that_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, expected) in [
        ("empty.csv", "", "the file is empty"),
        ("header.csv", "a,b\n", "no row follows the header"),
        (
            "ragged.csv",
            "a,b\n1,2\n3\n",
            "line 3: the row has 1 cell where the header has 2",
        ),
        (
            "twice.csv",
            "a,a\n1,2\n",
            "columns 1 and 2 are both called \"a\"",
        ),
        (
            "infinite.csv",
            "a,b\n1,2\n-inf,2\n",
            "line 3, column \"a\": -inf is infinite",
        ),
        ("numbers.csv", "1,2\n3,4\n", "the file needs a header"),
        (
            "quote.csv",
            "a,b\n1,\"x\n2,y\n",
            "line 2 opens a quotation mark",
        ),
        ("zero.csv", "a,b\n1,\u{0}\n", "line 2, byte 3 is not text"),
        ("list.json", "[1, 2]", "a JSON array"),
        (
            "short.jsonl",
            "{\"a\": 1}\n{\"a\":",
            "line 2: not one JSON object a line",
        ),
    ] {
        let path = file(folder.path(), name, content);
        for options in [
            &[&path[..]][..],
            &[&path, "--json"],
            &[&path, "--time", "b"],
        ] {
            let message = failure_of(inspect(options), 1);
            assert!(
                message.contains(name) && message.contains(expected),
                "{message}"
            );
        }
        let output = given(content.as_bytes(), &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr).starts_with("error: standard input: "),
            "{}",
            text(&output.stderr)
        );
    }
    let folder = folder.path().to_str().unwrap();
    assert!(failure_of(inspect(&[folder]), 1).contains("is a folder"));
    assert!(failure_of(inspect(&["no such file"]), 1).contains("cannot read no such file"));
}

/// A file that another program wrote, with the tests of the crate that reads it.
fn written(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tidegate-data/tests/files/");
    std::fs::read(format!("{folder}{name}")).unwrap()
}

#[test]
fn files_of_python_are_read_from_a_path_and_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    for (name, kind, column, format) in [
        ("pandas.parquet", "parquet", "measured", "timestamps in UTC"),
        (
            "pandas.feather",
            "arrow_file",
            "measured",
            "timestamps in UTC",
        ),
        ("numpy.npz", "npz", "ds", "timestamps without a zone"),
    ] {
        // The name does not count.
        let path = folder.path().join("table");
        std::fs::write(&path, written(name)).unwrap();
        let from_path = shown(inspect(&[path.to_str().unwrap(), "--json"]));
        let mut from_path: Value = serde_json::from_str(&from_path).unwrap();
        let output = given(&written(name), &["--json"]);
        let from_input: Value = serde_json::from_slice(&output.stdout).unwrap();
        from_path["data"] = json!("standard input");
        assert_eq!(from_path, from_input);
        assert_eq!(from_input["format"], json!({"kind": kind}));
        assert_eq!(from_input["time"]["columns"], json!([column]));
        assert_eq!(from_input["time"]["format"], json!(format));
        assert_eq!(from_input["time"]["frequency"]["text"], "1 hour");
    }
    let output = given(&written("pandas.parquet"), &[]);
    let shown = text(&output.stdout);
    assert!(
        shown.contains("standard input: Parquet, 24 rows, 6 columns"),
        "{shown}"
    );
    assert!(
        shown.contains("column \"count\": 1 value is missing, the first in row 6"),
        "{shown}"
    );
}

#[test]
fn malformed_files_of_every_format_are_one_error() {
    let folder = tempfile::tempdir().unwrap();
    let part = |name: &str, share: f64| {
        let bytes = written(name);
        let length = (bytes.len() as f64 * share) as usize;
        bytes[..length].to_vec()
    };
    let garbage: Vec<u8> = (0..4000_u32).map(|one| (one * 7919 % 251) as u8).collect();
    let with_garbage = |name: &str| {
        let mut bytes = written(name);
        let middle = bytes.len() / 3;
        bytes[middle..2 * middle].fill(0xee);
        bytes
    };
    let utf16: Vec<u8> = "\u{feff}a,b\n1,2\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, content, expected) in [
        (
            "a.parquet",
            part("pandas.parquet", 0.5),
            "the Parquet file is cut short",
        ),
        (
            "b.parquet",
            part("pandas.parquet", 0.999),
            "the Parquet file is cut short",
        ),
        (
            "c.parquet",
            with_garbage("pandas.parquet"),
            "the Parquet file is cut short, damaged",
        ),
        (
            "d.parquet",
            [&b"PAR1"[..], &garbage].concat(),
            "the Parquet file is cut short",
        ),
        (
            "a.feather",
            part("pandas.feather", 0.5),
            "the Arrow file is cut short",
        ),
        (
            "b.feather",
            with_garbage("pandas.feather"),
            "the Arrow file is cut short, damaged",
        ),
        (
            "c.arrows",
            [&[0xff; 4][..], &garbage].concat(),
            "the Arrow file is cut short",
        ),
        (
            "a.npz",
            part("numpy.npz", 0.5),
            "the NumPy archive is cut short",
        ),
        (
            "b.npz",
            with_garbage("numpy.npz"),
            "the NumPy archive is cut short, damaged",
        ),
        (
            "a.npy",
            b"\x93NUMPY\x01\x00v\x00{'descr'".to_vec(),
            "the NumPy file is cut short",
        ),
        ("a.bin", garbage.clone(), "is not text in UTF-8"),
        ("utf16.csv", utf16, "text in UTF-16, which is not read"),
        (
            "a.csv.gz",
            b"\x1f\x8b\x08\x00rest".to_vec(),
            "compressed with gzip, which is not read: unpack it first",
        ),
        ("empty.parquet", Vec::new(), "the file is empty"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, &content).unwrap();
        let path = path.to_str().unwrap();
        for options in [&[path][..], &[path, "--json"]] {
            let message = failure_of(inspect(options), 1);
            assert!(
                message.contains(name) && message.contains(expected),
                "{message}"
            );
        }
        // Reading changes nothing.
        assert_eq!(std::fs::read(path).unwrap(), content);
        let output = given(&content, &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(expected));
    }
}

#[test]
fn the_order_of_day_and_month_is_found_or_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        "a.csv",
        "ds,y\n01/07/2016,1\n02/07/2016,2\n03/07/2016,1\n",
    );
    let message = shown(inspect(&[&path]));
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        message.contains("line 2 holds 01/07/2016, and no row tells whether the day or the month")
            && message.contains("--day-first or --month-first"),
        "{message}"
    );
    for (option, step) in [("--day-first", "1 day"), ("--month-first", "1 month")] {
        let found: Value =
            serde_json::from_str(&shown(inspect(&[&path, option, "--json"]))).unwrap();
        assert_eq!(found["time"]["frequency"]["text"], step);
        assert_eq!(kinds(&found), Vec::<&str>::new());
    }
    let message = failure_of(inspect(&[&path, "--day-first", "--month-first"]), 2);
    assert!(message.contains("--month-first"), "{message}");
    let found = document("ds,y\n2016/07/01 00:00,1\n2016/07/01 01:00,2\n2016/07/01 02:00,2\n");
    assert_eq!(found["time"]["format"], "YYYY/MM/DD hh:mm:ss");
    assert_eq!(found["time"]["in_utc"], false);
}

#[test]
fn wrong_options_end_with_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "a.csv", "a,b\n1,2\n");
    assert!(failure_of(inspect(&[&path, "--time", "c"]), 2).contains("the columns are a, b"));
    assert!(failure_of(inspect(&[]), 2).contains("<DATA>"));
    assert!(failure_of(inspect(&[&path, "--tim"]), 2).contains("--time"));
}

#[test]
fn the_time_column_that_is_asked_for_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        folder.path(),
        "a.csv",
        "date,made\n2016-07-01,1467378309\n2016-07-02,1467378310\n",
    );
    let document: Value =
        serde_json::from_str(&shown(inspect(&[&path, "--time", "made", "--json"]))).unwrap();
    assert_eq!(document["time"]["columns"], json!(["made"]));
    assert_eq!(document["time"]["frequency"]["text"], "1 second");
}

#[test]
fn real_files_are_read_as_they_are_known_to_be() {
    let inspected = |name: &str| -> Option<Value> {
        let path = real_data("inspecting real files", name)?;
        let shown = shown(inspect(&[path.to_str().unwrap(), "--json"]));
        Some(serde_json::from_str(&shown).unwrap())
    };
    if let Some(found) = inspected("etth1/ETTh1.csv") {
        assert_eq!((&found["rows"], kinds(&found)), (&json!(17_420), vec![]));
        assert_eq!(found["time"]["frequency"]["text"], "1 hour");
    }
    if let Some(found) = inspected("beijing_pm25/pollution.csv") {
        assert_eq!(
            found["time"]["columns"],
            json!(["year", "month", "day", "hour"])
        );
        assert_eq!(
            (&found["time"]["regular_steps"], kinds(&found)),
            (&json!(43_823), vec!["missing_values"])
        );
        assert_eq!(
            found["columns"][5]["missing_markers"],
            json!([{"text": "NA", "count": 2_067, "first": {"line": 2}}])
        );
        assert_eq!(
            (&found["columns"][9]["distinct"], &found["layout"]),
            (&json!(4), &json!("wide"))
        );
    }
    for (name, rows) in [("airline-passengers", 144), ("monthly-sunspots", 2_820)] {
        if let Some(found) = inspected(&format!("univariate/{name}.csv")) {
            assert_eq!((&found["rows"], kinds(&found)), (&json!(rows), vec![]));
            assert_eq!(
                found["time"]["frequency"],
                json!({"count": 1.0, "unit": "month", "text": "1 month"})
            );
        }
    }
    if let Some(found) = inspected("nab/machine_temperature_system_failure.csv") {
        assert_eq!(
            found["time"]["backwards"],
            json!({"count": 1, "first": {"line": 10_151}})
        );
        assert_eq!(found["time"]["repeated"]["count"], 12);
    }
    if let Some(found) = inspected("nab/ec2_request_latency_system_failure.csv") {
        assert_eq!(found["time"]["repeated"]["count"], 11);
        assert_eq!(found["time"]["gaps"]["longest"]["missing_steps"], 12);
    }
}
