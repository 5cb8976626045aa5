//! A graph whose every operator can be computed.

use super::tensor::{ElementType, Tensor};
use crate::error::ExchangeError;
use crate::network::Network;

/// Size of an axis of an input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Always this.
    Fixed(usize),
    /// Whatever is given, the same wherever the name stands.
    Named(String),
    /// Whatever is given.
    Unknown,
}

/// An input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// The type of its values.
    pub element_type: ElementType,
    /// One dimension for each axis, if the file says how many there are.
    pub shape: Option<Vec<Dimension>>,
}

/// A recurrent node that the engine's equations do not cover, which is computed by plain loops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainNode {
    /// The node, by name or place.
    pub node: String,
    /// GRU, LSTM or RNN.
    pub operator: String,
    /// What the engine does not cover.
    pub reason: String,
}

/// A graph whose every operator can be computed.
#[derive(Debug)]
pub struct Graph {}

impl Graph {
    /// Reads an ONNX file and checks every operator.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] for damage; [`ExchangeError::NoCounterpart`] for what is not computed: operator sets
    /// too old or too new, other types of values, data outside of the file; [`ExchangeError::Operator`] names the first
    /// node that cannot be computed.
    pub fn read(bytes: &[u8]) -> Result<Graph, ExchangeError> {
        let _ = bytes;
        Err(not_yet())
    }

    /// What the graph reads, in the file's order; initializers are none of them.
    #[must_use]
    pub fn inputs(&self) -> &[Port] {
        &[]
    }

    /// What it gives, in the file's order.
    #[must_use]
    pub fn outputs(&self) -> &[Port] {
        &[]
    }

    /// Recurrent nodes that run on plain loops, many times slower than the engine, and why.
    #[must_use]
    pub fn plain_nodes(&self) -> &[PlainNode] {
        &[]
    }

    /// Computes what the file says: all outputs, by name.
    ///
    /// # Errors
    /// [`ExchangeError::Input`] for one that is missing, unknown, or of the wrong type or shape;
    /// [`ExchangeError::Operator`] where values meet that an operator does not take.
    pub fn run(&self, inputs: &[(&str, Tensor)]) -> Result<Vec<(String, Tensor)>, ExchangeError> {
        let _ = inputs;
        Err(not_yet())
    }

    /// The chain of layers that the graph computes.
    ///
    /// # Errors
    /// [`ExchangeError::Operator`] names the first operator that has no place in a [`Network`].
    pub fn to_network(&self) -> Result<Network, ExchangeError> {
        Err(not_yet())
    }
}

pub(super) fn not_yet() -> ExchangeError {
    ExchangeError::NoCounterpart {
        what: "this".into(),
        format: "ONNX",
        remedy: String::new(),
    }
}
