//! `tidegate export` of forecasters.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;

use support::{command, document, failure_of, file, names, printed, readings, train_forecast};
use tidegate_exchange::onnx::{Graph, Tensor};

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// What it prints, without its line breaks.
fn sentence(subcommand: &str, options: &[&str]) -> String {
    let printed = printed(command(subcommand, options));
    printed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A file of 400 readings of two columns, and a model of 24 of them to 12 ahead.
fn trained(folder: &Path, options: &[&str]) -> [String; 2] {
    let data = file(folder, "data.csv", &readings(400));
    let model = path(folder, "model.safetensors");
    printed(train_forecast(&data, &model, options));
    [data, model]
}

/// The last 24 rows of the readings, as the file writes them.
fn last_window() -> Tensor {
    let text = readings(400);
    let rows: Vec<&str> = text.lines().skip(1 + 400 - 24).collect();
    let cells = rows.iter().flat_map(|row| row.split(',').skip(1));
    let values: Vec<f32> = cells.map(|cell| cell.parse().unwrap()).collect();
    Tensor::new([1, 24, 2], values).unwrap()
}

#[test]
fn the_file_gives_the_forecast_of_the_command_in_the_units_of_the_data() {
    for options in [["--loss", "squared"], ["--loss", "quantile"]] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let [data, model] = trained(folder, &options);
        let out = path(folder, "model.onnx");
        let said = sentence("export", &[&model, "-o", &out]);
        for part in [
            "(ONNX, windows of 24 rows to 12 ahead)",
            "differ from the model's by at most",
            "It reads and gives numbers in the data's units.",
            "names the 2 columns of its input, under tidegate.past.",
        ] {
            assert!(said.contains(part), "{said}");
        }
        let graph = Graph::read(&std::fs::read(&out).unwrap()).unwrap();
        let outputs = graph.run(&[("past", last_window())]).unwrap();
        let expected = document(command("forecast", &[&model, &data, "--json"]));
        for (target, channel) in expected["series"][0]["channels"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
        {
            for step in 0..12 {
                let place = step * 2 + target;
                let quantiles = channel["quantiles"][step].as_array().unwrap();
                let expected = std::iter::once(&channel["point"][step]).chain(quantiles);
                let found = [
                    &outputs[0].1.as_f32().unwrap()[place..=place],
                    &outputs[1].1.as_f32().unwrap()[place * 3..place * 3 + 3],
                ];
                for (found, expected) in found.concat().iter().zip(expected) {
                    // The readings deviate by about 2: roundings of single precision.
                    let difference = f64::from(*found) - expected.as_f64().unwrap();
                    assert!(difference.abs() < 2e-5, "{found} {expected}");
                }
            }
        }
    }
}

#[test]
fn its_metadata_names_the_columns_and_holds_the_scaling_that_was_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let columns = ["--targets", "load", "--known", "wind", "--calendar", "auto"];
    let [_, model] = trained(folder, &columns);
    let out = path(folder, "model.onnx");
    let said = sentence("export", &[&model, "-o", &out, "--scaled"]);
    for part in [
        "It reads and gives scaled numbers: the scaling stands in its metadata, under tidegate.scalings.",
        "6 under tidegate.past and 5 under tidegate.known.",
        "Those of the calendar are to be computed by who runs it.",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let bytes = std::fs::read(&out).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for part in [
        "[\"load\",\"wind\",\"sine of hour_of_day\",\"cosine of hour_of_day\",\"sine of day_of_week\"",
        "{\"\":{\"known\":[{\"deviation\":",
        "1 hour",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn units_that_single_precision_does_not_hold_are_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let rows = (0..400).map(|row| format!("{:.3}\n", 1.7e9 + 30.0 * (f64::from(row) / 4.0).sin()));
    let data = file(
        folder,
        "data.csv",
        &format!("y\n{}", rows.collect::<String>()),
    );
    let model = path(folder, "model.safetensors");
    printed(train_forecast(&data, &model, &[]));
    let before = names(folder);
    let out = path(folder, "model.onnx");
    let message = failure_of(command("export", &[&model, "-o", &out]), 1);
    for part in ["no counterpart in single precision", "(--scaled)"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(names(folder), before);
    sentence("export", &[&model, "-o", &out, "--scaled"]);
}

#[test]
fn what_a_forecaster_has_no_use_for_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [_, model] = trained(folder, &[]);
    let before = names(folder);
    for (name, option, reason) in [
        ("out.json", None, "ONNX alone holds it"),
        ("out.safetensors", None, "ONNX alone holds it"),
        (
            "out.onnx",
            Some(["--preset", "step"]),
            "which reads windows",
        ),
        (
            "out.onnx",
            Some(["--read", "last"]),
            "--read is for PyTorch's parameters",
        ),
        (
            "out.onnx",
            Some(["--logits", "--scaled"]),
            "--logits is for models of tidegate train classify",
        ),
    ] {
        let out = path(folder, name);
        let options = option.iter().flatten().copied();
        let options: Vec<&str> = [&model[..], "-o", &out]
            .into_iter()
            .chain(options)
            .collect();
        let message = failure_of(command("export", &options), 1);
        assert!(message.contains(reason), "{message}");
    }
    let message = failure_of(command("run", &[&model, &model]), 1);
    assert!(message.contains("export writes it as ONNX"), "{message}");
    assert_eq!(names(folder), before);
}
