//! `tidegate backtest`: forecasts from many origins beside naive ones.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::process::Command;

use serde_json::{Value, json};
use support::{command, document, failure_of, file, printed, readings, text, train_forecast};

/// A model in a folder with its data of 400 rows, of which the last 80 are for the test.
struct Trained {
    folder: tempfile::TempDir,
    data: String,
    model: String,
}

impl Trained {
    fn with(train: impl FnOnce(&str, &str) -> Command) -> Trained {
        let folder = tempfile::tempdir().unwrap();
        let data = file(folder.path(), "load.csv", &readings(400));
        let model = folder.path().join("load.safetensors");
        let model = model.to_str().unwrap().to_owned();
        printed(train(&data, &model));
        Trained {
            folder,
            data,
            model,
        }
    }

    /// One that has hardly learnt anything.
    fn weak() -> Trained {
        Trained::with(|data, model| train_forecast(data, model, &[]))
    }

    /// One that knows the season.
    fn strong() -> Trained {
        let options = "--window 24 --horizon 12 --hidden 16 --epochs 60 --batch 16 --learning-rate 0.01 --dropout 0";
        Trained::with(|data, model| {
            let fixed = ["forecast", data, "-o", model];
            let options: Vec<&str> = options.split(' ').collect();
            command("train", &[&fixed[..], &options].concat())
        })
    }

    fn backtest(&self, options: &[&str]) -> Command {
        command("backtest", &[&[&self.model, &*self.data], options].concat())
    }
}

fn load(rows: &str) -> Vec<f64> {
    let values = rows.lines().skip(1);
    values
        .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
        .collect()
}

fn of(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn a_stride_of_one_measures_what_evaluate_measures_and_each_step_besides() {
    let trained = Trained::weak();
    let found = document(trained.backtest(&["--stride", "1", "--json"]));
    let evaluated = document(command(
        "evaluate",
        &[&trained.model, &*trained.data, "--json"],
    ));
    assert_eq!(found["windows"], evaluated["windows"]);
    let near = |one: &Value, other: &Value| {
        let (one, other) = (of(one), of(other));
        assert!((one - other).abs() < 1e-9 * other.abs(), "{one} {other}");
    };
    for measure in [
        "mse",
        "mae",
        "mae_in_units",
        "mase",
        "smape",
        "weighted_quantile_loss",
    ] {
        near(&found["metrics"][measure], &evaluated["metrics"][measure]);
        let baselines = ["naive", "seasonal_naive", "drift"];
        for name in baselines {
            let [one, other] = [&found, &evaluated].map(|document| &document["baselines"][name]);
            near(&one[measure], &other[measure]);
        }
        let channels = |document: &Value| document["by_channel"][1]["metrics"][measure].clone();
        near(&channels(&found), &channels(&evaluated));
    }
    let steps = found["by_step"].as_array().unwrap();
    let numbers: Vec<u64> = steps
        .iter()
        .map(|one| one["step"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<u64>>());
    let mean = steps
        .iter()
        .map(|one| of(&one["metrics"]["mae"]))
        .sum::<f64>()
        / 12.0;
    near(&json!(mean), &found["metrics"]["mae"]);
    assert_eq!(
        found["by_channel"][0]["by_step"].as_array().unwrap().len(),
        12
    );
}

#[test]
fn the_origins_are_those_that_were_asked_for_and_naive_errors_those_found_by_hand() {
    let trained = Trained::weak();
    let load = load(&readings(400));
    for (options, origins, training_rows) in [
        (vec![], (0..6).map(|back| 388 - 12 * back).collect(), false),
        (
            vec!["--stride", "30", "--origins", "2"],
            vec![388, 358],
            false,
        ),
        (
            vec!["--part", "all", "--stride", "100"],
            vec![388, 288, 188, 88],
            true,
        ),
    ] {
        let found = document(trained.backtest(&[&options[..], &["--json"]].concat()));
        let origins: Vec<usize> = origins;
        assert_eq!(found["windows"], origins.len(), "{options:?}");
        assert_eq!(found["includes_training_rows"], training_rows);
        let errors = origins.iter().flat_map(|&origin| {
            let load = &load;
            (origin..origin + 12).map(move |row| (load[row] - load[origin - 1]).abs())
        });
        let errors: Vec<f64> = errors.collect();
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let naive = of(&found["by_channel"][0]["baselines"]["naive"]["mae_in_units"]);
        assert!(
            (naive - mean).abs() < 1e-9 * mean,
            "{options:?}: {naive} {mean}"
        );
    }
}

#[test]
fn a_model_worse_than_naive_ends_with_3_where_that_is_asked_for_and_the_results_are_printed() {
    let trained = Trained::weak();
    let said = printed(trained.backtest(&[]));
    assert!(said.contains("NOT better than seasonal naive"), "{said}");
    let output = trained
        .backtest(&["--fail-if-worse-than-naive"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(text(&output.stdout), said);
    let message = text(&output.stderr);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(
        message.contains("MASE of the model") && message.contains("seasonal naive"),
        "{message}"
    );
    let output = trained
        .backtest(&["--fail-if-worse-than-naive", "--json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["beats"]["seasonal_naive"], false);
}

#[test]
fn a_model_better_than_naive_ends_with_0_and_says_so_and_the_page_is_whole() {
    let trained = Trained::strong();
    let page = trained.folder.path().join("backtest.html");
    let page_name = page.to_str().unwrap();
    let said = printed(trained.backtest(&["--fail-if-worse-than-naive", "--plot", page_name]));
    for name in ["seasonal naive", "naive", "drift"] {
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(&format!(" better than {name} (")), "{said}");
        assert!(!said.contains("NOT"), "{said}");
    }
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>"));
    assert!(html.contains("Error by step") && html.contains("seasonal naive"));
}

#[test]
fn bad_input_is_one_error_and_writes_no_page() {
    let trained = Trained::weak();
    let within = |name: &str, contents: &str| file(trained.folder.path(), name, contents);
    let rows = readings(400);
    let other = rows.replacen("load", "power", 1);
    let wrong = rows.replacen("05:00:00,", "05:00:00,off", 1);
    let short: String = rows
        .lines()
        .take(20)
        .map(|line| format!("{line}\n"))
        .collect();
    // Rows after those of the training.
    let short = short.replace("2020-", "2021-");
    let known: String = rows
        .lines()
        .take(200)
        .map(|line| format!("{line}\n"))
        .collect();
    let page = trained.folder.path().join("page.html");
    for (name, contents, words) in [
        ("other.csv", other.as_str(), vec!["load"]),
        (
            "wrong.csv",
            wrong.as_str(),
            vec!["wrong.csv", "line 7", "off"],
        ),
        ("short.csv", short.as_str(), vec!["24", "12"]),
        (
            "known.csv",
            known.as_str(),
            vec!["known.csv", "none is left"],
        ),
        ("empty.csv", "", vec!["empty.csv"]),
    ] {
        let data = within(name, contents);
        let options = [&trained.model, &*data, "--plot", page.to_str().unwrap()];
        let message = failure_of(command("backtest", &options), 1);
        for word in words {
            assert!(message.contains(word), "{name}: {message}");
        }
        assert!(!page.exists());
    }
    let message = failure_of(command("backtest", &["gone.safetensors", &trained.data]), 1);
    assert!(message.contains("gone.safetensors"), "{message}");
    let message = failure_of(command("backtest", &[&trained.data, &trained.data]), 1);
    assert!(message.contains("load.csv"), "{message}");
    for option in ["--stride", "--origins"] {
        let message = failure_of(trained.backtest(&[option, "0"]), 2);
        assert!(message.contains(option), "{message}");
    }
}
