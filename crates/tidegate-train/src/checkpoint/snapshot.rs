//! Everything that changes while a run goes on.

use tidegate_cells::State;

use super::CheckpointProblem;
use crate::event::EpochRecord;
use crate::fingerprint::of_text_and_values;
use crate::lesson::Lesson;
use crate::optimiser::OptimiserState;
use crate::position::Position;
use crate::schedule::Plateau;
use crate::shuffle::{batch_rows, shuffled_order};
use crate::training::Training;

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

impl Snapshot {
    /// Fingerprint of everything in it.
    pub(super) fn fingerprint(&self) -> Result<String, CheckpointProblem> {
        let counters = (
            self.optimiser.updates,
            &self.position,
            &self.plateau,
            &self.epochs,
        );
        let text =
            serde_json::to_string(&counters).map_err(|error| CheckpointProblem::Damaged {
                reason: error.to_string(),
            })?;
        let buffers = [&self.parameters]
            .into_iter()
            .chain(&self.best_parameters)
            .chain(&self.optimiser.buffers)
            .chain((self.position.window > 0).then_some(&self.state.hidden))
            .chain((self.position.window > 0).then_some(&self.state.cell));
        Ok(of_text_and_values(&text, buffers.map(Vec::as_slice)))
    }
}

/// What a checkpoint of a run must hold, so that one that does not is refused before anything is done with it.
pub(crate) struct Expectation<'a> {
    /// The optimiser's buffers.
    pub(crate) buffers: &'static [&'static str],
    /// The carried state of one sequence, whose size times the batch is the size of a batch's state.
    pub(crate) state_of_one: State,
    /// What is trained, and on what.
    pub(crate) lesson: &'a dyn Lesson,
    /// The options.
    pub(crate) training: &'a Training,
}

impl Expectation<'_> {
    /// Number of parameters.
    pub(super) fn parameters(&self) -> usize {
        self.lesson.parameters().len()
    }

    /// Examples in batch number `batch`.
    pub(super) fn rows(&self, batch: usize) -> usize {
        let batch_size = self.training.batch_size;
        self.lesson
            .examples()
            .saturating_sub(batch.saturating_mul(batch_size))
            .min(batch_size)
    }

    /// The updates of an epoch that come before this batch and window; nothing where the epoch has no such place.
    pub(super) fn updates_before(
        &self,
        epoch: usize,
        batch: usize,
        window: usize,
    ) -> Option<usize> {
        let lesson = self.lesson;
        let batch_size = self.training.batch_size;
        let mut order = Vec::new();
        shuffled_order(
            self.training.seed,
            epoch as u64,
            lesson.examples(),
            &mut order,
        );
        let rows = batch_rows(&order, batch, batch_size);
        let end = batch == lesson.examples().div_ceil(batch_size) && window == 0;
        if !end && (rows.is_empty() || window >= lesson.windows(rows)) {
            return None;
        }
        let whole = order.chunks(batch_size).take(batch);
        let before: usize = whole
            .map(|rows| lesson.updates(rows, 0..lesson.windows(rows)))
            .sum();
        Some(before + lesson.updates(rows, 0..window))
    }

    /// Bytes that a checkpoint can have at most: its tensors and a description of up to 100 MB, safetensors' limit.
    pub(super) fn largest_file(&self) -> u64 {
        let state = (self.state_of_one.hidden.len() + self.state_of_one.cell.len()) as u64;
        let values = (self.parameters() as u64)
            .saturating_mul(2 + self.buffers.len() as u64)
            .saturating_add(state.saturating_mul(self.rows(0) as u64));
        values.saturating_mul(4).saturating_add(100_000_008)
    }
}
