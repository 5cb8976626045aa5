//! A network as an ONNX file.
//!
//! `builder` makes nodes and values, `recurrent` writes the recurrent layers, `compare` runs what was written beside the network.
//! The file is of operator set 17 and version 8 of the format, which ONNX Runtime and OpenVINO read.

mod builder;
mod compare;
mod recurrent;

use prost::Message;

use self::builder::{Axis, Builder, int, ints};
use self::recurrent::RecurrentOutputs;
use super::messages::{ModelProto, OperatorSetIdProto, StringStringEntryProto};
use super::operators::multiply::transposed;
use super::tensor::{ElementType, Tensor};
use crate::error::ExchangeError;
use crate::network::{Activation, Input, Layer, Network};

pub use self::compare::largest_difference;
pub(super) use self::compare::{Numbers, apart};

const IR_VERSION: i64 = 8;
const OPERATOR_SET: i64 = 17;

/// What the written graph takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Whole sequences: `input [steps, batch, features]` (tokens: int64 `[steps, batch]`), and `output [steps, batch, outputs]`
    /// or, of a network with one row per sequence, `[batch, outputs]`.
    Sequence,
    /// One step: `input [batch, features]` (tokens: int64 `[batch]`) and `output [batch, outputs]`.
    Step,
}

impl Preset {
    fn name(self) -> &'static str {
        match self {
            Preset::Sequence => "sequence",
            Preset::Step => "step",
        }
    }
}

/// Writes `network` with real GRU, LSTM or RNN operators, to the same bytes each time.
///
/// With both presets, `steps` and `batch` are free, and the states are inputs and outputs: `initial_hidden` and `final_hidden`
/// `[layers · directions, batch, hidden size]`, for an LSTM also `initial_cell` and `final_cell`; where a network has several
/// recurrent layers of different kinds, their names end with `_1`, `_2` and so on. There is no input for lengths: sequences
/// of a batch are of one length. A minimal gated unit is written as the GRU that it is. Dropout acts in training alone, and
/// is not written.
///
/// # Errors
/// [`ExchangeError::NoCounterpart`] names what ONNX's operators do not compute (zoneout), or what a single step cannot; those of
/// [`Network::validate`].
pub fn write(network: &Network, preset: Preset) -> Result<Vec<u8>, ExchangeError> {
    network.validate()?;
    if preset == Preset::Step
        && let Some(layer) = network.layers.iter().position(needs_whole_sequences)
    {
        return Err(ExchangeError::NoCounterpart {
            what: network.place(layer),
            format: "a graph of one step",
            remedy: "it needs whole sequences: write the whole-sequence graph".into(),
        });
    }
    let mut writer = Writer {
        network,
        preset,
        builder: Builder::new("tidegate"),
    };
    writer.write()?;
    let model = ModelProto {
        ir_version: Some(IR_VERSION),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(OPERATOR_SET),
        }],
        producer_name: "tidegate".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        graph: Some(writer.builder.finish()),
        metadata_props: vec![StringStringEntryProto {
            key: "tidegate.preset".into(),
            value: preset.name().into(),
        }],
    };
    Ok(model.encode_to_vec())
}

/// Whether a layer reads more than one step at once.
fn needs_whole_sequences(layer: &Layer) -> bool {
    match layer {
        Layer::Recurrent { stack, .. } => stack.bidirectional,
        Layer::Mean | Layer::Attention { .. } => true,
        _ => false,
    }
}

/// The name of the state `kind` (`initial_hidden`, …) of recurrent layer `index` of `count`.
fn state_name(kind: &str, index: usize, count: usize) -> String {
    if count == 1 {
        kind.into()
    } else {
        format!("{kind}_{}", index + 1)
    }
}

struct Writer<'a> {
    network: &'a Network,
    preset: Preset,
    builder: Builder,
}

impl Writer<'_> {
    fn write(&mut self) -> Result<(), ExchangeError> {
        let steps = match self.preset {
            Preset::Sequence => &[Axis::Named("steps")][..],
            Preset::Step => &[],
        };
        let rows = [steps, &[Axis::Named("batch")]].concat();
        match self.network.input {
            Input::Features(size) => {
                let shape = [&rows[..], &[Axis::Fixed(size)]].concat();
                self.builder.input("input", ElementType::F32, &shape);
            }
            Input::Tokens { .. } => self.builder.input("input", ElementType::I64, &rows),
        }
        let mut value = "input".to_owned();
        if self.preset == Preset::Step {
            value = self.reshaped("Unsqueeze", "one_step", &value);
        }
        let (value, every_step, width) = self.layers(value)?;
        // The network's output comes first among the outputs.
        let value = if every_step && self.preset == Preset::Step {
            self.reshaped("Squeeze", "its_step", &value)
        } else {
            value
        };
        self.builder.rename(&value, "output");
        let steps = if every_step { steps } else { &[] };
        let shape = [steps, &[Axis::Named("batch"), Axis::Fixed(width)]].concat();
        self.builder
            .first_output("output", ElementType::F32, &shape);
        Ok(())
    }

    /// With, or without, a first axis of size 1.
    fn reshaped(&mut self, operator: &str, name: &str, value: &str) -> String {
        let axes = Tensor::of([1], vec![0i64]);
        let axes = self.builder.constant(&format!("{name}_axis"), &axes);
        self.builder.value(operator, name, &[value, &axes], vec![])
    }

    /// Writes the layers; returns the last value, whether it has a row for each step, and the width of a row.
    fn layers(&mut self, mut value: String) -> Result<(String, bool, usize), ExchangeError> {
        let network = self.network;
        let count = network
            .layers
            .iter()
            .filter(|layer| matches!(layer, Layer::Recurrent { .. }))
            .count();
        let mut recurrent = 0;
        let mut every_step = true;
        let mut width = match network.input {
            Input::Features(size) => size,
            Input::Tokens { .. } => 1,
        };
        // What the recurrent layer just below gives as its final hidden state, side by side.
        let mut top_hidden = String::new();
        for (index, layer) in network.layers.iter().enumerate() {
            let name = format!("layer_{}", index + 1);
            match layer {
                Layer::Scale { offset, factor } => {
                    for (operator, values) in [("Sub", offset), ("Mul", factor)] {
                        let name = format!("{name}_{}", operator.to_lowercase());
                        value = self.with_row(operator, &name, &value, values);
                    }
                }
                Layer::Embedding { size, weight } => {
                    let table = Tensor::of([weight.len() / size, *size], weight.clone());
                    let table = self.builder.constant(&format!("{name}_weight"), &table);
                    value = self.builder.value(
                        "Gather",
                        &name,
                        &[&table, &value],
                        vec![int("axis", 0)],
                    );
                    width = *size;
                }
                Layer::Recurrent { stack, weights } => {
                    let states = self.initial_states(stack, recurrent, count);
                    let outputs = recurrent::write(
                        &mut self.builder,
                        (stack, weights),
                        &network.place(index),
                        &name,
                        value,
                        &states,
                    )?;
                    // Taken before the states become outputs of the graph, whose names they then have.
                    top_hidden = match (network.layers.get(index + 1), outputs.hidden.last()) {
                        (Some(Layer::FinalState), Some(hidden)) => {
                            let name = format!("{name}_final");
                            recurrent::side_by_side(&mut self.builder, &name, hidden, stack, 0)
                        }
                        _ => String::new(),
                    };
                    value = outputs.rows.clone();
                    self.final_states(stack, &outputs, recurrent, count);
                    width = stack.output_size();
                    recurrent += 1;
                }
                Layer::FinalState => {
                    value = std::mem::take(&mut top_hidden);
                    every_step = false;
                }
                Layer::Mean => {
                    let attributes = vec![ints("axes", &[0]), int("keepdims", 0)];
                    value = self
                        .builder
                        .value("ReduceMean", &name, &[&value], attributes);
                    every_step = false;
                }
                Layer::Attention {
                    weight,
                    bias,
                    score,
                } => {
                    value = self.attention(&name, &value, (weight, bias, score));
                    every_step = false;
                }
                Layer::Dense { weight, bias } => {
                    value = self.dense(&name, &value, weight, bias);
                    width = bias.len();
                }
                Layer::Activation(activation) => {
                    let (operator, attributes) = match activation {
                        Activation::Relu => ("Relu", vec![]),
                        Activation::Sigmoid => ("Sigmoid", vec![]),
                        Activation::Tanh => ("Tanh", vec![]),
                        Activation::Softmax => {
                            ("Softmax", vec![int("axis", 1 + usize::from(every_step))])
                        }
                    };
                    value = self.builder.value(operator, &name, &[&value], attributes);
                }
            }
        }
        Ok((value, every_step, width))
    }

    /// An operator of each row and one row of constants.
    fn with_row(&mut self, operator: &str, name: &str, value: &str, row: &[f32]) -> String {
        let row = Tensor::of([row.len()], row.to_vec());
        let row = self.builder.constant(&format!("{name}_row"), &row);
        self.builder.value(operator, name, &[value, &row], vec![])
    }

    fn dense(&mut self, name: &str, value: &str, weight: &[f32], bias: &[f32]) -> String {
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        let columns = Tensor::of([inputs, outputs], transposed(weight, outputs, inputs));
        let columns = self.builder.constant(&format!("{name}_weight"), &columns);
        let value = self.builder.value(
            "MatMul",
            &format!("{name}_product"),
            &[value, &columns],
            vec![],
        );
        self.with_row("Add", &format!("{name}_bias"), &value, bias)
    }

    /// Σ α_t h_t with α = softmax over the steps of v · tanh(W h_t + b).
    fn attention(
        &mut self,
        name: &str,
        value: &str,
        (weight, bias, score): (&[f32], &[f32], &[f32]),
    ) -> String {
        let projected = self.dense(&format!("{name}_projection"), value, weight, bias);
        let projected = self
            .builder
            .value("Tanh", &format!("{name}_tanh"), &[&projected], vec![]);
        let column = Tensor::of([score.len(), 1], score.to_vec());
        let column = self.builder.constant(&format!("{name}_score"), &column);
        let scores = self.builder.value(
            "MatMul",
            &format!("{name}_scores"),
            &[&projected, &column],
            vec![],
        );
        let weights = self.builder.value(
            "Softmax",
            &format!("{name}_weights"),
            &[&scores],
            vec![int("axis", 0)],
        );
        let weighted = self.builder.value(
            "Mul",
            &format!("{name}_weighted"),
            &[value, &weights],
            vec![],
        );
        let axes = self
            .builder
            .constant(&format!("{name}_axes"), &Tensor::of([1], vec![0i64]));
        self.builder.value(
            "ReduceSum",
            &format!("{name}_sum"),
            &[&weighted, &axes],
            vec![int("keepdims", 0)],
        )
    }

    /// Inputs for the initial states of a stack; for hidden and cell state, the part of each layer.
    fn initial_states(
        &mut self,
        stack: &tidegate_cells::Stack,
        index: usize,
        count: usize,
    ) -> Vec<Vec<String>> {
        let kinds: &[&str] = if stack.cell.carries_cell() {
            &["initial_hidden", "initial_cell"]
        } else {
            &["initial_hidden"]
        };
        kinds
            .iter()
            .map(|kind| {
                let name = state_name(kind, index, count);
                self.builder
                    .input(&name, ElementType::F32, &state_shape(stack));
                if stack.layers == 1 {
                    return vec![name];
                }
                let sizes = Tensor::of(
                    [stack.layers],
                    vec![stack.directions() as i64; stack.layers],
                );
                let sizes = self.builder.constant(&format!("{name}_sizes"), &sizes);
                self.builder.node(
                    "Split",
                    &format!("{name}_layers"),
                    &[&name, &sizes],
                    stack.layers,
                    vec![int("axis", 0)],
                )
            })
            .collect()
    }

    /// Outputs for the final states of a stack.
    fn final_states(
        &mut self,
        stack: &tidegate_cells::Stack,
        outputs: &RecurrentOutputs,
        index: usize,
        count: usize,
    ) {
        for (kind, states) in [
            ("final_hidden", &outputs.hidden),
            ("final_cell", &outputs.cell),
        ] {
            let value = match &states[..] {
                [] => continue,
                [one] => one.clone(),
                several => {
                    let several: Vec<&str> = several.iter().map(String::as_str).collect();
                    let name = format!("{}_layers", state_name(kind, index, count));
                    self.builder
                        .value("Concat", &name, &several, vec![int("axis", 0)])
                }
            };
            let name = state_name(kind, index, count);
            self.builder.rename(&value, &name);
            self.builder
                .output(&name, ElementType::F32, &state_shape(stack));
        }
    }
}

fn state_shape(stack: &tidegate_cells::Stack) -> [Axis; 3] {
    [
        Axis::Fixed(stack.layers * stack.directions()),
        Axis::Named("batch"),
        Axis::Fixed(stack.hidden_size),
    ]
}
