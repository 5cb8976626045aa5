//! Gate traces as arrays by name.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tidegate_cells::{GateTrace, Trace};

use crate::arrays::NewArray;
use crate::error::Outcome;
use crate::sequences::Sequences;

/// A dictionary from the field's names to arrays `[layers · directions, steps, batch, hidden_size]`, whose steps and batch lie as the
/// caller's do.
pub(crate) fn gate_arrays<'py>(
    py: Python<'py>,
    trace: &Trace,
    sequences: &Sequences,
    units: usize,
) -> Outcome<Bound<'py, PyDict>> {
    let dictionary = PyDict::new(py);
    let first = |gate: &&GateTrace| gate.layer == 0 && !gate.reverse;
    for name in trace.gates.iter().filter(first).map(|gate| gate.name) {
        let gates: Vec<&GateTrace> = trace
            .gates
            .iter()
            .filter(|gate| gate.name == name)
            .collect();
        let mut shape = vec![gates.len()];
        shape.extend(sequences.shape_of_steps(units));
        let mut array = NewArray::zeros(py, &shape)?;
        let size = sequences.steps * sequences.batch * units;
        for (target, gate) in array.values().chunks_exact_mut(size).zip(gates) {
            sequences.to_callers_order(py, &gate.values, target, units);
        }
        dictionary.set_item(name, array.finish())?;
    }
    Ok(dictionary)
}
