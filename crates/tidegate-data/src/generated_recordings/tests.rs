//! Generated recordings are what their documentation says.

use std::collections::BTreeMap;

use super::*;
use crate::{Label, Recordings, RecordingsOptions, RecordingsSchema, stratified_folds};

const KINDS: [RecordingsKind; 2] = [RecordingsKind::Gestures, RecordingsKind::Activity];

fn csv(kind: RecordingsKind, recordings: usize, seed: u64) -> String {
    generated_recordings(kind, GeneratedRecordings { recordings, seed }).unwrap()
}

fn read(kind: RecordingsKind, recordings: usize) -> Recordings {
    let options = RecordingsOptions {
        every_step: kind == RecordingsKind::Activity,
        ..RecordingsOptions::default()
    };
    Recordings::read_from(csv(kind, recordings, 1).as_bytes(), "generated", &options).unwrap()
}

#[test]
fn a_generated_file_is_read_without_an_option_or_a_note() {
    for (kind, lengths) in [
        (RecordingsKind::Gestures, 20..=60),
        (RecordingsKind::Activity, 400..=600),
    ] {
        let read = read(kind, 300);
        assert_eq!(
            (read.recordings.len(), read.channels.join(" ")),
            (300, "x y z".to_owned())
        );
        assert!(read.notes.is_empty());
        let steps: Vec<usize> = read
            .recordings
            .iter()
            .map(|one| one.values.len() / 3)
            .collect();
        assert!(steps.iter().all(|steps| lengths.contains(steps)));
        let (least, most) = (steps.iter().min().unwrap(), steps.iter().max().unwrap());
        assert!(*least < lengths.start() + 5 && *most > lengths.end() - 5);
        let rows: Vec<usize> = (0..300).collect();
        let schema = RecordingsSchema::fit(&read, &rows).unwrap();
        assert_eq!(
            (schema.classes.len(), schema.every_step),
            (4, kind == RecordingsKind::Activity)
        );
        // About as many recordings, or steps, of each.
        let counts = schema.class_counts(&read, &rows);
        let all: usize = counts.iter().sum();
        assert!(
            counts
                .iter()
                .all(|count| (all / 6..all / 3).contains(count)),
            "{counts:?}"
        );
        stratified_folds(&read, 5, 1).unwrap();
    }
}

#[test]
fn an_activity_lasts_and_another_one_follows() {
    for recording in read(RecordingsKind::Activity, 30).recordings {
        let Label::Steps(labels) = recording.label else {
            panic!()
        };
        let bouts: Vec<usize> = labels
            .chunk_by(|one, other| one == other)
            .map(<[_]>::len)
            .collect();
        assert!(bouts.len() > 2);
        let (_, whole) = bouts.split_last().unwrap();
        assert!(
            whole.iter().all(|steps| (40..=160).contains(steps)),
            "{bouts:?}"
        );
    }
}

/// The mean of a channel tells nothing: a classifier has to read the order.
#[test]
fn gestures_have_the_same_mean_and_differ_in_what_comes_first() {
    let mut of_class: BTreeMap<String, Vec<[f64; 2]>> = BTreeMap::new();
    for recording in read(RecordingsKind::Gestures, 2_000).recordings {
        let xs: Vec<f64> = recording
            .values
            .iter()
            .step_by(3)
            .map(|&x| f64::from(x))
            .collect();
        let mean = |xs: &[f64]| xs.iter().sum::<f64>() / xs.len() as f64;
        let (first, second) = xs.split_at(xs.len() / 2);
        let label = recording.label.texts()[0].to_string();
        of_class
            .entry(label)
            .or_default()
            .push([mean(&xs), mean(first) - mean(second)]);
    }
    let mean = |class: &str, which: usize| {
        let values = &of_class[class];
        values.iter().map(|both| both[which]).sum::<f64>() / values.len() as f64
    };
    for class in of_class.keys() {
        assert!(mean(class, 0).abs() < 0.05, "{class}");
    }
    assert!(mean("left", 1) < -0.5 && mean("right", 1) > 0.5);
}

#[test]
fn a_seed_gives_the_same_text_and_a_longer_file_begins_with_a_shorter_one() {
    for kind in KINDS {
        assert_eq!(csv(kind, 20, 3), csv(kind, 20, 3));
        assert_ne!(csv(kind, 20, 3), csv(kind, 20, 4));
        assert!(csv(kind, 20, 3).starts_with(&csv(kind, 7, 3)));
    }
}

#[test]
fn options_out_of_range_are_refused() {
    for recordings in [0, 10_001, usize::MAX] {
        for kind in KINDS {
            let refused = generated_recordings(
                kind,
                GeneratedRecordings {
                    recordings,
                    seed: 1,
                },
            );
            assert!(matches!(
                refused,
                Err(DataError::ImpossibleOption {
                    option: "recordings",
                    ..
                })
            ));
        }
    }
}
