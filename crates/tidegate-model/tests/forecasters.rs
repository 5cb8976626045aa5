//! Forecasters: gradients against finite differences, bits, files and refusals.
#![allow(clippy::unwrap_used)]

mod models;

use models::{cells, uniform};
use tidegate_cells::{Cell, Gru, Lstm, Noise, Stack};
use tidegate_model::{
    Forecaster, ForecasterConfiguration, ForecasterTape, Model, ModelError, Network, Normalisation,
    WindowInputs,
};

const WINDOWS: usize = 3;

fn segment(cell: Cell) -> ForecasterConfiguration {
    ForecasterConfiguration {
        network: Network::Segment { length: 4 },
        recurrent: Stack::new(cell, 7, 5),
        window: 12,
        // The last segment of the horizon is cut.
        horizon: 10,
        targets: 2,
        past_size: 3,
        known_size: 2,
        levels: 1,
        normalisation: Normalisation::Last,
        dropout: 0.0,
    }
}

fn direct(cell: Cell) -> ForecasterConfiguration {
    ForecasterConfiguration {
        network: Network::Direct,
        recurrent: Stack::new(cell, 3, 5),
        ..segment(cell)
    }
}

fn gru() -> Cell {
    Cell::Gru(Gru::default())
}

struct Data {
    past: Vec<f32>,
    known: Vec<f32>,
}

impl Data {
    fn of(configuration: &ForecasterConfiguration) -> Data {
        let c = configuration;
        Data {
            past: uniform(c.window * WINDOWS * c.past_size, 3),
            known: uniform(c.horizon * WINDOWS * c.known_size, 4),
        }
    }

    fn inputs(&self) -> WindowInputs<'_> {
        WindowInputs {
            windows: WINDOWS,
            past: &self.past,
            known: &self.known,
        }
    }
}

/// Compares elements of the gradient with central differences of fourth order.
fn check_gradient(configuration: ForecasterConfiguration, noise: Option<Noise>) {
    let data = Data::of(&configuration);
    let mut forecaster = Forecaster::new(configuration.clone(), 11).unwrap();
    let weights = uniform(WINDOWS * configuration.outputs(), 5);
    // Far from where max(0, ·) has no derivative: some units of a segment's embedding are open, some shut.
    let mut parameters = forecaster.parameters().to_vec();
    for tensor in forecaster.tensors() {
        if tensor.name == "segment.bias" {
            for (unit, bias) in parameters[tensor.range()].iter_mut().enumerate() {
                *bias = if unit % 3 == 2 { -6.0 } else { 6.0 };
            }
        }
    }
    forecaster.set_parameters(&parameters).unwrap();
    let mut tape = ForecasterTape::new();
    let mut outputs = Vec::new();
    forecaster
        .forward_training(&data.inputs(), noise, &mut tape, &mut outputs)
        .unwrap();
    assert_eq!(outputs.len(), weights.len());
    let mut gradient = vec![0.0; forecaster.parameters().len()];
    forecaster
        .backward(&mut tape, &weights, &mut gradient)
        .unwrap();
    let tensors = forecaster.tensors().to_vec();
    for tensor in tensors {
        let largest = gradient[tensor.range()]
            .iter()
            .fold(0.0_f64, |most, value| most.max(f64::from(value.abs())));
        assert!(largest > 0.0, "{} has no gradient", tensor.name);
        let step = tensor.range().len().div_ceil(7);
        for index in tensor.range().step_by(step) {
            let mut at = |by: f32| {
                let mut moved = parameters.clone();
                moved[index] += by;
                forecaster.set_parameters(&moved).unwrap();
                forecaster
                    .forward_training(&data.inputs(), noise, &mut tape, &mut outputs)
                    .unwrap();
                let products = outputs.iter().zip(&weights);
                products
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum::<f64>()
            };
            let h = 0.01_f32;
            let near = at(h) - at(-h);
            let far = at(2.0 * h) - at(-2.0 * h);
            let difference = (8.0 * near - far) / (12.0 * f64::from(h));
            let error = (difference - f64::from(gradient[index])).abs();
            assert!(
                error < 3e-3 * largest.max(0.1),
                "{}: {difference} against {}, of {largest}, in {configuration:?}",
                tensor.place(index - tensor.offset),
                gradient[index]
            );
        }
    }
}

#[test]
fn gradients_of_every_cell_agree_with_finite_differences() {
    for cell in cells() {
        check_gradient(segment(cell), None);
        check_gradient(direct(cell), None);
    }
}

#[test]
fn gradients_through_quantiles_and_normalisation_agree_with_finite_differences() {
    for normalisation in [Normalisation::None, Normalisation::Instance] {
        for network in [segment, direct] {
            let mut configuration = network(gru());
            configuration.normalisation = normalisation;
            configuration.levels = 3;
            check_gradient(configuration, None);
        }
    }
}

#[test]
fn gradients_through_dropout_and_several_layers_agree_with_finite_differences() {
    for cell in [gru(), Cell::Lstm(Lstm { peepholes: false })] {
        for network in [segment, direct] {
            let mut configuration = network(cell);
            configuration.dropout = 0.4;
            configuration.recurrent.layers = 2;
            configuration.recurrent.recurrent_dropout = 0.3;
            check_gradient(configuration, Some(Noise::new(9)));
        }
    }
    let mut configuration = direct(gru());
    configuration.recurrent.bidirectional = true;
    check_gradient(configuration, None);
}

#[test]
fn a_window_alone_has_the_bits_that_it_has_beside_others_in_inference_and_in_training() {
    for configuration in [segment(gru()), direct(gru())] {
        let data = Data::of(&configuration);
        let forecaster = Forecaster::new(configuration.clone(), 2).unwrap();
        let (mut all, mut training, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        forecaster.forward(&data.inputs(), &mut all).unwrap();
        forecaster
            .forward_training(
                &data.inputs(),
                None,
                &mut ForecasterTape::new(),
                &mut training,
            )
            .unwrap();
        assert_eq!(all, training);
        let one = |values: &[f32], width: usize| -> Vec<f32> {
            let rows = values.chunks_exact(WINDOWS * width);
            rows.flat_map(|row| row[width..2 * width].to_vec())
                .collect()
        };
        let past = one(&data.past, configuration.past_size);
        let known = one(&data.known, configuration.known_size);
        let inputs = WindowInputs {
            windows: 1,
            past: &past,
            known: &known,
        };
        forecaster.forward(&inputs, &mut alone).unwrap();
        let count = configuration.outputs();
        assert_eq!(alone, all[count..2 * count]);
    }
}

#[test]
fn what_is_taken_out_of_a_window_is_put_back_into_its_forecast() {
    for normalisation in [Normalisation::Last, Normalisation::Instance] {
        for network in [segment, direct] {
            let mut configuration = network(gru());
            configuration.normalisation = normalisation;
            let forecaster = Forecaster::new(configuration.clone(), 2).unwrap();
            let mut data = Data::of(&configuration);
            let (mut before, mut after) = (Vec::new(), Vec::new());
            forecaster.forward(&data.inputs(), &mut before).unwrap();
            for row in data.past.chunks_exact_mut(configuration.past_size) {
                row[0] += 50.0;
                row[1] -= 20.0;
            }
            forecaster.forward(&data.inputs(), &mut after).unwrap();
            for (index, (before, after)) in before.iter().zip(&after).enumerate() {
                let moved = if index % 2 == 0 { 50.0 } else { -20.0 };
                assert!((after - before - moved).abs() < 1e-3, "{before} {after}");
            }
        }
    }
}

#[test]
fn a_file_gives_the_same_forecaster_and_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forecaster.safetensors");
    for configuration in [segment(gru()), direct(gru())] {
        let mut forecaster = Forecaster::new(configuration, 2).unwrap();
        let description = forecaster.description_mut();
        description.insert("data".into(), "load \"2016\"".into());
        forecaster.save(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let loaded = Forecaster::load(&path).unwrap();
        assert_eq!(loaded.configuration(), forecaster.configuration());
        assert_eq!(loaded.parameters(), forecaster.parameters());
        assert_eq!(loaded.description(), forecaster.description());
        loaded.save(&path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        let error = Model::load(&path).unwrap_err().to_string();
        assert!(error.contains("holds a forecaster"), "{error}");
        for end in [0, 7, 8, 60, bytes.len() / 2, bytes.len() - 1] {
            assert!(Forecaster::from_bytes(&bytes[..end]).is_err());
        }
    }
}

#[test]
fn a_configuration_that_makes_no_forecaster_names_its_field() {
    let refusal = |change: fn(&mut ForecasterConfiguration)| {
        let mut configuration = segment(gru());
        change(&mut configuration);
        Forecaster::new(configuration, 1).unwrap_err().to_string()
    };
    assert!(refusal(|c| c.horizon = 0).contains("horizon"));
    assert!(refusal(|c| c.targets = 0).contains("targets"));
    assert!(refusal(|c| c.window = 13).contains("multiple"));
    assert!(refusal(|c| c.past_size = 1).contains("past_size"));
    assert!(refusal(|c| c.dropout = 1.0).contains("dropout"));
    assert!(refusal(|c| c.network = Network::Direct).contains("input_size"));
    assert!(refusal(|c| c.recurrent.bidirectional = true).contains("bidirectional"));
    assert!(refusal(|c| c.horizon = usize::MAX).contains("parameters"));
    assert!(refusal(|c| c.known_size = usize::MAX).contains("parameters"));
}

#[test]
fn inputs_that_do_not_fit_or_are_not_finite_are_named() {
    let configuration = segment(gru());
    let forecaster = Forecaster::new(configuration.clone(), 1).unwrap();
    let mut data = Data::of(&configuration);
    let mut outputs = Vec::new();
    let short = WindowInputs {
        known: &data.known[1..],
        ..data.inputs()
    };
    assert!(forecaster.forward(&short, &mut outputs).is_err());
    data.past[(4 * WINDOWS + 2) * 3 + 1] = f32::NAN;
    match forecaster.forward(&data.inputs(), &mut outputs) {
        Err(ModelError::Window {
            what: "past",
            window: 2,
            row: 4,
            feature: 1,
            ..
        }) => {}
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        forecaster.backward(&mut ForecasterTape::new(), &[], &mut []),
        Err(ModelError::Tape)
    ));
}
