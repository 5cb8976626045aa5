//! A network, or a forecaster, as an ONNX file.
//!
//! `builder` makes nodes and values, `layers` writes each layer of a network, `dense` and `recurrent` those that forecasters have
//! too, `compare` runs what was written beside the network; `forecaster` is all that only forecasters have.
//! The file is of operator set 17 and version 8 of the format, which ONNX Runtime and OpenVINO read.

mod builder;
mod compare;
mod dense;
mod forecaster;
mod layers;
mod recurrent;

use prost::Message;

use self::builder::{Axis, Builder};
use super::messages::{ModelProto, OperatorSetIdProto, StringStringEntryProto};
use super::tensor::ElementType;
use crate::error::ExchangeError;
use crate::network::{Input, Layer, Network};

pub use self::compare::largest_difference;
pub use self::forecaster::{ForecasterDifference, ForecasterGraph, WindowScaling};

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
    Ok(file(writer.builder, preset.name()))
}

/// The bytes of a file with one graph, and in its metadata what the graph takes at once.
fn file(builder: Builder, preset: &str) -> Vec<u8> {
    let model = ModelProto {
        ir_version: Some(IR_VERSION),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(OPERATOR_SET),
        }],
        producer_name: "tidegate".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        graph: Some(builder.finish()),
        metadata_props: vec![StringStringEntryProto {
            key: "tidegate.preset".into(),
            value: preset.into(),
        }],
    };
    model.encode_to_vec()
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
            value = self.builder.with_axis("Unsqueeze", "one_step", &value, 0);
        }
        let (value, every_step, width) = self.layers(value)?;
        // The network's output comes first among the outputs.
        let value = if every_step && self.preset == Preset::Step {
            self.builder.with_axis("Squeeze", "its_step", &value, 0)
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
}
