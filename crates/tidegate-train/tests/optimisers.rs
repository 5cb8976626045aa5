//! Properties of the optimisers that no table of numbers shows.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use tidegate_cells::Tensor;
use tidegate_train::{DecayRanges, Optimiser, TrainError};

fn tensors() -> Vec<Tensor> {
    let tensor = |name: &str, shape: &[usize], offset| Tensor {
        name: name.into(),
        shape: shape.to_vec(),
        offset,
    };
    vec![tensor("weight", &[2, 2], 0), tensor("bias", &[2], 4)]
}

#[test]
fn biases_keep_their_size_where_they_do_not_decay() {
    for optimiser in [
        Optimiser::adam_w(),
        Optimiser::rms_prop(),
        Optimiser::sgd(0.9),
    ] {
        let mut parameters = [1.0_f32; 6];
        let mut state = optimiser.initial_state(6);
        let decay = DecayRanges::matrices(&tensors());
        optimiser
            .update(&mut parameters, &[0.0; 6], &mut state, 0.1, 0.5, &decay)
            .unwrap();
        assert!(
            parameters[..4].iter().all(|p| *p < 1.0),
            "{optimiser:?}: {parameters:?}"
        );
        assert_eq!(parameters[4..], [1.0; 2], "{optimiser:?}");
    }
}

#[test]
fn cutting_the_parameters_into_ranges_changes_no_bit() {
    for optimiser in [
        Optimiser::adam_w(),
        Optimiser::rms_prop(),
        Optimiser::sgd(0.9),
    ] {
        let results = [DecayRanges::all(6), DecayRanges::matrices(&tensors())].map(|decay| {
            let mut parameters = [0.3_f32, -1.0, 2.0, 0.1, 0.7, -0.2];
            let mut state = optimiser.initial_state(6);
            for scale in [1.0, -0.5, 3.0] {
                let gradient = [0.1, 0.2, -0.3, 0.4, -0.5, 0.6].map(|value: f32| value * scale);
                optimiser
                    .update(&mut parameters, &gradient, &mut state, 0.1, 0.0, &decay)
                    .unwrap();
            }
            (parameters, state)
        });
        assert_eq!(results[0], results[1]);
    }
}

#[test]
fn a_state_or_gradient_of_another_size_is_refused() {
    let optimiser = Optimiser::adam_w();
    let decay = DecayRanges::all(3);
    let update = |gradient: usize, state: usize| {
        let mut state = optimiser.initial_state(state);
        optimiser.update(
            &mut [0.0; 3],
            &vec![0.0; gradient],
            &mut state,
            0.1,
            0.0,
            &decay,
        )
    };
    assert!(update(3, 3).is_ok());
    assert!(matches!(
        update(2, 3),
        Err(TrainError::OptimiserState { parameters: 3 })
    ));
    assert!(matches!(
        update(3, 4),
        Err(TrainError::OptimiserState { parameters: 3 })
    ));
    let mut other = Optimiser::sgd(0.0).initial_state(3);
    assert!(
        optimiser
            .update(&mut [0.0; 3], &[0.0; 3], &mut other, 0.1, 0.0, &decay)
            .is_err()
    );
}
