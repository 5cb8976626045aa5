//! A chain of layers computes what the model that it came from computes, whole and step by step.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use std::sync::Arc;

use tidegate_cells::{Batch, Cell, Gru, Lstm, Mgu, Reset, Rnn, Stack};
use tidegate_exchange::{
    Activation, ExchangeError, Input, Layer, Network, NetworkRunner, NetworkStream,
};
use tidegate_model::{BatchInputs, InputLayer, Model, ModelConfiguration, Readout};

const READOUTS: [Readout; 4] = [
    Readout::EveryStep,
    Readout::LastStep,
    Readout::Mean,
    Readout::Attention,
];
const LENGTHS: [usize; 4] = [5, 0, 3, 1];

fn cells() -> [Cell; 5] {
    [
        Cell::Gru(Gru::default()),
        Cell::Gru(Gru {
            reset: Reset::Before,
            ..Gru::default()
        }),
        Cell::Lstm(Lstm { peepholes: true }),
        Cell::Rnn(Rnn::default()),
        Cell::Mgu(Mgu {}),
    ]
}

fn models() -> Vec<Model> {
    let mut models = Vec::new();
    for (index, cell) in cells().into_iter().enumerate() {
        for readout in READOUTS {
            for vocabulary in [None, Some(6)] {
                let mut stack = Stack::new(cell, 3, 5);
                stack.layers = 1 + index % 2;
                stack.bidirectional = vocabulary.is_some();
                let input =
                    vocabulary.map_or(InputLayer::Features, |vocabulary| InputLayer::Embedding {
                        vocabulary,
                        size: 3,
                    });
                models.push(ModelConfiguration::new(input, stack.clone(), 2, readout));
                models.push(ModelConfiguration::headless(input, stack, readout));
            }
        }
    }
    models
        .into_iter()
        .map(|configuration| Model::new(configuration, 5).unwrap())
        .collect()
}

fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|index| (index as f32 * 0.7).sin()).collect()
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn a_model_and_its_chain_of_layers_give_the_same_bits_over_a_ragged_batch() {
    let (features, tokens) = (numbers(5 * 4 * 3), [3u32; 20]);
    for model in models() {
        let inputs = match model.configuration().input {
            InputLayer::Features => BatchInputs::Features(&features),
            InputLayer::Embedding { .. } => BatchInputs::Tokens(&tokens),
        };
        for batch in [
            Batch::full(5, 4),
            Batch::ragged(5, &LENGTHS),
            Batch::full(0, 4),
            Batch::full(5, 0),
        ] {
            let rows = batch.steps * batch.batch;
            let inputs = match inputs {
                BatchInputs::Features(values) => BatchInputs::Features(&values[..rows * 3]),
                BatchInputs::Tokens(tokens) => BatchInputs::Tokens(&tokens[..rows]),
            };
            let (mut state, mut expected) = (model.zero_state(batch.batch), Vec::new());
            model
                .forward(&batch, &inputs, &mut state, &mut expected)
                .unwrap();
            let network = Network::from_model(&model);
            let runner = NetworkRunner::new(network.clone()).unwrap();
            let mut states = runner.zero_states(batch.batch);
            let found = runner.run(&batch, &inputs, &mut states).unwrap();
            assert_eq!(
                bits(&found.values),
                bits(&expected),
                "{:?}",
                model.configuration()
            );
            assert_eq!(states, [state]);
            assert_eq!(found.width, model.configuration().outputs);
            assert_eq!(
                (found.width, found.every_step),
                (network.output_size(), network.every_step())
            );
        }
    }
}

#[test]
fn what_stands_past_a_sequences_end_is_never_read() {
    let mut network = chain();
    let mut clean = numbers(5 * 4 * 2);
    let mut dirty = clean.clone();
    let batch = Batch::ragged(5, &LENGTHS);
    for position in 0..5 * 4 {
        if position / 4 >= LENGTHS[position % 4] {
            clean[position * 2..][..2].fill(0.0);
            dirty[position * 2..][..2].fill(f32::NAN);
        }
    }
    assert!(dirty.iter().any(|value| value.is_nan()));
    for pooled in [false, true] {
        if pooled {
            network.layers.insert(5, Layer::Mean);
        }
        let run = |values: &[f32]| network.run(&batch, &BatchInputs::Features(values));
        assert_eq!(run(&dirty).unwrap(), run(&clean).unwrap());
    }
    let first = dirty.iter().position(|value| !value.is_nan()).unwrap();
    dirty[first] = f32::NAN;
    let error = network.run(&batch, &BatchInputs::Features(&dirty));
    assert!(error.unwrap_err().to_string().contains("step 0"));
}

#[test]
fn a_model_comes_back_from_its_chain_of_layers() {
    for model in models() {
        let back = Network::from_model(&model).to_model().unwrap();
        assert_eq!(back.configuration(), model.configuration());
        assert_eq!(bits(back.parameters()), bits(model.parameters()));
    }
}

#[test]
fn a_network_taken_apart_is_put_together_again_to_the_bit() {
    for network in models().iter().map(Network::from_model).chain([chain()]) {
        let parts = network.to_parts();
        assert_eq!(Network::of_parts(parts.clone()).unwrap(), network);
        let refusal = |change: &dyn Fn(&mut Vec<Vec<f32>>)| {
            let mut changed = parts.clone();
            change(&mut changed.arrays);
            Network::of_parts(changed).unwrap_err().to_string()
        };
        assert!(refusal(&|arrays| drop(arrays.pop())).contains("missing"));
        assert!(refusal(&|arrays| arrays.push(vec![1.0])).contains("more arrays"));
        assert!(refusal(&|arrays| arrays[0].truncate(1)).contains("layer 1"));
    }
}

#[test]
fn a_stream_gives_the_bits_of_the_whole_sequence_or_says_which_layer_needs_it() {
    let (features, tokens) = (numbers(6 * 2 * 3), [1, 2, 3, 4, 5, 0, 0, 1, 2, 3, 3, 3]);
    for model in models() {
        let network = Network::from_model(&model);
        let runner = Arc::new(NetworkRunner::new(network.clone()).unwrap());
        let stream = NetworkStream::new(runner.clone(), 2);
        let configuration = model.configuration();
        assert_eq!(stream.is_err(), configuration.needs_whole_sequences());
        assert_eq!(
            network.needs_whole_sequences(),
            configuration.needs_whole_sequences()
        );
        let mut stream = match stream {
            Ok(stream) => stream,
            Err(error) => {
                let name = configuration.recurrent.cell.name();
                let named = [name, "mean", "attention"]
                    .iter()
                    .any(|name| error.to_string().contains(&format!("({name})")));
                assert!(named, "{error}");
                continue;
            }
        };
        let inputs = |from: usize, to: usize| match configuration.input {
            InputLayer::Features => BatchInputs::Features(&features[from * 6..to * 6]),
            InputLayer::Embedding { .. } => BatchInputs::Tokens(&tokens[from * 2..to * 2]),
        };
        let mut kept = None;
        for step in 0..6 {
            if step == 3 {
                kept = Some(stream.snapshot());
            }
            let stepped = stream.step(&inputs(step, step + 1)).unwrap();
            let whole = network
                .run(&Batch::full(step + 1, 2), &inputs(0, step + 1))
                .unwrap();
            let last = whole.values.len() - stepped.len();
            assert_eq!(bits(&stepped), bits(&whole.values[last..]), "step {step}");
        }
        let last = stream.snapshot();
        stream.restore(kept.unwrap()).unwrap();
        for step in 3..6 {
            stream.step(&inputs(step, step + 1)).unwrap();
        }
        assert_eq!(stream.snapshot(), last);
        stream.reset();
        assert_eq!(stream.snapshot(), runner.zero_states(2));
    }
}

/// Dense, GRU, GRU, softmax over 2 features.
fn chain() -> Network {
    let gru = Stack::new(Cell::Gru(Gru::default()), 3, 3);
    let recurrent = || Layer::Recurrent {
        stack: gru.clone(),
        weights: numbers(gru.parameter_count()),
    };
    Network {
        input: Input::Features(2),
        layers: vec![
            Layer::Scale {
                offset: vec![1.0, 2.0],
                factor: vec![0.5, 0.25],
            },
            Layer::Dense {
                weight: numbers(6),
                bias: numbers(3),
            },
            Layer::Activation(Activation::Tanh),
            recurrent(),
            recurrent(),
            Layer::Activation(Activation::Relu),
            Layer::Dense {
                weight: numbers(6),
                bias: numbers(2),
            },
            Layer::Activation(Activation::Softmax),
        ],
    }
}

#[test]
fn scaling_dense_layers_and_activations_are_what_their_names_say() {
    let network = Network {
        input: Input::Features(2),
        layers: vec![
            Layer::Scale {
                offset: vec![1.0, 2.0],
                factor: vec![2.0, 10.0],
            },
            Layer::Dense {
                weight: vec![1.0, 0.0, 0.0, 1.0],
                bias: vec![0.5, -20.0],
            },
        ],
    };
    let with = |activation| {
        let mut network = network.clone();
        network.layers.extend(activation);
        network
            .run(&Batch::full(1, 1), &BatchInputs::Features(&[2.0, 3.0]))
            .unwrap()
            .values
    };
    assert_eq!(with(None), [2.5, -10.0]);
    assert_eq!(with(Some(Layer::Activation(Activation::Relu))), [2.5, 0.0]);
    assert_eq!(
        with(Some(Layer::Activation(Activation::Tanh))),
        [2.5f32.tanh(), (-10f32).tanh()]
    );
    let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
    assert_eq!(
        with(Some(Layer::Activation(Activation::Sigmoid))),
        [sigmoid(2.5), sigmoid(-10.0)]
    );
    let softmax = with(Some(Layer::Activation(Activation::Softmax)));
    assert!(
        (softmax[0] - sigmoid(12.5)).abs() < 1e-6 && (softmax[0] + softmax[1] - 1.0).abs() < 1e-6
    );
}

#[test]
fn recurrent_layers_that_are_alike_become_one_stack() {
    let mut network = chain();
    network.layers = network.layers[3..5].to_vec();
    network.input = Input::Features(3);
    let model = network.to_model().unwrap();
    assert_eq!(model.configuration().recurrent.layers, 2);
    let features = numbers(4 * 3);
    let (mut state, mut outputs) = (model.zero_state(1), Vec::new());
    model
        .forward(
            &Batch::full(4, 1),
            &BatchInputs::Features(&features),
            &mut state,
            &mut outputs,
        )
        .unwrap();
    let whole = network
        .run(&Batch::full(4, 1), &BatchInputs::Features(&features))
        .unwrap();
    assert_eq!(bits(&outputs), bits(&whole.values));
}

#[test]
fn what_a_model_file_cannot_hold_is_named() {
    let error = chain().to_model().unwrap_err().to_string();
    assert!(
        error.starts_with("layer 1 (scale): ") && error.contains("a model file"),
        "{error}"
    );
    let mut network = chain();
    network.layers.drain(..3);
    network.input = Input::Features(3);
    let error = network.to_model().unwrap_err().to_string();
    assert!(error.starts_with("layer 3 (relu): "), "{error}");
}

#[test]
fn layers_that_do_not_fit_are_named_with_both_sizes() {
    let refusal = |change: fn(&mut Network)| {
        let mut network = chain();
        change(&mut network);
        let error = network.validate().unwrap_err();
        assert!(matches!(error, ExchangeError::Malformed { .. }));
        error.to_string()
    };
    assert_eq!(refusal(|n| n.layers.clear()), "network: has no layer");
    assert!(refusal(|n| n.input = Input::Features(0)).contains("input"));
    assert!(
        refusal(|n| n.input = Input::Tokens { vocabulary: 2 })
            .contains("layer 1 (scale): reads tokens")
    );
    assert_eq!(
        refusal(|n| n.input = Input::Features(3)),
        "layer 1 (scale): offset has 2 values, expected [3]"
    );
    assert!(
        refusal(|n| {
            n.layers.remove(1);
        })
        .starts_with("layer 3 (gru): reads 3 features, but 2 come from below")
    );
    assert!(
        refusal(|n| n.layers.insert(3, Layer::Mean))
            .starts_with("layer 5 (gru): needs a row for each step")
    );
    assert!(
        refusal(|n| n.layers.insert(3, Layer::FinalState))
            .starts_with("layer 4 (final state): must stand directly on")
    );
    assert!(
        refusal(|n| n.layers.extend([Layer::Mean, Layer::Mean]))
            .starts_with("layer 10 (mean): pools over steps")
    );
    let nan = |n: &mut Network| {
        let Layer::Recurrent { weights, .. } = &mut n.layers[3] else {
            panic!()
        };
        weights[4] = f32::NAN;
    };
    assert!(refusal(nan).starts_with("layer 4 (gru): weight_ih_l0[1, 1] is NaN"));
}

#[test]
fn inputs_that_do_not_fit_are_refused_and_leave_a_stream_as_it_was() {
    let runner = Arc::new(NetworkRunner::new(chain()).unwrap());
    let mut stream = NetworkStream::new(runner, 1).unwrap();
    stream.step(&BatchInputs::Features(&[1.0, 2.0])).unwrap();
    let before = stream.snapshot();
    for inputs in [
        BatchInputs::Features(&[1.0]),
        BatchInputs::Features(&[1.0, f32::NAN]),
        BatchInputs::Tokens(&[1]),
    ] {
        stream.step(&inputs).unwrap_err();
        assert_eq!(stream.snapshot(), before, "{inputs:?}");
    }
    let mut states = before.clone();
    states.pop();
    assert!(stream.restore(states).is_err());
}

#[test]
fn a_step_that_overflows_between_two_layers_leaves_the_first_layers_state_as_it_was() {
    let mut network = chain();
    network.layers.insert(
        4,
        Layer::Dense {
            weight: vec![f32::MAX; 9],
            bias: vec![f32::MAX; 3],
        },
    );
    let runner = Arc::new(NetworkRunner::new(network).unwrap());
    let mut stream = NetworkStream::new(runner, 1).unwrap();
    let before = stream.snapshot();
    let error = stream
        .step(&BatchInputs::Features(&[1.0, 2.0]))
        .unwrap_err();
    assert!(error.to_string().contains("not finite"), "{error}");
    assert_eq!(stream.snapshot(), before);
}
