//! Answers and verdicts from runs that are made up, so that what has to come out is known.

use std::sync::atomic::AtomicBool;

use tidegate_train::{LagNorms, MeanNorm, StateGradients};

use super::*;
use crate::cell_variant::CellVariant::{self, Gru, Lstm, Rnn};
use crate::comparison::{Comparison, Experiment};
use crate::error::Divergence;
use crate::omission::Omission;
use crate::paired::PairedRatio;
use crate::record::{Measured, Outcome, Reach, Tested};
use crate::share::Share;
use crate::study_report::{CurvePoint, Effort};
use crate::task::Task;
use crate::verdict::{Finding, Measure, Sentence, Verdict};

/// A final run: where it stands, and how it ends.
struct Run<'a> {
    experiment: &'a Experiment,
    cell: CellVariant,
    seed: u64,
    measured: Measured,
}

impl Run<'_> {
    /// The lag of a memory test.
    fn lag(&self) -> Option<usize> {
        let folder = self.experiment.folder.as_deref()?;
        folder.strip_prefix("memory/adding-lag-")?.parse().ok()
    }

    fn set_test_loss(&mut self, test_loss: f64) {
        self.measured.tested = Some(Tested {
            train_loss: 1.0 / test_loss,
            test_loss,
        });
    }
}

/// A run about which nothing is remarkable. Only its test loss tells what a test loss should tell.
fn measured() -> Measured {
    Measured {
        valid_loss: 1e-6,
        epochs: 1,
        best_epoch: 1,
        seconds: 1.0,
        seconds_to_best: 1.0,
        threads: 1,
        runs_side_by_side: 1,
        tested: Some(Tested {
            train_loss: 1e-6,
            test_loss: 0.5,
        }),
        curve: vec![CurvePoint {
            updates: 10,
            seconds: 1.0,
            valid_loss: 1e-6,
        }],
        gradients: None,
    }
}

/// The report of a study of the adding problem with three cells and three seeds, whose final runs are changed; a run that is
/// refused has diverged.
fn report(change: impl Fn(&mut Run<'_>) -> bool) -> StudyReport {
    let task = Task::adding_problem(10).with_sequences(256);
    let comparison = Comparison {
        cells: vec![Rnn, Lstm, Gru],
        seeds: 3,
        ..Comparison::new(vec![Experiment::new(task)])
    };
    let study = Study::new(comparison, Question::ALL.into(), Effort::Quick);
    let plan = StudyPlan::of(&study).unwrap();
    let comparison = Comparison {
        experiments: plan.experiments.clone(),
        ..study.comparison.clone()
    };
    let preparation = Preparation::of(&comparison, &AtomicBool::new(false)).unwrap();
    let mut outcomes = Vec::new();
    for contest in &preparation.contests {
        let tuning = (0..contest.tuning_runs()).map(|_| Outcome::Finished(measured()));
        outcomes.extend(tuning);
        for seed in 1..=contest.seeds as u64 {
            let mut run = Run {
                experiment: &plan.experiments[contest.experiment],
                cell: contest.cell,
                seed,
                measured: measured(),
            };
            outcomes.push(match change(&mut run) {
                true => Outcome::Finished(run.measured),
                false => Outcome::Diverged(Divergence {
                    what: "the training loss".to_owned(),
                    epoch: 1,
                    update: 1,
                }),
            });
        }
    }
    let results = Results {
        outcomes,
        chosen: vec![0; preparation.contests.len()],
    };
    super::report(&study, &plan, &preparation, &results).unwrap()
}

fn verdict(report: &StudyReport, sentence: Sentence) -> &Verdict {
    let mut verdicts = report.verdicts.iter();
    verdicts.find(|one| one.sentence == sentence).unwrap()
}

/// A study in which every run of a cell solves the lags that are named for it.
fn solving(solves: impl Fn(CellVariant, usize) -> bool) -> StudyReport {
    report(|run| {
        if let Some(lag) = run.lag() {
            let solved = solves(run.cell, lag);
            run.set_test_loss(if solved { 1e-3 } else { 0.16 });
            // Validation says the opposite.
            run.measured.valid_loss = if solved { 0.16 } else { 1e-3 };
        }
        true
    })
}

#[test]
fn the_longest_lag_is_by_test_loss_and_ends_at_the_first_that_is_not_solved() {
    let report = solving(|cell, lag| match cell {
        Gru => lag != 50,
        Lstm => lag != 25,
        _ => lag < 100,
    });
    let cells = &report.memory.as_ref().unwrap().tasks[0].cells;
    let longest = |cell| {
        let mut cells = cells.iter();
        cells
            .find(|lags| lags.cell == cell)
            .unwrap()
            .longest_lag
            .clone()
    };
    assert_eq!(longest(Gru), [Some(25); 3]);
    assert_eq!(longest(Lstm), [None; 3]);
    assert_eq!(longest(Rnn), [Some(50); 3]);
    let solved: Vec<&[usize]> = cells.iter().map(|lags| &lags.solved[..]).collect();
    assert_eq!(solved, [[3, 3, 0], [0, 3, 3], [3, 0, 3]]);
}

#[test]
fn ratios_of_lags_are_as_wide_as_the_lags_lie_apart_and_bounds_at_the_ends() {
    let of = |report: &StudyReport, sentence| {
        let verdict = verdict(report, sentence);
        let pieces = verdict.evidence.iter();
        let pieces = pieces.map(|piece| (piece.ratio, piece.interval, piece.finding));
        (pieces.collect::<Vec<_>>(), verdict.finding)
    };
    let [gru, lstm] = [
        Sentence::GruOvercomesLongTermDependencies,
        Sentence::LstmOvercomesLongTermDependencies,
    ];
    let between = solving(|cell, lag| lag <= if cell == Gru { 50 } else { 25 });
    let (pieces, finding) = of(&between, gru);
    assert_eq!(pieces.len(), 1);
    assert!((pieces[0].0 - 2.0).abs() < 1e-12, "{pieces:?}");
    let [low, high] = pieces[0].1.unwrap().map(Option::unwrap);
    assert!((low - 1.0).abs() < 1e-12 && (high - 4.0).abs() < 1e-12);
    assert_eq!(finding, Finding::Undecided);

    // The RNN solves none: the ratio may be larger.
    let above = solving(|cell, lag| cell == Gru && lag <= 50);
    let (pieces, finding) = of(&above, gru);
    let [low, high] = pieces[0].1.unwrap();
    assert!((pieces[0].0 - 4.0).abs() < 1e-12 && (low.unwrap() - 2.0).abs() < 1e-12);
    assert_eq!((high, finding), (None, Finding::Holds));
    // Neither LSTM nor RNN solve any: nothing is known.
    let (pieces, finding) = of(&above, lstm);
    assert_eq!((pieces.len(), finding), (0, Finding::Undecided));
    let missing = &verdict(&above, lstm).omissions;
    assert!(matches!(missing[..], [Omission::LagsOutOfRange { .. }]));

    // The RNN solves all, the LSTM none.
    let (pieces, finding) = of(&solving(|cell, _| cell == Rnn), lstm);
    assert_eq!(
        (pieces[0].1.unwrap()[0], finding),
        (None, Finding::DoesNotHold)
    );
}

#[test]
fn little_data_is_the_least_share_and_much_data_is_all_of_it() {
    // Seeds differ by more than the cells; with the same seed, each cell is twice as good as the other on its side.
    let report = report(|run| {
        let share = run.experiment.share;
        let seed = 10_f64.powi(run.seed as i32 - 4);
        let better = match run.cell {
            Gru => share.one_in == 32,
            Lstm => share == Share::ALL,
            _ => false,
        };
        run.set_test_loss(if better { seed } else { 2.0 * seed });
        true
    });
    for (sentence, share) in [
        (Sentence::GruLearnsFromLittleData, Share { one_in: 32 }),
        (Sentence::LstmIsStrongerWithMuchData, Share::ALL),
    ] {
        let verdict = verdict(&report, sentence);
        assert_eq!(verdict.finding, Finding::Holds, "{verdict:?}");
        let [piece] = &verdict.evidence[..] else {
            panic!("{verdict:?}")
        };
        assert_eq!((piece.share, piece.pairs), (share, 3));
        assert!((piece.ratio - 0.5).abs() < 1e-12, "{piece:?}");
    }
    // The order changes, but the seeds' spread hides where.
    assert_eq!(report.data.unwrap().tasks[0].crossings, []);
}

/// Loss after each of three epochs of 100 updates, and seconds of an epoch.
fn course(run: &mut Run<'_>, losses: [f64; 3], seconds: f64) {
    let points = (1..).zip(losses).map(|(epoch, valid_loss)| CurvePoint {
        updates: 100 * epoch,
        seconds: seconds * epoch as f64,
        valid_loss,
    });
    run.measured.curve = points.collect();
    run.measured.valid_loss = losses.into_iter().fold(f64::INFINITY, f64::min);
}

#[test]
fn times_are_of_an_update_and_up_to_the_loss_that_both_gated_cells_reach() {
    let report = report(|run| {
        match run.cell {
            Gru => course(run, [0.9, 0.5, 0.2], 1.0 + 0.1 * run.seed as f64),
            Lstm => course(run, [0.9, 0.6, 0.3], 2.0),
            _ => course(run, [0.9, 0.8, 0.7], 0.5),
        }
        true
    });
    let task = &report.time.as_ref().unwrap().tasks[0];
    assert_eq!(task.target_loss, Some(0.3));
    let cell = |cell| task.cells.iter().find(|of| of.cell == cell).unwrap();
    assert_eq!([Gru, Lstm, Rnn].map(|one| cell(one).reached), [3, 3, 0]);
    assert!((cell(Lstm).seconds_per_update.mean - 0.02).abs() < 1e-12);
    assert_eq!(cell(Lstm).updates_to_target.unwrap().mean, 300.0);
    // On the way from 0.5 to 0.2, in logarithms.
    let part = (0.5_f64 / 0.3).ln() / (0.5_f64 / 0.2).ln();
    let updates = cell(Gru).updates_to_target.unwrap().mean;
    assert!((updates - (200.0 + 100.0 * part)).abs() < 1e-9, "{updates}");
    assert_eq!(cell(Rnn).updates_to_target, None);

    let verdict = verdict(&report, Sentence::GruTrainsInLessTime);
    assert_eq!(verdict.finding, Finding::Holds);
    assert_eq!(verdict.evidence.len(), 6);
    let piece = &verdict.evidence[0];
    assert_eq!(piece.measure, Measure::SecondsPerUpdate);
    // The six hold together.
    let ratio = PairedRatio::of(&[(1.1, 2.0), (1.2, 2.0), (1.3, 2.0)]).unwrap();
    let expected = ratio.interval(1.0 - 0.05 / 6.0).unwrap();
    for (end, expected) in piece.interval.unwrap().into_iter().zip(expected) {
        assert!((end.unwrap() / expected - 1.0).abs() < 1e-9, "{piece:?}");
    }
}

#[test]
fn times_of_runs_with_other_threads_are_not_compared() {
    let report = report(|run| {
        run.measured.threads = if run.cell == Lstm { 2 } else { 1 };
        true
    });
    let verdict = verdict(&report, Sentence::GruTrainsInLessTime);
    let measures = verdict.evidence.iter().map(|piece| piece.measure);
    assert_eq!(
        measures.collect::<Vec<_>>(),
        [Measure::UpdatesToTarget, Measure::UpdatesToTarget]
    );
    assert!(matches!(
        verdict.omissions[..],
        [Omission::UnlikeTimes { .. }]
    ));
}

#[test]
fn a_cell_that_lost_runs_gets_no_verdict_on_those_it_kept() {
    let report = report(|run| {
        run.set_test_loss(if run.cell == Gru { 1e-3 } else { 0.1 });
        run.cell != Lstm || run.seed != 2
    });
    for sentence in [
        Sentence::GruLearnsFromLittleData,
        Sentence::LstmIsStrongerWithMuchData,
        Sentence::GruTrainsInLessTime,
    ] {
        let verdict = verdict(&report, sentence);
        assert!(verdict.evidence.is_empty(), "{verdict:?}");
        assert_eq!(verdict.finding, Finding::Undecided);
        assert!(matches!(
            verdict.omissions[0],
            Omission::UnpairedRuns {
                pairs: 2,
                seeds: 3,
                ..
            }
        ));
    }
    // The plain RNN beside the GRU lost none.
    let memory = verdict(&report, Sentence::GruOvercomesLongTermDependencies);
    assert_eq!(memory.evidence.len(), 1);
}

#[test]
fn gradients_before_and_after_training_are_kept_apart() {
    let norms = |geometric| StateGradients {
        lags: vec![LagNorms {
            lag: 0,
            sequences: 1,
            too_short: 0,
            hidden: Some(MeanNorm {
                geometric,
                arithmetic: geometric,
                zeros: 0,
            }),
            cell: None,
        }],
    };
    let report = report(|run| {
        run.measured.gradients = Some(Reach {
            before: norms(10_f64.powi(run.seed as i32)),
            after: norms(1e-3),
        });
        true
    });
    let reach = &report.memory.unwrap().gradients[0].cells[0];
    assert!((reach.hidden_before[0] / 100.0 - 1.0).abs() < 1e-12);
    assert!((reach.hidden_after[0] / 1e-3 - 1.0).abs() < 1e-12);
    assert_eq!(reach.cell_before, None);
}

#[test]
fn every_share_has_the_updates_of_the_whole_set() {
    let report = report(|_| true);
    let task = &report.data.as_ref().unwrap().tasks[0];
    let updates = task.experiments.iter();
    let updates: Vec<usize> = updates
        .map(|&index| report.experiments[index].updates)
        .collect();
    assert_eq!(task.sequences, [8, 32, 256]);
    assert_eq!(updates, [updates[2]; 3]);
}
