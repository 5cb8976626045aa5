//! The recurrent state between Python's arrays and the engine.
//!
//! In Python it is a `tidegate.State`: a named tuple of `hidden [layers · directions, batch, hidden_size]` and, for an LSTM,
//! `cell` of the same shape; without the batch's axis where one sequence is given.

use numpy::PyArrayDyn;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use tidegate_cells::{Stack, State, first_not_finite};

use crate::arrays::{Floats, array_of, shape_text};
use crate::error::{Failure, Outcome};
use crate::room;

/// The parts of a state as a caller gives them: `None`, a hidden state alone, or hidden and cell state.
pub(crate) fn state_of(
    stack: &Stack,
    batch: Option<usize>,
    given: Option<&Bound<'_, PyAny>>,
) -> Outcome<State> {
    room::require(room::of_states(stack, batch.unwrap_or(1)), || {
        format!("the state of {} sequences", batch.unwrap_or(1))
    })?;
    let Some(given) = given else {
        return Ok(stack.zero_state(batch.unwrap_or(1)));
    };
    // An array has a length and items too: what is no tuple is a hidden state.
    let (hidden, cell) = match given.cast::<pyo3::types::PyTuple>() {
        Ok(pair) if pair.len() == 2 => (pair.get_item(0)?, Some(pair.get_item(1)?)),
        Ok(tuple) => {
            return Err(Failure::value(format!(
                "state: expected (hidden, cell), found a tuple of {}",
                tuple.len()
            )));
        }
        Err(_) => (given.clone(), None),
    };
    let cell = cell.filter(|cell| !cell.is_none());
    let name = stack.cell.name();
    let cell = match (stack.cell.carries_cell(), cell) {
        (true, Some(cell)) => values(stack, batch, "state.cell", &cell)?,
        (false, None) => Vec::new(),
        (true, None) => {
            return Err(Failure::value(format!(
                "state: an {name} carries a hidden and a cell state: give (hidden, cell)"
            )));
        }
        (false, Some(_)) => {
            return Err(Failure::value(format!(
                "state: a {name} carries no cell state: give the hidden state alone"
            )));
        }
    };
    Ok(State {
        batch: batch.unwrap_or(1),
        hidden: values(stack, batch, "state.hidden", &hidden)?,
        cell,
    })
}

/// Checks a state that the engine does not see as it is.
///
/// # Errors
/// `ValueError` if a value is not finite.
pub(crate) fn check_finite(state: &State) -> Outcome<()> {
    let is_finite = |values: &[f32]| first_not_finite(values).is_none();
    if is_finite(&state.hidden) && is_finite(&state.cell) {
        return Ok(());
    }
    Err(Failure::value("state: every value has to be finite"))
}

fn values(
    stack: &Stack,
    batch: Option<usize>,
    name: &str,
    value: &Bound<'_, PyAny>,
) -> Outcome<Vec<f32>> {
    let array = Floats::of(name, value)?;
    let expected = shape(stack, batch);
    if array.shape() != expected {
        return Err(Failure::value(format!(
            "{name} has shape {}, expected {}",
            shape_text(array.shape()),
            shape_text(&expected)
        )));
    }
    Ok(array.values().to_vec())
}

/// `[layers · directions, batch, hidden_size]`, without the batch's axis where there is none.
pub(crate) fn shape(stack: &Stack, batch: Option<usize>) -> Vec<usize> {
    let rows = stack.layers * stack.directions();
    match batch {
        Some(batch) => vec![rows, batch, stack.hidden_size],
        None => vec![rows, stack.hidden_size],
    }
}

/// The state as a `tidegate.State`.
pub(crate) fn state_object<'py>(
    py: Python<'py>,
    stack: &Stack,
    batch: Option<usize>,
    state: State,
) -> Outcome<Bound<'py, PyAny>> {
    static STATE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = STATE.import(py, "tidegate.recurrent", "State")?;
    let shape = shape(stack, batch);
    let hidden = array_of(py, &shape, state.hidden)?;
    let cell: Option<Bound<'py, PyArrayDyn<f32>>> = match stack.cell.carries_cell() {
        true => Some(array_of(py, &shape, state.cell)?),
        false => None,
    };
    Ok(class.call1((hidden, cell))?)
}
