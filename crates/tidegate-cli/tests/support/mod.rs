//! What the tests of the command share.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// `tidegate compare`, with nothing inherited that would change it.
pub(crate) fn compare(options: &[&str]) -> Command {
    command("compare", options)
}

/// `tidegate gates`, with nothing inherited that would change it.
pub(crate) fn gates(options: &[&str]) -> Command {
    command("gates", options)
}

/// `tidegate inspect`, with nothing inherited that would change it.
pub(crate) fn inspect(options: &[&str]) -> Command {
    command("inspect", options)
}

/// Any command, with nothing inherited that would change it.
pub(crate) fn command(subcommand: &str, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command
        .arg(subcommand)
        .args(options)
        .env_remove("TIDEGATE_INSTRUCTION_SET")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it and returns what it printed.
pub(crate) fn output(options: &[&str]) -> Output {
    compare(options).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Standard output of a run that succeeds.
pub(crate) fn success(options: &[&str]) -> String {
    let output = output(options);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

/// The one message on standard error of a run that fails with this exit status and prints no result.
pub(crate) fn failure(options: &[&str], status: i32) -> String {
    failure_of(compare(options), status)
}

/// The same of any command.
pub(crate) fn failure_of(mut command: Command, status: i32) -> String {
    let output = command.output().unwrap();
    let message = text(&output.stderr).to_owned();
    assert_eq!(output.status.code(), Some(status), "{message}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    assert_eq!(message.matches("error:").count(), 1, "{message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

/// JSON without what differs from run to run: times, how they were measured, and what is concluded from them.
pub(crate) fn timeless(json: &str) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                if fields
                    .get("sentence")
                    .is_some_and(|name| name == "gru_trains_in_less_time")
                {
                    fields.retain(|name, _| name == "sentence");
                }
                fields.retain(|name, _| {
                    !name.contains("seconds") && name != "threads" && name != "runs_side_by_side"
                });
                fields.values_mut().for_each(strip);
            }
            Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::from_str(json).unwrap();
    strip(&mut value);
    value
}

/// Writes a file into a folder and gives its path as an option's value.
pub(crate) fn file(folder: &Path, name: &str, contents: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, contents).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A few scales, up and down.
pub(crate) fn scales() -> String {
    let piece = |first: usize| -> Vec<Vec<usize>> {
        let up = (0..12).map(|step| vec![first + step, first + step + 4]);
        up.chain([vec![]])
            .chain((0..12).map(|step| vec![first + 12 - step]))
            .collect()
    };
    let pieces = |firsts: std::ops::Range<usize>| firsts.map(piece).collect::<Vec<_>>();
    serde_json::json!({
        "train": pieces(40..52), "valid": pieces(52..56), "test": pieces(56..60)
    })
    .to_string()
}

/// Real music, if it lies beside the project; else says that the test is skipped.
pub(crate) fn real_music(test: &str) -> Option<PathBuf> {
    real_data(test, "polyphonic_music/jsb_chorales.json")
}

/// A file of real data, if it lies beside the project; else says that the test is skipped.
pub(crate) fn real_data(test: &str, name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = folder.join(name);
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: {test} needs {}", path.display());
    None
}

/// Hourly readings of two channels with a season of a day, as CSV; at most three months.
pub(crate) fn readings(rows: usize) -> String {
    let mut text = "date,load,wind\n".to_owned();
    for row in 0..rows {
        let season = (row as f64 * std::f64::consts::TAU / 24.0).sin();
        let noise = f64::from((row as u32).wrapping_mul(2_654_435_761) >> 8) / 16_777_216.0 - 0.5;
        let (day, hour) = (row / 24, row % 24);
        let (month, day) = match day {
            0..31 => ("01", 1 + day),
            31..60 => ("02", day - 30),
            _ => ("03", day - 59),
        };
        text += &format!(
            "2020-{month}-{day:02} {hour:02}:00:00,{:.4},{:.4}\n",
            10.0 + 3.0 * season + noise,
            5.0 - 2.0 * season + noise
        );
    }
    text
}

/// Options of a training that takes no time.
pub(crate) const QUICK: [&str; 10] = [
    "--window",
    "24",
    "--horizon",
    "12",
    "--hidden",
    "8",
    "--epochs",
    "2",
    "--batch",
    "64",
];

/// `tidegate train forecast` of this data to this model, with [`QUICK`] and further options.
pub(crate) fn train_forecast(data: &str, model: &str, options: &[&str]) -> Command {
    let fixed = ["forecast", data, "-o", model];
    command("train", &[&fixed, &QUICK[..], options].concat())
}

/// Standard output of a command that succeeds.
pub(crate) fn printed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

/// The JSON document of a command that succeeds.
pub(crate) fn document(command: Command) -> Value {
    serde_json::from_str(&printed(command)).unwrap()
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
