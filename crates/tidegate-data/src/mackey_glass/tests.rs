//! Behaviour of the task: cutting, standardising, difficulty, refusals.

use super::*;

fn inputs(sequence: &Sequence) -> &[f32] {
    match &sequence.inputs {
        Inputs::Features { values, .. } => values,
        other => panic!("not features: {other:?}"),
    }
}

fn targets(sequence: &Sequence) -> &[f32] {
    match &sequence.targets {
        Targets::Values(values) => values,
        other => panic!("not values: {other:?}"),
    }
}

/// All samples of a set, inputs and the horizon behind them.
fn part(set: &SequenceSet, horizon: usize) -> Vec<f32> {
    let mut samples: Vec<f32> = set
        .sequences
        .iter()
        .flat_map(|sequence| inputs(sequence).to_vec())
        .collect();
    let all_targets: Vec<f32> = set
        .sequences
        .iter()
        .flat_map(|sequence| targets(sequence).to_vec())
        .collect();
    samples.extend(&all_targets[all_targets.len() - horizon..]);
    samples
}

#[test]
fn the_default_task_has_the_documented_shape() {
    let splits = mackey_glass(MackeyGlass::default()).unwrap();
    assert_eq!(splits.name, "Mackey-Glass, delay 17, 17 steps ahead");
    assert_eq!(
        splits.train.to_string(),
        "200 sequences of 200 steps (40000 in all), 1 feature in, 1 value out at every step"
    );
    assert_eq!((splits.valid.len(), splits.test.len()), (50, 50));
}

#[test]
fn the_target_is_the_value_a_horizon_later() {
    for horizon in [1, 3, 50] {
        let options = MackeyGlass {
            horizon,
            window: 20,
            train: 5,
            valid: 2,
            test: 1,
            spacing: 0,
            ..MackeyGlass::default()
        };
        let splits = mackey_glass(options).unwrap();
        for split in Split::ALL {
            let set = splits.get(split);
            let all_inputs: Vec<f32> = set
                .sequences
                .iter()
                .flat_map(|sequence| inputs(sequence).to_vec())
                .collect();
            let all_targets: Vec<f32> = set
                .sequences
                .iter()
                .flat_map(|sequence| targets(sequence).to_vec())
                .collect();
            let shared = all_inputs.len().saturating_sub(horizon);
            assert_eq!(
                all_inputs[all_inputs.len() - shared..],
                all_targets[..shared]
            );
        }
    }
}

#[test]
fn the_sets_are_parts_of_one_series_with_the_gap_between_them() {
    let cut = MackeyGlass {
        window: 30,
        train: 4,
        valid: 2,
        test: 2,
        gap: 25,
        horizon: 5,
        spacing: 0,
        ..MackeyGlass::default()
    };
    let splits = mackey_glass(cut).unwrap();
    // The same series in one piece: 4·30 + 5, 25, 2·30 + 5, 25, 2·30 + 5 samples; scaled by its own
    // training part.
    let whole = mackey_glass(MackeyGlass {
        window: 295,
        train: 1,
        valid: 1,
        test: 1,
        ..cut
    })
    .unwrap();
    let series = part(&whole.train, 5);
    let raw = |split| part(splits.get(split), 5);
    let (train, valid, test) = (raw(Split::Train), raw(Split::Valid), raw(Split::Test));
    // Two affine scales of one series: found at the first two samples, they must fit everywhere.
    let scale = (series[1] - series[0]) / (train[1] - train[0]);
    let shift = series[0] - scale * train[0];
    for (start, set) in [(0, train), (125 + 25, valid), (125 + 25 + 65 + 25, test)] {
        for (offset, value) in set.iter().enumerate().take(300 - start) {
            let (expected, found) = (series[start + offset], scale * value + shift);
            assert!(
                (expected - found).abs() < 1e-3,
                "{start} + {offset}: {expected} against {found}"
            );
        }
    }
}

#[test]
fn the_training_part_has_mean_zero_and_deviation_one() {
    let splits = mackey_glass(MackeyGlass {
        spacing: 0,
        ..MackeyGlass::default()
    })
    .unwrap();
    let samples: Vec<f64> = part(&splits.train, 17).into_iter().map(f64::from).collect();
    let (mean, deviation) = mean_and_deviation(&samples);
    assert!(
        mean.abs() < 1e-6 && (deviation - 1.0).abs() < 1e-6,
        "{mean} {deviation}"
    );
}

#[test]
fn windows_begin_at_every_phase_in_every_set() {
    let options = MackeyGlass {
        train: 1000,
        valid: 1000,
        test: 1000,
        window: 50,
        ..MackeyGlass::default()
    };
    let splits = mackey_glass(options).unwrap();
    for split in Split::ALL {
        let first: Vec<f64> = splits
            .get(split)
            .sequences
            .iter()
            .map(|sequence| f64::from(inputs(sequence)[0]))
            .collect();
        let (mean, deviation) = mean_and_deviation(&first);
        // Of the whole series 0 and 1; five standard errors of 1,000 windows are 0.16.
        assert!(
            mean.abs() < 0.16 && (deviation - 1.0).abs() < 0.12,
            "{split}: {mean} {deviation}"
        );
    }
}

#[test]
fn repeating_the_last_value_is_good_one_step_ahead_and_bad_at_the_default_horizon() {
    let repeating = |horizon| {
        let splits = mackey_glass(MackeyGlass {
            horizon,
            ..MackeyGlass::default()
        })
        .unwrap();
        let errors: Vec<f32> = splits
            .test
            .sequences
            .iter()
            .flat_map(|sequence| {
                inputs(sequence)
                    .iter()
                    .zip(targets(sequence))
                    .map(|(x, y)| (x - y) * (x - y))
            })
            .collect();
        errors.iter().sum::<f32>() / errors.len() as f32
    };
    assert!(repeating(1) < 0.05, "{}", repeating(1));
    assert!(repeating(17) > 2.0, "{}", repeating(17));
}

#[test]
fn the_same_seed_gives_the_same_bits_and_another_seed_another_series() {
    let with_seed = |seed| {
        mackey_glass(MackeyGlass {
            seed,
            ..MackeyGlass::default()
        })
        .unwrap()
    };
    assert_eq!(with_seed(4), with_seed(4));
    assert_ne!(with_seed(4).test, with_seed(5).test);
}

#[test]
fn a_series_that_settles_is_refused() {
    let error = mackey_glass(MackeyGlass {
        tau: 2.0,
        ..MackeyGlass::default()
    })
    .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("Mackey-Glass: tau = 2: the series settles"),
        "{error}"
    );
}

#[test]
fn impossible_options_are_refused_by_name() {
    let possible = MackeyGlass::default();
    for (options, start) in [
        (
            MackeyGlass {
                tau: f64::NAN,
                ..possible
            },
            "Mackey-Glass: tau = NaN: the delay",
        ),
        (
            MackeyGlass {
                tau: 0.5,
                ..possible
            },
            "Mackey-Glass: tau = 0.5: the delay",
        ),
        (
            MackeyGlass {
                tau: f64::INFINITY,
                ..possible
            },
            "Mackey-Glass: tau = inf: the delay",
        ),
        (
            MackeyGlass {
                horizon: 0,
                ..possible
            },
            "Mackey-Glass: horizon = 0: predict",
        ),
        (
            MackeyGlass {
                window: 0,
                ..possible
            },
            "Mackey-Glass: window = 0: a sequence",
        ),
        (
            MackeyGlass {
                test: 0,
                ..possible
            },
            "Mackey-Glass: test = 0: every set",
        ),
        (
            MackeyGlass {
                train: usize::MAX,
                ..possible
            },
            "Mackey-Glass: train = 18446744073709551615: with",
        ),
        (
            MackeyGlass {
                horizon: usize::MAX,
                ..possible
            },
            "Mackey-Glass: horizon = 18446744073709551615: it may",
        ),
        (
            MackeyGlass {
                gap: usize::MAX,
                ..possible
            },
            "Mackey-Glass: gap = 18446744073709551615: it may",
        ),
        (
            MackeyGlass {
                spacing: usize::MAX,
                ..possible
            },
            "Mackey-Glass: spacing = 18446744073709551615: it may",
        ),
    ] {
        let error = mackey_glass(options).unwrap_err().to_string();
        assert!(error.starts_with(start), "{error}");
    }
}
