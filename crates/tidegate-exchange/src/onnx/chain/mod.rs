//! The chain of layers in a graph.
//!
//! Every value that follows from the input is represented by tags: for each of its values, which value of which layer's rows
//! it is. Operators that only move values move tags, so that no arrangement of theirs needs to be known; where a layer reads
//! its input, the tags must be whole rows in the layer's order.
//! `tags` is that arithmetic, `walk` follows the nodes, `layers` turns single nodes into layers, `compare` runs both.

mod compare;
mod layers;
mod tags;
mod walk;

use tidegate_cells::{Cell, Mgu, Reset, Stack};

use super::graph::Graph;
use super::tensor::ElementType;
use crate::error::ExchangeError;
use crate::network::{Layer, Network};

use self::walk::Walk;

/// Which axis of the input is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// `[steps, batch, …]`.
    StepsFirst,
    /// `[batch, steps, …]`.
    BatchFirst,
    /// `[batch, …]` of one step.
    BatchAlone,
    /// `[steps, …]` of one sequence.
    StepsAlone,
}

pub(super) fn network(graph: &Graph) -> Result<Network, ExchangeError> {
    let refused = |reason: &str| ExchangeError::NoCounterpart {
        what: reason.into(),
        format: "a network",
        remedy: "run the graph as it is".into(),
    };
    let Some(input) = graph.inputs.first() else {
        return Err(refused("a graph without an input"));
    };
    let Some(shape) = &input.shape else {
        return Err(refused(
            "an input whose number of axes the file leaves open",
        ));
    };
    let axes = match input.element_type {
        ElementType::F32 => shape.len(),
        ElementType::I64 | ElementType::I32 => shape.len() + 1,
        ElementType::Bool => 0,
    };
    let orders: &[Order] = match axes {
        3 => &[Order::StepsFirst, Order::BatchFirst],
        2 => &[Order::BatchAlone, Order::StepsAlone],
        _ => {
            return Err(refused(
                "an input that is neither steps of features nor of tokens",
            ));
        }
    };
    let mut furthest: Option<(usize, ExchangeError)> = None;
    for &order in orders {
        let mut walk = Walk::new(graph, order)?;
        match walk.run() {
            Ok(()) => {
                let arrangement = walk.arrangement();
                let network = Network {
                    input: walk.input,
                    layers: joined(walk.layers),
                };
                network.validate()?;
                compare::check(graph, order, arrangement, &network)?;
                return Ok(network);
            }
            Err((place, error)) => {
                if furthest.as_ref().is_none_or(|(other, _)| place > *other) {
                    furthest = Some((place, error));
                }
            }
        }
    }
    Err(furthest.map_or_else(|| refused("this graph"), |(_, error)| error))
}

/// With recurrent layers of one cell and size that follow each other as one stack, and minimal gated units recognised.
fn joined(layers: Vec<Layer>) -> Vec<Layer> {
    let mut joined: Vec<Layer> = Vec::with_capacity(layers.len());
    for layer in layers {
        match (joined.last_mut(), minimal(layer)) {
            (
                Some(Layer::Recurrent {
                    stack: below,
                    weights,
                }),
                Layer::Recurrent {
                    stack,
                    weights: above,
                },
            ) if (below.cell, below.hidden_size, below.bidirectional)
                == (stack.cell, stack.hidden_size, stack.bidirectional) =>
            {
                below.layers += stack.layers;
                weights.extend(above);
            }
            (_, layer) => joined.push(layer),
        }
    }
    joined
}

/// A gated recurrent unit whose update gate is 1 − its reset gate, which acts before the product, is a minimal gated unit.
fn minimal(layer: Layer) -> Layer {
    let Layer::Recurrent { stack, weights } = &layer else {
        return layer;
    };
    let before = |gru: &tidegate_cells::Gru| {
        *gru == tidegate_cells::Gru {
            reset: Reset::Before,
            ..Default::default()
        }
    };
    if !matches!(&stack.cell, Cell::Gru(gru) if before(gru)) {
        return layer;
    }
    let mut smaller = Vec::with_capacity(weights.len() * 2 / 3);
    for tensor in stack.tensors() {
        let values = &weights[tensor.range()];
        let block = values.len() / 3;
        let (reset, rest) = values.split_at(block);
        let (update, candidate) = rest.split_at(block);
        if reset
            .iter()
            .zip(update)
            .any(|(reset, update)| *reset != -update)
        {
            return layer;
        }
        smaller.extend_from_slice(reset);
        smaller.extend_from_slice(candidate);
    }
    Layer::Recurrent {
        stack: Stack {
            cell: Cell::Mgu(Mgu {}),
            ..stack.clone()
        },
        weights: smaller,
    }
}
