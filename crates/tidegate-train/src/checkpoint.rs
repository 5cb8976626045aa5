//! Checkpoints: one file from which a killed run continues and ends with the same bits.
//!
//! The file is safetensors. Its tensors are flat f32 buffers, one value per parameter in the model's order:
//! `parameters`, `best_parameters` (once an epoch is complete) and `optimiser.<buffer>`; inside a batch that is cut into
//! windows also the carried state, `state.hidden` and `state.cell`. Its metadata has one key, `tidegate_checkpoint`,
//! with JSON: the format version, what identifies the run (model, options, instruction set, fingerprints of the data and of
//! the initial parameters), counters and history. Here lives what is in the file, how it is written and how it is read.

mod header;
mod identity;
mod read;
mod snapshot;
mod write;

use std::io;
use std::path::PathBuf;

pub(crate) use identity::Identity;
pub(crate) use read::read;
pub(crate) use snapshot::{Expectation, Snapshot};
pub(crate) use write::write;

/// Where and when checkpoints are written. Besides what is said here, one is written after every epoch and when the
/// stop flag is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpointing {
    /// The file. It is written beside its place, synced and renamed, so that it is whole at any moment.
    pub path: PathBuf,
    /// Write also after every so many updates, 1 or more; absent for none inside an epoch.
    pub every_updates: Option<u64>,
    /// What to do with a file that is already there.
    pub existing: ExistingCheckpoint,
}

impl Checkpointing {
    /// After every epoch, continuing from the file where there is one.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Checkpointing {
            path: path.into(),
            every_updates: None,
            existing: ExistingCheckpoint::Resume,
        }
    }
}

/// What to do with a checkpoint that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExistingCheckpoint {
    /// Continue from it; refuse it where it belongs to another run. Without one, start anew.
    Resume,
    /// Start anew and write over it.
    Replace,
    /// Refuse to start.
    Refuse,
}

/// What is wrong with a checkpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointProblem {
    /// The file system refused.
    #[error("cannot {action}: {error}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        error: io::Error,
    },
    /// The path is a folder or a device.
    #[error("is not a file")]
    NotAFile,
    /// The file has more bytes than a checkpoint of this model can have.
    #[error(
        "has {bytes} bytes, a checkpoint of this run has at most {largest}: it belongs to something else"
    )]
    TooLarge {
        /// Size of the file.
        bytes: u64,
        /// The largest size that is read.
        largest: u64,
    },
    /// The file is cut short or of another format.
    #[error("is cut short or is no safetensors file ({reason}): start anew or restore it")]
    NotSafetensors {
        /// What does not fit.
        reason: String,
    },
    /// The file is safetensors, but nothing that training wrote.
    #[error("is a safetensors file, but no training checkpoint (a model file?)")]
    NotACheckpoint,
    /// The file was written by another version.
    #[error("has format version {found}, this program reads version {expected}")]
    FormatVersion {
        /// Version in the file.
        found: String,
        /// Version that is read.
        expected: u32,
    },
    /// The JSON or a counter in it makes no sense.
    #[error("is damaged: {reason}")]
    Damaged {
        /// What does not fit.
        reason: String,
    },
    /// A tensor is missing or has another shape or type.
    #[error("tensor {tensor}: {reason}")]
    Tensor {
        /// The tensor's name.
        tensor: String,
        /// What does not fit.
        reason: String,
    },
    /// The checkpoint belongs to a run with other options, another model or other data.
    #[error(
        "belongs to another run: {what} {there} there, {here} here; repeat what was given then, or give another path"
    )]
    OtherRun {
        /// The field that differs.
        what: String,
        /// Its value in the checkpoint.
        there: String,
        /// Its value in this run.
        here: String,
    },
    /// The run was begun with other vector instructions, which round differently.
    #[error(
        "was written by a run with the instruction set {there}, here it is {here}, which gives other bits: \
         set TIDEGATE_INSTRUCTION_SET={there} on a machine that has it, or give another path and start anew"
    )]
    InstructionSet {
        /// Instruction set in the checkpoint.
        there: String,
        /// Instruction set of this process.
        here: String,
    },
    /// The file is there and [`ExistingCheckpoint::Refuse`] was asked for.
    #[error("is already there: continue from it, replace it, or give another path")]
    Exists,
}
