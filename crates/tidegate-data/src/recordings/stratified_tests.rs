//! Parts and folds have their share of every class.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;

/// Recordings of one step with these labels, a list for each; one alone is that of the whole.
fn labelled(labels: &[Vec<u8>], every_step: bool) -> Recordings {
    let path: Arc<Path> = Path::new("x").into();
    let text = |label: &u8| -> Arc<str> { label.to_string().into() };
    let recordings = labels.iter().enumerate().map(|(index, labels)| Recording {
        name: index.to_string(),
        values: vec![0.0; labels.len()],
        label: match every_step {
            true => Label::Steps(labels.iter().map(text).collect()),
            false => Label::Whole(text(&labels[0])),
        },
        place: RecordingPlace {
            path: path.clone(),
            place: None,
        },
    });
    Recordings {
        path: path.to_path_buf(),
        format: RecordingsFormat::Ts,
        channels: vec!["x".to_owned()],
        recordings: recordings.collect(),
        notes: Vec::new(),
    }
}

fn whole(classes: &[u8]) -> Recordings {
    let labels: Vec<Vec<u8>> = classes.iter().map(|&class| vec![class]).collect();
    labelled(&labels, false)
}

fn counts(recordings: &Recordings, rows: &[usize]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for &row in rows {
        let labels: BTreeSet<_> = recordings.recordings[row].label.texts().iter().collect();
        for label in labels {
            *counts.entry(label.to_string()).or_insert(0) += 1;
        }
    }
    counts
}

fn is_partition(parts: &[&[usize]], count: usize) -> bool {
    let mut all: Vec<usize> = parts.concat();
    all.sort_unstable();
    all == (0..count).collect::<Vec<_>>() && parts.iter().all(|part| part.is_sorted())
}

proptest! {
    #[test]
    fn each_class_gives_its_share_and_is_in_both_parts(
        classes in proptest::collection::vec(0..6_u8, 2..60), share in 0.05..0.95_f64, seed in any::<u64>()
    ) {
        let recordings = whole(&classes);
        let all: Vec<usize> = (0..classes.len()).collect();
        let of_all = counts(&recordings, &all);
        match stratified_split(&recordings, share, seed) {
            Ok((train, valid)) => {
                prop_assert!(is_partition(&[&train, &valid], classes.len()));
                let (of_train, of_valid) = (counts(&recordings, &train), counts(&recordings, &valid));
                for (class, &count) in &of_all {
                    let held = of_valid.get(class).copied().unwrap_or(0);
                    let expected = if count < 2 { 0 } else { ((share * count as f64).round() as usize).clamp(1, count - 1) };
                    prop_assert_eq!(held, expected);
                    prop_assert_eq!(of_train[class], count - expected);
                }
            }
            Err(error) => prop_assert!(of_all.values().all(|&count| count == 1), "{}", error),
        }
    }

    #[test]
    fn folds_differ_by_one_recording_of_each_class_at_most(
        classes in proptest::collection::vec(0..5_u8, 2..60), k in 2..8_usize, seed in any::<u64>()
    ) {
        let recordings = whole(&classes);
        let all: Vec<usize> = (0..classes.len()).collect();
        let single = counts(&recordings, &all).values().any(|&count| count == 1);
        match stratified_folds(&recordings, k, seed) {
            Ok(folds) => {
                let parts: Vec<&[usize]> = folds.iter().map(Vec::as_slice).collect();
                prop_assert!(!single && is_partition(&parts, classes.len()));
                for class in 0..5_u8 {
                    let held = folds.iter().map(|fold| counts(&recordings, fold).get(&class.to_string()).copied().unwrap_or(0));
                    let (least, most) = held.fold((usize::MAX, 0), |(least, most), count| (least.min(count), most.max(count)));
                    prop_assert!(most - least <= 1);
                }
            }
            Err(_) => prop_assert!(single || k > classes.len()),
        }
    }

    #[test]
    fn training_has_every_class_of_the_steps(
        labels in proptest::collection::vec(proptest::collection::vec(0..6_u8, 1..4), 2..30), share in 0.1..0.6_f64, seed in any::<u64>()
    ) {
        let recordings = labelled(&labels, true);
        let all: Vec<usize> = (0..labels.len()).collect();
        if let Ok((train, valid)) = stratified_split(&recordings, share, seed) {
            prop_assert!(is_partition(&[&train, &valid], labels.len()) && !valid.is_empty());
            prop_assert_eq!(counts(&recordings, &train).len(), counts(&recordings, &all).len());
        }
    }
}

#[test]
fn a_seed_gives_the_same_parts_and_another_seed_others() {
    let classes: Vec<u8> = (0..100).map(|index| index % 3).collect();
    let recordings = whole(&classes);
    assert_eq!(
        stratified_split(&recordings, 0.3, 1).unwrap(),
        stratified_split(&recordings, 0.3, 1).unwrap()
    );
    assert_ne!(
        stratified_split(&recordings, 0.3, 1).unwrap(),
        stratified_split(&recordings, 0.3, 2).unwrap()
    );
    assert_eq!(
        stratified_folds(&recordings, 5, 1).unwrap(),
        stratified_folds(&recordings, 5, 1).unwrap()
    );
    assert_ne!(
        stratified_folds(&recordings, 5, 1).unwrap(),
        stratified_folds(&recordings, 5, 2).unwrap()
    );
}

/// If this fails, models that were trained before no longer compare.
#[test]
fn the_parts_of_a_seed_never_change() {
    let recordings = whole(&[0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    assert_eq!(stratified_split(&recordings, 0.3, 7).unwrap().1, PARTS);
    let steps = labelled(
        &[vec![0, 1], vec![1], vec![0], vec![2, 1], vec![0, 2]],
        true,
    );
    assert_eq!(stratified_split(&steps, 0.4, 7).unwrap().1, PARTS_OF_STEPS);
}

const PARTS: [usize; 4] = [0, 1, 4, 9];
const PARTS_OF_STEPS: [usize; 2] = [1, 4];

#[test]
fn recordings_whose_steps_have_labels_are_dealt_by_all_of_them() {
    let labels: Vec<Vec<u8>> = (0..40)
        .map(|index| vec![index % 2, 2 + index % 5, 7])
        .collect();
    let recordings = labelled(&labels, true);
    let (train, valid) = stratified_split(&recordings, 0.25, 3).unwrap();
    assert_eq!((train.len(), valid.len()), (30, 10));
    for (class, count) in counts(&recordings, &valid) {
        let expected = match class.as_str() {
            "0" | "1" => 5,
            "7" => 10,
            _ => 2,
        };
        assert_eq!(count, expected, "class {class}");
    }
    let folds = stratified_folds(&recordings, 4, 3).unwrap();
    assert!(folds.iter().all(|fold| fold.len() == 10));
}

#[test]
fn what_cannot_be_dealt_is_refused() {
    let message = |result: Result<(), RecordingsError>| result.unwrap_err().to_string();
    let split =
        |classes: &[u8], share| message(stratified_split(&whole(classes), share, 1).map(drop));
    let folds = |classes: &[u8], k| message(stratified_folds(&whole(classes), k, 1).map(drop));
    for share in [0.0, 1.0, -1.0, f64::NAN] {
        assert!(split(&[1, 1], share).contains("it lies between 0 and 1"));
    }
    assert!(split(&[1], 0.5).starts_with("x: 1 recording is to be split into 2"));
    assert!(split(&[1, 2, 3], 0.5).starts_with("x: 3 recordings are to be split into 2"));
    assert_eq!(
        folds(&[1, 1], 1),
        "the number of folds is 1: it is 2 at least"
    );
    assert!(folds(&[1, 1], 3).starts_with("x: 2 recordings are to be split into 3"));
    assert_eq!(
        folds(&[1, 1, 2, 3, 3], 2),
        "x: the class \"2\" has one recording, \"2\": held back, it is unknown in training; give it another one, or leave it out"
    );
    let mut unlabelled = whole(&[1, 2, 1, 2]);
    unlabelled.recordings[1].label = Label::None;
    let found = message(stratified_split(&unlabelled, 0.5, 1).map(drop));
    assert_eq!(
        found,
        "x: recording \"1\" has no label, and others have one: label it, or leave it out"
    );
}
