//! Comparisons as a whole: the same numbers however they are carried out, and what happens when one fails.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tidegate_study::{
    Candidate, CellVariant, Comparison, ComparisonReport, Experiment, Progress, Sizing, StudyError,
    Task, compare,
};

/// Two tasks, two cells, two candidates, two seeds: sixteen runs of few updates.
fn small() -> Comparison {
    let tasks = [
        Task::adding_problem(6).with_sequences(100),
        Task::copy_memory(2).with_sequences(64),
    ];
    let experiment = |task| {
        let mut experiment = Experiment::new(task).with_epochs(2);
        let mild = Candidate {
            recurrent_dropout: 0.2,
            input_dropout: 0.1,
            output_dropout: 0.3,
            ..Candidate::plain(0.01)
        };
        experiment.recipe.candidates = vec![mild, Candidate::plain(0.03)];
        experiment
    };
    Comparison {
        cells: vec![CellVariant::Gru, CellVariant::LstmPeephole],
        sizing: Sizing::EqualHiddenSize(Some(5)),
        seeds: 2,
        threads: 2,
        ..Comparison::new(tasks.map(experiment).into())
    }
}

fn report(comparison: &Comparison) -> Result<ComparisonReport, StudyError> {
    compare(comparison, &|_| {}, &AtomicBool::new(false))
}

/// The report without what depends on the machine and its threads.
fn timeless(mut report: ComparisonReport) -> ComparisonReport {
    for row in &mut report.rows {
        (row.seconds_per_epoch, row.seconds_to_best) = (None, None);
        (row.threads, row.runs_side_by_side) = (None, None);
    }
    for summary in &mut report.summary {
        (summary.seconds_per_epoch, summary.seconds_to_best) = (None, None);
        summary.tuning_seconds = 0.0;
    }
    for tuning in &mut report.tuning {
        tuning.seconds = None;
    }
    report
}

fn refusal(comparison: &Comparison) -> String {
    report(comparison).unwrap_err().to_string()
}

#[test]
fn every_run_has_its_row_and_every_cell_its_summary() {
    let report = report(&small()).unwrap();
    assert_eq!(report.task, "adding problem, length 6; copy memory, lag 2");
    assert_eq!(
        (report.rows.len(), report.summary.len(), report.tuning.len()),
        (8, 4, 8)
    );
    for summary in &report.summary {
        let rows: Vec<_> = report
            .rows
            .iter()
            .filter(|row| (&row.task, row.cell) == (&summary.task, summary.cell))
            .collect();
        assert_eq!(rows.iter().map(|row| row.seed).collect::<Vec<_>>(), [1, 2]);
        let mean = (rows[0].test_loss.unwrap() + rows[1].test_loss.unwrap()) / 2.0;
        assert_eq!(summary.test_loss.unwrap().mean, mean);
        let seconds = summary.seconds_to_best.unwrap();
        let each = [0, 1].map(|index: usize| rows[index].seconds_to_best.unwrap());
        assert_eq!(seconds.max, each[0].max(each[1]));
        assert!(seconds.standard_deviation.is_some());
        assert_eq!((summary.seeds, summary.diverged), (2, 0));
        for row in rows {
            assert_eq!(row.threads, Some(1));
            assert!((1..=2).contains(&row.runs_side_by_side.unwrap()));
        }
        let tried: Vec<_> = report
            .tuning
            .iter()
            .filter(|tuning| (&tuning.task, tuning.cell) == (&summary.task, summary.cell))
            .collect();
        let chosen = tried.iter().position(|tuning| tuning.chosen).unwrap();
        assert_eq!(tried[chosen].candidate, summary.candidate);
        assert!(tried[chosen].valid_loss <= tried[1 - chosen].valid_loss);
    }
}

#[test]
fn the_numbers_are_the_same_at_any_number_of_threads() {
    let expected = timeless(report(&small()).unwrap());
    // With 32 threads, every final run has four for itself.
    for threads in [1, 3, 32] {
        let comparison = Comparison { threads, ..small() };
        assert_eq!(
            timeless(report(&comparison).unwrap()),
            expected,
            "{threads}"
        );
    }
}

#[test]
fn a_comparison_interrupted_again_and_again_ends_with_the_numbers_of_one_left_alone() {
    let expected = timeless(report(&small()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let comparison = Comparison {
        folder: Some(folder.path().join("new/results")),
        ..small()
    };
    let mut interruptions = 0;
    let finished = loop {
        let (stop, updates) = (AtomicBool::new(false), AtomicUsize::new(0));
        let observer = |progress: Progress<'_>| {
            if let Progress::UpdateDone { .. } = progress
                && updates.fetch_add(1, Ordering::Relaxed) == 5
            {
                stop.store(true, Ordering::Relaxed);
            }
        };
        match compare(&comparison, &observer, &stop) {
            Err(StudyError::Interrupted { runs: 16, .. }) => interruptions += 1,
            result => break result.unwrap(),
        }
    };
    assert!(interruptions > 5, "{interruptions}");
    assert_eq!(timeless(finished.clone()), expected);
    let folder = comparison.folder.as_deref().unwrap();
    let json = fs::read(folder.join("comparison.json")).unwrap();
    let kept: ComparisonReport = serde_json::from_slice(&json).unwrap();
    assert_eq!(kept, finished);
    for task in ["1-adding", "2-copy"] {
        assert!(folder.join(task).join("gru-seed2.safetensors").is_file());
        for file in fs::read_dir(folder.join(task).join("runs")).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(path.extension().unwrap(), "json", "{}", path.display());
        }
    }
}

#[test]
fn a_finished_comparison_is_read_back_and_a_model_that_has_gone_or_is_damaged_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut comparison = small();
    comparison.experiments.truncate(1);
    comparison.folder = Some(folder.path().to_owned());
    let first = report(&comparison).unwrap();
    assert_eq!(report(&comparison).unwrap(), first);
    let model = folder.path().join("lstm-peephole-seed1.safetensors");
    let bytes = fs::read(&model).unwrap();
    fs::remove_file(&model).unwrap();
    assert_eq!(timeless(report(&comparison).unwrap()), timeless(first));
    assert_eq!(fs::read(&model).unwrap(), bytes);
    for damaged in [&b"garbage"[..], &bytes[..bytes.len() - 1]] {
        fs::write(&model, damaged).unwrap();
        report(&comparison).unwrap();
        assert_eq!(fs::read(&model).unwrap(), bytes);
    }
}

#[test]
fn a_folder_of_something_else_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &Path| Comparison {
        folder: Some(path.to_owned()),
        ..small()
    };
    let (mine, foreign) = (folder.path().join("mine"), folder.path().join("foreign"));
    report(&at(&mine)).unwrap();
    let other = Comparison {
        seeds: 1,
        ..at(&mine)
    };
    let text = refusal(&other);
    assert!(text.contains("seeds is 2 there, 1 here"), "{text}");

    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("letter.txt"), "dear").unwrap();
    assert!(refusal(&at(&foreign)).contains("holds other files"));
    assert_eq!(fs::read_dir(&foreign).unwrap().count(), 1);

    let text = refusal(&at(&foreign.join("letter.txt")));
    assert!(text.contains("letter.txt: cannot make it"), "{text}");
}

#[test]
fn a_damaged_record_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut comparison = small();
    comparison.experiments.truncate(1);
    comparison.folder = Some(folder.path().to_owned());
    report(&comparison).unwrap();
    let record = folder.path().join("runs/gru-tuning2.json");
    let whole = fs::read_to_string(&record).unwrap();
    for damaged in [
        "",
        "{",
        &whole[..whole.len() / 2],
        "[]",
        &whole.replace("null", "7"),
    ] {
        fs::write(&record, damaged).unwrap();
        let text = refusal(&comparison);
        assert!(
            text.contains("gru-tuning2.json") && text.contains("remove it"),
            "{text}"
        );
    }
    fs::remove_file(&record).unwrap();
    report(&comparison).unwrap();
}

#[test]
fn two_comparisons_do_not_write_to_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let comparison = Comparison {
        folder: Some(folder.path().to_owned()),
        ..small()
    };
    let second = std::sync::Mutex::new(None);
    let observer = |progress: Progress<'_>| {
        if let Progress::Started { .. } = progress {
            *second.lock().unwrap() = Some(refusal(&comparison));
        }
    };
    compare(&comparison, &observer, &AtomicBool::new(false)).unwrap();
    let text = second.into_inner().unwrap().unwrap();
    assert!(text.contains("another comparison is writing"), "{text}");
}

/// Rates at which everything overflows within an epoch.
fn wild(candidates: Vec<Candidate>) -> Comparison {
    let mut comparison = small();
    comparison.cells = vec![CellVariant::RnnRelu];
    comparison.experiments.truncate(1);
    comparison.experiments[0].recipe.candidates = candidates;
    comparison
}

#[test]
fn a_candidate_that_diverges_is_reported_and_not_chosen() {
    let report = report(&wild(vec![Candidate::plain(1e30), Candidate::plain(0.01)])).unwrap();
    let [diverged, chosen] = &report.tuning[..] else {
        panic!("{report:?}");
    };
    assert!(
        diverged
            .diverged
            .as_ref()
            .is_some_and(|place| place.epoch == 1)
    );
    assert_eq!((diverged.valid_loss, diverged.chosen), (None, false));
    assert!(chosen.chosen);
    assert!(
        report
            .rows
            .iter()
            .all(|row| row.candidate.learning_rate == 0.01)
    );
}

#[test]
fn where_every_run_diverges_cell_seed_and_place_are_named() {
    for candidates in [
        vec![Candidate::plain(1e30)],
        vec![Candidate::plain(1e30), Candidate::plain(1e31)],
    ] {
        let text = refusal(&wild(candidates));
        for part in [
            "adding problem",
            "rnn-relu, seed 1",
            "rnn-relu, seed 2",
            "1000000000000000000000000000000)",
            "epoch 1, update",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn a_cell_that_diverges_leaves_the_results_of_the_others_and_its_last_good_checkpoint() {
    // Its activations grow with every step, those of the gated unit stay bounded.
    let candidates = [vec![1e4], vec![1e4, 2e4]];
    for rates in candidates {
        let folder = tempfile::tempdir().unwrap();
        let mut comparison = wild(rates.iter().map(|&rate| Candidate::plain(rate)).collect());
        comparison.experiments[0].task = Task::adding_problem(30).with_sequences(100);
        comparison.cells = vec![CellVariant::RnnRelu, CellVariant::Gru];
        comparison.folder = Some(folder.path().to_owned());
        let none_fit = AtomicUsize::new(0);
        let observer = |progress: Progress<'_>| {
            if let Progress::NoneFit { cell, .. } = progress {
                assert_eq!(cell, CellVariant::RnnRelu);
                none_fit.fetch_add(1, Ordering::Relaxed);
            }
        };
        let first = compare(&comparison, &observer, &AtomicBool::new(false)).unwrap();
        assert_eq!(none_fit.into_inner(), rates.len() - 1);
        let [relu, gru] = &first.summary[..] else {
            panic!("{first:?}");
        };
        assert_eq!((relu.seeds, relu.diverged, gru.diverged), (2, 2, 0));
        assert_eq!((relu.test_loss, relu.epochs), (None, None));
        assert!(gru.test_loss.unwrap().mean.is_finite());
        assert_eq!(relu.tuning_diverged, relu.tuning_runs);
        assert_eq!(first.rows.len(), 4);
        assert!(first.rows[0].diverged.is_some() && first.rows[0].train_loss.is_none());
        assert_eq!(report(&comparison).unwrap(), first);
    }
}

#[test]
fn a_run_that_diverges_after_its_first_epoch_keeps_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let growing = Candidate {
        weight_decay: 300.0,
        ..Candidate::plain(0.01)
    };
    let mut comparison = wild(vec![growing]);
    let experiment = &mut comparison.experiments[0];
    experiment.task = Task::adding_problem(6).with_sequences(100);
    let training = &mut experiment.recipe.training;
    // One update an epoch, each of which doubles every weight: a decay by three times its size.
    (training.epochs, training.batch_size) = (100, 100);
    comparison.folder = Some(folder.path().to_owned());
    let StudyError::AllDiverged { divergences } = report(&comparison).unwrap_err() else {
        panic!("another error");
    };
    for (run, divergence) in divergences {
        assert!(divergence.epoch > 1, "{divergence}");
        let checkpoint = format!("runs/rnn-relu-seed{}.checkpoint", run.seed);
        assert!(folder.path().join(checkpoint).is_file());
    }
}

#[test]
fn every_run_has_the_threads_that_it_reports() {
    let comparison = Comparison {
        threads: 16,
        ..small()
    };
    let seen = std::sync::Mutex::new(Vec::new());
    let observer = |progress: Progress<'_>| {
        if let Progress::RunStarted { threads, .. } = progress {
            seen.lock()
                .unwrap()
                .push((threads, rayon::current_num_threads()));
        }
    };
    compare(&comparison, &observer, &AtomicBool::new(false)).unwrap();
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen, [(2, 2); 16]);
}

#[test]
fn final_runs_are_made_seed_by_seed() {
    let comparison = Comparison {
        threads: 1,
        ..small()
    };
    let seeds = std::sync::Mutex::new(Vec::new());
    let observer = |progress: Progress<'_>| {
        if let Progress::RunStarted { run, .. } = progress {
            seeds.lock().unwrap().push(run.seed);
        }
    };
    compare(&comparison, &observer, &AtomicBool::new(false)).unwrap();
    let seeds = seeds.into_inner().unwrap();
    assert_eq!(seeds, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
}

#[test]
fn what_a_killed_writer_left_behind_is_removed_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let comparison = Comparison {
        folder: Some(folder.path().to_owned()),
        ..small()
    };
    report(&comparison).unwrap();
    let places = ["", "1-adding", "1-adding/runs", "2-copy", "2-copy/runs"];
    let planted = places.map(|place| folder.path().join(place).join(".tidegate-7.tmp"));
    for path in &planted {
        fs::write(path, "half").unwrap();
    }
    report(&comparison).unwrap();
    for path in planted {
        assert!(!path.exists(), "{}", path.display());
    }
}

#[test]
fn a_comparison_that_is_stopped_before_it_begins_makes_nothing() {
    let result = compare(&small(), &|_| panic!("began"), &AtomicBool::new(true));
    assert!(matches!(
        result,
        Err(StudyError::Interrupted { done: 0, runs: 16 })
    ));
}

#[test]
fn a_stop_after_the_last_epoch_is_seen_before_the_test() {
    let mut comparison = small();
    comparison.experiments.truncate(1);
    comparison.experiments[0].recipe.candidates.truncate(1);
    let folder = tempfile::tempdir().unwrap();
    comparison.folder = Some(folder.path().to_owned());
    let stop = AtomicBool::new(false);
    let observer = |progress: Progress<'_>| {
        if let Progress::EpochDone { epoch, epochs, .. } = progress
            && epoch.epoch == epochs
        {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let error = compare(&comparison, &observer, &stop).unwrap_err();
    assert!(matches!(error, StudyError::Interrupted { done: 0, .. }));
    let continued = timeless(report(&comparison).unwrap());
    comparison.folder = None;
    assert_eq!(continued, timeless(report(&comparison).unwrap()));
}

#[test]
fn a_damaged_plan_advises_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    let comparison = Comparison {
        folder: Some(folder.path().to_owned()),
        ..small()
    };
    fs::write(folder.path().join("plan.json"), "{").unwrap();
    let text = refusal(&comparison);
    assert!(
        text.contains("give another folder") && !text.contains("remove"),
        "{text}"
    );
}

#[test]
fn more_memory_than_any_machine_has_is_refused_before_it_is_taken() {
    let mut comparison = small();
    comparison.experiments.truncate(1);
    comparison.sizing = Sizing::EqualHiddenSize(Some(30_000_000));
    let text = refusal(&comparison);
    assert!(
        text.contains("GiB of memory") && text.contains("hidden size"),
        "{text}"
    );
}

#[test]
fn options_that_make_no_sense_are_named() {
    type Change = fn(&mut Comparison);
    let changes: [(&str, Change); 6] = [
        ("seeds", |comparison| comparison.seeds = 0),
        ("threads", |comparison| comparison.threads = 0),
        ("cells", |comparison| comparison.cells.clear()),
        ("gru twice", |comparison| {
            comparison.cells = vec![CellVariant::Gru; 2]
        }),
        ("tasks", |comparison| comparison.experiments.clear()),
        ("candidates", |comparison| {
            comparison.experiments[0].recipe.candidates.clear()
        }),
    ];
    for (expected, change) in changes {
        let mut comparison = small();
        change(&mut comparison);
        let text = refusal(&comparison);
        assert!(text.contains(expected), "{text}");
    }
}
