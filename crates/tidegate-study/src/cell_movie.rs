//! The cell at work: its equations, and a drawing whose parts light up with what its gates did on a real sequence.
//!
//! [`CellMovie::of`] runs a trained model over one sequence and keeps what every gate, candidate and state did;
//! [`section`] writes the part of a page that shows it. A GRU's update gate keeps the old state where it is 1.

mod drawing;
mod equations;
mod error;
mod film;
mod gru;
mod input_strip;
mod lstm;
mod missing;
mod plain_recurrent;
mod section;
mod words;

use tidegate_cells::{Batch, Cell};
use tidegate_data::{Inputs, Split, Splits};
use tidegate_model::{BatchInputs, Model};

use crate::cell_variant::CellVariant;

pub use error::CellMovieError;
pub use section::section;

/// Steps of a sequence that a page shows, from the first on.
pub const MOST_STEPS: usize = 200;

/// Units that a page shows one by one, from the first on; means are over all.
pub const MOST_UNITS: usize = 64;

/// The sequence that a movie shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The set that it is from.
    pub split: Split,
    /// Its index in the set, from 0.
    pub sequence: usize,
    /// Whether its features are the piano's keys, as polyphonic music has them.
    pub pitches: bool,
}

/// A cell that a page is to show at work.
#[derive(Debug)]
pub struct ShownCell {
    /// The cell.
    pub cell: CellVariant,
    /// What it did, or why that cannot be shown.
    pub movie: Result<CellMovie, CellMovieError>,
}

/// What the parts of a cell did on a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct CellMovie {
    /// The cell.
    pub cell: CellVariant,
    /// What the sequence is from.
    pub task: String,
    /// Which sequence of it.
    pub scene: Scene,
    /// What the cell read.
    pub inputs: Inputs,
    /// Units H of the cell.
    pub units: usize,
    /// Steps T of the sequence.
    pub steps: usize,
    /// Gates, candidate and states in the field's names.
    pub parts: Vec<PartValues>,
}

/// What one part of a cell did.
#[derive(Clone, Debug, PartialEq)]
pub struct PartValues {
    /// `reset_gate`, `update_gate`, `input_gate`, `forget_gate`, `output_gate`, `candidate`, `cell` or `hidden`.
    pub name: &'static str,
    /// Values `[T, H]`.
    pub values: Vec<f32>,
}

impl CellMovie {
    /// Runs a model from the zero state over a sequence; of several layers it keeps the first one, forwards in time.
    ///
    /// # Errors
    /// [`CellMovieError`]: the set has no such sequence, it is empty or not what the model reads, the model has another
    /// cell, the cell has no drawing, or a value is not finite.
    pub fn of(
        model: &Model,
        splits: &Splits,
        scene: Scene,
        cell: CellVariant,
    ) -> Result<CellMovie, CellMovieError> {
        let (task, sequence) = (splits.name.clone(), scene.sequence);
        let set = splits.get(scene.split);
        let stack = &model.configuration().recurrent;
        if stack.cell != cell.cell() {
            return Err(CellMovieError::OtherCell { cell });
        }
        check_drawing(cell)?;
        let count = set.sequences.len();
        let shown = set.sequences.get(sequence);
        let shown = shown.ok_or_else(|| CellMovieError::NoSuchSequence {
            task: task.clone(),
            sequence,
            count,
        })?;
        let (units, steps) = (stack.hidden_size, shown.inputs.steps());
        if steps == 0 {
            return Err(CellMovieError::Empty { task, sequence });
        }
        let inputs = match &shown.inputs {
            Inputs::Features { values, .. } => BatchInputs::Features(values),
            Inputs::Tokens(tokens) => BatchInputs::Tokens(tokens),
        };
        let trace = model.trace(&Batch::full(steps, 1), &inputs, &mut model.zero_state(1))?;
        let mut parts = Vec::new();
        for gate in trace.gates {
            if gate.layer != 0 || gate.reverse {
                continue;
            }
            if let Some(index) = gate.values.iter().position(|value| !value.is_finite()) {
                return Err(CellMovieError::NotFinite {
                    name: gate.name,
                    step: index / units,
                    unit: index % units,
                    value: gate.values[index],
                });
            }
            parts.push(PartValues {
                name: gate.name,
                values: gate.values,
            });
        }
        Ok(CellMovie {
            cell,
            task,
            scene,
            inputs: shown.inputs.clone(),
            units,
            steps,
            parts,
        })
    }

    /// Values `[T, H]` of a part, if the cell has it.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&[f32]> {
        let part = self.parts.iter().find(|part| part.name == name);
        part.map(|part| &part.values[..])
    }

    /// Steps that a page shows.
    pub(crate) fn shown_steps(&self) -> usize {
        self.steps.min(MOST_STEPS)
    }

    /// Units that a page shows one by one.
    pub(crate) fn shown_units(&self) -> usize {
        self.units.min(MOST_UNITS)
    }
}

/// Checks that there is a drawing of a cell.
///
/// # Errors
/// [`CellMovieError::NoDrawing`].
pub(crate) fn check_drawing(cell: CellVariant) -> Result<(), CellMovieError> {
    match cell.cell() {
        Cell::Mgu(_) => Err(CellMovieError::NoDrawing { cell }),
        Cell::Gru(_) | Cell::Lstm(_) | Cell::Rnn(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
