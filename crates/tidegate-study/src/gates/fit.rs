//! Whether a sequence fits a model and the memory.

use tidegate_cells::Stack;
use tidegate_data::Inputs;
use tidegate_model::{InputLayer, Model};

use super::error::GatesError;
use super::sequence::ShownSequence;
use crate::memory;

/// Names of columns that an error lists.
const NAMES: usize = 8;

/// Arrays of one value a step and unit that are held at once, at most: those of the tape, and those handed out.
const ARRAYS: f64 = 12.0;

/// Bytes of a number.
const NUMBER: f64 = 4.0;

/// The engine works on vectors of units.
const LANES: usize = 16;

impl ShownSequence {
    /// A model says which task it was trained on: of another length it may be shown, but not of another kind.
    fn check_task(&self, model: &Model) -> Result<(), GatesError> {
        let kind = |name: &str| name.split(',').next().unwrap_or_default().to_owned();
        let is_generated = self.split.is_some() && !self.pitches;
        match model.description().get("task") {
            Some(trained) if is_generated && kind(trained) != kind(&self.name) => {
                Err(GatesError::OtherTask {
                    trained: trained.clone(),
                    shown: self.name.clone(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Holds what the model reads against what the sequence has.
    ///
    /// # Errors
    /// [`GatesError::Fit`] names both; [`GatesError::OtherTask`] a generated task of another kind than the model was trained on.
    pub fn check_fits(&self, model: &Model) -> Result<(), GatesError> {
        let size = model.configuration().recurrent.input_size;
        let fits = match (model.configuration().input, &self.inputs) {
            (InputLayer::Features, Inputs::Features { size: found, .. }) => size == *found,
            (InputLayer::Embedding { vocabulary, .. }, Inputs::Tokens(tokens)) => {
                tokens.iter().all(|&token| (token as usize) < vocabulary)
            }
            _ => false,
        };
        if fits {
            return self.check_task(model);
        }
        let expected = match model.configuration().input {
            InputLayer::Features => features(size),
            InputLayer::Embedding { vocabulary, .. } => {
                format!("tokens from a vocabulary of {vocabulary}")
            }
        };
        let found = match &self.inputs {
            Inputs::Features { size, .. } => match &self.names {
                Some(names) => format!("{} ({})", features(*size), list(names)),
                None => features(*size),
            },
            Inputs::Tokens(tokens) => match tokens.iter().max() {
                Some(largest) => format!("tokens up to {largest}"),
                None => "tokens".to_owned(),
            },
        };
        Err(GatesError::Fit {
            name: self.name.clone(),
            expected,
            found,
        })
    }
}

/// Refuses what the memory cannot hold.
pub(super) fn check_memory(
    stack: &Stack,
    steps: usize,
    available: Option<u64>,
) -> Result<(), GatesError> {
    let units = stack.hidden_size.next_multiple_of(LANES) * stack.directions() * stack.layers;
    let inputs = stack.input_size.next_multiple_of(LANES) * 2;
    let needed = steps as f64 * NUMBER * (ARRAYS * units as f64 + inputs as f64);
    let what = || format!("what the gates do over {steps} steps");
    memory::check(what, needed, available, "the length of the sequence")
        .map_err(|error| GatesError::Memory(Box::new(error)))
}

fn features(size: usize) -> String {
    match size {
        1 => "1 feature a step".to_owned(),
        _ => format!("{size} features a step"),
    }
}

fn list(names: &[String]) -> String {
    let mut list = names[..names.len().min(NAMES)].join(", ");
    if names.len() > NAMES {
        list.push_str(", …");
    }
    list
}
