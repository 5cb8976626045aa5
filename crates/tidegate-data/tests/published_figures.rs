//! The reader on the real music: published sizes, and the score of a model of independent keys.
//!
//! The data stands beside the project, in `../shared/data`; where it is missing, these tests are
//! skipped and say so.

use std::io::Write;
use std::path::PathBuf;

use tidegate_data::{SequenceSet, Splits, Targets, polyphonic_music};

const KEYS: usize = 88;

/// The file, or a line on standard error (past the test harness, which would swallow it) and
/// `None`.
fn music(name: &str) -> Option<Splits> {
    let path: PathBuf = [
        env!("CARGO_MANIFEST_DIR"),
        "..",
        "..",
        "..",
        "shared",
        "data",
        "polyphonic_music",
        name,
    ]
    .iter()
    .collect();
    if !path.exists() {
        // Written past the test harness, which shows what `eprintln!` says only for tests that
        // fail.
        let line = format!("skipped: {} is not there\n", path.display());
        std::io::stderr()
            .write_all(line.as_bytes())
            .expect("standard error is open");
        return None;
    }
    Some(polyphonic_music(path).expect("the published file is well formed"))
}

/// The frames of a set, all of which are predicted.
fn frames(set: &SequenceSet) -> Vec<&[f32]> {
    let mut frames = Vec::new();
    for sequence in &set.sequences {
        let Targets::Labels(labels) = &sequence.targets else {
            panic!("not labels");
        };
        frames.extend(labels.chunks_exact(KEYS));
    }
    frames
}

/// Negative log-likelihood a frame of the test set, pooled, in nats and summed over the keys, of a
/// model in which the keys are independent and key k sounds with p = (count + 0.5) / (frames + 1),
/// as in the training set.
fn score_of_independent_keys(splits: &Splits) -> f64 {
    let train = frames(&splits.train);
    let probability: Vec<f64> = (0..KEYS)
        .map(|key| {
            let count: f64 = train.iter().map(|frame| f64::from(frame[key])).sum();
            (count + 0.5) / (train.len() as f64 + 1.0)
        })
        .collect();
    let test = frames(&splits.test);
    let nats = |frame: &[f32]| -> f64 {
        frame
            .iter()
            .zip(&probability)
            .map(|(key, p)| {
                if *key == 1.0 {
                    -p.ln()
                } else {
                    -(1.0 - p).ln()
                }
            })
            .sum()
    };
    test.iter().map(|frame| nats(frame)).sum::<f64>() / test.len() as f64
}

fn assert_three_decimals(found: f64, published: f64) {
    assert!(
        (found - published).abs() < 0.0005,
        "{found:.4} against {published}"
    );
}

fn pieces_and_frames(set: &SequenceSet) -> (usize, usize) {
    (set.len(), set.supervised_steps())
}

#[test]
fn jsb_chorales_have_the_published_sizes_and_score() {
    let Some(splits) = music("jsb_chorales.json") else {
        return;
    };
    assert_eq!(pieces_and_frames(&splits.train), (229, 13_807));
    assert_eq!(pieces_and_frames(&splits.valid), (76, 4_602));
    assert_eq!(pieces_and_frames(&splits.test), (77, 4_725));
    assert_three_decimals(score_of_independent_keys(&splits), 11.060);
}

#[test]
fn nottingham_has_the_published_sizes_and_score() {
    let Some(splits) = music("nottingham.json") else {
        return;
    };
    assert_eq!(pieces_and_frames(&splits.train), (694, 176_561));
    assert_eq!(pieces_and_frames(&splits.valid), (173, 45_513));
    assert_eq!(pieces_and_frames(&splits.test), (170, 44_463));
    assert_three_decimals(score_of_independent_keys(&splits), 10.252);
}

#[test]
fn two_pieces_of_nottingham_stand_in_two_sets() {
    let Some(splits) = music("nottingham.json") else {
        return;
    };
    assert_eq!(splits.train.sequences[201], splits.valid.sequences[3]);
    assert_eq!(splits.train.sequences[267], splits.test.sequences[99]);
}
