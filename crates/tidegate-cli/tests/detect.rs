//! Detecting anomalies: from readings to a model, to scores and alarms, through restarts, and beside labels.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it must be, and says so where it is skipped"
)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use support::{command, failure_of, file, text};

fn run(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

/// A folder with `machine.csv`, its labels and a model of it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let within = |name: &str| path(folder.path(), name);
    run(command(
        "generate",
        &[
            "machine",
            "--rows",
            "9000",
            "--labels",
            &within("labels.json"),
            "-o",
            &within("machine.csv"),
        ],
    ));
    train(folder.path(), &[]);
    folder
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

fn train(folder: &Path, options: &[&str]) -> String {
    let (data, model) = (
        path(folder, "machine.csv"),
        path(folder, "machine.safetensors"),
    );
    let mut words = vec![
        "detect", &data, "--first", "0.25", "--epochs", "4", "-o", &model,
    ];
    words.extend(options);
    run(command("train", &words))
}

fn detect(folder: &Path, options: &[&str]) -> Command {
    let model = path(folder, "machine.safetensors");
    let mut words = vec![model.as_str()];
    words.extend(options);
    command("detect", &words)
}

/// The output for these bytes on standard input.
fn fed(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let sender = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    // Of a reader that has gone nothing is expected.
    let _ = sender.join().unwrap();
    output
}

fn readings(folder: &Path) -> Vec<String> {
    let csv = std::fs::read_to_string(folder.join("machine.csv")).unwrap();
    csv.lines().map(|line| format!("{line}\n")).collect()
}

#[test]
fn each_line_in_gives_a_line_out_and_anomalies_give_alarms() {
    let folder = folder();
    let lines = readings(folder.path());
    let output = fed(detect(folder.path(), &[]), lines.concat().as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(found.len(), lines.len());
    assert_eq!(found[0], "time,score,alarm");
    for (line, found) in lines.iter().zip(&found).skip(1) {
        assert_eq!(line.split(',').next(), found.split(',').next());
    }
    assert!(found.iter().filter(|line| line.ends_with(",1")).count() >= 2);
    // The same from a file.
    let input = path(folder.path(), "machine.csv");
    assert_eq!(
        run(detect(folder.path(), &["--input", &input])),
        text(&output.stdout)
    );
    // And as JSON.
    let json = run(detect(folder.path(), &["--input", &input, "--json"]));
    let first: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["alarm"], false);
    assert_eq!(json.lines().count(), lines.len() - 1);
}

#[test]
fn a_detector_is_measured_against_labels() {
    let folder = folder();
    let within = |name: &str| path(folder.path(), name);
    let (model, data, labels) = (
        within("machine.safetensors"),
        within("machine.csv"),
        within("labels.json"),
    );
    let json = run(command(
        "evaluate",
        &[&model, &data, "--labels", &labels, "--json"],
    ));
    let document: Value = serde_json::from_str(&json).unwrap();
    let metrics = &document["metrics"];
    assert_eq!(document["fitted_rows"], 2_250);
    assert_eq!(metrics["windows"], metrics["windows_met"]);
    assert!(metrics["nab_score"].as_f64().unwrap() > 50.0, "{json}");
    let words = run(command("evaluate", &[&model, &data, "--labels", &labels]));
    assert!(words.contains("NAB score"), "{words}");
    let message = failure_of(command("evaluate", &[&model, &data]), 1);
    assert!(
        message.contains("is a detector: give its labelled windows with --labels"),
        "{message}"
    );
    // Labels are read, and not written over.
    let options = [&model, &data, "--labels", &labels, "--plot", &labels];
    let message = failure_of(command("evaluate", &options), 1);
    assert!(message.contains("would be written over"), "{message}");
    // A window beside the readings is said not to count.
    let beside = r#"[["1990-01-01", "1990-01-02"]]"#;
    let beside = file(folder.path(), "beside.json", beside);
    let words = run(command("evaluate", &[&model, &data, "--labels", &beside]));
    assert!(words.contains("Not counted: 1 labelled window"), "{words}");
}

#[test]
fn killed_at_any_line_and_begun_again_it_gives_the_same_lines() {
    let folder = folder();
    let lines = readings(folder.path());
    for options in [&[][..], &["--learn"]] {
        let state = path(folder.path(), &format!("state{}", options.len()));
        let mut with_state = options.to_vec();
        with_state.extend(["--state", &state]);
        let whole = fed(detect(folder.path(), options), lines.concat().as_bytes());
        let whole = text(&whole.stdout).to_owned();
        let mut pieces = String::new();
        for (from, to) in [(0, 1), (1, 2_400), (2_400, 2_410), (2_410, lines.len())] {
            let output = fed(
                detect(folder.path(), &with_state),
                lines[from..to].concat().as_bytes(),
            );
            assert!(output.status.success(), "{}", text(&output.stderr));
            pieces += text(&output.stdout);
            let kept: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
            assert_eq!(kept["lines"], to);
        }
        assert!(pieces == whole, "other lines with {options:?}");
    }
}

/// A detector whose input stays open.
struct Live {
    child: Child,
    input: std::process::ChildStdin,
    output: BufReader<std::process::ChildStdout>,
}

impl Live {
    fn begin(mut command: Command) -> Live {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        Live {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn ask(&mut self, line: &str) -> String {
        self.input.write_all(line.as_bytes()).unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer
    }
}

#[test]
fn a_line_of_a_live_stream_is_answered_before_the_next_comes_and_a_kill_loses_nothing_that_was_not_printed()
 {
    let folder = folder();
    let lines = readings(folder.path());
    let state = path(folder.path(), "live.state");
    let whole = fed(detect(folder.path(), &[]), lines[..400].concat().as_bytes());
    let whole: Vec<String> = text(&whole.stdout)
        .lines()
        .map(|line| format!("{line}\n"))
        .collect();
    let mut live = Live::begin(detect(folder.path(), &["--state", &state]));
    let answers: Vec<String> = lines[..200].iter().map(|line| live.ask(line)).collect();
    assert_eq!(answers, whole[..200]);
    // What has been answered a second ago is in the state.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(live.ask(&lines[200]), whole[200]);
    assert_eq!(live.ask(&lines[201]), whole[201]);
    live.child.kill().unwrap();
    live.child.wait().unwrap();
    let kept: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
    let seen = kept["lines"].as_u64().unwrap() as usize;
    assert!((200..=202).contains(&seen), "{seen}");
    let rest = fed(
        detect(folder.path(), &["--state", &state]),
        lines[seen..400].concat().as_bytes(),
    );
    assert_eq!(text(&rest.stdout), whole[seen..].concat());
}

#[cfg(unix)]
#[test]
fn asked_to_end_while_the_stream_is_silent_it_keeps_the_state() {
    // In the background of a shell Ctrl-C is ignored, here and in what is started here.
    let signals = match ignores_ctrl_c() {
        true => &["-TERM"][..],
        false => &["-INT", "-TERM"],
    };
    for &signal in signals {
        let folder = folder();
        let lines = readings(folder.path());
        let state = path(folder.path(), "state");
        let mut live = Live::begin(detect(folder.path(), &["--state", &state]));
        lines[..50].iter().for_each(|line| {
            live.ask(line);
        });
        let id = live.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let status = live.child.wait().unwrap();
        assert_eq!(status.code(), Some(130));
        let kept: Value = serde_json::from_slice(&std::fs::read(&state).unwrap()).unwrap();
        assert_eq!(kept["lines"], 50);
    }
}

#[cfg(unix)]
#[test]
fn it_can_be_ended_while_nobody_reads_what_it_writes() {
    let folder = folder();
    let input = path(folder.path(), "machine.csv");
    let mut child = detect(folder.path(), &["--input", &input, "--json"])
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    // It has begun; what follows is more than a pipe holds.
    output.read_exact(&mut [0; 20]).unwrap();
    let id = child.id().to_string();
    let ended = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(ended.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[cfg(unix)]
fn ignores_ctrl_c() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() & 2 != 0)
}

#[test]
fn a_file_that_has_grown_is_read_on_where_it_was_left() {
    let folder = folder();
    let lines = readings(folder.path());
    let (grown, state) = (
        path(folder.path(), "grown.csv"),
        path(folder.path(), "state"),
    );
    let options = ["--input", &grown, "--state", &state];
    // The line that is still being written is not taken for a whole one.
    let half = &lines[300][..lines[300].len() - 3];
    std::fs::write(&grown, lines[..300].concat() + half).unwrap();
    let first = run(detect(folder.path(), &options));
    std::fs::write(&grown, lines[..500].concat()).unwrap();
    let second = run(detect(folder.path(), &options));
    let whole = fed(detect(folder.path(), &[]), lines[..500].concat().as_bytes());
    assert_eq!(first + &second, text(&whole.stdout));
    // A shorter one is another file.
    std::fs::write(&grown, lines[..300].concat().trim_end()).unwrap();
    let message = failure_of(detect(folder.path(), &options), 1);
    assert!(
        message.contains("has seen 500 lines, and ") && message.contains("holds 300 lines"),
        "{message}"
    );
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let folder = folder();
    let state = path(folder.path(), "state");
    let lines = readings(folder.path());
    let mut child = detect(folder.path(), &["--state", &state])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(lines[..10].concat().as_bytes()).unwrap();
    let mut some = [0; 20];
    output.read_exact(&mut some).unwrap();
    drop(output);
    // It notices once it has something to say.
    while input.write_all(lines[10].as_bytes()).is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let mut messages = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut messages)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{messages}");
    assert_eq!(messages, "");
    assert!(serde_json::from_slice::<Value>(&std::fs::read(&state).unwrap()).is_ok());
}

#[test]
fn a_line_that_is_no_reading_is_named_and_passed_over() {
    let folder = folder();
    let mut lines = readings(folder.path())[..60].to_vec();
    lines[10] = "2023-01-02 00:45:00,sixty\n".to_owned();
    lines[20] = "\n".to_owned();
    let mut bytes = lines.concat().into_bytes();
    bytes.extend(b"2023-01-02 05:00:00,\xff\n");
    let output = fed(detect(folder.path(), &[]), &bytes);
    assert_eq!(output.status.code(), Some(3));
    let found: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(found.len(), 61);
    assert_eq!(
        (found[10], found[20], found[60]),
        ("2023-01-02 00:45:00,,", ",,", ",,")
    );
    assert!(found[11].len() > "2023-01-02 00:50:00,".len());
    let messages = text(&output.stderr);
    for expected in [
        "line 11 is passed over: column \"temperature\": \"sixty\"",
        "line 21 ",
        "line 61 ",
        "3 lines were passed over",
    ] {
        assert!(messages.contains(expected), "{messages}");
    }
}

#[test]
fn states_and_inputs_that_do_not_fit_are_refused_before_anything_is_written() {
    let folder = folder();
    let within = |name: &str| path(folder.path(), name);
    let data = within("machine.csv");
    let foreign = file(folder.path(), "foreign", "{}");
    let (state, learnt) = (within("state"), within("learnt"));
    run(detect(
        folder.path(),
        &["--input", &data, "--state", &state],
    ));
    let kept = std::fs::read(&state).unwrap();
    let other = file(folder.path(), "other.csv", "zeit,wert\n1,2\n");
    for (options, expected) in [
        (
            vec!["--input", data.as_str(), "--state", &foreign],
            "is no state of tidegate detect",
        ),
        (
            vec!["--input", &data, "--state", &state, "--learn"],
            "without learning",
        ),
        (
            vec![
                "--input",
                &data,
                "--state",
                &state,
                "--false-alarms",
                "1/day",
            ],
            "another rate",
        ),
        (
            vec!["--input", &other],
            "no header that names \"time\", \"temperature\"",
        ),
        (
            vec!["--input", &data, "--state", &data],
            "would be written over",
        ),
        (
            vec!["--input", "/nowhere/readings.csv"],
            "/nowhere/readings.csv",
        ),
    ] {
        let message = failure_of(detect(folder.path(), &options), 1);
        assert!(message.contains(expected), "{message}");
    }
    assert_eq!(std::fs::read(&state).unwrap(), kept);
    // A state belongs to its model.
    train(folder.path(), &["--seed", "2"]);
    let message = failure_of(
        detect(folder.path(), &["--input", &data, "--state", &state]),
        1,
    );
    assert!(message.contains("another model"), "{message}");
    let message = failure_of(detect(folder.path(), &["--false-alarms", "often"]), 2);
    assert!(message.contains("1/month"), "{message}");
    assert!(!PathBuf::from(learnt).exists());
}

#[test]
fn data_that_nothing_can_be_fitted_on_is_refused_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let model = path(folder.path(), "model");
    let rows = |value: &dyn Fn(u32) -> String| (0..2_000).map(value).collect::<String>();
    for (csv, options, expected) in [
        (
            rows(&|_| "5\n".to_owned()),
            vec![],
            "column \"load\" does not change",
        ),
        (
            rows(&|row| format!("{}\n", row * row % 97)),
            vec!["--first", "0.05"],
            "at least 201",
        ),
        (
            rows(&|row| format!("{}\n", row * row % 97)),
            vec!["--targets", "lod"],
            "no column is called \"lod\"",
        ),
        (
            rows(&|row| format!("{}\n", row * row % 97)),
            vec!["--false-alarms", "1/month"],
            "have no times",
        ),
        (
            rows(&|row| {
                if row == 7 {
                    "x\n".to_owned()
                } else {
                    format!("{row}\n")
                }
            }),
            vec![],
            "no column holds numbers",
        ),
    ] {
        let data = file(folder.path(), "load.csv", &format!("load\n{csv}"));
        let mut words = vec!["detect", &data, "-o", &model];
        words.extend(options);
        let message = failure_of(command("train", &words), 1);
        assert!(message.contains(expected), "{message}");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "{expected}"
        );
    }
}

#[test]
fn data_that_a_later_block_cannot_be_fitted_on_leaves_no_run_to_go_on_with() {
    let folder = tempfile::tempdir().unwrap();
    let model = path(folder.path(), "model");
    // It changes in the first block of the first part alone: without that block there is nothing to learn.
    let reading = |row: u32| match row {
        0..250 => row * row % 97,
        _ => 5,
    };
    let csv: String = (0..2_000)
        .map(|row| format!("{}\n", reading(row)))
        .collect();
    let data = file(folder.path(), "load.csv", &format!("load\n{csv}"));
    let words = [
        "detect", &data, "-o", &model, "--first", "0.5", "--epochs", "1",
    ];
    let message = failure_of(command("train", &words), 1);
    assert!(message.contains("load.csv: column \"load\""), "{message}");
    assert_eq!(support::names(folder.path()), ["load.csv"]);
}

#[test]
fn a_page_shows_readings_scores_and_alarms() {
    let folder = folder();
    let within = |name: &str| path(folder.path(), name);
    let (data, page) = (within("machine.csv"), within("page.html"));
    run(detect(folder.path(), &["--input", &data, "--plot", &page]));
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(
        html.contains("temperature") && html.contains("threshold"),
        "the page lacks them"
    );
    let scores = run(detect(folder.path(), &["--input", &data]));
    let alarms = scores.lines().filter(|line| line.ends_with(",1")).count();
    assert!(
        html.contains(&format!("{alarms} alarms")),
        "not {alarms} alarms"
    );
    // Standard input cannot be read again for the page.
    let message = failure_of(detect(folder.path(), &["--input", "-", "--plot", &page]), 1);
    assert!(message.contains("give a file with --input"), "{message}");
    assert!(html.len() < 8 << 20, "{} bytes", html.len());
}

#[test]
fn the_benchmarks_streams_are_watched_as_promised() {
    let nab = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/nab");
    if !nab.is_dir() {
        println!("skipped: {} is not there", nab.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let labels = path(&nab, "labels.json");
    for (name, months) in [
        ("machine_temperature_system_failure", 2.23),
        ("ec2_request_latency_system_failure", 0.4),
    ] {
        let data = path(&nab, &format!("{name}.csv"));
        let model = path(folder.path(), &format!("{name}.safetensors"));
        for seed in ["1", "2", "3"] {
            let words = [
                "detect",
                &data,
                "--time",
                "timestamp",
                "--targets",
                "value",
                "--seed",
                seed,
                "-o",
                &model,
                "--json",
            ];
            let trained: Value = serde_json::from_str(&run(command("train", &words))).unwrap();
            let rows = trained["rows"].as_u64().unwrap();
            assert_eq!(trained["fitted_rows"], rows * 15 / 100);
            let words = [&model, &data, "--labels", &labels, "--json"];
            let measured: Value = serde_json::from_str(&run(command("evaluate", &words))).unwrap();
            let metrics = &measured["metrics"];
            // One window of the machine lies in what is fitted on.
            assert_eq!(
                (&metrics["windows"], &metrics["windows_met"]),
                (&3.into(), &3.into()),
                "{name} {seed}"
            );
            let false_alarms = metrics["false_alarms"].as_f64().unwrap();
            assert!(
                false_alarms <= 2.0 * months,
                "{name} {seed}: {false_alarms}"
            );
        }
    }
}
