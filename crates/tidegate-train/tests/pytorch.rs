//! Losses, optimisers, clipping and schedules give PyTorch's numbers. `reference/make_reference.py` wrote them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde::Deserialize;
use tidegate_cells::Batch;
use tidegate_train::losses::{LossSum, binary_cross_entropy, cross_entropy, mean_squared_error};
use tidegate_train::{DecayRanges, Optimiser, Plateau, Schedule, clip_by_global_norm, global_norm};

#[derive(Deserialize)]
struct Reference {
    optimisers: Vec<OptimiserCase>,
    losses: Vec<LossCase>,
    clipping: Vec<ClippingCase>,
    schedules: ScheduleCases,
}

#[derive(Deserialize)]
struct OptimiserCase {
    name: String,
    optimiser: Optimiser,
    learning_rate: f64,
    weight_decay: Option<f64>,
    start: Vec<f32>,
    gradients: Vec<Vec<f32>>,
    parameters_after: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct LossCase {
    name: String,
    steps: usize,
    batch: usize,
    width: usize,
    lengths: Vec<usize>,
    outputs: Vec<f32>,
    targets: Vec<f32>,
    sum: f64,
    gradient: Vec<f32>,
}

#[derive(Deserialize)]
struct ClippingCase {
    limit: f64,
    gradient: Vec<f32>,
    norm: f64,
    clipped: Vec<f32>,
}

#[derive(Deserialize)]
struct ScheduleCases {
    cosine: CosineCase,
    plateau: PlateauCase,
}

#[derive(Deserialize)]
struct CosineCase {
    learning_rate: f64,
    minimum: f64,
    batches: usize,
    rates: Vec<f64>,
}

#[derive(Deserialize)]
struct PlateauCase {
    learning_rate: f64,
    factor: f64,
    patience: usize,
    minimum: f64,
    losses: Vec<f64>,
    rates_after: Vec<f64>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("reference/pytorch.json")).unwrap()
}

/// Both come from f32 arithmetic in another order of operations: a few units of the last place.
fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let bound = 5e-7 * expected.abs().max(0.1);
        assert!(
            (found - expected).abs() <= bound,
            "{what}, {index}: {found} and {expected}"
        );
    }
}

#[test]
fn every_optimiser_follows_pytorch_for_six_updates() {
    for case in reference().optimisers {
        let mut parameters = case.start.clone();
        let mut state = case.optimiser.initial_state(parameters.len());
        let decay = DecayRanges::all(parameters.len());
        let weight_decay = case
            .weight_decay
            .unwrap_or_else(|| case.optimiser.default_weight_decay());
        for (update, (gradient, expected)) in case
            .gradients
            .iter()
            .zip(&case.parameters_after)
            .enumerate()
        {
            case.optimiser
                .update(
                    &mut parameters,
                    gradient,
                    &mut state,
                    case.learning_rate,
                    weight_decay,
                    &decay,
                )
                .unwrap();
            assert_close(
                &parameters,
                expected,
                &format!("{}, update {}", case.name, update + 1),
            );
        }
    }
}

#[test]
fn every_loss_of_a_ragged_batch_and_its_gradient_are_pytorchs() {
    for case in reference().losses {
        let batch = Batch::ragged(case.steps, &case.lengths);
        assert_eq!(batch.batch, case.batch);
        // What stands in the gradient before does not matter.
        let mut gradient = vec![f32::NAN; case.outputs.len()];
        let loss = match case.name.as_str() {
            "mean_squared_error" => mean_squared_error(
                &batch,
                case.width,
                &case.outputs,
                &case.targets,
                &mut gradient,
            ),
            "binary_cross_entropy" => binary_cross_entropy(
                &batch,
                case.width,
                &case.outputs,
                &case.targets,
                &mut gradient,
            ),
            "cross_entropy" => {
                let classes: Vec<u32> = case.targets.iter().map(|class| *class as u32).collect();
                cross_entropy(&batch, case.width, &case.outputs, &classes, &mut gradient)
            }
            other => panic!("{other}"),
        };
        let LossSum { sum, steps } = loss.unwrap();
        assert_eq!(steps, 6);
        assert!(
            (sum - case.sum).abs() <= 1e-6 * case.sum,
            "{}: {sum} and {}",
            case.name,
            case.sum
        );
        assert_close(&gradient, &case.gradient, &case.name);
    }
}

#[test]
fn clipping_by_the_global_norm_is_pytorchs() {
    for case in reference().clipping {
        let norm = global_norm(&case.gradient);
        assert!(
            (norm - case.norm).abs() <= 1e-6 * norm,
            "{norm} and {}",
            case.norm
        );
        let mut gradient = case.gradient.clone();
        clip_by_global_norm(&mut gradient, norm, case.limit);
        assert_close(&gradient, &case.clipped, "clipped");
    }
}

#[test]
fn the_cosine_schedule_is_pytorchs() {
    let case = reference().schedules.cosine;
    let schedule = Schedule::Cosine {
        warm_up_epochs: 0.0,
        minimum: case.minimum,
    };
    for (batch, expected) in case.rates.iter().enumerate() {
        let rate = schedule.rate(
            case.learning_rate,
            case.learning_rate,
            batch,
            case.batches / 3,
            3,
        );
        assert!(
            (rate - expected).abs() < 1e-12,
            "batch {batch}: {rate} and {expected}"
        );
    }
}

#[test]
fn the_plateau_schedule_is_pytorchs() {
    let case = reference().schedules.plateau;
    let schedule = Schedule::OnPlateau {
        factor: case.factor,
        patience: case.patience,
        minimum: case.minimum,
    };
    let mut plateau = Plateau::new(case.learning_rate);
    for (epoch, (loss, expected)) in case.losses.iter().zip(&case.rates_after).enumerate() {
        plateau.epoch_done(&schedule, *loss);
        assert!(
            (plateau.rate - expected).abs() < 1e-12,
            "epoch {epoch}: {} and {expected}",
            plateau.rate
        );
    }
}
