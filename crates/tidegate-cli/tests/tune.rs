//! `tidegate tune`: random search with successive halving.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{command, document, failure_of, file, names, printed, readings, text, timeless};

const SPACE: &str = "
[model]
window = 24
horizon = 12
[training]
epochs = 6
batch = 32
[tune]
trials = 9
[tune.space]
hidden = [4, 8]
cell = [\"gru\", \"lstm\"]
learning_rate = {min = 1e-3, max = 3e-2, log = true}
";

/// A folder with data and a configuration.
struct Place {
    folder: tempfile::TempDir,
    data: String,
    config: String,
}

impl Place {
    fn with(rows: &str, config: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        Place {
            data: file(folder.path(), "load.csv", rows),
            config: file(folder.path(), "tune.toml", config),
            folder,
        }
    }

    fn usual() -> Place {
        Place::with(&readings(300), SPACE)
    }

    fn within(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tune(&self, out: &Path, options: &[&str]) -> Command {
        let out = out.to_str().unwrap();
        let fixed = [&self.data, "--config", &self.config, "-o", out];
        command("tune", &[&fixed[..], options].concat())
    }
}

/// What a search leaves that depends on neither time nor place.
fn left(out: &Path) -> (Vec<u8>, String, Value) {
    let read = |name: &str| std::fs::read(out.join(name)).unwrap();
    (
        read("model.safetensors"),
        String::from_utf8(read("best.toml")).unwrap(),
        timeless(text(&read("trials.json"))),
    )
}

#[test]
fn a_search_leaves_the_best_model_and_its_configuration_which_other_commands_take() {
    let place = Place::usual();
    let out = place.within("search");
    let found = document(place.tune(&out, &["--json"]));
    let rounds: Vec<(u64, u64)> = found["rounds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["trials"].as_u64().unwrap(),
                one["epochs"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(rounds, [(9, 2), (3, 6)]);
    let trials = found["trials"].as_array().unwrap();
    assert_eq!(trials.len(), 9);
    assert_eq!(trials[0], found["best"]);
    assert_eq!(trials[0]["epochs"], 6);
    let losses = |epochs: u64| -> Vec<f64> {
        let those = trials.iter().filter(|one| one["epochs"] == epochs);
        those
            .map(|one| one["valid_loss"].as_f64().unwrap())
            .collect()
    };
    assert!(losses(6).is_sorted() && losses(6).len() == 3);
    let best: toml::Table = left(&out).1.parse().unwrap();
    let settings = &found["best"]["settings"];
    assert_eq!(best["model"]["cell"].as_str(), settings["cell"].as_str());
    assert_eq!(
        best["model"]["hidden"].as_integer(),
        settings["hidden"].as_i64()
    );
    // Trained from its configuration, the best trial is the model.
    let again = place.within("again.safetensors");
    let again = again.to_str().unwrap();
    let best = out.join("best.toml");
    let options = ["forecast", "--config", best.to_str().unwrap(), "-o", again];
    printed(command("train", &options));
    assert!(std::fs::read(again).unwrap() == left(&out).0);
    let model = out.join("model.safetensors");
    for name in ["evaluate", "forecast", "backtest"] {
        document(command(
            name,
            &[model.to_str().unwrap(), &place.data, "--json"],
        ));
    }
    // The same command shows the same, and makes nothing anew.
    let output = place.tune(&out, &["--json"]).output().unwrap();
    assert_eq!(timeless(text(&output.stdout)), timeless(&found.to_string()));
    assert!(text(&output.stderr).contains("done before"));
    let shown = printed(place.tune(&out, &[]));
    assert!(shown.contains("The test part was not"), "{shown}");
}

#[test]
fn the_number_of_threads_leaves_the_search_as_it_is() {
    let place = Place::usual();
    let [one, three] = ["1", "3"].map(|threads| {
        let out = place.within(threads);
        printed(place.tune(&out, &["--threads", threads]));
        left(&out)
    });
    assert!(one.0 == three.0);
    assert_eq!(one.2, three.2);
}

#[test]
fn the_test_part_changes_nothing_but_the_fingerprint() {
    let rows = readings(300);
    let changed = rows.lines().enumerate().map(|(line, row)| match line {
        // Of 300 rows the last 60 are for the test.
        250.. => format!("{},99,-99\n", row.split(',').next().unwrap()),
        _ => format!("{row}\n"),
    });
    let left = [rows.clone(), changed.collect()].map(|rows| {
        let place = Place::with(&rows, SPACE);
        let out = place.within("search");
        printed(place.tune(&out, &[]));
        left(&out)
    });
    assert!(left[0].0 == left[1].0);
    assert_eq!(left[0].2, left[1].2);
}

#[test]
fn an_option_fixes_what_the_space_would_have_drawn_and_overrides_the_number_of_trials() {
    let place = Place::usual();
    let options = ["--hidden", "5", "--trials", "3", "--json"];
    let found = document(place.tune(&place.within("search"), &options));
    let trials = found["trials"].as_array().unwrap();
    assert_eq!(trials.len(), 3);
    assert!(
        trials
            .iter()
            .all(|one| one["settings"].get("hidden").is_none())
    );
}

#[test]
fn trials_that_fail_are_told_and_where_all_fail_that_is_an_error_and_nothing_is_left() {
    let space = SPACE.to_owned() + "window = [24, 5000]\n";
    let place = Place::with(&readings(300), &space);
    let out = place.within("search");
    let shown = printed(place.tune(&out, &[]));
    assert!(shown.contains("failed: no window fits"), "{shown}");
    let place = Place::with(&readings(300), &space.replace("24, 5000", "5000"));
    let out = place.within("search");
    let message = failure_of(place.tune(&out, &["--epochs", "2"]), 1);
    assert!(message.contains("every trial failed"), "{message}");
    assert!(!out.exists());
}

#[test]
fn another_search_and_other_data_are_refused_and_leave_the_folder_as_it_is() {
    let place = Place::usual();
    let out = place.within("search");
    printed(place.tune(&out, &[]));
    let before = left(&out);
    let message = failure_of(place.tune(&out, &["--seed", "9"]), 1);
    assert!(message.contains("seed is 1 there, 9 here"), "{message}");
    file(place.folder.path(), "load.csv", &readings(301));
    let message = failure_of(place.tune(&out, &[]), 1);
    assert!(message.contains("another search"), "{message}");
    assert!(left(&out) == before);
}

#[test]
fn bad_input_is_one_error_and_leaves_nothing() {
    let rows = readings(300);
    let place = Place::usual();
    let within = |name: &str, contents: &str| file(place.folder.path(), name, contents);
    let before = names(place.folder.path()).len();
    let mut made = 0;
    for (name, contents, words) in [
        (
            "a.toml",
            "[tune.space]\nhiden = [4]\n",
            "did you mean hidden?",
        ),
        ("b.toml", "[tune.space]\nhidden = []\n", "tune.space.hidden"),
        (
            "c.toml",
            "[tune.space]\nhidden = {min = 9, max = 3}\n",
            "min below max",
        ),
        (
            "d.toml",
            "[tune.space]\ncell = [\"gruu\"]\n",
            "tune.space.cell",
        ),
        ("e.toml", "[tune.space]\n", "nothing to try"),
        ("f.toml", "[tune]\nfactor = 1\n", "tune.factor"),
    ] {
        let config = within(name, contents);
        made += 1;
        let out = place.within("x");
        let options = [
            &*place.data,
            "--config",
            &config,
            "-o",
            out.to_str().unwrap(),
        ];
        let message = failure_of(command("tune", &options), 1);
        assert!(message.contains(words), "{message}");
    }
    let wrong = within("wrong.csv", &rows.replacen("05:00:00,", "05:00:00,off", 1));
    made += 1;
    let out = place.within("x");
    let options = [
        &*wrong,
        "--config",
        &place.config,
        "-o",
        out.to_str().unwrap(),
    ];
    let message = failure_of(command("tune", &options), 1);
    assert!(
        message.contains("wrong.csv") && message.contains("line 7"),
        "{message}"
    );
    let message = failure_of(place.tune(Path::new(&place.data), &[]), 1);
    assert!(message.contains("load.csv"), "{message}");
    let message = failure_of(place.tune(place.folder.path(), &[]), 1);
    assert!(message.contains("other files"), "{message}");
    let message = failure_of(command("tune", &["-", "-o", "x"]), 2);
    assert!(message.contains("standard input"), "{message}");
    assert_eq!(names(place.folder.path()).len(), before + made);
    assert_eq!(std::fs::read_to_string(&place.data).unwrap(), rows);
}

#[cfg(unix)]
mod interruptions {
    use std::os::unix::process::ExitStatusExt;
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    /// More work than a process does before it is stopped.
    fn long() -> Place {
        let config = SPACE
            .replace("epochs = 6", "epochs = 30")
            .replace("[4, 8]", "[48, 64]");
        Place::with(&readings(1_500), &config)
    }

    #[test]
    fn a_search_killed_again_and_again_ends_with_the_bits_of_one_left_alone() {
        let place = long();
        let alone = place.within("alone");
        printed(place.tune(&alone, &[]));
        let out = place.within("killed");
        let mut kills = 0;
        // Each process has a little longer than the one before it.
        let output = loop {
            let mut child = place.tune(&out, &[]).spawn().unwrap();
            sleep(Duration::from_millis(20 + 20 * kills));
            let _ = child.kill();
            let output = child.wait_with_output().unwrap();
            if output.status.signal().is_none() {
                break output;
            }
            kills += 1;
        };
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(kills > 2, "{kills}");
        let (found, expected) = (left(&out), left(&alone));
        assert!(found.0 == expected.0);
        assert_eq!((found.1, found.2), (expected.1, expected.2));
    }

    #[test]
    fn an_interrupted_search_says_how_to_go_on_and_does() {
        let place = long();
        let out = place.within("search");
        let child = place.tune(&out, &[]).spawn().unwrap();
        while !out.join("trials.json").exists() {
            sleep(Duration::from_millis(1));
        }
        let status = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
        let output = child.wait_with_output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{message}");
        assert!(message.contains("repeat the same command"), "{message}");
        assert!(output.stdout.is_empty() && !out.join("model.safetensors").exists());
        printed(place.tune(&out, &[]));
        assert!(out.join("model.safetensors").is_file());
    }
}
