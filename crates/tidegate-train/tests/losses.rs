//! Losses against their definitions in f64, over batches of any shape.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use tidegate_cells::Batch;
use tidegate_train::TrainError;
use tidegate_train::losses::{
    LossSum, binary_cross_entropy, cross_entropy, mean_squared_error, weighted_cross_entropy,
};

/// A batch with outputs and draws between 0 and 1 to make targets of.
#[derive(Clone, Debug)]
struct Case {
    steps: usize,
    width: usize,
    lengths: Vec<usize>,
    outputs: Vec<f32>,
    draws: Vec<f32>,
}

fn cases() -> impl Strategy<Value = Case> {
    (
        1..5_usize,
        1..5_usize,
        1..20_usize,
        prop::sample::select(vec![1.0_f32, 30.0, 1e4]),
    )
        .prop_flat_map(|(steps, batch, width, size)| {
            let count = steps * batch * width;
            (
                prop::collection::vec(0..=steps, batch),
                prop::collection::vec(-size..size, count),
                prop::collection::vec(0.0_f32..1.0, count),
            )
                .prop_map(move |(lengths, outputs, draws)| Case {
                    steps,
                    width,
                    lengths,
                    outputs,
                    draws,
                })
        })
}

/// The definition: per real row a loss and its gradient, in f64.
fn expected(
    case: &Case,
    row_loss: impl Fn(usize, &[f64]) -> (f64, Vec<f64>),
) -> (LossSum, Vec<f64>) {
    let batch = case.lengths.len();
    let steps: usize = case.lengths.iter().sum();
    let mut gradient = vec![0.0; case.outputs.len()];
    let mut sum = 0.0;
    for (row, outputs) in case.outputs.chunks(case.width).enumerate() {
        if row / batch < case.lengths[row % batch] {
            let outputs: Vec<f64> = outputs.iter().map(|x| f64::from(*x)).collect();
            let (loss, slopes) = row_loss(row, &outputs);
            sum += loss;
            for (target, slope) in gradient[row * case.width..].iter_mut().zip(slopes) {
                *target = slope / steps as f64;
            }
        }
    }
    (LossSum { sum, steps }, gradient)
}

fn check(
    found: LossSum,
    gradient: &[f32],
    expected: (LossSum, Vec<f64>),
) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.steps, expected.0.steps);
    let (a, b) = (found.sum, expected.0.sum);
    prop_assert!(
        (a - b).abs() <= 1e-6 * b.abs() + 1e-6 * found.steps as f64,
        "sum {} and {}",
        a,
        b
    );
    for (a, b) in gradient.iter().zip(&expected.1) {
        // Each element for itself; the definition in f64 loses what lies below 1e-15.
        prop_assert!(
            (f64::from(*a) - b).abs() <= 2e-6 * b.abs() + 1e-15,
            "gradient {} and {}",
            a,
            b
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_mean_squared_error_is_its_definition(case in cases()) {
        let mut gradient = vec![f32::NAN; case.outputs.len()];
        let batch = Batch::ragged(case.steps, &case.lengths);
        let found = mean_squared_error(&batch, case.width, &case.outputs, &case.draws, &mut gradient).unwrap();
        let expected = expected(&case, |row, outputs| {
            let differences = outputs.iter().zip(&case.draws[row * case.width..]).map(|(x, y)| x - f64::from(*y));
            let width = case.width as f64;
            (differences.clone().map(|d| d * d).sum::<f64>() / width, differences.map(|d| 2.0 * d / width).collect())
        });
        check(found, &gradient, expected)?;
    }

    #[test]
    fn the_cross_entropy_is_its_definition(case in cases()) {
        let mut gradient = vec![f32::NAN; case.outputs.len()];
        let classes: Vec<u32> =
            case.draws.chunks(case.width).map(|draw| (draw[0] * case.width as f32) as u32).collect();
        let classes: Vec<u32> = classes.iter().map(|class| (*class).min(case.width as u32 - 1)).collect();
        let batch = Batch::ragged(case.steps, &case.lengths);
        let found = cross_entropy(&batch, case.width, &case.outputs, &classes, &mut gradient).unwrap();
        let expected = expected(&case, |row, outputs| {
            let largest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = outputs.iter().map(|x| (x - largest).exp()).sum();
            let class = classes[row] as usize;
            let mut slopes: Vec<f64> = outputs.iter().map(|x| (x - largest).exp() / total).collect();
            slopes[class] -= 1.0;
            (total.ln() + largest - outputs[class], slopes)
        });
        check(found, &gradient, expected)?;
    }

    #[test]
    fn weights_multiply_loss_and_gradient_of_their_class(case in cases(), weights in prop::collection::vec(0.01..9.0_f64, 20)) {
        let weights = &weights[..case.width];
        let classes: Vec<u32> = case
            .draws
            .chunks(case.width)
            .map(|draw| ((draw[0] * case.width as f32) as u32).min(case.width as u32 - 1))
            .collect();
        let batch = Batch::ragged(case.steps, &case.lengths);
        let mut gradient = vec![f32::NAN; case.outputs.len()];
        let found = weighted_cross_entropy(&batch, weights, &case.outputs, &classes, &mut gradient).unwrap();
        let expected = expected(&case, |row, outputs| {
            let largest = outputs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = outputs.iter().map(|x| (x - largest).exp()).sum();
            let class = classes[row] as usize;
            let mut slopes: Vec<f64> = outputs.iter().map(|x| (x - largest).exp() / total).collect();
            slopes[class] -= 1.0;
            slopes.iter_mut().for_each(|slope| *slope *= weights[class]);
            (weights[class] * (total.ln() + largest - outputs[class]), slopes)
        });
        check(found, &gradient, expected)?;
        let mut plain = gradient.clone();
        cross_entropy(&batch, case.width, &case.outputs, &classes, &mut plain).unwrap();
        weighted_cross_entropy(&batch, &vec![1.0; case.width], &case.outputs, &classes, &mut gradient).unwrap();
        prop_assert_eq!(gradient, plain);
    }

    #[test]
    fn the_binary_cross_entropy_is_its_definition(case in cases()) {
        let mut gradient = vec![f32::NAN; case.outputs.len()];
        let labels: Vec<f32> = case.draws.iter().map(|draw| f32::from(*draw > 0.5)).collect();
        let batch = Batch::ragged(case.steps, &case.lengths);
        let found = binary_cross_entropy(&batch, case.width, &case.outputs, &labels, &mut gradient).unwrap();
        let expected = expected(&case, |row, outputs| {
            let pairs = || outputs.iter().zip(&labels[row * case.width..]);
            let losses = pairs().map(|(x, y)| x.max(0.0) - x * f64::from(*y) + (-x.abs()).exp().ln_1p());
            (losses.sum(), pairs().map(|(x, y)| 1.0 / (1.0 + (-x).exp()) - f64::from(*y)).collect())
        });
        check(found, &gradient, expected)?;
    }

    #[test]
    fn padding_contributes_nothing(case in cases(), bad in prop::sample::select(vec![f32::NAN, 1e30])) {
        let batch = Batch::ragged(case.steps, &case.lengths);
        let mut spoiled = case.clone();
        for (row, outputs) in spoiled.outputs.chunks_mut(case.width).enumerate() {
            if row / case.lengths.len() >= case.lengths[row % case.lengths.len()] {
                outputs.fill(bad);
            }
        }
        for loss in [mean_squared_error, binary_cross_entropy] {
            let (mut one, mut two) = (case.outputs.clone(), case.outputs.clone());
            let clean = loss(&batch, case.width, &case.outputs, &case.draws, &mut one).unwrap();
            prop_assert_eq!(loss(&batch, case.width, &spoiled.outputs, &case.draws, &mut two).unwrap(), clean);
            prop_assert_eq!(one, two);
        }
    }

    #[test]
    fn one_output_that_is_not_a_number_makes_every_loss_not_finite(case in cases(), place in any::<usize>()) {
        let rows = case.outputs.len() / case.width;
        let batch = Batch::full(case.steps, case.lengths.len());
        let mut outputs = case.outputs.clone();
        let place = place % outputs.len();
        outputs[place] = f32::NAN;
        let mut gradient = outputs.clone();
        for loss in [mean_squared_error, binary_cross_entropy] {
            let found = loss(&batch, case.width, &outputs, &case.draws, &mut gradient).unwrap();
            prop_assert!(!found.sum.is_finite());
        }
        let found = cross_entropy(&batch, case.width, &outputs, &vec![0; rows], &mut gradient).unwrap();
        prop_assert!(!found.sum.is_finite());
    }
}

#[test]
fn a_class_beyond_the_outputs_is_named_with_its_place() {
    let error = cross_entropy(
        &Batch::full(2, 2),
        3,
        &[0.0; 12],
        &[0, 2, 1, 3],
        &mut [0.0; 12],
    )
    .unwrap_err();
    assert!(
        matches!(
            error,
            TrainError::Class {
                class: 3,
                classes: 3,
                step: 1,
                sequence: 1
            }
        ),
        "{error}"
    );
}

#[test]
fn buffers_of_another_length_are_refused() {
    let batch = Batch::full(2, 2);
    let error = mean_squared_error(&batch, 3, &[0.0; 11], &[0.0; 12], &mut [0.0; 12]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("outputs: found 11 values for 2 steps × 2 sequences × 3"),
        "{error}"
    );
    assert!(cross_entropy(&batch, 3, &[0.0; 12], &[0; 3], &mut [0.0; 12]).is_err());
    assert!(binary_cross_entropy(&batch, 3, &[0.0; 12], &[0.0; 12], &mut [0.0; 2]).is_err());
    assert!(
        mean_squared_error(
            &Batch::ragged(2, &[3, 0]),
            3,
            &[0.0; 12],
            &[0.0; 12],
            &mut [0.0; 12]
        )
        .is_err()
    );
}

#[test]
fn what_is_refused_leaves_the_gradient_as_it_was() {
    let batch = Batch::ragged(2, &[2, 1]);
    let mut gradient = [7.0; 12];
    let error = cross_entropy(&batch, 3, &[0.0; 12], &[0, 1, 3, 9], &mut gradient).unwrap_err();
    // The second step of the second sequence is padding, so only the first sequence's is at fault.
    assert!(
        matches!(
            error,
            TrainError::Class {
                class: 3,
                classes: 3,
                step: 1,
                sequence: 0
            }
        ),
        "{error}"
    );
    assert_eq!(gradient, [7.0; 12]);
    assert!(mean_squared_error(&batch, 3, &[0.0; 12], &[0.0; 11], &mut gradient).is_err());
    assert!(binary_cross_entropy(&batch, 3, &[0.0; 11], &[0.0; 12], &mut gradient).is_err());
    assert_eq!(gradient, [7.0; 12]);
}
