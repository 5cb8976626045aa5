//! The gradient of the loss with respect to the states before it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use support::running_mean;
use tidegate_cells::{Activation, Batch, Cell, Gru, Lstm, Rnn, Stack, State};
use tidegate_data::{InputKind, Inputs, Sequence, SequenceSet, Supervision, TargetKind, Targets};
use tidegate_model::{BatchInputs, InputLayer, Model, ModelConfiguration, Readout};
use tidegate_train::{MeanNorm, StateGradients, TrainError, state_gradient_norms};

fn model(cell: Cell, layers: usize, readout: Readout) -> Model {
    let mut recurrent = Stack::new(cell, 1, 5);
    recurrent.layers = layers;
    let configuration = ModelConfiguration::new(InputLayer::Features, recurrent, 1, readout);
    let model = Model::new(configuration.clone(), 3).unwrap();
    // Larger weights than the initial ones, so that no gradient is lost in rounding.
    let parameters = model.parameters().iter().map(|value| 1.5 * value).collect();
    Model::from_parameters(configuration, parameters).unwrap()
}

fn readout(supervision: Supervision) -> Readout {
    match supervision {
        Supervision::EveryStep => Readout::EveryStep,
        Supervision::LastStep => Readout::LastStep,
    }
}

fn cells() -> [Cell; 3] {
    [
        Cell::Gru(Gru::default()),
        Cell::Lstm(Lstm::default()),
        Cell::Rnn(Rnn {
            activation: Activation::Tanh,
        }),
    ]
}

fn parts(sequence: &Sequence) -> (&[f32], f64) {
    match sequence {
        Sequence {
            inputs: Inputs::Features { values, .. },
            targets: Targets::Values(targets),
        } => (values, f64::from(*targets.last().unwrap())),
        other => panic!("not a regression on features: {other:?}"),
    }
}

/// Moves a state on and gives the last output.
fn run(model: &Model, values: &[f32], state: &mut State) -> f64 {
    let mut outputs = Vec::new();
    let inputs = BatchInputs::Features(values);
    let batch = Batch::full(values.len(), 1);
    model.forward(&batch, &inputs, state, &mut outputs).unwrap();
    f64::from(outputs.last().copied().unwrap_or_default())
}

/// Norms of the loss's gradient by central differences, for the hidden and for the cell state.
fn differences(model: &Model, sequence: &Sequence, lag: usize) -> [f64; 2] {
    const STEP: f32 = 1.0 / 64.0;
    let (values, target) = parts(sequence);
    let border = values.len() - lag;
    let mut carried = model.zero_state(1);
    run(model, &values[..border], &mut carried);
    let loss = |mut state: State| (run(model, &values[border..], &mut state) - target).powi(2);
    let slope = |part: fn(&mut State) -> &mut Vec<f32>, index: usize| {
        let moved = |by: f32| {
            let mut state = carried.clone();
            part(&mut state)[index] += by;
            loss(state)
        };
        (moved(STEP) - moved(-STEP)) / f64::from(2.0 * STEP)
    };
    let norm = |part: fn(&mut State) -> &mut Vec<f32>| {
        let count = part(&mut carried.clone()).len();
        let squares = (0..count).map(|index| slope(part, index).powi(2));
        squares.sum::<f64>().sqrt()
    };
    [
        norm(|state| &mut state.hidden),
        norm(|state| &mut state.cell),
    ]
}

/// As near as differences of outputs in f32 can tell.
fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 5e-3 * expected + 5e-6
}

#[test]
fn norms_are_those_of_finite_differences_of_the_last_loss() {
    let lags = [1, 4, 2, 19, 37];
    for supervision in [Supervision::LastStep, Supervision::EveryStep] {
        let set = running_mean(supervision, &[40], 7);
        for cell in cells() {
            for layers in [1, 2] {
                let model = model(cell, layers, readout(supervision));
                let found = state_gradient_norms(&model, &set, &[0], &lags).unwrap();
                for (&lag, norms) in lags.iter().zip(&found.lags) {
                    assert_eq!((norms.lag, norms.sequences, norms.too_short), (lag, 1, 0));
                    let [hidden, cell_state] = differences(&model, &set.sequences[0], lag);
                    let place = format!("{cell:?}, {layers} layers, {supervision:?}, lag {lag}");
                    let norm = norms.hidden.unwrap().arithmetic;
                    assert!(close(norm, hidden), "{place}: {norm}, {hidden}");
                    assert_eq!(norms.cell.is_some(), cell.carries_cell());
                    if let Some(norm) = norms.cell {
                        let norm = norm.arithmetic;
                        assert!(close(norm, cell_state), "{place}: {norm}, {cell_state}");
                    }
                }
                // Not all zero, or nothing was compared.
                assert!(found.lags[1].hidden.unwrap().arithmetic > 1e-4);
            }
        }
    }
}

#[test]
fn at_lag_0_the_gradient_is_the_heads() {
    for supervision in [Supervision::LastStep, Supervision::EveryStep] {
        let set = running_mean(supervision, &[6, 9, 6], 7);
        for cell in cells() {
            let model = model(cell, 2, readout(supervision));
            let head = model
                .tensors()
                .iter()
                .find(|tensor| tensor.name == "head.weight")
                .unwrap();
            let weights = &model.parameters()[head.range()];
            let norm = weights
                .iter()
                .map(|&weight| f64::from(weight).powi(2))
                .sum::<f64>()
                .sqrt();
            let expected: Vec<f64> = [1, 2]
                .map(|row| {
                    let (values, target) = parts(&set.sequences[row]);
                    let output = run(&model, values, &mut model.zero_state(1));
                    2.0 * (output - target).abs() * norm
                })
                .to_vec();
            let found = state_gradient_norms(&model, &set, &[2, 1], &[0]).unwrap();
            let means = found.lags[0].hidden.unwrap();
            let arithmetic = (expected[0] + expected[1]) / 2.0;
            let geometric = (expected[0] * expected[1]).sqrt();
            assert!((means.arithmetic / arithmetic - 1.0).abs() < 1e-4);
            assert!((means.geometric / geometric - 1.0).abs() < 1e-4);
            let zero = MeanNorm {
                geometric: 0.0,
                arithmetic: 0.0,
                zeros: 2,
            };
            assert_eq!(found.lags[0].cell, cell.carries_cell().then_some(zero));
        }
    }
}

#[test]
fn lags_count_from_each_sequences_own_end_and_short_ones_are_left_out() {
    let set = running_mean(Supervision::LastStep, &[5, 12, 5, 3], 1);
    let model = model(cells()[0], 1, Readout::LastStep);
    let all = state_gradient_norms(&model, &set, &[0, 1, 2, 3], &[2, 4, 5, 12]).unwrap();
    let counts: Vec<(usize, usize)> = all
        .lags
        .iter()
        .map(|norms| (norms.sequences, norms.too_short))
        .collect();
    assert_eq!(counts, [(4, 0), (3, 1), (1, 3), (0, 4)]);
    assert_eq!(all.lags[3].hidden, None);
    let norm = |row: usize, lag: usize| {
        let found = state_gradient_norms(&model, &set, &[row], &[lag]).unwrap();
        found.lags[0].hidden.unwrap().arithmetic
    };
    let expected = (norm(0, 4) + norm(1, 4) + norm(2, 4)) / 3.0;
    assert!((all.lags[1].hidden.unwrap().arithmetic / expected - 1.0).abs() < 1e-5);
    let json = serde_json::to_string(&all).unwrap();
    assert_eq!(serde_json::from_str::<StateGradients>(&json).unwrap(), all);
}

#[test]
fn what_shrinks_or_grows_beyond_f32_is_still_read() {
    // One unit at rest: each step back multiplies the gradient by the recurrent weight.
    let cell = Cell::Rnn(Rnn {
        activation: Activation::Tanh,
    });
    let recurrent = Stack::new(cell, 1, 1);
    let configuration =
        ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
    let mut model = Model::new(configuration, 1).unwrap();
    let sequence = Sequence {
        inputs: Inputs::Features {
            size: 1,
            values: vec![0.0; 400],
        },
        targets: Targets::Values(vec![1.0]),
    };
    let set = SequenceSet::new(
        InputKind::Features { size: 1 },
        TargetKind::Values { size: 1 },
        Supervision::LastStep,
        vec![sequence; 40],
    )
    .unwrap();
    let rows: Vec<usize> = (0..40).collect();
    let mut norms = |weight: f32| {
        let mut parameters = model.parameters().to_vec();
        for tensor in model.tensors() {
            let value = match tensor.name.as_str() {
                "recurrent.weight_hh_l0" => weight,
                "head.weight" => 0.5,
                _ => 0.0,
            };
            parameters[tensor.range()].fill(value);
        }
        model.set_parameters(&parameters).unwrap();
        let found = state_gradient_norms(&model, &set, &rows, &[0, 100, 399]).unwrap();
        [0, 1, 2].map(|index| found.lags[index].hidden.unwrap())
    };
    for (weight, lag_100) in [(0.125, 2f64.powi(-300)), (4.0, 2f64.powi(200))] {
        let [near, far, _] = norms(weight);
        assert!((near.arithmetic - 1.0).abs() < 1e-9);
        assert!((far.arithmetic / lag_100 - 1.0).abs() < 1e-9, "{far:?}");
        assert!((far.geometric / lag_100 - 1.0).abs() < 1e-9, "{far:?}");
        assert_eq!(far.zeros, 0);
    }
    let [.., vanished] = norms(0.125);
    assert_eq!((vanished.geometric, vanished.zeros), (0.0, 40));
    assert_eq!(norms(0.0)[1].zeros, 40);
}

#[test]
fn what_cannot_be_measured_is_refused_by_name() {
    let set = running_mean(Supervision::LastStep, &[5, 7], 1);
    let sound = model(cells()[0], 1, Readout::LastStep);
    let refused = |model: &Model, rows: &[usize], lags: &[usize]| match state_gradient_norms(
        model, &set, rows, lags,
    ) {
        Err(TrainError::Option { option, .. }) => option,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&sound, &[], &[1]), "rows");
    assert_eq!(refused(&sound, &[2], &[1]), "rows");
    assert_eq!(refused(&sound, &[0], &[]), "lags");
    let mut recurrent = Stack::new(cells()[0], 1, 5);
    recurrent.bidirectional = true;
    let both = ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
    assert_eq!(refused(&Model::new(both, 1).unwrap(), &[0], &[1]), "model");
    let every = model(cells()[0], 1, Readout::EveryStep);
    assert!(matches!(
        state_gradient_norms(&every, &set, &[0], &[1]),
        Err(TrainError::Mismatch { .. })
    ));
}
