//! Networks written as ONNX, run beside themselves and read back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod onnx_support;

use proptest::prelude::*;
use tidegate_cells::{Activation as Candidate, Cell, Gru, Lstm, Mgu, Reset, Rnn, Stack, mix};
use tidegate_exchange::onnx::{Graph, Preset, Tensor, largest_difference, write};
use tidegate_exchange::{Activation, Input, Layer, Network};

/// Largest difference allowed between a network and its graph, relative to outputs above 1 where cells without bounds give them: the recurrent layers run on the same engine, but dense layers sum
/// in another order.
const BOUND: f32 = 5e-6;

fn values(seed: u64, count: usize) -> Vec<f32> {
    let value = |index: u64| (mix(seed ^ (index << 20)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0;
    (0..count as u64).map(|index| 0.7 * value(index)).collect()
}

fn all_cells() -> Vec<Cell> {
    let mut cells = vec![Cell::Mgu(Mgu {})];
    for activation in [Candidate::Tanh, Candidate::Relu] {
        cells.push(Cell::Rnn(Rnn { activation }));
        for reset in [Reset::After, Reset::Before] {
            cells.push(Cell::Gru(Gru {
                reset,
                candidate: activation,
            }));
        }
    }
    for peepholes in [false, true] {
        cells.push(Cell::Lstm(Lstm { peepholes }));
    }
    cells
}

fn recurrent(cell: Cell, inputs: usize, units: usize, layers: usize, bidirectional: bool) -> Layer {
    let stack = Stack {
        layers,
        bidirectional,
        ..Stack::new(cell, inputs, units)
    };
    let weights = values(3, stack.parameter_count());
    Layer::Recurrent { stack, weights }
}

fn dense(inputs: usize, outputs: usize) -> Layer {
    Layer::Dense {
        weight: values(5, inputs * outputs),
        bias: values(6, outputs),
    }
}

/// Networks with every layer, every cell, one and two layers and directions.
fn networks() -> Vec<Network> {
    let mut networks = Vec::new();
    for cell in all_cells() {
        for (layers, bidirectional) in [(1, false), (2, false), (1, true), (2, true)] {
            networks.push(Network {
                input: Input::Features(3),
                layers: vec![recurrent(cell, 3, 4, layers, bidirectional)],
            });
        }
    }
    let gru = Cell::Gru(Gru::default());
    let lstm = Cell::Lstm(Lstm::default());
    for bidirectional in [false, true] {
        let width = 5 * (1 + usize::from(bidirectional));
        let attention = Layer::Attention {
            weight: values(1, width * width),
            bias: values(2, width),
            score: values(4, width),
        };
        for pooling in [
            None,
            Some(Layer::FinalState),
            Some(Layer::Mean),
            Some(attention),
        ] {
            for activation in [
                Activation::Relu,
                Activation::Sigmoid,
                Activation::Tanh,
                Activation::Softmax,
            ] {
                let mut layers = vec![recurrent(lstm, 3, 5, 1, bidirectional)];
                layers.extend(pooling.clone());
                layers.extend([dense(width, 2), Layer::Activation(activation)]);
                networks.push(Network {
                    input: Input::Features(3),
                    layers,
                });
            }
        }
    }
    networks.push(Network {
        input: Input::Tokens { vocabulary: 9 },
        layers: vec![
            Layer::Embedding {
                size: 4,
                weight: values(8, 36),
            },
            recurrent(gru, 4, 6, 1, false),
            recurrent(lstm, 6, 3, 1, false),
            Layer::FinalState,
            dense(3, 9),
        ],
    });
    networks.push(Network {
        input: Input::Features(2),
        layers: vec![
            Layer::Scale {
                offset: values(9, 2),
                factor: values(10, 2),
            },
            dense(2, 3),
            Layer::Activation(Activation::Tanh),
            recurrent(gru, 3, 3, 1, true),
            dense(6, 1),
        ],
    });
    networks
}

fn steps_alone(network: &Network) -> bool {
    network.layers.iter().all(|layer| match layer {
        Layer::Recurrent { stack, .. } => !stack.bidirectional,
        Layer::Mean | Layer::Attention { .. } => false,
        _ => true,
    })
}

#[test]
fn written_graphs_compute_what_their_networks_do() {
    for network in networks() {
        for preset in [Preset::Sequence, Preset::Step] {
            if preset == Preset::Step && !steps_alone(&network) {
                continue;
            }
            let bytes = write(&network, preset).unwrap();
            let difference = largest_difference(&network, &bytes).unwrap();
            assert!(
                difference <= BOUND,
                "{difference:e}: {preset:?} of {network:?}"
            );
            assert_eq!(Graph::read(&bytes).unwrap().plain_nodes(), []);
        }
    }
}

#[test]
fn a_network_read_back_is_the_network_that_was_written() {
    for network in networks() {
        for preset in [Preset::Sequence, Preset::Step] {
            if preset == Preset::Step && !steps_alone(&network) {
                continue;
            }
            let bytes = write(&network, preset).unwrap();
            let mut read = Graph::read(&bytes).unwrap().to_network().unwrap();
            // Over one step, the final state is what the step gives: its graph does not tell one from the other.
            if preset == Preset::Step {
                let expected = network
                    .layers
                    .iter()
                    .filter(|layer| **layer != Layer::FinalState);
                assert!(
                    read.layers
                        .iter()
                        .filter(|layer| **layer != Layer::FinalState)
                        .eq(expected)
                );
                read.layers = network.layers.clone();
            }
            assert_eq!(read, network);
        }
    }
}

#[test]
fn a_difference_between_a_network_and_a_file_is_found() {
    let network = &networks()[5];
    let mut other = network.clone();
    let Some(Layer::Recurrent { weights, .. }) = other.layers.first_mut() else {
        panic!("{other:?}");
    };
    weights[2] += 0.25;
    let bytes = write(&other, Preset::Sequence).unwrap();
    assert!(largest_difference(network, &bytes).unwrap() > 1e-3);
}

#[test]
fn the_same_network_is_written_to_the_same_bytes() {
    for network in networks() {
        assert_eq!(
            write(&network, Preset::Sequence).unwrap(),
            write(&network.clone(), Preset::Sequence).unwrap()
        );
    }
}

#[test]
fn any_number_of_steps_and_sequences_runs_with_states_in_and_out() {
    let network = &networks()[6];
    let graph = Graph::read(&write(network, Preset::Sequence).unwrap()).unwrap();
    let names: Vec<&str> = graph
        .inputs()
        .iter()
        .map(|port| port.name.as_str())
        .collect();
    assert_eq!(names, ["input", "initial_hidden"]);
    let names: Vec<&str> = graph
        .outputs()
        .iter()
        .map(|port| port.name.as_str())
        .collect();
    assert_eq!(names, ["output", "final_hidden"]);
    let directions = match &network.layers[0] {
        Layer::Recurrent { stack, .. } => stack.layers * stack.directions(),
        _ => 0,
    };
    for (steps, sequences) in [(1, 1), (4, 2), (9, 5)] {
        let input =
            Tensor::new([steps, sequences, 3], vec![0.5f32; steps * sequences * 3]).unwrap();
        let hidden = Tensor::new(
            [directions, sequences, 4],
            vec![0.0f32; directions * sequences * 4],
        )
        .unwrap();
        let outputs = graph
            .run(&[("input", input), ("initial_hidden", hidden)])
            .unwrap();
        assert_eq!(outputs[0].1.shape()[..2], [steps, sequences]);
        assert_eq!(outputs[1].1.shape(), [directions, sequences, 4]);
    }
}

#[test]
fn what_onnx_cannot_hold_is_refused_by_name() {
    let refusal = |network: &Network, preset| write(network, preset).unwrap_err().to_string();
    let mut zoneout = networks()[4].clone();
    let Some(Layer::Recurrent { stack, .. }) = zoneout.layers.first_mut() else {
        panic!("{zoneout:?}");
    };
    stack.zoneout = 0.1;
    let error = refusal(&zoneout, Preset::Sequence);
    assert!(
        error.contains("zoneout") && error.contains("layer 1"),
        "{error}"
    );
    let whole = networks()
        .into_iter()
        .find(|network| !steps_alone(network))
        .unwrap();
    let error = refusal(&whole, Preset::Step);
    assert!(error.contains("whole sequences"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn networks_of_any_size_survive_the_way_there_and_back(
        cell in 0..8usize,
        inputs in 1..6usize,
        units in 1..20usize,
        layers in 1..4usize,
        bidirectional: bool,
        outputs in 1..4usize,
    ) {
        let network = Network {
            input: Input::Features(inputs),
            layers: vec![
                recurrent(all_cells()[cell], inputs, units, layers, bidirectional),
                Layer::FinalState,
                dense(units * (1 + usize::from(bidirectional)), outputs),
            ],
        };
        let bytes = write(&network, Preset::Sequence).unwrap();
        let difference = largest_difference(&network, &bytes).unwrap();
        let scale = network.largest_output().unwrap().max(1.0);
        prop_assert!(difference <= BOUND * units as f32 * scale, "{difference}, outputs up to {scale}");
        prop_assert_eq!(Graph::read(&bytes).unwrap().to_network().unwrap(), network);
    }
}
