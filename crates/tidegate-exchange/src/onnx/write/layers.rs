//! The operators of each layer.

use tidegate_cells::Stack;

use super::builder::{Axis, int, ints};
use super::recurrent::{self, RecurrentOutputs};
use super::{Writer, state_name};
use crate::error::ExchangeError;
use crate::network::{Activation, Input, Layer};
use crate::onnx::tensor::{ElementType, Tensor};

impl Writer<'_> {
    /// Writes the layers; returns the last value, whether it has a row for each step, and the width of a row.
    pub(super) fn layers(
        &mut self,
        mut value: String,
    ) -> Result<(String, bool, usize), ExchangeError> {
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
                        value = self.builder.with_row(operator, &name, &value, values);
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
                    let weights = recurrent::weights(
                        &mut self.builder,
                        (stack, weights),
                        &network.place(index),
                        &name,
                    )?;
                    let outputs = recurrent::write(
                        &mut self.builder,
                        (stack, &weights),
                        &name,
                        value,
                        &states,
                    );
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
                    value = self.builder.dense(&name, &value, weight, bias);
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

    /// Σ α_t h_t with α = softmax over the steps of v · tanh(W h_t + b).
    fn attention(
        &mut self,
        name: &str,
        value: &str,
        (weight, bias, score): (&[f32], &[f32], &[f32]),
    ) -> String {
        let projected = self
            .builder
            .dense(&format!("{name}_projection"), value, weight, bias);
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
    fn initial_states(&mut self, stack: &Stack, index: usize, count: usize) -> Vec<Vec<String>> {
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
        stack: &Stack,
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

fn state_shape(stack: &Stack) -> [Axis; 3] {
    [
        Axis::Fixed(stack.layers * stack.directions()),
        Axis::Named("batch"),
        Axis::Fixed(stack.hidden_size),
    ]
}
