//! The chain of layers in a graph.
//!
//! Every value that follows from the input is represented by tags: for each of its values, which value of which layer's rows
//! it is. Operators that only move values move tags, so that no arrangement of theirs needs to be known; where a layer reads
//! its input, the tags must be whole rows in the layer's order.
//! `tags` is that arithmetic, `walk` follows the nodes, `layers`, `recurrent` and `pooling` turn single nodes into layers, `attention` finds the one layer
//! that is several, `compare` runs both.

mod attention;
mod compare;
mod layers;
mod pooling;
mod recurrent;
mod rows;
mod sizes;
mod tags;
mod walk;

use tidegate_cells::{Cell, Mgu, Reset, Stack};

use super::graph::Graph;
use super::tensor::ElementType;
use crate::error::ExchangeError;
use crate::network::{Layer, Network};

use self::sizes::{OPEN, batch_of, sizes};
use self::walk::Walk;

/// What to do with a graph that is no network.
const AS_IT_STANDS: &str =
    "`tidegate run` runs the graph as it stands; in Python, ONNX Runtime does";

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

/// A graph as the chain of layers that it computes.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The layers.
    pub network: Network,
    /// Whether the graph's first input is `[batch, steps, …]`, where a [`Network`] reads `[steps, batch, …]`.
    pub batch_first_input: bool,
    /// Whether the graph's first output is `[batch, steps, …]`, where a [`Network`] gives `[steps, batch, …]`.
    pub batch_first_output: bool,
}

pub(super) fn of_graph(graph: &Graph) -> Result<Chain, ExchangeError> {
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
        match in_order(graph, order) {
            Ok(chain) => return Ok(chain),
            Err((place, error)) => {
                if furthest.as_ref().is_none_or(|(other, _)| place > *other) {
                    furthest = Some((place, error));
                }
            }
        }
    }
    Err(furthest.map_or_else(|| refused("this graph"), |(_, error)| error))
}

/// The chain that a graph is if its input has this order; an error comes with the place of its node.
fn in_order(graph: &Graph, order: Order) -> Result<Chain, (usize, ExchangeError)> {
    let end = graph.nodes.len();
    let mut found: Option<Network> = None;
    let mut batch_first_output = None;
    // A part of a fixed place may be the last step of one length, and is not that of another.
    for open in OPEN {
        let mut walk = Walk::new(graph, order, open).map_err(|error| (0, error))?;
        walk.run()?;
        let network = Network {
            input: walk.input.clone(),
            layers: joined(std::mem::take(&mut walk.layers)),
        };
        if found.as_ref().is_some_and(|found| *found != network) {
            return Err((
                end,
                refused("a graph whose layers change with the number of steps"),
            ));
        }
        network.validate().map_err(|error| (end, error))?;
        let arrangement = walk.arrangement();
        compare::check(graph, order, open, &arrangement, &network).map_err(|error| (end, error))?;
        let (steps, sequences) = batch_of(&sizes(&graph.inputs[0], order, open), order);
        let steps = if network.every_step() { steps } else { 1 };
        batch_first_output = batch_first(&arrangement, steps, sequences)
            .map_err(|()| {
                (
                    end,
                    refused("a graph whose outputs are in no order of steps"),
                )
            })?
            .or(batch_first_output);
        found = Some(network);
    }
    let network = found.ok_or_else(|| (0, refused("this graph")))?;
    let batch_first_input = order == Order::BatchFirst;
    Ok(Chain {
        network,
        batch_first_input,
        batch_first_output: batch_first_output.unwrap_or(batch_first_input),
    })
}

/// Whether rows that lie so, counted with the steps first, have the batch first; none where both orders are one.
fn batch_first(arrangement: &[usize], steps: usize, sequences: usize) -> Result<Option<bool>, ()> {
    let lies = |place: fn(usize, usize, usize) -> usize| {
        let mut rows = arrangement.iter().enumerate();
        rows.all(|(index, &row)| row == place(index, steps, sequences))
    };
    let steps_first = lies(|index, _, _| index);
    let batch_first = lies(|index, steps, sequences| index % steps * sequences + index / steps);
    match (steps_first, batch_first) {
        (true, true) => Ok(None),
        (false, false) => Err(()),
        (_, batch_first) => Ok(Some(batch_first)),
    }
}

fn refused(what: &str) -> ExchangeError {
    ExchangeError::NoCounterpart {
        what: what.into(),
        format: "a network",
        remedy: AS_IT_STANDS.into(),
    }
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
    // Gates without a weight say nothing of each other.
    let mut gated = false;
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
        gated |= reset.iter().any(|value| *value != 0.0);
        smaller.extend_from_slice(reset);
        smaller.extend_from_slice(candidate);
    }
    if !gated {
        return layer;
    }
    Layer::Recurrent {
        stack: Stack {
            cell: Cell::Mgu(Mgu {}),
            ..stack.clone()
        },
        weights: smaller,
    }
}
