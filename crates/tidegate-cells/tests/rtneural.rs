//! Small networks trained elsewhere, with recorded inputs and outputs: the models of RTNeural, in PyTorch's and in
//! Keras' layout. They lie outside the project, in `../shared/models/rtneural`, and are skipped where that is missing.

#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::closeness::Comparison;
use support::outside::outside;
use support::weights::{flat, reorder, transpose};
use tidegate_cells::{Batch, Cell, Engine, Error, Gru, Linear, Lstm, Stack};

/// Largest difference allowed, relative to the largest recorded output; both sides are float32.
const BOUND: f64 = 1e-5;

/// One sample in, one sample out.
enum Layer {
    Recurrent(Engine),
    Dense {
        linear: Linear,
        activation: fn(f32) -> f32,
    },
}

#[test]
fn a_pytorch_gru_of_four_layers_gives_its_recorded_outputs_whole_and_step_by_step() {
    check_pytorch("gru", Cell::Gru(Gru::default()));
}

#[test]
fn a_pytorch_lstm_of_four_layers_gives_its_recorded_outputs_whole_and_step_by_step() {
    check_pytorch("lstm", Cell::Lstm(Lstm::default()));
}

#[test]
fn a_keras_gru_between_dense_layers_gives_its_recorded_outputs_whole_and_step_by_step() {
    let Some(folder) = outside("models/rtneural") else {
        return;
    };
    let file = read(&folder.join("gru.json"));
    let tensor = |layer: usize, index: usize| numbers(&file["layers"][layer]["weights"][index]);
    // Keras keeps weights as [inputs, outputs] and stacks the gates as z, r, n; its two rows of biases say that the
    // reset gate acts after the product.
    let dense = |layer: usize, inputs: usize, outputs: usize, activation| {
        dense(
            transpose(&tensor(layer, 0), inputs, outputs),
            &tensor(layer, 1),
            activation,
        )
    };
    let stack = Stack::new(Cell::Gru(Gru::default()), 8, 8);
    let biases = tensor(1, 2);
    let weights = flat(&stack, |name| match name {
        "weight_ih_l0" => reorder(&transpose(&tensor(1, 0), 8, 24), 8, 8, &[1, 0, 2]),
        "weight_hh_l0" => reorder(&transpose(&tensor(1, 1), 8, 24), 8, 8, &[1, 0, 2]),
        "bias_ih_l0" => reorder(&biases[..24], 8, 1, &[1, 0, 2]),
        "bias_hh_l0" => reorder(&biases[24..], 8, 1, &[1, 0, 2]),
        other => panic!("{other} has no counterpart in the file"),
    });
    let layers = [
        dense(0, 1, 8, f32::tanh),
        Layer::Recurrent(Engine::new(stack, &weights).unwrap()),
        dense(2, 8, 8, |value| 1.0 / (1.0 + (-value).exp())),
        dense(3, 8, 1, |value| value),
    ];
    check(&folder, "gru", &layers);
}

#[test]
fn an_lstm_that_declares_16_units_and_holds_20_is_refused_with_both_numbers() {
    let Some(folder) = outside("models/rtneural") else {
        return;
    };
    let file = read(&folder.join("bad_lstm.json"));
    let layer = &file["layers"][0];
    let units = usize::try_from(layer["shape"][2].as_u64().unwrap()).unwrap();
    let stack = Stack::new(Cell::Lstm(Lstm::default()), 1, units);
    // Keras has one bias; the second one is zero.
    let mut weights: Vec<f32> = (0..3)
        .flat_map(|index| numbers(&layer["weights"][index]))
        .collect();
    weights.resize(weights.len() + 80, 0.0);
    let error = Engine::new(stack.clone(), &weights).err();
    let Some(Error::Length {
        expected, found, ..
    }) = error
    else {
        panic!("expected an error about the length, found {error:?}");
    };
    assert_eq!((expected, found), (stack.parameter_count(), weights.len()));
    assert_eq!(
        (expected, found),
        (4 * 16 * (1 + 16 + 2), 4 * 20 * (1 + 20 + 2))
    );
}

/// `<kind>` with one layer, `<kind>2` with three, `dense` with one output; names and layout are PyTorch's.
fn check_pytorch(kind: &str, cell: Cell) {
    let Some(folder) = outside("models/rtneural") else {
        return;
    };
    let file = read(&folder.join(format!("{kind}_torch.json")));
    let recurrent = |module: &str, input_size, layers| {
        let stack = Stack {
            layers,
            ..Stack::new(cell, input_size, 8)
        };
        let weights = flat(&stack, |name| numbers(&file[format!("{module}.{name}")]));
        Layer::Recurrent(Engine::new(stack, &weights).unwrap())
    };
    let layers = [
        recurrent(kind, 1, 1),
        recurrent(&format!("{kind}2"), 8, 3),
        dense(
            numbers(&file["dense.weight"]),
            &numbers(&file["dense.bias"]),
            |value| value,
        ),
    ];
    check(&folder, &format!("{kind}_torch"), &layers);
}

/// The recorded outputs within the bound, and the same bits whole and step by step.
fn check(folder: &Path, name: &str, layers: &[Layer]) {
    let column = |kind: &str| {
        let path = folder.join(format!("{name}_{kind}_python.csv"));
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .map(|line| line.trim().parse::<f64>().unwrap())
            .collect::<Vec<f64>>()
    };
    let input: Vec<f32> = column("x").into_iter().map(|value| value as f32).collect();
    let expected = column("y");
    assert!(input.len() >= 100, "{name}: the recording is there");

    let whole = run_whole(layers, &input);
    let steps = run_steps(layers, &input);
    let mut comparison = Comparison::new(BOUND);
    comparison.check("whole sequence", &whole, &expected);
    comparison.check("step by step", &steps, &expected);
    comparison.finish(name);
    assert!(
        whole
            .iter()
            .zip(&steps)
            .all(|(whole, step)| whole.to_bits() == step.to_bits()),
        "{name}: the whole sequence and the single steps differ in bits"
    );
}

fn run_whole(layers: &[Layer], input: &[f32]) -> Vec<f32> {
    let steps = input.len();
    let mut values = input.to_vec();
    for layer in layers {
        values = match layer {
            Layer::Dense { linear, activation } => run_dense(linear, steps, *activation, &values),
            Layer::Recurrent(engine) => {
                let mut state = engine.stack().zero_state(1);
                let mut output = vec![f32::NAN; steps * engine.stack().output_size()];
                let batch = Batch::padded(steps, 1, None);
                engine
                    .forward(&batch, &values, &mut state, &mut output)
                    .unwrap();
                output
            }
        };
    }
    values
}

fn run_steps(layers: &[Layer], input: &[f32]) -> Vec<f32> {
    let mut running: Vec<_> = layers
        .iter()
        .map(|layer| match layer {
            Layer::Dense { .. } => None,
            Layer::Recurrent(engine) => {
                Some((engine.stack().zero_state(1), engine.step_scratch(1)))
            }
        })
        .collect();
    let step = |&sample: &f32| {
        let mut values = vec![sample];
        for (layer, running) in layers.iter().zip(&mut running) {
            values = match (layer, running) {
                (Layer::Dense { linear, activation }, _) => {
                    run_dense(linear, 1, *activation, &values)
                }
                (Layer::Recurrent(engine), Some((state, scratch))) => {
                    let mut output = vec![f32::NAN; engine.stack().output_size()];
                    engine.step(&values, state, scratch, &mut output).unwrap();
                    output
                }
                (Layer::Recurrent(_), None) => unreachable!("every recurrent layer has its state"),
            };
        }
        values[0]
    };
    input.iter().map(step).collect()
}

fn run_dense(linear: &Linear, rows: usize, activation: fn(f32) -> f32, values: &[f32]) -> Vec<f32> {
    let mut output = vec![f32::NAN; rows * linear.outputs()];
    linear.forward(values, &mut output).unwrap();
    output.into_iter().map(activation).collect()
}

/// `weight` is [outputs, inputs].
fn dense(weight: Vec<f32>, bias: &[f32], activation: fn(f32) -> f32) -> Layer {
    let outputs = bias.len();
    let mut linear = Linear::new(weight.len() / outputs, outputs).unwrap();
    linear.set_weights(&weight, bias).unwrap();
    Layer::Dense { linear, activation }
}

fn read(path: &Path) -> Value {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All numbers of a value, nested lists row by row.
fn numbers(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().unwrap() as f32],
    }
}
