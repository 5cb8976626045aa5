//! Studies as a whole: which runs each question makes, what the answers say of them, and that they are the same however the
//! runs are carried out.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_study::{
    Candidate, CellVariant, Comparison, Effort, Experiment, Finding, Measure, Omission, Progress,
    Question, Sentence, Share, Sizing, Study, StudyError, StudyReport, Task, compare, study,
};

/// All three cells, one candidate, two seeds, few updates.
fn comparison(task: Task) -> Comparison {
    let mut experiment = Experiment::new(task).with_epochs(2);
    experiment.recipe.candidates = vec![Candidate::plain(0.01)];
    Comparison {
        sizing: Sizing::EqualParameters(Some(300)),
        seeds: 2,
        threads: 2,
        ..Comparison::new(vec![experiment])
    }
}

fn adding() -> Comparison {
    comparison(Task::adding_problem(6).with_sequences(128))
}

fn all(comparison: Comparison) -> Study {
    Study::new(comparison, Question::ALL.to_vec(), Effort::Quick)
}

fn report(of: &Study) -> StudyReport {
    study(of, &|_| {}, &AtomicBool::new(false)).unwrap()
}

/// Without what a clock measured.
fn timeless(report: &StudyReport) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                fields.retain(|name, _| {
                    !name.contains("seconds")
                        && !["threads", "runs_side_by_side", "machine"].contains(&name.as_str())
                });
                fields.values_mut().for_each(strip);
            }
            serde_json::Value::Array(values) => values.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut report = report.clone();
    for verdict in &mut report.verdicts {
        let timed = verdict
            .evidence
            .iter()
            .any(|piece| piece.measure.is_timing());
        if timed {
            verdict.evidence.retain(|piece| !piece.measure.is_timing());
            verdict.finding = Finding::Undecided;
        }
    }
    let mut value = serde_json::to_value(&report).unwrap();
    strip(&mut value);
    value
}

#[test]
fn the_rows_of_the_plain_comparison_stay_as_they_are() {
    let plain = compare(&adding(), &|_| {}, &AtomicBool::new(false)).unwrap();
    let report = report(&all(adding()));
    let losses = |rows: &[tidegate_study::Row]| -> Vec<_> {
        let of = |row: &tidegate_study::Row| (row.cell, row.seed, row.hidden_size, row.test_loss);
        rows.iter().map(of).collect()
    };
    assert_eq!(losses(&report.comparison.rows), losses(&plain.rows));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 6);
    assert_eq!(serde_json::from_value::<StudyReport>(json).unwrap(), report);
}

#[test]
fn the_same_options_give_the_same_report_at_any_number_of_threads_and_after_any_interruption() {
    let whole = timeless(&report(&all(adding())));
    let mut single = all(adding());
    single.comparison.threads = 1;
    assert_eq!(timeless(&report(&single)), whole);

    let place = tempfile::tempdir().unwrap();
    let mut kept = all(adding());
    kept.comparison.folder = Some(place.path().join("study"));
    let stop = AtomicBool::new(false);
    let stop_early = |progress: Progress<'_>| {
        if matches!(progress, Progress::RunDone { done, .. } if done >= 9) {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let interrupted = study(&kept, &stop_early, &stop).unwrap_err();
    assert!(
        matches!(interrupted, StudyError::Interrupted { .. }),
        "{interrupted}"
    );
    assert_eq!(timeless(&report(&kept)), whole);
    let file = std::fs::read(place.path().join("study/report.json")).unwrap();
    let read: StudyReport = serde_json::from_slice(&file).unwrap();
    assert_eq!(timeless(&read), whole);
}

#[test]
fn every_experiment_says_which_question_it_answers_and_keeps_every_run() {
    let report = report(&all(adding()));
    let of = |question| {
        let experiments = report.experiments.iter();
        experiments
            .filter(move |e| e.questions.contains(&question))
            .count()
    };
    // Three lags; the plain comparison and the same at equal hidden size; two shares of the data beside it.
    assert_eq!((of(Question::Memory), of(Question::Time)), (3, 2));
    assert_eq!(of(Question::Data), 3);
    let memory = report.memory.as_ref().unwrap();
    assert_eq!(memory.tasks[0].lags, [25, 50, 100]);
    for experiment in &report.experiments {
        assert_eq!(experiment.rows.len(), 6);
        assert_eq!(experiment.curves.len(), 6);
        let updates = experiment.curves[0].points.last().unwrap().updates;
        assert_eq!(updates as usize, experiment.updates, "{}", experiment.task);
    }
}

#[test]
fn only_what_is_asked_is_measured() {
    let of = |questions: Vec<Question>| report(&Study::new(adding(), questions, Effort::Quick));
    let structure = of(vec![Question::Structure]);
    assert!(structure.structure.is_some() && structure.memory.is_none());
    assert!(structure.time.is_none() && structure.data.is_none());
    let memory_of_gru = structure
        .verdicts
        .iter()
        .find(|v| v.sentence == Sentence::GruOvercomesLongTermDependencies)
        .unwrap();
    assert_eq!(memory_of_gru.omissions, [Omission::NotAsked]);
    let nothing = of(Vec::new());
    assert_eq!(nothing.experiments.len(), 1);
}

#[test]
fn a_question_is_not_asked_twice() {
    let asked = Study::new(adding(), vec![Question::Data; 2], Effort::Quick);
    let error = study(&asked, &|_| {}, &AtomicBool::new(false)).unwrap_err();
    assert!(error.to_string().contains("data twice"), "{error}");
}

#[test]
fn too_little_data_for_shares_is_said_with_the_number_that_would_do() {
    let small = comparison(Task::adding_problem(6).with_sequences(20));
    let report = report(&Study::new(small, vec![Question::Data], Effort::Quick));
    let data = report.data.unwrap();
    assert!(data.tasks.is_empty());
    let [
        Omission::TooFewSequences {
            sequences: 20,
            needed,
            ..
        },
    ] = data.omissions[..]
    else {
        panic!("{:?}", data.omissions);
    };
    let enough = comparison(Task::adding_problem(6).with_sequences(needed));
    let report = self::report(&Study::new(enough, vec![Question::Data], Effort::Quick));
    let task = &report.data.unwrap().tasks[0];
    assert_eq!(
        task.shares,
        [Share { one_in: 32 }, Share { one_in: 8 }, Share::ALL]
    );
    assert_eq!(task.sequences, [needed / 32, needed / 8, needed]);
}

#[test]
fn data_whose_lag_cannot_be_chosen_shows_how_far_the_gradient_reaches() {
    let series = comparison(Task::mackey_glass(20).with_sequences(8));
    let report = report(&Study::new(series, vec![Question::Memory], Effort::Quick));
    let memory = report.memory.unwrap();
    assert!(memory.tasks.is_empty());
    assert!(matches!(
        memory.omissions[..],
        [Omission::LagIsGiven { .. }]
    ));
    let reach = &memory.gradients[0];
    assert_eq!(reach.lags, [0, 1, 2, 3, 4, 6, 8, 12, 16]);
    assert_eq!(reach.cells.len(), 3);
    for cell in &reach.cells {
        assert_eq!(cell.hidden_after.len(), reach.lags.len());
        assert!(
            cell.hidden_before.iter().all(|norm| *norm > 0.0),
            "{cell:?}"
        );
        assert_ne!(cell.hidden_before, cell.hidden_after);
        assert_eq!(cell.cell_before.is_some(), cell.cell == CellVariant::Lstm);
    }
}

#[test]
fn structure_counts_are_what_the_engine_allocates_and_executes() {
    let report = report(&Study::new(
        adding(),
        vec![Question::Structure],
        Effort::Quick,
    ));
    let rows = report.structure.unwrap().rows;
    assert_eq!(rows.len(), 6);
    for row in &rows {
        assert_eq!(
            row.tape_bytes_per_step, row.allocated_tape_bytes_per_step,
            "{row:?}"
        );
        assert!(row.padded_multiply_adds >= row.multiply_adds, "{row:?}");
        assert!(row.packed_weight_bytes >= row.weight_bytes, "{row:?}");
    }
    let lighter = report
        .verdicts
        .iter()
        .find(|v| v.sentence == Sentence::GruIsALighterLstm)
        .unwrap();
    assert_eq!(lighter.finding, Finding::Holds);
    let parameters = lighter
        .evidence
        .iter()
        .find(|e| e.measure == Measure::Parameters);
    assert_eq!(parameters.unwrap().ratio, 0.75);
}

#[test]
fn a_sentence_on_a_cell_that_is_not_compared_is_undecided_and_says_so() {
    let mut without_lstm = adding();
    without_lstm.cells = vec![CellVariant::Rnn, CellVariant::GruBefore];
    let report = report(&Study::new(
        without_lstm,
        vec![Question::Structure],
        Effort::Quick,
    ));
    let lighter = &report.verdicts[2];
    assert_eq!(
        (lighter.sentence, lighter.finding),
        (Sentence::GruIsALighterLstm, Finding::Undecided)
    );
    let [Omission::CellMissing { cell }] = &lighter.omissions[..] else {
        panic!("{:?}", lighter.omissions);
    };
    assert_eq!(cell, "lstm");
}

#[test]
fn a_single_seed_decides_nothing_that_varies() {
    let mut one = adding();
    one.seeds = 1;
    let report = report(&Study::new(one, vec![Question::Time], Effort::Quick));
    let faster = &report.verdicts[3];
    assert_eq!(faster.sentence, Sentence::GruTrainsInLessTime);
    assert_eq!(faster.finding, Finding::Undecided);
    assert!(faster.omissions.contains(&Omission::SingleSeed));
    assert!(faster.evidence.iter().all(|piece| piece.interval.is_none()));
}
