//! Tests of the choice of tokens.

use proptest::prelude::*;

use super::*;

fn sampler(temperature: f64, top_k: Option<usize>, top_p: Option<f64>) -> Sampler {
    Sampler::new(Sampling {
        temperature,
        top_k,
        top_p,
        seed: 7,
    })
    .unwrap()
}

/// Softmax at a temperature.
fn probabilities(logits: &[f32], temperature: f64) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let share = |logit: &f32| (f64::from(logit - largest) / temperature).exp();
    let shares: Vec<f64> = logits.iter().map(share).collect();
    let total: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / total).collect()
}

/// Tokens from the likeliest on, of equally likely ones the first.
fn ranking(logits: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..logits.len() as u32).collect();
    order.sort_by(|one, other| logits[*other as usize].total_cmp(&logits[*one as usize]));
    order
}

#[test]
fn tokens_come_as_often_as_their_probabilities_say() {
    let logits = [1.5_f32, -0.5, 0.0, 2.0, -3.0, 0.7];
    for temperature in [0.5, 1.0, 2.0] {
        let mut sampler = sampler(temperature, None, None);
        let draws = 60_000;
        let mut counts = [0_u32; 6];
        for _ in 0..draws {
            counts[sampler.draw(&logits, |_| true).unwrap() as usize] += 1;
        }
        let expected = probabilities(&logits, temperature);
        let statistic: f64 = counts
            .iter()
            .zip(&expected)
            .fold(0.0, |sum, (count, share)| {
                let expected = share * f64::from(draws);
                sum + (f64::from(*count) - expected).powi(2) / expected
            });
        // The 99.9 % quantile of the chi-square distribution with 5 degrees of freedom.
        assert!(
            statistic < 20.52,
            "at temperature {temperature}: {statistic}"
        );
    }
}

#[test]
fn at_temperature_zero_the_first_of_the_likeliest_is_taken() {
    let mut sampler = sampler(0.0, None, None);
    assert_eq!(sampler.draw(&[0.0, 2.0, 2.0, -1.0], |_| true), Some(1));
    assert_eq!(
        sampler.draw(&[0.0, 2.0, 2.0, -1.0], |token| token != 1),
        Some(2)
    );
}

#[test]
fn where_no_token_is_allowed_none_is_drawn() {
    assert_eq!(sampler(1.0, None, None).draw(&[0.0, 1.0], |_| false), None);
    assert_eq!(sampler(0.0, None, None).draw(&[], |_| true), None);
}

#[test]
fn options_out_of_range_are_named() {
    let default = Sampling::default();
    for (sampling, name) in [
        (
            Sampling {
                temperature: -0.1,
                ..default
            },
            "temperature",
        ),
        (
            Sampling {
                temperature: f64::NAN,
                ..default
            },
            "temperature",
        ),
        (
            Sampling {
                temperature: f64::INFINITY,
                ..default
            },
            "temperature",
        ),
        (
            Sampling {
                top_k: Some(0),
                ..default
            },
            "top_k",
        ),
        (
            Sampling {
                top_p: Some(0.0),
                ..default
            },
            "top_p",
        ),
        (
            Sampling {
                top_p: Some(1.1),
                ..default
            },
            "top_p",
        ),
        (
            Sampling {
                top_p: Some(f64::NAN),
                ..default
            },
            "top_p",
        ),
    ] {
        match Sampler::new(sampling) {
            Err(TrainError::Option { option, .. }) => assert_eq!(option, name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn only_the_likeliest_k_are_drawn(logits in prop::collection::vec(-4.0_f32..4.0, 1..20), k in 1_usize..25) {
        let mut sampler = sampler(1.0, Some(k), None);
        let ranking = ranking(&logits);
        for _ in 0..50 {
            let token = sampler.draw(&logits, |_| true).unwrap();
            prop_assert!(ranking[..k.min(logits.len())].contains(&token));
        }
    }

    #[test]
    fn only_the_nucleus_is_drawn(logits in prop::collection::vec(-4.0_f32..4.0, 1..20), share in 0.01_f64..1.0) {
        let mut sampler = sampler(1.0, None, Some(share));
        let probabilities = probabilities(&logits, 1.0);
        let ranking = ranking(&logits);
        for _ in 0..50 {
            let token = sampler.draw(&logits, |_| true).unwrap();
            // What is likelier does not add up to the share yet.
            let likelier = ranking.iter().take_while(|one| **one != token);
            let sum: f64 = likelier.map(|one| probabilities[*one as usize]).sum();
            prop_assert!(sum < share + 1e-12);
        }
    }

    #[test]
    fn a_temperature_near_zero_takes_the_likeliest(
        logits in prop::collection::hash_set(-1000_i32..1000, 1..20), seed in any::<u64>(),
    ) {
        // Distinct logits, at least 0.01 apart.
        let logits: Vec<f32> = logits.into_iter().map(|one| one as f32 / 100.0).collect();
        let sampling = Sampling { temperature: 1e-6, seed, ..Sampling::default() };
        let mut sampler = Sampler::new(sampling).unwrap();
        prop_assert_eq!(sampler.draw(&logits, |_| true), Some(ranking(&logits)[0]));
    }

    #[test]
    fn a_seed_gives_the_same_tokens(logits in prop::collection::vec(-4.0_f32..4.0, 1..20), seed in any::<u64>()) {
        let draw = || {
            let mut sampler = Sampler::new(Sampling { seed, ..Sampling::default() }).unwrap();
            (0..20).map(|_| sampler.draw(&logits, |_| true)).collect::<Vec<_>>()
        };
        prop_assert_eq!(draw(), draw());
    }

    #[test]
    fn only_allowed_tokens_are_drawn(logits in prop::collection::vec(-4.0_f32..4.0, 2..20), k in 1_usize..5) {
        let mut sampler = sampler(1.0, Some(k), Some(0.9));
        for _ in 0..20 {
            prop_assert_eq!(sampler.draw(&logits, |token| token % 2 == 1).unwrap() % 2, 1);
        }
    }
}
