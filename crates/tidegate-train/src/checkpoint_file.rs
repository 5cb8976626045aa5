//! The checkpoint of one run on disk: its identity, when it is due, and its place in error messages.

use std::path::Path;

use tidegate_cells::InstructionSet;

use crate::checkpoint::{
    self, CheckpointProblem, Checkpointing, ExistingCheckpoint, Expectation, Identity, Snapshot,
};
use crate::error::TrainError;
use crate::lesson::Lesson;
use crate::training::Training;

/// The checkpoint file of one run.
pub(crate) struct CheckpointFile<'a> {
    options: &'a Checkpointing,
    identity: Identity,
    buffers: &'static [&'static str],
}

impl<'a> CheckpointFile<'a> {
    /// For a run that starts with this network.
    pub(crate) fn new(
        options: &'a Checkpointing,
        lesson: &dyn Lesson,
        training: &Training,
    ) -> Result<Self, TrainError> {
        if options.every_updates == Some(0) {
            let reason =
                "is 0, but must be at least 1; leave it out for none inside an epoch".to_owned();
            return Err(TrainError::Option {
                option: "every_updates",
                reason,
            });
        }
        let identity = Identity::new(lesson, training, InstructionSet::detect()?)
            .map_err(|problem| at(options, problem))?;
        Ok(CheckpointFile {
            options,
            identity,
            buffers: training.optimiser.buffer_names(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.options.path
    }

    /// Whether a checkpoint is to be written after this update.
    pub(crate) fn is_due(&self, updates: u64) -> bool {
        self.options
            .every_updates
            .is_some_and(|every| updates.is_multiple_of(every))
    }

    pub(crate) fn write(&self, snapshot: &Snapshot) -> Result<(), TrainError> {
        checkpoint::write(self.path(), &self.identity, self.buffers, snapshot)
            .map_err(|problem| at(self.options, problem))
    }

    /// The snapshot to continue from, if there is one.
    pub(crate) fn read(
        &self,
        lesson: &dyn Lesson,
        training: &Training,
    ) -> Result<Option<Snapshot>, TrainError> {
        match self.options.existing {
            ExistingCheckpoint::Replace => return Ok(None),
            ExistingCheckpoint::Refuse if self.path().symlink_metadata().is_ok() => {
                return Err(at(self.options, CheckpointProblem::Exists));
            }
            ExistingCheckpoint::Refuse => return Ok(None),
            ExistingCheckpoint::Resume => {}
        }
        let expectation = Expectation {
            buffers: self.buffers,
            state_of_one: lesson.zero_state(1),
            lesson,
            training,
        };
        checkpoint::read(self.path(), &self.identity, &expectation)
            .map_err(|problem| at(self.options, problem))
    }
}

fn at(options: &Checkpointing, problem: CheckpointProblem) -> TrainError {
    TrainError::Checkpoint {
        path: options.path.clone(),
        problem,
    }
}
