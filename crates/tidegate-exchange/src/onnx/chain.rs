//! The chain of layers in a graph.

use super::graph::Graph;
use crate::error::ExchangeError;
use crate::network::Network;

pub(super) fn network(graph: &Graph) -> Result<Network, ExchangeError> {
    let _ = graph;
    Err(super::write::not_yet())
}
