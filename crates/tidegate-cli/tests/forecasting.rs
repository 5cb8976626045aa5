//! `tidegate train forecast`, `evaluate` and `forecast`: from a file of readings to forecasts.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{
    command, document, failure_of, file, names, printed, readings, real_data, timeless,
    train_forecast,
};

/// A trained model in a folder with its data.
struct Trained {
    folder: tempfile::TempDir,
    data: String,
    model: String,
}

fn trained(rows: &str, options: &[&str]) -> Trained {
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "load.csv", rows);
    let model = folder.path().join("load.safetensors");
    let model = model.to_str().unwrap().to_owned();
    printed(train_forecast(&data, &model, options));
    Trained {
        folder,
        data,
        model,
    }
}

fn of_json(subcommand: &str, model: &str, data: &str) -> Value {
    document(command(subcommand, &[model, data, "--json"]))
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().unwrap().iter();
    values.map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn training_writes_the_model_and_its_configuration_and_says_what_it_measured() {
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "load.csv", &readings(400));
    let model = folder.path().join("load.safetensors");
    let page = folder.path().join("page.html");
    let options = ["--json", "--plot", page.to_str().unwrap()];
    let found = document(train_forecast(&data, model.to_str().unwrap(), &options));
    assert_eq!(found["channels"], json!(["load", "wind"]));
    assert_eq!(
        found["rows"],
        json!({"train": 280, "valid": 40, "test": 80})
    );
    assert_eq!(found["epochs"].as_array().unwrap().len(), 2);
    for metrics in [&found["metrics"], &found["baselines"]["seasonal_naive"]] {
        assert!(metrics["mse"].as_f64().unwrap() > 0.0);
        assert!(metrics["mae_in_units"].as_f64().unwrap() > 0.0);
    }
    assert_eq!(
        names(folder.path()),
        [
            "load.csv",
            "load.safetensors",
            "load.safetensors.toml",
            "page.html"
        ]
    );
    let html = std::fs::read_to_string(page).unwrap();
    assert!(
        html.starts_with("<!DOCTYPE html>") && html.contains("epoch"),
        "{html:.300}"
    );
    let saved = std::fs::read_to_string(folder.path().join("load.safetensors.toml")).unwrap();
    let saved: toml::Table = saved.parse().unwrap();
    assert_eq!(saved["data"]["time"].as_str(), Some("date"));
    assert_eq!(saved["model"]["segment"].as_integer(), Some(24));
    assert_eq!(saved["data"]["season"].as_integer(), Some(24));
}

#[test]
fn the_saved_configuration_repeats_the_run_and_options_override_it() {
    let Trained {
        folder,
        data,
        model,
    } = trained(&readings(300), &["--seed", "5"]);
    let saved = format!("{model}.toml");
    let within = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let again = within("again.safetensors");
    printed(command(
        "train",
        &["forecast", "--config", &saved, "-o", &again],
    ));
    let bytes = |path: &str| std::fs::read(path).unwrap();
    assert_eq!(bytes(&again), bytes(&model));
    let other = within("other.safetensors");
    let options = [
        "forecast", &data, "--config", &saved, "-o", &other, "--seed", "6",
    ];
    printed(command("train", &options));
    assert_ne!(bytes(&other), bytes(&model));
}

#[test]
fn the_number_of_threads_leaves_the_model_as_it_is() {
    let models = ["1", "3"].map(|threads| {
        let trained = trained(&readings(300), &["--threads", threads]);
        std::fs::read(trained.model).unwrap()
    });
    assert!(models[0] == models[1]);
}

#[test]
fn evaluating_measures_what_training_measured() {
    let rows = readings(400);
    let Trained {
        folder,
        data,
        model,
    } = trained(&rows, &[]);
    let other = folder.path().join("other.safetensors");
    let of_training = document(train_forecast(&data, other.to_str().unwrap(), &["--json"]));
    let found = of_json("evaluate", &model, &data);
    for part in ["metrics", "baselines", "by_channel", "windows"] {
        assert_eq!(found[part], of_training[part], "{part}");
    }
    assert_eq!(found["part"], "test");
    let baselines: Vec<&String> = found["baselines"].as_object().unwrap().keys().collect();
    assert_eq!(baselines, ["drift", "naive", "seasonal_naive"]);
    // Of a naive forecast the errors are easily found: 80 rows are for the test, the first of them row 320.
    let load: Vec<f64> = rows
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
        .collect();
    let errors = (320..=400 - 12).flat_map(|origin| {
        let load = &load;
        (origin..origin + 12).map(move |row| (load[row] - load[origin - 1]).abs())
    });
    let errors: Vec<f64> = errors.collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    let found = &found["by_channel"][0]["baselines"]["naive"]["mae_in_units"];
    assert!(
        (found.as_f64().unwrap() - mean).abs() < 1e-9 * mean,
        "{found} {mean}"
    );
}

#[test]
fn rows_that_come_after_training_are_all_measured() {
    let rows = readings(600);
    let lines: Vec<&str> = rows.lines().collect();
    let Trained {
        folder,
        model,
        data: _,
    } = trained(&(lines[..401].join("\n") + "\n"), &[]);
    let later = [&lines[..1], &lines[401..]].concat().join("\n") + "\n";
    let later = file(folder.path(), "later.csv", &later);
    let found = of_json("evaluate", &model, &later);
    assert_eq!(found["part"], "all");
    assert_eq!(found["windows"], 200 - 24 - 12 + 1);
}

#[test]
fn a_forecast_goes_on_after_the_last_row_with_quantiles_that_rise() {
    for loss in ["squared", "quantile"] {
        let Trained {
            folder,
            data,
            model,
        } = trained(&readings(400), &["--loss", loss]);
        let page = folder.path().join("page.html");
        let options = [&model, &data, "--json", "--plot", page.to_str().unwrap()];
        let found = document(command("forecast", &options));
        assert_eq!(
            found["point"],
            if loss == "squared" { "mean" } else { "median" }
        );
        assert_eq!(found["levels"], json!([0.1, 0.5, 0.9]));
        let series = &found["series"][0];
        // Row 399 is at 15 o'clock of the 17th day.
        assert_eq!(series["times"][0], "2020-01-17 16:00:00");
        assert_eq!(series["times"].as_array().unwrap().len(), 12);
        for channel in series["channels"].as_array().unwrap() {
            assert_eq!(numbers(&channel["point"]).len(), 12);
            for quantiles in channel["quantiles"].as_array().unwrap() {
                let quantiles = numbers(quantiles);
                assert!(
                    quantiles.len() == 3 && quantiles.is_sorted(),
                    "{quantiles:?}"
                );
            }
        }
        assert!(std::fs::read_to_string(page).unwrap().contains("load"));
    }
}

#[test]
fn text_shows_a_table_for_people() {
    let Trained {
        folder: _folder,
        data,
        model,
    } = trained(&readings(400), &[]);
    let shown = printed(command("evaluate", &[&model, &data]));
    for part in ["seasonal naive", "MASE", "covered", "forecasts of 12 steps"] {
        assert!(shown.contains(part), "{shown}");
    }
    let shown = printed(command("forecast", &[&model, &data]));
    for part in ["2020-01-17 16:00:00", "90 %", "wind", "mean"] {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(
        shown.lines().all(|line| line.chars().count() <= 110),
        "{shown}"
    );
}

#[test]
fn many_series_have_one_model_and_a_forecast_each() {
    let mut rows = "unique_id,ds,y\n".to_owned();
    for (name, level) in [("A", 10), ("B", 1000)] {
        for row in 0..200 {
            let (month, day) = (1 + row / 28, 1 + row % 28);
            let value = level + (row % 7) * level / 10;
            rows += &format!("{name},2020-{month:02}-{day:02},{value}\n");
        }
    }
    let options = [
        "--missing",
        "forward-fill",
        "--window",
        "14",
        "--horizon",
        "7",
    ];
    let folder = tempfile::tempdir().unwrap();
    let data = file(folder.path(), "many.csv", &rows);
    let model = folder.path().join("many.safetensors");
    let model = model.to_str().unwrap();
    let fixed = [
        "forecast", &data, "-o", model, "--hidden", "8", "--epochs", "2",
    ];
    let found = document(command(
        "train",
        &[&fixed, &options[..], &["--json"]].concat(),
    ));
    assert_eq!(found["series"], 2);
    let found = of_json("forecast", model, &data);
    let names: Vec<&str> = found["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["A", "B"]);
    let first = |series: usize| numbers(&found["series"][series]["channels"][0]["point"])[0];
    assert!(
        first(0) < 50.0 && first(1) > 500.0,
        "{} {}",
        first(0),
        first(1)
    );
}

#[test]
fn rows_without_times_are_numbered() {
    let rows: String = (0..200).map(|row| format!("{}\n", row % 8)).collect();
    let Trained {
        folder: _folder,
        data,
        model,
    } = trained(&format!("y\n{rows}"), &["--season", "8"]);
    let found = of_json("forecast", &model, &data);
    assert_eq!(found["series"][0]["times"][0], 201);
}

#[test]
fn a_model_beats_seasonal_naive_on_airline_passengers() {
    let name = "a_model_beats_seasonal_naive_on_airline_passengers";
    let Some(path) = real_data(name, "univariate/airline-passengers.csv") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("air.safetensors");
    let options = [
        "forecast",
        path.to_str().unwrap(),
        "-o",
        model.to_str().unwrap(),
        "--json",
    ];
    let found = document(command("train", &options));
    let mase = |of: &Value| of["mase"].as_f64().unwrap();
    assert!(
        mase(&found["metrics"]) < mase(&found["baselines"]["seasonal_naive"]),
        "{found:#}"
    );
    let twice = document(command("train", &options));
    let strip = |value: &Value| timeless(&value.to_string());
    assert_eq!(strip(&found), strip(&twice));
}

#[test]
fn help_of_every_command_states_its_exit_status() {
    for words in [
        &["train", "forecast"][..],
        &["resume"],
        &["evaluate"],
        &["forecast"],
        &["init"],
    ] {
        let help = printed(command(words[0], &[&words[1..], &["--help"]].concat()));
        assert!(help.contains("Exit status: 0"), "{help}");
        assert!(help.contains("Examples:"), "{help}");
    }
}

#[test]
fn a_file_that_is_no_forecasting_model_is_refused_with_its_name() {
    let Trained {
        folder,
        data,
        model: _,
    } = trained(&readings(300), &[]);
    for contents in ["", "not a model", "{}"] {
        let path = file(folder.path(), "other.safetensors", contents);
        for subcommand in ["evaluate", "forecast"] {
            let message = failure_of(command(subcommand, &[&path, &data]), 1);
            assert!(message.contains("other.safetensors"), "{message}");
        }
    }
    let gone = Path::new("gone.safetensors").to_str().unwrap();
    let message = failure_of(command("forecast", &[gone, &data]), 1);
    assert!(message.contains("gone.safetensors"), "{message}");
}
