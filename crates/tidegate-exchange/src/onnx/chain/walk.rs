//! Follows a graph's nodes from its input to its outputs.

use super::attention::{self, Attention};
use super::rows::Rows;
use super::sizes::{batch_of, check_size, other_sizes, sizes};
use super::tags::{Source, places, source, sources, tagged, tags};
use super::{AS_IT_STANDS, Order};
use crate::error::ExchangeError;
use crate::network::{Input, Layer};
use crate::onnx::graph::Graph;
use crate::onnx::node::Node;
use crate::onnx::operators::{Operator, shape_of};
use crate::onnx::run::compute;
use crate::onnx::tensor::{ElementType, Tensor};

/// What is known of a value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// It follows from constants and shapes alone.
    Known(Tensor),
    /// It follows from the inputs: its tags.
    Tagged(Tensor),
}

/// The state of the walk.
pub(super) struct Walk<'a> {
    graph: &'a Graph,
    pub(super) values: Vec<Option<Value>>,
    pub(super) sources: Vec<Source>,
    pub(super) input: Input,
    pub(super) layers: Vec<Layer>,
    /// Bytes that the values of the walk may still take.
    room: usize,
    /// The input that the recurrent layers so far take their lengths from.
    pub(super) lengths: Option<usize>,
    /// Order of the rows of the output.
    output_rows: Vec<usize>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        graph: &'a Graph,
        order: Order,
        open: (usize, usize),
    ) -> Result<Walk<'a>, ExchangeError> {
        let mut values: Vec<Option<Value>> = graph
            .constants
            .iter()
            .map(|constant| constant.clone().map(Value::Known))
            .collect();
        let mut found = Vec::new();
        let mut first_batch = 0;
        let mut input = Input::Features(0);
        for (place, (port, &number)) in graph.inputs.iter().zip(&graph.input_values).enumerate() {
            let shape = if place == 0 {
                sizes(port, order, open)
            } else {
                other_sizes(port, first_batch)
            };
            let count = check_size(&shape).map_err(|reason| ExchangeError::Input {
                name: port.name.clone(),
                reason,
            })?;
            if place > 0 {
                values[number] = Some(Value::Tagged(tagged(place, &shape, 0..count)));
                found.push(Source::Other);
                continue;
            }
            let (steps, batch) = batch_of(&shape, order);
            first_batch = batch;
            let rows = steps * batch;
            let width = count.checked_div(rows).unwrap_or(0);
            if width == 0 {
                return Err(ExchangeError::Input {
                    name: port.name.clone(),
                    reason: format!("shape {:?} has no fixed number of features", port.shape),
                });
            }
            if port.element_type == ElementType::F32 {
                input = Input::Features(width);
            } else {
                // How many there are is what an embedding says.
                input = Input::Tokens { vocabulary: 0 };
            }
            let places: Vec<usize> = match order {
                Order::BatchFirst => (0..batch)
                    .flat_map(|row| (0..steps).map(move |step| step * batch + row))
                    .flat_map(|row| row * width..(row + 1) * width)
                    .collect(),
                _ => (0..count).collect(),
            };
            values[number] = Some(Value::Tagged(tagged(0, &shape, places.into_iter())));
            found.push(Source::Rows {
                after: 0,
                steps: Some(steps),
                batch,
                width,
            });
        }
        Ok(Walk {
            graph,
            values,
            sources: found,
            input,
            layers: Vec::new(),
            room: graph.memory_limit,
            lengths: None,
            output_rows: Vec::new(),
        })
    }

    /// Turns every node that an output needs into layers; an error comes with the place of its node.
    pub(super) fn run(&mut self) -> Result<(), (usize, ExchangeError)> {
        let graph = self.graph;
        let needed = needed(graph);
        let attention = attention::find(graph);
        for (place, node) in graph.nodes.iter().enumerate() {
            if !needed[place] {
                continue;
            }
            let result = match attention.iter().find(|one| one.nodes.contains(&place)) {
                None => self.node(node),
                // All of it is one layer, once its last node is reached.
                Some(one) if one.nodes[6] != place => Ok(()),
                Some(one) => self.attention(one, node),
            };
            result.map_err(|reason| (place, node.error(reason)))?;
        }
        self.outputs().map_err(|error| (graph.nodes.len(), error))
    }

    fn node(&mut self, node: &Node) -> Result<(), String> {
        let inputs: Vec<Option<Value>> = node
            .inputs
            .iter()
            .map(|input| input.and_then(|number| self.values[number].clone()))
            .collect();
        let results = self.results(node, &inputs)?;
        for (result, output) in results.into_iter().zip(&node.outputs) {
            if let Some(number) = output {
                let (Value::Known(tensor) | Value::Tagged(tensor)) = &result;
                self.room = self
                    .room
                    .checked_sub(tensor.values().bytes())
                    .ok_or("the values of the graph take more than the memory limit")?;
                self.values[*number] = Some(result);
            }
        }
        Ok(())
    }

    fn attention(&mut self, attention: &Attention<'_>, node: &Node) -> Result<(), String> {
        let Some(Value::Tagged(rows)) = self.values[attention.rows].clone() else {
            return Err("it does not read a layer".into());
        };
        let pooled = self.attend(&rows, attention)?;
        if let Some(Some(number)) = node.outputs.first() {
            self.values[*number] = Some(Value::Tagged(pooled));
        }
        Ok(())
    }

    fn results(&mut self, node: &Node, inputs: &[Option<Value>]) -> Result<Vec<Value>, String> {
        let tagged = inputs
            .iter()
            .flatten()
            .filter(|value| matches!(value, Value::Tagged(_)))
            .count();
        let tensors: Vec<Option<&Tensor>> = inputs
            .iter()
            .map(|value| {
                value.as_ref().map(|value| match value {
                    Value::Known(tensor) | Value::Tagged(tensor) => tensor,
                })
            })
            .collect();
        let room = self.room;
        let run = |tensors: &[Option<&Tensor>]| {
            compute(node, tensors, room).map_err(|error| match error {
                ExchangeError::Operator { reason, .. } => reason,
                other => other.to_string(),
            })
        };
        let wrap = |tensors: Vec<Tensor>, value: fn(Tensor) -> Value| {
            tensors.into_iter().map(value).collect()
        };
        if tagged == 0 {
            return run(&tensors).map(|tensors| wrap(tensors, Value::Known));
        }
        match (&node.operator, &inputs[0]) {
            (&Operator::Shape { start, end }, Some(Value::Tagged(tensor))) => {
                return Ok(vec![Value::Known(shape_of(tensor.shape(), start, end))]);
            }
            (Operator::Size, _) => return run(&tensors).map(|tensors| wrap(tensors, Value::Known)),
            // Whole numbers stay what they are in another type of whole numbers, and so do all in their own type.
            (Operator::Cast(to), Some(Value::Tagged(tensor))) if self.keeps(*to, tensor) => {
                return Ok(vec![Value::Tagged(tensor.clone())]);
            }
            (Operator::Concat(_), _) if tagged == inputs.len() => {
                return run(&tensors).map(|tensors| wrap(tensors, Value::Tagged));
            }
            (operator, Some(Value::Tagged(_))) if operator.rearranges() && tagged == 1 => {
                return run(&tensors).map(|tensors| wrap(tensors, Value::Tagged));
            }
            _ => {}
        }
        self.layer(node, inputs)
    }

    /// Whether values with these tags are the same as values of type `to`.
    fn keeps(&self, to: ElementType, tensor: &Tensor) -> bool {
        let whole = matches!(to, ElementType::I64 | ElementType::I32);
        sources(tags(tensor)).all(|source| {
            let port = self.graph.inputs.get(source);
            match port.map(|port| port.element_type) {
                Some(ElementType::I64 | ElementType::I32) => whole,
                Some(kind) => kind == to,
                None => to == ElementType::F32,
            }
        })
    }

    /// A new source of the rows after the layers so far; gives its number.
    pub(super) fn add_source(&mut self, source: Source) -> usize {
        self.sources.push(source);
        self.sources.len() - 1
    }

    /// Checks that no sequence may be shorter than the steps: past its length, the graph has rows of zeros, and a network none.
    pub(super) fn without_padding(&self) -> Result<(), String> {
        match self.lengths {
            None => Ok(()),
            Some(_) => Err(
                "it reads Y of a layer with sequence_lens: padded steps count in the graph, and do not in a network"
                    .into(),
            ),
        }
    }

    /// The rows that a value's tags lead to, as places within the last layer's rows: where they are the final state of
    /// the recurrent layer at the end of the chain, a layer for that is added first.
    pub(super) fn settled(&mut self, value: &Tensor) -> Result<Rows, String> {
        let tags = tags(value);
        let number = source(tags).ok_or("it reads values of several layers, or none")?;
        let at_end = self.layers.len();
        let found: Vec<usize> = places(tags).collect();
        match self.sources.get(number).copied() {
            Some(Source::Rows {
                after,
                steps,
                batch,
                width,
            }) if after == at_end => {
                let last = steps.unwrap_or(1).saturating_sub(1) * batch * width;
                let one_way = matches!(self.layers.last(), Some(Layer::Recurrent { stack, .. }) if !stack.bidirectional);
                let final_rows = one_way
                    && steps.is_some_and(|steps| steps > 1)
                    && found.len() == batch * width
                    && found.iter().all(|&place| place >= last);
                if final_rows {
                    self.without_padding()?;
                    self.layers.push(Layer::FinalState);
                    return Ok(Rows {
                        places: found.into_iter().map(|place| place - last).collect(),
                        steps: None,
                        batch,
                        width,
                    });
                }
                Ok(Rows {
                    places: found,
                    steps,
                    batch,
                    width,
                })
            }
            Some(Source::Hidden {
                after,
                batch,
                width,
            }) if after == at_end => {
                self.layers.push(Layer::FinalState);
                Ok(Rows {
                    places: found,
                    steps: None,
                    batch,
                    width,
                })
            }
            Some(Source::Rows { .. } | Source::Hidden { .. }) => {
                Err("it reads a layer that others read too: the graph branches".into())
            }
            Some(Source::Cell) => Err("it reads a cell state".into()),
            _ => Err("it reads an input beside the sequence".into()),
        }
    }

    fn outputs(&mut self) -> Result<(), ExchangeError> {
        for (place, (port, number)) in self
            .graph
            .outputs
            .iter()
            .zip(&self.graph.output_values)
            .enumerate()
        {
            let refused = |reason: &str| ExchangeError::NoCounterpart {
                what: format!("output {}, which {reason},", port.name),
                format: "a network",
                remedy: AS_IT_STANDS.into(),
            };
            let Some(Value::Tagged(value)) = self.values[*number].clone() else {
                return Err(refused("does not follow from the input"));
            };
            if place == 0 {
                let settled =
                    self.settled(&value)
                        .map_err(|reason| ExchangeError::NoCounterpart {
                            what: format!("output {}: {reason}: it", port.name),
                            format: "a network",
                            remedy: AS_IT_STANDS.into(),
                        })?;
                self.output_rows = settled
                    .whole_rows()
                    .ok_or_else(|| refused("is a part of a layer's rows"))?;
                continue;
            }
            let of_states = sources(tags(&value)).all(|source| match self.sources.get(source) {
                Some(Source::Cell | Source::Hidden { .. }) => true,
                // The last steps of a layer in one direction are its final state, too.
                Some(Source::Rows { .. } | Source::Other) | None => false,
            });
            if !of_states {
                return Err(refused("is no final state, and not the first output"));
            }
        }
        Ok(())
    }

    /// How the rows of the first output lie.
    pub(super) fn arrangement(&self) -> Vec<usize> {
        self.output_rows.clone()
    }
}

/// Which nodes an output follows from.
fn needed(graph: &Graph) -> Vec<bool> {
    let mut values = vec![false; graph.constants.len()];
    for &number in &graph.output_values {
        values[number] = true;
    }
    let mut needed = vec![false; graph.nodes.len()];
    for (place, node) in graph.nodes.iter().enumerate().rev() {
        needed[place] = node.outputs.iter().flatten().any(|&number| values[number]);
        if needed[place] {
            for &number in node.inputs.iter().flatten() {
                values[number] = true;
            }
        }
    }
    needed
}
