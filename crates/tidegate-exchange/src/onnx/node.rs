//! A node whose operator is known, with its values by number.

use super::attributes::Attributes;
use super::graph::PlainNode;
use super::messages::NodeProto;
use super::operators::Operator;
use super::recurrent::PreparedCells;
use crate::error::ExchangeError;

/// A node of a graph.
#[derive(Debug)]
pub(super) struct Node {
    /// Its name, or what stands for one.
    pub(super) name: String,
    /// The operator's name.
    pub(super) operator_name: String,
    pub(super) operator: Operator,
    /// Numbers of values; none for an input that is left out.
    pub(super) inputs: Vec<Option<usize>>,
    pub(super) outputs: Vec<Option<usize>>,
    /// Of a recurrent node whose weights are constant.
    pub(super) prepared: Option<PreparedCells>,
}

impl Node {
    /// A node of operator set `set`, with values numbered already.
    ///
    /// # Errors
    /// [`ExchangeError::Operator`] with what is not computed.
    pub(super) fn read(
        node: NodeProto,
        place: usize,
        set: i64,
        inputs: Vec<Option<usize>>,
        outputs: Vec<Option<usize>>,
    ) -> Result<Node, ExchangeError> {
        let name = name(&node, place);
        let used_inputs = inputs
            .iter()
            .rposition(Option::is_some)
            .map_or(0, |last| last + 1);
        // Split makes a part for each output, also for one that nothing reads.
        let used_outputs = if node.op_type == "Split" {
            outputs.len()
        } else {
            outputs
                .iter()
                .rposition(Option::is_some)
                .map_or(0, |last| last + 1)
        };
        let read = || {
            let mut attributes = Attributes::new(node.attribute)?;
            let operator = Operator::read(
                &node.op_type,
                set,
                &mut attributes,
                used_inputs,
                used_outputs,
            )?;
            attributes.finish()?;
            Ok(operator)
        };
        match read() {
            Ok(operator) => Ok(Node {
                name,
                operator_name: node.op_type,
                operator,
                inputs,
                outputs,
                prepared: None,
            }),
            Err(reason) => Err(ExchangeError::Operator {
                node: name,
                operator: node.op_type,
                reason,
            }),
        }
    }

    /// Why a recurrent node runs on plain loops, if it does.
    pub(super) fn why_plain(&self) -> Option<PlainNode> {
        let Operator::Recurrent(recurrent) = &self.operator else {
            return None;
        };
        recurrent.why_plain().map(|reason| PlainNode {
            node: self.name.clone(),
            operator: self.operator_name.clone(),
            reason,
        })
    }

    /// An error of this node.
    pub(super) fn error(&self, reason: impl Into<String>) -> ExchangeError {
        ExchangeError::Operator {
            node: self.name.clone(),
            operator: self.operator_name.clone(),
            reason: reason.into(),
        }
    }
}

/// A node's name, the name of what it gives, or its place.
pub(super) fn name(node: &NodeProto, place: usize) -> String {
    [Some(&node.name), node.output.first()]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty())
        .cloned()
        .unwrap_or_else(|| format!("number {place}"))
}
