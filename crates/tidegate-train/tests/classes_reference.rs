//! Measures of classes give scikit-learn's numbers. `reference/make_class_reference.py` wrote them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde::Deserialize;
use tidegate_train::metrics::{ClassMetrics, most_probable};

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    classes: usize,
    logits: Vec<f64>,
    targets: Vec<usize>,
    confusion: Vec<Vec<u64>>,
    accuracy: f64,
    macro_f1: f64,
    precision: Vec<f64>,
    recall: Vec<f64>,
    f1: Vec<f64>,
    support: Vec<u64>,
    negative_log_likelihood: f64,
    expected_calibration_error: f64,
}

fn cases() -> Vec<Case> {
    let reference: Reference =
        serde_json::from_str(include_str!("reference/scikit_learn.json")).unwrap();
    reference.cases
}

fn log_probabilities(logits: &[f64]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = logits.iter().map(|logit| (logit - largest).exp()).sum();
    let logarithm = largest + total.ln();
    logits.iter().map(|logit| logit - logarithm).collect()
}

fn metrics(case: &Case) -> ClassMetrics {
    let mut metrics = ClassMetrics::new(case.classes);
    for (logits, &target) in case.logits.chunks(case.classes).zip(&case.targets) {
        metrics.add(&log_probabilities(logits), target);
    }
    metrics
}

fn close(found: Option<f64>, expected: f64, what: &str) {
    let found = found.unwrap();
    assert!(
        (found - expected).abs() < 1e-12 * expected.abs().max(1.0),
        "{what}: {found}, expected {expected}"
    );
}

#[test]
fn accuracy_scores_likelihood_and_calibration_error_are_the_references() {
    for case in cases() {
        let metrics = metrics(&case);
        let (values, name) = (metrics.values(), &case.name);
        close(values.accuracy, case.accuracy, name);
        close(values.macro_f1, case.macro_f1, name);
        let likelihood = case.negative_log_likelihood;
        close(values.negative_log_likelihood, likelihood, name);
        let error = case.expected_calibration_error;
        close(values.expected_calibration_error, error, name);
        let rows = metrics.confusion().rows();
        assert!(rows.eq(case.confusion.iter().map(|row| &row[..])), "{name}");
        for class in 0..case.classes {
            let scores = metrics.confusion().class_scores(class);
            close(Some(scores.precision), case.precision[class], name);
            close(Some(scores.recall), case.recall[class], name);
            close(Some(scores.f1), case.f1[class], name);
            assert_eq!(scores.support, case.support[class], "{name}");
        }
    }
}

#[test]
fn measures_of_parts_merge_to_those_of_the_whole() {
    for case in cases() {
        let whole = metrics(&case);
        let mut merged = ClassMetrics::new(case.classes);
        let rows: Vec<_> = case
            .logits
            .chunks(case.classes)
            .zip(&case.targets)
            .collect();
        for part in rows.chunks(7) {
            let mut one = ClassMetrics::new(case.classes);
            for (logits, target) in part {
                one.add(&log_probabilities(logits), **target);
            }
            merged.merge(&one);
        }
        assert_eq!(merged.confusion(), whole.confusion());
        let (merged, whole) = (merged.values(), whole.values());
        close(
            merged.negative_log_likelihood,
            whole.negative_log_likelihood.unwrap(),
            &case.name,
        );
        let error = whole.expected_calibration_error.unwrap();
        close(merged.expected_calibration_error, error, &case.name);
    }
}

#[test]
fn nothing_measured_has_no_measures() {
    let values = ClassMetrics::new(3).values();
    let all = [
        values.accuracy,
        values.macro_f1,
        values.negative_log_likelihood,
        values.expected_calibration_error,
    ];
    assert_eq!(all, [None; 4]);
}

#[test]
fn the_first_of_equally_probable_classes_is_predicted() {
    assert_eq!(most_probable(&[-1.0, -0.5, -0.5]), 1);
    assert_eq!(most_probable(&[0.0]), 0);
}

#[test]
fn confidences_at_a_border_belong_to_the_bin_below_it() {
    let mut metrics = ClassMetrics::new(2);
    metrics.add(&[0.0, f64::NEG_INFINITY], 0);
    metrics.add(&[0.6_f64.ln(), 0.4_f64.ln()], 0);
    let bins = metrics.reliability().bins();
    assert_eq!(bins.len(), 15);
    assert_eq!((bins[14].count, bins[14].confidence), (1, Some(1.0)));
    assert_eq!(bins.iter().map(|bin| bin.count).sum::<u64>(), 2);
    assert_eq!(bins[0].accuracy, None);
}
