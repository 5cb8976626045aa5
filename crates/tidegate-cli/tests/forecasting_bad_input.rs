//! What the commands of forecasting say of files and options that make no sense: one clear error, and nothing lost.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;

use support::{command, failure_of, file, names, printed, readings, train_forecast};

/// Rows of a day each, as `ds,y` with what a closure says of each.
fn days(rows: usize, line: impl Fn(usize) -> String) -> String {
    let lines = (0..rows).map(|row| line(row) + "\n");
    "ds,y\n".to_owned() + &lines.collect::<String>()
}

fn day(row: usize) -> String {
    let (month, day) = match row {
        0..31 => (1, row + 1),
        31..60 => (2, row - 30),
        60..91 => (3, row - 59),
        _ => (4, row - 90),
    };
    format!("2020-{month:02}-{day:02}")
}

/// Files that a user is likely to have, with what the message must say.
fn malformed() -> Vec<(&'static str, String, Vec<&'static str>)> {
    let usual = |row: usize| format!("{},{}", day(row), row % 7);
    let but = |at: usize, other: &'static str| {
        days(120, move |row| {
            if row == at {
                other.to_owned()
            } else {
                usual(row)
            }
        })
    };
    vec![
        ("empty", String::new(), vec!["empty"]),
        ("header alone", "ds,y\n".to_owned(), vec!["no row"]),
        ("one row", days(1, usual), vec!["row"]),
        (
            "text among numbers",
            but(50, "2020-02-20,off"),
            vec!["line 52", "\"y\"", "off"],
        ),
        ("mixed dates", but(50, "20/02/2020,1"), vec!["line 52"]),
        ("time going back", but(50, "2020-01-03,1"), vec!["line 52"]),
        ("repeated time", but(50, "2020-02-19,1"), vec!["line 52"]),
        (
            "a missing value",
            but(50, "2020-02-20,"),
            vec!["line 52", "\"y\"", "missing"],
        ),
        (
            "an infinite value",
            but(50, "2020-02-20,inf"),
            vec!["line 52", "inf"],
        ),
        ("a ragged row", but(50, "2020-02-20,1,2"), vec!["line 52"]),
        (
            "no number",
            days(120, |row| format!("{},calm", day(row))),
            vec!["y"],
        ),
        (
            "a series shorter than a window",
            days(30, usual),
            vec!["24", "12"],
        ),
        ("binary", "\u{0}\u{1}\u{2}".to_owned(), vec!["bad.csv"]),
    ]
}

#[test]
fn training_on_a_malformed_file_is_one_error_and_leaves_no_file() {
    for (what, contents, expected) in malformed() {
        let folder = tempfile::tempdir().unwrap();
        let data = file(folder.path(), "bad.csv", &contents);
        let model = folder.path().join("model.safetensors");
        let message = failure_of(train_forecast(&data, model.to_str().unwrap(), &[]), 1);
        assert!(message.contains("bad.csv"), "{what}: {message}");
        for part in expected {
            assert!(message.contains(part), "{what}: {part}: {message}");
        }
        assert_eq!(names(folder.path()), ["bad.csv"], "{what}");
    }
}

#[test]
fn a_target_that_is_constant_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = file(
        folder.path(),
        "flat.csv",
        &days(120, |row| format!("{},7", day(row))),
    );
    let model = folder.path().join("model.safetensors");
    let message = failure_of(train_forecast(&data, model.to_str().unwrap(), &[]), 1);
    for part in ["flat.csv", "\"y\"", "constant", "7"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(names(folder.path()), ["flat.csv"]);
}

/// A model of daily data with the column `y`, in a folder of its own.
fn daily_model() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let rows = days(120, |row| format!("{},{}", day(row), row % 7));
    let data = file(folder.path(), "good.csv", &rows);
    let model = folder.path().join("model.safetensors");
    let model = model.to_str().unwrap().to_owned();
    let fixed = [
        "forecast",
        &data,
        "-o",
        &model,
        "--window",
        "14",
        "--horizon",
        "7",
    ];
    printed(command(
        "train",
        &[&fixed[..], &["--hidden", "8", "--epochs", "2"]].concat(),
    ));
    (folder, model)
}

#[test]
fn evaluating_and_forecasting_a_malformed_file_is_one_error() {
    let (folder, model) = daily_model();
    let before = names(folder.path());
    for (what, contents, expected) in malformed() {
        // The model reads fewer rows than the longest window of the trainings above.
        if what == "a series shorter than a window" {
            continue;
        }
        let other = tempfile::tempdir().unwrap();
        let data = file(other.path(), "bad.csv", &contents);
        for subcommand in ["evaluate", "forecast"] {
            let message = failure_of(command(subcommand, &[&model, &data]), 1);
            assert!(
                message.contains("bad.csv"),
                "{subcommand}: {what}: {message}"
            );
            if !["one row", "no number"].contains(&what) {
                for part in &expected {
                    assert!(
                        message.contains(part),
                        "{subcommand}: {what}: {part}: {message}"
                    );
                }
            }
        }
    }
    assert_eq!(names(folder.path()), before);
}

#[test]
fn a_file_that_changed_since_training_is_refused_and_another_order_of_columns_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let rows = readings(300);
    let data = file(folder.path(), "load.csv", &rows);
    let model = folder.path().join("load.safetensors");
    let model = model.to_str().unwrap();
    printed(train_forecast(&data, model, &[]));
    let swapped: String = rows
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{},{}\n", cells[2], cells[0], cells[1])
        })
        .collect();
    let swapped = file(folder.path(), "swapped.csv", &swapped);
    let forecast = |data: &str| {
        let mut document = support::document(command("forecast", &[model, data, "--json"]));
        document["data"] = serde_json::Value::Null;
        document
    };
    assert_eq!(forecast(&swapped), forecast(&data));
    let without: String = rows
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n")
        .collect();
    let without = file(folder.path(), "without.csv", &without);
    for subcommand in ["evaluate", "forecast"] {
        let message = failure_of(command(subcommand, &[model, &without]), 1);
        assert!(message.contains("wind"), "{message}");
    }
}

#[test]
fn a_category_that_training_did_not_see_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |last: &str| {
        let lines = (0..120).map(|row| {
            let wind = if row == 119 {
                last
            } else {
                ["N", "S"][row % 2]
            };
            format!("{},{},{wind}\n", day(row), row % 7)
        });
        "ds,y,wind\n".to_owned() + &lines.collect::<String>()
    };
    let data = file(folder.path(), "load.csv", &rows("N"));
    let model = folder.path().join("load.safetensors");
    let model = model.to_str().unwrap();
    let fixed = [
        "forecast",
        &data,
        "-o",
        model,
        "--window",
        "14",
        "--horizon",
        "7",
    ];
    let options = ["--past", "wind", "--hidden", "8", "--epochs", "2"];
    printed(command("train", &[&fixed, &options[..]].concat()));
    let other = file(folder.path(), "other.csv", &rows("NNE"));
    let message = failure_of(command("forecast", &[model, &other]), 1);
    for part in ["NNE", "wind", "line 121"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn misuse_of_options_has_its_own_exit_status_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "load.csv", &readings(200));
    let model = folder.path().join("model.safetensors");
    let model = model.to_str().unwrap();
    for (options, expected) in [
        (&["--horizon", "0"][..], "--horizon"),
        (&["--split", "1,2"], "--split"),
        (&["--quantiles", "0.9,0.1"], "--quantiles"),
        (&["--horizn", "3"], "--horizon"),
        (&["--dropout", "1"], "below 1"),
    ] {
        let fixed = ["forecast", &data, "-o", model];
        let message = failure_of(command("train", &[&fixed, options].concat()), 2);
        assert!(message.contains(expected), "{message}");
    }
    let message = failure_of(command("train", &["forecast", "-o", model]), 2);
    assert!(message.contains("no data is named"), "{message}");
    let message = failure_of(command("train", &["forecast", "-", "-o", model]), 2);
    assert!(message.contains("standard input"), "{message}");
    assert_eq!(names(folder.path()), ["load.csv"]);
}

#[test]
fn options_that_the_data_does_not_fit_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "load.csv", &readings(200));
    let model = folder.path().join("model.safetensors");
    let model = model.to_str().unwrap();
    for (options, expected) in [
        (&["--targets", "lod"][..], "load"),
        (&["--time", "dat"], "date"),
        (&["--window", "150", "--horizon", "24"], "150"),
        (&["--split", "500,10,10"], "500"),
        (&["--split", "2030-01-01,2031-01-01"], "validation"),
        (&["--targets", "load", "--past", "load"], "load"),
        (
            &["--segment", "7", "--window", "24", "--horizon", "12"],
            "7",
        ),
    ] {
        let fixed = ["forecast", &data, "-o", model];
        let message = failure_of(command("train", &[&fixed, options].concat()), 1);
        assert!(message.contains(expected), "{options:?}: {message}");
    }
    assert_eq!(names(folder.path()), ["load.csv"]);
}

#[test]
fn a_configuration_with_an_unknown_key_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = file(folder.path(), "run.toml", "[model]\nhiden = 3\n");
    let model = folder.path().join("model.safetensors");
    let options = [
        "forecast",
        "load.csv",
        "-o",
        model.to_str().unwrap(),
        "--config",
        &configuration,
    ];
    let message = failure_of(command("train", &options), 1);
    for part in ["run.toml, line 2", "\"hiden\"", "did you mean hidden?"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_place_that_takes_no_file_is_known_before_the_training() {
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "load.csv", &readings(300));
    let gone = folder.path().join("gone/model.safetensors");
    let inside = folder.path().to_str().unwrap();
    for out in [gone.to_str().unwrap(), inside] {
        let message = failure_of(train_forecast(&data, out, &[]), 1);
        assert!(message.contains(out), "{message}");
        assert!(!message.contains("epoch"), "{message}");
    }
    let model = folder.path().join("model.safetensors");
    let plot = folder.path().join("gone/page.html");
    let options = ["--plot", plot.to_str().unwrap()];
    let message = failure_of(train_forecast(&data, model.to_str().unwrap(), &options), 1);
    assert!(message.contains("page.html"), "{message}");
    assert_eq!(names(folder.path()), ["load.csv"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_leaves_nothing_half_written() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    let (folder, model) = daily_model();
    let data = folder.path().join("good.csv");
    let mut forecast = command("forecast", &[&model, data.to_str().unwrap(), "--json"]);
    forecast.stdout(std::fs::File::options().write(true).open(full).unwrap());
    let output = forecast.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(support::text(&output.stderr).contains("standard output"));
}
