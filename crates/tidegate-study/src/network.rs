//! The model that a cell gets for a task: one recurrent layer and a dense head.

use tidegate_cells::Stack;
use tidegate_data::{InputKind, SequenceSet, Supervision};
use tidegate_model::{InputLayer, ModelConfiguration, Readout};

use crate::candidate::Candidate;
use crate::cell_variant::CellVariant;

/// Features enter as they are; tokens get a learnt embedding as wide as their vocabulary.
pub(crate) fn network(
    set: &SequenceSet,
    variant: CellVariant,
    hidden_size: usize,
) -> ModelConfiguration {
    let (input, input_size) = match set.input {
        InputKind::Features { size } => (InputLayer::Features, size),
        InputKind::Tokens { vocabulary } => {
            let size = vocabulary;
            (InputLayer::Embedding { vocabulary, size }, size)
        }
    };
    let readout = match set.supervision {
        Supervision::EveryStep => Readout::EveryStep,
        Supervision::LastStep => Readout::LastStep,
    };
    let recurrent = Stack::new(variant.cell(), input_size, hidden_size);
    ModelConfiguration::new(input, recurrent, set.target.outputs(), readout)
}

/// The model with a candidate's dropout.
pub(crate) fn regularised(
    network: &ModelConfiguration,
    candidate: &Candidate,
) -> ModelConfiguration {
    let mut network = network.clone();
    network.input_dropout = candidate.input_dropout;
    network.output_dropout = candidate.output_dropout;
    network.recurrent.recurrent_dropout = candidate.recurrent_dropout;
    network
}

/// Multiply-adds of the matrix products of one step of one sequence: the recurrent layer, and the head or the attention
/// where it reads every step.
pub(crate) fn multiply_adds_per_step(network: &ModelConfiguration) -> usize {
    let features = network.recurrent.output_size();
    let head = match network.readout {
        Readout::EveryStep => features * network.outputs,
        Readout::LastStep | Readout::Mean => 0,
        Readout::Attention => features * (features + 1),
    };
    network.recurrent.multiply_adds_per_step() + head
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Task;

    #[test]
    fn the_head_is_counted_where_it_is_read_at_every_step() {
        let count = |task: Task| {
            let set = task.with_sequences(1).splits().unwrap().train;
            multiply_adds_per_step(&network(&set, CellVariant::Gru, 5))
        };
        // Three blocks of 5 units, each with its inputs and the 5 units before.
        assert_eq!(count(Task::adding_problem(4)), 3 * 5 * (2 + 5));
        // One feature in, one value out at every step.
        assert_eq!(count(Task::mackey_glass(30)), 3 * 5 * (1 + 5) + 5);
    }
}
