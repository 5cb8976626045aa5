//! What is done once, when a file is read: constants are computed, and constant weights packed.

use super::node::Node;
use super::operators::Operator;
use super::recurrent::RecurrentInputs;
use super::tensor::Tensor;
use crate::error::ExchangeError;

/// Computes a node whose inputs are all constant, if what it gives has room; then it is not needed any more.
pub(super) fn fold(
    node: &Node,
    constants: &mut [Option<Tensor>],
    room: &mut usize,
    work: &mut usize,
) -> bool {
    // Products take longer than their inputs are long.
    if matches!(
        node.operator,
        Operator::Recurrent(_) | Operator::MatMul | Operator::Gemm(_)
    ) {
        return false;
    }
    let mut inputs = Vec::with_capacity(node.inputs.len());
    let mut read = 0usize;
    for input in &node.inputs {
        inputs.push(match input {
            None => None,
            Some(number) => match &constants[*number] {
                Some(constant) => {
                    read = read.saturating_add(constant.values().bytes());
                    Some(constant)
                }
                None => return false,
            },
        });
    }
    // Joining and comparing pass their inputs once for each of them.
    let Some(left) = work.checked_sub(read.saturating_mul(inputs.len().max(1))) else {
        return false;
    };
    *work = left;
    let Ok(results) = node.operator.compute(&inputs, *room) else {
        // What is wrong with it is said where it is run.
        return false;
    };
    let bytes: usize = results.iter().map(|result| result.values().bytes()).sum();
    let Some(left) = room.checked_sub(bytes) else {
        return false;
    };
    *room = left;
    for (result, output) in results.into_iter().zip(&node.outputs) {
        if let Some(number) = output {
            constants[*number] = Some(result);
        }
    }
    true
}

/// Packs the weights of a recurrent node, if they are constant and have room.
pub(super) fn prepare(
    node: &mut Node,
    constants: &[Option<Tensor>],
    room: &mut usize,
) -> Result<(), ExchangeError> {
    let Operator::Recurrent(recurrent) = &node.operator else {
        return Ok(());
    };
    // The sequence, lengths and states are not looked at: any constant stands for them.
    let Some(Some(weights)) = node.inputs.get(1) else {
        return Err(node.error("input W is missing"));
    };
    let mut inputs = Vec::with_capacity(node.inputs.len());
    for (place, input) in node.inputs.iter().enumerate() {
        inputs.push(match (place, input) {
            (0, _) => constants[*weights].as_ref(),
            (4..=6, _) | (_, None) => None,
            (_, Some(number)) => match &constants[*number] {
                Some(constant) => Some(constant),
                None => return Ok(()),
            },
        });
    }
    if inputs[1].is_none() {
        return Ok(());
    }
    let inputs = RecurrentInputs::of(&inputs).map_err(|reason| node.error(reason))?;
    if recurrent.packed_bytes(&inputs.weights) > *room {
        return Ok(());
    }
    let prepared = recurrent
        .prepare(&inputs.weights)
        .map_err(|reason| node.error(reason))?;
    *room = room.saturating_sub(prepared.memory_bytes());
    node.prepared = Some(prepared);
    Ok(())
}
