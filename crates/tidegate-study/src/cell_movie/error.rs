//! What can go wrong on the way to a movie of a cell.

use tidegate_model::ModelError;

use crate::cell_variant::CellVariant;
use crate::error::Divergence;

/// An error of a movie of a cell: it names the sequence, part, step or unit at fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CellMovieError {
    /// The sequence is not what the model reads.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model's cell is not the one that was named.
    #[error("the model's cell is not {cell}: name the cell that the model has")]
    OtherCell {
        /// The cell that was named.
        cell: CellVariant,
    },
    /// There is no drawing of the cell.
    #[error(
        "there is no drawing of {cell}: there is one of each GRU, LSTM and plain recurrent cell"
    )]
    NoDrawing {
        /// The cell.
        cell: CellVariant,
    },
    /// Its run ended without a model.
    #[error("its run with seed {seed} diverged, so that no model is left: {divergence}")]
    Diverged {
        /// The run's seed.
        seed: u64,
        /// What stopped being finite.
        divergence: Divergence,
    },
    /// The model of its run cannot be read.
    #[error("the model of its run with seed {seed} cannot be read: run the study again")]
    NoModel {
        /// The run's seed.
        seed: u64,
    },
    /// The set has fewer sequences.
    #[error("{task}: there is no sequence {sequence}: the set holds {count}, counted from 0")]
    NoSuchSequence {
        /// What the set is from.
        task: String,
        /// The index asked for.
        sequence: usize,
        /// How many there are.
        count: usize,
    },
    /// The sequence has no step.
    #[error("{task}: sequence {sequence} has no step: choose another")]
    Empty {
        /// What the set is from.
        task: String,
        /// The index asked for.
        sequence: usize,
    },
    /// A value overflows.
    #[error(
        "{name}, step {step}, unit {unit} is {value}: the model's state leaves the range of 32-bit floats on this sequence"
    )]
    NotFinite {
        /// The part.
        name: &'static str,
        /// The step.
        step: usize,
        /// The unit.
        unit: usize,
        /// The value.
        value: f32,
    },
}
