//! The gate view in numbers, for further work.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use tidegate_cells::Cell;
use tidegate_data::{Inputs, Split};
use tidegate_model::Model;

use super::sequence::ShownSequence;
use super::unit::{Moment, UnitMemory};
use super::{GateView, LayerGates, UnitGates};

/// Version of the document's form.
const VERSION: u32 = 1;

/// Every number of a gate view but the arrays, and which arrays there are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GateDocument {
    /// Version of this form.
    pub format_version: u32,
    /// The model.
    pub model: ModelDocument,
    /// The sequence.
    pub sequence: SequenceDocument,
    /// Which way the gate that keeps the old state works.
    pub convention: &'static str,
    /// What the units are ordered by, and what the time constant is.
    pub memory: String,
    /// What the most active moments are.
    pub most_active: &'static str,
    /// The input of the sequence.
    pub input: ArrayDocument,
    /// Every layer and direction.
    pub layers: Vec<LayerDocument>,
}

/// The model of a view.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelDocument {
    /// The name of its file.
    pub file: String,
    /// Its cell, with its options.
    pub cell: Cell,
    /// Recurrent layers.
    pub layers: usize,
    /// Whether each layer also runs backwards.
    pub bidirectional: bool,
    /// Units of each layer and direction.
    pub hidden_size: usize,
    /// Parameters of the whole model.
    pub parameters: usize,
    /// What its maker says about it.
    pub description: BTreeMap<String, String>,
}

/// The sequence of a view.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SequenceDocument {
    /// The file, or the task.
    pub name: String,
    /// The set that it is from, if it is from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// Its index there, from 0.
    pub sequence: usize,
    /// Number of steps.
    pub steps: usize,
    /// The features' names, where they have some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<String>>,
}

/// An array of 32-bit floats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArrayDocument {
    /// What it is.
    pub name: &'static str,
    /// Steps, then units in the model's order, or features; steps alone for tokens.
    pub shape: Vec<usize>,
    /// The NumPy file that holds it, if it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// One layer and direction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerDocument {
    /// Layer, from 0 at the input.
    pub layer: usize,
    /// Whether it runs from the last step to the first.
    pub reverse: bool,
    /// Gates, candidate and states.
    pub arrays: Vec<ArrayDocument>,
    /// The units, those that remember longest first.
    pub units: Vec<UnitDocument>,
}

/// One unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitDocument {
    /// Its index in the model: its column in the arrays.
    pub unit: usize,
    /// Share of the old state that a step keeps, on average; absent in a plain recurrent cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_kept: Option<f64>,
    /// −1/ln(mean kept); null where it is infinite, absent in a plain recurrent cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_constant_steps: Option<f64>,
    /// Of a plain recurrent cell: correlation of the hidden state with that of the step before; null if it never changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autocorrelation: Option<Option<f64>>,
    /// Mean of each gate.
    pub mean_gates: BTreeMap<&'static str, f64>,
    /// The largest changes of its hidden state.
    pub most_active: Vec<Moment>,
}

impl GateDocument {
    /// The numbers of a view of `model`, read from `file`, on `sequence`. `written` says whether the arrays lie in files
    /// beside it.
    #[must_use]
    pub fn new(
        view: &GateView,
        model: &Model,
        file: &Path,
        sequence: &ShownSequence,
        written: bool,
    ) -> GateDocument {
        let stack = &model.configuration().recurrent;
        GateDocument {
            format_version: VERSION,
            model: ModelDocument {
                file: file
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                cell: stack.cell,
                layers: stack.layers,
                bidirectional: stack.bidirectional,
                hidden_size: stack.hidden_size,
                parameters: model.parameter_count(),
                description: model.description().clone(),
            },
            sequence: SequenceDocument {
                name: sequence.name.clone(),
                split: sequence.split,
                sequence: sequence.sequence,
                steps: view.steps,
                features: sequence.names.clone(),
            },
            convention: convention(view.cell),
            memory: memory(view),
            most_active: "the steps with the largest |h_t - h_(t-1)|, the state before the first step being 0",
            input: ArrayDocument {
                name: "input",
                shape: input_shape(&sequence.inputs),
                file: written.then(|| "input.npy".to_owned()),
            },
            layers: view
                .layers
                .iter()
                .map(|layer| document(layer, [view.steps, view.hidden_size], written))
                .collect(),
        }
    }
}

/// Which way the gate that keeps works, in a sentence.
fn convention(cell: Cell) -> &'static str {
    match cell {
        Cell::Gru(_) => {
            "the update gate z keeps the old state: h_t = (1 - z) n_t + z h_(t-1), so z = 1 remembers (many texts have it the other way round)"
        }
        Cell::Lstm(_) => {
            "the forget gate f keeps the old cell state: c_t = f c_(t-1) + i g_t, so f = 1 remembers"
        }
        Cell::Mgu(_) => {
            "a forget gate f of 0 keeps the old state: h_t = (1 - f) h_(t-1) + f n_t, so f = 0 remembers"
        }
        Cell::Rnn(_) => {
            "a plain recurrent cell has no gate: its state is written anew at every step"
        }
    }
}

/// What the order of the units and the time constant are, in a sentence.
fn memory(view: &GateView) -> String {
    let kept = match view.cell {
        Cell::Gru(_) => "mean z",
        Cell::Lstm(_) => "mean f",
        Cell::Mgu(_) => "1 - mean f",
        Cell::Rnn(_) => {
            return "no gate, no time constant; units are ordered by the correlation of h_t with h_(t-1), the largest first"
                .to_owned();
        }
    };
    let kept = match view.zoneout {
        0.0 => kept.to_owned(),
        zoneout => format!("{zoneout} + (1 - {zoneout}) * ({kept}), with zoneout {zoneout}"),
    };
    format!(
        "time constant -1/ln(mean_kept) in steps, mean_kept = {kept}; the longest first; null: infinite (mean_kept is 1)"
    )
}

pub(super) fn input_shape(inputs: &Inputs) -> Vec<usize> {
    match inputs {
        Inputs::Features { size, .. } => vec![inputs.steps(), *size],
        Inputs::Tokens(tokens) => vec![tokens.len()],
    }
}

fn document(layer: &LayerGates, shape: [usize; 2], written: bool) -> LayerDocument {
    let arrays = layer.arrays.iter().map(|array| ArrayDocument {
        name: array.name,
        shape: shape.to_vec(),
        file: written.then(|| layer.file(array.name)),
    });
    LayerDocument {
        layer: layer.layer,
        reverse: layer.reverse,
        arrays: arrays.collect(),
        units: layer.units.iter().map(unit).collect(),
    }
}

fn unit(unit: &UnitGates) -> UnitDocument {
    let (mean_kept, autocorrelation) = match unit.memory {
        UnitMemory::Gate { kept } => (Some(kept), None),
        UnitMemory::Autocorrelation(correlation) => (None, Some(correlation)),
    };
    UnitDocument {
        unit: unit.unit,
        mean_kept,
        time_constant_steps: unit.memory.time_constant(),
        autocorrelation,
        mean_gates: unit.gate_means.iter().copied().collect(),
        most_active: unit.most_active.clone(),
    }
}
