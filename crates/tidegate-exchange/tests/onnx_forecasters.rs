//! Forecasters written as ONNX, run beside themselves.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use tidegate_cells::{Activation as Candidate, Cell, Gru, Lstm, Mgu, Reset, Rnn, Stack, mix};
use tidegate_data::Scaling;
use tidegate_exchange::ExchangeError;
use tidegate_exchange::onnx::{ForecasterGraph, Graph, Tensor, WindowScaling};
use tidegate_model::{Forecaster, ForecasterConfiguration, Network, Normalisation, WindowInputs};

/// Largest difference allowed between a forecaster and its graph, relative to outputs above 1: the recurrent layers run on the same
/// engine, but dense layers sum in another order, the decoder's embeddings are not composed with its weights, and means are of
/// single precision.
const BOUND: f64 = 2e-5;

fn values(seed: u64, count: usize) -> Vec<f32> {
    let value = |index: u64| (mix(seed ^ (index << 20)) >> 40) as f32 / (1u64 << 23) as f32 - 1.0;
    (0..count as u64).map(value).collect()
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

/// Two targets over 12 rows to `horizon` ahead.
fn configuration(cell: Cell, network: Network, horizon: usize) -> ForecasterConfiguration {
    let input = match network {
        Network::Direct => 3,
        Network::Segment { .. } => 5,
    };
    ForecasterConfiguration {
        network,
        recurrent: Stack::new(cell, input, 6),
        window: 12,
        horizon,
        targets: 2,
        past_size: 3,
        known_size: 0,
        levels: 1,
        normalisation: Normalisation::Last,
        dropout: 0.1,
    }
}

fn graph(forecaster: &Forecaster) -> ForecasterGraph<'_> {
    ForecasterGraph {
        forecaster,
        scaling: None,
        offsets: &[],
        point: (forecaster.configuration().levels - 1) / 2,
    }
}

/// Every head, normalisation and kind of input, with a horizon of whole segments, of a part of one, and of several and a part.
fn configurations(cell: Cell) -> Vec<ForecasterConfiguration> {
    let mut all = Vec::new();
    let networks = [
        (Network::Direct, 5),
        (Network::Segment { length: 4 }, 8),
        (Network::Segment { length: 4 }, 3),
        (Network::Segment { length: 4 }, 10),
    ];
    for (network, horizon) in networks {
        for normalisation in [
            Normalisation::None,
            Normalisation::Last,
            Normalisation::Instance,
        ] {
            for (others, known_size, levels) in [(0, 0, 1), (1, 0, 3), (1, 2, 1), (2, 2, 4)] {
                let mut one = ForecasterConfiguration {
                    known_size,
                    levels,
                    normalisation,
                    past_size: 2 + others,
                    ..configuration(cell, network, horizon)
                };
                if network == Network::Direct {
                    one.recurrent.input_size = one.past_size;
                }
                all.push(one);
            }
        }
    }
    all
}

/// The rows of windows, time first, as the graph has them: windows first.
fn windows_first(values: &[f32], windows: usize, size: usize) -> Tensor {
    let rows = values.len() / windows / size;
    let mut moved = Vec::new();
    for window in 0..windows {
        for row in 0..rows {
            moved.extend_from_slice(&values[(row * windows + window) * size..][..size]);
        }
    }
    Tensor::new([windows, rows, size], moved).unwrap()
}

#[test]
fn a_graph_gives_what_the_forecaster_gives() {
    for cell in all_cells() {
        for configuration in configurations(cell) {
            let forecaster = Forecaster::new(configuration.clone(), 7).unwrap();
            let graph = Graph::read(&graph(&forecaster).write().unwrap()).unwrap();
            assert_eq!(graph.plain_nodes(), [], "the engine computes every cell");
            for windows in [1, 4] {
                let past = values(1, windows * configuration.window * configuration.past_size);
                let known = values(
                    2,
                    windows * configuration.horizon * configuration.known_size,
                );
                let mut expected = Vec::new();
                let inputs = WindowInputs {
                    windows,
                    past: &past,
                    known: &known,
                };
                forecaster.forward(&inputs, &mut expected).unwrap();
                let mut inputs = vec![(
                    "past",
                    windows_first(&past, windows, configuration.past_size),
                )];
                if configuration.known_size > 0 {
                    inputs.push((
                        "known",
                        windows_first(&known, windows, configuration.known_size),
                    ));
                }
                let outputs = graph.run(&inputs).unwrap();
                let levels = configuration.levels;
                let point: Vec<f32> = expected
                    .chunks(levels)
                    .map(|all| all[(levels - 1) / 2])
                    .collect();
                let mut all = vec![("point", point, vec![windows, configuration.horizon, 2])];
                if levels > 1 {
                    let shape = vec![windows, configuration.horizon, 2, levels];
                    all.push(("quantiles", expected, shape));
                }
                assert_eq!(outputs.len(), all.len());
                for ((found, tensor), (name, expected, shape)) in outputs.iter().zip(all) {
                    assert_eq!((found.as_str(), tensor.shape()), (name, &shape[..]));
                    let pairs = tensor.as_f32().unwrap().iter().zip(&expected);
                    for (found, expected) in pairs {
                        let difference = f64::from((found - expected).abs());
                        let scale = f64::from(expected.abs().max(1.0));
                        assert!(
                            difference < BOUND * scale,
                            "{configuration:?}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn layers_and_directions_are_those_of_the_forecaster() {
    for cell in all_cells() {
        for (network, bidirectional) in [
            (Network::Direct, false),
            (Network::Direct, true),
            (Network::Segment { length: 3 }, false),
        ] {
            let mut configuration = configuration(cell, network, 7);
            configuration.recurrent.layers = 2;
            configuration.recurrent.bidirectional = bidirectional;
            let forecaster = Forecaster::new(configuration, 3).unwrap();
            let graph = graph(&forecaster);
            let found = graph.difference(&graph.write().unwrap()).unwrap();
            assert!(found.relative < BOUND, "{cell:?}: {found:?}");
        }
    }
}

/// Of two targets, one other feature and two that are known ahead: far from zero, tiny, huge, and as it is.
fn scaling() -> WindowScaling {
    let of = |mean, deviation| Scaling { mean, deviation };
    let known = vec![of(20.0, 7.5), Scaling::NONE];
    let mut past = vec![of(123_456.789, 3.25), of(-2e-4, 1e-5), of(1e9, 4e8)];
    past.extend(&known);
    WindowScaling { past, known }
}

fn with_known(levels: usize, normalisation: Normalisation) -> Forecaster {
    let cell = Cell::Gru(Gru::default());
    let configuration = ForecasterConfiguration {
        past_size: 5,
        known_size: 2,
        levels,
        normalisation,
        ..configuration(cell, Network::Segment { length: 4 }, 6)
    };
    Forecaster::new(configuration, 5).unwrap()
}

#[test]
fn with_its_scaling_a_graph_reads_and_gives_the_units_of_the_data() {
    for normalisation in [Normalisation::None, Normalisation::Instance] {
        let mut offsets = values(4, 6 * 2 * 3);
        offsets
            .chunks_mut(3)
            .for_each(|levels| levels.sort_by(f32::total_cmp));
        for (levels, offsets) in [(1, offsets), (3, vec![])] {
            let forecaster = with_known(levels, normalisation);
            let scaling = scaling();
            let graph = ForecasterGraph {
                scaling: Some(&scaling),
                offsets: &offsets,
                ..graph(&forecaster)
            };
            let bytes = graph.write().unwrap();
            let found = graph.difference(&bytes).unwrap();
            assert!(found.relative < BOUND, "{found:?}");
            // The first target's numbers lie 0.0078 apart.
            assert!(found.largest > 0.0 && found.largest < 0.05, "{found:?}");
            let shape = |name: &str| {
                let graph = Graph::read(&bytes).unwrap();
                let port = graph.outputs().iter().find(|port| port.name == name);
                port.map(|port| port.shape.as_ref().unwrap().len())
            };
            assert_eq!((shape("point"), shape("quantiles")), (Some(3), Some(4)));
        }
    }
}

#[test]
fn another_forecaster_or_scaling_or_offset_is_told_from_the_one_that_was_written() {
    let (forecaster, other) = (with_known(1, Normalisation::None), {
        let configuration = with_known(1, Normalisation::None).configuration().clone();
        Forecaster::new(configuration, 6).unwrap()
    });
    let (scaling, offsets) = (scaling(), values(4, 6 * 2));
    let graph = ForecasterGraph {
        scaling: Some(&scaling),
        offsets: &offsets,
        ..graph(&forecaster)
    };
    let bytes = graph.write().unwrap();
    let relative = |graph: ForecasterGraph<'_>| graph.difference(&bytes).unwrap().relative;
    assert!(relative(graph) < BOUND);
    let mut moved = scaling.clone();
    moved.past[1].mean += 1e-7;
    for wrong in [
        ForecasterGraph {
            forecaster: &other,
            ..graph
        },
        ForecasterGraph {
            scaling: Some(&moved),
            ..graph
        },
        ForecasterGraph {
            offsets: &values(5, 6 * 2),
            ..graph
        },
    ] {
        assert!(relative(wrong) > 1e-3);
    }
    let without = ForecasterGraph {
        offsets: &[],
        ..graph
    };
    let bytes = without.write().unwrap();
    let error = graph.difference(&bytes).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("quantiles: the file has no such output"),
        "{error}"
    );
}

#[test]
fn what_does_not_fit_or_has_no_operator_is_refused_by_name() {
    let forecaster = with_known(1, Normalisation::Last);
    let graph = graph(&forecaster);
    let of_scaling = |change: fn(&mut WindowScaling)| {
        let mut scaling = scaling();
        change(&mut scaling);
        let scaling = Some(&scaling);
        ForecasterGraph { scaling, ..graph }.write().unwrap_err()
    };
    let mut zoned = forecaster.configuration().clone();
    zoned.recurrent.zoneout = 0.1;
    let zoned = Forecaster::new(zoned, 1).unwrap();
    for (error, named) in [
        (
            of_scaling(|scaling| scaling.known.truncate(1)),
            "known: 1 scalings for 2 features",
        ),
        (
            of_scaling(|scaling| scaling.past[1].deviation = 1e-60),
            "feature 1 of past",
        ),
        (
            of_scaling(|scaling| scaling.past[4].mean = 1e60),
            "feature 4 of past",
        ),
        // Near 1.7e9 the numbers of single precision lie 128 apart.
        (
            of_scaling(|scaling| {
                scaling.past[0] = Scaling {
                    mean: -1.7e9,
                    deviation: 21.0,
                };
            }),
            "feature 0 of past, mean -1.7e9 and deviation 2.1e1, has no counterpart in single precision: leave the scaling out",
        ),
        (
            ForecasterGraph { point: 1, ..graph }.write().unwrap_err(),
            "point: 1 of 1 quantiles",
        ),
        (
            ForecasterGraph {
                offsets: &[0.0; 11],
                ..graph
            }
            .write()
            .unwrap_err(),
            "offsets: 11 for 12 values",
        ),
        (
            ForecasterGraph {
                offsets: &[f32::NAN; 12],
                ..graph
            }
            .write()
            .unwrap_err(),
            "offsets: NaN is not finite",
        ),
        (
            ForecasterGraph {
                offsets: &[&[-1.0, 1.0].repeat(7)[..], &[1.0, -1.0].repeat(5)].concat(),
                ..graph
            }
            .write()
            .unwrap_err(),
            "offsets: those of value 7 do not rise",
        ),
        (
            ForecasterGraph {
                forecaster: &zoned,
                ..graph
            }
            .write()
            .unwrap_err(),
            "the forecaster's recurrent layers: the expectation of zoneout",
        ),
    ] {
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn a_written_forecaster_is_no_chain_of_layers() {
    let forecaster = with_known(3, Normalisation::Last);
    let bytes = graph(&forecaster).write().unwrap();
    let error = Graph::read(&bytes).unwrap().to_network().unwrap_err();
    assert!(matches!(error, ExchangeError::Operator { .. }), "{error}");
}
