//! Everything that changes while a run goes on.

use tidegate_cells::State;

use crate::event::EpochRecord;
use crate::optimiser::OptimiserState;
use crate::position::Position;
use crate::schedule::Plateau;

/// The changing part of a run: what a checkpoint holds besides the run's identity.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snapshot {
    /// Current parameters, flat.
    pub(crate) parameters: Vec<f32>,
    /// Parameters after the best epoch; absent before the first epoch is complete.
    pub(crate) best_parameters: Option<Vec<f32>>,
    /// The optimiser's buffers and the number of updates of the run.
    pub(crate) optimiser: OptimiserState,
    /// The carried state; meaningful only inside a batch that is cut into windows.
    pub(crate) state: State,
    /// Where in the epoch.
    pub(crate) position: Position,
    /// The schedule's memory.
    pub(crate) plateau: Plateau,
    /// Completed epochs.
    pub(crate) epochs: Vec<EpochRecord>,
}

/// What a checkpoint of a run must hold, so that one that does not is refused before anything is done with it.
pub(crate) struct Expectation {
    /// Number of parameters.
    pub(crate) parameters: usize,
    /// The optimiser's buffers.
    pub(crate) buffers: &'static [&'static str],
    /// The carried state of one sequence, whose size times the batch is the size of a batch's state.
    pub(crate) state_of_one: State,
    /// Sequences in the training set.
    pub(crate) sequences: usize,
    /// Sequences in a batch.
    pub(crate) batch_size: usize,
    /// Epochs of the run at most.
    pub(crate) epochs: usize,
    /// Windows of the longest sequence.
    pub(crate) windows: usize,
}

impl Expectation {
    /// Batches in an epoch.
    pub(super) fn batches(&self) -> usize {
        self.sequences.div_ceil(self.batch_size)
    }

    /// Sequences in batch number `batch`.
    pub(super) fn rows(&self, batch: usize) -> usize {
        self.sequences
            .saturating_sub(batch.saturating_mul(self.batch_size))
            .min(self.batch_size)
    }

    /// Bytes that a checkpoint can have at most: its tensors and a description of up to 100 MB, safetensors' limit.
    pub(super) fn largest_file(&self) -> u64 {
        let state = (self.state_of_one.hidden.len() + self.state_of_one.cell.len()) as u64;
        let values = (self.parameters as u64)
            .saturating_mul(2 + self.buffers.len() as u64)
            .saturating_add(state.saturating_mul(self.rows(0) as u64));
        values.saturating_mul(4).saturating_add(100_000_008)
    }
}
