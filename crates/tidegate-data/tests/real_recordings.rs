//! Real recordings become what their publishers say of them.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};

use tidegate_data::{
    Label, Recordings, RecordingsOptions, RecordingsSchema, stratified_folds, stratified_split,
};

fn real_file(test: &str, name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/japanese_vowels");
    let path = folder.join(name);
    if path.is_file() {
        return Some(path);
    }
    println!("skipped: {test} needs {}", path.display());
    None
}

/// Of training and test recordings: their number, the number of their steps, of the shortest and of the longest.
const PUBLISHED: [(&str, &str, usize, usize, usize, usize); 2] = [
    ("train", "JapaneseVowels_TRAIN.ts", 270, 4274, 7, 26),
    ("test", "JapaneseVowels_TEST.ts", 370, 5687, 7, 29),
];

#[test]
fn japanese_vowels_are_the_same_from_the_archive_and_from_json() {
    let test = "japanese_vowels_are_the_same_from_the_archive_and_from_json";
    let Some(json) = real_file(test, "japanese_vowels.json") else {
        return;
    };
    for (part, name, count, steps, shortest, longest) in PUBLISHED {
        let Some(path) = real_file(test, name) else {
            return;
        };
        let ts = Recordings::read(&path, &RecordingsOptions::default()).unwrap();
        let options = RecordingsOptions {
            part: Some(part.to_owned()),
            label: Some("speaker".to_owned()),
            ..RecordingsOptions::default()
        };
        let json = Recordings::read(&json, &options).unwrap();
        assert_eq!((ts.recordings.len(), ts.channels.len()), (count, 12));
        assert!(ts.notes.is_empty() && json.notes.is_empty());
        assert_eq!(ts.channels, json.channels);
        for (one, other) in ts.recordings.iter().zip(&json.recordings) {
            assert_eq!(
                (&one.name, &one.values, &one.label),
                (&other.name, &other.values, &other.label)
            );
        }
        assert_eq!(json.recordings.len(), count);
        let lengths: Vec<usize> = ts
            .recordings
            .iter()
            .map(|one| one.values.len() / 12)
            .collect();
        assert_eq!(lengths.iter().sum::<usize>(), steps);
        assert_eq!(lengths.iter().min(), Some(&shortest));
        assert_eq!(lengths.iter().max(), Some(&longest));
    }
}

#[test]
fn japanese_vowels_have_nine_speakers_in_every_part_and_fold() {
    let test = "japanese_vowels_have_nine_speakers_in_every_part_and_fold";
    let (Some(train), Some(test)) = (
        real_file(test, "JapaneseVowels_TRAIN.ts"),
        real_file(test, "JapaneseVowels_TEST.ts"),
    ) else {
        return;
    };
    let read = |path| Recordings::read(path, &RecordingsOptions::default()).unwrap();
    let (recordings, others) = (read(train), read(test));
    let (train, valid) = stratified_split(&recordings, 0.2, 1).unwrap();
    let schema = RecordingsSchema::fit(&recordings, &train).unwrap();
    assert_eq!(
        schema.classes,
        ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
    );
    assert_eq!(schema.class_counts(&recordings, &train), [24; 9]);
    assert_eq!(schema.class_counts(&recordings, &valid), [6; 9]);
    let all: Vec<usize> = (0..others.recordings.len()).collect();
    assert_eq!(
        schema.class_counts(&others, &all),
        [31, 35, 88, 44, 29, 24, 40, 50, 29]
    );
    assert_eq!(
        schema.set(&others, &all).unwrap().to_string(),
        "370 sequences of 7 to 29 steps (5687 in all), 12 features in, one of 9 classes out at the last step"
    );
    for fold in stratified_folds(&recordings, 5, 1).unwrap() {
        assert_eq!(schema.class_counts(&recordings, &fold), [6; 9]);
    }
    assert!(matches!(recordings.recordings[0].label, Label::Whole(_)));
}
