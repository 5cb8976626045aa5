//! The gate view: what the gates of a trained model do on one sequence.
//!
//! [`GateView::of`] runs a [`Model`] over a [`ShownSequence`] and keeps every gate, candidate and state of every layer and
//! direction, with what can be said of each unit: how long it remembers, how open its gates are, when it acts.
//! [`GateDocument`] is the same in numbers; [`GatesFolder`] writes page, picture, document and arrays.
//!
//! A GRU's update gate keeps the old state where it is 1. Many texts have it the other way round.
//!
//! ```
//! use tidegate_cells::{Cell, Gru, Stack};
//! use tidegate_data::Split;
//! use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};
//! use tidegate_study::Task;
//! use tidegate_study::gates::{GateView, SequenceSource};
//!
//! let recurrent = Stack::new(Cell::Gru(Gru::default()), 2, 8);
//! let configuration = ModelConfiguration::new(InputLayer::Features, recurrent, 1, Readout::LastStep);
//! let model = Model::new(configuration, 7)?;
//! let task = Task::adding_problem(20);
//! let source = SequenceSource::Task { task, split: Split::Test, sequence: 0 };
//! let view = GateView::of(&model, &source.read()?)?;
//! let layer = &view.layers[0];
//! assert_eq!(layer.array("update_gate").map(<[f32]>::len), Some(20 * 8));
//! assert!(layer.units[0].memory.time_constant() >= layer.units[7].memory.time_constant());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod charts;
mod document;
mod error;
mod fit;
mod folder;
mod page;
mod part;
mod sequence;
mod subject;
mod task_model;
mod unit;
mod words;

use tidegate_cells::{Batch, Cell, GateTrace};
use tidegate_data::Inputs;
use tidegate_model::{BatchInputs, Model};

pub use document::{
    ArrayDocument, GateDocument, LayerDocument, ModelDocument, SequenceDocument, UnitDocument,
};
pub use error::GatesError;
pub use folder::GatesFolder;
pub use part::Part;
pub use sequence::{SequenceSource, ShownSequence};
pub use unit::{Moment, UnitGates, UnitMemory};

/// Names of the arrays, in the order in which they are shown.
const ORDER: [&str; 8] = [
    "reset_gate",
    "update_gate",
    "input_gate",
    "forget_gate",
    "output_gate",
    "candidate",
    "cell",
    "hidden",
];

/// What the gates of a model did on a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct GateView {
    /// The cell of every layer.
    pub cell: Cell,
    /// Units H of each layer and direction.
    pub hidden_size: usize,
    /// Steps T of the sequence.
    pub steps: usize,
    /// Share of the old state that zoneout keeps beside what the gates say; 0 without zoneout.
    pub zoneout: f32,
    /// Layer by layer from the input on, direction by direction.
    pub layers: Vec<LayerGates>,
}

/// What the gates of one layer and direction did.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerGates {
    /// Layer, from 0 at the input.
    pub layer: usize,
    /// Whether it runs from the last step to the first.
    pub reverse: bool,
    /// Gates, candidate, cell state and hidden state, as far as the cell has them.
    pub arrays: Vec<GateArray>,
    /// The units, those that remember longest first.
    pub units: Vec<UnitGates>,
}

/// One gate, candidate or state over time.
#[derive(Clone, Debug, PartialEq)]
pub struct GateArray {
    /// `reset_gate`, `update_gate`, `input_gate`, `forget_gate`, `output_gate`, `candidate`, `cell` or `hidden`.
    pub name: &'static str,
    /// Values `[steps, hidden_size]`, units in the model's order.
    pub values: Vec<f32>,
}

impl GateArray {
    /// Whether it is a gate, from 0 to 1; else it is a candidate or a state.
    #[must_use]
    pub fn is_gate(&self) -> bool {
        self.name.ends_with("_gate")
    }
}

impl LayerGates {
    /// The values `[steps, hidden_size]` of an array, if the cell has it.
    #[must_use]
    pub fn array(&self, name: &str) -> Option<&[f32]> {
        let array = self.arrays.iter().find(|array| array.name == name);
        array.map(|array| &array.values[..])
    }

    /// Short name, fit for a file: `layer0`, or `layer0_reverse` for the backward direction.
    #[must_use]
    pub fn key(&self) -> String {
        let direction = if self.reverse { "_reverse" } else { "" };
        format!("layer{}{direction}", self.layer)
    }
}

impl GateView {
    /// Runs the model over the sequence, from the zero state.
    ///
    /// # Errors
    /// [`GatesError::Fit`] if the sequence does not fit the model, [`GatesError::Memory`] if the arrays would not fit the
    /// memory, [`GatesError::NotFinite`] if a value overflows.
    pub fn of(model: &Model, sequence: &ShownSequence) -> Result<GateView, GatesError> {
        sequence.check_fits(model)?;
        let stack = &model.configuration().recurrent;
        let steps = sequence.inputs.steps();
        fit::check_memory(stack, steps, crate::memory::available())?;
        let inputs = match &sequence.inputs {
            Inputs::Features { values, .. } => BatchInputs::Features(values),
            Inputs::Tokens(tokens) => BatchInputs::Tokens(tokens),
        };
        let mut state = model.zero_state(1);
        let trace = model.trace(&Batch::full(steps, 1), &inputs, &mut state)?;
        let mut view = GateView {
            cell: stack.cell,
            hidden_size: stack.hidden_size,
            steps,
            // Of the state that the gate keeps.
            zoneout: match stack.cell.carries_cell() {
                true => stack.zoneout_cell,
                false => stack.zoneout,
            },
            layers: Vec::new(),
        };
        for trace in trace.gates {
            view.take(trace)?;
        }
        for layer in &mut view.layers {
            layer.arrays.sort_by_key(|array| place(array.name));
            layer.units = unit::units(
                stack.cell,
                f64::from(view.zoneout),
                stack.hidden_size,
                layer,
            );
        }
        Ok(view)
    }

    /// Of a view with both directions: whether a layer runs backwards.
    fn direction(&self, layer: &LayerGates) -> Option<bool> {
        let both = self.layers.iter().any(|layer| layer.reverse);
        both.then_some(layer.reverse)
    }

    /// Adds an array to its layer.
    fn take(&mut self, trace: GateTrace) -> Result<(), GatesError> {
        let GateTrace {
            layer,
            reverse,
            name,
            values,
        } = trace;
        // Of a plain recurrent cell, the candidate is the new hidden state itself.
        if matches!(self.cell, Cell::Rnn(_)) && name == "candidate" {
            return Ok(());
        }
        if let Some(index) = tidegate_cells::first_not_finite(&values) {
            return Err(GatesError::NotFinite {
                layer,
                name,
                step: index / self.hidden_size,
                unit: index % self.hidden_size,
                value: values[index],
            });
        }
        let found = self
            .layers
            .iter_mut()
            .find(|found| (found.layer, found.reverse) == (layer, reverse));
        let array = GateArray { name, values };
        match found {
            Some(found) => found.arrays.push(array),
            None => self.layers.push(LayerGates {
                layer,
                reverse,
                arrays: vec![array],
                units: Vec::new(),
            }),
        }
        Ok(())
    }
}

/// Where an array stands among those shown.
fn place(name: &str) -> usize {
    ORDER
        .iter()
        .position(|known| *known == name)
        .unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests;
