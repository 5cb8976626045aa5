use super::*;
use crate::candidate::Candidate;
use crate::cell_variant::CellVariant;
use crate::error::Divergence;
use crate::geometric_mean::GeometricMean;
use crate::omission::Omission;
use crate::question::Question;
use crate::report::{ComparisonReport, Row, Summary};
use crate::share::Share;
use crate::sizing::Equal;
use crate::spread::Spread;
use crate::study_report::*;
use crate::verdict::{Evidence, Finding, Measure, Sentence, Verdict};

/// A task's name that would break out of HTML and of a script.
const TASK: &str = "adding, </script><b>";

fn summary(cell: CellVariant, test_loss: Option<Spread>) -> Summary {
    Summary {
        task: TASK.to_owned(),
        loss: "mean squared error".to_owned(),
        cell,
        reset: cell.reset(),
        gates: cell.cell().gates(),
        hidden_size: 6,
        parameters: 12_345,
        multiply_adds_per_step: 100,
        seeds: 2,
        diverged: 0,
        train_loss: test_loss,
        valid_loss: test_loss,
        test_loss,
        epochs: Some(3.0),
        seconds_per_epoch: test_loss,
        seconds_to_best: test_loss,
        tuning_runs: 4,
        tuning_diverged: 1,
        tuning_seconds: 2.5,
        candidate: Candidate::plain(0.003),
    }
}

fn row(test_loss: Option<f64>) -> Row {
    Row {
        task: TASK.to_owned(),
        cell: CellVariant::Gru,
        reset: CellVariant::Gru.reset(),
        hidden_size: 6,
        parameters: 12_345,
        seed: 1,
        train_loss: test_loss,
        valid_loss: test_loss,
        test_loss,
        epochs: Some(3),
        best_epoch: Some(2),
        seconds_per_epoch: test_loss,
        seconds_to_best: test_loss,
        threads: Some(1),
        runs_side_by_side: Some(2),
        diverged: test_loss.is_none().then(|| Divergence {
            what: "the training loss".to_owned(),
            epoch: 1,
            update: 2,
        }),
        candidate: Candidate::plain(0.003),
    }
}

pub(crate) fn report() -> StudyReport {
    let loss = |offset: f64| Some(Spread::of(&[0.1 + offset, 0.2 + offset]));
    let cells = [CellVariant::Gru, CellVariant::Lstm];
    let share = |one_in| Share { one_in };
    let rows = vec![
        summary(CellVariant::Gru, loss(0.0)),
        summary(CellVariant::Lstm, None),
    ];
    StudyReport {
        comparison: ComparisonReport {
            task: TASK.to_owned(),
            equal: Equal::Parameters,
            rows: Vec::new(),
            summary: rows.clone(),
            tuning: Vec::new(),
        },
        cells: cells.into(),
        seeds: 2,
        effort: Effort::Quick,
        confidence: 0.95,
        machine: Machine {
            threads: 2,
            instruction_set: "AVX2".to_owned(),
            version: "0.1.0".to_owned(),
        },
        verdicts: vec![Verdict {
            sentence: Sentence::GruLearnsFromLittleData,
            finding: Finding::Undecided,
            evidence: vec![Evidence {
                task: TASK.to_owned(),
                measure: Measure::TestLoss,
                equal: Equal::Parameters,
                share: share(8),
                cell: CellVariant::Gru,
                other: CellVariant::Lstm,
                ratio: 0.93,
                interval: Some([Some(0.8), Some(1.1)]),
                pairs: 2,
                experiments: vec![0],
                finding: Finding::Undecided,
            }],
            omissions: vec![Omission::SingleSeed],
        }],
        memory: Some(MemoryAnswer {
            solved_below: 0.2,
            tasks: vec![LagTask {
                key: "adding".to_owned(),
                loss: "mean squared error".to_owned(),
                updates: 300,
                lags: vec![25, 50],
                losses_without_memory: vec![0.167, 0.167],
                experiments: vec![0, 0],
                cells: cells
                    .map(|cell| LagsOfCell {
                        cell,
                        test_loss: vec![loss(0.0), None],
                        solved: vec![1, 0],
                        longest_lag: vec![Some(25), None],
                    })
                    .into(),
            }],
            gradients: vec![GradientReach {
                task: TASK.to_owned(),
                key: "adding".to_owned(),
                experiment: 0,
                lags: vec![0, 1, 2],
                cells: vec![ReachOfCell {
                    cell: CellVariant::Gru,
                    hidden_before: vec![1.0, 0.5, 0.25],
                    hidden_after: vec![1.0, 0.9, 0.8],
                    cell_before: None,
                    cell_after: None,
                }],
            }],
            omissions: Vec::new(),
        }),
        structure: None,
        time: Some(TimeAnswer {
            tasks: Vec::new(),
            omissions: vec![Omission::Diverged {
                task: TASK.to_owned(),
            }],
        }),
        data: Some(DataAnswer {
            tasks: vec![SharedTask {
                task: TASK.to_owned(),
                loss: "mean squared error".to_owned(),
                shares: vec![share(2), share(1)],
                sequences: vec![50, 100],
                experiments: vec![0, 0],
                cells: vec![SharesOfCell {
                    cell: CellVariant::Gru,
                    test_loss: vec![loss(0.2), loss(0.0)],
                    geometric_mean: vec![
                        Some(GeometricMean {
                            mean: 0.3,
                            interval: Some([0.2, 0.5]),
                        }),
                        None,
                    ],
                }],
                crossings: vec![Crossing {
                    first: CellVariant::Gru,
                    second: CellVariant::Lstm,
                    sequences: 70.3,
                }],
            }],
            omissions: Vec::new(),
        }),
        experiments: vec![ExperimentReport {
            questions: vec![Question::Data],
            task: TASK.to_owned(),
            key: "adding".to_owned(),
            equal: Equal::Parameters,
            share: Share::ALL,
            sequences: 100,
            updates: 300,
            rows: vec![row(Some(0.25)), row(None)],
            summary: rows,
            tuning: Vec::new(),
            curves: Vec::new(),
        }],
    }
}

const COMMAND: &str = "tidegate compare --data '</script><img src=x>.json'";

#[test]
fn names_that_the_user_gave_are_escaped_in_text_and_script() {
    for language in Language::ALL {
        let page = render(&report(), &[], language, COMMAND);
        assert!(!page.contains("<img src=x>"), "{language:?}");
        assert!(
            page.contains("&lt;/script&gt;&lt;img src=x&gt;"),
            "{language:?}"
        );
        assert!(!page.contains("</script><b>"), "{language:?}");
        let data = page.split("id=\"figures\"").nth(1).unwrap();
        let data = data.split_once('>').unwrap().1;
        let data = data.split_once("</script>").unwrap().0;
        let figures: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(figures.as_array().unwrap().len(), 3, "{language:?}");
    }
}

#[test]
fn what_could_not_be_measured_is_said_and_not_drawn() {
    let page = render(&report(), &[], Language::English, COMMAND);
    // Neither of the two charts of time has a value.
    let missing = Language::English.texts().nothing_to_draw;
    assert_eq!(page.matches(missing).count(), 2);
    assert_eq!(page.matches("data-figure=").count(), 3);
    assert!(page.contains("every run diverged"));
    // A question that was not asked has no section.
    assert!(!page.contains("id=\"structure\""));
    assert_eq!(charts(&report(), Language::English).len(), 3);
}

#[test]
fn every_chart_has_words_and_a_picture_for_those_without_a_script() {
    let page = render(&report(), &[], Language::Korean, COMMAND);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("lang=\"ko\""));
    assert_eq!(page.matches("<div class=\"picture\"><svg").count(), 3);
    assert_eq!(page.matches("aria-describedby=\"summary-").count(), 3);
    assert!(page.contains("리셋 게이트") && page.contains("미정"));
}

#[test]
fn the_page_says_that_the_update_gate_keeps() {
    for (language, words) in [
        (Language::English, "The update gate z keeps"),
        (Language::Korean, "업데이트 게이트 z는 유지합니다"),
    ] {
        assert!(render(&report(), &[], language, COMMAND).contains(words));
    }
}

#[test]
fn the_page_names_no_file_or_address_that_a_browser_would_fetch() {
    let page = render(&report(), &[], Language::English, COMMAND);
    for mark in ["src=\"", "@import", "url("] {
        let own: usize = page.matches(mark).count();
        let library = include_str!("../../assets/plotly-cartesian.min.js");
        assert_eq!(own, library.matches(mark).count(), "{mark}");
    }
}
