//! A graph whose every operator can be computed.

use super::chain::{self, Chain};
use super::node::Node;
use super::operators::Operator;
use super::port::Port;
use super::tensor::Tensor;
use crate::error::ExchangeError;
use crate::network::Network;

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

/// Bytes that the values of a run may take together, unless another limit is set.
const MEMORY_LIMIT: usize = 1 << 30;

/// A graph whose every operator can be computed.
///
/// ```no_run
/// use tidegate_exchange::onnx::{Graph, Tensor};
///
/// let graph = Graph::read(&std::fs::read("model.onnx")?)?;
/// let outputs = graph.run(&[("input", Tensor::new([5, 2, 3], vec![0.5f32; 30])?)])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Graph {
    pub(super) inputs: Vec<Port>,
    pub(super) input_values: Vec<usize>,
    pub(super) outputs: Vec<Port>,
    pub(super) output_values: Vec<usize>,
    /// By number, those values that no input changes.
    pub(super) constants: Vec<Option<Tensor>>,
    /// In an order in which each can be computed.
    pub(super) nodes: Vec<Node>,
    /// Values that no node after this one reads.
    pub(super) last_read: Vec<Vec<usize>>,
    pub(super) plain_nodes: Vec<PlainNode>,
    pub(super) memory_limit: usize,
    pub(super) metadata: Vec<(String, String)>,
}

impl Graph {
    /// Reads an ONNX file and checks every operator. It takes memory in proportion to the file.
    ///
    /// # Errors
    /// [`ExchangeError::Malformed`] for damage; [`ExchangeError::NoCounterpart`] for what is not computed: operator sets
    /// too old or too new, other types of values, data outside of the file; [`ExchangeError::Operator`] names the first
    /// node that cannot be computed.
    pub fn read(bytes: &[u8]) -> Result<Graph, ExchangeError> {
        super::read::read(bytes)
    }

    /// What the graph reads, in the file's order; what the file itself gives values to is constant and none of them.
    #[must_use]
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// What it gives, in the file's order.
    #[must_use]
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// The value of an entry of the file's metadata.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<&str> {
        let mut entries = self.metadata.iter();
        let found = entries.find(|(name, _)| name == key);
        found.map(|(_, value)| &**value)
    }

    /// Recurrent nodes that run on plain loops, many times slower than the engine, and why.
    #[must_use]
    pub fn plain_nodes(&self) -> &[PlainNode] {
        &self.plain_nodes
    }

    /// How many recurrent nodes there are.
    #[must_use]
    pub fn recurrent_nodes(&self) -> usize {
        let recurrent = |node: &&Node| matches!(node.operator, Operator::Recurrent(_));
        self.nodes.iter().filter(recurrent).count()
    }

    /// Bytes that a run's values may take together.
    #[must_use]
    pub fn memory_limit(&self) -> usize {
        self.memory_limit
    }

    /// The same with another limit to the bytes that a run's values may take together; by default 1 GiB.
    #[must_use]
    pub fn with_memory_limit(mut self, bytes: usize) -> Graph {
        self.memory_limit = bytes;
        self
    }

    /// Computes what the file says: all outputs, by name.
    ///
    /// # Errors
    /// [`ExchangeError::Input`] for one that is missing, unknown, or of the wrong type or shape;
    /// [`ExchangeError::Operator`] where values meet that an operator does not take, a recurrent one is given what is not
    /// finite, or the values would take more than the memory limit.
    pub fn run(&self, inputs: &[(&str, Tensor)]) -> Result<Vec<(String, Tensor)>, ExchangeError> {
        super::run::run(self, inputs)
    }

    /// The chain of layers that the graph computes, compared with it on random inputs before it is handed out.
    ///
    /// The first input is the sequence; others may be initial states, which a network starts from zero, or lengths. The first
    /// output is the network's; others may be final states.
    ///
    /// # Errors
    /// [`ExchangeError::Operator`] names the first operator that has no place in a [`Network`].
    pub fn to_chain(&self) -> Result<Chain, ExchangeError> {
        chain::of_graph(self)
    }

    /// The network of [`Self::to_chain`], which reads `[steps, batch, …]` in whichever order the graph does.
    ///
    /// # Errors
    /// As [`Self::to_chain`].
    pub fn to_network(&self) -> Result<Network, ExchangeError> {
        Ok(self.to_chain()?.network)
    }

    /// A graph of what was read.
    pub(super) fn new(
        (inputs, input_values): (Vec<Port>, Vec<usize>),
        (outputs, output_values): (Vec<Port>, Vec<usize>),
        constants: Vec<Option<Tensor>>,
        nodes: Vec<Node>,
    ) -> Graph {
        let mut last_reader: Vec<Option<usize>> = vec![None; constants.len()];
        for (place, node) in nodes.iter().enumerate() {
            for &value in node.inputs.iter().chain(&node.outputs).flatten() {
                last_reader[value] = Some(place);
            }
        }
        for &value in &output_values {
            last_reader[value] = None;
        }
        let mut last_read = vec![Vec::new(); nodes.len()];
        for (value, reader) in last_reader.into_iter().enumerate() {
            if let Some(reader) = reader {
                last_read[reader].push(value);
            }
        }
        let plain_nodes = nodes.iter().filter_map(Node::why_plain).collect();
        Graph {
            inputs,
            input_values,
            outputs,
            output_values,
            constants,
            nodes,
            last_read,
            plain_nodes,
            memory_limit: MEMORY_LIMIT,
            metadata: Vec::new(),
        }
    }
}
